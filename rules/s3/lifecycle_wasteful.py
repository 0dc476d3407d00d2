"""Bucket whose lifecycle rules bring about fees by themselves

## Why it matters
The colder classes charge for a minimum number of days: 30 in the infrequent access classes, 90 in Glacier Instant and Flexible Retrieval,
180 in Deep Archive. Rules that let objects leave earlier, for another class or for good, pay for the days that are left. And a rule whose
filter asks for small objects switches off the guard that keeps those under 128 KB where they are: each is then charged as 128 KB, or with
40 KB of overhead in an archive, and moving it is a request that is paid for.

## How to fix
Let the objects stay as long as is charged, or leave the transition out. Give rules that move objects a filter with
`"ObjectSizeGreaterThan": 131072` or more, or none about sizes: then the default holds. To try the rules before they are put:

    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > lifecycle.json
    awsaudit lifecycle lifecycle.json

## When it is fine
The objects must be out of reach, or in a cheaper class for the weeks that they live, though that costs more.

The amount is what the objects of today pay once, for the days that they do not stay or for being moved; what is written later pays the
same by its size. It is known where rules treat all objects of the bucket alike and there are no versions.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    GB,
    MADE_LONG_AGO,
    STATES,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Fact,
    Filter,
    InClass,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    NoncurrentTransition,
    Pillar,
    Series,
    Severity,
    Source,
    StorageReport,
    Transition,
    Verdict,
    Versioning,
    agreed,
    beside,
    denied,
    fails,
    held,
    holding,
    lint_lifecycle,
    need,
    object_count,
    ok,
    passes,
    priced,
    reported,
    rule,
    sample,
    skip,
    skips,
    unknown,
)

CHECKS = ("early-deletion-fee", "small-objects-moved", "small-objects-not-tiered")


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning, Bucket.sizes, Bucket.created, Bucket.object_count, Bucket.reports),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    moving = [r.id for r in lifecycle.rules if r.enabled and (r.transitions or r.noncurrent_transitions)]
    if not moving:
        yield skip("no enabled lifecycle rule moves objects")
        return
    best = reported(bucket, about, lifecycle)
    inside = holding(bucket, about, best)
    found = agreed(
        bucket.versioning.map(lambda one: one.status),
        STATES,
        lambda status: lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, versioning=status, inside=inside),
    )
    if found and best:
        found = tuple(beside(one, best[0], {}) for one in found)
    yield from found or (ok("objects stay as long as is charged where lifecycle rules move them", rules=moving),)


def cases() -> Iterator[Case[Bucket]]:
    on, never = Known(Versioning("Enabled")), Known(Versioning("Off"))
    good = LifecycleRule(
        id="tier",
        enabled=True,
        transitions=(Transition("STANDARD_IA", days=30), Transition("GLACIER", days=90)),
        expiration=Expiration(days=365),
    )
    short = LifecycleRule(
        id="archive", enabled=True, transitions=(Transition("DEEP_ARCHIVE", days=30),), expiration=Expiration(days=90)
    )
    versions = LifecycleRule(
        id="old-versions",
        enabled=True,
        noncurrent_transitions=(NoncurrentTransition("GLACIER", days=7),),
        noncurrent_expiration=NoncurrentExpiration(days=30),
    )
    small = LifecycleRule(
        id="thumbnails", enabled=True, filter=Filter(size_less_than=65536), transitions=(Transition("STANDARD_IA", days=30),)
    )
    expire = LifecycleRule(id="expire", enabled=True, expiration=Expiration(days=30))
    # A terabyte of objects of a megabyte.
    large, million = held(StandardStorage=1024 * GB), object_count(2.0**20)

    def bucket(
        rule_: LifecycleRule,
        versioning: Fact[Versioning] = never,
        sizes: Fact[tuple[Series, ...]] = large,
        created: Fact[datetime] = MADE_LONG_AGO,
        count: Fact[tuple[Series, ...]] = million,
    ) -> Bucket:
        lifecycle = Known(Lifecycle((rule_,)))
        return sample(
            Bucket, "archive", versioning=versioning, lifecycle=lifecycle, sizes=sizes, created=created, object_count=count
        )

    prices = (
        priced("s3-storage", "DEEP_ARCHIVE", "0.002", "GB-month"),
        priced("s3-storage", "STANDARD", "0.025", "GB-month"),
        priced("s3-storage", "GLACIER", "0.0045", "GB-month"),
        priced("s3-transition", "STANDARD_IA", "0.01", "1,000 requests"),
    )
    yield passes("a ladder with long steps", bucket(good))
    # 120 of 180 days are missing: of 1,024 GB and 32 KB for each object in the class, and 8 KB in S3 Standard.
    yield fails("60 days of 180", bucket(short), prices=prices, once="9.12")
    kept = InClass(storage_class="STANDARD", objects=2**20, bytes=2**40)
    inventory = StorageReport(source=Source.INVENTORY, as_of=CASE_TIME - timedelta(days=2), holdings=(kept,))
    counted = sample(Bucket, "archive", versioning=never, lifecycle=Known(Lifecycle((short,))), reports=Known((inventory,)))
    yield fails("60 days of 180, of the size that an inventory says", counted, prices=prices, once="9.12")
    yield fails("60 days of 180, at prices that nobody knows", bucket(short), once="")
    yield fails("60 days of 180, of an unknown size", bucket(short, sizes=denied(Bucket.sizes)), prices=prices, once="")
    yield fails("60 days of 180, of unknown objects", bucket(short, count=denied(Bucket.object_count)), prices=prices, once="")
    yield fails("60 days of 180, of nothing yet", bucket(short, sizes=Known(())), prices=prices, once="0")
    yield fails("versions too, of which nobody knows the size", bucket(versions, on), prices=prices, once="")
    yield fails("small objects on purpose, that nobody counts", bucket(small), prices=prices, once="")
    yield skips("nothing moves", bucket(expire))
    nothing = denied(Bucket.lifecycle)
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=never, lifecycle=nothing))
    yield unknown("versions move, and the versioning may not be read", bucket(versions, denied(Bucket.versioning)))
