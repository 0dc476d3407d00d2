"""Sets of IP addresses, exactly: what ordered or overlapping blocks let through in the end."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from ipaddress import ip_network

import msgspec

Range = tuple[int, int]
"""The first and the last address, as numbers."""


class Addresses(msgspec.Struct, frozen=True):
    """Addresses of one family (``version`` 4 or 6), as ranges that are in order, disjoint and do not touch."""

    version: int
    ranges: tuple[Range, ...] = ()

    @property
    def count(self) -> int:
        """How many addresses there are."""
        return sum(last - first + 1 for first, last in self.ranges)

    def __or__(self, other: Addresses) -> Addresses:
        merged: list[Range] = []
        for first, last in sorted((*self.ranges, *other.ranges)):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return Addresses(self.version, tuple(merged))

    def __and__(self, other: Addresses) -> Addresses:
        shared = [
            (max(first, low), min(last, high))
            for first, last in self.ranges
            for low, high in other.ranges
            if max(first, low) <= min(last, high)
        ]
        return Addresses(self.version, tuple(shared))

    def __sub__(self, other: Addresses) -> Addresses:
        left: list[Range] = []
        for first, last in self.ranges:
            start = first
            for low, high in other.ranges:
                if high < start or low > last:
                    continue
                if low > start:
                    left.append((start, low - 1))
                start = high + 1
            if start <= last:
                left.append((start, last))
        return Addresses(self.version, tuple(left))


def family(block: str) -> int:
    """4 or 6, by how the block is written."""
    return 6 if ":" in block else 4


def block_of(block: str) -> Addresses:
    """The addresses of a CIDR block. Raises :class:`ValueError` for what is none."""
    network = ip_network(block, strict=False)
    return Addresses(network.version, ((int(network.network_address), int(network.broadcast_address)),))


def blocks_of(version: int, blocks: Iterable[str]) -> Addresses:
    """The addresses of those blocks that are of the family. Raises :class:`ValueError` for what is no CIDR block."""
    return reduce(Addresses.__or__, (block_of(block) for block in blocks if family(block) == version), Addresses(version))


EVERY = {4: "0.0.0.0/0", 6: "::/0"}
"""All addresses of a family."""

# Blocks from which nobody on the internet can send: IANA's special-purpose registry, and multicast. Of IPv6 only 2000::/3 is
# given out.
_NOT_THE_INTERNET = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)
_A_LARGE_PART = {4: 1 << (32 - 7), 6: 1 << (128 - 12)}


@cache
def internet(version: int) -> Addresses:
    """The addresses of a family from which the internet can send."""
    if version == 6:
        return block_of("2000::/3")
    return block_of(EVERY[4]) - blocks_of(4, _NOT_THE_INTERNET)


def is_the_internet(addresses: Addresses) -> bool:
    """The whole internet or a large part of it is among them.

    Large is as many of its addresses as a /7 of IPv4 or a /12 of IPv6 has, in any pieces: the limit of
    :attr:`auditor.model.compute.IpRange.from_anywhere`.
    """
    return (addresses & internet(addresses.version)).count >= _A_LARGE_PART[addresses.version]
