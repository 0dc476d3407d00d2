"""A book of prices: what is looked up in it, and in which layer it is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec

from auditor.model.price import Price, Prices


class Table:
    """Prices in one list. A price that stands in for another region's is found under the region that it stands in for."""

    def __init__(self, rows: Iterable[Price]) -> None:
        self.rows = tuple(rows)

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], Price]:
        return {(row.kind, row.elsewhere or row.region, row.item): row for row in reversed(self.rows)}

    def find(self, kind: str, region: str, item: str) -> Price | None:
        """The price; the first, if the list has several. ``None``: it is not in the list."""
        return self._index.get((kind, region, item))


class Book:
    """Prices in layers: the first that knows one has it.

    The layers are, in this order: the user's own file, what was fetched from AWS not long ago, what comes with awsaudit. Without any
    of them a price is unknown. ``elsewhere`` is a region whose prices stand in where a region's own are not known, if the user asked
    for that; they are marked.
    """

    def __init__(self, layers: Sequence[Prices], elsewhere: str | None = None) -> None:
        self._layers = tuple(layers)
        self._elsewhere = elsewhere

    def find(self, kind: str, region: str, item: str) -> Price | None:
        """The price, or ``None``: then it is unknown."""
        if found := self._own(kind, region, item):
            return found
        if self._elsewhere is None or self._elsewhere == region:
            return None
        other = self._own(kind, self._elsewhere, item)
        return msgspec.structs.replace(other, elsewhere=region) if other else None

    def _own(self, kind: str, region: str, item: str) -> Price | None:
        for layer in self._layers:
            if found := layer.find(kind, region, item):
                return found
        return None
