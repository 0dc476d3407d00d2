"""Bucket with data in a single zone that nobody calls reproducible

## Why it matters
One Zone-IA keeps its objects in one Availability Zone. If that zone is destroyed they are gone, and while it is down they cannot be read;
every other class but S3 Express survives both. A fifth off the price of Standard-IA is a good deal for copies and for what can be made
again, and a bad one for the only copy of something.

## How to fix
For data that can be made again, say so with a tag on the bucket, and this rule passes:

    aws s3api put-bucket-tagging --bucket BUCKET --tagging 'TagSet=[{Key=reproducible,Value=true}]'

The command replaces all tags of the bucket: name the others too. Else move the objects: a lifecycle rule cannot take them back to
Standard-IA, but a copy in place can:

    aws s3 cp s3://BUCKET/ s3://BUCKET/ --recursive --storage-class STANDARD_IA

and change the lifecycle rules that put them there. Another tag can be set as `reproducible` under `[limits.s3-one-zone-data]`.

## When it is fine
The bucket is a replica, a cache, or holds what a job can make again.
"""

from collections.abc import Iterator
from datetime import datetime

from auditor.sdk import (
    CASE_TIME,
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
    Verdict,
    any_of,
    by_class,
    denied,
    fails,
    flag,
    held,
    need,
    ok,
    passes,
    rule,
    sample,
    stored,
    unknown,
)

CLASS = "ONEZONE_IA"


class Thresholds(Limits, frozen=True):
    reproducible: tuple[str, ...] = ("reproducible=true",)
    """Tags (`key=value`) that say that the contents can be made again. Ours: AWS has no tag for it."""
    gb: float = 0
    """GB in the class that may be there. None unless you set it."""


@rule(
    over=Bucket,
    reads=(Bucket.sizes, Bucket.created, Bucket.tags),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    size = stored(bucket, about.taken_at).map(lambda sizes: by_class(sizes).get(CLASS, 0) / 2**30)
    said = bucket.tags.map(
        lambda tags: next((tag for tag in about.limits.reproducible if tag in {f"{k}={v}" for k, v in tags.items()}), None)
    )
    excuses: tuple[Fact[bool], ...] = (
        size.map(lambda gb: gb <= about.limits.gb),
        said.map(lambda tag: tag is not None),
    )
    if not any_of(excuses):
        yield flag(
            "{size} GB are kept in a single zone, and no tag says that they can be made again",
            size=round(need(size), 1),
            tags=about.limits.reproducible,
        )
    elif isinstance(said, Known) and said.value is not None:
        yield ok("its tag {tag} says that it can be made again", tag=said.value)
    else:
        yield ok("nothing to speak of is kept in a single zone", gb=about.limits.gb)


def cases() -> Iterator[Case[Bucket]]:
    def bucket(sizes: Fact[tuple[Series, ...]], *, created: Fact[datetime] = MADE_LONG_AGO, reproducible: str = "") -> Bucket:
        tags = Known({"팀": "머신러닝", **({"reproducible": reproducible} if reproducible else {})})
        return sample(Bucket, "features", sizes=sizes, created=created, tags=tags)

    one, three = held(OneZoneIAStorage=5e11), held(StandardIAStorage=5e11)
    yield passes("three zones", bucket(three))
    yield passes("one zone, and can be made again", bucket(one, reproducible="true"))
    yield passes("can be made again, whatever there is", bucket(denied(Bucket.sizes), reproducible="true"))
    yield passes("as much as is allowed", bucket(one), limits=Thresholds(gb=500))
    yield passes("three zones, and the tags may not be read", sample(Bucket, "raw", sizes=three, created=MADE_LONG_AGO))
    yield fails("one zone", bucket(one))
    yield fails("one zone, and cannot be made again", bucket(one, reproducible="false"))
    yield unknown(
        "one zone, and the tags may not be read",
        sample(Bucket, "raw", sizes=one, created=MADE_LONG_AGO, tags=denied(Bucket.tags)),
    )
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes)))
    yield unknown("made today", bucket(Known(()), created=Known(CASE_TIME)))
    yield unknown("its age is not known", bucket(Known(()), created=denied(Bucket.created)))
