"""Buckets of the emulated account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from auditor.demo.emulator import ACCOUNT
from auditor.demo.site import TEAM, Site, policy, tags

LOGS = "example-ml-access-logs"
VAULT = "vault-finance-archive"
"""The bucket whose policy and ACL may not be read: what nobody could look at must show as unknown."""
KEY = "alias/ml-data"

Raw = Mapping[str, Any]
TIER: Raw = {"Transitions": [{"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}]}
ABORT: Raw = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
OLD_VERSIONS: Raw = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}


def whole(id: str, *actions: Raw, enabled: bool = True, prefix: str = "") -> Raw:
    """A lifecycle rule."""
    rule: dict[str, Any] = {"ID": id, "Status": "Enabled" if enabled else "Disabled", "Filter": {"Prefix": prefix}}
    for action in actions:
        rule.update(action)
    return rule


class Use(msgspec.Struct, frozen=True):
    """Requests a day, those of them that read, and the bytes that they took."""

    requests: float
    gets: float
    downloaded: float


class DemoBucket(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket. ``sizes`` are bytes by CloudWatch's storage type; ``world``: its policy lets everyone read, ``partner``: another
    account write. ``used`` is what CloudWatch counts in a day, ``None``: nobody counts.
    """

    name: str
    made: float
    team: str
    sizes: Mapping[str, float]
    objects: int
    closed: bool = True
    tls_only: bool = False
    world: bool = False
    acl: str = ""
    ownership: str = "BucketOwnerEnforced"
    encryption: str | None = "AES256"
    versioning: str = ""
    mfa_delete: bool = False
    """Needs the root user's MFA device, so that only the answer says so: nobody sets it here."""
    logged: bool = False
    lifecycle: Sequence[Raw] = ()
    region: str = ""
    """Where it is, if not where the others are."""
    partner: bool = False
    bucket_key: bool = False
    locked: bool = False
    retention: int = 0
    """Days of the default retention of Object Lock; 0: none."""
    events: bool = False
    """They go to EventBridge, of which only the answer tells."""
    replicated: Sequence[Raw] = ()
    """Replication rules; moto keeps parts of them only, so that just the answer has them."""
    used: Use | None = None
    left: bool = False
    """An upload to it was never finished."""
    tags: Mapping[str, str] = {}
    """Besides those that every bucket has."""
    keys: Sequence[str] = ()
    """Objects in it that are really there: what is under them can be asked about."""


GB, TB = 1e9, 1e12
COPY = "example-ml-registry-copy"
AWAY = "us-west-2"


def copied(id: str, **more: Any) -> Raw:
    """A replication rule to the other region, but for what is not given."""
    return {"ID": id, "Priority": 1, "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{COPY}"}, **more}


ALL_COPIED = copied(
    "all",
    Filter={"Prefix": ""},
    DeleteMarkerReplication={"Status": "Enabled"},
    SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}},
)
PART_COPIED = copied("release", Filter={"Prefix": "release/"}, DeleteMarkerReplication={"Status": "Disabled"})

