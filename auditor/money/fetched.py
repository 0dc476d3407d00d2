"""Prices that were fetched from AWS, in the user's cache folder: see :mod:`auditor.cached`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from auditor import cached
from auditor.model.price import Price
from auditor.money.book import Table
from auditor.money.kinds import fault

FORMAT = 1
FRESH = timedelta(days=30)
"""For how long what was fetched goes before what is bundled. Our own choice: AWS changes few prices, and rarely."""
AHEAD = timedelta(days=1)
"""How far a clock may be ahead."""


class Fetch(msgspec.Struct, frozen=True):
    """What was fetched of a region, and when."""

    region: str
    at: datetime
    rows: tuple[Price, ...]


class _File(msgspec.Struct, frozen=True):
    format: int
    fetches: tuple[Fetch, ...]


def path() -> Path | None:
    """Where they lie. ``None`` where there is no home."""
    where = cached.folder()
    return where / f"prices-{FORMAT}.json" if where else None


def load() -> tuple[Fetch, ...]:
    """What was fetched; nothing if the file is not there, or is not ours."""
    where = path()
    raw = cached.contents(where) if where else None
    if raw is None:
        return ()
    try:
        file = msgspec.json.decode(raw, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    sound = file.format == FORMAT and all(
        fetch.at.tzinfo is not None and all(row.elsewhere is None and fault(row) is None for row in fetch.rows)
        for fetch in file.fetches
    )
    return file.fetches if sound else ()


def fresh(fetches: Iterable[Fetch], now: datetime) -> Table:
    """The prices of what was fetched in the last 30 days."""
    return Table(row for fetch in fetches if -AHEAD <= now - fetch.at <= FRESH for row in fetch.rows)


def save(fetches: Iterable[Fetch]) -> Path | None:
    """Keep these in place of what there was of their regions. The file, or ``None`` where it cannot be written."""
    where = path()
    if where is None or not cached.ready(where.parent):
        return None
    kept = {fetch.region: fetch for fetch in load()}
    for fetch in fetches:
        rows = tuple(sorted(fetch.rows, key=lambda row: (row.kind, row.region, row.item)))
        kept[fetch.region] = Fetch(fetch.region, fetch.at.astimezone(UTC), rows)
    file = _File(FORMAT, tuple(kept[region] for region in sorted(kept)))
    return where if cached.put(where, msgspec.json.encode(file)) else None
