"""Versioned bucket that keeps old versions for ever

## Why it matters
In a versioned bucket nothing is ever really deleted: what is overwritten or deleted becomes a noncurrent version and is paid
for like any object. A job that rewrites one file each hour keeps 720 copies a month. A lifecycle rule that expires *objects*
does not help, for it only turns them into noncurrent versions.

## How to fix
Add a lifecycle rule for the whole bucket that deletes noncurrent versions, for example after 30 days:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "old-versions",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. Choose the days by how late you
would notice a loss; `NewerNoncurrentVersions` keeps the newest few besides. Console: bucket, *Management*, *Create lifecycle rule*,
"Permanently delete noncurrent versions of objects". Terraform: `noncurrent_version_expiration`.

## When it is fine
Every version must be kept, such as for an audit trail or under Object Lock, or objects are written once and never changed.

A rule for one prefix or tag passes too, since how much of the bucket it covers cannot be seen; the evidence lists the filters.
"""

from collections.abc import Iterator

from auditor.sdk import (
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
    Verdict,
    Versioning,
    acting,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
    unknown_money,
)

CONTROLS = ("securityhub:S3.10",)


class Thresholds(Limits, frozen=True):
    max_days: int = 3650
    """Days until noncurrent versions must be deleted at the latest. Ten years is ours: later is for ever."""


@rule(
    over=Bucket,
    reads=(Bucket.versioning, Bucket.lifecycle),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=CONTROLS,
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    if isinstance(bucket.versioning, Known) and bucket.versioning.value.status == "Off":
        yield skip("the bucket was never versioned")
        return
    versioning, lifecycle = need(bucket.versioning, bucket.lifecycle)
    found = {
        one.rule
        for one in acting(lifecycle, today=about.taken_at, versioning=versioning.status)
        if one.kind == "noncurrent expiration" and one.days <= about.limits.max_days
    }
    expiring = [one for number, one in enumerate(lifecycle.rules) if number in found]
    if not expiring:
        # S3.10 asks for any enabled rule, and of buckets only whose versioning is on.
        bare = versioning.status == "Enabled" and not any(one.enabled for one in lifecycle.rules)
        yield flag(
            "versioning is {status} and no enabled lifecycle rule deletes noncurrent versions within {days} days",
            controls=tuple(control for control in CONTROLS if bare or control != "securityhub:S3.10"),
            saving=unknown_money("how much noncurrent versions hold, only S3 Storage Lens or an inventory tells"),
            days=about.limits.max_days,
            status=versioning.status.lower(),
            count=len(lifecycle.rules),
        )
    elif any(r.filter.whole_bucket for r in expiring):
        yield ok("noncurrent versions are deleted", rules=[r.id for r in expiring])
    else:
        yield ok(
            "noncurrent versions are deleted in parts of the bucket only",
            rules=[r.id for r in expiring],
            filters=[r.filter for r in expiring],
        )


def cases() -> Iterator[Case[Bucket]]:
    old = LifecycleRule(id="old-versions", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30, keep=3))
    part = LifecycleRule(
        id="logs", enabled=True, filter=Filter(prefix="logs/"), noncurrent_expiration=NoncurrentExpiration(days=7)
    )
    off = LifecycleRule(id="old-versions", enabled=False, noncurrent_expiration=NoncurrentExpiration(days=30))
    expire = LifecycleRule(id="expire", enabled=True, expiration=Expiration(days=90))
    on, suspended, never = Known(Versioning("Enabled")), Known(Versioning("Suspended")), Known(Versioning("Off"))
    yield passes("deleted after 30 days", sample(Bucket, "ledger", versioning=on, lifecycle=Known(Lifecycle((expire, old)))))
    yield passes("deleted under one prefix", sample(Bucket, "reports", versioning=suspended, lifecycle=Known(Lifecycle((part,)))))
    yield fails(
        "only current versions expire", sample(Bucket, "checkpoints", versioning=on, lifecycle=Known(Lifecycle((expire,))))
    )
    late = LifecycleRule(id="late", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=36500))
    yield fails("in a hundred years", sample(Bucket, "archive", versioning=on, lifecycle=Known(Lifecycle((late,)))))
    yield fails("the rule is disabled", sample(Bucket, "models", versioning=on, lifecycle=Known(Lifecycle((off,)))))
    yield fails("suspended, and no rules", sample(Bucket, "features", versioning=suspended, lifecycle=Known(Lifecycle())))
    yield skips("never versioned", sample(Bucket, "scratch", versioning=never, lifecycle=Known(Lifecycle())))
    yield skips(
        "never versioned, and the lifecycle may not be read",
        sample(Bucket, "scratch", versioning=never, lifecycle=denied(Bucket.lifecycle)),
    )
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=on, lifecycle=denied(Bucket.lifecycle)))
    yield unknown(
        "the versioning may not be read",
        sample(Bucket, "vault", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((old,)))),
    )
