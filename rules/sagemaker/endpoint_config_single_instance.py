"""SageMaker endpoint configuration that starts a variant on one instance

## Why it matters
An endpoint made or updated from this configuration starts with one instance of the variant, in one Availability Zone, and stays so
until something scales it out. Some auditors ask that every configuration starts with two.

`sagemaker-endpoint-single-instance` says which endpoints run on one instance now; a configuration that no endpoint uses counts here.

## How to fix
Create another configuration whose production variants start with two instances, and move the endpoint to it:

    aws sagemaker create-endpoint-config --endpoint-config-name NEW --production-variants \\
      VariantName=AllTraffic,ModelName=MODEL,InstanceType=TYPE,InitialInstanceCount=2
    aws sagemaker update-endpoint --endpoint-name ENDPOINT --endpoint-config-name NEW

Then delete the old one: a configuration cannot be changed. With automatic scaling, set its minimum to two as well. Terraform:
`initial_instance_count` in `aws_sagemaker_endpoint_configuration`.

## When it is fine
Development and tests, and variants that are scaled out as soon as they run.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    ConfiguredVariant,
    Context,
    EndpointConfig,
    Known,
    Limits,
    Pillar,
    Reason,
    Severity,
    Verdict,
    cannot_tell,
    denied,
    fails,
    flag,
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
    over=EndpointConfig,
    reads=(EndpointConfig.variants,),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("fsbp:SageMaker.4",),
)
def check(config: EndpointConfig, about: Context[Limits]) -> Iterator[Verdict]:
    variants = [one for one in need(config.variants) if not one.serverless and not one.shadow]
    if not variants:
        yield skip("no production variant runs on instances")
    for one in variants:
        yield judged(one)


def judged(variant: ConfiguredVariant) -> Verdict:
    name, count = variant.name, variant.instances
    if count is None:
        because = "AWS gives no number of instances that variant {variant} starts on"
        return cannot_tell(EndpointConfig.variants, because, reason=Reason.NO_DATA, key=name, variant=name)
    return (ok if count > 1 else flag)(
        "instances that variant {variant} starts on: {instances}", key=name, variant=name, instances=count
    )


def cases() -> Iterator[Case[EndpointConfig]]:
    def config(name: str, *variants: ConfiguredVariant) -> EndpointConfig:
        return sample(EndpointConfig, name, variants=Known(variants))

    two, one = ConfiguredVariant("AllTraffic", "fraud-v7", "ml.g5.xlarge", 2), ConfiguredVariant("green", "churn-v2", instances=1)
    shadow = ConfiguredVariant("next", "fraud-v8", "ml.g5.xlarge", 1, shadow=True)
    yield passes("two instances", config("fraud-v7", two))
    yield passes("a shadow on one instance", config("fraud-v8", two, shadow))
    yield fails("one instance", config("demo", one))
    yield fails("one of two variants", config("churn", two, one))
    yield skips("serverless", config("faq", ConfiguredVariant("AllTraffic", "faq-v1", serverless=True)))
    yield unknown("no number is given", config("pool", ConfiguredVariant("AllTraffic", None)))
    yield unknown("may not be read", sample(EndpointConfig, "partner", variants=denied(EndpointConfig.variants)))
