"""SageMaker notebook instance with direct internet access

## Why it matters
With direct internet access (the default) the notebook instance reaches the whole internet through a network that SageMaker runs, past
your VPC: no security group, firewall, proxy or flow log of yours sees what it fetches or what it sends away.

## How to fix
Create a new notebook instance in your VPC with direct internet access disabled, and move the files to it:

    aws sagemaker create-notebook-instance --notebook-instance-name NAME --instance-type TYPE --role-arn ROLE-ARN \\
      --subnet-id SUBNET --security-group-ids GROUP --direct-internet-access Disabled

It cannot be changed on one that exists. The subnet needs VPC endpoints for SageMaker and S3, or a NAT gateway; without either the
notebook cannot start training jobs or call endpoints. Terraform: `direct_internet_access = "Disabled"` in
`aws_sagemaker_notebook_instance`.

## When it is fine
Nothing secret can be reached from the notebook: public data, a role that may do little, no VPC behind it.
"""

from collections.abc import Iterator

from auditor.sdk import (
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
    reads=(NotebookInstance.direct_internet,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:SageMaker.1", "kisa-isms-p-2023:2.6.7"),
)
def check(notebook: NotebookInstance, about: Context[Limits]) -> Iterator[Verdict]:
    if need(notebook.direct_internet):
        yield flag("has direct internet access", direct_internet_access=True)
    else:
        yield ok("has no direct internet access", direct_internet_access=False)


def cases() -> Iterator[Case[NotebookInstance]]:
    yield passes("switched off", sample(NotebookInstance, "fraud-analysis", direct_internet=Known(False)))
    yield fails("on, as by default", sample(NotebookInstance, "scratch", direct_internet=Known(True)))
    yield unknown("may not be read", sample(NotebookInstance, "shared", direct_internet=denied(NotebookInstance.direct_internet)))
