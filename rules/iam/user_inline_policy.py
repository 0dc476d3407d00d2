"""IAM user with inline policies

## Why it matters
An inline policy exists only inside its user: it is seen, reviewed and changed in one place per user, has no versions to go back to,
and does not go away when the person changes teams. Permissions that come from groups or roles are found and changed in one place.

## How to fix
Put the permissions into a group, or better into a role, and delete the inline policy from the user:

    aws iam get-user-policy --user-name USER --policy-name POLICY
    aws iam add-user-to-group --user-name USER --group-name GROUP
    aws iam delete-user-policy --user-name USER --policy-name POLICY

People get their roles through IAM Identity Center. Terraform: `aws_iam_group_policy_attachment` in place of `aws_iam_user_policy`.

## When it is fine
A user for one program, with one narrow policy that nobody else will ever need: the policy then disappears together with the user.
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
    reads=(User.inline,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.13", "fsbp:IAM.2"),
)
def check(user: User, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(user.inline)
    if not policies:
        yield ok("has no inline policy")
    for policy in policies:
        yield flag("has the inline policy {policy}", key=policy.name, policy=policy.name)


def cases() -> Iterator[Case[User]]:
    read = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}]}'
    one, two = InlinePolicy("read-logs", read), InlinePolicy("로그-읽기", read)
    yield passes("none", sample(User, "jisoo", inline=Known(())))
    yield fails("one", sample(User, "minho", inline=Known((one,))))
    yield fails("two", sample(User, "contractor", inline=Known((one, two))))
    yield unknown("the details may not be read", sample(User, "vault", inline=denied(User.inline)))
