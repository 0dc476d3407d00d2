"""SageMaker model outside your VPC

## Why it matters
Without subnets of yours the model's container runs in a network that SageMaker owns and reaches the internet from there: none
of your security groups, flow logs or endpoint policies apply, and S3 is reached from outside your VPC. A model that is isolated
from the network makes no calls at all, so it passes this rule.

## How to fix
Create the model again with subnets and a security group of your VPC, and move its endpoint to the new one:

    aws sagemaker create-model --model-name NEW --execution-role-arn ROLE-ARN --primary-container Image=IMAGE,ModelDataUrl=S3-URI \\
      --vpc-config Subnets=SUBNET-1,SUBNET-2,SecurityGroupIds=GROUP
    aws sagemaker create-endpoint-config --endpoint-config-name NEW --production-variants \\
      VariantName=AllTraffic,ModelName=NEW,InstanceType=TYPE,InitialInstanceCount=2
    aws sagemaker update-endpoint --endpoint-name ENDPOINT --endpoint-config-name NEW

A model cannot be changed after it is created. The subnets need a way to S3 (a gateway endpoint is free). Terraform: `vpc_config` in
`aws_sagemaker_model`.

## When it is fine
The container calls nothing but public services, and nobody has to see or limit where it calls.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Model,
    Pillar,
    Severity,
    Verdict,
    any_of,
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
    over=Model,
    reads=(Model.subnets, Model.network_isolation),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(model: Model, about: Context[Limits]) -> Iterator[Verdict]:
    if not any_of((model.subnets.map(bool), model.network_isolation)):
        yield flag("the container is neither in your VPC nor isolated from the network", subnets=[], network_isolation=False)
    elif isinstance(model.network_isolation, Known) and model.network_isolation.value:
        yield ok("the container is isolated from the network", network_isolation=True)
    else:
        yield ok("the container is in your VPC (subnets: {count})", count=len(need(model.subnets)), subnets=need(model.subnets))


def cases() -> Iterator[Case[Model]]:
    subnets, nowhere = Known(("subnet-0a1b2c3d4e5f60718", "subnet-08f7e6d5c4b3a2910")), Known(())
    isolated, connected = Known(True), Known(False)
    yield passes("in two subnets", sample(Model, "ranking", subnets=subnets, network_isolation=connected))
    yield passes("isolated", sample(Model, "fraud-v7", subnets=nowhere, network_isolation=isolated))
    yield passes("isolated, and the rest may not be read", sample(Model, "fraud-v8", network_isolation=isolated))
    yield fails("neither", sample(Model, "llm-demo", subnets=nowhere, network_isolation=connected))
    yield unknown("may not be read", sample(Model, "partner", subnets=denied(Model.subnets), network_isolation=connected))
