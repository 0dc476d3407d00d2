"""Account where S3 Block Public Access is not fully on

## Why it matters
With all four settings on for the account, none of its buckets can be public, whatever a policy or an ACL says, now or later, in any
region. Without them each bucket, and everybody who may change one, has to get it right alone.

## How to fix
Turn on all four Block Public Access settings for the account, once no bucket has to be public:

    aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Find out first which buckets serve the public on purpose (S3 console, *IAM Access Analyzer for S3*, or the rules about public buckets
in this report), and put CloudFront with origin access control in front of them. Console: S3, *Block Public Access settings for this
account*, *Edit*, *Block all public access*. In an organisation, an S3 policy of AWS Organizations sets all four for many accounts at
once. Terraform: `aws_s3_account_public_access_block`.

## When it is fine
The account exists to serve public buckets, and each of its other buckets has its own four settings on.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
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
    over=Account,
    reads=(Account.public_access_block,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    # Not cis-aws-7.0:3.1.4: buckets that each have their own settings on meet it as well.
    controls=("fsbp:S3.1",),
)
def check(account: Account, about: Context[Limits]) -> Iterator[Verdict]:
    block = need(account.public_access_block)
    switches = {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }
    if block.all_on:
        yield ok("all four settings are on for the account", switches=switches)
    else:
        off = [name for name, on in switches.items() if not on]
        yield flag("settings that are off for the account: {off}", off=", ".join(off), switches=switches)


def cases() -> Iterator[Case[Account]]:
    def account(block: PublicAccessBlock) -> Account:
        return sample(Account, public_access_block=Known(block))

    yield passes("all on", account(PublicAccessBlock(True, True, True, True)))
    yield fails("nothing configured", account(PublicAccessBlock()))
    yield fails("public policies are allowed", account(PublicAccessBlock(block_public_acls=True, ignore_public_acls=True)))
    yield unknown("the block may not be read", sample(Account, public_access_block=denied(Account.public_access_block)))
