"""S3: general-purpose buckets, each through its own region.

One call for the list and one for each setting that a selected rule reads. Where ListBuckets does not say a bucket's region (some
S3-compatible endpoints), GetBucketLocation does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from auditor.collect.account import public_access_block
from auditor.collect.door import Answer, Listing
from auditor.collect.own_buckets import own_buckets
from auditor.collect.s3_acls import object_acls
from auditor.collect.s3_metrics import OF_BUCKETS
from auditor.collect.s3_probes import under_prefixes
from auditor.collect.s3_shapes import acl
from auditor.collect.s3_uploads import uploads
from auditor.collect.shapes import Raw, flag, moment, moment_or_none, part, parts, region_name, switched_on, text
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.resource import GLOBAL, unread
from auditor.model.s3 import (
    Bucket,
    CorsRule,
    Encryption,
    Expiration,
    Filter,
    IntelligentTiering,
    Lifecycle,
    LifecycleRule,
    Logging,
    NoncurrentExpiration,
    NoncurrentTransition,
    NotificationTarget,
    ObjectLock,
    ReplicationRule,
    RequestMetrics,
    Tiering,
    Transition,
    Versioning,
    Website,
)

T = TypeVar("T")


def buckets(visit: Visit) -> None:
    """All general-purpose buckets of the account."""
    if not visit.lists(Bucket):
        return
    visit.add_each(Bucket, own_buckets(visit), lambda entry: _bucket(visit, entry))


def _bucket(visit: Visit, entry: Answer) -> Bucket:
    name = str(entry.raw["Name"])
    where = _region(visit, entry, name)
    region = where.value if isinstance(where, Known) else GLOBAL

    def get(field: object, call: Call) -> Answer:
        if isinstance(where, Unknown) and visit.wants(field):
            return Answer(call, where)  # a bucket can only be asked in its own region
        return visit.when(visit.wants(field), call, {"Bucket": name}, of=name, region=region)

    left, sizes = uploads(visit, name, where)
    rules = get(Bucket.lifecycle, calls.GET_BUCKET_LIFECYCLE).take(lifecycle)
    objects_under, versions_under = under_prefixes(visit, name, where, rules)
    ownership = get(Bucket.ownership, calls.GET_BUCKET_OWNERSHIP_CONTROLS).take(
        lambda r: str(r["OwnershipControls"]["Rules"][0]["ObjectOwnership"]) if r else None
    )
    block = get(Bucket.public_access_block, calls.GET_BUCKET_PUBLIC_ACCESS_BLOCK).take(public_access_block)
    return Bucket(
        arn=f"arn:{visit.partition}:s3:::{name}",
        id=name,
        region=region,
        created=entry.take(lambda r: moment(r["CreationDate"])),
        public_access_block=block,
        policy=get(Bucket.policy, calls.GET_BUCKET_POLICY).take(_policy),
        policy_is_public=get(Bucket.policy_is_public, calls.GET_BUCKET_POLICY_STATUS).take(
            lambda r: flag(r["PolicyStatus"], "IsPublic") if r else False
        ),
        acl=get(Bucket.acl, calls.GET_BUCKET_ACL).take(acl),
        ownership=ownership,
        encryption=get(Bucket.encryption, calls.GET_BUCKET_ENCRYPTION).take(_encryption),
        versioning=get(Bucket.versioning, calls.GET_BUCKET_VERSIONING).take(
            lambda r: Versioning(_status(r), "MFADelete" in r and switched_on(r, "MFADelete"))
        ),
        logging=get(Bucket.logging, calls.GET_BUCKET_LOGGING).take(_logging),
        lifecycle=rules,
        intelligent_tiering=_configurations(
            visit, name, where, Bucket.intelligent_tiering, calls.LIST_BUCKET_INTELLIGENT_TIERING, _tierings
        ),
        request_metrics=_configurations(visit, name, where, Bucket.request_metrics, calls.LIST_BUCKET_METRICS, _request_metrics),
        object_lock=get(Bucket.object_lock, calls.GET_OBJECT_LOCK_CONFIGURATION).take(_object_lock),
        replication=get(Bucket.replication, calls.GET_BUCKET_REPLICATION).take(_replication),
        website=get(Bucket.website, calls.GET_BUCKET_WEBSITE).take(_website),
        cors=get(Bucket.cors, calls.GET_BUCKET_CORS).take(
            lambda r: tuple(CorsRule(tuple(c["AllowedOrigins"]), tuple(c["AllowedMethods"])) for c in r["CORSRules"]) if r else ()
        ),
        notifications=get(Bucket.notifications, calls.GET_BUCKET_NOTIFICATION).take(_notifications),
        uploads=left,
        upload_sizes=sizes,
        objects_under=objects_under,
        versions_under=versions_under,
        object_acls=object_acls(visit, name, where, ownership, block),
        tags=get(Bucket.tags, calls.GET_BUCKET_TAGGING).take(lambda r: _tags(r["TagSet"]) if r else {}),
    )


def _region(visit: Visit, entry: Answer, name: str) -> Fact[str]:
    if entry.raw.get("BucketRegion"):
        return entry.take(lambda r: region_name(r["BucketRegion"]))
    # GetBucketLocation has old names: nothing for us-east-1, EU for eu-west-1.
    old = {"": "us-east-1", "EU": "eu-west-1"}
    return visit.read(calls.GET_BUCKET_LOCATION, {"Bucket": name}, of=name).take(
        lambda r: old.get(r.get("LocationConstraint") or "") or region_name(r["LocationConstraint"])
    )


def _configurations(
    visit: Visit, name: str, region: Fact[str], field: object, call: Call, parse: Callable[[Listing], tuple[T, ...]]
) -> Fact[tuple[T, ...]]:
    """What a listing of one bucket's configurations holds; the whole is unknown when a page is missing."""
    if not visit.wants(field):
        return unread(call)
    if isinstance(region, Unknown):
        return region
    key = call.operation.removeprefix("ListBucket").removesuffix("s") + "List"
    listing = visit.pages(call, key, {"Bucket": name}, of=name, region=region.value)
    if listing.missing:
        return listing.missing[0]
    return Answer(call, Known({})).take(lambda _: parse(listing))


