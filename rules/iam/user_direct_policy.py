"""IAM user with policies attached directly

## Why it matters
Permissions given to one user at a time drift apart: after a year nobody knows why one of them may do more than the next, and no
review of groups or roles shows it.

## How to fix
Attach the policy to a group, add the user to that group, and detach the policy from the user:

    aws iam attach-group-policy --group-name GROUP --policy-arn POLICY
    aws iam add-user-to-group --user-name USER --group-name GROUP
    aws iam detach-user-policy --user-name USER --policy-arn POLICY

Better still, people sign in through IAM Identity Center and programs assume roles. Terraform: `aws_iam_group_policy_attachment` in
place of `aws_iam_user_policy_attachment`.

## When it is fine
A user for one program, where a group of one would only be one more thing to read.
"""

from collections.abc import Iterator

from auditor.sdk import (
    AttachedPolicy,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    User,
    Verdict,
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
    over=User,
    reads=(User.attached,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.13", "fsbp:IAM.2"),
)
def check(user: User, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(user.attached)
    if not policies:
        yield ok("no policy is attached directly")
    for policy in policies:
        yield flag("policy {policy} is attached directly", key=policy.arn, policy=policy.name, arn=policy.arn)


def cases() -> Iterator[Case[User]]:
    read = AttachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess")
    own = AttachedPolicy("arn:aws:iam::123456789012:policy/deploy", "deploy")
    yield passes("groups only", sample(User, "jisoo", attached=Known(())))
    yield fails("one", sample(User, "minho", attached=Known((read,))))
    yield fails("two", sample(User, "ci-deploy", attached=Known((own, read))))
    yield unknown("the details may not be read", sample(User, "vault", attached=denied(User.attached)))
