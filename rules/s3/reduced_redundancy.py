"""Bucket with objects in Reduced Redundancy Storage

## Why it matters
Reduced Redundancy is a storage class of the past. S3 expects to lose one of 10,000 of its objects in a year, where every other class
loses next to none; and since S3 Standard became cheaper it costs no less in nearly every region, often more. AWS itself advises against it.

## How to fix
Copy the objects in place to S3 Standard, or to Intelligent-Tiering:

    aws s3 cp s3://BUCKET/ s3://BUCKET/ --recursive --storage-class STANDARD

Then look for what writes to that class: a client with `--storage-class REDUCED_REDUNDANCY`. A lifecycle rule can move the objects to a
colder class, but not to Standard. Where the bucket has versions, old ones stay in the class until they are deleted.

## When it is fine
Never: Standard is safer for the same money.
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
    Series,
    Severity,
    Use,
    Verdict,
    by_class,
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
    standard,
    stored,
    unknown,
)

CLASS = "REDUCED_REDUNDANCY"


@rule(
    over=Bucket,
    reads=(Bucket.sizes, Bucket.created),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    size = by_class(need(stored(bucket, about.taken_at))).get(CLASS, 0)
    if size:
        yield flag(
            "{size} GB are in Reduced Redundancy Storage",
            saving=about.money(
                Use("s3-storage", bucket.region, CLASS, gigabytes(size)), *standard(bucket.region, size, instead=True)
            ),
            size=round(size / 2**30, 1),
        )
    else:
        yield ok("nothing is in Reduced Redundancy Storage")


def cases() -> Iterator[Case[Bucket]]:
    def bucket(sizes: Fact[tuple[Series, ...]] = Known(()), created: Fact[datetime] = MADE_LONG_AGO) -> Bucket:
        return sample(Bucket, "thumbnails", sizes=sizes, created=created)

    some = 100 * GB
    prices = (priced("s3-storage", CLASS, "0.025", "GB-month"), priced("s3-storage", "STANDARD", "0.024", "GB-month"))
    yield passes("all in Standard", bucket(held(StandardStorage=1e12)))
    yield passes("nothing left of it", bucket(held(StandardStorage=1e12, ReducedRedundancyStorage=None)))
    yield passes("an empty bucket", bucket())
    yield fails("some of it", bucket(held(StandardStorage=1e12, ReducedRedundancyStorage=some)), prices=prices, saves="0.1")
    yield fails("some of it, at a price that nobody knows", bucket(held(ReducedRedundancyStorage=some)), saves="")
    yield unknown("made today", bucket(created=Known(CASE_TIME)))
    yield unknown("nothing of late", bucket(held(ReducedRedundancyStorage=None)))
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes)))
    yield unknown("its age is not known", bucket(created=denied(Bucket.created)))
