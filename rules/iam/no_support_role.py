"""Account without a role for AWS Support

## Why it matters
On a bad day somebody has to open a case with AWS, ask what was seen, and answer. If no role may do that, it is done by an
administrator or by the root user, with far more power than the task needs, or too late.

The rule asks for AWS's managed policy `AWSSupportAccess` on at least one role, as the benchmark's audit does: the policy on a user or
a group, or a policy of your own that allows `support:*`, does not count.

## How to fix
Create a role that your incident team may assume, and attach `AWSSupportAccess` to it:

    aws iam create-role --role-name support --assume-role-policy-document file://trust.json
    aws iam attach-role-policy --role-name support --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess

The trust policy names who may assume it. With IAM Identity Center, make a permission set with that policy: it becomes a role in the
account once it is assigned. Terraform: `aws_iam_role_policy_attachment`.

## When it is fine
Cases of this account are opened from another account of the organisation, or by a role with a policy of your own.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    AttachedPolicy,
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Role,
    Severity,
    Verdict,
    any_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Account,
    reads=(Role.attached,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:2.15",),
)
def check(account: Account, about: Context[Limits]) -> Iterator[Verdict]:
    support = f"arn:{about.partition}:iam::aws:policy/AWSSupportAccess"

    def has_it(policies: tuple[AttachedPolicy, ...]) -> bool:
        return any(policy.arn == support for policy in policies)

    roles = need(about.all(Role))
    if any_of(role.attached.map(has_it) for role in roles):
        having = [role.name for role in roles if isinstance(role.attached, Known) and has_it(role.attached.value)]
        yield ok("AWSSupportAccess is attached to a role ({role})", role=having[0], policy=support, roles=having)
    else:
        yield flag("AWSSupportAccess is attached to none of the roles ({count})", count=len(roles), policy=support)


def cases() -> Iterator[Case[Account]]:
    support = AttachedPolicy("arn:aws:iam::aws:policy/AWSSupportAccess", "AWSSupportAccess")
    read = AttachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess")
    own = AttachedPolicy("arn:aws:iam::123456789012:policy/AWSSupportAccess", "AWSSupportAccess")
    account = sample(Account)
    incident = sample(Role, "incident-response", attached=Known((read, support)))
    deploy = sample(Role, "deploy", attached=Known((read,)))
    vault = sample(Role, "vault", attached=denied(Role.attached))
    yield passes("one of two roles has it", account, deploy, incident)
    yield passes("one has it, another may not be read", account, vault, incident)
    yield fails("no role", account)
    yield fails("no role has it", account, deploy)
    yield fails("a policy of one's own by that name", account, sample(Role, "support", attached=Known((own,))))
    yield unknown("one role may not be read", account, deploy, vault)
    yield unknown("the roles may not be listed", account, unlisted=(Role,))
