"""Prices made up for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from auditor.model.price import Price
from auditor.money.kinds import KINDS


def price(item: str, amount: str = "1", *, kind: str = "ec2-hour", region: str = "us-east-1", **more: object) -> Price:
    """A price of a kind that there is."""
    row = Price(
        kind=kind,
        region=region,
        item=item,
        amount=Decimal(amount),
        per=KINDS[kind].per,
        as_of=date(2026, 11, 1),
        source="a test",
    )
    return msgspec.structs.replace(row, **more)
