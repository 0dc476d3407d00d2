"""How amounts are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.money.shown import Display, plain, quantity, text, unit_price
from tests.money.made import price


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1234567.895", "USD", "1,234,567.90 USD"),
        ("0.005", "USD", "under 0.01 USD"),
        ("0.01", "USD", "0.01 USD"),
        ("0", "USD", "0.00 USD"),
        ("-3.456", "USD", "-3.46 USD"),
        ("-0.001", "USD", "above -0.01 USD"),
        ("1827060.5", "KRW", "1,827,061 KRW"),
        ("0.4", "KRW", "under 1 KRW"),
        ("12.3456", "KWD", "12.346 KWD"),
        ("1E+3", "USD", "1,000.00 USD"),
    ],
)
def test_amounts(amount: str, currency: str, expected: str) -> None:
    assert text(Decimal(amount), currency) == expected


def test_a_rate_of_the_user_s_own() -> None:
    won = Display("KRW", Decimal("1480.5"))
    assert won.shown(Decimal("12.34"), "USD") == "18,269 KRW"
    assert won.shown(Decimal("12.34"), "CNY") == "12.34 CNY", "the rate is of the dollar"
    assert won.said == "1 USD = 1,480.5 KRW, the rate in the configuration"
    assert Display().shown(Decimal("12.34"), "USD") == "12.34 USD"
    assert Display().said == ""


@pytest.mark.parametrize(
    ("figure", "expected"), [("0.00099", "0.00099"), ("0.0800", "0.08"), ("100", "100"), ("1480.50", "1,480.5"), ("0", "0")]
)
def test_figures_keep_their_digits(figure: str, expected: str) -> None:
    assert plain(Decimal(figure)) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("730", "730"),
        ("1234.56789", "1,234.568"),
        ("0.00000123", "0.000001"),
        ("0.5", "0.5"),
        ("-20.0004", "-20"),
        ("2.5", "2.5"),
    ],
)
def test_quantities_are_rounded_where_nobody_reads_on(figure: str, expected: str) -> None:
    assert quantity(Decimal(figure)) == expected


def test_a_price_says_its_date_basis_and_source() -> None:
    assert unit_price(price("m5.large", "0.096")) == "0.096 USD per hour (list, 2026-11-01; a test)"
    marked = price("m5.large", "0.096", verified=False, elsewhere="af-south-1")
    assert (
        unit_price(marked) == "0.096 USD per hour (list, 2026-11-01, not verified, of us-east-1 in place of af-south-1; a test)"
    )


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_rounding_moves_an_amount_by_half_a_cent_at_most(amount: Decimal) -> None:
    shown = text(amount, "USD")
    if not shown.startswith(("under", "above")):
        assert abs(Decimal(shown.removesuffix(" USD").replace(",", "")) - amount) <= Decimal("0.005")
