"""What there are prices of, in which unit, and which figures are sound."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from auditor.model.price import Price


class Kind(msgspec.Struct, frozen=True):
    """A kind of price: the unit that it is for, and what its items are."""

    per: str
    items: str


KINDS: Mapping[str, Kind] = {
    "ebs-iops": Kind("IOPS-month", "volume type"),
    "ebs-snapshot": Kind("GB-month", "tier: standard or archive"),
    "ebs-storage": Kind("GB-month", "volume type"),
    "ebs-throughput": Kind("MiBps-month", "volume type"),
    "ec2-host-hour": Kind("hour", "instance family of a dedicated host"),
    "ec2-hour": Kind("hour", "instance type"),
    "ec2-spot-hour": Kind("hour", "instance type"),
    "ipv4-hour": Kind("hour", "public"),
    "nat-hour": Kind("hour", "gateway"),
    "s3-monitoring": Kind("1,000 objects a month", "INTELLIGENT_TIERING"),
    "s3-request-read": Kind("1,000 requests", "storage class"),
    "s3-request-restore": Kind("1,000 requests", "archive, with the speed: GLACIER#standard"),
    "s3-request-write": Kind("1,000 requests", "storage class"),
    "s3-retrieval": Kind("GB", "storage class, with the speed of archives: GLACIER#standard"),
    "s3-storage": Kind("GB-month", "storage class, with the start of later tiers: STANDARD#50TB"),
    "s3-transition": Kind("1,000 requests", "storage class that objects are moved into"),
    "sagemaker-hosting-hour": Kind("hour", "instance type with ml."),
    "sagemaker-notebook-hour": Kind("hour", "instance type with ml."),
    "sagemaker-training-hour": Kind("hour", "instance type with ml."),
}
"""Every kind that awsaudit asks for."""

HIGHEST = Decimal(10) ** 6
"""Of one unit. AWS's dearest machine is far below a thousand an hour."""
DECIMALS = 12
"""Places after the point; AWS's price list has ten."""
LONGEST = 200
"""Characters of a text in a price."""


def fault(price: Price) -> str | None:
    """What is wrong with a price from outside, in a few words; ``None``: nothing."""
    kind = KINDS.get(price.kind)
    if kind is None:
        near = difflib.get_close_matches(price.kind[:60], KINDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`awsaudit prices show` lists them"
        return f"`{_short(price.kind)}` is not a kind of price; {hint}"
    if price.per != kind.per:
        return f"a price of `{price.kind}` is per {kind.per}, not per `{_short(price.per)}`"
    amount = price.amount
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= amount <= HIGHEST:
        return f"the amount `{_short(str(amount))}` is not a figure from 0 to {HIGHEST:,}"
    if not -DECIMALS <= exponent <= 0:
        return f"the amount `{_short(str(amount))}` must be written out, with {DECIMALS} decimals at most"
    if not (len(price.currency) == 3 and price.currency.isascii() and price.currency.isalpha() and price.currency.isupper()):
        return f"`{_short(price.currency)}` is not a currency code, such as USD"
    if not 2006 <= price.as_of.year <= 9000:
        return f"it is dated {price.as_of}: AWS had no prices then"
    for name in ("region", "item", "source", "basis"):
        if not 0 < len(getattr(price, name)) <= LONGEST:
            return f"its {name} must be a text of 1 to {LONGEST} characters"
    if price.elsewhere is not None and not 0 < len(price.elsewhere) <= LONGEST:
        return f"its elsewhere must be a text of 1 to {LONGEST} characters"
    return None


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() and letter != "`" else "?" for letter in text[:60])
    return shown if len(text) <= 60 else f"{shown}…"
