"""Money in verdicts: what something costs or what a fix would save in a month, with every price that went into it.

Amounts are exact until they are shown. An amount that cannot be known is ``None`` with what would resolve it, and never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal

import msgspec

from auditor.model.fact import Fact, Known, Unknown
from auditor.model.price import Price, Prices

HOURS = 730
"""Hours in a month, as AWS counts them in its price examples: 365 days of 24 hours, divided by 12."""
GIB = 2**30
"""Bytes in what AWS calls a GB on its bills for storage."""
_EXACT = Context(prec=60)
"""Enough digits for the largest bucket at the smallest price: nothing is rounded."""

Amount = int | float | Decimal


class Use(msgspec.Struct, frozen=True):
    """Something that is paid for: how much of which item in which region in a month.

    ``quantity`` is in the unit of the price (``GB-month``, ``hour``, ``1,000 requests``), below zero for what a fix would still cost.
    Item and quantity may be facts; one that is unknown makes the amount unknown. ``of`` is the ARN of the resource that it is for,
    where that is not the one that is judged: no total counts a resource twice.
    """

    kind: str
    region: str
    item: str | Fact[str]
    quantity: Amount | Fact[int] | Fact[float] | Fact[Decimal]
    of: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One term of an amount: ``quantity`` times ``price``. ``of`` as for :class:`Use`."""

    quantity: Decimal
    price: Price
    of: str = ""

    @property
    def amount(self) -> Decimal:
        """What it comes to, in the currency of the price."""
        return _EXACT.multiply(self.quantity, self.price.amount)


class Unpriced(msgspec.Struct, frozen=True):
    """A price that is not known."""

    kind: str
    region: str
    item: str


class Money(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An amount of ``currency``, ``per`` month or ``once``: the sum of its parts. ``None``: it is not known, because of ``unpriced`` or
    ``missing``.

    ``why`` says it in words where it is unknown for another reason, such as prices in two currencies.
    """

    amount: Decimal | None
    currency: str = "USD"
    per: str = "month"
    parts: tuple[Part, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    missing: tuple[Unknown, ...] = ()
    why: str = ""

    @property
    def verified(self) -> bool:
        """Every price was compared with AWS's price list, and none is another region's."""
        return all(part.price.verified and part.price.elsewhere is None for part in self.parts)

    @property
    def positive(self) -> bool:
        """It is known to be above zero: a fix that saves nothing is no saving."""
        return self.amount is not None and self.amount > 0

    @property
    def worth(self) -> Money | None:
        """Itself, unless it is known not to be above zero: what a fix does not save, no verdict should offer."""
        return self if self.amount is None or self.positive else None

    @property
    def basis(self) -> str:
        """``list``: without discounts, Savings Plans and reservations. Several, when prices differ in it."""
        return ", ".join(sorted({part.price.basis for part in self.parts}))


def monthly(prices: Prices, *uses: Use) -> Money:
    """What these uses come to in a month, at these prices."""
    parts: list[Part] = []
    unpriced: list[Unpriced] = []
    missing: list[Unknown] = []
    for use in uses:
        unknown = [fact for fact in (use.item, use.quantity) if isinstance(fact, Unknown)]
        missing += unknown
        item = use.item.value if isinstance(use.item, Known) else use.item
        if isinstance(item, Unknown):
            continue
        price = prices.find(use.kind, use.region, item)
        if price is None:
            unpriced.append(Unpriced(use.kind, use.region, item))
        elif not unknown:
            quantity = use.quantity.value if isinstance(use.quantity, Known) else use.quantity
            assert not isinstance(quantity, Unknown)  # noqa: S101  for the type checkers: it is in `unknown` else
            parts.append(Part(quantity=exact(quantity), price=price, of=use.of))
    currencies = sorted({part.price.currency for part in parts})
    if unpriced or missing or len(currencies) > 1:
        return Money(
            amount=None,
            currency=currencies[0] if len(currencies) == 1 else "USD",
            parts=tuple(parts),
            unpriced=tuple(dict.fromkeys(unpriced)),
            missing=tuple(dict.fromkeys(missing)),
            why=f"its prices are in {' and '.join(currencies)}" if len(currencies) > 1 else "",
        )
    return Money(amount=added(part.amount for part in parts), currency=currencies[0] if currencies else "USD", parts=tuple(parts))


def unknown_money(why: str, *missing: Unknown) -> Money:
    """An amount that is not known, and why in a few lower-case words: what is paid is not the list price, for example."""
    return Money(amount=None, why=why, missing=missing)


def exact(number: Amount) -> Decimal:
    """The number as it prints: 0.1 stays 0.1."""
    return number if isinstance(number, Decimal) else Decimal(str(number))


def gigabytes(size: Amount) -> Decimal:
    """Bytes as the GB (2**30 bytes) by which storage is billed."""
    return _EXACT.divide(exact(size), Decimal(GIB))


def thousands(count: Amount) -> Decimal:
    """A count in thousands, as requests and monitored objects are priced."""
    return _EXACT.divide(exact(count), Decimal(1000))


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total
