"""Fetching prices: AWS's price list for the regions that are asked for, and what spot instances with accelerators cost now.

Only what the price book can use is asked for, page by page, through the door that every call goes through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from statistics import median_low

import msgspec

from auditor.collect.door import Door, Listing
from auditor.collect.price_list import figure, read
from auditor.collect.run import Progress
from auditor.model import calls
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.price import Price
from auditor.money.fetched import Fetch
from auditor.money.kinds import fault

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
"""Where the price list answers, in the partition aws. Source: *AWS Price List Query API*."""
SPOT_TYPES = 100
"""Instance types in one question for spot prices."""


class Query(msgspec.Struct, frozen=True):
    """What is asked of the price list: a service, and what its products must be like besides the region."""

    service: str
    filters: Mapping[str, str]

    @property
    def label(self) -> str:
        """What it is about, for people."""
        return " ".join((self.service, *self.filters.values()))


_LINUX = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
QUERIES: tuple[Query, ...] = (
    Query("AmazonEC2", _LINUX),
    *(
        Query("AmazonEC2", {"productFamily": family})
        for family in (
            "Dedicated Host",
            "Storage",
            "System Operation",
            "Provisioned Throughput",
            "Storage Snapshot",
            "NAT Gateway",
        )
    ),
    Query("AmazonVPC", {"group": "VPCPublicIPv4Address"}),
    Query("AmazonSageMaker", {"productFamily": "ML Instance"}),
    Query("AmazonS3", {}),
    Query("AmazonGlacier", {}),
    Query("AmazonS3GlacierDeepArchive", {}),
)


class Refreshed(msgspec.Struct, frozen=True):
    """What was fetched of a region. ``missing``: what could not be; ``ambiguous``: items that have two prices, and so none."""

    fetch: Fetch
    missing: tuple[Unknown, ...]
    ambiguous: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """The whole price list of the region could be read. Spot prices are not needed for that."""
        return not any(one.call == calls.GET_PRODUCTS.name for one in self.missing)


def refresh(door: Door, region: str, now: datetime, progress: Progress) -> Refreshed:
    """Fetch the prices of a region. Never raises for what AWS or the network does."""
    products: list[str] = []
    missing: list[Unknown] = []
    endpoints = _endpoints(region)
    for number, query in enumerate(QUERIES):
        progress.step(query.label, region, number, len(QUERIES) + 1)
        listing, endpoints = _ask(door, query, region, endpoints)
        products += [text for entry in listing.entries if isinstance(text := entry.raw.get(""), str)]
        missing += listing.missing
    found = read(products, region, now.date())
    progress.step("spot prices", region, len(QUERIES), len(QUERIES) + 1)
    spot, unread = _spot(door, region, found.accelerated, now)
    missing += unread
    progress.finished("prices", region)
    return Refreshed(Fetch(region, now, (*found.prices, *spot)), tuple(dict.fromkeys(missing)), found.ambiguous)


def _endpoints(region: str) -> tuple[str, ...]:
    """The nearest first. China has a price list of its own."""
    if region.startswith("cn-"):
        return ("cn-northwest-1",)
    near = {"eu": "eu-central-1", "ap": "ap-south-1", "me": "ap-south-1"}.get(region.partition("-")[0], ENDPOINTS[0])
    return (near, *(place for place in ENDPOINTS if place != near))


def _ask(door: Door, query: Query, region: str, endpoints: tuple[str, ...]) -> tuple[Listing, tuple[str, ...]]:
    """The products, from the first endpoint that answers; those that did not are not asked again."""
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in {"regionCode": region, **query.filters}.items()
    ]
    asked = {"ServiceCode": query.service, "Filters": filters, "FormatVersion": "aws_v1"}
    listing = door.pages(calls.GET_PRODUCTS, endpoints[0], "PriceList", asked, of=f"{region} {query.label}")
    unreachable = {Reason.ERROR, Reason.UNSUPPORTED, Reason.REGION_OFF}
    if len(endpoints) > 1 and not listing.pages and any(one.reason in unreachable for one in listing.missing):
        return _ask(door, query, region, endpoints[1:])
    return listing, endpoints


def _spot(door: Door, region: str, types: Iterable[str], now: datetime) -> tuple[tuple[Price, ...], tuple[Unknown, ...]]:
    """What these types cost as spot instances at this moment: the median of the region's zones."""
    seen: dict[str, list[Decimal]] = {}
    missing: list[Unknown] = []
    every = tuple(types)
    for some in (every[start : start + SPOT_TYPES] for start in range(0, len(every), SPOT_TYPES)):
        asked = {"InstanceTypes": list(some), "ProductDescriptions": ["Linux/UNIX"], "StartTime": now, "EndTime": now}
        listing = door.pages(calls.DESCRIBE_SPOT_PRICE_HISTORY, region, "SpotPriceHistory", asked, of=some[0])
        missing += listing.missing
        for entry in listing.entries:
            one = entry.take(lambda r: (str(r["InstanceType"]), _figure(r["SpotPrice"])))
            if isinstance(one, Known):
                seen.setdefault(one.value[0], []).append(one.value[1])
    prices = [_spot_price(type, region, seen[type], now.date()) for type in sorted(seen)]
    return tuple(price for price in prices if fault(price) is None), tuple(missing)


def _spot_price(type: str, region: str, amounts: list[Decimal], today: date) -> Price:
    return Price(
        kind="ec2-spot-hour",
        region=region,
        item=type,
        amount=median_low(amounts),
        per="hour",
        as_of=today,
        source=f"EC2 spot price history, the median of {len(amounts)} zones",
        basis="spot",
    )


def _figure(value: object) -> Decimal:
    found = figure(str(value))
    if found is None:
        raise ValueError("not a figure")
    return found
