"""Dedicated Host without instances

## Why it matters
A Dedicated Host is charged for as a whole, from the moment it is allocated until it is released, whatever runs on it. On this one
nothing does.

## How to fix
Release the host, if nobody keeps it for failover or for licences that are bound to its hardware:

    aws ec2 release-hosts --host-ids HOST

`aws ec2 describe-hosts --host-ids HOST` shows its tags, and so perhaps whose it is. A host under a Dedicated Host Reservation stays
paid for until the reservation ends. A Mac host can be released 24 hours after it was allocated at the earliest.

## When it is fine
A move to it is under way, or it waits for the failover or the licences that it was allocated for.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    HOURS,
    Case,
    Confidence,
    Context,
    DedicatedHost,
    Fact,
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
)


class Thresholds(Limits, frozen=True):
    hours: float = 1
    """Hours after its allocation in which a host may be empty. Our own choice: the unit in which people think of its price."""


@rule(
    over=DedicatedHost,
    reads=(DedicatedHost.state, DedicatedHost.instances, DedicatedHost.allocated, DedicatedHost.type),
    pillar=Pillar.COST,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=Thresholds,
)
def check(host: DedicatedHost, about: Context[Thresholds]) -> Iterator[Verdict]:
    if isinstance(host.state, Known) and host.state.value != "available":
        yield ok("is {state}", state=host.state.value)
        return
    if isinstance(host.instances, Known) and host.instances.value:
        yield ok("has instances ({count})", count=len(host.instances.value))
        return
    limit = about.limits.hours
    moment = host.allocated.value if isinstance(host.allocated, Known) else None
    if moment and about.days_since(moment) * 24 <= limit:
        yield ok("was allocated in the last {hours} h", hours=limit)
        return
    state, _, allocated = need(host.state, host.instances, host.allocated)
    if allocated is None:
        raise Missing([Unknown(Reason.NO_DATA, DedicatedHost.LISTED_BY.name, DedicatedHost.LISTED_BY.action)])
    yield flag(
        "has no instance (allocated on {date})",
        date=allocated.date().isoformat(),
        state=state,
        type=host.type.value if isinstance(host.type, Known) else None,
        saving=paid(host, about),
    )


def paid(host: DedicatedHost, about: Context[Thresholds]) -> Money:
    """What the host costs in a month: hosts have one price for the family."""
    if isinstance(host.type, Unknown):
        return unknown_money("", host.type)
    if host.type.value is None:
        return unknown_money("EC2 names no instance type of this host")
    return about.money(Use("ec2-host-hour", host.region, host.type.value.partition(".")[0], HOURS))


def cases() -> Iterator[Case[DedicatedHost]]:
    def host(id: str, state: str, allocated: Fact[datetime | None], *instances: str) -> DedicatedHost:
        return sample(
            DedicatedHost, id, state=Known(state), allocated=allocated, instances=Known(instances), type=Known("mac2.metal")
        )

    def hours_ago(hours: float) -> Fact[datetime | None]:
        return Known(CASE_TIME - timedelta(hours=hours))

    yield passes("has an instance", host("h-0a1b2c3d4e5f60718", "available", hours_ago(900), "i-0a1b2c3d4e5f60718"))
    yield passes("just allocated", host("h-0b2c3d4e5f6071829", "available", hours_ago(0.5)))
    yield passes("released", host("h-0c3d4e5f607182930", "released", hours_ago(900)))
    mac2 = (priced("ec2-host-hour", "mac2", "0.799", "hour"),)
    yield fails("empty for weeks", host("h-0d4e5f60718293041", "available", hours_ago(900)), prices=mac2, saves="583.27")
    yield fails("empty, and its price is not known", host("h-0d5e6f708192a3b4c", "available", hours_ago(900)), saves="")
    yield unknown("AWS does not say since when", host("h-0e5f6071829304152", "available", Known(None)))
    yield unknown(
        "hosts may not be described",
        sample(
            DedicatedHost,
            "h-0f607182930415263",
            state=denied(DedicatedHost.state),
            instances=denied(DedicatedHost.instances),
            allocated=denied(DedicatedHost.allocated),
        ),
    )
