"""Prices for tests: round figures of us-east-1 as everybody remembers them, and whatever else a test makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from auditor.model.price import Price
from auditor.money.book import Table

REGION = "us-east-1"
UNITS = {
    "s3-storage": "GB-month",
    "s3-transition": "1,000 requests",
    "s3-request-read": "1,000 requests",
    "s3-request-restore": "1,000 requests",
    "s3-retrieval": "GB",
    "s3-monitoring": "1,000 objects a month",
}
FIGURES: Mapping[tuple[str, str], str] = {
    ("s3-storage", "STANDARD"): "0.023",
    ("s3-storage", "STANDARD#50TB"): "0.022",
    ("s3-storage", "STANDARD#500TB"): "0.021",
    ("s3-storage", "STANDARD_IA"): "0.0125",
    ("s3-storage", "ONEZONE_IA"): "0.01",
    ("s3-storage", "GLACIER_IR"): "0.004",
    ("s3-storage", "GLACIER"): "0.0036",
    ("s3-storage", "DEEP_ARCHIVE"): "0.00099",
    ("s3-storage", "INTELLIGENT_TIERING_FA"): "0.023",
    ("s3-storage", "INTELLIGENT_TIERING_FA#50TB"): "0.022",
    ("s3-storage", "INTELLIGENT_TIERING_FA#500TB"): "0.021",
    ("s3-storage", "INTELLIGENT_TIERING_IA"): "0.0125",
    ("s3-storage", "INTELLIGENT_TIERING_AIA"): "0.004",
    ("s3-monitoring", "INTELLIGENT_TIERING"): "0.0025",
    ("s3-transition", "STANDARD_IA"): "0.01",
    ("s3-transition", "ONEZONE_IA"): "0.01",
    ("s3-transition", "INTELLIGENT_TIERING"): "0.01",
    ("s3-transition", "GLACIER_IR"): "0.02",
    ("s3-transition", "GLACIER"): "0.03",
    ("s3-transition", "DEEP_ARCHIVE"): "0.05",
    ("s3-request-read", "STANDARD"): "0.0004",
    ("s3-request-read", "INTELLIGENT_TIERING"): "0.0004",
    ("s3-request-read", "STANDARD_IA"): "0.001",
    ("s3-request-read", "ONEZONE_IA"): "0.001",
    ("s3-request-read", "GLACIER_IR"): "0.01",
    ("s3-request-read", "GLACIER"): "0.0004",
    ("s3-request-read", "DEEP_ARCHIVE"): "0.0004",
    ("s3-request-restore", "GLACIER#standard"): "0.05",
    ("s3-request-restore", "GLACIER#bulk"): "0",
    ("s3-request-restore", "DEEP_ARCHIVE#standard"): "0.1",
    ("s3-request-restore", "DEEP_ARCHIVE#bulk"): "0.025",
    ("s3-retrieval", "STANDARD_IA"): "0.01",
    ("s3-retrieval", "ONEZONE_IA"): "0.01",
    ("s3-retrieval", "GLACIER_IR"): "0.03",
    ("s3-retrieval", "GLACIER#standard"): "0.01",
    ("s3-retrieval", "GLACIER#bulk"): "0",
    ("s3-retrieval", "DEEP_ARCHIVE#standard"): "0.02",
    ("s3-retrieval", "DEEP_ARCHIVE#bulk"): "0.0025",
}


def shelf(figures: Mapping[tuple[str, str], str] = FIGURES, *, without: str = "", verified: bool = True) -> Table:
    """A list of prices, perhaps without those of one kind, or of one item (``kind item``)."""
    return Table(
        Price(
            kind=kind,
            region=REGION,
            item=item,
            amount=Decimal(figure),
            per=UNITS[kind],
            as_of=date(2026, 1, 1),
            source="a test",
            verified=verified,
        )
        for (kind, item), figure in figures.items()
        if without not in (kind, f"{kind} {item}")
    )
