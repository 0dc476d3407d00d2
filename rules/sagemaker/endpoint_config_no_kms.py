"""SageMaker endpoint configuration without a KMS key

## Why it matters
The volume of the endpoint's instances holds the model and whatever its container writes. Without a customer managed key you cannot
say who may use the key, see its use in CloudTrail, or take it away in an emergency.

## How to fix
Create another endpoint configuration with a customer managed key, and move the endpoint to it:

    aws sagemaker create-endpoint-config --endpoint-config-name NEW --kms-key-id KEY-ARN --production-variants \\
      VariantName=AllTraffic,ModelName=MODEL,InstanceType=TYPE,InitialInstanceCount=2
    aws sagemaker update-endpoint --endpoint-name ENDPOINT --endpoint-config-name NEW

A configuration cannot be changed; `aws sagemaker describe-endpoint-config` shows what to carry over. The endpoint answers during the
update. The key policy must allow the role that creates or updates the endpoint. Terraform: `kms_key_arn` in
`aws_sagemaker_endpoint_configuration`.

## When it is fine
Your standards do not ask for customer managed keys, or the instance type has local NVMe storage: that is encrypted by the hardware,
and the key does not apply to it.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    EndpointConfig,
    Known,
    Limits,
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
    over=EndpointConfig,
    reads=(EndpointConfig.key,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(config: EndpointConfig, about: Context[Limits]) -> Iterator[Verdict]:
    key = need(config.key)
    if key is None:
        yield flag("no KMS key is set for the instances' volumes", kms_key=None)
    else:
        yield ok("the instances' volumes are encrypted with {kms_key}", kms_key=key)


def cases() -> Iterator[Case[EndpointConfig]]:
    key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    yield passes("a key of one's own", sample(EndpointConfig, "fraud-v7", key=Known(key)))
    yield fails("no key", sample(EndpointConfig, "llm-demo", key=Known(None)))
    yield unknown("may not be read", sample(EndpointConfig, "partner", key=denied(EndpointConfig.key)))
