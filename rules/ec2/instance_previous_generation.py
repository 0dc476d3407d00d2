"""EC2 instance of a previous-generation type

## Why it matters
Newer types of the same family usually do more work for the same money or less. A type that EC2 no longer lists is retired: an instance
of it that stops, or whose host fails, may not start again.

## How to fix
Stop the instance, change it to the current type of its family (`m7i` instead of `m4`, say), and start it again:

    aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=TYPE
    aws ec2 stop-instances --instance-ids INSTANCE
    aws ec2 modify-instance-attribute --instance-id INSTANCE --instance-type Value=TYPE
    aws ec2 start-instances --instance-ids INSTANCE

The first command says in which zones the new type is offered. EBS volumes and private addresses stay; a public address that is not an
Elastic IP address changes, and instance store is lost. From Xen types (m4, c4, r4 and older) to Nitro the system needs the ENA and
NVMe drivers first. Graviton types need software built for arm64. In a launch template, make a new version.

## When it is fine
A reservation still pays for it, so that the difference between the list prices is not saved, or software is licensed or certified for
just this type. EC2's own mark
(`CurrentGeneration`) is off for some types that are only a few years old: no hurry with those.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Hardware,
    Instance,
    Known,
    Limits,
    Money,
    Pillar,
    Severity,
    Unknown,
    Verdict,
    denied,
    fails,
    flag,
    instance_money,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    successor,
    unknown,
    unknown_money,
)


@rule(
    over=Instance,
    reads=(
        Instance.hardware,
        Instance.type,
        Instance.state,
        Instance.lifecycle,
        Instance.tenancy,
        Instance.platform,
    ),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(instance: Instance, about: Context[Limits]) -> Iterator[Verdict]:
    hardware = need(instance.hardware)
    newer = successor(hardware.type)
    if not hardware.offered:
        yield flag(
            "is of type {type}, which EC2 no longer lists",
            key="retired",
            type=hardware.type,
            tier="retired",
            newer=newer,
            saving=saved(instance, newer, about),
        )
    elif not hardware.current_generation:
        yield flag(
            "is of type {type}, of a previous generation",
            key="previous",
            type=hardware.type,
            tier="previous",
            newer=newer,
            saving=saved(instance, newer, about),
        )
    else:
        yield ok("is of type {type}, of a current generation", type=hardware.type)


def saved(instance: Instance, newer: str | None, about: Context[Limits]) -> Money | None:
    """What the newer type of the same size saves in a month; nothing where none is known, or the instance does not run."""
    if newer is None or (isinstance(instance.state, Known) and instance.state.value != "running"):
        return None
    if isinstance(instance.state, Unknown):
        return unknown_money("", instance.state)
    return instance_money(instance, about, instead=newer).worth


def cases() -> Iterator[Case[Instance]]:
    def instance(id: str, type: str, *, offered: bool = True, current: bool = False, state: str = "running") -> Instance:
        return sample(
            Instance,
            id,
            hardware=Known(Hardware(type=type, offered=offered, current_generation=current)),
            type=Known(type),
            state=Known(state),
            lifecycle=Known("on-demand"),
            tenancy=Known("default"),
            platform=Known("Linux/UNIX"),
        )

    prices = (
        priced("ec2-hour", "m4.large", "0.123", "hour"),
        priced("ec2-hour", "m5.large", "0.118", "hour"),
        priced("ec2-hour", "t2.large", "0.1152", "hour"),
        priced("ec2-hour", "t3.large", "0.1152", "hour"),
    )

    yield passes("a current type", instance("i-0a1b2c3d4e5f60718", "m7i.large", current=True))
    yield fails("a previous generation", instance("i-0b2c3d4e5f6071829", "m4.large"), prices=prices, saves="3.65")
    yield fails("a previous generation, and one price is not known", instance("i-0b3c", "m4.large"), prices=prices[:1], saves="")
    yield fails("a previous generation that costs as much as its successor", instance("i-0b4c", "t2.large"), prices=prices)
    yield fails("a previous generation that does not run", instance("i-0b5c", "m4.large", state="stopped"), prices=prices)
    yield fails("a previous generation without a successor", instance("i-0b6c", "g2.2xlarge"), prices=prices)
    yield fails("a type that is gone", instance("i-0c3d4e5f607182930", "p2.xlarge", offered=False))
    yield unknown(
        "instance types may not be described", sample(Instance, "i-0d4e5f60718293041", hardware=denied(Instance.hardware))
    )