def _tierings(listing: Listing) -> tuple[IntelligentTiering, ...]:
    return tuple(_tiering(entry.raw) for entry in listing.entries)


def _request_metrics(listing: Listing) -> tuple[RequestMetrics, ...]:
    # No filter at all means the whole bucket; an empty one, which AWS documents nowhere, is taken for some filter.
    return tuple(RequestMetrics(text(entry.raw["Id"]), "Filter" not in entry.raw) for entry in listing.entries)


def _tiering(raw: Raw) -> IntelligentTiering:
    return IntelligentTiering(
        id=raw["Id"],
        enabled=switched_on(raw, "Status"),
        filter=_filter(part(raw, "Filter")),
        tierings=tuple(Tiering(t["AccessTier"], t["Days"]) for t in parts(raw, "Tierings")),
    )


def _policy(raw: Raw) -> str | None:
    """The policy as it is kept, which may be no JSON, but never an empty text."""
    if not raw:
        return None
    if not raw["Policy"]:
        raise ValueError("an empty policy")
    return text(raw["Policy"])


def _status(raw: Raw) -> str:
    """The versioning of a bucket: S3 says nothing of one that never had it."""
    status = text(raw.get("Status", "Off"))
    if status not in ("Off", "Enabled", "Suspended"):
        raise ValueError("not a status of versioning")
    return status


