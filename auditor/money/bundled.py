"""The prices that come with awsaudit.

They stand in ``data``, a block for each kind: its unit, date and source, then a row for each item and a column for each region. Only
what is asked for is made into prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from auditor.model.price import Price

NOT_KNOWN = "-"
FACTS = ("kind", "per", "as_of", "verified", "source")
"""The lines that begin a block, in this order."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The prices of one kind: cells by item, in the order of the regions."""

    kind: str
    per: str
    as_of: date
    verified: bool
    source: str
    regions: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]

    def find(self, region: str, item: str) -> Price | None:
        """The price, or ``None``: it is not known."""
        cells = self.rows.get(item)
        if cells is None or region not in self.regions:
            return None
        cell = cells[self.regions.index(region)]
        if cell == NOT_KNOWN:
            return None
        return Price(
            kind=self.kind,
            region=region,
            item=item,
            amount=Decimal(cell),
            per=self.per,
            as_of=self.as_of,
            source=self.source,
            verified=self.verified,
        )


class Bundled:
    """The bundled prices."""

    def find(self, kind: str, region: str, item: str) -> Price | None:
        """The price, or ``None``: it is not known."""
        block = blocks().get(kind)
        return block.find(region, item) if block else None

    def rows(self) -> Iterator[Price]:
        """Every price, by kind, item and region."""
        for kind in sorted(blocks()):
            block = blocks()[kind]
            for item in sorted(block.rows):
                yield from (price for region in sorted(block.regions) if (price := block.find(region, item)))


@cache
def blocks() -> Mapping[str, Block]:
    """The blocks of all files, by kind."""
    folder = files("auditor.money").joinpath("data")
    found: dict[str, Block] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".tsv"):
            for block in parse(file.read_text("utf-8")):
                found[block.kind] = block
    return found


def parse(text: str) -> Iterator[Block]:
    """The blocks of a file. Raises :class:`ValueError` for a file that is not one of ours."""
    for part in text.split("\n\n"):
        lines = [line.split("\t") for line in part.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        facts, table = lines[: len(FACTS)], lines[len(FACTS) :]
        kind, per, as_of, verified, source = (_fact(name, line) for name, line in zip(FACTS, facts, strict=True))
        (heading, *regions), *rows = table
        if heading != "item" or any(len(row) != len(regions) + 1 for row in rows):
            raise ValueError(f"the table of {kind} is not a row for each item and a column for each region")
        if len({item for item, *_ in rows}) < len(rows):
            raise ValueError(f"an item of {kind} is there twice")
        yield Block(
            kind=kind,
            per=per,
            as_of=date.fromisoformat(as_of),
            verified={"yes": True, "no": False}[verified],
            source=source,
            regions=tuple(regions),
            rows={item: tuple(cells) for item, *cells in rows},
        )


def _fact(name: str, line: list[str]) -> str:
    if len(line) != 2 or line[0] != name:
        raise ValueError(f"a block has no line for its {name}")
    return line[1]
