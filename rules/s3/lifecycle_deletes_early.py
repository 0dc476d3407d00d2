"""Bucket whose lifecycle rules delete objects before the day that one of them names

## Why it matters
One rule says that objects are kept for years, and another that also applies to them deletes them after weeks: of two expirations the
shorter counts, whichever rule is narrower. Or rules overlap in part, and what one of them says does not happen to the objects that they
share. Or an action has a date that has passed: it is not done once, but to everything that is written since, each day anew.

What lifecycle deletes in a bucket without versioning cannot be restored.

## How to fix
Take the objects out of the shorter rule: give it a prefix or a tag that they do not have. Filters cannot say "all but these". Count in days
instead of by a date, or disable the rule when it has done its work. To try the rules before they are put:

    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > lifecycle.json
    awsaudit lifecycle lifecycle.json

## When it is fine
The shorter rule is the newer decision, and the longer one was forgotten: then remove that. A rule with a date keeps a bucket empty on
purpose.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

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

CHECKS = ("expiration-overruled", "overlapping-rules", "date-in-the-past")


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    if not any(r.enabled for r in lifecycle.rules):
        yield skip("no lifecycle rule is enabled")
        return
    found = agreed(
        bucket.versioning.map(lambda one: one.status),
        STATES,
        lambda status: lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, versioning=status),
    )
    yield from found or (
        ok("none of its enabled lifecycle rules ({count}) deletes objects early", count=sum(r.enabled for r in lifecycle.rules)),
    )


def cases() -> Iterator[Case[Bucket]]:
    never = Known(Versioning("Off"))
    tidy = LifecycleRule(id="tidy", enabled=True, expiration=Expiration(days=30))
    keep = LifecycleRule(id="keep", enabled=True, filter=Filter(prefix="ledger/"), expiration=Expiration(days=3650))
    logs = LifecycleRule(id="logs", enabled=True, filter=Filter(prefix="logs/"), expiration=Expiration(days=30))
    hold = LifecycleRule(
        id="hold", enabled=True, filter=Filter(tags={"hold": "yes"}), transitions=(Transition("GLACIER", days=90),)
    )
    past = LifecycleRule(id="once", enabled=True, expiration=Expiration(date=datetime(2026, 1, 1, tzinfo=UTC)))
    ahead = LifecycleRule(id="once", enabled=True, expiration=Expiration(date=datetime(2027, 1, 1, tzinfo=UTC)))
    yield passes("each under its prefix", sample(Bucket, "reports", versioning=never, lifecycle=Known(Lifecycle((keep, logs)))))
    yield passes("a date to come", sample(Bucket, "project", versioning=never, lifecycle=Known(Lifecycle((ahead,)))))
    yield fails("ten years are thirty days", sample(Bucket, "ledger", versioning=never, lifecycle=Known(Lifecycle((tidy, keep)))))
    yield fails("held logs are deleted", sample(Bucket, "logs", versioning=never, lifecycle=Known(Lifecycle((logs, hold)))))
    yield fails("a date in the past", sample(Bucket, "inbox", versioning=never, lifecycle=Known(Lifecycle((past,)))))
    yield fails(
        "whatever the versioning",
        sample(Bucket, "ledger", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((tidy, keep)))),
    )
    old = LifecycleRule(id="old", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30))
    history = LifecycleRule(
        id="history", enabled=True, filter=Filter(prefix="ledger/"), noncurrent_expiration=NoncurrentExpiration(days=365)
    )
    versions = Known(Lifecycle((old, history)))
    yield fails("a year of versions", sample(Bucket, "ledger", versioning=Known(Versioning("Enabled")), lifecycle=versions))
    yield unknown(
        "a year of versions, if there are any", sample(Bucket, "ledger", versioning=denied(Bucket.versioning), lifecycle=versions)
    )
    yield skips("no rules", sample(Bucket, "models", versioning=never, lifecycle=Known(Lifecycle())))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=never, lifecycle=denied(Bucket.lifecycle)))