BUCKETS = (
    DemoBucket(
        name=LOGS,
        made=520,
        team="보안",
        sizes={"StandardStorage": 210 * GB},
        objects=1_900_000,
        tls_only=True,
        lifecycle=(whole("expire", {"Expiration": {"Days": 400}}, ABORT),),
        used=Use(60_000, 900, 2 * GB),
    ),
    DemoBucket(
        name="example-ml-training-data",
        made=500,
        team="머신러닝",
        sizes={"StandardStorage": 3.1 * TB, "IntelligentTieringFAStorage": 18 * TB},
        objects=4_200_000,
        tls_only=True,
        encryption="aws:kms",
        versioning="Enabled",
        logged=True,
        lifecycle=(whole("tier", TIER, ABORT), whole("old-versions", OLD_VERSIONS)),
        events=True,
        tags={"latency": "sensitive"},
        used=Use(3_100_000, 2_900_000, 800 * GB),
    ),
    DemoBucket(
        name="example-ml-raw-data",
        made=640,
        team="데이터플랫폼",
        sizes={"StandardStorage": 42 * TB},
        objects=91_000_000,
        partner=True,
        left=True,
    ),
    DemoBucket(
        name="example-ml-checkpoints",
        made=300,
        team="머신러닝",
        sizes={"StandardStorage": 27 * TB},
        objects=310_000,
        versioning="Enabled",
        lifecycle=(whole("expire-checkpoints", {"Expiration": {"Days": 90}}, enabled=False),),
        replicated=(PART_COPIED,),
        keys=("output/hpo-asr-017/output/model.tar.gz",),
        used=Use(900, 60, 400 * GB),
    ),
    DemoBucket(
        name="example-ml-public-datasets",
        made=280,
        team="리서치",
        sizes={"StandardStorage": 600 * GB, "OneZoneIAStorage": 90 * GB},
        objects=12_000,
        closed=False,
        world=True,
        lifecycle=(whole("uploads", ABORT, prefix="incoming/"),),
        used=Use(2_000, 1_800, 0.5 * GB),
    ),
    DemoBucket(
        name="example-legacy-web",
        made=1200,
        team="플랫폼",
        sizes={"StandardStorage": 4 * GB, "ReducedRedundancyStorage": 2 * GB},
        objects=8_400,
        closed=False,
        acl="public-read",
        ownership="ObjectWriter",
        encryption=None,
        versioning="Suspended",
        keys=("index.html", "images/logo.png"),
        used=Use(1.5, 1, 0.001 * GB),
    ),
    DemoBucket(
        name="example-ml-model-registry",
        made=350,
        team="머신러닝",
        sizes={"StandardIAStorage": 900 * GB},
        objects=2_100,
        tls_only=True,
        encryption="aws:kms",
        versioning="Enabled",
        mfa_delete=True,
        logged=True,
        lifecycle=(whole("uploads", ABORT),),
        bucket_key=True,
        locked=True,
        replicated=(ALL_COPIED,),
        used=Use(5_000, 4_700, 90 * GB),
    ),
    DemoBucket(
        name=f"sagemaker-us-east-1-{ACCOUNT}",
        made=900,
        team="머신러닝",
        sizes={"StandardStorage": 6 * TB},
        objects=800_000,
        used=Use(90_000, 70_000, 300 * GB),
    ),
    DemoBucket(
        name=f"sagemaker-{AWAY}-{ACCOUNT}",
        region=AWAY,
        made=120,
        team="머신러닝",
        sizes={"StandardStorage": 30 * GB},
        objects=4_000,
        lifecycle=(whole("experiments", {"Expiration": {"Days": 180}}, prefix="hpo/"), whole("uploads", ABORT)),
        keys=("hpo/bert-041/output/model.tar.gz",),
        used=Use(400, 300, GB),
    ),
    DemoBucket(
        name=COPY,
        region=AWAY,
        made=340,
        team="머신러닝",
        sizes={"GlacierStorage": 900 * GB},
        objects=2_100,
        tls_only=True,
        versioning="Enabled",
        lifecycle=(whole("uploads", ABORT), whole("old-versions", OLD_VERSIONS)),
        used=Use(20, 0, 0),
    ),
    DemoBucket(
        name="example-ml-experiments",
        made=410,
        team="머신러닝",
        sizes={"StandardStorage": 300 * GB},
        objects=12_000_000,
        tls_only=True,
        versioning="Enabled",
        locked=True,
        retention=90,
        lifecycle=(
            whole(
                "runs", {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}, {"Expiration": {"Days": 60}}, prefix="runs/"
            ),
            whole("archive-runs", {"Transitions": [{"Days": 100, "StorageClass": "DEEP_ARCHIVE"}]}, prefix="runs/"),
            whole("tidy", {"Expiration": {"Days": 365}}, OLD_VERSIONS, ABORT),
            whole("보고서 보관", {"Expiration": {"Days": 3650}}, prefix="reports/"),
        ),
        keys=("runs/2026-10-02/metrics.json",),
        used=Use(7_000, 6_000, 20 * GB),
    ),
    DemoBucket(
        name="example-ml-clips",
        made=230,
        team="리서치",
        sizes={"StandardStorage": 8.2 * TB},
        objects=40_000_000,
        tls_only=True,
        lifecycle=(whole("cold", {"Transitions": [{"Days": 90, "StorageClass": "GLACIER"}]}, ABORT),),
        used=Use(8_000_000, 7_900_000, 1.5 * TB),
    ),
    DemoBucket(
        name="example-ml-embeddings",
        made=260,
        team="머신러닝",
        sizes={"IntelligentTieringFAStorage": 2.2 * TB},
        objects=41_000_000,
        tls_only=True,
        lifecycle=(whole("expire", {"Expiration": {"Days": 730}}, ABORT),),
        used=Use(900_000, 800_000, 40 * GB),
    ),
    DemoBucket(
        name=VAULT,
        made=420,
        team="재무",
        sizes={"StandardStorage": 80 * GB},
        objects=640,
        closed=False,
        tls_only=True,
        used=Use(40, 30, 0.2 * GB),
    ),
)


