"""Products as AWS's price list has them, for the tests that read it."""

from __future__ import annotations

import json
from typing import Any

SEOUL = "ap-northeast-2"


def product(
    service: str,
    family: str,
    usage: str,
    *tiers: tuple[str, str],
    unit: str = "Hrs",
    published: str = "2026-11-20T08:00:00Z",
    **more: str,
) -> str:
    """A product as the price list has it; ``tiers`` are where a price begins, and the price of ten decimals."""
    dimensions: dict[str, Any] = {
        f"SKU.JRTCKXETXF.{number}": {
            "unit": unit,
            "endRange": "Inf",
            "beginRange": begin,
            "description": "$ per unit",
            "appliesTo": [],
            "rateCode": f"SKU.JRTCKXETXF.{number}",
            "pricePerUnit": {"USD": amount},
        }
        for number, (begin, amount) in enumerate(tiers)
    }
    attributes = {
        "servicecode": service,
        "usagetype": usage,
        "regionCode": SEOUL,
        "locationType": "AWS Region",
        "operation": "",
        **more,
    }
    return json.dumps(
        {
            "product": {"productFamily": family, "attributes": attributes, "sku": "SKU"},
            "serviceCode": service,
            "terms": {"OnDemand": {"SKU.JRTCKXETXF": {"priceDimensions": dimensions, "sku": "SKU", "termAttributes": {}}}},
            "version": "20261120080000",
            "publicationDate": published,
        }
    )


def machine(type: str, amount: str, **more: str) -> str:
    usual = {
        "instanceType": type,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "operation": "RunInstances",
    }
    return product("AmazonEC2", "Compute Instance", f"APN2-BoxUsage:{type}", ("0", amount), **{**usual, **more})
