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

How much noncurrent versions hold, CloudWatch does not tell: give a report of S3 Inventory (all versions) or S3 Storage Lens with
`--inventory`. The amount is what they are paid in a month, without what classes charge for each object: how much of it a rule saves
depends on how long versions have to be kept.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Filter,
    InClass,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    Pillar,
    Severity,
    Source,
    StorageReport,
    Verdict,
    Versioning,
    acting,
    beside,
    counting_noncurrent,
    denied,
    fails,
    flag,
    in_gb,
    lacking,
    need,
    noncurrent_money,
    ok,
    passes,
    priced,
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
    reads=(Bucket.versioning, Bucket.lifecycle, Bucket.reports),
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
        controls = tuple(control for control in CONTROLS if bare or control != "securityhub:S3.10")
        reports = bucket.reports.value if isinstance(bucket.reports, Known) else ()
        report = counting_noncurrent(reports, about.taken_at)
        needed = "a report of S3 Inventory (all versions) or of S3 Storage Lens"
        why = lacking(reports, about.taken_at, "how much noncurrent versions hold", needed)
        size = in_gb(report.noncurrent_bytes) if report is not None else None
        hold = f"; they hold {size:,} GB" if size is not None else ""
        verdict = flag(
            "versioning is {status} and no enabled lifecycle rule deletes noncurrent versions within {days} days" + hold,
            controls=controls,
            saving=unknown_money(why) if report is None else None,
            cost=noncurrent_money(report, bucket.region, about).worth if report is not None else None,
            days=about.limits.max_days,
            status=versioning.status.lower(),
            count=len(lifecycle.rules),
        )
        yield verdict if report is None else beside(verdict, report, {"noncurrent": report.noncurrent, "noncurrent_gb": size})
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
    yield from reported()
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


def reported() -> Iterator[Case[Bucket]]:
    """With reports."""
    on, none = Known(Versioning("Enabled")), Known(Lifecycle())
    standard = InClass(storage_class="STANDARD", objects=900, bytes=500 * 2**30, noncurrent=600, noncurrent_bytes=400 * 2**30)
    archive = InClass(storage_class="GLACIER", objects=50, bytes=100 * 2**30, noncurrent=50, noncurrent_bytes=100 * 2**30)
    tiered = InClass(storage_class="INTELLIGENT_TIERING", objects=9, bytes=2**30, noncurrent=1, noncurrent_bytes=2**20)
    prices = (priced("s3-storage", "STANDARD", "0.025", "GB-month"), priced("s3-storage", "GLACIER", "0.005", "GB-month"))

    def bucket(*reports: StorageReport) -> Bucket:
        return sample(Bucket, "checkpoints", versioning=on, lifecycle=none, reports=Known(reports))

    day = CASE_TIME - timedelta(days=2)
    full = StorageReport(source=Source.INVENTORY, name="daily", as_of=day, holdings=(archive, standard))
    current = StorageReport(source=Source.INVENTORY, name="daily", as_of=day, all_versions=False, holdings=(standard,))
    lens = StorageReport(source=Source.LENS, name="org", as_of=day, holdings=(standard, tiered))
    old = StorageReport(source=Source.LENS, name="org", as_of=CASE_TIME - timedelta(days=90), holdings=(standard,))
    yield fails("and a report counts them", bucket(full), prices=prices)
    yield fails("and a report does not say in which tier they are", bucket(lens), prices=prices)
    yield fails("and no report was given", bucket(), prices=prices, saves="")
    yield fails("and the report is of current versions", bucket(current), prices=prices, saves="")
    yield fails("and the report is three months old", bucket(old), prices=prices, saves="")