def seed(site: Site) -> None:
    """All buckets, each as old as its table says."""
    for store in BUCKETS:
        add_bucket(site, store)


def add_bucket(site: Site, store: DemoBucket) -> None:
    """A bucket with all that the table says."""
    s3, name = site.client("s3"), store.name
    site.clock.ago(store.made)
    region = store.region or site.region
    place: dict[str, Any] = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, ObjectOwnership=store.ownership, ObjectLockEnabledForBucket=store.locked, **place)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(**{TEAM: store.team, "service": "ml-platform", **store.tags})})
    if store.acl:
        s3.put_bucket_acl(Bucket=name, ACL=store.acl)
    if store.closed:
        switches = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=switches)
    if store.encryption:
        default = {"SSEAlgorithm": store.encryption, **({"KMSMasterKeyID": KEY} if store.encryption == "aws:kms" else {})}
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": store.bucket_key}]
            },
        )
    if store.versioning:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": store.versioning})
    if store.retention:
        retention = {"Mode": "GOVERNANCE", "Days": store.retention}
        s3.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
        )
    if store.lifecycle:
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": list(store.lifecycle)})
    for key in store.keys:  # before the policy, of which moto reads no conditions
        s3.put_object(
            Bucket=name, Key=key, Body=b"an example", ChecksumAlgorithm="SHA256", **({"ACL": store.acl} if store.acl else {})
        )
    if store.tls_only or store.world or store.partner:
        s3.put_bucket_policy(Bucket=name, Policy=_policy(store))
    if store.left:
        upload = s3.create_multipart_upload(Bucket=name, Key="crawl/2025-44.warc.gz")["UploadId"]
        s3.upload_part(Bucket=name, Key="crawl/2025-44.warc.gz", UploadId=upload, PartNumber=1, Body=b"WARC/1.1" * 1000)
    if store.logged:
        target = {"TargetBucket": LOGS, "TargetPrefix": f"{name}/"}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})


def _policy(store: DemoBucket) -> str:
    arn = f"arn:aws:s3:::{store.name}"
    statements: list[Raw] = []
    if store.world:
        statements.append(
            {"Sid": "PublicRead", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
        )
    if store.tls_only:
        statements.append(
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        )
    if store.partner:
        statements.append(
            {
                "Sid": "LabelingVendor",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999988887777:role/upload"},
                "Action": ["s3:PutObject", "s3:PutObjectAcl"],
                "Resource": f"{arn}/labels/*",
            }
        )
    if store.name == LOGS:
        statements.append(
            {
                "Sid": "ServerAccessLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/*",
            }
        )
    return policy(*statements)
