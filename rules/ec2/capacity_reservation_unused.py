"""Capacity reservation that is not fully used

## Why it matters
An On-Demand Capacity Reservation costs as much as the instances it is for, whether they run or not. At the moment of the scan part of
this one was free.

## How to fix
Reduce or cancel the reservation, if its CloudWatch metric `UsedInstanceCount` stayed below its size for weeks:

    aws ec2 modify-capacity-reservation --capacity-reservation-id RESERVATION --instance-count COUNT
    aws ec2 cancel-capacity-reservation --capacity-reservation-id RESERVATION

The metric is in the namespace `AWS/EC2CapacityReservations`. Instances use a reservation only when type, platform, zone and tenancy
are the same; a *targeted* one they must also name. A reservation that nothing ever uses often differs in one of these.

## When it is fine
It holds capacity for failover, for a launch with a date, or for work that comes and goes: one look says little. A Capacity Block is
paid in advance and cannot be cancelled. What another account shares with you is reserved at that account's cost.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CapacityReservation,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    machine_money,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


@rule(
    over=CapacityReservation,
    reads=(
        CapacityReservation.state,
        CapacityReservation.available,
        CapacityReservation.total,
        CapacityReservation.type,
        CapacityReservation.platform,
        CapacityReservation.tenancy,
    ),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    since="0.1",
)
def check(reservation: CapacityReservation, about: Context[Limits]) -> Iterator[Verdict]:
    state = need(reservation.state)
    if state != "active":
        yield skip("is {state}: it holds no capacity", state=state)
        return
    available = need(reservation.available)
    if available > 0:
        yield flag(
            "unused instances at the moment of the scan: {available}",
            available=available,
            total=reservation.total.value if isinstance(reservation.total, Known) else None,
            type=reservation.type.value if isinstance(reservation.type, Known) else None,
            saving=machine_money(
                reservation.type, reservation.platform, reservation.tenancy, available, reservation.region, about
            ),
        )
    else:
        yield ok("was fully used at the moment of the scan")


def cases() -> Iterator[Case[CapacityReservation]]:
    def reservation(id: str, state: str, available: int) -> CapacityReservation:
        return sample(
            CapacityReservation,
            id,
            state=Known(state),
            available=Known(available),
            total=Known(8),
            type=Known("p4d.24xlarge"),
            platform=Known("Linux/UNIX"),
            tenancy=Known("default"),
        )

    prices = (priced("ec2-hour", "p4d.24xlarge", "26.9625", "hour"),)

    yield passes("used up", reservation("cr-0a1b2c3d4e5f60718", "active", 0))
    yield fails("three of eight are free", reservation("cr-0b2c3d4e5f6071829", "active", 3), prices=prices, saves="59047.875")
    yield fails("one is free, and no price is known", reservation("cr-0b3c4d5e6f708192a", "active", 1), saves="")
    yield skips("cancelled", reservation("cr-0c3d4e5f607182930", "cancelled", 0))
    yield unknown(
        "reservations may not be described",
        sample(
            CapacityReservation,
            "cr-0d4e5f60718293041",
            state=denied(CapacityReservation.state),
            available=denied(CapacityReservation.available),
        ),
    )
