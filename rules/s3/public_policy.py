"""Bucket with a public policy

## Why it matters
AWS itself judges the bucket policy to be public: some statement allows an action to anyone, or to a condition so wide that it
shuts nobody out. Whoever finds the bucket's name can use what that statement allows, be it to read, list, write or delete.

*RestrictPublicBuckets* (Block Public Access, of the bucket or the account) keeps strangers out in spite of such a policy: only
AWS services and authorised identities of this account still get in. Then this rule passes, but the policy stays as it is, and
opens the bucket on the day someone turns the setting off. *BlockPublicPolicy* alone does not help: it refuses new public
policies and leaves those that exist.

## How to fix
Replace `"Principal": "*"` in the bucket policy by the accounts, roles or services that need access:

    aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text > policy.json
    aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json

Or add a condition with fixed values, such as `aws:PrincipalOrgID` or `aws:SourceVpce`. The S3 console's *IAM Access Analyzer for S3*
shows what is public. To shut the bucket at once, also to every other account that relies on the policy:

    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

## When it is fine
A public data set or a website that S3 itself serves, with `s3:GetObject` and nothing else allowed, on the prefix that is
public.
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
    any_of,
    denied,
    fails,
    flag,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Bucket,
    reads=(Bucket.policy_is_public, Bucket.public_access_block, Account.public_access_block),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:S3.2", "fsbp:S3.3"),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    closed = {
        "AWS does not judge the bucket policy to be public": bucket.policy_is_public.map(lambda public: not public),
        "RestrictPublicBuckets of the account keeps the world out, whatever the policy says": (
            about.account.public_access_block.map(lambda block: block.restrict_public_buckets)
        ),
        "RestrictPublicBuckets of the bucket keeps the world out, whatever the policy says": (
            bucket.public_access_block.map(lambda block: block.restrict_public_buckets)
        ),
    }
    if any_of(closed.values()):
        yield ok("{why}", why=next(why for why, fact in closed.items() if isinstance(fact, Known) and fact.value))
    else:
        yield flag(
            "AWS judges the bucket policy to be public, and RestrictPublicBuckets is off",
            policy_is_public=True,
            restrict_public_buckets=False,
        )


def cases() -> Iterator[Case[Bucket]]:
    off, restricts = Known(PublicAccessBlock()), Known(PublicAccessBlock(restrict_public_buckets=True))
    blocks_new = Known(PublicAccessBlock(block_public_policy=True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=restricts)
    public, closed = Known(True), Known(False)
    yield passes(
        "a policy for this account only", sample(Bucket, "payroll", policy_is_public=closed, public_access_block=off), account
    )
    yield passes(
        "public, but the bucket restricts it",
        sample(Bucket, "website", policy_is_public=public, public_access_block=restricts),
        account,
    )
    yield passes(
        "public, but the account restricts it",
        sample(Bucket, "website", policy_is_public=public, public_access_block=off),
        strict,
    )
    yield passes("the account restricts it, nothing else may be read", sample(Bucket, "vault"), strict)
    yield fails("public and unrestricted", sample(Bucket, "website", policy_is_public=public, public_access_block=off), account)
    yield fails(
        "only new public policies are blocked",
        sample(Bucket, "downloads", policy_is_public=public, public_access_block=blocks_new),
        account,
    )
    yield unknown(
        "public, and the bucket's switches may not be read",
        sample(Bucket, "website", policy_is_public=public, public_access_block=denied(Bucket.public_access_block)),
        account,
    )
    yield unknown(
        "the policy's status may not be read",
        sample(Bucket, "vault", policy_is_public=denied(Bucket.policy_is_public), public_access_block=off),
        account,
    )
