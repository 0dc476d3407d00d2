"""Networks within each other, against the standard library's own comparison."""

from __future__ import annotations

import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.policy.lint.networks import in_others

V4 = st.builds(lambda number, length: f"{ipaddress.IPv4Address(number << 24)}/{length}", st.integers(0, 7), st.integers(0, 32))
V6 = st.builds(lambda number, length: f"{ipaddress.IPv6Address(number << 112)}/{length}", st.integers(0, 7), st.integers(0, 128))
ODD = st.sampled_from(["", "10.0.0.1", "10.0.0.1/8", "10.0.0.0/33", "::1", "::ffff:10.0.0.1", "x", "0.0.0.0/0", "::/0", "1"])


def holds(wide: str, narrow: str) -> bool:
    """The one network is a part of the other, and not all of it."""
    try:
        one, other = ipaddress.ip_network(narrow, strict=False), ipaddress.ip_network(wide, strict=False)
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one != other and one.subnet_of(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one != other and one.subnet_of(other)
    return False


@settings(max_examples=60, deadline=None)
@given(st.lists(V4 | V6 | ODD, max_size=8))
def test_each_is_told_with_the_first_that_holds_it(values: list[str]) -> None:
    expected = {
        place: by
        for place, value in enumerate(values)
        if (by := next((other for other in values if holds(other, value)), None)) is not None
    }
    assert in_others(values) == expected


def test_thousands_do_not_cost_their_square() -> None:
    values = [f"10.{one >> 8}.{one & 255}.0/24" for one in range(5000)]  # pairs would take minutes
    assert in_others(values) == {}
    assert in_others([*values, "10.0.0.0/8"]) == dict.fromkeys(range(5000), "10.0.0.0/8")
