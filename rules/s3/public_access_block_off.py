"""Bucket where Block Public Access is not fully on

## Why it matters
Block Public Access is the safety net under every bucket: with all four settings on, no ACL and no policy can open the bucket or
its objects to the world, whoever writes it. A setting that is off does not make the bucket public, but one wrong policy or
`--acl public-read` will.

S3 applies the stricter of the bucket's and the account's settings, and so does this rule: a setting counts as on when either has
it on. `s3-own-public-access-block-off` looks at the bucket's own settings only.

## How to fix
Turn on all four Block Public Access settings, for the whole account if none of its buckets has to be public:

    aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

For one bucket:

    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Look first at who uses the bucket without credentials: their access ends at once. So does access from other accounts, when the policy
is public as well. Console: S3, *Block Public Access settings for this account*, or bucket, *Permissions*, *Block public access*.
Terraform: `aws_s3_account_public_access_block`, `aws_s3_bucket_public_access_block`.

## When it is fine
The bucket is public on purpose, such as a website that is served by S3 itself. CloudFront with origin access control needs no
public bucket.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
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
    reads=(Bucket.public_access_block, Account.public_access_block),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:3.1.4", "kisa-isms-p-2023:2.10.2"),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    for where, fact in (("account", about.account.public_access_block), ("bucket", bucket.public_access_block)):
        if isinstance(fact, Known) and fact.value.all_on:
            yield ok("all four settings are on for the {where}", where=where)
            return
    own, account = need(bucket.public_access_block, about.account.public_access_block)
    switches = {
        "BlockPublicAcls": own.block_public_acls or account.block_public_acls,
        "IgnorePublicAcls": own.ignore_public_acls or account.ignore_public_acls,
        "BlockPublicPolicy": own.block_public_policy or account.block_public_policy,
        "RestrictPublicBuckets": own.restrict_public_buckets or account.restrict_public_buckets,
    }
    off = [name for name, on in switches.items() if not on]
    if off:
        yield flag("settings that are off for both bucket and account: {off}", off=", ".join(off), bucket=own, account=account)
    else:
        yield ok("all four settings are on, some for the bucket and some for the account", bucket=own, account=account)


def cases() -> Iterator[Case[Bucket]]:
    on = Known(PublicAccessBlock(True, True, True, True))
    off = Known(PublicAccessBlock())
    acls = Known(PublicAccessBlock(block_public_acls=True, ignore_public_acls=True))
    policies = Known(PublicAccessBlock(block_public_policy=True, restrict_public_buckets=True))
    may_not = denied(Bucket.public_access_block)
    yield passes(
        "all on for the bucket", sample(Bucket, "payroll", public_access_block=on), sample(Account, public_access_block=off)
    )
    yield passes(
        "all on for the account", sample(Bucket, "payroll", public_access_block=off), sample(Account, public_access_block=on)
    )
    yield passes(
        "all on for the account, the bucket may not be read",
        sample(Bucket, "vault", public_access_block=may_not),
        sample(Account, public_access_block=on),
    )
    yield passes(
        "all on for the bucket, the account may not be read",
        sample(Bucket, "vault", public_access_block=on),
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
    yield passes(
        "ACLs blocked for the bucket, policies for the account",
        sample(Bucket, "reports", public_access_block=acls),
        sample(Account, public_access_block=policies),
    )
    yield fails("nowhere on", sample(Bucket, "website", public_access_block=off), sample(Account, public_access_block=off))
    yield fails(
        "only ACLs are blocked", sample(Bucket, "downloads", public_access_block=acls), sample(Account, public_access_block=off)
    )
    yield unknown(
        "off for the account, the bucket may not be read",
        sample(Bucket, "vault", public_access_block=may_not),
        sample(Account, public_access_block=off),
    )
