"""Access point of a directory bucket that lets other accounts in

## Why it matters
A statement of its policy allows something to principals of another account, or to everyone. For access points of general purpose buckets
AWS judges whether a policy is public; for those of directory buckets it does not, so that the policy itself is read here. A scope limits
what any of them reach: prefixes and operations; without one it is the whole bucket.

## How to fix
Ask for each account that is named who they are and what they do with the bucket. Take out those that nobody knows, and give the access
point a scope:

    aws s3control get-access-point-policy --account-id ACCOUNT --name ACCESS-POINT --query Policy --output text > policy.json
    aws s3control put-access-point-policy --account-id ACCOUNT --name ACCESS-POINT --policy file://policy.json
    aws s3control put-access-point-scope --account-id ACCOUNT --name ACCESS-POINT --scope Prefixes=shared/*,Permissions=GetObject

Name the accounts that are known to be yours in `awsaudit.toml`; they are not reported any more:

    [limits.s3-directory-access-point-other-accounts]
    trusted = ["111122223333"]

## When it is fine
The account is known and still needs it: put it among the trusted ones.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    DirectoryAccessPoint,
    Fact,
    Known,
    Limits,
    Pillar,
    PolicyStatement,
    Severity,
    Verdict,
    bad_statements,
    denied,
    fails,
    names_everyone,
    narrowed,
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
    over=DirectoryAccessPoint,
    reads=(DirectoryAccessPoint.policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
    limits=Thresholds,
)
def check(point: DirectoryAccessPoint, about: Context[Thresholds]) -> Iterator[Verdict]:
    text = need(point.policy)
    if text is None:
        yield ok("there is no access point policy")
        return

    def lets_in(statement: PolicyStatement) -> bool | None:
        if statement.effect == "Allow" and other_accounts(statement, about.account_id, *about.limits.trusted):
            return True
        everyone = names_everyone(statement)
        return None if everyone and narrowed(statement) else everyone

    because = "statement {statement} lets other accounts in"
    found = tuple(bad_statements(DirectoryAccessPoint.policy, "access point policy", text, lets_in, because))
    yield from found or (ok("no statement names an account besides this one and those that are trusted"),)


def cases() -> Iterator[Case[DirectoryAccessPoint]]:
    def point(policy: Fact[str | None]) -> DirectoryAccessPoint:
        return sample(DirectoryAccessPoint, "shards--apne2-az1--xa-s3", policy=policy)

    def allow(principal: str, effect: str = "Allow", more: str = "") -> DirectoryAccessPoint:
        return point(
            Known(
                f'{{"Statement": {{"Effect": "{effect}", "Principal": {principal}, "Action": "s3express:CreateSession", '
                f'"Resource": "*"{more}}}}}'
            )
        )

    theirs = '{"AWS": ["arn:aws:iam::123456789012:role/etl", "arn:aws:iam::999988887777:role/vendor"]}'
    yield passes("no policy", point(Known(None)))
    yield passes("this account", allow('{"AWS": "arn:aws:iam::123456789012:role/etl"}'))
    yield passes("another account is refused", allow(theirs, "Deny"))
    yield passes("a known account", allow(theirs), limits=Thresholds(trusted=("999988887777",)))
    yield fails("a role of another account", allow(theirs))
    yield fails("everyone", allow('"*"'))
    organization = ', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1a2b3c4d5e"}}'
    yield unknown("everyone, under a condition", allow('"*"', more=organization))
    yield unknown("a policy that we cannot read", point(Known('{"Statement": [')))
    yield unknown("the policy may not be read", point(denied(DirectoryAccessPoint.policy)))
