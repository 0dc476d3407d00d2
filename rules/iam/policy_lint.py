"""Managed policy of your own that the linter objects to

## Why it matters
A policy is code: what it allows is decided by details that are easily overlooked. The linter reads it as AWS does, against the list of
actions, resources and condition keys that AWS documents, and reports what AWS refuses or ignores (`error`) and what allows more than is
safe (`security`): passing any role to any service, trusting a service without saying for which account, an action that does not exist.

## How to fix
Each finding names the line, what is wrong, and a correction. Mend the policy, see that nothing is left, and make a new version:

    aws iam get-policy-version --policy-arn ARN --version-id VERSION --query PolicyVersion.Document > policy.json
    awsaudit lint policy.json
    aws iam create-policy-version --policy-arn ARN --policy-document file://policy.json --set-as-default

## When it is fine
What a finding calls wide is meant to be so: waive it, with the reason. AWS's own policies are not judged: nobody here can change them.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    LintLimits,
    ManagedPolicy,
    Pillar,
    PolicyKind,
    Severity,
    Verdict,
    denied,
    fails,
    lint_verdicts,
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
    reads=(ManagedPolicy.aws_managed, ManagedPolicy.document),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=LintLimits,
)
def check(policy: ManagedPolicy, about: Context[LintLimits]) -> Iterator[Verdict]:
    if need(policy.aws_managed):
        yield skip("the policy is AWS's own")
        return
    text = need(policy.document)
    found = tuple(lint_verdicts(ManagedPolicy.document, "the policy", text, PolicyKind.IDENTITY, about.limits))
    yield from found or (ok("the linter has no objection to the policy"),)


def cases() -> Iterator[Case[ManagedPolicy]]:
    passing = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}'
    reads = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}'
    own = Known(False)
    yield passes("a sound one", sample(ManagedPolicy, "reader", aws_managed=own, document=Known(reads)))
    yield fails(
        "any role may be passed to any service", sample(ManagedPolicy, "deploy", aws_managed=own, document=Known(passing))
    )
    yield skips("AWS's own", sample(ManagedPolicy, "PowerUserAccess", aws_managed=Known(True), document=Known(passing)))
    yield unknown("one that we cannot read", sample(ManagedPolicy, "half", aws_managed=own, document=Known('{"Statement": [')))
    yield unknown(
        "the details may not be read", sample(ManagedPolicy, "vault", aws_managed=own, document=denied(ManagedPolicy.document))
    )
