"""EC2 instance that has been stopped for weeks

## Why it matters
A stopped instance is not charged for, but its volumes and Elastic IP addresses are, month after month. It is not patched either:
the day somebody starts it, it comes up with every hole that was found since.

## How to fix
Terminate the instance, after making an AMI of it if it may be needed again:

    aws ec2 create-image --instance-id INSTANCE --name "INSTANCE before termination"
    aws ec2 describe-volumes --filters Name=attachment.instance-id,Values=INSTANCE
    aws ec2 terminate-instances --instance-ids INSTANCE

Ask its owner first, and wait until the AMI is available; its snapshots usually cost less than volumes that stand ready. Volumes
without `DeleteOnTermination` stay behind and have to be deleted one by one, Elastic IP addresses to be released.

## When it is fine
An instance for a yearly task, a standby for a disaster, evidence that must not change. An AMI usually does for the first two.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Fact,
    Instance,
    Known,
    Limits,
    Missing,
    Money,
    Pillar,
    Reason,
    Severity,
    Unknown,
    Use,
    Verdict,
    Volume,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    unknown,
    unknown_money,
    volume_uses,
)


class Thresholds(Limits, frozen=True):
    days: float = 30
    """Days an instance may be stopped. AWS Security Hub EC2.4 has 30 as its default too."""


@rule(
    over=Instance,
    reads=(
        Instance.state,
        Instance.state_since,
        Instance.type,
        Instance.volumes,
        Volume.type,
        Volume.size_gib,
        Volume.iops,
        Volume.throughput,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:EC2.4",),
    limits=Thresholds,
)
def check(instance: Instance, about: Context[Thresholds]) -> Iterator[Verdict]:
    since = instance.state_since
    if isinstance(instance.state, Known) and instance.state.value != "stopped":
        yield ok("is {state}", state=instance.state.value)
        return
    if isinstance(since, Known) and since.value and about.days_since(since.value) <= about.limits.days:
        yield ok("was last stopped on {date}", date=since.value.date().isoformat())
        return
    state, moment = need(instance.state, since)
    if moment is None:
        raise Missing([Unknown(Reason.NO_DATA, Instance.LISTED_BY.name, Instance.LISTED_BY.action)])
    yield flag(
        "has been stopped for {days} days, since {date}",
        days=int(about.days_since(moment)),
        date=moment.date().isoformat(),
        state=state,
        type=instance.type.value if isinstance(instance.type, Known) else None,
        saving=storage(instance, about),
    )


def storage(instance: Instance, about: Context[Thresholds]) -> Money:
    """What its volumes cost in a month, which is what a stopped instance is paid for."""
    uses: list[Use] = []
    try:
        for id in need(instance.volumes):
            volume = need(about.get(Volume, instance.region, id))
            if volume is None:
                return unknown_money(f"its volume {id} is not in the list of volumes")
            uses += volume_uses(volume, of=volume.arn)
    except Missing as missing:
        return unknown_money("", *missing.unknowns)
    return about.money(*uses)


def cases() -> Iterator[Case[Instance]]:
    def instance(id: str, state: str, since: Fact[datetime | None]) -> Instance:
        return sample(
            Instance, id, state=Known(state), state_since=since, type=Known("m5.2xlarge"), volumes=Known((disk.id, data.id))
        )

    disk = sample(Volume, "vol-0a1b", type=Known("gp3"), size_gib=Known(100), iops=Known(3000), throughput=Known(125))
    data = sample(Volume, "vol-0b2c", type=Known("gp3"), size_gib=Known(1000), iops=Known(6000), throughput=Known(250))
    prices = (
        priced("ebs-storage", "gp3", "0.0912", "GB-month"),
        priced("ebs-iops", "gp3", "0.0057", "IOPS-month"),
        priced("ebs-throughput", "gp3", "0.0456", "MiBps-month"),
    )

    def days_ago(days: float) -> Fact[datetime | None]:
        return Known(CASE_TIME - timedelta(days=days))

    yield passes("running", instance("i-0a1b2c3d4e5f60718", "running", Known(None)))
    yield passes("stopped over the weekend", instance("i-0b2c3d4e5f6071829", "stopped", days_ago(2)))
    yield passes("stopped for exactly the limit", instance("i-0c3d4e5f607182930", "stopped", days_ago(30)))
    yield fails(
        "stopped since spring",
        instance("i-0d4e5f60718293041", "stopped", days_ago(211)),
        disk,
        data,
        prices=prices,
        saves="123.12",
    )
    yield fails("stopped, and a volume is not listed", instance("i-0d5e", "stopped", days_ago(90)), disk, prices=prices, saves="")
    yield fails(
        "stopped, and volumes may not be listed",
        instance("i-0d6e", "stopped", days_ago(90)),
        unlisted=(Volume,),
        prices=prices,
        saves="",
    )
    yield fails("a shorter limit", instance("i-0e5f6071829304152", "stopped", days_ago(9)), limits=Thresholds(days=7))
    yield unknown("AWS does not say since when", instance("i-0f607182930415263", "stopped", Known(None)))
    yield unknown(
        "instances may not be described",
        sample(Instance, "i-00718293041526374", state=denied(Instance.state), state_since=denied(Instance.state_since)),
    )
