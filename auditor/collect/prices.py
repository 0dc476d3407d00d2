"""Fetching prices: AWS's price list for the regions that are asked for, and what spot instances with accelerators cost.

Only what the price book can use is asked for, page by page, through the door that every call goes through. A region is had whole or not
at all: after the first question that is not answered whole, no other is put.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from auditor.collect.door import Door, Listing
from auditor.collect.price_list import Read, read
from auditor.collect.run import Progress
from auditor.collect.spot import spot
from auditor.model import calls
from auditor.model.fact import Reason, Unknown
from auditor.money.bundled import blocks
from auditor.money.fetched import Fetch
from auditor.money.kinds import KINDS

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
"""Where the price list answers, in the partition aws. Source: *AWS Price List Query API*."""
LABEL = "Prices"
"""Of the progress."""
_S3 = tuple(kind for kind in KINDS if kind.startswith("s3-"))


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
    Query("AmazonS3GlacierDeepArchive", {}),
)


class Refreshed(msgspec.Struct, frozen=True):
    """What was fetched of a region, and what not.

    ``missing``: what could not be read, while asking about ``failed``. ``ambiguous``: items that have several prices, and so none.
    ``unusual``: items whose price is in another unit than ours. ``absent``: what there are prices of for S3, and the list has none.
    """

    fetch: Fetch
    missing: tuple[Unknown, ...] = ()
    failed: str = ""
    ambiguous: tuple[str, ...] = ()
    unusual: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """The whole price list of the region could be read. Spot prices are not needed for that."""
        return not self.failed


def refresh(door: Door, region: str, now: datetime, progress: Progress) -> Refreshed:
    """Fetch the prices of a region. Never raises for what AWS or the network does."""
    products: list[str] = []
    endpoints = _endpoints(region)
    for number, query in enumerate(QUERIES):
        progress.step(LABEL, region, number, len(QUERIES) + 1)
        listing, endpoints = _ask(door, query, region, endpoints)
        products += [text for entry in listing.entries if isinstance(text := entry.raw.get(""), str)]
        if listing.missing:
            return Refreshed(Fetch(region, now, ()), tuple(dict.fromkeys(listing.missing)), query.label)
    found = read(products, region, now.date())
    progress.step(LABEL, region, len(QUERIES), len(QUERIES) + 1)
    spots, unread = spot(door, region, found.accelerated, now)
    progress.finished(LABEL, region)
    return Refreshed(
        Fetch(region, now, (*found.prices, *spots)),
        missing=tuple(dict.fromkeys(unread)),
        ambiguous=found.ambiguous,
        unusual=found.unusual,
        absent=_absent(found),
    )


def _absent(found: Read) -> tuple[str, ...]:
    """What the book has rows of for S3, by class, and the list says nothing of; nothing where it is no list of S3 at all."""
    had = {(price.kind, price.item) for price in found.prices if price.kind in _S3}
    said = {*found.ambiguous, *(one.partition(" (")[0] for one in found.unusual)}
    lacking: dict[str, list[str]] = {}
    for kind in _S3 if had else ():
        for item in blocks()[kind].rows:
            if (kind, item) not in had and f"{kind} {item}" not in said:
                lacking.setdefault(item, []).append(kind)
    return tuple(f"{item} ({', '.join(lacking[item])})" for item in sorted(lacking))


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
