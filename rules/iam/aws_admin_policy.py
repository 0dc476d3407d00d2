"""AWS's own policy that allows everything is attached

## Why it matters
Whoever has `AdministratorAccess` owns the account. Unlike a policy of your own that allows everything, its name says so, and some role
has to have it. Auditors still count who does, and the benchmark wants it attached to nobody at all.

## How to fix
List who has the policy, and give each one a narrower policy for the work they do:

    aws iam list-entities-for-policy --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
    aws iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AdministratorAccess

IAM Access Analyzer can generate a policy from what a role did, out of CloudTrail. Start with users and with roles that programs
assume; keep it longest for a role that people assume with MFA when there is no other way.

## When it is fine
A break-glass role, and the administrators' role of IAM Identity Center: waive it with the names of those who may use them.
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
    reads=(ManagedPolicy.aws_managed, ManagedPolicy.attachments, ManagedPolicy.document),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:2.14",),
)
def check(policy: ManagedPolicy, about: Context[Limits]) -> Iterator[Verdict]:
    unattached = policy.attachments.map(lambda count: count == 0)
    if any_of((policy.aws_managed.map(lambda by_aws: not by_aws), unattached)):
        own = isinstance(policy.aws_managed, Known) and not policy.aws_managed.value
        yield skip("is not managed by AWS" if own else "is attached to no user, group or role", aws_managed=not own)
        return
    because = "statement {statement} allows {grant}"
    found = tuple(bad_statements(ManagedPolicy.document, "policy document", need(policy.document), grants_everything, because))
    yield from found or (ok("no statement allows every action on every resource"),)


def cases() -> Iterator[Case[ManagedPolicy]]:
    def policy(name: str, statement: str, *, attachments: int = 2, aws_managed: bool = True) -> ManagedPolicy:
        return sample(
            ManagedPolicy,
            name,
            aws_managed=Known(aws_managed),
            attachments=Known(attachments),
            document=Known('{"Version": "2012-10-17", "Statement": [' + statement + "]}"),
        )

    everything = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'
    read = '{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}'
    all_but = '{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}'
    yield passes("reads objects", policy("AmazonS3ReadOnlyAccess", read))
    yield passes("all but IAM, which is not everything", policy("PowerUserAccess", all_but))
    yield fails("everything", policy("AdministratorAccess", everything))
    yield skips("attached to nothing", policy("AdministratorAccess", everything, attachments=0))
    yield skips("a policy of one's own", policy("platform", everything, aws_managed=False))
    yield unknown("not a policy that we can read", policy("AdministratorAccess", '{"Effect": "Allow"}'))
    yield unknown("the details may not be read", sample(ManagedPolicy, "vault", document=denied(ManagedPolicy.document)))
