"""Reserved Instances that end soon or just ended

## Why it matters
When a reservation ends, nothing stops: the instances run on at the On-Demand price, and the next bill is the first to say so. The
weeks before are the time to choose what comes next.

## How to fix
Decide before the end date whether to buy the reservation again, move to a Savings Plan, or let it go on purpose:

    aws ec2 describe-reserved-instances --reserved-instances-ids RESERVATION
    aws ce get-savings-plans-purchase-recommendation --savings-plans-type COMPUTE_SP --term-in-years ONE_YEAR \\
      --payment-option NO_UPFRONT --lookback-period-in-days THIRTY_DAYS

Look at what still runs on it, and for how long it will. Cost Explorer charges for each request of its API. A regional reservation can
be queued to start the moment the old one ends (`aws ec2 purchase-reserved-instances-offering --purchase-time`).

## When it is fine
What it paid for is gone or going, or a Savings Plan already covers it. A convertible reservation that was exchanged ended too: its
successor is in the list.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Missing,
    Pillar,
    Reason,
    ReservedInstances,
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
    skip,
    skips,
    unknown,
)


class Thresholds(Limits, frozen=True):
    days_before: float = 30
    """Days before its end from which a reservation is reported. AWS Trusted Advisor, *Amazon EC2 Reserved Instance Lease
    Expiration*: 30."""
    days_after: float = 30
    """Days after its end until which a reservation is reported. AWS Trusted Advisor (as above): 30."""


@rule(
    over=ReservedInstances,
    reads=(ReservedInstances.state, ReservedInstances.end, ReservedInstances.type, ReservedInstances.count),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(reserved: ReservedInstances, about: Context[Thresholds]) -> Iterator[Verdict]:
    state = need(reserved.state)
    if state not in ("active", "retired"):
        yield skip("is {state}: it is not in force", state=state)
        return
    end = need(reserved.end)
    if end is None:
        raise Missing([Unknown(Reason.NO_DATA, ReservedInstances.LISTED_BY.name, ReservedInstances.LISTED_BY.action)])
    left = -about.days_since(end)
    date = end.date().isoformat()
    type = reserved.type.value if isinstance(reserved.type, Known) else None
    count = reserved.count.value if isinstance(reserved.count, Known) else None
    if 0 <= left < about.limits.days_before:
        yield flag("ends on {date} (days left: {days})", key="ending", days=int(left), date=date, type=type, count=count)
    elif -about.limits.days_after < left < 0:
        yield flag("ended on {date} (days ago: {days})", key="ended", days=int(-left), date=date, type=type, count=count)
    elif left < 0:
        yield ok("ended long ago, on {date}", date=date)
    else:
        yield ok("ends on {date} (days left: {days})", days=int(left), date=date)


def cases() -> Iterator[Case[ReservedInstances]]:
    def reserved(id: str, state: str, end: Fact[datetime | None]) -> ReservedInstances:
        return sample(ReservedInstances, id, state=Known(state), end=end, type=Known("m5.2xlarge"), count=Known(4))

    def days(days: float) -> Fact[datetime | None]:
        return Known(CASE_TIME + timedelta(days=days))

    yield passes("ends next year", reserved("4b2293b4-0001", "active", days(330)))
    yield passes("ended last year", reserved("4b2293b4-0002", "retired", days(-400)))
    yield fails("ends in two weeks", reserved("4b2293b4-0003", "active", days(14)))
    yield fails("ended last week", reserved("4b2293b4-0004", "retired", days(-7)))
    yield fails("a longer notice", reserved("4b2293b4-0005", "active", days(60)), limits=Thresholds(days_before=90))
    yield skips("queued", reserved("4b2293b4-0006", "queued", Known(None)))
    yield unknown("AWS does not say when it ends", reserved("4b2293b4-0007", "active", Known(None)))
    yield unknown(
        "reservations may not be described",
        sample(ReservedInstances, "4b2293b4-0008", state=denied(ReservedInstances.state), end=denied(ReservedInstances.end)),
    )
