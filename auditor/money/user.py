"""Prices of the user's own, from a TOML or CSV file: what is agreed with AWS, or what the bundled prices lack.

A CSV file has a row for each price, under a heading with ``kind``, ``region``, ``item``, ``amount`` and ``as_of``, and if need be ``per``,
``currency``, ``basis``, ``source`` and ``verified``. A TOML file has a ``[[price]]`` table for each with the same names; what is written
above the first is for all of them.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

import msgspec

from auditor.errors import PriceFileError
from auditor.model.price import Price
from auditor.money.kinds import HIGHEST, KINDS, fault

NEEDED = ("kind", "region", "item", "amount", "as_of")
"""What a price must say."""
ALLOWED = (*NEEDED, "per", "currency", "basis", "source", "verified")
LINE = 1000
"""Characters of a line of a TOML file. Longer ones no price needs, and numbers and names of that size take the parser for ever."""
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*price[ \t]*\]\]", re.MULTILINE)
_VERIFIED = {"yes": True, "true": True, "no": False, "false": False}


class _Row(msgspec.Struct, frozen=True):
    line: int | None
    """Where it begins; ``None`` where the file does not tell."""
    values: Mapping[str, object]


def parse(content: bytes, name: str) -> tuple[Price, ...]:
    """The prices of a file; ``name`` tells its format by its ending, and is for messages and as the source of its prices.

    Raises :class:`PriceFileError`, naming the file and the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceFileError(f"price file `{name}` is not UTF-8 text; save it as UTF-8") from error
    if name.lower().endswith(".toml"):
        rows = _toml(text, name)
    elif name.lower().endswith(".csv"):
        rows = _csv(text, name)
    else:
        raise PriceFileError(f"price file `{name}` is neither .toml nor .csv; name it after its format")
    seen: dict[tuple[str, str, str], _Row] = {}
    prices: list[Price] = []
    for row in rows:
        price = _price(row, name)
        place = (price.kind, price.region, price.item)
        if place in seen:
            first = f" first in line {seen[place].line}" if seen[place].line else ""
            raise _fault(row, name, f"`{' '.join(place)}` is there twice,{first}; keep the one that holds".replace(",;", ";"))
        seen[place] = row
        prices.append(price)
    return tuple(prices)


def _toml(text: str, name: str) -> Iterator[_Row]:
    for number, written in enumerate(text.split("\n"), 1):
        if len(written) > LINE:
            raise PriceFileError(
                f"price file `{name}` line {number}: it has more than {LINE:,} characters; a price needs far fewer"
            )
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise PriceFileError(
            f"price file `{name}`: its values nest too deep; write each price under a line `[[price]]`"
        ) from None
    except InvalidOperation:
        raise PriceFileError(f"price file `{name}`: a figure in it is too large; amounts are from 0 to {HIGHEST:,}") from None
    except tomllib.TOMLDecodeError as error:
        raise PriceFileError(f"price file `{name}` is not valid TOML: {error}") from error
    try:
        tables = msgspec.convert(data.pop("price", []), list[dict[str, object]])
    except msgspec.ValidationError:
        raise PriceFileError(f"price file `{name}`: write each price as a table, under a line `[[price]]`") from None
    found = list(_tables(text))
    # Text in quotes over several lines may look like a table: then no line is told rather than a wrong one.
    lines: list[int | None] = [*found] if len(found) == len(tables) else [None] * len(tables)
    if strange := sorted(key for key in data if key not in ALLOWED):
        raise PriceFileError(f"price file `{name}`: there is no setting `{strange[0]}`; there are {', '.join(ALLOWED)}")
    for line, table in zip(lines, tables, strict=True):
        yield _Row(line, {**data, **table})


def _tables(text: str) -> Iterator[int]:
    """The lines in which tables of prices begin."""
    line, counted = 1, 0
    for match in _TABLE.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        yield line


def _csv(text: str, name: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, cast("list[str]", []))]
        for lacking in (column for column in NEEDED if column not in heading):
            raise PriceFileError(f"price file `{name}` line 1: the heading lacks `{lacking}`; it needs {', '.join(NEEDED)}")
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(heading):
                    raise PriceFileError(
                        f"price file `{name}` line {line}: it has {len(cells)} cells and the heading {len(heading)}; quote commas"
                    )
                values = {column: cell.strip() for column, cell in zip(heading, cells, strict=True) if cell.strip()}
                yield _Row(line, values)
            line = reader.line_num + 1
    except csv.Error as error:
        raise PriceFileError(f"price file `{name}` line {reader.line_num}: {error}") from error


def _price(row: _Row, name: str) -> Price:
    values = row.values
    for key in values:
        if key not in ALLOWED:
            raise _fault(row, name, f"there is no setting `{key}`; there are {', '.join(ALLOWED)}")
    for key in NEEDED:
        if key not in values:
            raise _fault(row, name, f"it does not say its `{key}`")
    kind = _text(row, "kind", name)
    per = _text(row, "per", name) if "per" in values else KINDS[kind].per if kind in KINDS else ""
    price = Price(
        kind=kind,
        region=_text(row, "region", name),
        item=_text(row, "item", name),
        amount=_amount(row, name),
        per=per,
        as_of=_date(row, name),
        source=_text(row, "source", name) if "source" in values else name,
        currency=_text(row, "currency", name) if "currency" in values else "USD",
        basis=_text(row, "basis", name) if "basis" in values else "list",
        verified=_verified(row, name),
    )
    if wrong := fault(price):
        raise _fault(row, name, wrong)
    return price


def _text(row: _Row, key: str, name: str) -> str:
    value = row.values[key]
    if not isinstance(value, str):
        raise _fault(row, name, f"its `{key}` must be a text, in quotes")
    return value


def _amount(row: _Row, name: str) -> Decimal:
    value = row.values["amount"]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _fault(row, name, "its `amount` must be a figure, such as 0.0912")
    try:
        return Decimal(value)
    except (InvalidOperation, ValueError):  # ValueError: more digits than Python reads
        raise _fault(row, name, f"its amount `{str(value)[:40]}` is not a figure; write it as 1234.56") from None


def _date(row: _Row, name: str) -> date:
    value = row.values["as_of"]
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_date()
    except ValueError:
        raise _fault(row, name, "its `as_of` must be a date, such as 2026-11-01") from None


def _no_date() -> date:
    raise ValueError


def _verified(row: _Row, name: str) -> bool:
    value = row.values.get("verified", True)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _VERIFIED:
        return _VERIFIED[value.lower()]
    raise _fault(row, name, "its `verified` must be yes or no")


def _fault(row: _Row, name: str, why: str) -> PriceFileError:
    return PriceFileError(f"price file `{name}`{f' line {row.line}' if row.line else ''}: {why}")
