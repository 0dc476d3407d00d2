"""Bucket whose lifecycle rules delete versions that Object Lock still keeps

## Why it matters
A version is not deleted before its retention ends, whatever a lifecycle rule says. Where the bucket's default retention is longer than the
days of the rule, versions stay and are paid for until the retention is over, and the rule promises a saving that comes much later.

## How to fix
Bring the two together: give the rule the days of the retention or more, or shorten the default retention for what is written from now on:

    aws s3api put-object-lock-configuration --bucket BUCKET --object-lock-configuration '{"ObjectLockEnabled": "Enabled",
      "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}}'

## When it is fine
Nearly all objects are written with a shorter retention of their own.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    ObjectLock,
    Pillar,
    Severity,
    Transition,
    Verdict,
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

CHECKS = ("expiry-blocked-by-object-lock",)
ENDS = (None, 1, 100 * 365)
"""Days of default retention between which all others lie, as far as rules can tell: none, the shortest and the longest that S3 takes."""


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.object_lock),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.PEDANTIC,  # a call for each bucket, and few have Object Lock
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    deleting = [r.id for r in lifecycle.rules if r.enabled and r.noncurrent_expiration]
    if not deleting:
        yield skip("no enabled lifecycle rule deletes versions")
        return
    # A bucket with Object Lock is versioned, and stays so.
    found = agreed(
        bucket.object_lock.map(lambda one: one.days if one.enabled else None),
        ENDS,
        lambda days: lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, versioning="Enabled", lock_days=days),
    )
    yield from found or (ok("lifecycle rules delete no version that Object Lock keeps by default", rules=deleting),)


def cases() -> Iterator[Case[Bucket]]:
    month = LifecycleRule(
        id="old-versions",
        enabled=True,
        expiration=Expiration(days=90),
        noncurrent_expiration=NoncurrentExpiration(days=30),
    )
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("GLACIER", days=90),))
    week, years = Known(ObjectLock(True, "GOVERNANCE", 7)), Known(ObjectLock(True, "COMPLIANCE", 730))
    rules = Known(Lifecycle((tier, month)))
    yield passes("a week", sample(Bucket, "reports", lifecycle=rules, object_lock=week))
    yield passes("no Object Lock", sample(Bucket, "models", lifecycle=rules, object_lock=Known(ObjectLock(False))))
    yield fails("two years", sample(Bucket, "ledger", lifecycle=rules, object_lock=years))
    yield skips("no version is deleted", sample(Bucket, "data", lifecycle=Known(Lifecycle((tier,))), object_lock=years))
    yield unknown(
        "the retention may not be read", sample(Bucket, "vault", lifecycle=rules, object_lock=denied(Bucket.object_lock))
    )
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle), object_lock=years))
