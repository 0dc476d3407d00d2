"""Amounts of money: exact, with their prices, and unknown rather than zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from auditor.model.fact import Known, Reason, Unknown
from auditor.model.money import HOURS, Use, gigabytes, monthly, thousands
from auditor.model.price import Price
from auditor.money.book import Table

REGION = "ap-northeast-2"
DENIED = Unknown(Reason.DENIED, "ec2.DescribeVolumes", "ec2:DescribeVolumes")


def price(item: str, amount: str, *, kind: str = "ebs-storage", region: str = REGION, **more: object) -> Price:
    row = Price(
        kind=kind, region=region, item=item, amount=Decimal(amount), per="GB-month", as_of=date(2026, 11, 1), source="a test"
    )
    return msgspec.structs.replace(row, **more)


PRICES = Table([price("gp2", "0.114"), price("gp3", "0.0912"), price("cny", "0.5", currency="CNY")])


def test_an_amount_is_the_exact_sum_of_its_parts() -> None:
    money = monthly(PRICES, Use("ebs-storage", REGION, "gp2", 200), Use("ebs-storage", REGION, "gp3", -200))
    assert money.amount == Decimal("4.56")
    assert [part.amount for part in money.parts] == [Decimal("22.8"), Decimal("-18.24")]
    assert money.positive
    assert money.verified
    assert money.basis == "list"


def test_a_price_that_is_not_known_makes_the_amount_unknown_not_smaller() -> None:
    money = monthly(PRICES, Use("ebs-storage", REGION, "gp2", 200), Use("ebs-iops", REGION, "gp2", 3000))
    assert money.amount is None
    assert [(one.kind, one.region, one.item) for one in money.unpriced] == [("ebs-iops", REGION, "gp2")]
    assert not money.positive


@pytest.mark.parametrize("region", ["us-east-1", "ap-northeast-1", ""])
def test_no_other_region_stands_in(region: str) -> None:
    assert monthly(PRICES, Use("ebs-storage", region, "gp2", 1)).amount is None


def test_facts_that_are_not_known_are_named_once() -> None:
    money = monthly(PRICES, Use("ebs-storage", REGION, DENIED, DENIED), Use("ebs-storage", REGION, Known("gp3"), DENIED))
    assert money.amount is None
    assert money.missing == (DENIED,)
    assert monthly(PRICES, Use("ebs-storage", REGION, Known("gp3"), Known(10))).amount == Decimal("0.912")


def test_two_currencies_have_no_sum() -> None:
    money = monthly(PRICES, Use("ebs-storage", REGION, "gp2", 1), Use("ebs-storage", REGION, "cny", 1))
    assert money.amount is None
    assert money.why == "its prices are in CNY and USD"
    assert monthly(PRICES, Use("ebs-storage", REGION, "cny", 4)).currency == "CNY"


def test_a_price_that_stands_in_is_found_where_it_was_asked_for_and_is_not_verified() -> None:
    borrowed = price("gp3", "0.08", region="us-east-1", elsewhere="af-south-1")
    table = Table([borrowed])
    assert table.find("ebs-storage", "af-south-1", "gp3") is borrowed
    assert table.find("ebs-storage", "us-east-1", "gp3") is None
    assert not monthly(table, Use("ebs-storage", "af-south-1", "gp3", 1)).verified
    assert not monthly(Table([price("gp3", "1", verified=False)]), Use("ebs-storage", REGION, "gp3", 1)).verified


def test_units() -> None:
    assert gigabytes(2**30) == 1
    assert gigabytes(3 * 2**29) == Decimal("1.5")
    assert gigabytes(1) * 2**30 == 1, "not rounded"
    assert thousands(2500) == Decimal("2.5")
    assert HOURS == 730
    assert monthly(PRICES, Use("ebs-storage", REGION, "gp3", 0.1)).amount == Decimal("0.00912"), "0.1 as it prints"
