"""Managed policy that allows all actions except a few

## Why it matters
`Allow` with `NotAction` on all resources gives everything that is not on the list: every service that AWS adds tomorrow, and often a
way back to what the list was meant to keep away, through a role that can be passed or a function that can be changed. It reads like a
restriction and is a grant.

## How to fix
Replace `NotAction` by a list of the needed actions in `Action`, in a new default version of the policy:

    aws iam create-policy-version --policy-arn POLICY --policy-document file://policy.json --set-as-default

If the list is what must never happen, keep it, in a second statement with `"Effect": "Deny"` and `Action`.

## When it is fine
A policy for power users, like AWS's `PowerUserAccess`, that is meant to be nearly administrative and is given to few.
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
    grants_all_but,
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
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(policy: ManagedPolicy, about: Context[Limits]) -> Iterator[Verdict]:
    if any_of((policy.aws_managed, policy.attachments.map(lambda count: count == 0))):
        own = isinstance(policy.aws_managed, Known) and policy.aws_managed.value
        yield skip("is managed by AWS" if own else "is attached to no user, group or role", aws_managed=own)
        return
    because = "statement {statement} allows {grant}"
    found = tuple(bad_statements(ManagedPolicy.document, "policy document", need(policy.document), grants_all_but, because))
    yield from found or (ok("no statement allows NotAction on all resources"),)


def cases() -> Iterator[Case[ManagedPolicy]]:
    def policy(statement: str, *, attachments: int = 3, aws_managed: bool = False) -> ManagedPolicy:
        return sample(
            ManagedPolicy,
            "developers",
            aws_managed=Known(aws_managed),
            attachments=Known(attachments),
            document=Known('{"Version": "2012-10-17", "Statement": ' + statement + "}"),
        )

    def when(condition: str) -> str:
        return f'{all_but_iam[:-1]}, "Condition": {condition}}}'

    all_but_iam = '{"Sid": "AllButIam", "Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}'
    all_but_both = '{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::payroll/*"}'
    deny_but = '{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}'
    on_one = '{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}'
    own_tag = all_but_iam[:-1] + ', "Condition": {"StringEquals": {"aws:ResourceTag/team": "vision"}}}'
    yield passes("denies all but IAM", policy(deny_but))
    yield passes("stays within a bucket", policy(on_one))
    yield passes("stays within the team's tag", policy(own_tag))
    yield fails("all but IAM", policy(all_but_iam))
    yield fails("all but IAM, on all but one bucket", policy(all_but_both))
    for broad in ("arn:*", "arn:aws:*", "arn:*:*"):
        yield fails(f"all but IAM, on {broad}", policy(all_but_iam.replace('"Resource": "*"', f'"Resource": "{broad}"')))
    yield fails("a condition that everybody meets", policy(when('{"ArnLike": {"aws:PrincipalArn": "*"}}')))
    yield unknown("if a key is there", policy(when('{"StringEqualsIfExists": {"no:such": "x"}}')))
    yield unknown("if a key is not there", policy(when('{"Null": {"no:such": "true"}}')))
    yield skips("AWS's own", policy(all_but_iam, aws_managed=True))
    yield skips("attached to nothing", policy(all_but_iam, attachments=0))
    yield unknown("not a policy that we can read", policy("{}"))
    yield unknown("the details may not be read", sample(ManagedPolicy, "vault", document=denied(ManagedPolicy.document)))
