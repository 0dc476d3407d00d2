"""Bucket that keeps incomplete multipart uploads

## Why it matters
A large object is uploaded in parts. When the upload breaks off, its parts stay: they are paid for like objects, but no listing
of the bucket's objects shows them. Training jobs that die while writing checkpoints leave many gigabytes. A lifecycle rule that
aborts such uploads costs nothing.

## How to fix
Add a lifecycle rule for the whole bucket that aborts incomplete multipart uploads after 7 days:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "abort-uploads",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. Console: bucket, *Management*, *Create
lifecycle rule*, "Delete expired object delete markers or incomplete multipart uploads". What lies there now:

    aws s3api list-multipart-uploads --bucket BUCKET

Terraform: `aws_s3_bucket_lifecycle_configuration` with `abort_incomplete_multipart_upload`.

## When it is fine
Uploads take longer than the limit and are resumed, or nothing ever writes large objects to the bucket.

How much such uploads hold, an export of S3 Storage Lens tells: give it with `--inventory`. The amount is what those are paid in a month
that were begun over seven days before.
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
    Pillar,
    Severity,
    Source,
    StorageReport,
    Verdict,
    beside,
    counting_uploads,
    denied,
    fails,
    flag,
    in_gb,
    multipart_abort_days,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    unknown,
    uploads_money,
)


class AbortLimits(Limits, frozen=True):
    days: int = 7
    """Days from the start of an upload after which it must be aborted. 7 is what Trusted Advisor's check of multipart uploads asks for."""


COUNTED_DAYS = 7
"""Days after which S3 Storage Lens counts the bytes of an upload (`IncompleteMPUStorageBytesOlderThan7Days`)."""


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.reports),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=AbortLimits,
)
def check(bucket: Bucket, about: Context[AbortLimits]) -> Iterator[Verdict]:
    aborts = [r.id for r in need(bucket.lifecycle).rules if r.enabled and r.abort_multipart_days is not None]
    days = multipart_abort_days(need(bucket.lifecycle), today=about.taken_at)
    reports = bucket.reports.value if isinstance(bucket.reports, Known) else ()
    report = counting_uploads(reports, about.taken_at)
    # Whoever lets uploads be for longer than a week saves an unknown part of what Storage Lens counts.
    known = report is not None and about.limits.days <= COUNTED_DAYS
    saving = uploads_money(report, bucket.region, about).worth if report is not None and known else None
    if days is not None and days <= about.limits.days:
        yield ok("a lifecycle rule aborts incomplete multipart uploads (days: {days})", days=days)
        return
    if days is not None:
        what = "incomplete multipart uploads are kept for {days} days (limit {limit})"
        verdict = flag(what, saving=saving, days=days, limit=about.limits.days)
    elif aborts:
        verdict = flag("incomplete multipart uploads are aborted in parts of the bucket only", saving=saving, rules=aborts)
    else:
        verdict = flag("no enabled lifecycle rule aborts incomplete multipart uploads", saving=saving, rules=[])
    yield verdict if report is None else beside(verdict, report, {"older_than_7_days_gb": in_gb(report.stale_upload_bytes)})


def cases() -> Iterator[Case[Bucket]]:
    week = LifecycleRule(id="abort", enabled=True, abort_multipart_days=7)
    month = LifecycleRule(id="abort", enabled=True, abort_multipart_days=30)
    part = LifecycleRule(id="abort-tmp", enabled=True, filter=Filter(prefix="tmp/"), abort_multipart_days=1)
    off = LifecycleRule(id="abort", enabled=False, abort_multipart_days=3)
    expire = LifecycleRule(id="expire", enabled=True, expiration=Expiration(days=90))
    yield passes("after a week", sample(Bucket, "checkpoints", lifecycle=Known(Lifecycle((expire, week)))))
    yield passes(
        "after a month, which the account allows",
        sample(Bucket, "satellite-images", lifecycle=Known(Lifecycle((month,)))),
        limits=AbortLimits(days=30),
    )
    yield fails("after a month", sample(Bucket, "satellite-images", lifecycle=Known(Lifecycle((month,)))))
    yield fails("under one prefix", sample(Bucket, "features", lifecycle=Known(Lifecycle((part,)))))
    yield fails("the rule is disabled", sample(Bucket, "models", lifecycle=Known(Lifecycle((off, expire)))))
    yield fails("no rules", sample(Bucket, "uploads", lifecycle=Known(Lifecycle())))
    left = InClass(storage_class="STANDARD", upload_bytes=300 * 2**30, stale_upload_bytes=200 * 2**30)
    cold = InClass(storage_class="GLACIER", upload_bytes=100 * 2**30, stale_upload_bytes=100 * 2**30)
    lens = StorageReport(source=Source.LENS, name="org", as_of=CASE_TIME - timedelta(days=2), holdings=(cold, left))
    prices = (priced("s3-storage", "STANDARD", "0.025", "GB-month"),)
    uploads = sample(Bucket, "uploads", lifecycle=Known(Lifecycle()), reports=Known((lens,)))
    yield fails("no rules, and an export says what lies there", uploads, prices=prices, saves="7.5")
    yield fails("no rules, an export, and no price", uploads, saves="")
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle)))
