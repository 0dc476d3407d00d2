"""IAM role that only a weak condition or Deny keeps from everyone

## Why it matters
The trust policy names any principal of any AWS account and leaves it to conditions, or to a Deny, to keep strangers out. Some
conditions do not: an operator with `IfExists`, or with `ForAllValues`, is true when the key is absent; a negated one is true for
every value but those listed; a session name or a principal's tag is whatever a stranger chose; `arn:aws:iam::*:role/admin` is a role
that anybody may create.

## How to fix
Name the accounts or roles that may assume the role in `Principal`, in place of everyone:

    aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json

Where that is not possible, ask for a value that AWS itself sets and that only yours have, with a plain operator:

    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-…"}}

Then try it: from an account that should not get in, `aws sts assume-role` must say AccessDenied.

## When it is fine
The condition, or the Deny, was tried from an outside account and does keep it out.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    PolicyStatement,
    Role,
    Severity,
    Verdict,
    bad_statements,
    denied,
    denies,
    fails,
    narrowed,
    need,
    ok,
    opens_trust,
    parse_policy,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Role,
    reads=(Role.trust,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    since="0.1",
)
def check(role: Role, about: Context[Limits]) -> Iterator[Verdict]:
    text = need(role.trust)
    guarded = denies(parse_policy(text), "sts:AssumeRole")

    def unclear(statement: PolicyStatement) -> bool | None:
        opens = opens_trust(statement)
        return opens and (guarded or narrowed(statement))

    because = "statement {statement} names everyone, and its conditions or a Deny may not keep strangers from assuming the role"
    principal = "statement {statement} may name everyone, through a wildcard in its principal or an identity provider's tokens"
    found = tuple(bad_statements(Role.trust, "trust policy", text, unclear, because, unclear=principal))
    yield from found or (ok("no statement names everyone and leaves the rest to a weak condition or a Deny"),)


def cases() -> Iterator[Case[Role]]:
    def role(condition: str, *more: str) -> Role:
        anyone = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": ' + condition + "}"
        return sample(Role, "deploy", trust=Known('{"Statement": [' + ", ".join((anyone, *more)) + "]}"))

    deny = (
        '{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", '
        '"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}'
    )
    yield passes("an organisation", role('{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'))
    yield passes("one role of one account", role('{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/ci-*"}}'))
    yield passes("an external id, and a tag", role('{"StringEquals": {"sts:ExternalId": "7f3a", "aws:PrincipalTag/team": "a"}}'))
    yield passes("an office's addresses", role('{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}'))
    yield passes("no condition, which is another rule's", role("{}"))
    yield fails("an organisation, if there is one", role('{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'))
    yield fails("a role that any account may have", role('{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}'))
    yield fails("not that one account", role('{"StringNotEquals": {"aws:PrincipalAccount": "210987654321"}}'))
    yield fails("a tag that strangers can set", role('{"StringEquals": {"aws:PrincipalTag/team": "vision"}}'))
    yield fails("a deny keeps others out, perhaps", role("{}", deny))
    yield fails("a wildcard in the external id", role('{"StringLike": {"sts:ExternalId": "a*"}}'))
    yield fails("half an account number", role('{"StringLike": {"aws:PrincipalAccount": "1234567890*"}}'))
    yield unknown(
        "the root of any account",
        sample(
            Role,
            "deploy",
            trust=Known(
                '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::*:root"}, "Action": "sts:AssumeRole"}}'
            ),
        ),
    )
    yield unknown("not a policy that we can read", role("[1]"))
    yield unknown("the details may not be read", sample(Role, "vault", trust=denied(Role.trust)))
