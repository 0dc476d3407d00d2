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
    Pillar,
    Reason,
    Severity,
    Unknown,
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


class Thresholds(Limits, frozen=True):
    days: float = 30
    """Days an instance may be stopped. AWS Security Hub EC2.4 has 30 as its default too."""


@rule(
    over=Instance,
    reads=(Instance.state, Instance.state_since, Instance.type),
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
    )


def cases() -> Iterator[Case[Instance]]:
    def instance(id: str, state: str, since: Fact[datetime | None]) -> Instance:
        return sample(Instance, id, state=Known(state), state_since=since, type=Known("m5.2xlarge"))

    def days_ago(days: float) -> Fact[datetime | None]:
        return Known(CASE_TIME - timedelta(days=days))

    yield passes("running", instance("i-0a1b2c3d4e5f60718", "running", Known(None)))
    yield passes("stopped over the weekend", instance("i-0b2c3d4e5f6071829", "stopped", days_ago(2)))
    yield passes("stopped for exactly the limit", instance("i-0c3d4e5f607182930", "stopped", days_ago(30)))
    yield fails("stopped since spring", instance("i-0d4e5f60718293041", "stopped", days_ago(211)))
    yield fails("a shorter limit", instance("i-0e5f6071829304152", "stopped", days_ago(9)), limits=Thresholds(days=7))
    yield unknown("AWS does not say since when", instance("i-0f607182930415263", "stopped", Known(None)))
    yield unknown(
        "instances may not be described",
        sample(Instance, "i-00718293041526374", state=denied(Instance.state), state_since=denied(Instance.state_since)),
    )
