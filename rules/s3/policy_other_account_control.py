"""Bucket policy that lets another account change who has access

## Why it matters
A statement allows principals outside this account an action that decides over the bucket itself: to write or delete its policy, its ACL or
the ACL of its objects, or to set its encryption. Whoever has it can open the bucket to anyone, or lock you out, and no setting of your own
account shows that somebody over there did it.

## How to fix
Take the action out of the statement, and leave the other account reading or writing objects only:

    aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text > policy.json
    aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json

`s3:PutObjectAcl` is often there because somebody writes objects into the bucket from another account. It is not needed any more where ACLs
are disabled: the bucket's owner then owns every object.

Where a condition decides whether "everyone" means strangers, or a Deny takes back some of it, the policy alone does not tell.

## When it is fine
The other account is yours as well and runs the bucket, such as a central logging or security account.
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
    PolicyStatement,
    Severity,
    Verdict,
    bad_statements,
    denied,
    denies,
    fails,
    names_action,
    names_everyone,
    need,
    ok,
    other_accounts,
    parse_policy,
    passes,
    rule,
    sample,
    says_who,
    unknown,
)

# The actions that AWS Security Hub's control S3.6 names.
DECIDING = ("s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl")

# A Deny that asks for no more than a safe connection keeps nobody out who asks properly.
TRANSPORT = ("aws:securetransport", "s3:tlsversion")


@rule(
    over=Bucket,
    reads=(Bucket.policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:S3.6",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    text = need(bucket.policy)
    if text is None:
        yield ok("there is no bucket policy")
        return
    policy = parse_policy(text)

    def hands_over(statement: PolicyStatement) -> bool | None:
        actions = [one for one in DECIDING if statement.effect == "Allow" and names_action(statement, one)]
        if not actions:
            return False
        if all(denies(policy, one, but=TRANSPORT) for one in actions):
            return None if names_everyone(statement) or other_accounts(statement, about.account_id) else False
        if other_accounts(statement, about.account_id):
            return True
        return (None if says_who(statement) else True) if names_everyone(statement) else False

    because = "statement {statement} lets another account change who has access to the bucket"
    unclear = "statement {statement} may let another account change who has access: a condition or a Deny decides"
    found = tuple(bad_statements(Bucket.policy, "bucket policy", text, hands_over, because, unclear=unclear))
    yield from found or (ok("no statement lets another account change who has access to the bucket"),)


def cases() -> Iterator[Case[Bucket]]:
    def bucket(*statements: str) -> Bucket:
        return sample(Bucket, "shared", policy=Known('{"Version": "2012-10-17", "Statement": [' + ", ".join(statements) + "]}"))

    def allow(principal: str, action: str, more: str = "") -> str:
        return f'{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}", "Resource": "arn:aws:s3:::shared/*"{more}}}'

    theirs, ours = '{"AWS": "arn:aws:iam::999988887777:root"}', '{"AWS": ["123456789012", "arn:aws:iam::123456789012:role/etl"]}'
    in_org = ', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'
    no_acls = (
        '{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "arn:aws:s3:::shared/*", '
        '"Condition": {"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}'
    )
    yield passes("no policy", sample(Bucket, "shared", policy=Known(None)))
    yield passes("another account reads", bucket(allow(theirs, "s3:GetObject")))
    yield passes("this account may do everything", bucket(allow(ours, "s3:*")))
    yield passes("a service", bucket(allow('{"Service": "delivery.logs.amazonaws.com"}', "s3:PutObjectAcl")))
    yield passes("a principal that is gone", bucket(allow('{"AWS": "AIDACKCEVSQ6C2EXAMPLE"}', "s3:PutBucketPolicy")))
    yield fails("another account may do everything", bucket(allow(theirs, "s3:*")))
    yield fails("an account by its number", bucket(allow('{"AWS": "999988887777"}', "s3:Put*")))
    yield fails("everyone may write the policy", bucket(allow('"*"', "s3:PutBucketPolicy")))
    tls = no_acls.replace("s3:PutObjectAcl", "s3:*").replace(
        '{"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}', '{"Bool": {"aws:SecureTransport": "false"}}'
    )
    yield fails("another account, over TLS only", bucket(allow(theirs, "s3:PutObjectAcl"), tls))
    yield unknown("everyone in an organisation", bucket(allow('"*"', "s3:PutObjectAcl", in_org)))
    yield unknown("another account, with a deny beside it", bucket(allow(theirs, "s3:PutObjectAcl"), no_acls))
    yield unknown("a policy that we cannot read", sample(Bucket, "half", policy=Known('{"Statement": [')))
    yield unknown("the policy may not be read", sample(Bucket, "vault", policy=denied(Bucket.policy)))
