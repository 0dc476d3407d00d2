"""The cheapest lifecycle configuration for a bucket under constraints, with what it saves and what that rests on.

The measure is what the bytes of today cost over a year if they were written today: left as they are, or moved once and perhaps deleted.
Moving once is enough: the pattern of reads that is given does not change with age, so a class that is the cheapest later is so at once, or
as soon as the least duration of the class that is left is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from auditor.lifecycle import words
from auditor.lifecycle.classes import CLASSES, NO_DAYS_BEFORE, can_move
from auditor.lifecycle.costs import ALIKE, ALIKE_IN_CLASS, HORIZON, SHARED, SHOCK_MONTHS
from auditor.lifecycle.holding import (
    DAYS_A_MONTH,
    INSTANT,
    RESTORED_DAYS,
    Lot,
    Uses,
    amount,
    fetched,
    held,
    less,
    moved,
    over,
    rest,
    restored,
)
from auditor.lifecycle.proposal import configuration, in_the_way
from auditor.lifecycle.subject import Usage
from auditor.model.money import Money, Unpriced, unknown_money
from auditor.model.price import Prices
from auditor.model.s3 import Lifecycle
from auditor.source.positions import shown

TARGETS = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
"""Where objects may go, the least of a change first: of two that cost the same, the first is proposed."""
RETRIEVAL_HOURS: Mapping[str, Mapping[str, int]] = {
    "GLACIER": {"standard": 5, "bulk": 12},
    "DEEP_ARCHIVE": {"standard": 12, "bulk": 48},
}
"""Hours after which a retrieval is typically there, the quickest first (User Guide, "Understanding archive retrieval options"). Expedited
ones are quicker, but without capacity that is paid for they are not sure to be accepted."""
IA_DAYS = 30
"""Days that objects stay in their first class before an infrequent access class: what the older documents of the API ask for."""
SHOCK_DAYS = 183
"""Half a year: the requests of a move have to be paid by then (:data:`auditor.lifecycle.costs.SHOCK_MONTHS`), and Intelligent-Tiering
has had the time to move what nobody reads."""
ARCHIVES = frozenset(RETRIEVAL_HOURS)
UNKNOWN_READS = "how the objects are read is not known"
NOWHERE = "no rule moves objects out of their storage class, and nothing may be deleted"
SMALL_OBJECTS = "objects have less than 128 KB on average, and such objects are not moved"
RESTORED = (
    "what is read from an archive is restored anew for each read, as whole objects of the average size, the copies kept in S3 Standard for "
    f"{words.days(RESTORED_DAYS)}"
)


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """How a bucket is read: ``reads``, GET requests in a month; ``share``, bytes read in a month as a part of all bytes (2 is twice).

    ``after``: days of an object's life after which it is so; before, it is left where it is.
    """

    reads: Decimal
    share: Decimal
    after: int = 0


class Constraints(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal has to respect.

    ``retrieval_hours``: how long a read may take at most; 0: it is there at once. ``keep_days``: objects are kept for so many days at
    least, and may be deleted then; ``None``: nothing may ever be deleted. ``several_zones``: one Availability Zone is not enough.
    """

    retrieval_hours: int = 0
    keep_days: int | None = None
    several_zones: bool = True


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """What could be done: to ``storage_class`` after ``days``, deleted after ``expire`` days, each ``None`` where it is not so.

    ``saving``: by month, on average over the first year, the requests of the move taken off. ``fee``: these requests, once.
    ``retrieval``: the speed at which what is read is restored from an archive, ``standard`` or ``bulk``; empty where nothing is.
    ``refused``: why it is not proposed; empty: it may be.
    """

    storage_class: str | None
    days: int | None
    expire: int | None
    saving: Money
    fee: Money
    retrieval: str = ""
    refused: str = ""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """The proposal, what it saves and on what that rests; or ``None`` and ``why`` in a few words.

    ``left``: what the bucket costs in a month as it is. ``options``: all that was weighed. ``unpriced``: prices that would be needed.
    """

    proposal: Lifecycle | None = None
    chosen: Option | None = None
    left: Money | None = None
    options: tuple[Option, ...] = ()
    assumptions: tuple[str, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    why: str = ""


class _Part(msgspec.Struct, frozen=True):
    """The objects of class ``start``, and how they are read: requests in a month, and bytes as a part of theirs."""

    start: str
    lot: Lot
    reads: Decimal
    share: Decimal

    def goes(self, name: str) -> bool:
        """A rule would move them."""
        return can_move(self.start, name) and not self.lot.small

    @property
    def since(self) -> int:
        """Days in their class. What is in Intelligent-Tiering is taken to be through its tiers: left alone, it costs no less."""
        return INSTANT if self.start == "INTELLIGENT_TIERING" else 0


class _Case(msgspec.Struct, frozen=True):
    """What is asked."""

    region: str
    parts: tuple[_Part, ...]
    prices: Prices


def advise(
    usage: Usage,
    prices: Prices,
    region: str,
    *,
    access: Access | None = None,
    constraints: Constraints = Constraints(),
    existing: Lifecycle = Lifecycle(),
    versioning: str = "Off",
) -> Advice:
    """The cheapest configuration under ``constraints``.

    ``existing`` rules that do nothing to objects are kept in it; with others there is no proposal, as what is left alone is then not
    left alone. ``versioning`` as in :class:`~auditor.lifecycle.subject.Subject`. Without ``access`` nothing is moved: what a move
    costs depends on it. The linter finds nothing in a proposal, but that old versions are kept where nothing may be deleted.
    """
    why = _unfit(usage, existing)
    if why:
        return Advice(why=why)
    case = _Case(region, tuple(_parts(usage, access)), prices)
    alone = _cost(case, None, HORIZON)
    left = amount(prices, over(alone, Decimal(12)))
    options = tuple(_options(case, alone, access, constraints, versioning))
    assumptions = _assumptions(usage, access, constraints, versioning)
    assumptions += (RESTORED,) if any(one.retrieval and not one.refused for one in options) else ()
    # An option that may be taken and has no price might be the cheapest: then the cheapest is not known.
    open_ones = [one for one in options if not one.refused]
    unknown = [one.saving for one in open_ones if one.saving.amount is None]
    if left.amount is None or unknown:
        unpriced = tuple(dict.fromkeys(price for money in (left, *unknown) for price in money.unpriced))
        reason = next((money.why for money in (left, *unknown) if money.why), "prices are not known")
        return Advice(left=left, options=options, assumptions=assumptions, unpriced=unpriced, why=reason)
    best = max(open_ones, key=_saved, default=None)
    if best is None or _saved(best) <= 0:
        reason = "nothing that the constraints allow is cheaper" if options else NOWHERE
        if constraints.keep_days is not None and constraints.keep_days >= HORIZON:
            reason += f" within a year; to delete objects after {words.days(constraints.keep_days)} saves from then on"
        if access is None and any(one.storage_class for one in options):
            reason = UNKNOWN_READS + ", and what a move saves depends on it"
        return Advice(left=left, options=options, assumptions=assumptions, why=reason)
    proposal = configuration(best.storage_class, best.days or 0, best.expire, existing, versioning)
    return Advice(proposal=proposal, chosen=best, left=left, options=options, assumptions=assumptions)


def _unfit(usage: Usage, existing: Lifecycle) -> str:
    """Why nothing can be said."""
    strange = sorted(name for name, size in usage.bytes.items() if size and name not in CLASSES)
    if strange:
        return f"what storage class {shown(strange[0])} charges is not known"
    if not any(usage.bytes.values()):
        return "the bucket is empty"
    if not all(usage.count(name) for name, size in usage.bytes.items() if size):
        return "the number of objects is not known"
    return in_the_way(existing)


def _parts(usage: Usage, access: Access | None) -> Iterator[_Part]:
    """The bytes of each class with their part of objects and reads. What is archived is not read without a restore."""
    total = sum(usage.bytes.values())
    readable = sum(size for name, size in usage.bytes.items() if name not in ARCHIVES)
    for name in sorted(usage.bytes):
        size = usage.bytes[name]
        if not size:
            continue
        lot = Lot(usage.count(name) or 0, size)
        if access is None or name in ARCHIVES:
            yield _Part(name, lot, Decimal(0), Decimal(0))
        else:
            yield _Part(name, lot, access.reads * size / readable, access.share * total / readable)


class _Move(msgspec.Struct, frozen=True):
    """A move to a class after so many days. ``retrieval`` as of :class:`Option`."""

    name: str
    days: int
    retrieval: str = ""


def _options(case: _Case, alone: Uses, access: Access | None, constraints: Constraints, versioning: str) -> Iterator[Option]:
    keep = constraints.keep_days
    if keep is not None and keep < HORIZON:
        yield _option(case, alone, None, keep, versioning, "")
    for name in TARGETS:
        if not any(can_move(part.start, name) for part in case.parts):
            continue
        refused = _refused(case, name, access, constraints)
        # Deleted no earlier than it may be, nor before its class's least duration is over.
        least = SHOCK_DAYS if name == "INTELLIGENT_TIERING" else CLASSES[name].minimum_days
        for days in _days(case, name, access, keep - least if keep is not None else None):
            for speed in _speeds(name, access, constraints):
                expire = None if keep is None else max(keep, days + least)
                yield _option(case, alone, _Move(name, days, speed), expire, versioning, refused)


def _days(case: _Case, name: str, access: Access | None, latest: int | None) -> list[int]:
    """When to move: as soon as may be, or when the least duration of a class that is left is over, as that is charged anyway, or
    ``latest``, the last day on which objects can still be deleted as soon as may be. Between these days costs are straight lines."""
    after = access.after if access is not None else 0
    first = max(after, IA_DAYS) if name in NO_DAYS_BEFORE else after
    later = {CLASSES[part.start].minimum_days for part in case.parts if part.goes(name)}
    if latest is not None and latest < max(later, default=0):
        later.add(latest)
    return sorted({first, *(days for days in later if days > first)})


def _speeds(name: str, access: Access | None, constraints: Constraints) -> tuple[str, ...]:
    """The speeds of retrieval that are quick enough, where something is read from an archive; the quickest, where none is."""
    if name not in ARCHIVES or access is None or not (access.reads or access.share):
        return ("",)
    speeds = RETRIEVAL_HOURS[name]
    return tuple(speed for speed, hours in speeds.items() if hours <= constraints.retrieval_hours) or tuple(speeds)[:1]


def _refused(case: _Case, name: str, access: Access | None, constraints: Constraints) -> str:
    """Why objects may not go to a class, by the constraints, the reads, their size and the requests that it takes."""
    if access is None:
        return UNKNOWN_READS
    if constraints.several_zones and CLASSES[name].zones == 1:
        return "it is in one Availability Zone"
    hours = min(RETRIEVAL_HOURS.get(name, {"": 0}).values())
    if hours > constraints.retrieval_hours:
        return f"a read takes up to {hours} hours"
    going = [part for part in case.parts if part.goes(name)]
    # The linter knows one average of the whole bucket, and small objects it takes to stay.
    if not going or Lot(sum(part.lot.count for part in case.parts), sum(part.lot.bytes for part in case.parts)).small:
        return SMALL_OBJECTS
    shock = f"its requests cost more than {SHOCK_MONTHS} months of saving"
    return shock if any(_shocks(case, part, name, share) for part in going for share in {part.share, Decimal(0)}) else ""


def _shocks(case: _Case, part: _Part, name: str, share: Decimal) -> bool:
    """Half a year of saving does not pay the requests. Asked for what nobody reads, too: the linter, which knows of no reads, has to
    find nothing."""
    uses = held(case.region, part.start, part.lot, SHOCK_DAYS, since=part.since, share=share)
    uses += less(held(case.region, name, part.lot, SHOCK_DAYS, share=share) + moved(case.region, name, part.lot))
    paid = amount(case.prices, uses, "once")
    return paid.amount is not None and paid.amount < 0


def _option(case: _Case, alone: Uses, move: _Move | None, expire: int | None, versioning: str, refused: str) -> Option:
    # With versioning, what expires is noncurrent for as long again: versions that were replaced young have to be kept, too.
    lived = HORIZON if expire is None else min(expire if versioning == "Off" else 2 * expire, HORIZON)
    fee: Uses = ()
    for part in case.parts:
        if move is not None and part.goes(move.name):
            fee += moved(case.region, move.name, part.lot)
    return Option(
        storage_class=move.name if move is not None else None,
        days=move.days if move is not None else None,
        expire=expire,
        saving=unknown_money(refused)
        if refused == UNKNOWN_READS
        else amount(case.prices, over(alone + less(_cost(case, move, lived)), Decimal(12))),
        fee=amount(case.prices, fee, "once"),
        retrieval=move.retrieval if move is not None else "",
        refused=refused,
    )


def _cost(case: _Case, move: _Move | None, lived: int) -> Uses:
    """All that is paid for objects that live for so many days, and are moved in that time."""
    found: Uses = ()
    for part in case.parts:
        if move is not None and move.days < lived and part.goes(move.name):
            stay = lived - move.days
            found += _keeping(case.region, part, part.start, move.days, part.since)
            found += rest(case.region, part.start, part.lot, move.days) + moved(case.region, move.name, part.lot)
            found += _keeping(case.region, part, move.name, stay, 0, move.retrieval) + rest(
                case.region, move.name, part.lot, stay
            )
        else:
            found += _keeping(case.region, part, part.start, lived, part.since)
            found += rest(case.region, part.start, part.lot, lived) if lived < HORIZON else ()
    return found


def _keeping(region: str, part: _Part, name: str, days: int, since: int, speed: str = "") -> Uses:
    """Keeping a part in a class, and reading it there, from an archive at a speed."""
    months = Decimal(days) / DAYS_A_MONTH
    kept = held(region, name, part.lot, days, since=since, share=part.share)
    if name in ARCHIVES and speed:
        return kept + restored(region, name, speed, part.lot, part.reads, part.share, months)
    return kept + fetched(region, name, part.lot, part.reads, part.share, months)


def _saved(option: Option) -> Decimal:
    return option.saving.amount if option.saving.amount is not None else Decimal(0)


def _assumptions(usage: Usage, access: Access | None, constraints: Constraints, versioning: str) -> tuple[str, ...]:
    """What the saving rests on, in words."""
    found = [
        f"a year of {HORIZON} days, with the bytes of today and as if they were written today",
        "their owners neither replace nor delete them",
        ALIKE if sum(1 for size in usage.bytes.values() if size) == 1 or usage.shared else ALIKE_IN_CLASS,
    ]
    if usage.shared:
        found.append(SHARED)
    if sum(1 for size in usage.bytes.values() if size) > 1:
        found.append("reads are spread over the bytes that are not archived")
    if access is not None:
        since = f" once an object is {words.days(access.after)} old" if access.after else ""
        share = f"{round(access.share * 100, 6).normalize():,f}"
        found.append(f"{access.reads:,} GET requests a month that read {share} % of the bytes{since}")
    if constraints.keep_days is not None:
        found.append(f"objects may be deleted when they are {constraints.keep_days} days old")
        if versioning != "Off":
            found.append("versions that are no longer current are kept for as long again")
    elif versioning != "Off":
        found.append("versions that are no longer current are kept for ever, as nothing may be deleted")
    return tuple(found)
