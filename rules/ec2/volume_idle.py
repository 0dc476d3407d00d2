"""EBS volume that hardly anything reads or writes

## Why it matters
The volume is attached to a running instance, yet for a week hardly a block of it was read or written. It costs as much as a busy one;
often it is a second disk from an AMI, or an old data set that nobody mounts any more.

## How to fix
Snapshot, detach and delete the volume, once `lsblk -f` on the instance shows that it is not mounted:

    aws ec2 create-snapshot --volume-id VOLUME --description "before deleting VOLUME"
    aws ec2 detach-volume --volume-id VOLUME
    aws ec2 delete-volume --volume-id VOLUME

On Windows, look in *Disk Management*. Take the volume out of the launch template or AMI too. For data that is read a few times a year
S3 costs much less.

## When it is fine
A standby disk, a database kept ready for failover, or work that comes once a month or quarter: a week says nothing about those.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from auditor.sdk import (
    Attachment,
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
    Series,
    Severity,
    Unknown,
    Verdict,
    Volume,
    any_of,
    denied,
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
    volume_uses,
)


class Thresholds(Limits, frozen=True):
    days: int = 7
    """Whole days before the scan that are looked at, at most 14. AWS Trusted Advisor, *Underutilized Amazon EBS Volumes*: 7."""
    operations_per_day: float = 1
    """Reads and writes a day, on average, from which a volume is in use. AWS Trusted Advisor (as above): 1."""
    coverage: float = 0.8
    """Share (0 to 1) of the days that must have a datapoint before the volume is called idle. Our own choice."""


def _running(about: Context[Thresholds], region: str, instance: str) -> Fact[bool]:
    """Whether the instance runs. One that the complete list does not hold is unknown, not stopped."""
    found = about.get(Instance, region, instance)
    if isinstance(found, Unknown):
        return found
    if found.value is None:
        return Unknown(Reason.NO_DATA, Instance.LISTED_BY.name, Instance.LISTED_BY.action)
    return found.value.state.map(lambda state: state == "running")


def _latest(fact: Fact[tuple[Series, ...]], days: int) -> Fact[tuple[Series, ...]]:
    return fact.map(lambda series: tuple(one.since(one.end - timedelta(days=days)) for one in series))


def _total(fact: Fact[tuple[Series, ...]]) -> float:
    """The operations that are known of: never more than there were."""
    return sum(one.total or 0 for one in fact.value) if isinstance(fact, Known) else 0


@rule(
    over=Volume,
    reads=(
        Volume.attachments,
        Volume.read_ops,
        Volume.write_ops,
        Volume.type,
        Volume.size_gib,
        Volume.iops,
        Volume.throughput,
        Instance.state,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(volume: Volume, about: Context[Thresholds]) -> Iterator[Verdict]:
    attachments = need(volume.attachments)
    if not any_of(_running(about, volume.region, one.instance) for one in attachments):
        yield skip("is not attached to a running instance (attachments: {count})", count=len(attachments))
        return
    limits = about.limits
    days = min(limits.days, 14)
    reads, writes = _latest(volume.read_ops, days), _latest(volume.write_ops, days)
    operations = int(_total(reads) + _total(writes))
    if operations >= days * limits.operations_per_day:
        yield ok("reads and writes in {days} days: {operations} or more", operations=operations, days=days)
        return
    missing: list[Unknown] = []
    for fact in (reads, writes):
        try:
            need_data(fact, coverage=limits.coverage)
        except Missing as error:
            missing += error.unknowns
    if missing:
        raise Missing(missing)
    yield flag(
        "hardly used by its running instance (reads and writes in {days} days: {operations})",
        operations=operations,
        days=days,
        instances=[one.instance for one in attachments],
        type=volume.type.value if isinstance(volume.type, Known) else None,
        size_gib=volume.size_gib.value if isinstance(volume.size_gib, Known) else None,
        saving=about.money(*volume_uses(volume)),
    )


def cases() -> Iterator[Case[Volume]]:
    def operations(metric: str, id: str, values: Sequence[float | None]) -> Fact[tuple[Series, ...]]:
        return Known((series_of("AWS/EBS", metric, "Sum", values, period=86400, dimensions={"VolumeId": id}),))

    def volume(id: str, instance: str, reads: Sequence[float | None], writes: Sequence[float | None]) -> Volume:
        return sample(
            Volume,
            id,
            attachments=Known((Attachment(instance, "/dev/sdf", False),) if instance else ()),
            read_ops=operations("VolumeReadOps", id, reads),
            write_ops=operations("VolumeWriteOps", id, writes),
            type=Known("io2"),
            size_gib=Known(2000),
            iops=Known(40_000),
            throughput=Known(None),
        )

    prices = (
        priced("ebs-storage", "io2", "0.1278", "GB-month"),
        priced("ebs-iops", "io2", "0.0666", "IOPS-month"),
        priced("ebs-iops", "io2#32000IOPS", "0.0466", "IOPS-month"),
    )

    up = sample(Instance, "i-0a1b2c3d4e5f60718", state=Known("running"))
    down = sample(Instance, "i-0b2c3d4e5f6071829", state=Known("stopped"))
    quiet = [0.0] * 14
    none: list[float | None] = [None] * 14
    yield passes("written every day", volume("vol-0a1b", up.id, quiet, [1200.0] * 14), up)
    yield passes("read on one day, and no data else", volume("vol-0b2c", up.id, [*none[:10], 9000.0, *none[:3]], none), up)
    yield fails("nothing for two weeks", volume("vol-0c3d", up.id, quiet, quiet), up, prices=prices, saves="2759.6")
    yield fails(
        "nothing, and the price of many IOPS is not known",
        volume("vol-0c4d", up.id, quiet, quiet),
        up,
        prices=prices[:2],
        saves="",
    )
    yield fails(
        "nothing, and a gp3 volume with throughput that comes with it",
        sample(
            Volume,
            "vol-0c5d",
            attachments=Known((Attachment(up.id, "/dev/sdf", False),)),
            read_ops=operations("VolumeReadOps", "vol-0c5d", quiet),
            write_ops=operations("VolumeWriteOps", "vol-0c5d", quiet),
            type=Known("gp3"),
            size_gib=Known(100),
            iops=Known(3000),
            throughput=Known(125),
        ),
        up,
        prices=(priced("ebs-storage", "gp3", "0.0912", "GB-month"),),
        saves="9.12",
    )
    yield fails("busy until eight days ago", volume("vol-0d4e", up.id, [5000.0] * 6 + [0.0] * 8, quiet), up)
    yield fails("a few reads, but fewer than one a day", volume("vol-0e5f", up.id, [0.0] * 12 + [3.0, 0.0], quiet), up)
    yield skips("attached to nothing", volume("vol-0f60", "", none, none))
    yield skips("the instance is stopped", volume("vol-0071", down.id, quiet, quiet), down)
    yield unknown("no datapoints", volume("vol-0182", up.id, none, none), up)
    yield unknown("datapoints of three days only", volume("vol-0293", up.id, [*none[:11], 0.0, 0.0, 0.0], quiet), up)
    yield unknown("instances may not be listed", volume("vol-03a4", up.id, quiet, quiet), unlisted=(Instance,))
    yield unknown("the instance is gone from the list", volume("vol-04b5", "i-0ffffffffffffffff", quiet, quiet))
    yield unknown(
        "metrics may not be read",
        sample(
            Volume,
            "vol-05c6",
            attachments=Known((Attachment(up.id, "/dev/sdf", False),)),
            read_ops=denied(Volume.read_ops),
            write_ops=denied(Volume.write_ops),
        ),
        up,
    )
