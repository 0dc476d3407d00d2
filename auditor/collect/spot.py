"""What instances cost as spot instances, from EC2's history of spot prices.

A spot price moves, by the day and by the zone, and what somebody would pay next month nobody knows. The price of a type is therefore the
median of the last seven days: of every second in every zone of the region, what it cost then. The range stands with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from auditor.collect.door import Door
from auditor.collect.price_list import figure
from auditor.model import calls
from auditor.model.fact import Known, Unknown
from auditor.model.price import Price
from auditor.money.kinds import fault
from auditor.money.shown import plain

PERIOD = timedelta(days=7)
"""How far back. Long enough for working days and a weekend, short enough to follow the market; our own choice. AWS keeps 90 days."""
TYPES = 100
"""Instance types in one question. Those of one question are lost together when a page is."""
SYSTEM = "Linux/UNIX"


class _Change(msgspec.Struct, frozen=True, order=True):
    """From when on what a type cost in a zone."""

    at: datetime
    amount: Decimal


def spot(door: Door, region: str, types: Iterable[str], now: datetime) -> tuple[tuple[Price, ...], tuple[Unknown, ...]]:
    """The prices of these types, and why some are missing. Never raises for what AWS or the network does."""
    seen: dict[str, dict[str, list[_Change]]] = {}
    missing: list[Unknown] = []
    every = tuple(types)
    for some in (every[start : start + TYPES] for start in range(0, len(every), TYPES)):
        asked = {"InstanceTypes": list(some), "ProductDescriptions": [SYSTEM], "StartTime": now - PERIOD, "EndTime": now}
        listing = door.pages(calls.DESCRIBE_SPOT_PRICE_HISTORY, region, "SpotPriceHistory", asked, of=some[0])
        if listing.missing:
            missing += listing.missing
            continue  # the median of half a history would look like that of a whole one
        for entry in listing.entries:
            one = entry.take(
                lambda r: (
                    str(r["InstanceType"]),
                    str(r["AvailabilityZone"]),
                    _Change(_moment(r["Timestamp"]), _figure(r["SpotPrice"])),
                )
            )
            if isinstance(one, Known) and entry.raw.get("ProductDescription", SYSTEM) == SYSTEM:
                type, zone, change = one.value
                seen.setdefault(type, {}).setdefault(zone, []).append(change)
    prices = [price for type in sorted(seen) if (price := _price(type, region, seen[type], now))]
    return tuple(price for price in prices if fault(price) is None), tuple(missing)


def _price(type: str, region: str, zones: dict[str, list[_Change]], now: datetime) -> Price | None:
    spans = [span for zone in sorted(zones) for span in _spans(sorted(zones[zone]), now)]
    amount = _median(spans)
    if amount is None:
        return None
    low, high = plain(min(cost for cost, _ in spans)), plain(max(cost for cost, _ in spans))
    where = f"{len(zones)} zones" if len(zones) > 1 else "1 zone"
    return Price(
        kind="ec2-spot-hour",
        region=region,
        item=type,
        amount=amount,
        per="hour",
        as_of=now.date(),
        source=f"EC2 spot price history, the median of {PERIOD.days} days in {where}, from {low} to {high}",
        basis="spot",
    )


def _spans(changes: Sequence[_Change], now: datetime) -> list[tuple[Decimal, timedelta]]:
    """What it cost, for how long, within the period. The last change before the period tells what it cost when that began."""
    begins = [max(change.at, now - PERIOD) for change in changes]
    return [
        (change.amount, lasted)
        for change, begin, end in zip(changes, begins, [*begins[1:], now], strict=True)
        if (lasted := end - begin) > timedelta(0)
    ]


def _median(spans: Iterable[tuple[Decimal, timedelta]]) -> Decimal | None:
    """What it cost at most for half of the time; ``None``: there is no time."""
    ordered = sorted(spans)
    half = sum((lasted for _, lasted in ordered), timedelta(0)) / 2
    passed = timedelta(0)
    for cost, lasted in ordered:
        passed += lasted
        if passed >= half:
            return cost
    return None


def _figure(value: object) -> Decimal:
    found = figure(str(value))
    if found is None:
        raise ValueError("not a figure")
    return found


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not a moment")
    return value
