"""What lifecycle findings come to in money, from what CloudWatch says is in a bucket.

Fees and requests are paid once, for the objects that are there today; what a month costs is apart from them. The sizes that there are
say nothing of prefixes, tags and versions: where rules make a difference between those, an amount is unknown, and says what it would be
for the whole bucket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any, TypeAlias

import msgspec

from auditor.engine.charges import part_of
from auditor.engine.context import Context
from auditor.engine.s3_use import usage_of
from auditor.lifecycle import words
from auditor.lifecycle.charges import Charge, charges
from auditor.lifecycle.check import Found
from auditor.lifecycle.checks.effect import AFTER_EXPIRY, LADDER
from auditor.lifecycle.checks.fees import EARLY
from auditor.lifecycle.checks.small import LOSE, STAY, UNWATCHED
from auditor.lifecycle.config import Config, Facts, collected
from auditor.lifecycle.costs import ALIKE, ALL, HORIZON, SHARED, BreakEven, Step, along, break_even
from auditor.lifecycle.days import moment
from auditor.lifecycle.holding import Lot, Uses, amount, moved, overhead, rest
from auditor.lifecycle.subject import Event, Usage
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.money import Money, unknown_money
from auditor.model.price import Price, Prices
from auditor.model.s3 import Bucket, Lifecycle, LifecycleRule
from auditor.model.s3_report import StorageReport
from auditor.money.shown import text

NOTHING = frozenset({AFTER_EXPIRY, LADDER, STAY})
"""Checks of transitions that do not take place: no request is made, and nothing is saved either."""
CHARGED = frozenset({EARLY, LOSE, UNWATCHED})
"""Checks of what is charged by the bytes and objects that there are."""
SOME = (128 * 1024, 1024**2, 16 * 1024**2, 128 * 1024**2)
"""Bytes of objects of which it is said when they pay, where it is not known how large those of the bucket are."""
INVENTORY = "an S3 Inventory report would tell"
Reported: TypeAlias = tuple[StorageReport, Usage]
"""A report, and what is in the bucket by that."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a bucket holds, the prices of its region, and its versioning: ``None`` where that is not known. ``report``: what says so, where
    it is not CloudWatch."""

    usage: Fact[Usage]
    prices: Prices
    region: str
    versioning: str | None
    report: StorageReport | None = None


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding costs in a month and once, and what is to be said of that."""

    cost: Money | None = None
    once: Money | None = None
    said: Mapping[str, str | list[str]] = {}


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """A transition of the objects that are in class ``origin`` today.

    ``after``: days from writing, of versions from when they became noncurrent. ``objects``: how many there are, and ``size``: bytes of one
    on average; none where that is not known. ``fee``: its requests, once. ``said``: from which size and when it pays, what it saves and
    when that has paid the requests, in words.
    ``supposed``: what all that rests on.
    """

    rules: tuple[str, ...]
    start: str
    end: str
    after: int
    origin: str
    objects: int
    size: int
    fee: Money
    said: str
    supposed: tuple[str, ...]


def holding(bucket: Bucket, about: Context[Any], reported: Reported | None = None) -> Holding:
    """What a bucket holds: as a report says, where one does, else as CloudWatch does.

    Reads ``Bucket.sizes``, ``Bucket.created``, ``Bucket.object_count`` and ``Bucket.versioning``."""
    status = bucket.versioning.value.status if isinstance(bucket.versioning, Known) else None
    report, usage = (None, usage_of(bucket, about.taken_at)) if reported is None else (reported[0], Known(reported[1]))
    return Holding(usage=usage, prices=about.prices, region=bucket.region, versioning=status, report=report)


def amounts(found: Found, lifecycle: Lifecycle, holding: Holding | None, today: datetime) -> Amounts:
    """What a finding comes to; nothing where it is about no money, or nobody said what the bucket holds."""
    if found.check in NOTHING:
        said = "nothing is charged for a transition that does not take place, and nothing is saved"
        return Amounts(once=Money(amount=Decimal(0), per="once"), said={"money": said})
    if found.check not in CHARGED or holding is None or found.proof is None:
        return Amounts()
    if isinstance(holding.usage, Unknown):
        unknown = unknown_money("", holding.usage)
        return Amounts(cost=unknown if found.check is LOSE else None, once=_once(unknown))
    usage, region = holding.usage.value, holding.region
    config = collected(lifecycle, Facts(today=today, versioning=holding.versioning))
    target = found.part.split(" ")[0 if found.check is EARLY else -1]
    fees: Uses = ()
    added: Uses = ()
    ways = [(name, step) for name in usage.bytes if (step := _way(found, config, name, target, _size(usage, name))) is not None]
    if not ways and any(_way(found, config, name, target, found.proof.subject.size) for name in usage.bytes):
        unknown = unknown_money(
            f"objects of the average size do not go this way, and how many others do is not known: {INVENTORY}"
        )
        return Amounts(cost=unknown if found.check is LOSE else None, once=_once(unknown))
    for origin, step in ways:
        lot = Lot(usage.count(origin) or 0, usage.bytes[origin])
        if found.check is EARLY:
            fees += rest(region, target, lot, step.stay) if step.stay is not None else ()
        else:
            # What has moved already made its requests.
            fees += moved(region, target, lot) if origin != target else ()
            added += overhead(region, target, lot)
    once = _open(amount(holding.prices, fees, "once"), config, holding)
    cost = _open(amount(holding.prices, added), config, holding) if found.check is LOSE else None
    return Amounts(cost=cost, once=once, said={"pays": [*_pays(found, config, target, holding)], "supposed": [*_supposed(usage)]})


