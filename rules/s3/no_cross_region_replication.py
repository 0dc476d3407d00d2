"""Bucket that is not copied to another region

## Why it matters
S3 keeps objects in several zones of one region, which is enough for nearly every failure. It does not help when the region cannot be
reached, or when somebody destroys the bucket. A copy in another region does, best in another account; some standards ask for one.

## How to fix
Turn on versioning in both buckets and replicate to a bucket in another region:

    aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://replication.json

Console: bucket, *Management*, *Replication rules*, *Create*. Terraform: `aws_s3_bucket_replication_configuration`. What is there already
is not copied by itself: run a batch replication job. You pay for the second copy, for the transfer between regions and for each object.
The region of a destination in another account cannot be seen from here; then the verdict is unknown.

## When it is fine
The contents can be made again, or must not leave the region.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Pillar,
    Reason,
    ReplicationRule,
    Severity,
    Unknown,
    Verdict,
    any_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)

GLOBAL = "global"


def elsewhere(bucket: Bucket, destination: str, about: Context[Limits]) -> Fact[bool]:
    """The destination is in another region than the bucket; unknown for a bucket of another account."""
    found = about.get(Bucket, GLOBAL, destination.rpartition(":")[2])
    if isinstance(found, Unknown):
        return found
    if found.value is None or GLOBAL in (found.value.region, bucket.region):
        return denied(Bucket.replication).because(Reason.NO_DATA)
    return Known(found.value.region != bucket.region)


@rule(
    over=Bucket,
    reads=(Bucket.replication,),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
    controls=("securityhub:S3.7",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    rules = need(bucket.replication)
    destinations = sorted({one.destination for one in rules if one.enabled})
    if any_of(elsewhere(bucket, one, about) for one in destinations):
        yield ok("objects are copied to another region", destinations=destinations)
    elif destinations:
        yield flag("objects are copied within {region} only", region=bucket.region, destinations=destinations)
    else:
        yield flag("no enabled replication rule copies objects (rules in all: {count})", count=len(rules))


def cases() -> Iterator[Case[Bucket]]:
    far, near = "arn:aws:s3:::ledger-copy", "arn:aws:s3:::ledger-near"
    other = sample(Bucket, "ledger-copy", "ap-northeast-1")
    same = sample(Bucket, "ledger-near")

    def bucket(*rules: ReplicationRule) -> Bucket:
        return sample(Bucket, "ledger", replication=Known(rules))

    yield passes("another region", bucket(ReplicationRule("all", True, far)), other)
    yield passes(
        "another region, besides one that is not known",
        bucket(ReplicationRule("a", True, "arn:aws:s3:::theirs"), ReplicationRule("b", True, far)),
        other,
    )
    yield fails("no replication", bucket())
    yield fails("the rule is disabled", bucket(ReplicationRule("all", False, far)), other)
    yield fails("the same region", bucket(ReplicationRule("all", True, near)), same)
    yield unknown(
        "a bucket of another account", bucket(ReplicationRule("all", True, "arn:aws:s3:::theirs", account="999988887777"))
    )
    yield unknown("the buckets may not all be listed", bucket(ReplicationRule("all", True, far)), unlisted=(Bucket,))
    yield unknown("the replication may not be read", sample(Bucket, "vault", replication=denied(Bucket.replication)))
