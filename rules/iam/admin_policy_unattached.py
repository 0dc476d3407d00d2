"""Managed policy of your own that allows everything, attached to nothing

## Why it matters
Nobody has this policy today. It waits in the list to be attached to a role by somebody in a hurry, who then gives away the account
under a name that does not say "administrator".

## How to fix
Delete the policy, after its other versions:

    aws iam list-policy-versions --policy-arn POLICY
    aws iam delete-policy-version --policy-arn POLICY --version-id VERSION
    aws iam delete-policy --policy-arn POLICY

If it is kept for emergencies, AWS's `AdministratorAccess` is always there and says what it is. Terraform: remove the `aws_iam_policy`.

## When it is fine
It is attached and detached by a process that grants administrators' rights for some hours at a time. A policy that is a permissions
boundary gives nothing to anybody: the rule does not apply to it.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
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
    reads=(ManagedPolicy.aws_managed, ManagedPolicy.attachments, ManagedPolicy.boundary_uses, ManagedPolicy.document),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("fsbp:IAM.1",),
)
def check(policy: ManagedPolicy, about: Context[Limits]) -> Iterator[Verdict]:
    reasons = {
        "is managed by AWS": policy.aws_managed,
        "is attached": policy.attachments.map(lambda count: count > 0),
        "is a permissions boundary": policy.boundary_uses.map(lambda count: count > 0),
    }
    if any_of(reasons.values()):
        yield skip(next(why for why, fact in reasons.items() if isinstance(fact, Known) and fact.value))
        return
    because = "statement {statement} allows {grant}, and the policy is attached to nothing"
    found = tuple(bad_statements(ManagedPolicy.document, "policy document", need(policy.document), grants_everything, because))
    yield from found or (ok("no statement allows every action on every resource"),)


def cases() -> Iterator[Case[ManagedPolicy]]:
    def policy(statement: str, *, attachments: int = 0, boundaries: int = 0, aws_managed: bool = False) -> ManagedPolicy:
        return sample(
            ManagedPolicy,
            "platform",
            aws_managed=Known(aws_managed),
            attachments=Known(attachments),
            boundary_uses=Known(boundaries),
            document=Known('{"Version": "2012-10-17", "Statement": [' + statement + "]}"),
        )

    everything = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'
    read = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    yield passes("reads objects", policy(read))
    yield fails("everything", policy(everything))
    yield skips("everything, attached, which is another rule's", policy(everything, attachments=1))
    yield skips("everything, as a boundary", policy(everything, boundaries=4))
    yield skips("AWS's own", policy(everything, aws_managed=True))
    yield unknown("not a policy that we can read", policy('{"Effect": "Allow"}'))
    yield unknown("the details may not be read", sample(ManagedPolicy, "vault", document=denied(ManagedPolicy.document)))
