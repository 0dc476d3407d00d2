"""Bucket with data in S3 Standard that is hardly ever read

## Why it matters
S3 Standard is for what is read often. Here less than one object in ten is read in a month, by S3's own count of requests: in Standard-IA
the same bytes cost about half, and reading them the little that they are read costs less than that saves.

## How to fix
Let a lifecycle rule move the objects once they are 30 days old:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "cold",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. Intelligent-Tiering does it object by object
where some of them are read a lot. The saving is that of a month after the move, which itself is charged once per object: that amount
stands beside it, for Standard's part of the objects as if all were of one size. Objects in Standard-IA are charged for at least 30 days
and 128 KB.

Requests are counted only where a metrics configuration covers the whole bucket, which CloudWatch charges for like custom metrics:

    aws s3api put-bucket-metrics-configuration --bucket BUCKET --id EntireBucket --metrics-configuration Id=EntireBucket

## When it is fine
The objects are deleted within weeks, or a deadline will come on which all of them are read again and again.
"""

import math
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
    Reason,
    RequestMetrics,
    Series,
    Severity,
    Unknown,
    Use,
    Verdict,
    asked_for,
    cannot_tell,
    counted,
    daily_metric,
    denied,
    fails,
    flag,
    gigabytes,
    held,
    need,
    need_data,
    object_count,
    ok,
    passes,
    priced,
    rule,
    sample,
    standard,
    stored,
    thousands,
    uncounted,
    unknown,
)


class Thresholds(Limits, frozen=True):
    gb: float = 100
    """GB in Standard from which on it is worth a word. Ours."""
    reads: float = 0.1
    """GET requests for each object in a month: fewer are hardly any. Ours."""
    days: int = 30
    """Days in which they are counted: Standard-IA is charged for 30 at least."""
    average_kb: float = 128
    """KB of an average object: smaller ones are charged as 128 KB in Standard-IA (S3 User Guide, storage classes)."""


