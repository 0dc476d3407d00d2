"""IAM user with an inline policy that allows every action on every resource

## Why it matters
The user's password or access key is a key to the whole account: all data, all other identities, the logs. Inline, the policy does not
even show in the list of policies.

## How to fix
Delete the inline policy, and give the user what it needs through a group or, better, a role:

    aws iam get-user-policy --user-name USER --policy-name POLICY
    aws iam delete-user-policy --user-name USER --policy-name POLICY

The *Last Accessed* tab of the user in the console shows what it uses. An administrator assumes an administrator's role, with MFA, for
as long as the work lasts.

## When it is fine
One sealed break-glass user with MFA, whose use raises an alarm.
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
    over=User,
    reads=(User.inline,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.5.5",),
)
def check(user: User, about: Context[Limits]) -> Iterator[Verdict]:
    policies = need(user.inline)
    because = "statement {statement} of {document} allows {grant}"
    found = tuple(bad_inline(User.inline, policies, grants_about_everything, because))
    yield from found or (
        ok("none of its inline policies ({count}) allows (nearly) all actions on all resources", count=len(policies)),
    )


def cases() -> Iterator[Case[User]]:
    everything = InlinePolicy("admin", '{"Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}')
    reads = InlinePolicy("read-logs", '{"Statement": {"Effect": "Allow", "Action": "logs:Get*", "Resource": "*"}}')
    denies = InlinePolicy("freeze", '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
    broken = InlinePolicy("half", '{"Statement": [')
    yield passes("none", sample(User, "jisoo", inline=Known(())))
    yield passes("narrow ones", sample(User, "jisoo", inline=Known((reads, denies))))
    yield fails("everything", sample(User, "ci-deploy", inline=Known((reads, everything))))
    yield fails("everything, beside one that we cannot read", sample(User, "ci-deploy", inline=Known((broken, everything))))
    all_but = InlinePolicy("power", '{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:*"}}')
    nearly = InlinePolicy("most", '{"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll"}}')
    unless = InlinePolicy("odd", everything.document[:-2] + ', "Condition": {"Null": {"no:such": "true"}}}}')
    yield fails("all actions but IAM's", sample(User, "ci-deploy", inline=Known((all_but,))))
    yield fails("every resource but one bucket", sample(User, "ci-deploy", inline=Known((nearly,))))
    yield unknown("a condition that may always hold", sample(User, "ci-deploy", inline=Known((reads, unless))))
    yield unknown("one that we cannot read", sample(User, "ci-deploy", inline=Known((reads, broken))))
    yield unknown("the details may not be read", sample(User, "vault", inline=denied(User.inline)))
