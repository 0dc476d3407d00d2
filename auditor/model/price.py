"""Prices: what AWS asks for a unit of something, and where that figure is from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

import msgspec


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One price. ``amount`` of ``currency`` ``per`` unit (``GB-month``, ``hour``, ``1,000 requests``, ``1,000 objects a month``).

    ``kind`` and ``item`` say what it is for: ``s3-storage`` of ``STANDARD_IA``, ``ec2-hour`` of ``p5.48xlarge``. ``basis`` is ``list``:
    without discounts, Savings Plans and reservations. ``verified``: the figure was compared with AWS's price list; one that was not is
    shown as such and left out of totals. ``elsewhere``: the region it was asked for, where this is another region's price.
    """

    kind: str
    region: str
    item: str
    amount: Decimal
    per: str
    as_of: date
    source: str
    currency: str = "USD"
    basis: str = "list"
    verified: bool = True
    elsewhere: str | None = None


class Prices(Protocol):
    """Where prices are looked up."""

    def find(self, kind: str, region: str, item: str) -> Price | None:
        """The price, or ``None``: then it is unknown. Never a default, and never another region's unless that was asked for."""
        ...
