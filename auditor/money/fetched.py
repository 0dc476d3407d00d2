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
RENEW = timedelta(days=7)
"""How old what was fetched must be for a refresh to fetch it anew, unasked: AWS's prices seldom change, spot prices are of seven days."""
AHEAD = timedelta(days=1)
"""How far a clock may be ahead."""
WAIT = 10.0
"""Seconds to wait for another run that is writing."""
SPOT = "ec2-spot-hour"


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
    return Table(row for fetch in fetches if -AHEAD <= now - fetch.at <= FRESH for row in fetch.rows if _holds(row, now))


def recent(fetches: Iterable[Fetch], region: str, now: datetime) -> Fetch | None:
    """What was fetched of a region so lately that a refresh need not ask again."""
    return next((fetch for fetch in fetches if fetch.region == region and -AHEAD <= now - fetch.at < RENEW), None)


def writable() -> bool:
    """There is a cache folder, and files can be put there; what of it is missing is made."""
    where = path()
    return where is not None and cached.ready(where.parent)


def save(fetches: Iterable[Fetch]) -> Path | None:
    """Keep these in place of what there was of their regions. The file, or ``None`` where it cannot be written.

    Where one has no spot prices, those that there were of its region stay until they are 30 days old.
    """
    where = path()
    if where is None or not cached.ready(where.parent):
        return None
    from filelock import FileLock, Timeout  # not in the zip of the function, which fetches no prices

    try:
        with FileLock(where.with_suffix(".lock"), timeout=WAIT):  # another run may put another region there
            kept = {fetch.region: fetch for fetch in load()}
            for fetch in fetches:
                kept[fetch.region] = _renewed(kept.get(fetch.region), fetch)
            file = _File(FORMAT, tuple(kept[region] for region in sorted(kept)))
            return where if cached.put(where, msgspec.json.encode(file)) else None
    except (Timeout, OSError):
        return None


def _renewed(before: Fetch | None, fetch: Fetch) -> Fetch:
    rows = fetch.rows
    if before and not any(row.kind == SPOT for row in rows):
        rows += tuple(row for row in before.rows if row.kind == SPOT and _holds(row, fetch.at))
    return Fetch(fetch.region, fetch.at.astimezone(UTC), tuple(sorted(rows, key=lambda row: (row.kind, row.region, row.item))))


def _holds(row: Price, now: datetime) -> bool:
    """It is not older than what is fresh: a spot price may be older than the fetch that it came through with."""
    return now.date() - row.as_of <= FRESH
