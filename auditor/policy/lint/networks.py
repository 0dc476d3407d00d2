"""Networks of IP addresses within each other."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TypeAlias

_Network: TypeAlias = tuple[int, int, int]
"""The version of a network, the length of its prefix, and the bits of that."""


def in_others(values: Sequence[str]) -> Mapping[int, str]:
    """The networks that lie within another one of the list, by their places, with the first such as it is written. What is no network is
    passed over. Each is looked for by the bits that it begins with: a list of thousands must not cost its square."""
    read = [_network(value) for value in values]
    first: dict[_Network, int] = {}
    for place, one in enumerate(read):
        if one is not None:
            first.setdefault(one, place)
    lengths = sorted({(version, length) for version, length, _ in first})
    found: dict[int, str] = {}
    for place, one in enumerate(read):
        if one is not None:
            version, length, bits = one
            wider = [(version, some, bits >> length - some) for of, some in lengths if of == version and some < length]
            holding = [first[network] for network in wider if network in first]
            if holding:
                found[place] = values[min(holding)]
    return found


def _network(text: str) -> _Network | None:
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return found.version, found.prefixlen, int(found.network_address) >> found.max_prefixlen - found.prefixlen
