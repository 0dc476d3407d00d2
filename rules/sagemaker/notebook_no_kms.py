"""SageMaker notebook instance without a KMS key

## Why it matters
The volume holds notebooks, data samples and often credentials. Without a customer managed key it is encrypted with a key that AWS
keeps: you cannot say who may use it, see its use in CloudTrail, or take it away in an emergency.

## How to fix
Create a new notebook instance with a customer managed key for its volume, and move the files to it:

    aws sagemaker create-notebook-instance --notebook-instance-name NAME --instance-type TYPE --role-arn ROLE-ARN --kms-key-id KEY-ARN

The key cannot be set on one that exists. Terraform: `kms_key_id` in `aws_sagemaker_notebook_instance`.

## When it is fine
Your standards do not ask for customer managed keys, or nothing on the volume is worth protecting.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    NotebookInstance,
    Pillar,
    Severity,
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
    over=NotebookInstance,
    reads=(NotebookInstance.key,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
    controls=("securityhub:SageMaker.21",),
)
def check(notebook: NotebookInstance, about: Context[Limits]) -> Iterator[Verdict]:
    key = need(notebook.key)
    if key is None:
        yield flag("no KMS key is set for its volume", kms_key=None)
    else:
        yield ok("its volume is encrypted with {kms_key}", kms_key=key)


def cases() -> Iterator[Case[NotebookInstance]]:
    key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    yield passes("a key of one's own", sample(NotebookInstance, "fraud-analysis", key=Known(key)))
    yield fails("no key", sample(NotebookInstance, "scratch", key=Known(None)))
    yield unknown("may not be read", sample(NotebookInstance, "shared", key=denied(NotebookInstance.key)))