@rule(
    over=Bucket,
    reads=(
        Bucket.sizes,
        Bucket.created,
        Bucket.object_count,
        Bucket.request_metrics,
        Bucket.all_requests,
        Bucket.get_requests,
        Bucket.bytes_downloaded,
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
    size = sizes.get("StandardStorage", 0)
    if size < limits.gb * 2**30:
        yield ok("{size} GB are kept in Standard", size=round(size / 2**30, 1))
        return
    objects = need_data(bucket.object_count, coverage=0.3)[0].latest
    if not objects:
        said = "{size} GB are in Standard, and CloudWatch counts no object"
        yield cannot_tell(Bucket.object_count, said, reason=Reason.NO_DATA, size=round(size / 2**30, 1))
        return
    average = sum(sizes.values()) / objects / 1024
    if average < limits.average_kb:
        yield ok("its objects average {average} KB: they are too small for Standard-IA to pay", average=round(average, 1))
        return
    gets = asked_for(bucket, bucket.get_requests, limits.days)
    if gets is None:
        yield uncounted(bucket, limits.days, about.money(*standard(bucket.region, size)))
        return
    rate = gets / objects * 30 / limits.days
    if rate >= limits.reads:
        yield ok("{rate} reads of each object in a month", rate=round(rate, 3), gets=int(gets))
        return
    # Each class's part of the objects, as if they were all of one size; rounded up.
    moving = math.ceil(objects * size / sum(sizes.values()))
    yield flag(
        "{size} GB in Standard, and {rate} reads of each object in a month",
        saving=about.money(*standard(bucket.region, size), *in_infrequent_access(bucket, size, gets * 30 / limits.days, limits)),
        once=about.once(Use("s3-transition", bucket.region, "STANDARD_IA", thousands(moving))),
        size=round(size / 2**30, 1),
        rate=round(rate, 3),
        gets=int(gets),
        objects=int(objects),
        moving=moving,
        days=limits.days,
    )


def in_infrequent_access(bucket: Bucket, size: float, gets: float, limits: Thresholds) -> Iterator[Use]:
    """What the same bytes and reads would cost in Standard-IA, if all that is read were of what is moved: the most that it can be."""
    downloads = bucket.bytes_downloaded
    read: Fact[float] = downloads if isinstance(downloads, Unknown) else denied(Bucket.bytes_downloaded).because(Reason.NO_DATA)
    if isinstance(downloads, Known) and isinstance(bucket.all_requests, Known):
        total = counted(bucket.all_requests.value, downloads.value, limits.days)
        read = read if total is None else Known(total * 30 / limits.days)
    yield Use("s3-storage", bucket.region, "STANDARD_IA", -gigabytes(size))
    yield Use("s3-retrieval", bucket.region, "STANDARD_IA", read.map(lambda value: -gigabytes(value)))
    yield Use("s3-request-read", bucket.region, "STANDARD", thousands(gets))
    yield Use("s3-request-read", bucket.region, "STANDARD_IA", -thousands(gets))


def cases() -> Iterator[Case[Bucket]]:
    def bucket(
        sizes: Fact[tuple[Series, ...]],
        gets: Fact[tuple[Series, ...]] = Known(()),
        count: Fact[tuple[Series, ...]] = object_count(100_000),
        *,
        requests: Fact[tuple[Series, ...]] = daily_metric("AllRequests", 9000),
        downloads: Fact[tuple[Series, ...]] = daily_metric("BytesDownloaded", 10 * GB),
        metrics: Fact[tuple[RequestMetrics, ...]] = Known((RequestMetrics("EntireBucket", True),)),
        created: Fact[datetime] = MADE_LONG_AGO,
    ) -> Bucket:
        return sample(
            Bucket,
            "raw",
            sizes=sizes,
            created=created,
            object_count=count,
            request_metrics=metrics,
            all_requests=requests,
            get_requests=gets,
            bytes_downloaded=downloads,
        )

    large = held(StandardStorage=1000 * GB, StandardIAStorage=5 * GB)
    few, many = daily_metric("GetRequests", 1000, None), daily_metric("GetRequests", 50_000)
    prices = (
        priced("s3-storage", "STANDARD", "0.025", "GB-month"),
        priced("s3-storage", "STANDARD_IA", "0.0138", "GB-month"),
        priced("s3-retrieval", "STANDARD_IA", "0.01", "GB"),
        priced("s3-transition", "STANDARD_IA", "0.01", "1,000 requests"),
        priced("s3-request-read", "STANDARD", "0.00035", "1,000 requests"),
        priced("s3-request-read", "STANDARD_IA", "0.001", "1,000 requests"),
    )
    yield passes("read often", bucket(large, many))
    yield passes("not much of it", bucket(held(StandardStorage=5 * GB), denied(Bucket.get_requests)))
    yield passes("all of it is colder", bucket(held(StandardIAStorage=1e14), few))
    yield passes("many small objects", bucket(large, few, object_count(90_000_000)))
    yield fails("hardly read", bucket(large, few), prices=prices, saves="11.09935", once="0.995")
    yield fails("hardly read, at prices that nobody knows", bucket(large, few), saves="", once="")
    yield fails(
        "hardly read, and how many bytes is not known",
        bucket(large, few, downloads=denied(Bucket.bytes_downloaded)),
        prices=prices,
        saves="",
    )
    yield fails(
        "never read",
        bucket(large, daily_metric("GetRequests", None, None), downloads=daily_metric("BytesDownloaded", None, None)),
    )
    yield unknown("counted since yesterday", bucket(large, few, requests=daily_metric("AllRequests", 9000, None)))
    yield unknown("nobody counts", bucket(large, metrics=Known(())))
    yield unknown("the configurations may not be read", bucket(large, metrics=denied(Bucket.request_metrics)))
    yield unknown("the counts may not be read", bucket(large, denied(Bucket.get_requests)))
    yield unknown("the number of requests may not be read", bucket(large, few, requests=denied(Bucket.all_requests)))
    yield unknown("the number of objects is not known", bucket(large, few, object_count(None)))
    yield unknown("no object is counted, of which the bytes would be", bucket(large, few, object_count(0)))
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes), few))
    yield unknown("made today", bucket(Known(()), few, created=Known(CASE_TIME)))
    yield unknown("its age is not known", bucket(Known(()), few, created=denied(Bucket.created)))
