"""SageMaker endpoint that nobody calls

## Why it matters
The instances of an endpoint are paid for around the clock, called or not. This one ran for two weeks in which CloudWatch
counted not one invocation.

SageMaker publishes no zeros, so a missing count alone proves nothing. The rule says "idle" only when CloudWatch has the CPU use
of every variant for the same days: then metrics did arrive, and there was no call to count. Otherwise the verdict is unknown.

## How to fix
Delete the endpoint once its owner agrees; its model and configuration stay, so it can be brought back:

    aws sagemaker delete-endpoint --endpoint-name NAME
    aws sagemaker create-endpoint --endpoint-name NAME --endpoint-config-name CONFIG

The second command brings it back, in minutes. For rare calls look at serverless inference or batch transform, which run no instances
while nobody calls.

## When it is fine
It stands by for a failover or a launch. Asynchronous endpoints, serverless variants and inference components are not judged:
the first and the last count their calls in other metrics, and serverless has no instances.
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


class IdleEndpointLimits(Limits, frozen=True):
    age_days: int = 14
    """Days since its creation below which an endpoint is not judged. 14 is the length of the metrics that a scan takes."""
    coverage: float = 0.8
    """Share of days, 0 to 1, with CPU data from which on "no invocations" means idle. The default is our own choice."""


@rule(
    over=Endpoint,
    reads=(
        Endpoint.status,
        Endpoint.created,
        Endpoint.variants,
        Endpoint.asynchronous,
        Endpoint.invocations,
        Endpoint.cpu,
        Endpoint.config,
        EndpointConfig.variants,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=IdleEndpointLimits,
)
def check(endpoint: Endpoint, about: Context[IdleEndpointLimits]) -> Iterator[Verdict]:
    exempt = {
        "the endpoint is not in service": endpoint.status.map(lambda status: status != "InService"),
        "the endpoint is too new to be judged": endpoint.created.map(lambda at: about.days_since(at) < about.limits.age_days),
        "the endpoint is asynchronous, and its calls are counted in other metrics": endpoint.asynchronous,
        "no variant runs on instances": endpoint.variants.map(lambda variants: all(one.serverless for one in variants)),
        "its models are inference components, and their calls are counted in other metrics": counted_elsewhere(endpoint, about),
    }
    if any_of(exempt.values()):
        yield skip(next(why for why, fact in exempt.items() if isinstance(fact, Known) and fact.value))
        return
    calls = total(need(endpoint.invocations))
    if calls > 0:
        yield ok("was called (invocations: {calls})", calls=calls)
        return
    variants = {one.name: one.instances for one in need(endpoint.variants) if not one.serverless}
    cpu = need_data(endpoint.cpu.map(lambda series: of_every(set(variants), series)), coverage=about.limits.coverage)
    yield flag(
        "was not called once in {days} days, though CloudWatch has its CPU use",
        days=int(cpu[0].days),
        invocations=0,
        cpu_datapoints=min(len(series.present) for series in cpu),
        instances=variants,
        saving=endpoint_money(endpoint, about),
    )


def counted_elsewhere(endpoint: Endpoint, about: Context[IdleEndpointLimits]) -> Fact[bool]:
    """No call is counted, and a variant of the configuration names no model: models are then deployed as inference components."""
    try:
        if total(need(endpoint.invocations)) > 0:
            return Known(False)
        config = need(about.get(EndpointConfig, endpoint.region, need(endpoint.config)))
    except Missing as missing:
        return missing.unknowns[0]
    if config is None:
        return Unknown(Reason.NO_DATA, "sagemaker.DescribeEndpointConfig", "sagemaker:DescribeEndpointConfig")
    return config.variants.map(lambda variants: any(one.model is None for one in variants))


def total(series: tuple[Series, ...]) -> int:
    return int(sum(one.total or 0 for one in series))


def of_every(variants: set[str], series: tuple[Series, ...]) -> tuple[Series, ...]:
    """The series of these variants; none at all when one of the variants has none."""
    found = {one.dimensions.get("VariantName", ""): one for one in series}
    return tuple(found[name] for name in sorted(variants)) if variants <= set(found) else ()


def cases() -> Iterator[Case[Endpoint]]:
    serving, old, instance = Known("InService"), Known(CASE_TIME - timedelta(days=90)), Known((Variant("AllTraffic", 2),))
    own, other, parts = (
        config(name, model) for name, model in (("fraud-v7", "fraud"), ("churn-v2", "churn"), ("llm-pool", None))
    )
    awake, quiet, called = (
        Known((cpu("AllTraffic", [3.0] * 14),)),
        Known(()),
        Known((invocations("AllTraffic", [None] * 9 + [25.0] * 5),)),
    )
    real_time = Known(False)

    def endpoint(
        name: str,
        of: EndpointConfig,
        calls: Fact[tuple[Series, ...]],
        control: Fact[tuple[Series, ...]],
        *,
        status: Fact[str] = serving,
        created: Fact[object] = old,
        variants: Fact[tuple[Variant, ...]] = instance,
        asynchronous: Fact[bool] = real_time,
    ) -> Endpoint:
        return sample(
            Endpoint,
            name,
            status=status,
            created=created,
            variants=variants,
            asynchronous=asynchronous,
            config=Known(of.id),
            invocations=calls,
            cpu=control,
        )

    pair = Known((Variant("blue", 1), Variant("green", 1)))
    half = Known((cpu("blue", [4.0] * 14),))
    both = Known((cpu("blue", [4.0] * 14), cpu("green", [4.0] * 14)))
    yield passes("called this week", endpoint("fraud", own, called, awake), own)
    yield passes("called, and the CPU metrics may not be read", endpoint("fraud", own, called, denied(Endpoint.cpu)), own)
    prices = (priced("sagemaker-hosting-hour", "ml.m6i.large", "0.142", "hour"),)
    yield fails(
        "never called, CPU data on every day", endpoint("churn", other, quiet, awake), other, prices=prices, saves="207.32"
    )
    yield fails("never called, and no price is known", endpoint("churn", other, quiet, awake), other, saves="")
    yield fails(
        "two variants, neither called, of which the configuration does not speak",
        endpoint("churn", other, quiet, both, variants=pair),
        other,
        prices=prices,
        saves="",
    )
    yield skips("still being created", endpoint("churn", other, quiet, quiet, status=Known("Creating")), other)
    yield skips("three days old", endpoint("churn", other, quiet, quiet, created=Known(CASE_TIME - timedelta(days=3))), other)
    yield skips(
        "serverless", endpoint("demo", other, quiet, quiet, variants=Known((Variant("AllTraffic", serverless=True),))), other
    )
    yield skips("asynchronous", endpoint("transcribe", other, quiet, awake, asynchronous=Known(True)), other)
    yield skips("inference components", endpoint("llm", parts, quiet, awake), parts)
    yield unknown("no metric of any kind", endpoint("churn", other, quiet, quiet), other)
    yield unknown(
        "CPU data on four days only", endpoint("churn", other, quiet, Known((cpu("AllTraffic", [None] * 10 + [3.0] * 4),))), other
    )
    yield unknown("one of two variants has no CPU data", endpoint("churn", other, quiet, half, variants=pair), other)
    yield unknown("the configuration was deleted", endpoint("churn", other, quiet, awake))
    yield unknown(
        "the metrics may not be read", endpoint("churn", other, denied(Endpoint.invocations), denied(Endpoint.cpu)), other
    )


def config(name: str, model: str | None) -> EndpointConfig:
    return sample(EndpointConfig, name, variants=Known((ConfiguredVariant("AllTraffic", model, "ml.m6i.large", 2),)))


def cpu(variant: str, values: Sequence[float | None]) -> Series:
    names = {"EndpointName": "churn", "VariantName": variant}
    return series_of("/aws/sagemaker/Endpoints", "CPUUtilization", "Maximum", values, period=86400, dimensions=names)


def invocations(variant: str, values: Sequence[float | None]) -> Series:
    names = {"EndpointName": "fraud", "VariantName": variant}
    return series_of("AWS/SageMaker", "Invocations", "Sum", values, period=86400, dimensions=names)
