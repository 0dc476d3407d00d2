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
"""

from collections.abc import Iterator

from auditor.sdk import (
    STATES,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    NoncurrentTransition,
    Pillar,
    Severity,
    Transition,
    Verdict,
    Versioning,
    agreed,
    denied,
    fails,
    lint_lifecycle,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)

CHECKS = ("early-deletion-fee", "small-objects-moved", "small-objects-not-tiered")


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning),
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
    found = agreed(
        bucket.versioning.map(lambda one: one.status),
        STATES,
        lambda status: lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, versioning=status),
    )
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
    yield passes(
        "a ladder with long steps", sample(Bucket, "training-data", versioning=never, lifecycle=Known(Lifecycle((good,))))
    )
    yield fails("60 days of 180", sample(Bucket, "archive", versioning=never, lifecycle=Known(Lifecycle((short,)))))
    yield fails("versions too", sample(Bucket, "ledger", versioning=on, lifecycle=Known(Lifecycle((versions,)))))
    yield fails("small objects on purpose", sample(Bucket, "thumbnails", versioning=never, lifecycle=Known(Lifecycle((small,)))))
    yield skips("nothing moves", sample(Bucket, "tmp", versioning=never, lifecycle=Known(Lifecycle((expire,)))))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=never, lifecycle=denied(Bucket.lifecycle)))
    yield unknown(
        "versions move, and the versioning may not be read",
        sample(Bucket, "vault", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((versions,)))),
    )
