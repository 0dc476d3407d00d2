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
    Pillar,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    multipart_abort_days,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


class AbortLimits(Limits, frozen=True):
    days: int = 7
    """Days from the start of an upload after which it must be aborted. 7 is what Trusted Advisor's check of multipart uploads asks for."""


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle,),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=AbortLimits,
)
def check(bucket: Bucket, about: Context[AbortLimits]) -> Iterator[Verdict]:
    aborts = [r.id for r in need(bucket.lifecycle).rules if r.enabled and r.abort_multipart_days is not None]
    days = multipart_abort_days(need(bucket.lifecycle), today=about.taken_at)
    if days is not None and days <= about.limits.days:
        yield ok("a lifecycle rule aborts incomplete multipart uploads (days: {days})", days=days)
    elif days is not None:
        yield flag("incomplete multipart uploads are kept for {days} days (limit {limit})", days=days, limit=about.limits.days)
    elif aborts:
        yield flag("incomplete multipart uploads are aborted in parts of the bucket only", rules=aborts)
    else:
        yield flag("no enabled lifecycle rule aborts incomplete multipart uploads", rules=[])


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
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle)))
