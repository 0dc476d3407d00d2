"""IAM user with an inline policy that the linter objects to

## Why it matters
A policy is code: what it allows is decided by details that are easily overlooked. The linter reads it as AWS does, against the list of
actions, resources and condition keys that AWS documents, and reports what AWS refuses or ignores (`error`) and what allows more than is
safe (`security`): passing any role to any service, trusting a service without saying for which account, an action that does not exist.

## How to fix
Each finding names the line, what is wrong, and a correction. Mend the policy, see that nothing is left, and put it back:

    aws iam get-user-policy --user-name USER --policy-name POLICY --query PolicyDocument > policy.json
    awsaudit lint policy.json
    aws iam put-user-policy --user-name USER --policy-name POLICY --policy-document file://policy.json

## When it is fine
What a finding calls wide is meant to be so: waive it, with the reason.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    InlinePolicy,
    Known,
    LintLimits,
    Pillar,
    Severity,
    User,
    Verdict,
    denied,
    fails,
    lint_inline,
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
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=LintLimits,
)
def check(user: User, about: Context[LintLimits]) -> Iterator[Verdict]:
    policies = need(user.inline)
    found = tuple(lint_inline(User.inline, policies, about.limits))
    yield from found or (ok("the linter has no objection to its inline policies ({count})", count=len(policies)),)


def cases() -> Iterator[Case[User]]:
    passing = InlinePolicy(
        "pass-any", '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}'
    )
    reads = InlinePolicy(
        "read", '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}'
    )
    broken = InlinePolicy("half", '{"Statement": [')
    yield passes("none", sample(User, "reader", inline=Known(())))
    yield passes("a sound one", sample(User, "reader", inline=Known((reads,))))
    yield fails("any role may be passed to any service", sample(User, "deploy", inline=Known((reads, passing))))
    yield unknown("one that we cannot read", sample(User, "deploy", inline=Known((reads, broken))))
    yield unknown("the details may not be read", sample(User, "vault", inline=denied(User.inline)))
