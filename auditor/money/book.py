"""A book of prices: what is looked up in it, and in which layer it is found."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from auditor.model.price import Price


class Table:
    """Prices in one list. A price that stands in for another region's is found under the region that it stands in for."""

    def __init__(self, rows: Iterable[Price]) -> None:
        self._rows = tuple(rows)

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], Price]:
        return {(row.kind, row.elsewhere or row.region, row.item): row for row in reversed(self._rows)}

    def find(self, kind: str, region: str, item: str) -> Price | None:
        """The price; the first, if the list has several. ``None``: it is not in the list."""
        return self._index.get((kind, region, item))
