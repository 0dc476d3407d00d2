"""``[prices]`` in ``awsaudit.toml``, and the book that it asks for."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from auditor import regular
from auditor.errors import ConfigError, PriceFileError
from auditor.model.price import Price
from auditor.money import fetched, user
from auditor.money.book import Book, Table
from auditor.money.bundled import Bundled
from auditor.money.shown import Display

LARGEST = 8 * 1024 * 1024
"""Bytes of a price file: some 100,000 prices, ten times what comes with awsaudit, and read in seconds."""
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}")
_HIGHEST = Decimal(10) ** 9
_DECIMALS = 20
"""Places of a rate behind the point: it is printed in full."""


class PricesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table as it is written."""

    file: str | None = None
    elsewhere: str | None = None
    currency: str | None = None
    rate: str | int | float | None = None


class PriceSettings(msgspec.Struct, frozen=True):
    """Where prices come from, and how amounts are shown.

    ``file`` holds prices of the user's own. ``elsewhere`` is a region whose prices may stand in for those of a region that are not
    known; amounts made with them are marked and left out of totals.
    """

    file: Path | None = None
    elsewhere: str | None = None
    display: Display = Display()


def settings(table: PricesTable, path: str) -> PriceSettings:
    """The settings of a configuration file; a price file is looked for beside it. Raises :class:`ConfigError`."""
    where = f"config `{path}` [prices]"
    if table.elsewhere is not None and not _REGION.fullmatch(table.elsewhere):
        raise ConfigError(f"{where}: `elsewhere` must be a region, such as us-east-1")
    if (table.currency in (None, "USD")) != (table.rate is None):
        raise ConfigError(f"{where}: `currency` and `rate` go together: what one US dollar is in that currency")
    return PriceSettings(
        file=Path(path).parent / table.file if table.file else None,
        elsewhere=table.elsewhere,
        display=Display(_currency(table.currency or "USD", where), None if table.rate is None else _rate(table.rate, where)),
    )


def open_book(chosen: PriceSettings, now: datetime) -> Book:
    """The user's file, then what was fetched in the last 30 days, then what is bundled. Raises :class:`PriceFileError`."""
    own = Table(read(chosen.file)) if chosen.file else Table(())
    return Book((own, fetched.fresh(fetched.load(), now), Bundled()), chosen.elsewhere)


def listed(chosen: PriceSettings, now: datetime) -> tuple[Price, ...]:
    """Every price that :func:`open_book` would find in its own region, by kind, item and region. Raises :class:`PriceFileError`."""
    found: dict[tuple[str, str, str], Price] = {}
    own = read(chosen.file) if chosen.file else ()
    for price in (*own, *fetched.fresh(fetched.load(), now).rows, *Bundled().rows()):
        found.setdefault((price.kind, price.item, price.region), price)
    return tuple(found[place] for place in sorted(found))


def read(path: Path) -> tuple[Price, ...]:
    """The prices of a file. Raises :class:`PriceFileError`."""
    try:
        content = regular.contents(path, LARGEST)
    except OSError as error:
        raise PriceFileError(
            f"price file `{path}` cannot be read: {error.strerror or error}; name another with --prices or under [prices]"
        ) from error
    return user.parse(content, path.name)


def _currency(code: str, where: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code):
        raise ConfigError(f"{where}: `currency` must be a code of three capital letters, such as KRW")
    return code


def _rate(rate: str | float, where: str) -> Decimal:
    try:
        found = Decimal(str(rate))
    except InvalidOperation:
        found = Decimal(0)
    exponent = found.as_tuple().exponent
    if not (isinstance(exponent, int) and exponent >= -_DECIMALS and Decimal(0) < found < _HIGHEST):
        raise ConfigError(f"{where}: `rate` must be a figure above 0: what one US dollar is in that currency, such as 1480.5")
    return found
