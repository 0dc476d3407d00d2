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

Where a weak condition or a Deny, a wildcard inside a principal, or an identity provider without a condition on `sub` decides who gets
in, the policy alone does not tell, and the verdict is unknown. For GitHub and others that issue tokens to anybody, ask for `sub`.

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

ISSUER = "token.actions.githubusercontent.com"


@rule(
    over=Role,
    reads=(Role.trust,),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(role: Role, about: Context[Limits]) -> Iterator[Verdict]:
    text = need(role.trust)
    # With a Deny in the document the answer is no longer plain: see `iam-role-trust-unclear`.
    plain = not denies(parse_policy(text), "sts:AssumeRole")

    def anyone(statement: PolicyStatement) -> bool | None:
        opens = opens_trust(statement)
        return None if opens and (narrowed(statement) or not plain) else opens

    because = "statement {statement} lets principals of any account assume the role"
    unclear = "statement {statement} may let strangers assume the role: its principal, a condition or a Deny decides"
    found = tuple(bad_statements(Role.trust, "trust policy", text, anyone, because, unclear=unclear))
    yield from found or (ok("no statement lets principals of any account assume the role"),)


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

    def when(condition: str) -> str:
        return f'{anyone[:-1]}, "Condition": {condition}}}'

    github = (
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/' + ISSUER + '"}, '
        '"Action": "sts:AssumeRoleWithWebIdentity"}'
    )
    github_aud = github[:-1] + f', "Condition": {{"StringEquals": {{"{ISSUER}:aud": "sts.amazonaws.com"}}}}}}'
    github_sub = github[:-1] + f', "Condition": {{"StringLike": {{"{ISSUER}:sub": "repo:example/app:*"}}}}}}'
    denied_one = '{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::210987654321:user/gone"}, "Action": "sts:AssumeRole"}'
    denied_others = (
        '{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", '
        '"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}'
    )
    yield passes("a service", role(service))
    yield passes("an account", role(account))
    yield passes("an organisation", role(in_org))
    yield passes("anyone may tag, one account may assume it", role(tags, account))
    yield unknown("anyone, with a deny for others", role(anyone, denied_others))
    yield fails("anyone, with a deny for one user", role(anyone, denied_one))
    yield fails("any address, in two halves", role(when('{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}')))
    yield fails("any address, in two halves of IPv6", role(when('{"IpAddress": {"aws:SourceIp": ["::/1", "8000::/1"]}}')))
    yield unknown("some external id", role(when('{"StringLike": {"sts:ExternalId": "a*"}}')))
    yield unknown("some account", role(when('{"StringLike": {"aws:PrincipalAccount": "1234567890*"}}')))
    yield fails("two stars", role(account.replace("arn:aws:iam::123456789012:root", "**")))
    yield unknown("the root of any account", role(account.replace("123456789012", "*")))
    yield unknown("any service", role(service.replace("ec2.amazonaws.com", "*")))
    yield unknown("any provider", role(github.replace("arn:aws:iam::123456789012:oidc-provider/" + ISSUER, "*")))
    yield unknown("anyone, through a provider", role(anyone.replace("AssumeRole", "AssumeRoleWithSAML")))
    yield unknown("every repository of GitHub", role(github))
    yield unknown("every repository of GitHub, for an audience", role(github_aud))
    yield passes("one repository of GitHub", role(github_sub))
    yield fails("anyone", role(service, anyone))
    yield fails("anyone, any action of STS", role(star))
    yield fails("anyone who has MFA", role(with_mfa))
    yield unknown("not a policy that we can read", role('{"Effect": "Allow", "Principal": "anyone", "Action": "sts:AssumeRole"}'))
    yield unknown("the details may not be read", sample(Role, "vault", trust=denied(Role.trust)))
