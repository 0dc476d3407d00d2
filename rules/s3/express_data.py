"""Directory bucket: everything in it is in a single zone

## Why it matters
S3 Express One Zone keeps its objects in one Availability Zone, next to the machines that use them. If that zone is destroyed they are
gone. It has no versions, no replication and no Object Lock: what is deleted by mistake is gone as well. It is a place to work in, not to
keep things.

## How to fix
Keep the original in an ordinary bucket, write results back to one when a job ends, and let a lifecycle rule empty this one. Then waive
this rule for the bucket, with the name of the bucket that holds the original as the reason:

    [[waivers]]
    rule = "s3-express-data"
    resource = "arn:aws:s3express:*:*:bucket/NAME*"
    owner = "who answers for it"
    reason = "shards of s3://ORIGINAL"
    expires = 2027-12-31

## When it is fine
Everything in it is a copy or can be made again.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    DirectoryBucket,
    Fact,
    Known,
    Limits,
    Pillar,
    Series,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    held,
    need,
    ok,
    passes,
    rule,
    sample,
    total_bytes,
    unknown,
)


class Thresholds(Limits, frozen=True):
    gb: float = 1
    """GB that may be there without a word. Ours: less is a test."""


@rule(
    over=DirectoryBucket,
    reads=(DirectoryBucket.sizes, DirectoryBucket.zone),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: DirectoryBucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    size = need(total_bytes(bucket.sizes)) / 2**30
    if size < about.limits.gb:
        yield ok("it holds {size} GB", size=round(size, 3))
    else:
        zone = bucket.zone.value if isinstance(bucket.zone, Known) else None
        yield flag("{size} GB are kept in the single zone {zone}", size=round(size, 1), zone=zone or "that its name says")


def cases() -> Iterator[Case[DirectoryBucket]]:
    name = "shards--apne2-az1--x-s3"
    large = held(ExpressOneZone=5e11)

    def bucket(sizes: Fact[tuple[Series, ...]], zone: Fact[str | None] = Known("apne2-az1")) -> DirectoryBucket:
        return sample(DirectoryBucket, name, sizes=sizes, zone=zone)

    yield passes("a test", bucket(held(ExpressOneZone=1e6)))
    yield fails("half a terabyte", bucket(large))
    yield fails("half a terabyte, in a zone that is not known", bucket(large, denied(DirectoryBucket.zone)))
    yield passes("as much as is allowed", bucket(large), limits=Thresholds(gb=1000))
    yield unknown("no size yet", bucket(Known(())))
    yield unknown("the sizes may not be read", bucket(denied(DirectoryBucket.sizes)))
