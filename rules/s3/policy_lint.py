"""Bucket with a policy that the linter objects to

## Why it matters
A policy is code: what it allows is decided by details that are easily overlooked. The linter reads it as AWS does, against the list of
actions, resources and condition keys that AWS documents, and reports what AWS refuses or ignores (`error`) and what allows more than is
safe (`security`): passing any role to any service, trusting a service without saying for which account, an action that does not exist.

## How to fix
Each finding names the line, what is wrong, and a correction. Mend the policy, see that nothing is left, and put it back:

    aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text > policy.json
    awsaudit lint --type resource policy.json
    aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json

## When it is fine
What a finding calls wide is meant to be so: waive it, with the reason. Whether AWS itself judges the bucket public, `s3-public-policy`
says.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Known,
    LintLimits,
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
    unknown,
)


@rule(
    over=Bucket,
    reads=(Bucket.policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=LintLimits,
)
def check(bucket: Bucket, about: Context[LintLimits]) -> Iterator[Verdict]:
    text = need(bucket.policy)
    if text is None:
        yield ok("there is no bucket policy")
        return
    found = tuple(
        lint_verdicts(Bucket.policy, "the bucket policy", text, PolicyKind.RESOURCE, about.limits, attached_to=bucket.arn)
    )
    yield from found or (ok("the linter has no objection to the bucket policy"),)


def cases() -> Iterator[Case[Bucket]]:
    logs = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, '
        '"Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"%s}}'
    )
    for_us = ', "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}'
    yield passes("no policy", sample(Bucket, "training-data", policy=Known(None)))
    yield passes("a service, for one account", sample(Bucket, "logs", policy=Known(logs % for_us)))
    yield fails("a service, for whoever asks it", sample(Bucket, "logs", policy=Known(logs % "")))
    yield unknown("a policy that we cannot read", sample(Bucket, "half", policy=Known('{"Statement": [')))
    yield unknown("the policy may not be read", sample(Bucket, "vault", policy=denied(Bucket.policy)))