def movings(lifecycle: Lifecycle, holding: Holding, today: datetime, versioning: str | None) -> tuple[tuple[Moving, ...], bool]:
    """The transitions that objects of a bucket make if its versioning is ``versioning``, and whether all rules were tried.

    Where it is not known what the bucket holds, those of objects in S3 Standard, with the days after which some sizes pay.
    """
    usage = holding.usage.value if isinstance(holding.usage, Known) else None
    average = sum(usage.bytes.values()) // usage.total if usage is not None and usage.total else None
    config = collected(lifecycle, Facts(today=today, versioning=versioning, average_size=average))
    sizes = SOME if average is None else (average,)
    made = charges(config, holding.prices, holding.region, usage, sizes)
    return tuple(_moving(one, config, usage, holding) for one in made), not config.exhausted


def _moving(one: Charge, config: Config, usage: Usage | None, holding: Holding) -> Moving:
    fee = _open(one.money.fee, config, holding)
    parts = [f"{one.step.start} to {one.step.end} after {words.days(one.after)}", _from_size(one.even)]
    if one.money.saving.amount is not None and one.money.fee.amount is not None:
        whole = "" if fee.amount is not None else "of the whole bucket, "
        back = "never paid back"
        if one.money.payback is not None:
            back = f"paid back in {one.money.payback.quantize(Decimal('0.1'), rounding=ROUND_UP):,f} months"
        parts.append(
            f"{whole}{text(one.money.fee.amount, one.money.fee.currency)} once for requests, and "
            f"{text(one.money.saving.amount, one.money.saving.currency)} a month are saved: {back}"
        )
    return Moving(
        rules=one.rules,
        start=one.step.start,
        end=one.step.end,
        after=one.after,
        origin=one.origin,
        objects=one.money.objects or 0,
        size=(one.money.bytes or 0) // one.money.objects if one.money.objects else 0,
        fee=fee,
        said="; ".join(parts),
        supposed=(*one.even.assumptions, *(_supposed(usage) if usage is not None else ())),
    )


def _size(usage: Usage, name: str) -> int:
    """Bytes of an object of a class on average."""
    return usage.bytes[name] // (usage.count(name) or 1)


def _way(found: Found, config: Config, name: str, target: str, size: int) -> Step | None:
    """The step with which objects of class ``name`` come to the class that a finding is about; of what is there already, the step with
    which the object came there that proves it. ``None``: objects of this size do not come there."""
    assert found.proof is not None  # noqa: S101  asked before
    start = found.proof.subject.storage_class if name == target else name
    subject = msgspec.structs.replace(found.proof.subject, storage_class=start, size=size)
    made = config.steps(subject)
    events = [Event(at=moment(day), action=action, storage_class=to, rules=ids) for day, action, to, ids in made]
    return next((one for one in along(subject, events) if one.end == target), None)


def _pays(found: Found, config: Config, target: str, holding: Holding) -> Iterator[str]:
    """From which size the transition pays that small objects make to their loss."""
    if found.check is not EARLY and found.proof is not None:
        step = _way(found, config, found.proof.subject.storage_class, target, found.proof.subject.size)
        if step is not None:
            yield _from_size(break_even(step, holding.prices, holding.region, ()))


def _from_size(even: BreakEven) -> str:
    """From which size a transition pays, and after how many days for objects of the size that was asked for."""
    if not even.known:
        return "from which size on it pays is not known, as prices are not"
    within = words.days(even.step.within) if even.step.within != HORIZON else "a year"
    said = f"pays within {within} from {words.bytes_(even.size)} on" if even.size is not None else "pays at no size"
    for point in even.curve:
        when = f"after {words.days(point.days)}" if point.days is not None else "never"
        said += f", objects of {words.bytes_(point.size)} {when}"
    return f"{said} ({_dated(even.prices)})"


def _dated(prices: tuple[Price, ...]) -> str:
    """The date and basis of prices, and whether anybody verified them."""
    bases = ", ".join(sorted({one.basis for one in prices}))
    unverified = "" if all(one.verified and one.elsewhere is None for one in prices) else ", not verified"
    return f"{bases} prices of {min(one.as_of for one in prices)}{unverified}"


def _supposed(usage: Usage) -> tuple[str, ...]:
    return (ALL, ALIKE, *((SHARED,) if usage.shared else ()))


def _open(money: Money, config: Config, holding: Holding) -> Money:
    """The amount; unknown where the rules make a difference between objects that CloudWatch, or a report, counts as one."""
    whys: list[str] = []
    if any(not one.rule.filter.whole_bucket for one in config.enabled if _acts(one.rule)):
        whys.append("how much of the bucket the filters of its rules let through is not known")
    report = holding.report
    alike = report is not None and report.all_versions and report.noncurrent == 0
    if not alike and holding.versioning is None:
        whys.append("whether the bucket has noncurrent versions is not known")
    elif not alike and holding.versioning != "Off":
        known = report is not None and report.noncurrent is not None
        whys.append(f"{'which versions it is about' if known else 'how much of the bucket is noncurrent versions'} is not known")
    hint = f": {INVENTORY}" if report is None else ""
    return part_of(money, f"{' and '.join(whys)}{hint}") if whys else money


def _acts(rule: LifecycleRule) -> bool:
    return bool(rule.transitions or rule.noncurrent_transitions or rule.expiration or rule.noncurrent_expiration)


def _once(money: Money) -> Money:
    return msgspec.structs.replace(money, per="once")
