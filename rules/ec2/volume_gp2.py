"""EBS volume of type gp2

## Why it matters
gp3 does the same work for about a fifth less per GiB, and 3,000 IOPS and 125 MiB/s come with any size, where gp2 gives 3 IOPS per
GiB and pays for peaks out of credits. A small gp2 volume that runs out of credits is simply slow.

## How to fix
Change the volume to gp3, which works while it is attached and in use:

    aws ec2 modify-volume --volume-id VOLUME --volume-type gp3

It takes minutes to hours. Above 1,000 GiB gp2 gives more than 3,000 IOPS, and from about 170 GiB up to 250 MiB/s: if the volume needs
that, add `--iops` and `--throughput` (what exceeds the included amount costs extra). Change launch templates and the storage classes
of Kubernetes too, or new volumes will be gp2 again. Terraform: `type = "gp3"`.

The saving is what is left after paying for the IOPS and throughput that gp2 of this size reaches. No saving is named where nothing is.

## When it is fine
The volume goes away soon, or it has about 170 to 250 GiB and needs 250 MiB/s: the throughput to add then eats up what gp3 saves.
"""

from collections.abc import Iterator

from auditor.sdk import (
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
    gp3_saving,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    unknown,
)


@rule(
    over=Volume,
    reads=(Volume.type, Volume.size_gib),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
)
def check(volume: Volume, about: Context[Limits]) -> Iterator[Verdict]:
    type = need(volume.type)
    if type == "gp2":
        size = volume.size_gib.value if isinstance(volume.size_gib, Known) else None
        yield flag("is of type {type}, not gp3", type=type, size_gib=size, saving=gp3_saving(volume, about).worth)
    else:
        yield ok("is of type {type}", type=type)


def cases() -> Iterator[Case[Volume]]:
    yield passes("gp3", sample(Volume, "vol-0a1b2c3d4e5f60718", type=Known("gp3"), size_gib=Known(100)))
    yield passes("io2", sample(Volume, "vol-0b2c3d4e5f6071829", type=Known("io2"), size_gib=Known(2000)))
    prices = (
        priced("ebs-storage", "gp2", "0.114", "GB-month"),
        priced("ebs-storage", "gp3", "0.0912", "GB-month"),
        priced("ebs-iops", "gp3", "0.0057", "IOPS-month"),
        priced("ebs-throughput", "gp3", "0.0456", "MiBps-month"),
    )
    small = sample(Volume, "vol-0c3d4e5f607182930", type=Known("gp2"), size_gib=Known(100))
    yield fails("gp2", small, prices=prices, saves="2.28")
    yield fails("gp2, and no price is known", small, saves="")
    yield fails(
        "gp2 with more IOPS and throughput than gp3 has for nothing",
        sample(Volume, "vol-0e5f6071829304152", type=Known("gp2"), size_gib=Known(2000)),
        prices=prices,
        saves="22.8",
    )
    yield fails(
        "gp2 of a size that saves nothing",
        sample(Volume, "vol-0f607182930415263", type=Known("gp2"), size_gib=Known(200)),
        prices=prices,
    )
    yield unknown("volumes may not be described", sample(Volume, "vol-0d4e5f60718293041", type=denied(Volume.type)))
