"""Money in the JSON report. Amounts are text, so that no reader rounds them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from auditor.model.fact import Reason, Unknown
from auditor.model.money import Part
from auditor.model.price import Price
from auditor.render.amounts import AmountView, Counted, MoneyView, Total

AMOUNT = r"^-?\d+(\.\d+)?$"


class MissingFact(msgspec.Struct, frozen=True):
    """A fact that a verdict lacks: why, the API operation that gives it and the IAM action that allows that."""

    reason: Reason
    call: str
    action: str


class TotalInfo(msgspec.Struct, frozen=True):
    """A sum of savings in one currency in a month, and of how many."""

    currency: str
    amount: Annotated[str, Meta(pattern=AMOUNT)]
    findings: int


class MoneySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What could be saved in a month: the sum of the savings whose ``counted`` is ``counted``. ``unverified`` is left out of it.

    ``currency`` and ``rate`` are those in which other formats show US dollars; amounts here are not converted.
    """

    saving: tuple[TotalInfo, ...]
    unverified: tuple[TotalInfo, ...]
    unknown: int
    waived: int
    overlapping: int
    oldest_price: date | None
    stale: Annotated[bool, Meta(description="the oldest price was over 90 days old when the snapshot was taken")]
    currency: str
    rate: Annotated[str, Meta(pattern=AMOUNT)] | None


class PriceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A price: for one unit (``per``) of ``item`` in ``region``, as of a day, from a source. ``elsewhere``: the region it stands in for.

    ``verified``: the figure was compared with AWS's price list.
    """

    kind: str
    region: str
    item: str
    amount: Annotated[str, Meta(pattern=AMOUNT)]
    currency: str
    per: str
    basis: str
    as_of: date
    source: str
    verified: bool
    elsewhere: str | None


class PartInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One term of an amount: quantity times price. ``of`` is the ARN that it is for, where that is not the resource of the verdict."""

    quantity: Annotated[str, Meta(pattern=AMOUNT)]
    amount: Annotated[str, Meta(pattern=AMOUNT)]
    of: str | None
    price: PriceInfo


class UnpricedInfo(msgspec.Struct, frozen=True):
    """A price that is not known."""

    kind: str
    region: str
    item: str


class AmountInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Money, ``per`` month or once. ``amount`` is null where it is not known: for ``unpriced``, for ``missing``, or for what ``because``
    says.

    ``counted`` says whether a saving is in the total of the summary; it is null for a cost and for what is paid once.
    """

    amount: Annotated[str, Meta(pattern=AMOUNT)] | None
    currency: str
    per: Literal["month", "once"]
    basis: str
    verified: bool
    counted: Counted | None
    because: str
    parts: tuple[PartInfo, ...]
    unpriced: tuple[UnpricedInfo, ...]
    missing: tuple[MissingFact, ...]


class MoneyInfo(msgspec.Struct, frozen=True):
    """What fixing it saves in a month, or what is paid where nobody knows whether it could be saved; and what is paid ``once``, which is
    never a part of either."""

    saving: AmountInfo | None
    cost: AmountInfo | None
    once: AmountInfo | None = None


def missing(unknown: Unknown) -> MissingFact:
    """What a verdict or an amount lacks."""
    return MissingFact(unknown.reason, unknown.call, unknown.action)


def summary(money: MoneyView) -> MoneySummary:
    """The money of the account."""
    return MoneySummary(
        saving=tuple(map(_total, money.totals)),
        unverified=tuple(map(_total, money.unverified)),
        unknown=money.unknown,
        waived=money.waived,
        overlapping=money.overlapping,
        oldest_price=money.oldest,
        stale=money.stale,
        currency=money.display.currency,
        rate=None if money.display.rate is None else figure(money.display.rate),
    )


def _total(total: Total) -> TotalInfo:
    return TotalInfo(total.currency, figure(total.amount), total.findings)


def money(amounts: tuple[AmountView, ...]) -> MoneyInfo | None:
    """The money of a verdict; nothing where it is not about any."""
    if not amounts:
        return None
    by = {amount.sense: _amount(amount) for amount in amounts}
    return MoneyInfo(by.get("saving"), by.get("cost"), by.get("once"))


def _amount(view: AmountView) -> AmountInfo:
    money = view.money
    return AmountInfo(
        amount=None if money.amount is None else figure(money.amount),
        currency=money.currency,
        per="once" if view.sense == "once" else "month",
        basis=money.basis,
        verified=money.verified,
        counted=view.counted,
        because=money.why,
        parts=tuple(map(_part, money.parts)),
        unpriced=tuple(UnpricedInfo(one.kind, one.region, one.item) for one in money.unpriced),
        missing=tuple(map(missing, money.missing)),
    )


def _part(part: Part) -> PartInfo:
    return PartInfo(
        quantity=figure(part.quantity),
        amount=figure(part.amount),
        of=part.of or None,
        price=price_info(part.price),
    )


def figure(number: Decimal) -> str:
    """The number exactly, written out, without needless zeros."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def price_info(price: Price) -> PriceInfo:
    """A price as it stands in JSON."""
    return PriceInfo(
        kind=price.kind,
        region=price.region,
        item=price.item,
        amount=figure(price.amount),
        currency=price.currency,
        per=price.per,
        basis=price.basis,
        as_of=price.as_of,
        source=price.source,
        verified=price.verified,
        elsewhere=price.elsewhere,
    )
