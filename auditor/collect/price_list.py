"""From products of AWS's price list to prices. Pure.

What a product is for stands in its usage type, after a prefix for the region; some usage types have several prices, which the
operation tells apart. One that fits no kind is passed over. Where two products give an item two prices, it has none: we do not guess.

Sources: *AWS Price List* in the Billing user guide for the shape; *Understanding your AWS billing and usage reports for Amazon S3* for
the usage types of S3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from auditor.model.price import Price
from auditor.money.kinds import KINDS, fault

_PREFIX = re.compile(r"^[A-Z]{2,4}\d{0,2}-")
"""``APN2-``, ``EUC1-``, ``EU-``; us-east-1 has none or ``USE1-``."""
_TIERS = {"0": "", "51200": "#50TB", "512000": "#500TB"}
"""By the GB at which a tier begins."""
_ML = re.compile(r"(Host|Train|Notebk):(ml\.[\w.-]+)")
_ML_KINDS = {"Host": "sagemaker-hosting-hour", "Train": "sagemaker-training-hour", "Notebk": "sagemaker-notebook-hour"}
_STORAGE = {
    "TimedStorage-ByteHrs": "STANDARD",
    "TimedStorage-SIA-ByteHrs": "STANDARD_IA",
    "TimedStorage-ZIA-ByteHrs": "ONEZONE_IA",
    "TimedStorage-GIR-ByteHrs": "GLACIER_IR",
    "TimedStorage-GDA-ByteHrs": "DEEP_ARCHIVE",
    "TimedStorage-RRS-ByteHrs": "REDUCED_REDUNDANCY",
    "TimedStorage-XZ-ByteHrs": "EXPRESS_ONEZONE",
    **{f"TimedStorage-INT-{tier}-ByteHrs": f"INTELLIGENT_TIERING_{tier}" for tier in ("FA", "IA", "AIA", "AA", "DAA")},
}
_REQUESTS = {
    "": "STANDARD",
    "SIA-": "STANDARD_IA",
    "ZIA-": "ONEZONE_IA",
    "GIR-": "GLACIER_IR",
    "INT-": "INTELLIGENT_TIERING",
    "GLACIER-": "GLACIER",
    "GDA-": "DEEP_ARCHIVE",
    "XZ-": "EXPRESS_ONEZONE",
}
_TRANSITIONS = {
    "S3-GlacierTransition": "GLACIER",
    "S3-GDATransition": "DEEP_ARCHIVE",
    "S3-GIRTransition": "GLACIER_IR",
    "S3-INTTransition": "INTELLIGENT_TIERING",
    "S3-SIATransition": "STANDARD_IA",
    "S3-ZIATransition": "ONEZONE_IA",
}
_IOPS = {"gp3": "gp3", "piops": "io1", "io2": "io2", "io2.tier2": "io2#32000IOPS", "io2.tier3": "io2#64000IOPS"}
_RETRIEVALS = {"Retrieval-SIA": "STANDARD_IA", "Retrieval-ZIA": "ONEZONE_IA", "Retrieval-GIR": "GLACIER_IR"}
_SPEEDS = {"Expedited-Retrieval-Bytes": "expedited", "Standard-Retrieval-Bytes": "standard", "Bulk-Retrieval-Bytes": "bulk"}
_RESTORES = {
    ("Requests-Tier3", "RestoreObject"): "GLACIER#standard",
    ("Requests-Tier5", ""): "GLACIER#bulk",
    ("Requests-Tier6", ""): "GLACIER#expedited",
    ("Requests-GDA-Tier3", ""): "DEEP_ARCHIVE#standard",
    ("Requests-GDA-Tier5", ""): "DEEP_ARCHIVE#bulk",
}
"""By usage type, and the operation where the usage type alone does not say it."""
_FREE = frozenset({"s3-retrieval", "s3-request-restore"})
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


DIGITS = 20
"""Places before or behind the point where a price begins, at most."""


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
    """What a price list gave: prices in order, the accelerated instance types among them, and items with two prices."""

    prices: tuple[Price, ...]
    accelerated: tuple[str, ...]
    ambiguous: tuple[str, ...]


def read(products: Iterable[str], region: str, today: date) -> Read:
    """The prices that products, as JSON, hold for a region, as of ``today``. What does not parse is passed over."""
    decoder = msgspec.json.Decoder(_Product)
    found: dict[tuple[str, str], dict[Decimal, Price]] = {}
    accelerated: set[str] = set()
    for text in products:
        try:
            product = decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if product.product.attributes.get("gpu", "NA") not in ("NA", "0", ""):
            accelerated.add(product.product.attributes.get("instanceType", ""))
        for price in _prices(product, region, today):
            found.setdefault((price.kind, price.item), {}).setdefault(price.amount, price)
    settled = {place: next(iter(prices.values())) for place, prices in found.items() if len(prices) == 1}
    return Read(
        tuple(settled[place] for place in sorted(settled)),
        tuple(sorted(accelerated & {item for kind, item in settled if kind == "ec2-hour"})),
        tuple(f"{kind} {item}" for kind, item in sorted(found) if (kind, item) not in settled),
    )


def _prices(product: _Product, region: str, today: date) -> Iterator[Price]:
    attributes = product.product.attributes
    if attributes.get("regionCode", region) != region or attributes.get("locationType", "AWS Region") != "AWS Region":
        return
    for kind, item in _matches(product):
        per = KINDS[kind].per
        for offer in product.terms.on_demand.values():
            for dimension in offer.price_dimensions.values():
                tier = _TIERS.get(dimension.begin_range) if kind == "s3-storage" else "" if dimension.begin_range == "0" else None
                times = _UNITS[per].get(dimension.unit.lower())
                amount = _amount(dimension.price_per_unit)
                if tier is None or times is None or amount is None:
                    continue
                # What costs nothing is a part of something else, such as capacity that is reserved; but some retrievals are free.
                if amount[0] == 0 and kind not in _FREE:
                    continue
                price = Price(
                    kind=kind,
                    region=region,
                    item=item + tier,
                    amount=_short(amount[0] * times),
                    per=per,
                    as_of=today,
                    source=f"AWS Price List API, published {product.publication_date[:10] or 'without a date'}",
                    currency=amount[1],
                )
                if fault(price) is None:
                    yield price


def _matches(product: _Product) -> Iterator[tuple[str, str]]:
    attributes, family = product.product.attributes, product.product.product_family
    usage = _PREFIX.sub("", attributes.get("usagetype", ""))
    service = product.service_code or attributes.get("servicecode", "")
    if service == "AmazonEC2":
        yield from _ec2(attributes, family, usage)
    elif service == "AmazonVPC":
        if usage in ("PublicIPv4:InUseAddress", "PublicIPv4:IdleAddress"):
            yield ("ipv4-hour", "public")
    elif service == "AmazonSageMaker":
        if used := _ML.fullmatch(usage):
            yield (_ML_KINDS[used[1]], used[2])
    elif service in ("AmazonS3", "AmazonGlacier", "AmazonS3GlacierDeepArchive"):
        yield from _s3(service, attributes.get("operation", ""), usage)


def _ec2(attributes: Mapping[str, str], family: str, usage: str) -> Iterator[tuple[str, str]]:
    if family.startswith("Compute Instance"):
        ordinary = {
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
            "marketoption": "OnDemand",
        }
        if all(attributes.get(name, value) == value for name, value in ordinary.items()):
            yield ("ec2-hour", attributes.get("instanceType", ""))
    elif family == "Dedicated Host" and usage.startswith("HostUsage:"):
        yield ("ec2-host-hour", attributes.get("instanceType", ""))
    elif family == "Storage" and usage.startswith("EBS:VolumeUsage"):
        yield ("ebs-storage", attributes.get("volumeApiName", ""))
    elif usage.startswith("EBS:VolumeP-IOPS."):
        if item := _IOPS.get(usage.removeprefix("EBS:VolumeP-IOPS.")):
            yield ("ebs-iops", item)
    elif usage == "EBS:VolumeP-Throughput.gp3":
        yield ("ebs-throughput", "gp3")
    elif usage == "EBS:SnapshotUsage":
        yield ("ebs-snapshot", "standard")
    elif usage == "EBS:SnapshotArchiveStorage":
        yield ("ebs-snapshot", "archive")
    elif usage == "NatGateway-Hours":
        yield ("nat-hour", "gateway")


def _s3(service: str, operation: str, usage: str) -> Iterator[tuple[str, str]]:
    if usage in _STORAGE and not operation:
        # In the list of Glacier the ordinary storage is that of the class GLACIER.
        yield ("s3-storage", "GLACIER" if service == "AmazonGlacier" and usage == "TimedStorage-ByteHrs" else _STORAGE[usage])
    elif usage in _SPEEDS and service != "AmazonS3":
        yield ("s3-retrieval", f"{'GLACIER' if service == 'AmazonGlacier' else 'DEEP_ARCHIVE'}#{_SPEEDS[usage]}")
    elif service == "AmazonGlacier":
        return
    elif usage in _RETRIEVALS:
        yield ("s3-retrieval", _RETRIEVALS[usage])
    elif usage == "Monitoring-Automation-INT":
        yield ("s3-monitoring", "INTELLIGENT_TIERING")
    elif operation in _TRANSITIONS and usage in ("Requests-Tier3", "Requests-Tier4"):
        yield ("s3-transition", _TRANSITIONS[operation])
    elif item := _RESTORES.get((usage, operation)) or _RESTORES.get((usage, "")):
        yield ("s3-request-restore", item)
    elif usage == "Requests-Tier4" and not operation:
        yield from (("s3-transition", item) for item in ("INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA"))
    elif used := re.fullmatch(r"Requests-([A-Z]+-|)Tier([12])", usage):
        # Archives have several prices for the same usage type: to write an object is the one that is meant.
        archive = used[1] in ("GLACIER-", "GDA-") and used[2] == "1"
        if used[1] in _REQUESTS and operation in (("PostObject", "PutObject") if archive else ("",)):
            yield ("s3-request-write" if used[2] == "1" else "s3-request-read", _REQUESTS[used[1]])


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
