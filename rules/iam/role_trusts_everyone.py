"""IAM role that anyone in the world can assume

## Why it matters
The trust policy allows principals of any AWS account, and nothing in it says which. Whoever learns or guesses the role's ARN (role
names are often the same from account to account) can call `sts:AssumeRole` and has all that the role may do.

## How to fix
Name the accounts or roles that may assume the role in the trust policy's `Principal`, in place of everyone:

    "Principal": {"AWS": "arn:aws:iam::ACCOUNT:role/NAME"}

    aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json

For everybody in an organisation keep `"AWS": "*"` and add a condition on `aws:PrincipalOrgID` with `StringEquals`. For a vendor, name
the vendor's account and add `sts:ExternalId`. Then look in CloudTrail for `AssumeRole` events of this role by accounts that you do
not know.

## When it is fine
Never for a role that can do anything. A condition on MFA, region or time does not change it: strangers have MFA, too.
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
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
)
def check(role: Role, about: Context[Limits]) -> Iterator[Verdict]:
    text = need(role.trust)
    # With a Deny in the document the answer is no longer plain: see `iam-role-trust-unclear`.
    plain = not denies(parse_policy(text), "sts:AssumeRole")

    def anyone(statement: PolicyStatement) -> bool:
        return plain and opens_trust(statement) and not narrowed(statement)

    because = "statement {statement} lets principals of any account assume the role"
    found = tuple(bad_statements(Role.trust, "trust policy", text, anyone, because))
    yield from found or (ok("no statement plainly lets anyone assume the role"),)


def cases() -> Iterator[Case[Role]]:
    def role(*statements: str) -> Role:
        return sample(Role, "deploy", trust=Known('{"Version": "2012-10-17", "Statement": [' + ", ".join(statements) + "]}"))

    service = '{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}'
    account = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}'
    anyone = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}'
    star = '{"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "sts:*"}'
    tags = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:TagSession"}'
    with_mfa = anyone[:-1] + ', "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}'
    in_org = anyone[:-1] + ', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}'
    denied_others = (
        '{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", '
        '"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}'
    )
    yield passes("a service", role(service))
    yield passes("an account", role(account))
    yield passes("an organisation", role(in_org))
    yield passes("anyone may tag, one account may assume it", role(tags, account))
    yield passes("anyone, with a deny for others: not plain", role(anyone, denied_others))
    yield fails("anyone", role(service, anyone))
    yield fails("anyone, any action of STS", role(star))
    yield fails("anyone who has MFA", role(with_mfa))
    yield unknown("not a policy that we can read", role('{"Effect": "Allow", "Principal": "anyone", "Action": "sts:AssumeRole"}'))
    yield unknown("the details may not be read", sample(Role, "vault", trust=denied(Role.trust)))
