"""Sets of addresses: checked against sets of single addresses."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.addresses import Addresses, block_of, blocks_of, family, internet, is_the_internet


def _block(first: int, bits: int) -> str:
    return f"10.0.0.{first >> (32 - bits) << (32 - bits)}/{bits}"


BLOCKS = st.builds(_block, st.integers(0, 255), st.integers(24, 32))


def single(addresses: Addresses) -> set[int]:
    return {number for first, last in addresses.ranges for number in range(first, last + 1)}


def tidy(addresses: Addresses) -> bool:
    ranges = addresses.ranges
    return all(first <= last for first, last in ranges) and all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=6))
def test_they_reckon_as_sets_do(one: list[str], other: list[str]) -> None:
    left, right = blocks_of(4, one), blocks_of(4, other)
    assert single(left) == {int(address) for block in one for address in ip_network(block)}
    assert single(left | right) == single(left) | single(right)
    assert single(left & right) == single(left) & single(right)
    assert single(left - right) == single(left) - single(right)
    assert left.count == len(single(left))
    assert all(map(tidy, (left, left | right, left & right, left - right)))


def test_a_block_is_of_one_family() -> None:
    assert (family("10.0.0.0/8"), family("::/0")) == (4, 6)
    assert blocks_of(6, ("10.0.0.0/8", "2001:db8::/32")) == block_of("2001:db8::/32")
    assert block_of("10.0.0.7/8") == block_of("10.0.0.0/8"), "host bits are not taken ill: AWS writes some blocks so"
    for wrong in ("ten", "10.0.0.0/33", "10.0.0.0/8/8", ""):
        with pytest.raises(ValueError, match=r"does not appear|Only one '/'|netmask"):
            block_of(wrong)


@pytest.mark.parametrize(
    ("blocks", "answer"),
    [
        (("0.0.0.0/0",), True),
        (("0.0.0.0/1",), True),
        (("12.0.0.0/7",), True),
        (("12.0.0.0/8", "40.0.0.0/8"), True),
        (("12.0.0.0/8",), False),
        (("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "224.0.0.0/3"), False),
        ((), False),
        (("::/0",), True),
        (("2000::/3",), True),
        (("2a00::/12",), True),
        (("2a00::/13",), False),
        (("fc00::/7",), False),
    ],
)
def test_what_the_internet_is(blocks: tuple[str, ...], answer: bool) -> None:
    version = family(blocks[0]) if blocks else 4
    assert is_the_internet(blocks_of(version, blocks)) is answer


def test_private_addresses_are_not_the_internet() -> None:
    for private in ("10.1.2.3/32", "172.31.0.0/16", "192.168.1.0/24", "127.0.0.1/32", "169.254.169.254/32", "255.255.255.255/32"):
        assert not (block_of(private) & internet(4)).ranges
    assert (block_of("8.8.8.8/32") & internet(4)).count == 1
