"""SageMaker model that is not isolated from the network

## Why it matters
A model is somebody's code and weights. Without network isolation its container can send what it is given (customers' requests,
the role's credentials) anywhere, and fetch and run new code. With it no call goes in or out, and SageMaker itself fetches the
model data and passes the requests.

## How to fix
Create the model again with network isolation, and move its endpoint to the new one:

    aws sagemaker create-model --model-name NEW --execution-role-arn ROLE-ARN --primary-container Image=IMAGE,ModelDataUrl=S3-URI \\
      --enable-network-isolation
    aws sagemaker create-endpoint-config --endpoint-config-name NEW --production-variants \\
      VariantName=AllTraffic,ModelName=NEW,InstanceType=TYPE,InitialInstanceCount=2
    aws sagemaker update-endpoint --endpoint-name ENDPOINT --endpoint-config-name NEW

A model cannot be changed after it is created. Terraform: `enable_network_isolation = true` in `aws_sagemaker_model`.

## When it is fine
The container has to call something while it answers (a database, another model), or downloads its weights from a hub when it
starts. Then keep it in a VPC whose security group allows just that.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Model,
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
    over=Model,
    reads=(Model.network_isolation,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:SageMaker.5",),
)
def check(model: Model, about: Context[Limits]) -> Iterator[Verdict]:
    if need(model.network_isolation):
        yield ok("the container is isolated from the network", network_isolation=True)
    else:
        yield flag("the container is not isolated from the network", network_isolation=False)


def cases() -> Iterator[Case[Model]]:
    yield passes("isolated", sample(Model, "fraud-v7", network_isolation=Known(True)))
    yield fails("not isolated, as by default", sample(Model, "llm-demo", network_isolation=Known(False)))
    yield unknown("may not be read", sample(Model, "partner", network_isolation=denied(Model.network_isolation)))
