"""EBS volume attached to nothing

## Why it matters
A volume costs the same whether anything uses it or not: the whole size, and provisioned IOPS and throughput on top. Volumes are
left over when an instance is terminated and its extra disks are not set to go with it. What is on them is often forgotten too.

## How to fix
Delete the volume, after taking a snapshot if anybody might still ask for its data:

    aws ec2 create-snapshot --volume-id VOLUME --description "before deleting VOLUME"
    aws ec2 delete-volume --volume-id VOLUME

Its tags may say whose it is. Deleting is final: wait until the snapshot is complete (it holds written blocks only and costs less). So
that it does not happen again, set `DeleteOnTermination` for the extra volumes of launch templates. If somebody detached it within
90 days, the event `DetachVolume` in CloudTrail's event history says who and when.

## When it is fine
The volume waits for something with a date: an instance that is being rebuilt, a data set that is mounted now and then. EC2 does not
say since when a volume is detached, so one that was detached yesterday is listed too if it is old enough.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
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
    volume_uses,
)


class Thresholds(Limits, frozen=True):
    days: float = 32
    """Days since the volume was created. 32 is how far AWS Compute Optimizer looks back for volumes that are attached to nothing."""


@rule(
    over=Volume,
    reads=(Volume.state, Volume.created, Volume.type, Volume.size_gib, Volume.iops, Volume.throughput),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(volume: Volume, about: Context[Thresholds]) -> Iterator[Verdict]:
    if isinstance(volume.state, Known) and volume.state.value != "available":
        yield ok("is {state}", state=volume.state.value)
        return
    if isinstance(volume.created, Known) and about.days_since(volume.created.value) <= about.limits.days:
        yield ok("was created on {date}", date=volume.created.value.date().isoformat())
        return
    state, created = need(volume.state, volume.created)
    yield flag(
        "is attached to nothing and was created {age} days ago (EC2 does not say when it was detached)",
        age=int(about.days_since(created)),
        state=state,
        type=volume.type.value if isinstance(volume.type, Known) else None,
        size_gib=volume.size_gib.value if isinstance(volume.size_gib, Known) else None,
        saving=about.money(*volume_uses(volume)),
    )


def cases() -> Iterator[Case[Volume]]:
    def volume(id: str, state: str, days: float) -> Volume:
        return sample(
            Volume,
            id,
            state=Known(state),
            created=Known(CASE_TIME - timedelta(days=days)),
            type=Known("gp3"),
            size_gib=Known(500),
            iops=Known(4000),
            throughput=Known(225),
        )

    prices = (
        priced("ebs-storage", "gp3", "0.0912", "GB-month"),
        priced("ebs-iops", "gp3", "0.0057", "IOPS-month"),
        priced("ebs-throughput", "gp3", "0.0456", "MiBps-month"),
    )

    yield passes("attached", volume("vol-0a1b2c3d4e5f60718", "in-use", 400))
    yield passes("made last week", volume("vol-0b2c3d4e5f6071829", "available", 7))
    yield passes("made this morning", volume("vol-0a9b8c7d6e5f40312", "available", 0.2))
    yield passes("exactly at the limit", volume("vol-0c3d4e5f607182930", "available", 32))
    yield fails("left over since last year", volume("vol-0d4e5f60718293041", "available", 412), prices=prices, saves="55.86")
    yield fails(
        "left over, and one price is not known", volume("vol-0d5e6f708192a3b4c", "available", 412), prices=prices[:2], saves=""
    )
    yield fails("a shorter limit", volume("vol-0e5f6071829304152", "available", 7), limits=Thresholds(days=5))
    yield unknown(
        "volumes may not be described",
        sample(Volume, "vol-0f607182930415263", state=denied(Volume.state), created=denied(Volume.created)),
    )
