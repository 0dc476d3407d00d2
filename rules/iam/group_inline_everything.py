"""IAM group with an inline policy that allows every action on every resource

## Why it matters
Every member of the group, now and later, owns the account. Whoever may add users to the group can make anyone an administrator, and
inline, the policy does not show in the list of policies.

## How to fix
Replace the group's inline policy by one that names the actions and resources its members need:

    aws iam get-group --group-name GROUP
    aws iam get-group-policy --group-name GROUP --policy-name POLICY
    aws iam put-group-policy --group-name GROUP --policy-name POLICY --policy-document file://policy.json

The first command lists the members. If it is the administrators' group, attach AWS's `AdministratorAccess` instead and delete the
inline policy, so that it shows.

## When it is fine
It is the administrators' group, its members are few, and all of them have MFA.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Group,
    InlinePolicy,
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    bad_inline,
    denied,
    fails,
    grants_about_everything,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Group,
    reads=(Group.inline,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.5.5",),
)
def check(group: Group, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(group.inline)
    because = "statement {statement} of {document} allows {grant}"
    found = tuple(bad_inline(Group.inline, policies, grants_about_everything, because))
    yield from found or (
        ok("none of its inline policies ({count}) allows (nearly) all actions on all resources", count=len(policies)),
    )


def cases() -> Iterator[Case[Group]]:
    everything = InlinePolicy("admin", '{"Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}')
    reads = InlinePolicy("read-logs", '{"Statement": {"Effect": "Allow", "Action": "logs:Get*", "Resource": "*"}}')
    denies = InlinePolicy("freeze", '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
    broken = InlinePolicy("half", '{"Statement": [')
    yield passes("none", sample(Group, "readers", inline=Known(())))
    yield passes("narrow ones", sample(Group, "readers", inline=Known((reads, denies))))
    yield fails("everything", sample(Group, "operators", inline=Known((reads, everything))))
    yield fails("everything, beside one that we cannot read", sample(Group, "operators", inline=Known((broken, everything))))
    all_but = InlinePolicy("power", '{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:*"}}')
    nearly = InlinePolicy("most", '{"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll"}}')
    unless = InlinePolicy("odd", everything.document[:-2] + ', "Condition": {"Null": {"no:such": "true"}}}}')
    yield fails("all actions but IAM's", sample(Group, "operators", inline=Known((all_but,))))
    yield fails("every resource but one bucket", sample(Group, "operators", inline=Known((nearly,))))
    yield unknown("a condition that may always hold", sample(Group, "operators", inline=Known((reads, unless))))
    yield unknown("one that we cannot read", sample(Group, "operators", inline=Known((reads, broken))))
    yield unknown("the details may not be read", sample(Group, "vault", inline=denied(Group.inline)))
