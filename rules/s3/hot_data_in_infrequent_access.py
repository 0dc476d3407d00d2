"""Bucket whose infrequently accessed data is read a lot

## Why it matters
Standard-IA, One Zone-IA and Glacier Instant Retrieval are cheap to keep and charge for every gigabyte that is read. A training set that is
read once an epoch costs more there than in S3 Standard, where reading is free of that charge. Above the break-even the colder class is the
dearer one, and the bill shows it under requests and retrieval, where nobody looks.

## How to fix
Copy what is read back to Standard, or to Intelligent-Tiering, which charges nothing for reading:

    aws s3 cp s3://BUCKET/ s3://BUCKET/ --recursive --storage-class INTELLIGENT_TIERING

and take out the lifecycle rule that moves it. The saving is that of a month after the move; each object that is copied is charged once.

Requests are counted only where a metrics configuration covers the whole bucket, which CloudWatch charges for like custom metrics:

    aws s3api put-bucket-metrics-configuration --bucket BUCKET --id EntireBucket --metrics-configuration Id=EntireBucket

They are counted for the bucket, not by class: where other classes hold a good part of it, too, and much is read, the verdict is unknown.

## When it is fine
The month was an exception, such as a migration.
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
    Money,
    Pillar,
    Reason,
    RequestMetrics,
    Series,
    Severity,
    Use,
    Verdict,
    asked_for,
    by_class,
    cannot_tell,
    daily_metric,
    denied,
    fails,
    flag,
    gigabytes,
    held,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    standard,
    stored,
    uncounted,
    unknown,
    unknown_money,
)

COLD = ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR")


class Thresholds(Limits, frozen=True):
    standard_ia: float = 1.05
    """Share of its size that is read in a month from which on Standard-IA costs more than Standard: the difference of the two storage
    prices by the price of retrieval, list prices of us-east-1 in 2025 (0.0105 by 0.01)."""
    onezone_ia: float = 1.3
    """The same for One Zone-IA (0.013 by 0.01)."""
    glacier_ir: float = 0.63
    """The same for Glacier Instant Retrieval (0.019 by 0.03)."""
    days: int = 30
    """Days in which reads are added up."""
    others: float = 0.05
    """Share of the bucket in other classes that is small enough to be left out of account. Ours."""


@rule(
    over=Bucket,
    reads=(
        Bucket.sizes,
        Bucket.created,
        Bucket.request_metrics,
        Bucket.all_requests,
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
    sizes = by_class(need(stored(bucket, about.taken_at)))
    cold = {name: sizes[name] for name in COLD if sizes.get(name)}
    if not cold:
        yield skip("nothing is kept in a class that charges for reading at once")
        return
    total = asked_for(bucket, bucket.bytes_downloaded, limits.days)
    if total is None:
        yield uncounted(bucket, limits.days)
        return
    read = total * 30 / limits.days
    shares = {"STANDARD_IA": limits.standard_ia, "ONEZONE_IA": limits.onezone_ia, "GLACIER_IR": limits.glacier_ir}
    size, gb_read, classes = round(sum(cold.values()) / 2**30, 1), round(read / 2**30, 1), ", ".join(cold)
    if read <= sum(shares[name] * part for name, part in cold.items()):
        yield ok("{read} GB were read in a month, of {size} GB in {classes}", size=size, read=gb_read, classes=classes)
    elif sum(sizes.values()) - sum(cold.values()) > limits.others * sum(sizes.values()):
        yield cannot_tell(
            Bucket.bytes_downloaded,
            "{read} GB were read in a month: how much of that was of the {size} GB in {classes} cannot be told",
            reason=Reason.NO_DATA,
            size=size,
            read=gb_read,
            classes=classes,
        )
    else:
        yield flag(
            "{read} GB were read in a month, of {size} GB in {classes}",
            saving=saving(bucket, cold, read, about),
            size=size,
            read=gb_read,
            classes=classes,
        )


def saving(bucket: Bucket, cold: dict[str, float], read: float, about: Context[Thresholds]) -> Money:
    """What Standard would cost less; it is not known where reads are charged in several ways."""
    if len(cold) > 1:
        return unknown_money("how much was read of which class is not counted")
    ((name, size),) = cold.items()
    return about.money(
        Use("s3-storage", bucket.region, name, gigabytes(size)),
        Use("s3-retrieval", bucket.region, name, gigabytes(read)),
        *standard(bucket.region, size, instead=True),
    )


def cases() -> Iterator[Case[Bucket]]:
    def bucket(
        sizes: Fact[tuple[Series, ...]],
        downloads: Fact[tuple[Series, ...]] = Known(()),
        *,
        requests: Fact[tuple[Series, ...]] = daily_metric("AllRequests", 9000),
        metrics: Fact[tuple[RequestMetrics, ...]] = Known((RequestMetrics("EntireBucket", True),)),
        created: Fact[datetime] = MADE_LONG_AGO,
    ) -> Bucket:
        return sample(
            Bucket,
            "raw",
            sizes=sizes,
            created=created,
            request_metrics=metrics,
            all_requests=requests,
            bytes_downloaded=downloads,
        )

    ia, mixed = held(StandardIAStorage=1000 * GB, StandardStorage=10 * GB), held(StandardIAStorage=GB, StandardStorage=10 * GB)
    a_lot, little = daily_metric("BytesDownloaded", 3000 * GB), daily_metric("BytesDownloaded", 0.5 * GB)
    prices = (
        priced("s3-storage", "STANDARD", "0.025", "GB-month"),
        priced("s3-storage", "STANDARD_IA", "0.0138", "GB-month"),
        priced("s3-retrieval", "STANDARD_IA", "0.01", "GB"),
    )
    yield passes("read a little", bucket(ia, little))
    yield passes("little is read, of whatever class", bucket(mixed, little))
    yield passes(
        "as much as is allowed", bucket(held(GlacierInstantRetrievalStorage=1000 * GB), a_lot), limits=Thresholds(glacier_ir=4)
    )
    yield fails("read three times over", bucket(ia, a_lot), prices=prices, saves="18.8")
    yield fails(
        "two classes", bucket(held(OneZoneIAStorage=GB, GlacierInstantRetrievalStorage=GB), a_lot), prices=prices, saves=""
    )
    yield skips("all in Standard", bucket(held(StandardStorage=1000 * GB), a_lot))
    yield skips("empty", bucket(Known(()), a_lot))
    yield unknown("much is read, of whatever class", bucket(mixed, a_lot))
    yield unknown("counted since yesterday", bucket(ia, a_lot, requests=daily_metric("AllRequests", 9000, None)))
    yield unknown("nobody counts", bucket(ia, metrics=Known(())))
    yield unknown("the configurations may not be read", bucket(ia, metrics=denied(Bucket.request_metrics)))
    yield unknown("the bytes may not be read", bucket(ia, denied(Bucket.bytes_downloaded)))
    yield unknown("the requests may not be read", bucket(ia, a_lot, requests=denied(Bucket.all_requests)))
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes), a_lot))
    yield unknown("made today", bucket(Known(()), a_lot, created=Known(CASE_TIME)))
    yield unknown("its age is not known", bucket(Known(()), a_lot, created=denied(Bucket.created)))
