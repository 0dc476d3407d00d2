"""From products of AWS's price list to prices. Pure.

What a product is the price of says :mod:`auditor.collect.price_usage`. Where several products give an item several prices, or one gives
it in a unit that is not ours, it has none: we do not guess, and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from auditor.collect.price_usage import Match, matches
from auditor.model.price import Price
from auditor.money.kinds import KINDS, fault

_TIERS = {"0": "", "51200": "#50TB", "512000": "#500TB"}
"""By the GB at which a tier begins."""
FREE = frozenset({"s3-retrieval", "s3-request-restore"})
"""Of these kinds some cost nothing."""
_UNITS: Mapping[str, Mapping[str, Decimal]] = {
    "hour": {"hrs": Decimal(1), "hours": Decimal(1), "hour": Decimal(1), "hourly": Decimal(1)},
    "GB-month": {"gb-mo": Decimal(1), "gb-month": Decimal(1)},
    "GB": {"gb": Decimal(1), "gigabytes": Decimal(1)},
    "IOPS-month": {"iops-mo": Decimal(1)},
    "MiBps-month": {"mibps-mo": Decimal(1), "gibps-mo": Decimal(1) / 1024},
    "1,000 requests": {"requests": Decimal(1000), "api requests": Decimal(1000)},
    "1,000 objects a month": {"objects": Decimal(1000)},
}
"""By our unit, how many times a price in the list's unit it is."""
_ACCELERATED = ("GPU instance", "Machine Learning ASIC Instances")
"""Families of machines as the list names them: Inferentia and Trainium count as no GPU there."""


DIGITS = 20
"""Places before or behind the point where a price begins, at most."""
SHOWN = 40
"""Characters of a word of the list that are repeated."""


class _Dimension(msgspec.Struct, frozen=True, rename="camel"):
    unit: str
    price_per_unit: dict[str, str]
    begin_range: str = "0"


class _Offer(msgspec.Struct, frozen=True, rename="camel"):
    price_dimensions: dict[str, _Dimension]


class _Terms(msgspec.Struct, frozen=True):
    on_demand: dict[str, _Offer] = msgspec.field(name="OnDemand", default_factory=dict[str, _Offer])


class _Thing(msgspec.Struct, frozen=True, rename="camel"):
    attributes: dict[str, str]
    product_family: str = ""


class _Product(msgspec.Struct, frozen=True, rename="camel"):
    product: _Thing
    service_code: str = ""
    terms: _Terms = _Terms()
    publication_date: str = ""


class Read(msgspec.Struct, frozen=True):
    """What a price list gave: prices in order, the accelerated instance types among them, and what it gave no price of.

    ``ambiguous``: items that have several prices. ``unusual``: items whose price is in a unit or begins at an amount that is not ours,
    with that.
    """

    prices: tuple[Price, ...]
    accelerated: tuple[str, ...]
    ambiguous: tuple[str, ...]
    unusual: tuple[str, ...]


class _Found:
    """What is found for one item: its prices by rank and amount."""

    def __init__(self) -> None:
        self.by_rank: dict[int, dict[tuple[str, Decimal], Price]] = {}

    def add(self, price: Price, rank: int) -> None:
        self.by_rank.setdefault(rank, {}).setdefault((price.currency, price.amount), price)

    @property
    def best(self) -> tuple[Price, ...]:
        return tuple(self.by_rank[min(self.by_rank)].values())


def read(products: Iterable[str], region: str, today: date) -> Read:
    """The prices that products, as JSON, hold for a region, as of ``today``. What does not parse is passed over."""
    decoder = msgspec.json.Decoder(_Product)
    found: dict[tuple[str, str], _Found] = {}
    unusual: dict[tuple[str, str], str] = {}
    accelerated: set[str] = set()
    for text in products:
        try:
            product = decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        attributes = product.product.attributes
        if attributes.get("gpu", "NA") not in ("NA", "0", "") or attributes.get("instanceFamily") in _ACCELERATED:
            accelerated.add(attributes.get("instanceType", ""))
        for match, given in _given(product, region, today):
            if isinstance(given, Price):
                found.setdefault((match.kind, given.item), _Found()).add(given, match.rank)
            else:
                unusual.setdefault((match.kind, match.item), given)
    settled = {place: prices[0] for place, one in found.items() if len(prices := one.best) == 1}
    return Read(
        tuple(settled[place] for place in sorted(settled)),
        tuple(sorted(accelerated & {item for kind, item in settled if kind == "ec2-hour"})),
        tuple(f"{kind} {item}" for kind, item in sorted(found) if (kind, item) not in settled),
        tuple(f"{kind} {item[:SHOWN]} ({unusual[kind, item]})" for kind, item in sorted(unusual) if (kind, item) not in found),
    )


def _given(product: _Product, region: str, today: date) -> Iterator[tuple[Match, Price | str]]:
    """What a product says: prices, or why a figure of it cannot be one of ours."""
    attributes = product.product.attributes
    if attributes.get("regionCode", region) != region or attributes.get("locationType", "AWS Region") != "AWS Region":
        return
    service = product.service_code or attributes.get("servicecode", "")
    for match in matches(service, product.product.product_family, attributes):
        per = KINDS[match.kind].per
        for offer in product.terms.on_demand.values():
            for dimension in offer.price_dimensions.values():
                amount = _amount(dimension.price_per_unit)
                # What costs nothing is a part of something else, such as capacity that is reserved; but some retrievals are free.
                if amount is None or (amount[0] == 0 and match.kind not in FREE):
                    continue
                tier = _tier(match.kind, dimension.begin_range)
                times = _UNITS[per].get(dimension.unit.lower())
                if times is None:
                    yield match, f"per {dimension.unit[:SHOWN]}, not per {per}"
                elif tier is None:
                    yield match, f"from {dimension.begin_range[:SHOWN]} on"
                else:
                    price = Price(
                        kind=match.kind,
                        region=region,
                        item=match.item + tier,
                        amount=_short(amount[0] * times),
                        per=per,
                        as_of=today,
                        source=f"AWS Price List API, published {product.publication_date[:10] or 'without a date'}",
                        currency=amount[1],
                    )
                    if fault(price) is None:
                        yield match, price


def _tier(kind: str, begin: str) -> str | None:
    """What is added to an item for a price that begins there; ``None``: it has no place in the book."""
    found = figure(begin)
    text = "" if found is None else f"{_short(found)}"
    return _TIERS.get(text) if kind == "s3-storage" else "" if text == "0" else None


def _amount(prices: Mapping[str, str]) -> tuple[Decimal, str] | None:
    """The figure and its currency: dollars where there are any."""
    for currency in sorted(prices, key=lambda one: (one != "USD", one)):
        found = figure(prices[currency])
        if found is not None:
            return found, currency
    return None


def figure(text: str) -> Decimal | None:
    """A figure that can be reckoned with; ``None`` for what is none, or none that a price could be."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and (not found or abs(found.adjusted()) <= DIGITS) else None


def _short(amount: Decimal) -> Decimal:
    """Without the zeros that fill up the list's ten decimals, and without an exponent."""
    least = amount.normalize()
    return least.quantize(Decimal(1)) if least == least.to_integral_value() else least
