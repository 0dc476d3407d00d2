"""Running GPU instance whose GPUs do nothing

## Why it matters
GPU instances are among the most expensive in EC2. For a week no GPU of this one did anything worth mentioning, by what the CloudWatch
agent measured on it: typically a notebook that was left open, a training run that ended, or a job that falls back to the CPU without
saying so.

## How to fix
Stop the instance once its owner agrees; EBS volumes are kept, what is on instance store is lost:

    aws ec2 stop-instances --instance-ids INSTANCE

On the instance, `nvidia-smi` shows which process holds a GPU. So that it does not happen again, set a CloudWatch alarm with a *Stop*
action on its `nvidia_smi_utilization_gpu`, or run training as jobs that end by themselves, such as SageMaker training jobs or AWS
Batch.

## When it is fine
The instance waits for requests that rarely come, or its GPUs draw the screen of a workstation. Instances with other accelerators
(Trainium, Inferentia, AMD, Intel) are not judged: the agent's GPU metrics come from NVIDIA's driver.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

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
    days: float = 7
    """Days an instance must have run before it is judged. The metric covers 7 days. Our own choice: a week has a weekend in it."""
    gpu_percent: float = 5
    """Percent below which the busiest hour of every GPU stays on an idle instance. Our own choice."""
    coverage: float = 0.8
    """Share (0 to 1) of the hours that must have a datapoint before an instance is called idle. Our own choice."""


def _nvidia(hardware: Fact[Hardware]) -> Fact[bool]:
    """Whether there is an NVIDIA GPU. EC2 says nothing of the hardware of a type that it no longer knows: unknown."""
    if isinstance(hardware, Known) and not hardware.value.offered:
        return Unknown(Reason.NO_DATA, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")
    return hardware.map(lambda known: known.nvidia_gpus > 0)


def _every_gpu(series: tuple[Series, ...], gpus: int, coverage: float) -> tuple[Series, ...]:
    """The series, when they have enough data and speak for all GPUs of the machine.

    The agent gives each GPU an ``index``; a series without one is the maximum over all of them.
    """
    alive = tuple(one for one in series if one.present)
    need_data(Known(alive), coverage=coverage)
    indexes = {one.dimensions.get("index") for one in alive}
    if None not in indexes and len(indexes) < gpus:
        raise Missing([Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")])
    return alive


@rule(
    over=Instance,
    reads=(
        Instance.state,
        Instance.launched,
        Instance.hardware,
        Instance.gpu,
        Instance.type,
        Instance.lifecycle,
        Instance.tenancy,
        Instance.platform,
    ),
    pillar=Pillar.COST,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=Thresholds,
)
def check(instance: Instance, about: Context[Thresholds]) -> Iterator[Verdict]:
    limits = about.limits
    nvidia = _nvidia(instance.hardware)
    if isinstance(nvidia, Known) and isinstance(instance.hardware, Known) and not nvidia.value:
        kinds = sorted({f"{one.manufacturer} {one.name}" for one in instance.hardware.value.accelerators})
        if kinds:
            yield skip("has no NVIDIA GPU, and only those are judged (it has {kinds})", kinds=", ".join(kinds))
        else:
            yield skip("has no GPU")
        return
    running = instance.state.map(lambda state: state == "running")
    if not all_of((running, instance.launched.map(lambda moment: about.days_since(moment) >= limits.days), nvidia)):
        yield skip("has been running for less than {days} days, or does not run", days=limits.days)
        return
    series, hardware = need(instance.gpu, instance.hardware)
    peak = max((one.maximum or 0.0 for one in series), default=0.0)
    if peak >= limits.gpu_percent:
        yield ok("a GPU was used up to {peak} % in a week", peak=round(peak, 1))
        return
    judged = _every_gpu(series, hardware.nvidia_gpus, limits.coverage)
    yield flag(
        "no GPU was used more than {peak} % in a week ({type}, GPUs: {gpus})",
        peak=round(peak, 1),
        gpus=hardware.nvidia_gpus,
        type=hardware.type,
        datapoints=sum(len(one.present) for one in judged),
        saving=instance_money(instance, about),
    )


def cases() -> Iterator[Case[Instance]]:
    def hardware(type: str, *accelerators: Accelerators) -> Hardware:
        return Hardware(type=type, offered=True, current_generation=True, vcpus=48, memory_mib=196608, accelerators=accelerators)

    g6 = hardware("g6.12xlarge", Accelerators("gpu", "NVIDIA", "L4", 4, 22888))
    g4dn = hardware("g4dn.xlarge", Accelerators("gpu", "NVIDIA", "T4", 1, 16384))
    trn1 = hardware("trn1.2xlarge", Accelerators("neuron", "AWS", "Trainium", 1, 32768))
    m7i = hardware("m7i.large")
    p2 = Hardware(type="p2.xlarge", offered=False)

    def instance(
        id: str, type: Hardware, *gpus: Sequence[float | None], state: str = "running", days: float = 40, indexed: bool = True
    ) -> Instance:
        return sample(
            Instance,
            id,
            state=Known(state),
            launched=Known(CASE_TIME - timedelta(days=days)),
            hardware=Known(type),
            type=Known(type.type),
            lifecycle=Known("on-demand"),
            platform=Known("Linux/UNIX"),
            tenancy=Known("default"),
            gpu=Known(
                tuple(
                    series_of(
                        "CWAgent",
                        "nvidia_smi_utilization_gpu",
                        "Maximum",
                        values,
                        period=3600,
                        dimensions={"InstanceId": id, "index": str(index)} if indexed else {"InstanceId": id},
                    )
                    for index, values in enumerate(gpus)
                )
            ),
        )

    quiet, busy = [0.0] * 168, [*([0.0] * 100), 97.0, *([2.0] * 67)]
    none: list[float | None] = [None] * 168
    yield passes("one training run in the week", instance("i-0a1b2c3d4e5f60718", g4dn, busy))
    yield passes("one GPU of four works", instance("i-0b2c3d4e5f6071829", g6, quiet, quiet, quiet, busy))
    yield passes("busy, with little data", instance("i-0c3d4e5f607182930", g6, [*none[:-1], 88.0]))
    prices = (priced("ec2-hour", "g4dn.xlarge", "0.647", "hour"),)
    yield fails("quiet for a week", instance("i-0d4e5f60718293041", g4dn, quiet), prices=prices, saves="472.31")
    yield fails("quiet, and its price is not known", instance("i-0d5e6f708192a3b4c", g4dn, quiet), saves="")
    yield fails("all four quiet", instance("i-0e5f6071829304152", g6, quiet, quiet, [1.0] * 168, quiet))
    yield fails("one series for all four", instance("i-0f607182930415263", g6, quiet, indexed=False))
    yield fails("a series of the time before it was moved", instance("i-00718293041526374", g4dn, quiet, none))
    yield skips("no GPU", instance("i-01829304152637485", m7i))
    yield skips("Trainium", instance("i-02930415263748596", trn1))
    yield skips("stopped", instance("i-03041526374859607", g4dn, state="stopped"))
    yield skips("started yesterday", instance("i-04152637485960718", g4dn, [*none[:-24], *quiet[-24:]], days=1))
    yield unknown("nobody publishes", instance("i-05263748596071829", g4dn))
    yield unknown("too few datapoints", instance("i-06374859607182930", g4dn, [*none[:-40], *quiet[-40:]]))
    yield unknown("two GPUs of four publish", instance("i-07485960718293041", g6, quiet, quiet))
    yield unknown("a type that EC2 no longer knows", instance("i-08596071829304152", p2, quiet))
    yield unknown(
        "metrics may not be read",
        sample(
            Instance,
            "i-09607182930415263",
            state=Known("running"),
            launched=Known(CASE_TIME - timedelta(days=40)),
            hardware=Known(g4dn),
            gpu=denied(Instance.gpu),
        ),
    )
