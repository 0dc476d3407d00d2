"""IAM role with an inline policy that allows every action on every resource

## Why it matters
Whatever assumes this role owns the account: an instance, a function, a notebook, another account. A flaw in that program is then a
flaw of everything. Inline, the policy does not even show in the list of policies.

## How to fix
Replace the role's inline policy by one that names the actions and resources it uses:

    aws iam get-role-policy --role-name ROLE --policy-name POLICY
    aws iam put-role-policy --role-name ROLE --policy-name POLICY --policy-document file://policy.json

The role's *Last Accessed* tab in the console shows what it uses, and IAM Access Analyzer can generate a policy from it. If people
assume the role as administrators, attach AWS's `AdministratorAccess` instead and delete the inline policy, so that it shows.

## When it is fine
A role for a deployment pipeline that must create anything, with a trust policy that lets only that pipeline in.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    InlinePolicy,
    Known,
    Limits,
    Pillar,
    Role,
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
    over=Role,
    reads=(Role.inline,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.5.5",),
)
def check(role: Role, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(role.inline)
    because = "statement {statement} of {document} allows {grant}"
    found = tuple(bad_inline(Role.inline, policies, grants_about_everything, because))
    yield from found or (
        ok("none of its inline policies ({count}) allows (nearly) all actions on all resources", count=len(policies)),
    )


def cases() -> Iterator[Case[Role]]:
    everything = InlinePolicy("admin", '{"Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}')
    reads = InlinePolicy("read-logs", '{"Statement": {"Effect": "Allow", "Action": "logs:Get*", "Resource": "*"}}')
    denies = InlinePolicy("freeze", '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
    broken = InlinePolicy("half", '{"Statement": [')
    yield passes("none", sample(Role, "reader", inline=Known(())))
    yield passes("narrow ones", sample(Role, "reader", inline=Known((reads, denies))))
    yield fails("everything", sample(Role, "deploy", inline=Known((reads, everything))))
    yield fails("everything, beside one that we cannot read", sample(Role, "deploy", inline=Known((broken, everything))))
    all_but = InlinePolicy("power", '{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:*"}}')
    nearly = InlinePolicy("most", '{"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll"}}')
    unless = InlinePolicy("odd", everything.document[:-2] + ', "Condition": {"Null": {"no:such": "true"}}}}')
    yield fails("all actions but IAM's", sample(Role, "deploy", inline=Known((all_but,))))
    yield fails("every resource but one bucket", sample(Role, "deploy", inline=Known((nearly,))))
    yield unknown("a condition that may always hold", sample(Role, "deploy", inline=Known((reads, unless))))
    yield unknown("one that we cannot read", sample(Role, "deploy", inline=Known((reads, broken))))
    yield unknown("the details may not be read", sample(Role, "vault", inline=denied(Role.inline)))
