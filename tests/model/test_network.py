"""Network ACLs, tried entry by entry: checked against one address at a time."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.network import NetworkAclEntry, let_in

ADDRESSES = (
    "0.0.0.0",
    "10.0.0.5",
    "10.0.0.200",
    "127.255.255.255",
    "128.0.0.0",
    "203.0.113.9",
    "255.255.255.255",
    "::1",
    "2001:db8::9",
)
CIDRS = ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/24", "10.0.0.0/25", "203.0.113.9/32", "::/0", "2001:db8::/32")
PORTS = st.sampled_from([(None, None), (0, 65535), (22, 22), (20, 21), (21, 80), (3000, 4000)])


def _entry(
    number: int, egress: bool, allow: bool, protocol: str, ports: tuple[int | None, int | None], cidr: str
) -> NetworkAclEntry:
    return NetworkAclEntry(number, egress, allow, protocol, ports[0], ports[1], cidr)


ENTRIES = st.lists(
    st.builds(
        _entry,
        st.integers(1, 32766),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["-1", "6", "17", "1"]),
        PORTS,
        st.sampled_from(CIDRS),
    ),
    max_size=8,
    unique_by=lambda entry: (entry.number, entry.egress),
)


def decides(entries: list[NetworkAclEntry], address: str, port: int) -> NetworkAclEntry | None:
    """The entry that AWS would go by, tried one after the other."""
    for entry in sorted(entries, key=lambda entry: entry.number):
        network = ip_network(entry.cidr)
        there = network.version == ip_address(address).version and ip_address(address) in network
        ports = entry.protocol == "-1" or entry.from_port is None or entry.from_port <= port <= (entry.to_port or 0)
        if not entry.egress and there and entry.protocol in ("-1", "6") and ports:
            return entry
    return None


@given(ENTRIES, st.sampled_from(ADDRESSES), st.sampled_from([21, 22, 3389]))
def test_the_first_entry_that_matches_decides(entries: list[NetworkAclEntry], address: str, port: int) -> None:
    number, version = int(ip_address(address)), ip_address(address).version
    through = [
        entry
        for entry, addresses in let_in(entries, port, version)
        if any(first <= number <= last for first, last in addresses.ranges)
    ]
    expected = decides(entries, address, port)
    assert through == ([expected] if expected and expected.allow else [])


@pytest.mark.parametrize(
    ("protocol", "ports", "covers"),
    [
        ("-1", (None, None), True),
        ("-1", (80, 80), True),
        ("6", (22, 22), True),
        ("6", (None, None), True),
        ("6", (23, 80), False),
        ("17", (22, 22), False),
        ("1", (None, None), False),
        ("58", (None, None), False),
    ],
)
def test_which_entries_are_about_a_tcp_port(protocol: str, ports: tuple[int | None, int | None], covers: bool) -> None:
    assert NetworkAclEntry(1, False, True, protocol, *ports, "0.0.0.0/0").covers(22) is covers
