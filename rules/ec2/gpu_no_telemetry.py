"""Running GPU instance that publishes no GPU metrics

## Why it matters
EC2 itself does not say how busy GPUs are; for some types it publishes how much power they draw, no more. Without the CloudWatch agent,
or something like it, nobody can tell whether this instance, likely among the most expensive in the account, works or idles; neither
can awsaudit.

## How to fix
Install the CloudWatch agent on the instance and let it publish `nvidia_gpu` metrics:

    aws ssm send-command --document-name AWS-ConfigureAWSPackage --targets Key=InstanceIds,Values=INSTANCE \\
      --parameters action=Install,name=AmazonCloudWatchAgent

The instance needs the NVIDIA driver, its role the policies `AmazonSSMManagedInstanceCore` and `CloudWatchAgentServerPolicy`, and the
agent's configuration this part:

    {"metrics": {"append_dimensions": {"InstanceId": "${aws:InstanceId}"},
     "metrics_collected": {"nvidia_gpu": {"measurement": ["utilization_gpu", "memory_used"]}}}}

Leave the namespace at its default, `CWAgent`, and keep the dimension `InstanceId`: without it a metric belongs to no instance. Metrics
of the agent are charged for as custom metrics.

## When it is fine
The GPUs are watched by something else (DCGM and Prometheus, Datadog, or the agent under another namespace, which awsaudit does not
read), or the instance lives for hours only.
"""

from collections.abc import Iterator, Mapping
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
    Pillar,
    Reason,
    Severity,
    Unknown,
    Verdict,
    all_of,
    denied,
    fails,
    flag,
    instance_money,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


class Thresholds(Limits, frozen=True):
    hours: float = 1
    """Hours an instance may run before its metrics must be there. Our own choice: ListMetrics shows a new metric after some 15 minutes,
    and the agent has to be installed first."""


def _nvidia(hardware: Fact[Hardware]) -> Fact[bool]:
    """Whether there is an NVIDIA GPU. EC2 says nothing of the hardware of a type that it no longer knows: unknown."""
    if isinstance(hardware, Known) and not hardware.value.offered:
        return Unknown(Reason.NO_DATA, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")
    return hardware.map(lambda known: known.nvidia_gpus > 0)


@rule(
    over=Instance,
    reads=(
        Instance.state,
        Instance.launched,
        Instance.hardware,
        Instance.gpu_metrics,
        Instance.type,
        Instance.lifecycle,
        Instance.tenancy,
        Instance.platform,
    ),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(instance: Instance, about: Context[Thresholds]) -> Iterator[Verdict]:
    hours = about.limits.hours
    nvidia = _nvidia(instance.hardware)
    if isinstance(nvidia, Known) and not nvidia.value:
        yield skip("has no NVIDIA GPU")
        return
    running = instance.state.map(lambda state: state == "running")
    settled = instance.launched.map(lambda moment: about.days_since(moment) * 24 >= hours)
    if not all_of((running, settled, nvidia)):
        yield skip("has been running for less than {hours} h, or does not run", hours=hours)
        return
    metrics, hardware = need(instance.gpu_metrics, instance.hardware)
    if metrics:
        yield ok("publishes GPU metrics (series: {count})", count=len(metrics))
    else:
        yield flag(
            "publishes no `nvidia_smi_utilization_gpu` in the namespace CWAgent ({type}, GPUs: {gpus})",
            gpus=hardware.nvidia_gpus,
            type=hardware.type,
            cost=instance_money(instance, about),
        )


def cases() -> Iterator[Case[Instance]]:
    def hardware(type: str, *accelerators: Accelerators) -> Hardware:
        return Hardware(type=type, offered=True, current_generation=True, vcpus=4, memory_mib=16384, accelerators=accelerators)

    g4dn = hardware("g4dn.xlarge", Accelerators("gpu", "NVIDIA", "T4", 1, 16384))
    g4ad = hardware("g4ad.xlarge", Accelerators("gpu", "AMD", "Radeon Pro V520", 1, 8192))
    m7i = hardware("m7i.large")
    p2 = Hardware(type="p2.xlarge", offered=False)
    published = ({"InstanceId": "i-0a1b2c3d4e5f60718", "index": "0", "name": "Tesla T4", "arch": "Turing"},)

    def instance(
        id: str, type: Hardware, metrics: Fact[tuple[Mapping[str, str], ...]], *, state: str = "running", hours: float = 300
    ) -> Instance:
        return sample(
            Instance,
            id,
            state=Known(state),
            launched=Known(CASE_TIME - timedelta(hours=hours)),
            hardware=Known(type),
            type=Known(type.type),
            lifecycle=Known("on-demand"),
            platform=Known("Linux/UNIX"),
            tenancy=Known("default"),
            gpu_metrics=metrics,
        )

    none: Fact[tuple[Mapping[str, str], ...]] = Known(())
    yield passes("the agent publishes", instance("i-0a1b2c3d4e5f60718", g4dn, Known(published)))
    yield fails("nothing is published", instance("i-0b2c3d4e5f6071829", g4dn, none))
    yield skips("no GPU", instance("i-0c3d4e5f607182930", m7i, none))
    yield skips("an AMD GPU", instance("i-0d4e5f60718293041", g4ad, none))
    yield skips("stopped", instance("i-0e5f6071829304152", g4dn, none, state="stopped"))
    yield skips("started ten minutes ago", instance("i-0f607182930415263", g4dn, none, hours=0.2))
    yield unknown("a type that EC2 no longer knows", instance("i-00718293041526374", p2, none))
    yield unknown("metrics may not be listed", instance("i-01829304152637485", g4dn, denied(Instance.gpu_metrics)))
