"""When a transition pays: from which object size, after how many days, and what it is in money where a bucket's sizes are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import partial

import msgspec

from auditor.lifecycle.classes import CLASSES, SMALL
from auditor.lifecycle.holding import (
    DAYS_A_MONTH,
    INFREQUENT,
    INSTANT,
    Lot,
    Uses,
    amount,
    held,
    less,
    moved,
    over,
    overhead,
    rest,
)
from auditor.lifecycle.subject import Action, Event, Subject, Usage
from auditor.model.money import Money, Unpriced, unknown_money
from auditor.model.price import Price, Prices
from auditor.source.positions import shown

HORIZON = 365
"""Days within which a transition has to pay that nothing follows. A year is ours: less hides what archives are for, more is a promise."""
SHOCK_MONTHS = 6
"""Months of saving that the requests of a transition may cost before it is called a shock. Ours; a bucket of many small objects pays
them all on the day a rule is switched on."""
KB = 1024
SIZES = (KB, 8 * KB, 32 * KB, SMALL - 1, SMALL, 256 * KB, 512 * KB, KB * KB, 4 * KB * KB, 16 * KB * KB, 128 * KB * KB, KB**3)
"""Bytes at which the curve is drawn: both sides of 128 KB, where the charges change, and what is usual around."""
UNREAD = "nothing is read: a read costs retrieval in some classes, and brings an object of Intelligent-Tiering back to its frequent tier"
ALIKE = "objects are of one size, the average"
ALIKE_IN_CLASS = "objects of a class are of one size, the average of the class"
SHARED = "objects of every storage class are of the same average size: AWS counts them over all classes"
UNSIZED = "how many bytes and objects there are is not known"
ALL = "the rule applies to all bytes of the class"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A transition of an object. ``spent``: days in class ``start`` before it. ``stay``: days in class ``end`` up to what comes next,
    ``None`` where nothing does."""

    start: str
    end: str
    spent: int
    stay: int | None = None

    @property
    def within(self) -> int:
        """Days within which it has to pay."""
        return HORIZON if self.stay is None else self.stay


class Point(msgspec.Struct, frozen=True):
    """An object of ``size`` bytes pays from ``days`` in its new class on. ``None``: however long it stays, it does not pay."""

    size: int
    days: int | None


