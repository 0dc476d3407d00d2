"""Values of conditions: numbers, dates, networks and binary data, as AWS reads them. What cannot be read is ``None`` and equals nothing.

Source: IAM User Guide, *IAM JSON policy elements: Condition operators*. Dates are in the forms of the W3C's note on ISO 8601, or seconds
since 1970.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

_NUMBER = re.compile(r"[-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,3})?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[-+]\d\d(?::?\d\d)?)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_CIDR = re.compile(r"[0-9A-Fa-f.:]+(?:/\d{1,3})?", re.ASCII)
_SECONDS = re.compile(r"-?\d{1,12}(?:\.\d{1,9})?", re.ASCII)


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """A number, whole or decimal."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@lru_cache(maxsize=4096)
def date(text: str) -> Decimal | None:
    """A date as seconds since 1970. Four digits are a year; without an offset, the time is UTC."""
    found = _DATE.fullmatch(text)
    if not found:
        return Decimal(text) if _SECONDS.fullmatch(text) else None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        when = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=_zone(zone)
        )
        whole = int((when - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
    return Decimal(whole) + (Decimal(f"0.{fraction}") if fraction else 0)


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """A network in CIDR form, or an address as a network of one. Bits beyond the prefix do not count; a mask in place of its length is not
    CIDR, nor has an address a zone.
    """
    if not _CIDR.fullmatch(text.strip()):
        return None
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def within(network: Network, addresses: Network) -> bool:
    """All the addresses are in the network. IPv4 and IPv6 have nothing in common."""
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(addresses, ipaddress.IPv4Network) and addresses.subnet_of(network)
    return isinstance(addresses, ipaddress.IPv6Network) and addresses.subnet_of(network)


@lru_cache(maxsize=1024)
def binary(text: str) -> bytes | None:
    """Bytes from base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
