"""Bucket whose own Block Public Access is not fully on

## Why it matters
With the account's four settings on, nothing can be opened today, whatever the bucket says. The bucket's own settings are what is left
on the day somebody turns the account's off for the sake of one website. Some auditors ask for them on each bucket.

Only the bucket's own settings count here. `s3-public-access-block-off` says whether bucket and account together block public access.

## How to fix
Turn on all four Block Public Access settings of the bucket:

    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Where the account has them on already, this changes nothing for whoever uses the bucket. New buckets have had them on since April 2023,
unless somebody turned them off. Console: bucket, *Permissions*, *Block public access*. Terraform: `aws_s3_bucket_public_access_block`.

## When it is fine
The account's settings are on, and a service control policy keeps them on.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    PublicAccessBlock,
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
    reads=(Bucket.public_access_block,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("fsbp:S3.8",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    own = need(bucket.public_access_block)
    switches = {
        "BlockPublicAcls": own.block_public_acls,
        "IgnorePublicAcls": own.ignore_public_acls,
        "BlockPublicPolicy": own.block_public_policy,
        "RestrictPublicBuckets": own.restrict_public_buckets,
    }
    off = [name for name, on in switches.items() if not on]
    if off:
        yield flag("settings that are off for the bucket: {off}", off=", ".join(off), switches=switches)
    else:
        yield ok("all four settings are on for the bucket", switches=switches)


def cases() -> Iterator[Case[Bucket]]:
    acls = Known(PublicAccessBlock(block_public_acls=True, ignore_public_acls=True))
    yield passes("all on", sample(Bucket, "payroll", public_access_block=Known(PublicAccessBlock(True, True, True, True))))
    yield fails("nothing configured", sample(Bucket, "from-2019", public_access_block=Known(PublicAccessBlock())))
    yield fails("only ACLs are blocked", sample(Bucket, "downloads", public_access_block=acls))
    yield unknown("may not be read", sample(Bucket, "vault", public_access_block=denied(Bucket.public_access_block)))
