"""Managed policy that allows every action on every resource

## Why it matters
Whoever has this policy owns the account: all data, all other identities, and the logs that would show it. A policy of your own that
does so is easily attached to one more role without anybody thinking "administrator", since its name does not say so.

## How to fix
Limit the policy to the actions and resources that are needed, in a new default version:

    aws iam list-entities-for-policy --policy-arn POLICY
    aws iam create-policy-version --policy-arn POLICY --policy-document file://policy.json --set-as-default

The first command says who has the policy; IAM Access Analyzer can generate a policy from what they did, out of CloudTrail. A policy
keeps five versions: delete an old one if there are five. For people who really are administrators, attach AWS's own
`AdministratorAccess` to a role that needs MFA: its name says what it is.

A condition narrows such a statement only if it asks for fixed values of a key that says what is done to what, such as
`aws:ResourceTag/team` with `StringEquals`. Of negated operators, `IfExists`, `ForAllValues`, `Null` and keys about the caller it
cannot be told from the policy whether they hold for everyone who has it: then the verdict is unknown.

## When it is fine
It is the administrators' policy, and everybody who has it is meant to be one.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    ManagedPolicy,
    Pillar,
    Severity,
    Verdict,
    any_of,
    bad_statements,
    denied,
    fails,
    grants_everything,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


@rule(
    over=ManagedPolicy,
    reads=(ManagedPolicy.aws_managed, ManagedPolicy.attachments, ManagedPolicy.document),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.14", "fsbp:IAM.1", "kisa-isms-p-2023:2.5.5"),
)
def check(policy: ManagedPolicy, about: Context[Limits]) -> Iterator[Verdict]:
    if any_of((policy.aws_managed, policy.attachments.map(lambda count: count == 0))):
        own = isinstance(policy.aws_managed, Known) and policy.aws_managed.value
        yield skip("is managed by AWS" if own else "is attached to no user, group or role", aws_managed=own)
        return
    because = "statement {statement} allows {grant}"
    found = tuple(bad_statements(ManagedPolicy.document, "policy document", need(policy.document), grants_everything, because))
    yield from found or (ok("no statement allows every action on every resource"),)


def cases() -> Iterator[Case[ManagedPolicy]]:
    def policy(*statements: str, attachments: int = 1, aws_managed: bool = False) -> ManagedPolicy:
        document = '{"Version": "2012-10-17", "Statement": [' + ", ".join(statements) + "]}"
        return sample(
            ManagedPolicy,
            "platform",
            aws_managed=Known(aws_managed),
            attachments=Known(attachments),
            document=Known(document),
        )

    def when(condition: str) -> str:
        return f'{everything[:-1]}, "Condition": {condition}}}'

    everything = '{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}'
    other_form = '{"Effect": "Allow", "Action": ["s3:GetObject", "*:*"], "Resource": ["*"]}'
    with_mfa = everything[:-1] + ', "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}}'
    own_tag = everything[:-1] + ', "Condition": {"StringEquals": {"aws:ResourceTag/team": "vision"}}}'
    deny = '{"Effect": "Deny", "Action": "*", "Resource": "*"}'
    all_but = '{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}'
    read = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    yield passes("reads objects", policy(read))
    yield passes("denies everything", policy(deny, read))
    yield passes("all but IAM, which is another rule's", policy(all_but))
    yield passes("everything that has the team's tag", policy(own_tag))
    yield fails("everything", policy(everything))
    yield fails("everything, written otherwise, beside a deny", policy(deny, other_form, attachments=12))
    yield fails("everything, with MFA", policy(with_mfa))
    yield fails("all but one bucket", policy(everything.replace('"Resource": "*"', '"NotResource": "arn:aws:s3:::payroll"')))
    for broad in ("arn:*", "arn:aws:*", "arn:*:*", "*" * 800):
        yield fails(f"everything as {broad[:9]}", policy(everything.replace('"Resource": "*"', f'"Resource": "{broad}"')))
    yield fails("a condition that everybody meets", policy(when('{"StringLike": {"aws:PrincipalArn": "*"}}')))
    yield passes("nothing: all resources but all", policy(everything.replace('"Resource"', '"NotResource"')))
    yield unknown("if a key is there", policy(when('{"StringEqualsIfExists": {"no:such": "x"}}')))
    yield unknown("if a key is not there", policy(when('{"Null": {"no:such": "true"}}')))
    yield unknown("unless a tag says so", policy(when('{"StringNotEquals": {"aws:PrincipalTag/none": "x"}}')))
    yield unknown("who is in this account", policy(when('{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}')))
    yield fails("unclear, beside one that is plain", policy(when('{"Null": {"no:such": "true"}}'), other_form))
    yield skips("AWS's own", policy(everything, aws_managed=True))
    yield skips("attached to nothing", policy(everything, attachments=0))
    yield unknown("not a policy that we can read", policy('{"Effect": "Allow"}'))
    yield unknown("the details may not be read", sample(ManagedPolicy, "vault", document=denied(ManagedPolicy.document)))
