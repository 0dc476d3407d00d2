"""IAM role with an inline policy that allows every action on every resource

## Why it matters
Whatever takes this role owns the account: an instance, a function, a notebook, another account. A flaw in that program is then a
flaw of everything. Inline, the policy does not even show in the list of policies.

## How to fix
See what the role uses (its *Last Accessed* tab in the console, or IAM Access Analyzer's policy generation), and write that down:

    aws iam get-role-policy --role-name ROLE --policy-name POLICY
    aws iam put-role-policy --role-name ROLE --policy-name POLICY --policy-document file://policy.json

If people take the role as administrators, attach AWS's `AdministratorAccess` instead, so that it shows.

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
    grants_everything,
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
)
def check(role: Role, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(role.inline)
    because = "statement {statement} of {document} allows every action on every resource"
    found = tuple(bad_inline(Role.inline, policies, grants_everything, because))
    yield from found or (ok("none of {count} inline policies allows every action on every resource", count=len(policies)),)


def cases() -> Iterator[Case[Role]]:
    everything = InlinePolicy("admin", '{"Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}')
    reads = InlinePolicy("read-logs", '{"Statement": {"Effect": "Allow", "Action": "logs:Get*", "Resource": "*"}}')
    denies = InlinePolicy("freeze", '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
    broken = InlinePolicy("half", '{"Statement": [')
    yield passes("none", sample(Role, "reader", inline=Known(())))
    yield passes("narrow ones", sample(Role, "reader", inline=Known((reads, denies))))
    yield fails("everything", sample(Role, "deploy", inline=Known((reads, everything))))
    yield fails("everything, beside one that we cannot read", sample(Role, "deploy", inline=Known((broken, everything))))
    yield unknown("one that we cannot read", sample(Role, "deploy", inline=Known((reads, broken))))
    yield unknown("the details may not be read", sample(Role, "vault", inline=denied(Role.inline)))
