"""SageMaker notebook instance outside your VPC

## Why it matters
Without a subnet of yours the notebook instance runs in a network that SageMaker owns. Your security groups, flow logs and endpoint
policies do not apply to it, and it cannot reach what is private in your VPC, so people open those things up to work from it.

## How to fix
Create a new notebook instance in a subnet of your VPC, and move the files to it:

    aws sagemaker create-notebook-instance --notebook-instance-name NAME --instance-type TYPE --role-arn ROLE-ARN \\
      --subnet-id SUBNET --security-group-ids GROUP --direct-internet-access Disabled

The subnet cannot be set on one that exists. Without direct internet access it needs VPC endpoints for SageMaker and S3, or a NAT
gateway. Terraform: `subnet_id` and `security_groups` in `aws_sagemaker_notebook_instance`.

## When it is fine
A sandbox with public data and a role that may do little.
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
    reads=(NotebookInstance.subnet,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:SageMaker.2", "kisa-isms-p-2023:2.6.1"),
)
def check(notebook: NotebookInstance, about: Context[Limits]) -> Iterator[Verdict]:
    subnet = need(notebook.subnet)
    if subnet is None:
        yield flag("is in no subnet of your VPC", subnet=None)
    else:
        yield ok("is in {subnet}", subnet=subnet)


def cases() -> Iterator[Case[NotebookInstance]]:
    yield passes("in a subnet", sample(NotebookInstance, "fraud-analysis", subnet=Known("subnet-0a1b2c3d4e5f60718")))
    yield fails("in SageMaker's own network", sample(NotebookInstance, "scratch", subnet=Known(None)))
    yield unknown("may not be read", sample(NotebookInstance, "shared", subnet=denied(NotebookInstance.subnet)))