def _encryption(raw: Raw) -> Encryption | None:
    if not raw:
        return None
    rule = raw["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return Encryption(default["SSEAlgorithm"], default.get("KMSMasterKeyID"), bool(rule.get("BucketKeyEnabled")))


def _logging(raw: Raw) -> Logging | None:
    target = raw.get("LoggingEnabled")
    return Logging(target["TargetBucket"], target.get("TargetPrefix", "")) if target else None


def lifecycle(raw: Raw) -> Lifecycle:
    """A lifecycle configuration in the shape of the API."""
    return Lifecycle(
        tuple(_rule(rule) for rule in raw["Rules"]) if raw else (),
        raw.get("TransitionDefaultMinimumObjectSize"),
    )


def _rule(raw: Raw) -> LifecycleRule:
    legacy = "Filter" not in raw and "Prefix" in raw
    expiration = raw.get("Expiration")
    noncurrent = raw.get("NoncurrentVersionExpiration")
    return LifecycleRule(
        id=raw.get("ID", ""),
        enabled=switched_on(raw, "Status"),
        filter=Filter(prefix=raw["Prefix"] or None) if legacy else _filter(part(raw, "Filter")),
        legacy_prefix=legacy,
        transitions=tuple(
            Transition(t["StorageClass"], t.get("Days"), moment_or_none(t.get("Date"))) for t in parts(raw, "Transitions")
        ),
        noncurrent_transitions=tuple(
            NoncurrentTransition(t["StorageClass"], t.get("NoncurrentDays"), t.get("NewerNoncurrentVersions"))
            for t in parts(raw, "NoncurrentVersionTransitions")
        ),
        expiration=Expiration(
            expiration.get("Days"), moment_or_none(expiration.get("Date")), bool(expiration.get("ExpiredObjectDeleteMarker"))
        )
        if expiration
        else None,
        noncurrent_expiration=NoncurrentExpiration(noncurrent.get("NoncurrentDays"), noncurrent.get("NewerNoncurrentVersions"))
        if noncurrent
        else None,
        abort_multipart_days=part(raw, "AbortIncompleteMultipartUpload").get("DaysAfterInitiation"),
    )


def _filter(raw: Raw) -> Filter:
    both = raw.get("And") or raw
    tags = both.get("Tags") or ([both["Tag"]] if both.get("Tag") else [])
    return Filter(both.get("Prefix") or None, _tags(tags), both.get("ObjectSizeGreaterThan"), both.get("ObjectSizeLessThan"))


def _object_lock(raw: Raw) -> ObjectLock:
    if not raw:
        return ObjectLock(False, None, None)
    lock = raw["ObjectLockConfiguration"]
    default = part(lock, "Rule", "DefaultRetention")
    days = default.get("Days") or (default["Years"] * 365 if default.get("Years") else None)
    return ObjectLock(switched_on(lock, "ObjectLockEnabled"), default.get("Mode"), days)


def _replication(raw: Raw) -> tuple[ReplicationRule, ...]:
    return tuple(_replication_rule(rule) for rule in (raw["ReplicationConfiguration"]["Rules"] if raw else ()))


def _replication_rule(raw: Raw) -> ReplicationRule:
    # A rule without a filter is of the first version of replication, which always copies delete markers.
    first = "Filter" not in raw
    return ReplicationRule(
        id=raw.get("ID", ""),
        enabled=switched_on(raw, "Status"),
        destination=raw["Destination"]["Bucket"],
        storage_class=raw["Destination"].get("StorageClass"),
        delete_markers=first or part(raw, "DeleteMarkerReplication").get("Status") == "Enabled",
        filter=Filter(prefix=raw.get("Prefix") or None) if first else _filter(part(raw, "Filter")),
        kms=part(raw, "SourceSelectionCriteria", "SseKmsEncryptedObjects").get("Status") == "Enabled",
        account=raw["Destination"].get("Account"),
    )


def _website(raw: Raw) -> Website | None:
    if not raw:
        return None
    if not (raw.get("IndexDocument") or raw.get("RedirectAllRequestsTo")):
        raise KeyError("IndexDocument")  # one of the two makes a website
    return Website(part(raw, "IndexDocument").get("Suffix"), part(raw, "RedirectAllRequestsTo").get("HostName"))


def _notifications(raw: Raw) -> tuple[NotificationTarget, ...]:
    places = (
        ("topic", "TopicConfigurations", "TopicArn"),
        ("queue", "QueueConfigurations", "QueueArn"),
        ("lambda", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
    )
    targets = [
        NotificationTarget(kind, entry[arn], tuple(entry.get("Events", ())))
        for kind, key, arn in places
        for entry in raw.get(key, ())
    ]
    if "EventBridgeConfiguration" in raw:
        targets.append(NotificationTarget("eventbridge", "", ()))
    return tuple(targets)


def _tags(raw: Iterable[Raw]) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in sorted(raw, key=lambda tag: str(tag["Key"]))}


COLLECTORS = (Collector(label="S3", kinds=(Bucket,), run=buckets, metrics={Bucket: OF_BUCKETS}),)
