"""Bucket where ACLs still apply

## Why it matters
Access control lists are the oldest way to give access, one per bucket and one per object, and hard to oversee: an upload can
make one object of millions public or leave it in the hands of another account. With Object Ownership *bucket owner enforced*
they have no effect, the bucket owner owns every object, and policies alone decide. It has been the setting of new buckets since
April 2023; older buckets keep what they had.

## How to fix
Disable ACLs with Object Ownership *bucket owner enforced*, once the bucket policy grants what the ACLs grant now:

    aws s3api get-bucket-acl --bucket BUCKET
    aws s3api put-bucket-ownership-controls --bucket BUCKET --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'

Console: bucket, *Permissions*, *Object Ownership*, *Edit*, *ACLs disabled*. S3 refuses while the bucket's ACL grants something to
others: reset it with `aws s3api put-bucket-acl --bucket BUCKET --acl private`. Writers that send an ACL other than
`bucket-owner-full-control` get an error from then on. Terraform: `aws_s3_bucket_ownership_controls`.

## When it is fine
Something that cannot do without ACLs writes to the bucket, such as CloudFront's legacy standard logging.
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
    reads=(Bucket.ownership,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:S3.12",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    ownership = need(bucket.ownership)
    if ownership == "BucketOwnerEnforced":
        yield ok("ACLs are disabled ({ownership})", ownership=ownership)
    elif ownership is None:
        yield flag("ACLs apply: Object Ownership was never set", ownership=None)
    else:
        yield flag("ACLs apply: Object Ownership is {ownership}", ownership=ownership)


def cases() -> Iterator[Case[Bucket]]:
    yield passes("ACLs are off", sample(Bucket, "payroll", ownership=Known("BucketOwnerEnforced")))
    yield fails("the bucket owns what is given to it", sample(Bucket, "uploads", ownership=Known("BucketOwnerPreferred")))
    yield fails("the writer owns what it writes", sample(Bucket, "shared", ownership=Known("ObjectWriter")))
    yield fails("never set", sample(Bucket, "from-2019", ownership=Known(None)))
    yield unknown("the ownership may not be read", sample(Bucket, "vault", ownership=denied(Bucket.ownership)))
