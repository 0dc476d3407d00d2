"""SageMaker endpoint whose GPUs do nothing

## Why it matters
GPU instances cost many times what CPU instances do. In two weeks no GPU of this endpoint was seen busy: either nobody calls it,
or its model runs on the CPU although a GPU is there, as happens when a container lacks the CUDA libraries or the code never
moves the model.

SageMaker gives 0 to 100 percent for *each* GPU and adds them up. A maximum near zero therefore means that all of them were
idle, however many there are.

## How to fix
Delete the endpoint if nobody calls it, or move it to a CPU instance type if its model works without the GPU:

    aws sagemaker delete-endpoint --endpoint-name NAME

    aws sagemaker create-endpoint-config --endpoint-config-name NEW --production-variants \\
      VariantName=AllTraffic,ModelName=MODEL,InstanceType=ml.c7i.xlarge,InitialInstanceCount=1
    aws sagemaker update-endpoint --endpoint-name NAME --endpoint-config-name NEW

The metric `Invocations` says whether it is called. If it is, and should use the GPU, see in the container's log whether it found one.

## When it is fine
It stands by for a failover or a launch, or calls are so short and rare that a minute's average hides them and only a GPU
answers fast enough.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    ConfiguredVariant,
    Context,
    Endpoint,
    EndpointConfig,
    Fact,
    Known,
    Limits,
    Missing,
    Pillar,
    Reason,
    Series,
    Severity,
    Unknown,
    Variant,
    Verdict,
    any_of,
    denied,
    endpoint_money,
    fails,
    flag,
    need,
    need_data,
    ok,
    passes,
    priced,
    rule,
    sample,
    series_of,
    skip,
    skips,
    unknown,
)


class IdleGpuLimits(Limits, frozen=True):
    percent: float = 5.0
    """Percent of one GPU: the largest value of all days must be below. The default is our own choice."""
    age_days: int = 14
    """Days since its creation below which an endpoint is not judged. 14 is the length of the metrics that a scan takes."""
    coverage: float = 0.8
    """Share of days, 0 to 1, for which there must be data. The default is our own choice."""


@rule(
    over=Endpoint,
    reads=(
        Endpoint.status,
        Endpoint.created,
        Endpoint.variants,
        Endpoint.gpu,
        Endpoint.cpu,
        Endpoint.config,
        EndpointConfig.variants,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=IdleGpuLimits,
)
def check(endpoint: Endpoint, about: Context[IdleGpuLimits]) -> Iterator[Verdict]:
    exempt = {
        "the endpoint is not in service": endpoint.status.map(lambda status: status != "InService"),
        "the endpoint is too new to be judged": endpoint.created.map(lambda at: about.days_since(at) < about.limits.age_days),
        "no variant runs on instances": endpoint.variants.map(lambda variants: all(one.serverless for one in variants)),
        "CloudWatch has its CPU use and no GPU use: it has no GPU that is measured": has_no_gpu(endpoint, about.limits),
    }
    if any_of(exempt.values()):
        yield skip(next(why for why, fact in exempt.items() if isinstance(fact, Known) and fact.value))
        return
    gpu = of_these(need(endpoint.variants), need(endpoint.gpu))
    peak = max(one.maximum or 0 for one in gpu)
    if peak >= about.limits.percent:
        yield ok("GPU use reached {peak:.0f} %", peak=peak)
        return
    idle = need_data(Known(gpu), coverage=about.limits.coverage)
    yield flag(
        "no GPU was used more than {peak:.1f} % in {days} days",
        peak=peak,
        days=int(min(one.days for one in idle)),
        variants=sorted(one.dimensions["VariantName"] for one in idle),
        saving=endpoint_money(endpoint, about),
    )


def has_no_gpu(endpoint: Endpoint, limits: IdleGpuLimits) -> Fact[bool]:
    """CloudWatch has the CPU use of every variant and no GPU use: there is no GPU that SageMaker measures."""
    try:
        variants = need(endpoint.variants)
        if of_these(variants, need(endpoint.gpu)):
            return Known(False)
        cpu = need_data(endpoint.cpu.map(lambda series: of_these(variants, series)), coverage=limits.coverage)
    except Missing as missing:
        return missing.unknowns[0]
    measured = {one.dimensions["VariantName"] for one in cpu}
    if {one.name for one in variants if not one.serverless} <= measured:
        return Known(True)
    return Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")


def of_these(variants: tuple[Variant, ...], series: tuple[Series, ...]) -> tuple[Series, ...]:
    """The series of these variants: a variant that is gone may still have datapoints."""
    names = {one.name for one in variants}
    return tuple(one for one in series if one.dimensions.get("VariantName") in names)


def cases() -> Iterator[Case[Endpoint]]:
    on, old, two = Known("InService"), Known(CASE_TIME - timedelta(days=90)), Known((Variant("AllTraffic", 2),))
    pair = Known((Variant("blue", 1), Variant("green", 1)))
    serverless = Known((Variant("AllTraffic", serverless=True),))
    busy, idle = Known((utilization("GPU", [0.0] * 12 + [380.0, 211.0]),)), Known((utilization("GPU", [0.0] * 13 + [1.5]),))
    sparse = Known((utilization("GPU", [None] * 9 + [0.0] * 5),))
    one_busy = Known((utilization("GPU", [0.0] * 14, "blue"), utilization("GPU", [47.0] * 14, "green")))
    awake, nothing = Known((utilization("CPU", [12.0] * 14),)), Known(())
    fresh, may_not = Known(CASE_TIME - timedelta(days=3)), denied(Endpoint.gpu)
    yield passes("busy yesterday", sample(Endpoint, "llm", status=on, created=old, variants=two, gpu=busy, cpu=awake))
    yield passes(
        "one of two variants is busy", sample(Endpoint, "llm", status=on, created=old, variants=pair, gpu=one_busy, cpu=nothing)
    )
    yield passes("busy, with data on few days", sample(Endpoint, "llm", status=on, created=old, variants=two, gpu=busy))
    config = sample(EndpointConfig, "demo-v1", variants=Known((ConfiguredVariant("AllTraffic", "demo", "ml.g4dn.xlarge", 2),)))
    quiet = sample(Endpoint, "demo", status=on, created=old, variants=two, gpu=idle, cpu=awake, config=Known(config.id))
    prices = (priced("sagemaker-hosting-hour", "ml.g4dn.xlarge", "0.906", "hour"),)
    yield fails("never above two percent", quiet, config, prices=prices, saves="1322.76")
    yield fails("never above two percent, and its configuration is gone", quiet, prices=prices, saves="")
    yield skips("no GPU", sample(Endpoint, "fraud", status=on, created=old, variants=two, gpu=nothing, cpu=awake))
    yield skips("failed", sample(Endpoint, "demo", status=Known("Failed"), created=old, variants=two, gpu=idle, cpu=awake))
    yield skips("three days old", sample(Endpoint, "demo", status=on, created=fresh, variants=two, gpu=idle, cpu=awake))
    yield skips("serverless", sample(Endpoint, "faq", status=on, created=old, variants=serverless, gpu=nothing, cpu=nothing))
    yield unknown("data on five days only", sample(Endpoint, "demo", status=on, created=old, variants=two, gpu=sparse, cpu=awake))
    yield unknown(
        "no metric of any kind", sample(Endpoint, "demo", status=on, created=old, variants=two, gpu=nothing, cpu=nothing)
    )
    yield unknown("may not be read", sample(Endpoint, "demo", status=on, created=old, variants=two, gpu=may_not, cpu=awake))


def utilization(kind: str, values: Sequence[float | None], variant: str = "AllTraffic") -> Series:
    names = {"EndpointName": "llm", "VariantName": variant}
    return series_of("/aws/sagemaker/Endpoints", f"{kind}Utilization", "Maximum", values, period=86400, dimensions=names)