class BreakEven(msgspec.Struct, frozen=True, kw_only=True):
    """From where a transition pays.

    ``size``: bytes from which an object pays within ``step.within`` days; ``None``: at no size, or not known. ``curve``: days for sizes.
    Nothing is known where a price is not: ``unpriced`` says which, or ``why`` in words.
    """

    step: Step
    size: int | None = None
    curve: tuple[Point, ...] = ()
    prices: tuple[Price, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    why: str = ""
    assumptions: tuple[str, ...] = (UNREAD,)

    @property
    def known(self) -> bool:
        """All the prices are known."""
        return not self.unpriced and not self.why

    @property
    def verified(self) -> bool:
        """Every price was compared with AWS's price list, and none is another region's."""
        return self.known and all(one.verified and one.elsewhere is None for one in self.prices)


class InMoney(msgspec.Struct, frozen=True, kw_only=True):
    """What a transition comes to for the bytes that a bucket has in its class.

    ``fee``: its requests, once. ``early``: what is charged for days that objects do not stay, in either class, once. ``saving``: by month,
    on average over ``step.within`` days. ``overhead``: the part of a month's charge for bytes that are not there: least sizes, index and
    name. ``payback``: months after which the saving has paid the requests and what is due for leaving early, either class; ``None`` where
    it never does or is not known. ``shock``: the requests cost more than :data:`SHOCK_MONTHS` of saving.
    """

    step: Step
    bytes: int | None
    objects: int | None
    fee: Money
    early: Money
    saving: Money
    overhead: Money
    payback: Decimal | None = None
    shock: bool | None = None
    assumptions: tuple[str, ...] = ()


def along(subject: Subject, events: Sequence[Event]) -> tuple[Step, ...]:
    """The transitions of a timeline, each with the time before and after it."""
    found: list[Step] = []
    name, since = subject.storage_class, subject.created
    ends = [event for event in events if event.action in (Action.TRANSITION, Action.DELETE)]
    for number, event in enumerate(ends):
        if event.storage_class is None:
            break
        stay = (ends[number + 1].at - event.at).days if number + 1 < len(ends) else None
        found.append(Step(start=name, end=event.storage_class, spent=(event.at - since).days, stay=stay))
        name, since = event.storage_class, event.at
    return tuple(found)


def break_even(step: Step, prices: Prices, region: str, sizes: Iterable[int] = SIZES) -> BreakEven:
    """From which size and how many days on a transition pays, at a region's prices of the first 50 TB."""
    strange = _strange(step)
    if strange:
        return BreakEven(step=step, why=strange)
    # Asked at a size and a time at which every tier has its part, so that all prices that matter are looked up.
    whole = amount(prices, _gain(step, region, SMALL, step.within + INSTANT + 1) + _gain(step, region, 1, 1), "once")
    if whole.amount is None:
        return BreakEven(step=step, unpriced=whole.unpriced, why=whole.why)

    def gain(size: int, days: int) -> Decimal:
        found = amount(prices, _gain(step, region, size, days), "once").amount
        assert found is not None  # noqa: S101  all its prices were found above
        return found

    days = sorted({1, *(one for one in _turns(step) if one > 1)})
    size = _above(lambda one: gain(one, step.within), (1, SMALL))
    curve = tuple(Point(one, _above(partial(gain, one), days)) for one in sorted(sizes))
    used = {(part.price.kind, part.price.item): part.price for part in whole.parts}
    return BreakEven(step=step, size=size, curve=curve, prices=tuple(used[key] for key in sorted(used)))


def in_money(step: Step, usage: Usage | None, prices: Prices, region: str, why: str = UNSIZED) -> InMoney:
    """What a transition comes to for all the bytes that a bucket has in the class that it leaves. Without sizes nothing is known, and
    ``why`` says so."""
    if usage is None:
        return _unknown(step, None, why)
    size, count = usage.bytes.get(step.start, 0), usage.count(step.start)
    unfit = _strange(step) or ("the number of objects is not known" if count is None else "")
    if unfit or count is None:
        return _unknown(step, size, unfit)
    lot = Lot(count, size)
    months = Decimal(max(step.within, 1)) / DAYS_A_MONTH
    before = held(region, step.start, lot, step.within, since=step.spent)
    after = held(region, step.end, lot, step.within)
    fee = amount(prices, moved(region, step.end, lot), "once")
    short = rest(region, step.end, lot, step.stay) if step.stay is not None else ()
    early = amount(prices, rest(region, step.start, lot, step.spent) + short, "once")
    saving = amount(prices, over(before + less(after), months))
    payback, shock = _payback(step, fee, early, saving)
    return InMoney(
        step=step,
        bytes=size,
        objects=count,
        fee=fee,
        early=early,
        saving=saving,
        overhead=amount(prices, overhead(region, step.end, lot)),
        payback=payback,
        shock=shock,
        assumptions=(UNREAD, ALL, ALIKE, *((SHARED,) if usage.shared else ())),
    )


def _gain(step: Step, region: str, size: int, days: int) -> Uses:
    """What an object that moves has saved ``days`` later, all that it costs to leave then taken off."""
    lot = Lot(1, size)
    return (
        *held(region, step.start, lot, days, since=step.spent),
        *less(held(region, step.end, lot, max(days, CLASSES[step.end].minimum_days))),
        *less(moved(region, step.end, lot)),
        *less(rest(region, step.start, lot, step.spent)),
    )


def _turns(step: Step) -> tuple[int, ...]:
    """Days at which the daily gain changes: the least duration, and the tiers of Intelligent-Tiering."""
    turns = [CLASSES[step.end].minimum_days]
    if step.end == "INTELLIGENT_TIERING":
        turns += (INFREQUENT, INSTANT)
    if step.start == "INTELLIGENT_TIERING":
        turns += (INFREQUENT - step.spent, INSTANT - step.spent)
    return tuple(turns)


def _above(gain: Callable[[int], Decimal], turns: Sequence[int]) -> int | None:
    """The least number from which on the gain is above zero for good; ``None``: from none on.

    The gain is a straight line from each of the turns up to just before the next one, and to the last there is no end.
    """
    for number in range(len(turns) - 1, -1, -1):
        low = turns[number]
        high = turns[number + 1] - 1 if number + 1 < len(turns) else None
        at_low = gain(low)
        slope = gain(low + 1) - at_low if high is None or high > low else Decimal(0)
        if high is None and (slope < 0 or (slope == 0 and at_low <= 0)):
            return None
        if slope > 0 and at_low <= 0:
            found = low + 1 + int((-at_low / slope).to_integral_value(ROUND_FLOOR))
            # The division is rounded; the gain itself is not.
            while gain(found) <= 0 and (high is None or found <= high):
                found += 1
            while gain(found - 1) > 0:
                found -= 1
            return found if high is None else min(found, high + 1)
        if high is not None and gain(high) <= 0:
            return high + 1
    return turns[0]


def _payback(step: Step, fee: Money, early: Money, saving: Money) -> tuple[Decimal | None, bool | None]:
    """Months after which the saving has paid for the move, if objects stay so long, and whether its requests are a shock."""
    if fee.amount is None or early.amount is None or saving.amount is None:
        return None, None
    shock = fee.amount > SHOCK_MONTHS * max(saving.amount, Decimal(0))
    if saving.amount <= 0:
        return None, shock
    months = (fee.amount + early.amount) / saving.amount
    return (months if step.stay is None or months * DAYS_A_MONTH <= step.stay else None), shock


def _unknown(step: Step, size: int | None, why: str) -> InMoney:
    unknown = unknown_money(why)
    return InMoney(step=step, bytes=size, objects=None, fee=unknown, early=unknown, saving=unknown, overhead=unknown)


def _strange(step: Step) -> str:
    """Why nothing can be said of a step between classes of which we do not know what they charge."""
    names = [shown(name) for name in (step.start, step.end) if name not in CLASSES]
    return f"what storage class {names[0]} charges is not known" if names else ""
