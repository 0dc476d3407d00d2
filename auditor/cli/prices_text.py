"""What ``awsaudit prices`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.cells import cell_len

from auditor.model.fact import Reason
from auditor.model.price import Price
from auditor.money.fetched import Fetch
from auditor.money.kinds import KINDS
from auditor.money.shown import plain
from auditor.render.json_money import price_info
from auditor.render.reasons import missing
from auditor.render.view import count_of
from auditor.render.visible import visible

if TYPE_CHECKING:
    from auditor.collect.prices import Refreshed  # it loads boto3, which `prices show` does not need

_NEXT = {
    Reason.THROTTLED: "; AWS takes no more calls for now, so try again in some minutes",
    Reason.ERROR: "; what answered cannot be used, so check the network and try again",
}
"""What to do where no permission would help."""


def kinds(prices: Sequence[Price]) -> str:
    """Which kinds there are, with what they are of, and how many prices are known and from when."""
    rows = [("KIND", "PER", "ITEMS ARE", "KNOWN", "AS OF")]
    for kind, about in KINDS.items():
        mine = [price for price in prices if price.kind == kind]
        dates = sorted({f"{price.as_of}" for price in mine})
        loose = "" if all(price.verified for price in mine) else ", not all verified"
        known = f"{len(mine):,} in {count_of(len({price.region for price in mine}), 'region')}{loose}" if mine else "none"
        rows.append((kind, about.per, about.items, known, " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""))
    return _columns(rows)


def table(prices: Iterable[Price]) -> str:
    """A line for each price."""
    rows = [("KIND", "REGION", "ITEM", "PRICE", "PER", "AS OF", "BASIS", "SOURCE")]
    for one in prices:
        mark = "" if one.verified else " (not verified)"
        amount = f"{plain(one.amount)} {one.currency}"
        rows.append((one.kind, one.region, one.item, amount, one.per, f"{one.as_of}", one.basis, f"{one.source}{mark}"))
    return _columns(rows, right=3)


def as_json(prices: Iterable[Price]) -> str:
    """The prices as JSON, a line for each."""
    lines = ",\n".join(msgspec.json.encode(price_info(price)).decode() for price in prices)
    return f'{{"format":1,"prices":[\n{lines}\n]}}\n' if lines else '{"format":1,"prices":[]}\n'


def fetched(one: Refreshed) -> str:
    """What was fetched of a region, and what could not be."""
    region, rows = one.fetch.region, one.fetch.rows
    if not one.complete:
        lines = [f"{region}: could not be fetched whole, so that what was kept of it before stays; asking about {one.failed}:"]
    elif not rows:
        lines = [f"{region}: the price list has nothing for it; is it a region?"]
    else:
        counts = Counter(price.kind for price in rows)
        lines = [f"{region}: {count_of(len(rows), 'price')} ({', '.join(f'{kind} {n:,}' for kind, n in sorted(counts.items()))})"]
    lines += [f"  {missing(unknown)}{_NEXT.get(unknown.reason, '')}" for unknown in one.missing]
    for said, items in (
        ("left out, as the list has several prices", one.ambiguous),
        ("left out, as the list has another unit", one.unusual),
        ("not in the list", one.absent),
    ):
        if items:
            lines.append(f"  {said}: {', '.join(items)}")
    return "".join(f"{visible(line)}\n" for line in lines)


def still(one: Fetch) -> str:
    """A region need not be fetched again."""
    return f"{one.region}: {count_of(len(one.rows), 'price')} of {one.at:%Y-%m-%d}, not fetched again; --force does\n"


def untried(region: str) -> str:
    """A region was given up."""
    return f"{region}: not fetched; what was kept of it before stays\n"


def kept(where: Path) -> str:
    """Where the prices lie now."""
    return visible(f"kept in {where}") + "\n"


def _columns(rows: Sequence[tuple[str, ...]], right: int | None = None) -> str:
    """The rows under each other, by the width that letters have in a terminal."""
    shown = [tuple(map(visible, row)) for row in rows]
    widths = [max(cell_len(row[place]) for row in shown) for place in range(len(shown[0]))]
    made: list[str] = []
    for row in shown:
        cells = [
            " " * (width - cell_len(cell)) + cell if place == right else cell + " " * (width - cell_len(cell))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        made.append("  ".join(cells).rstrip() + "\n")
    return "".join(made)
