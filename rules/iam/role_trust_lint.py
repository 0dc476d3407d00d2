"""IAM role with a trust policy that the linter objects to

## Why it matters
A policy is code: what it allows is decided by details that are easily overlooked. The linter reads it as AWS does, against the list of
actions, resources and condition keys that AWS documents, and reports what AWS refuses or ignores (`error`) and what allows more than is
safe (`security`): passing any role to any service, trusting a service without saying for which account, an action that does not exist.

## How to fix
Each finding names the line, what is wrong, and a correction. Mend the trust policy, see that nothing is left, and put it back:

    aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument > trust.json
    awsaudit lint --type trust trust.json
    aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json

## When it is fine
What a finding calls wide is meant to be so: waive it, with the reason.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    LintLimits,
    Pillar,
    PolicyKind,
    Role,
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
    unknown,
)


@rule(
    over=Role,
    reads=(Role.trust,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=LintLimits,
)
def check(role: Role, about: Context[LintLimits]) -> Iterator[Verdict]:
    text = need(role.trust)
    found = tuple(lint_verdicts(Role.trust, "the trust policy", text, PolicyKind.TRUST, about.limits, attached_to=role.arn))
    yield from found or (ok("the linter has no objection to the trust policy"),)


def cases() -> Iterator[Case[Role]]:
    anyone = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}'
    service = anyone.replace('"AWS": "*"', '"Service": "ec2.amazonaws.com"')
    yield passes("a service", sample(Role, "instances", trust=Known(service)))
    yield fails("anyone in the world", sample(Role, "open", trust=Known(anyone)))
    yield unknown("a policy that we cannot read", sample(Role, "half", trust=Known('{"Statement": [')))
    yield unknown("the details may not be read", sample(Role, "vault", trust=denied(Role.trust)))
