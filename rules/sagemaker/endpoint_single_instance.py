"""SageMaker endpoint variant on one instance

## Why it matters
One instance is in one Availability Zone: when it fails or is replaced, nobody answers until the next one has started and loaded
the model, which takes minutes. From two instances on SageMaker tries to spread them over zones.

## How to fix
Run at least two instances of the variant; with automatic scaling, set its minimum to two as well:

    aws sagemaker update-endpoint-weights-and-capacities --endpoint-name NAME \\
      --desired-weights-and-capacities VariantName=VARIANT,DesiredInstanceCount=2

In a VPC give the model subnets in at least two zones. Console: endpoint, *Update instance count*. Terraform: `initial_instance_count`
in `aws_sagemaker_endpoint_configuration`.

## When it is fine
Development and tests, and everything that can wait for some minutes: the second instance doubles the price.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Endpoint,
    Known,
    Limits,
    Pillar,
    Reason,
    Severity,
    Variant,
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
    over=Endpoint,
    reads=(Endpoint.variants,),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(endpoint: Endpoint, about: Context[Limits]) -> Iterator[Verdict]:
    variants = [one for one in need(endpoint.variants) if not one.serverless and not one.shadow]
    if not variants:
        yield skip("no variant runs on instances")
    for one in variants:
        yield judged(one)


def judged(variant: Variant) -> Verdict:
    name, count = variant.name, variant.instances
    if count is None:
        return cannot_tell(
            Endpoint.variants,
            "AWS gives no number of instances of variant {variant}",
            reason=Reason.NO_DATA,
            key=name,
            variant=name,
        )
    if count == 0:
        return skip("variant {variant} is scaled to zero", key=name, variant=name)
    if count == 1:
        return flag("variant {variant} runs on one instance", key=name, variant=name, instances=count)
    return ok("variant {variant} runs on {instances} instances", key=name, variant=name, instances=count)


def cases() -> Iterator[Case[Endpoint]]:
    yield passes("two instances", sample(Endpoint, "fraud", variants=Known((Variant("AllTraffic", 2),))))
    shadowed = Known((Variant("AllTraffic", 2), Variant("next", 1, shadow=True)))
    yield passes("a shadow on one instance", sample(Endpoint, "ranking", variants=shadowed))
    yield fails("one instance", sample(Endpoint, "demo", variants=Known((Variant("AllTraffic", 1),))))
    yield fails("one of two variants", sample(Endpoint, "churn", variants=Known((Variant("blue", 3), Variant("green", 1)))))
    yield skips("serverless", sample(Endpoint, "faq", variants=Known((Variant("AllTraffic", serverless=True),))))
    yield skips("scaled to zero", sample(Endpoint, "transcribe", variants=Known((Variant("AllTraffic", 0),))))
    yield unknown("no number yet", sample(Endpoint, "new", variants=Known((Variant("AllTraffic"),))))
    yield unknown("may not be read", sample(Endpoint, "partner", variants=denied(Endpoint.variants)))
