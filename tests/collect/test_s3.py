"""S3 collectors over real HTTP."""

from __future__ import annotations

import json
import threading

from auditor.collect.s3 import lifecycle
from auditor.model.account import PublicAccessBlock
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket, DirectoryBucket, Expiration, Filter, Versioning
from tests.collect.helpers import scan
from tests.emulator import Emulator


def bucket_of(emulator: Emulator, name: str) -> Bucket:
    section = scan(emulator, Bucket).section(Bucket, GLOBAL)
    assert section.complete
    return next(b for b in section.items if b.id == name)


def test_an_untouched_bucket_is_known_to_be_unconfigured(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    bucket = bucket_of(emulator, "plain-bucket")
    assert need(bucket.public_access_block) == PublicAccessBlock()
    assert need(bucket.policy) is None
    assert need(bucket.policy_is_public) is False
    assert need(bucket.lifecycle).rules == ()
    assert need(bucket.versioning) == Versioning("Off")
    assert need(bucket.logging) is None
    assert need(bucket.tags) == {}
    assert need(bucket.replication) == ()
    assert need(bucket.object_lock).enabled is False
    assert need(bucket.website) is None
    assert [series.latest for series in need(bucket.sizes)] == [None] * len(need(bucket.sizes))


def test_settings_come_through(emulator: Emulator) -> None:
    s3 = emulator.client("s3", "ap-northeast-2")
    s3.create_bucket(Bucket="full-bucket", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    s3.put_bucket_versioning(Bucket="full-bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="full-bucket", Tagging={"TagSet": [{"Key": "팀", "Value": "머신러닝"}]})
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    s3.put_bucket_policy(Bucket="full-bucket", Policy=policy)
    s3.put_bucket_lifecycle_configuration(
        Bucket="full-bucket",
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "tier",
                    "Status": "Enabled",
                    "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
                    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
                    "Expiration": {"Days": 365},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    )
    bucket = bucket_of(emulator, "full-bucket")
    assert bucket.region == "ap-northeast-2"
    assert need(bucket.versioning) == Versioning("Enabled")
    assert need(bucket.tags) == {"팀": "머신러닝"}
    assert need(bucket.policy) == policy
    (rule,) = need(bucket.lifecycle).rules
    assert rule.filter == Filter(prefix="a/", tags={"k": "v"})
    assert rule.expiration == Expiration(days=365)
    assert rule.abort_multipart_days == 7
    assert emulator.doorman.regions["s3.GetBucketAcl", "ap-northeast-2"] == 1, "a bucket is asked in its own region"


def test_what_moto_drops_from_lifecycle_rules_is_parsed() -> None:
    """moto forgets sizes and version counts; AWS's documented shape has them."""
    parsed = lifecycle(
        {
            "Rules": [
                {
                    "ID": "small",
                    "Status": "Enabled",
                    "Filter": {"And": {"Prefix": "x/", "ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9}},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 5},
                },
                {"ID": "old", "Status": "Disabled", "Prefix": "logs/", "Expiration": {"ExpiredObjectDeleteMarker": True}},
            ],
            "TransitionDefaultMinimumObjectSize": "varies_by_storage_class",
        }
    )
    small, old = parsed.rules
    assert small.filter == Filter(prefix="x/", size_greater_than=1, size_less_than=9)
    assert small.noncurrent_expiration is not None
    assert small.noncurrent_expiration.keep == 5
    assert old.legacy_prefix
    assert not old.enabled
    assert old.expiration == Expiration(delete_markers=True)
    assert parsed.default_minimum_size == "varies_by_storage_class"


def test_denied_settings_are_unknown_and_name_the_action(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    emulator.doorman.deny |= {"s3.GetBucketAcl", "s3.GetBucketEncryption"}
    bucket = bucket_of(emulator, "plain-bucket")
    assert bucket.acl == Unknown(Reason.DENIED, "s3.GetBucketAcl", "s3:GetBucketAcl")
    assert bucket.encryption == Unknown(Reason.DENIED, "s3.GetBucketEncryption", "s3:GetEncryptionConfiguration")
    assert isinstance(bucket.policy, Known)


def test_a_denied_list_is_not_an_empty_account(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    emulator.doorman.deny.add("s3.ListBuckets")
    section = scan(emulator, Bucket).section(Bucket, GLOBAL)
    assert section.missing == (Unknown(Reason.DENIED, "s3.ListBuckets", "s3:ListAllMyBuckets"),)


def test_a_bucket_without_a_known_region_stays_with_unknown_settings(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    emulator.doorman.deny.add("s3.GetBucketLocation")
    (bucket,) = scan(emulator, Bucket).section(Bucket, GLOBAL).items
    assert bucket.acl == Unknown(Reason.DENIED, "s3.GetBucketLocation", "s3:GetBucketLocation")
    assert bucket.intelligent_tiering == bucket.acl


def test_a_bucket_deleted_while_scanning_is_dropped_and_noted(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="stays")
    s3.create_bucket(Bucket="vanishes")

    first, gone = iter([True]), threading.Event()

    def vanish(operation: str) -> None:
        """Of each bucket that is what is asked first: none is answered before the one is gone."""
        if operation == "s3.GetBucketLocation":
            if next(first, False):
                s3.delete_bucket(Bucket="vanishes")
                gone.set()
            assert gone.wait(60)

    emulator.doorman.on_call = vanish
    snapshot = scan(emulator, Bucket)
    assert [b.id for b in snapshot.section(Bucket, GLOBAL).items] == ["stays"]
    assert [(g.what, g.reason) for g in snapshot.gaps] == [("arn:aws:s3:::vanishes", Reason.GONE)]
    assert snapshot.section(Bucket, GLOBAL).complete


def test_ordinary_buckets_are_not_directory_buckets(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    assert scan(emulator, DirectoryBucket).all(DirectoryBucket) == Known(())
