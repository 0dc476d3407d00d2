"""Amounts as people read them: the one place where money is rounded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

import msgspec

from auditor.model.price import Price

DIGITS: Mapping[str, int] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of currencies that do not have two, after ISO 4217."""
_ROUND = Context(prec=60, rounding=ROUND_HALF_UP)


class Display(msgspec.Struct, frozen=True):
    """The currency to show amounts in, and what the user says one US dollar is in it. Without a rate amounts stay as they are."""

    currency: str = "USD"
    rate: Decimal | None = None

    def shown(self, amount: Decimal, currency: str) -> str:
        """The amount for people: ``1,234.50 USD``, or ``1,827,060 KRW`` at the user's rate."""
        if self.rate is not None and currency == "USD":
            return text(_ROUND.multiply(amount, self.rate), self.currency)
        return text(amount, currency)

    @property
    def said(self) -> str:
        """The rate, for a report that uses it; empty without one."""
        return f"1 USD = {plain(self.rate)} {self.currency}, the rate in the configuration" if self.rate is not None else ""


def text(amount: Decimal, currency: str) -> str:
    """An amount with its currency, grouped and rounded half up to the currency's digits. What would round to zero says so."""
    unit = Decimal(1).scaleb(-DIGITS.get(currency, 2))
    if amount and abs(amount) < unit:
        return f"{'under' if amount > 0 else 'above'} {plain(unit if amount > 0 else -unit)} {currency}"
    return f"{amount.quantize(unit, context=_ROUND):,f} {currency}"


def quantity(figure: Decimal) -> str:
    """How much of something: what is exact to many places, as bytes in GB are, is rounded to three, or to six below 1."""
    places = 3 if abs(figure) >= 1 else 6
    exponent = figure.as_tuple().exponent
    fine = isinstance(exponent, int) and exponent < -places
    return plain(figure.quantize(Decimal(1).scaleb(-places), context=_ROUND) if fine else figure)


def plain(figure: Decimal) -> str:
    """A figure with all its digits and no more: ``0.0912``, ``1,480.5``."""
    written = f"{figure:,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def unit_price(price: Price) -> str:
    """A price in full, with its date, basis and source."""
    marks = "" if price.verified else ", not verified"
    marks += f", of {price.region} in place of {price.elsewhere}" if price.elsewhere else ""
    return f"{plain(price.amount)} {price.currency} per {price.per} ({price.basis}, {price.as_of}{marks}; {price.source})"
