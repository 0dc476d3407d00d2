"""Running EC2 instance that hardly does anything

## Why it matters
It has run for two weeks, yet in no hour did its CPUs average more than a few percent, and on no day did it move more than a few
megabytes over the network. You pay for all of it, day and night.

## How to fix
Stop the instance once its owner agrees, and terminate it if nobody misses it for a week:

    aws ec2 stop-instances --instance-ids INSTANCE
    aws ec2 terminate-instances --instance-ids INSTANCE

Its tags may say whose it is: `aws ec2 describe-tags --filters Name=resource-id,Values=INSTANCE`. While it is stopped its EBS volumes
are kept and still cost. An Auto Scaling group replaces an instance that you stop: lower the group's size instead.

## When it is fine
A licence server, a bastion host, a standby for failover, or something that works in memory only. What is covered by a reservation or
a Capacity Block is paid for whether it runs or not. Instances with GPUs or other accelerators are not judged here: on those a training
run can leave CPUs and network quiet.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    Accelerators,
    Case,
    Confidence,
    Context,
    Fact,
    Hardware,
    Instance,
    Known,
    Limits,
    Missing,
    Pillar,
    Reason,
    Series,
    Severity,
    Unknown,
    Verdict,
    all_of,
    denied,
    fails,
    flag,
    instance_money,
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


class Thresholds(Limits, frozen=True):
    days: float = 14
    """Days an instance must have run before it is judged. The metrics cover 14 days, which AWS Compute Optimizer looks back too."""
    cpu_percent: float = 5
    """Percent that the hourly average of CPU use never exceeds on an idle instance. Our own choice, stricter than the daily average of
    10 % of AWS Trusted Advisor, *Low Utilization Amazon EC2 Instances*."""
    network_mb_per_day: float = 5
    """Megabytes (10**6 bytes) in and out that an idle instance stays below on each day. AWS Trusted Advisor (as above): 5 MB."""
    coverage: float = 0.8
    """Share (0 to 1) of the periods that must have a datapoint before an instance is called idle. Our own choice."""


def _network_by_day(*facts: Fact[tuple[Series, ...]]) -> Mapping[datetime, float]:
    """Bytes in and out by day, as far as they are known: never more than there were."""
    days: dict[datetime, float] = {}
    for fact in facts:
        for series in fact.value if isinstance(fact, Known) else ():
            for place, value in enumerate(series.values):
                day = series.start + timedelta(seconds=series.period * place)
                days[day] = days.get(day, 0) + (value or 0)
    return days


def _plain(hardware: Fact[Hardware]) -> Fact[bool]:
    """No accelerators. EC2 says nothing of the hardware of a type that it no longer knows: unknown."""
    if isinstance(hardware, Known) and not hardware.value.offered:
        return Unknown(Reason.NO_DATA, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")
    return hardware.map(lambda known: not known.accelerators)


def _names(hardware: Hardware) -> str:
    return ", ".join(f"{one.count} × {one.manufacturer} {one.name}" for one in hardware.accelerators)


@rule(
    over=Instance,
    reads=(
        Instance.state,
        Instance.launched,
        Instance.hardware,
        Instance.cpu,
        Instance.network_in,
        Instance.network_out,
        Instance.type,
        Instance.lifecycle,
        Instance.tenancy,
        Instance.platform,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(instance: Instance, about: Context[Thresholds]) -> Iterator[Verdict]:
    limits = about.limits
    running = instance.state.map(lambda state: state == "running")
    long = instance.launched.map(lambda moment: about.days_since(moment) >= limits.days)
    if isinstance(instance.hardware, Known) and instance.hardware.value.accelerators:
        yield skip("has {kinds}: CPU and network do not show its work", kinds=_names(instance.hardware.value))
        return
    if not all_of((running, long, _plain(instance.hardware))):
        yield skip("has been running for less than {days} days, or does not run", days=limits.days)
        return
    peak = max((one.maximum or 0.0 for one in instance.cpu.value), default=0.0) if isinstance(instance.cpu, Known) else 0.0
    if peak > limits.cpu_percent:
        yield ok("CPU use was {peak} % in the busiest hour of two weeks", peak=round(peak, 1))
        return
    megabytes = max(_network_by_day(instance.network_in, instance.network_out).values(), default=0.0) / 1e6
    if megabytes >= limits.network_mb_per_day:
        yield ok("network traffic was {megabytes} MB or more on the busiest day of two weeks", megabytes=round(megabytes, 1))
        return
    missing: list[Unknown] = []
    for fact in (instance.cpu, instance.network_in, instance.network_out):
        try:
            need_data(fact, coverage=limits.coverage)
        except Missing as error:
            missing += error.unknowns
    if missing:
        raise Missing(missing)
    hardware, launched = need(instance.hardware, instance.launched)
    yield flag(
        "in two weeks never used more than {peak} % CPU in an hour or {megabytes} MB of network in a day ({type}, running for {days} days)",
        peak=round(peak, 1),
        megabytes=round(megabytes, 1),
        type=hardware.type,
        days=int(about.days_since(launched)),
        saving=instance_money(instance, about),
    )


def cases() -> Iterator[Case[Instance]]:
    m5 = Hardware(type="m5.2xlarge", offered=True, current_generation=True, vcpus=8, memory_mib=32768)
    t4 = Accelerators("gpu", "NVIDIA", "T4", 1, 16384)
    g4dn = Hardware(type="g4dn.xlarge", offered=True, current_generation=True, vcpus=4, memory_mib=16384, accelerators=(t4,))
    p2 = Hardware(type="p2.xlarge", offered=False)
    quiet_cpu = [1.2] * 336
    quiet_in = [800_000.0] * 14
    quiet_out = [400_000.0] * 14

    def instance(
        id: str,
        cpu: Sequence[float | None] = quiet_cpu,
        inward: Sequence[float | None] = quiet_in,
        outward: Sequence[float | None] = quiet_out,
        *,
        state: str = "running",
        days: float = 90,
        hardware: Hardware = m5,
        lifecycle: str = "on-demand",
        platform: str = "Linux/UNIX",
        tenancy: str = "default",
    ) -> Instance:
        def metric(name: str, stat: str, values: Sequence[float | None], period: int) -> Fact[tuple[Series, ...]]:
            return Known((series_of("AWS/EC2", name, stat, values, period=period, dimensions={"InstanceId": id}),))

        return sample(
            Instance,
            id,
            state=Known(state),
            launched=Known(CASE_TIME - timedelta(days=days)),
            hardware=Known(hardware),
            type=Known(hardware.type),
            lifecycle=Known(lifecycle),
            platform=Known(platform),
            tenancy=Known(tenancy),
            cpu=metric("CPUUtilization", "Average", cpu, 3600),
            network_in=metric("NetworkIn", "Sum", inward, 86400),
            network_out=metric("NetworkOut", "Sum", outward, 86400),
        )

    none: list[float | None] = [None] * 336
    yield passes("one busy hour", instance("i-0a1b2c3d4e5f60718", [*quiet_cpu[:-1], 64.0]))
    yield passes("one busy hour in patchy data", instance("i-0b2c3d4e5f6071829", [*none[:-1], 64.0], none[:14], none[:14]))
    yield passes("it serves files", instance("i-0c3d4e5f607182930", outward=[4e9] * 14))
    yield passes("it takes in files", instance("i-0c4d5e6f708192a3b", inward=[4e9] * 14))
    yield passes("in and out together reach the limit", instance("i-0d4e5f60718293041", inward=[3e6] * 14, outward=[2e6] * 14))
    prices = (priced("ec2-hour", "m5.2xlarge", "0.472", "hour"),)
    yield fails("quiet for two weeks", instance("i-0e5f6071829304152"), prices=prices, saves="344.56")
    yield fails("quiet, and another price than that of the list", instance("i-0e6f", lifecycle="spot"), prices=prices, saves="")
    yield fails("quiet, with Windows", instance("i-0e7f", platform="Windows"), prices=prices, saves="")
    yield fails("quiet, on a machine of its own", instance("i-0e8f", tenancy="dedicated"), prices=prices, saves="")
    yield fails("quiet, some hours without data", instance("i-0f607182930415263", [*none[:40], *quiet_cpu[40:]]))
    yield fails("a higher limit", instance("i-00718293041526374", [8.0] * 336), limits=Thresholds(cpu_percent=10))
    yield skips("stopped", instance("i-01829304152637485", none, none[:14], none[:14], state="stopped"))
    yield skips("started last week", instance("i-02930415263748596", days=6))
    yield skips("a GPU instance", instance("i-03041526374859607", hardware=g4dn))
    yield unknown("too few datapoints", instance("i-04152637485960718", [*none[:-24], *quiet_cpu[-24:]]))
    yield unknown("no network datapoints", instance("i-05263748596071829", inward=none[:14], outward=none[:14]))
    yield unknown("a type that EC2 no longer knows may have GPUs", instance("i-06374859607182930", hardware=p2))
    yield unknown(
        "metrics may not be read",
        sample(
            Instance,
            "i-07485960718293041",
            state=Known("running"),
            launched=Known(CASE_TIME - timedelta(days=90)),
            hardware=Known(m5),
            cpu=denied(Instance.cpu),
            network_in=denied(Instance.network_in),
            network_out=denied(Instance.network_out),
        ),
    )
