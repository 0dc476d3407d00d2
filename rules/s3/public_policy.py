"""Bucket with a public policy

## Why it matters
AWS itself judges the bucket policy to be public: some statement allows an action to anyone, or to a condition so wide that it
shuts nobody out. Whoever finds the bucket's name can use what that statement allows, be it to read, list, write or delete.

*RestrictPublicBuckets* (Block Public Access, of the bucket or the account) keeps strangers out in spite of such a policy: only
AWS services and authorised identities of this account still get in. Then this rule passes, but the policy stays as it is, and
opens the bucket on the day someone turns the setting off. *BlockPublicPolicy* alone does not help: it refuses new public
policies and leaves those that exist.

AWS judges the policy as a whole. Whether the world may read or write is told only where the statements are plain about it.

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
    PolicyDocument,
    PolicyStatement,
    PublicAccessBlock,
    Reason,
    Severity,
    Unknown,
    Verdict,
    any_of,
    cannot_tell,
    denied,
    fails,
    flag,
    names_action,
    names_everyone,
    ok,
    parse_policy,
    passes,
    rule,
    sample,
    unknown,
)

CONTROLS = ("fsbp:S3.2", "fsbp:S3.3", "kisa-isms-p-2023:2.10.2")

# Actions that read or write what is in a bucket or what is set for it, by the control that keeps the world from them.
SIDES = {
    "fsbp:S3.2": ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketAcl"),
    "fsbp:S3.3": ("s3:PutObject", "s3:PutObjectAcl", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketPolicy"),
}


def sides(statement: PolicyStatement) -> frozenset[str]:
    """The controls that the actions of a statement are about; empty: they are none of those that we know."""
    return frozenset(control for control, actions in SIDES.items() if any(names_action(statement, action) for action in actions))


def told(policy: PolicyDocument) -> tuple[frozenset[str], frozenset[str]]:
    """Of a public policy: the controls that it fails, and those of which its statements do not tell.

    Which statement made the policy public is not known. One for everyone without a condition did; and what all statements for everyone
    allow is allowed by the one that did.
    """
    opening = [statement for statement in policy.statements if names_everyone(statement)]
    if not opening:
        return frozenset(), frozenset(SIDES)
    plain = [sides(statement) for statement in opening if not statement.conditions]
    each = [sides(statement) for statement in opening]
    sure = frozenset(side for side in SIDES if any(side in one for one in plain) or all(side in one for one in each))
    possible = frozenset(side for side in SIDES if any(side in one or not one for one in each))
    return sure, possible - sure


@rule(
    over=Bucket,
    reads=(Bucket.policy_is_public, Bucket.policy, Bucket.public_access_block, Account.public_access_block),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=CONTROLS,
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
        return
    policy = parse_policy(bucket.policy.value or "") if isinstance(bucket.policy, Known) else None
    if isinstance(policy, PolicyDocument):
        sure, untold = told(policy)
    else:
        sure, untold = frozenset[str](), frozenset(SIDES)
    yield flag(
        "AWS judges the bucket policy to be public, and RestrictPublicBuckets is off",
        controls=tuple(control for control in CONTROLS if control in sure or control not in SIDES),
        policy_is_public=True,
        restrict_public_buckets=False,
    )
    if untold:
        yield cannot_tell(
            Bucket.policy,
            "which of reading and writing the public policy allows to everyone cannot be told",
            reason=bucket.policy.reason if isinstance(bucket.policy, Unknown) else Reason.NO_DATA,
            key="actions",
            controls=tuple(control for control in CONTROLS if control in untold),
        )


def cases() -> Iterator[Case[Bucket]]:
    off, restricts = Known(PublicAccessBlock()), Known(PublicAccessBlock(restrict_public_buckets=True))
    blocks_new = Known(PublicAccessBlock(block_public_policy=True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=restricts)
    public, closed = Known(True), Known(False)
    reads = '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::website/*"}'
    writes = reads.replace("GetObject", "PutObject")
    odd = reads.replace("GetObject", "PutLifecycleConfiguration")
    anywhere = '"Condition": {"StringLike": {"aws:UserAgent": "*"}}}'

    def policy(*statements: str) -> Known[str | None]:
        return Known('{"Version": "2012-10-17", "Statement": [' + ", ".join(statements) + "]}")

    def when(statement: str) -> str:
        return f"{statement[:-1]}, {anywhere}"

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
    for title, text in {
        "everyone may read": policy(reads),
        "everyone may write": policy(writes),
        "everyone may do everything": policy(reads.replace("s3:GetObject", "s3:*")),
        "everyone may read, under a condition that AWS takes for none": policy(when(reads)),
        "everyone may read, and write under a condition": policy(reads, when(writes)),
        "everyone may do something else": policy(odd),
        "the policy does not say who everyone is": policy(reads.replace('"*"', '{"AWS": "arn:aws:iam::111122223333:root"}')),
        "the policy is cut off": Known('{"Statement": ['),
    }.items():
        bucket = sample(Bucket, "website", policy_is_public=public, policy=text, public_access_block=off)
        yield fails(title, bucket, account)
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
