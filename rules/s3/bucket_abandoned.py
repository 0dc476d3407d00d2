"""Bucket that nobody uses

## Why it matters
Data that nobody reads or writes any more is paid for month after month, and nobody looks after it either: its policy, its keys and what is
in it are forgotten together. Here hardly a request came in a month, counted by S3 itself.

## How to fix
Find out whose it is (tags, CloudTrail's `CreateBucket`, the prefixes), and then delete it, or keep it where keeping is cheap:

    aws s3 rb s3://BUCKET --force
    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "archive",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 0, "StorageClass": "DEEP_ARCHIVE"}]}]}'

The saving is what its storage is paid now; an archive keeps a part of it. Requests are counted only where a metrics configuration covers
the whole bucket, which CloudWatch charges for like custom metrics:

    aws s3api put-bucket-metrics-configuration --bucket BUCKET --id EntireBucket --metrics-configuration Id=EntireBucket

S3 publishes no zeros, so that a bucket without a single datapoint in 90 days may also be one whose configuration is new: then the verdict
is unknown. Server access logs or CloudTrail data events would tell.

## When it is fine
It is a backup or must be kept by law. What is in Glacier Flexible Retrieval or Deep Archive does not count.
"""

from collections.abc import Iterator
from datetime import datetime

from auditor.sdk import (
    CASE_TIME,
    GB,
    MADE_LONG_AGO,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Pillar,
    RequestMetrics,
    Series,
    Severity,
    Verdict,
    asked_for,
    by_class,
    daily_metric,
    denied,
    fails,
    flag,
    held,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    storage,
    stored,
    uncounted,
    unknown,
)

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")


class Thresholds(Limits, frozen=True):
    gb: float = 1
    """GB outside the archives that are worth a word. OptScale's default for abandoned buckets."""
    days: int = 30
    """Days in which the requests are added up. Ours: a monthly job must count as a use."""
    requests: float = 100
    """Requests in that time that are none to speak of. Ours; OptScale allows 100 writes and 2,000 reads a week."""


@rule(
    over=Bucket,
    reads=(
        Bucket.sizes,
        Bucket.created,
        Bucket.request_metrics,
        Bucket.all_requests,
    ),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    limits = about.limits
    sizes = need(stored(bucket, about.taken_at))
    size = sum(value for name, value in by_class(sizes).items() if name not in ARCHIVES) / 2**30
    if size < limits.gb:
        yield ok("{size} GB are kept outside the archives", size=round(size, 3))
        return
    cost = about.money(*storage(bucket.region, sizes))
    requests = asked_for(bucket, bucket.all_requests, limits.days)
    if requests is None:
        yield uncounted(bucket, limits.days, cost)
    elif requests <= limits.requests:
        yield flag(
            "{size} GB were asked for {requests} times in {days} days",
            saving=cost,
            size=round(size, 1),
            requests=int(requests),
            days=limits.days,
        )
    else:
        yield ok("{requests} requests in {days} days", requests=int(requests), days=limits.days)


def cases() -> Iterator[Case[Bucket]]:
    def bucket(
        sizes: Fact[tuple[Series, ...]],
        requests: Fact[tuple[Series, ...]] = Known(()),
        *,
        metrics: Fact[tuple[RequestMetrics, ...]] = Known((RequestMetrics("EntireBucket", True),)),
        created: Fact[datetime] = MADE_LONG_AGO,
    ) -> Bucket:
        return sample(Bucket, "raw", sizes=sizes, created=created, request_metrics=metrics, all_requests=requests)

    large, part = held(StandardStorage=1000 * GB), Known((RequestMetrics("Logs", False),))
    price = priced("s3-storage", "STANDARD", "0.025", "GB-month")
    yield passes("used every day", bucket(large, daily_metric("AllRequests", 9000)))
    yield passes("next to nothing in it, used or not", bucket(held(StandardStorage=1e6), denied(Bucket.all_requests)))
    yield passes("an archive", bucket(held(DeepArchiveStorage=1e15), metrics=Known(())))
    yield passes("empty", bucket(Known(())))
    yield passes("as little as is allowed", bucket(large, daily_metric("AllRequests", 30)), limits=Thresholds(requests=20))
    yield fails("a few requests", bucket(large, daily_metric("AllRequests", 30)), prices=(price,), saves="25")
    yield fails("none, but some before", bucket(large, daily_metric("AllRequests", None)), saves="")
    yield unknown("none at all, which may be a new configuration", bucket(large, daily_metric("AllRequests", None, None)))
    yield unknown("counted since yesterday", bucket(large, daily_metric("AllRequests", 1, None)))
    yield unknown("nobody counts", bucket(large, metrics=Known(())))
    yield unknown("one prefix is counted", bucket(large, metrics=part))
    yield unknown("the configurations may not be read", bucket(large, metrics=denied(Bucket.request_metrics)))
    yield unknown("the counts may not be read", bucket(large, denied(Bucket.all_requests)))
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes), daily_metric("AllRequests", 9000)))
    yield unknown("made today", bucket(Known(()), created=Known(CASE_TIME)))
    yield unknown("its age is not known", bucket(Known(()), created=denied(Bucket.created)))
