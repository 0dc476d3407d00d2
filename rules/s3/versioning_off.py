"""Bucket without versioning

## Why it matters
An object that is overwritten or deleted is gone at once: by a wrong `aws s3 rm --recursive`, a broken job or someone with
stolen credentials. With versioning the old version stays and can be brought back. Replication and Object Lock need it too.

## How to fix
Turn on versioning, and let a lifecycle rule delete noncurrent versions after some weeks:

    aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled

Every version is paid for like an object. Console: bucket, *Properties*, *Bucket Versioning*, *Edit*. Terraform:
`aws_s3_bucket_versioning`.

## When it is fine
The contents can be made again (caches, scratch space, build output), or they are deleted soon anyway. Versioning that is
suspended keeps the versions it has, but what is written from then on has none.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    Versioning,
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


@rule(
    over=Bucket,
    reads=(Bucket.versioning,),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("securityhub:S3.14",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    status = need(bucket.versioning).status
    if status == "Enabled":
        yield ok("versioning is on", status=status)
    elif status == "Suspended":
        yield flag("versioning is suspended: objects written now get no version of their own", status=status)
    else:
        yield flag("versioning was never turned on", status=status)


def cases() -> Iterator[Case[Bucket]]:
    yield passes("on", sample(Bucket, "ledger", versioning=Known(Versioning("Enabled"))))
    yield fails("never switched on", sample(Bucket, "checkpoints", versioning=Known(Versioning("Off"))))
    yield fails("suspended", sample(Bucket, "reports", versioning=Known(Versioning("Suspended"))))
    yield unknown("the versioning may not be read", sample(Bucket, "vault", versioning=denied(Bucket.versioning)))
