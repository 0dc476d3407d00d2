"""What it takes to keep objects in a storage class, to move them there and to read them: quantities, of which prices make amounts.

Sources: S3 pricing page (what is charged for), S3 User Guide, "Understanding and managing Amazon S3 storage classes" (least sizes and
durations, overhead) and "How S3 Intelligent-Tiering works" (its tiers and their days). Storage is charged by the GB of 2**30 bytes.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from auditor.lifecycle.classes import CLASSES, SMALL
from auditor.model.money import HOURS, Money, Use, gigabytes, monthly, thousands, unknown_money
from auditor.model.price import Prices

DAYS_A_MONTH = Decimal(HOURS) / 24
"""Days in a month, by the same hours as all other amounts."""
INFREQUENT, INSTANT = 30, 90
"""Days without a read after which Intelligent-Tiering moves an object to its infrequent and to its archive instant tier."""
TIERED = frozenset({"STANDARD", "INTELLIGENT_TIERING_FA"})
"""What has a lower price beyond the first 50 TB, and a lower one beyond 500 TB."""
RETRIEVED = frozenset({"STANDARD_IA", "ONEZONE_IA", "GLACIER_IR"})
"""What charges for the bytes that are read, beside the requests, and answers at once."""
RESTORED_DAYS = 1
"""Days for which a restored copy is kept: the fewest that a restore can ask for (API reference, RestoreObject)."""
_TERABYTE = Decimal(1024)
_TIERS = (("", Decimal(0), 50 * _TERABYTE), ("#50TB", 50 * _TERABYTE, 500 * _TERABYTE), ("#500TB", 500 * _TERABYTE, None))
UNITS = {
    "s3-storage": "GB-month",
    "s3-transition": "1,000 requests",
    "s3-request-read": "1,000 requests",
    "s3-request-restore": "1,000 requests",
    "s3-retrieval": "GB",
    "s3-monitoring": "1,000 objects a month",
}
"""What the quantities of this module count. A price for anything else would make a wrong amount."""


class Lot(msgspec.Struct, frozen=True):
    """Objects of one class, taken to be all of the same size: how many, and their bytes in all."""

    count: int
    bytes: int

    @property
    def small(self) -> bool:
        """An object has less than 128 KB."""
        return self.bytes < SMALL * self.count


Uses = tuple[Use, ...]


def held(region: str, name: str, lot: Lot, days: Decimal | int, *, since: int = 0, share: Decimal = Decimal(0)) -> Uses:
    """Keeping ``lot`` in class ``name`` for so many days.

    ``since``: days it has been there before. ``share``: part of the bytes that is read in a month. Both matter to Intelligent-Tiering
    only: what is read is in its frequent tier, and three months of reads keep as much out of the archive instant tier.
    """
    months = Decimal(days) / DAYS_A_MONTH
    known = CLASSES[name]
    if name == "INTELLIGENT_TIERING":
        return _kept(*_tiered(region, lot, Decimal(days), since, share))
    billed = max(lot.bytes, known.minimum_size * lot.count) + known.overhead * lot.count
    found = _storage(region, name, gigabytes(billed), months)
    if known.overhead_standard:
        found += _storage(region, "STANDARD", gigabytes(known.overhead_standard * lot.count), months)
    return _kept(*found)


def _tiered(region: str, lot: Lot, days: Decimal, since: int, share: Decimal) -> Uses:
    size = gigabytes(lot.bytes)
    if lot.small:
        # Not monitored, and always in the frequent tier.
        return _storage(region, "INTELLIGENT_TIERING_FA", size, days / DAYS_A_MONTH)
    read = min(share, Decimal(1))
    found: Uses = (Use("s3-monitoring", region, "INTELLIGENT_TIERING", thousands(lot.count) * days / DAYS_A_MONTH),)
    archived = max(Decimal(0), 1 - 3 * read)
    for first, last, tiers in (
        (0, INFREQUENT, (("FA", Decimal(1)),)),
        (INFREQUENT, INSTANT, (("FA", read), ("IA", 1 - read))),
        (INSTANT, None, (("FA", read), ("IA", 1 - read - archived), ("AIA", archived))),
    ):
        end = since + days if last is None else min(since + days, Decimal(last))
        spent = end - max(first, since)
        if spent > 0:
            for tier, part in tiers:
                found += _storage(region, f"INTELLIGENT_TIERING_{tier}", size * part, spent / DAYS_A_MONTH)
    return found


def _storage(region: str, item: str, size: Decimal, months: Decimal) -> Uses:
    """``size`` GB for so many months, at the price of each 50 or 500 TB that it reaches."""
    if item not in TIERED:
        return (Use("s3-storage", region, item, size * months),)
    return tuple(
        Use("s3-storage", region, item + suffix, (min(size, above) - below if above is not None else size - below) * months)
        for suffix, below, above in _TIERS
        if size > below
    )


def rest(region: str, name: str, lot: Lot, days: int) -> Uses:
    """What is charged on top when ``lot`` leaves a class after ``days``: the days up to the class's least duration."""
    short = CLASSES[name].minimum_days - days
    return held(region, name, lot, short) if short > 0 else ()


