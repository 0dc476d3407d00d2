"""Bucket policy that lets other accounts in

## Why it matters
A statement of the policy allows something to principals of another account. That is how buckets are shared, but who was given access once
tends to keep it: vendors whose contract ended, test accounts, an account number with a slip in it. The list of accounts is short, and worth
reading from time to time.

## How to fix
Ask for each account that is named who they are and what they do with the bucket. Take out those that nobody knows:

    aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text > policy.json
    aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json

Name the accounts that are known to be yours in `awsaudit.toml`; they are not reported any more:

    [limits.s3-policy-other-accounts]
    trusted = ["111122223333"]

What is open to everyone is reported by `s3-public-policy`, not here.

## When it is fine
The account is known and still needs it: put it among the trusted ones. AWS has accounts of its own, too: load balancers of older regions
write their logs as one, and AWS's documentation of access logs lists their numbers.
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
    PolicyStatement,
    Severity,
    Verdict,
    bad_statements,
    denied,
    fails,
    need,
    ok,
    other_accounts,
    passes,
    rule,
    sample,
    unknown,
)


class Thresholds(Limits, frozen=True):
    trusted: tuple[str, ...] = ()
    """Numbers of accounts that may be let in. None unless you name them: only you know which are yours."""


@rule(
    over=Bucket,
    reads=(Bucket.policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    text = need(bucket.policy)
    if text is None:
        yield ok("there is no bucket policy")
        return

    def lets_in(statement: PolicyStatement) -> bool:
        return statement.effect == "Allow" and bool(other_accounts(statement, about.account_id, *about.limits.trusted))

    because = "statement {statement} lets other accounts in"
    found = tuple(bad_statements(Bucket.policy, "bucket policy", text, lets_in, because))
    yield from found or (ok("no statement names an account besides this one and those that are trusted"),)


def cases() -> Iterator[Case[Bucket]]:
    def bucket(principal: str, effect: str = "Allow") -> Bucket:
        return sample(
            Bucket,
            "shared",
            policy=Known(
                f'{{"Statement": {{"Effect": "{effect}", "Principal": {principal}, "Action": "s3:GetObject", '
                '"Resource": "arn:aws:s3:::shared/*"}}'
            ),
        )

    theirs = '{"AWS": ["arn:aws:iam::123456789012:role/etl", "arn:aws:iam::999988887777:role/vendor"]}'
    yield passes("no policy", sample(Bucket, "shared", policy=Known(None)))
    yield passes("this account", bucket('{"AWS": "arn:aws:iam::123456789012:role/etl"}'))
    yield passes("everyone, which is another rule's matter", bucket('"*"'))
    yield passes("another account is refused", bucket(theirs, "Deny"))
    yield passes("a known account", bucket(theirs), limits=Thresholds(trusted=("999988887777",)))
    yield fails("a role of another account", bucket(theirs))
    yield unknown("a policy that we cannot read", sample(Bucket, "half", policy=Known('{"Statement": [')))
    yield unknown("the policy may not be read", sample(Bucket, "vault", policy=denied(Bucket.policy)))
