"""The lines of a snapshot file: see :mod:`auditor.engine.archive`."""

from __future__ import annotations

import msgspec

from auditor.model.fact import Unknown
from auditor.model.price import Price
from auditor.model.snapshot import CallRecord, Gap, Header


class HeaderLine(msgspec.Struct, tag_field="line", tag="header", frozen=True):
    """The first line."""

    header: Header


class SectionLine(msgspec.Struct, tag_field="line", tag="section", frozen=True):
    """A list that was finished. Without this line a list is unknown."""

    kind: str
    scope: str
    missing: tuple[Unknown, ...]


class ItemLine(msgspec.Struct, tag_field="line", tag="item", frozen=True):
    """One resource."""

    kind: str
    scope: str
    item: msgspec.Raw


class CallLine(msgspec.Struct, tag_field="line", tag="call", frozen=True):
    """One API call."""

    call: CallRecord


class GapLine(msgspec.Struct, tag_field="line", tag="gap", frozen=True):
    """Something that could not be seen."""

    gap: Gap


class PriceLine(msgspec.Struct, tag_field="line", tag="price", frozen=True):
    """One price, since format 2."""

    price: Price


class TrailerLine(msgspec.Struct, tag_field="line", tag="trailer", frozen=True):
    """The last line: how many lines went before, and the SHA-256 of their bytes."""

    lines: int
    sha256: str


Line = HeaderLine | SectionLine | ItemLine | CallLine | GapLine | PriceLine | TrailerLine