def moved(region: str, name: str, lot: Lot) -> Uses:
    """Transitions of ``lot`` into a class: one request for each object."""
    return _kept(Use("s3-transition", region, name, thousands(lot.count)))


def fetched(region: str, name: str, lot: Lot, reads: Decimal, share: Decimal, months: Decimal) -> Uses:
    """Reading from a class that answers at once: ``reads`` requests and ``share`` of the bytes in a month."""
    found: Uses = (Use("s3-request-read", region, name, thousands(reads) * months),)
    if name in RETRIEVED:
        found += (Use("s3-retrieval", region, name, gigabytes(lot.bytes) * share * months),)
    return _kept(*found)


def restored(region: str, name: str, speed: str, lot: Lot, reads: Decimal, share: Decimal, months: Decimal) -> Uses:
    """Reading from an archive at a speed (``standard``, ``bulk``): a whole object is restored for each of ``reads`` in a month, or more
    where ``share`` of the bytes is that of more objects. The copies are kept in S3 Standard for :data:`RESTORED_DAYS` and read there."""
    count = max(reads, share * lot.count)
    size = gigabytes(lot.bytes) * count / lot.count
    item = f"{name}#{speed}"
    return _kept(
        Use("s3-request-restore", region, item, thousands(count) * months),
        Use("s3-retrieval", region, item, size * months),
        *_storage(region, "STANDARD", size * RESTORED_DAYS / DAYS_A_MONTH, months),
        Use("s3-request-read", region, name, thousands(reads) * months),
    )


def overhead(region: str, name: str, lot: Lot) -> Uses:
    """A month's charge for bytes that are billed and are not there: least sizes, index and name."""
    known = CLASSES[name]
    added = max(known.minimum_size * lot.count - lot.bytes, 0) + known.overhead * lot.count
    return _kept(
        Use("s3-storage", region, name, gigabytes(added)),
        Use("s3-storage", region, "STANDARD", gigabytes(known.overhead_standard * lot.count)),
    )


def less(uses: Uses) -> Uses:
    """The same, to be taken off."""
    return tuple(msgspec.structs.replace(one, quantity=-_quantity(one)) for one in uses)


def over(uses: Uses, parts: Decimal) -> Uses:
    """The same, divided."""
    return tuple(msgspec.structs.replace(one, quantity=_quantity(one) / parts) for one in uses)


def amount(prices: Prices, uses: Uses, per: str = "month") -> Money:
    """What uses come to, ``per`` month or once. Not known where a price is not, or is for another unit than the one that is needed."""
    money = monthly(prices, *uses)
    for part in money.parts:
        unit = UNITS.get(part.price.kind)
        if part.price.per != unit:
            money = unknown_money(f"the price of {part.price.kind} {part.price.item} is per {part.price.per}, and not per {unit}")
            break
    return money if money.per == per else msgspec.structs.replace(money, per=per)


def _quantity(use: Use) -> Decimal:
    assert isinstance(use.quantity, Decimal)  # noqa: S101  this module makes no others
    return use.quantity


def _kept(*uses: Use) -> Uses:
    """Only what is used at all: an unknown price of nothing would make an amount unknown for no reason."""
    return tuple(one for one in uses if _quantity(one))
