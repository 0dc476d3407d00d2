"""Evidence as people read it: names and values on one line."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from auditor.model.verdict import Evidence, Location
from auditor.render.visible import whole

NAMES = frozenset({"port"})
"""Evidence whose numbers are names: their digits are not grouped."""
LONG = 400
"""Evidence of more characters is folded."""


def pairs(evidence: Mapping[str, Evidence]) -> tuple[tuple[str, str], ...]:
    """Each name with its value as text, in the order in which the rule gave them."""
    return tuple(
        (name.replace("_", " "), value_text(value) if name in NAMES else _grouped(value)) for name, value in evidence.items()
    )


def _grouped(value: Evidence) -> str:
    """A value as text, the digits of a number grouped. Those of a list are not: between commas such a number would be two."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value_text(value)


def folded(evidence: Mapping[str, Evidence]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs that are shown beside the sentence, and those that are folded away because they are long."""
    short: list[tuple[str, str]] = []
    long: list[tuple[str, str]] = []
    for name, value in pairs(evidence):
        (long if len(value) > LONG else short).append((name, value))
    return short, long


def value_text(value: Evidence) -> str:
    """A value as text: text as it is, a flat list with commas, all else as compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(value_text(one) for one in value)
    if value is None or value == [] or value == {}:
        return "none"
    return msgspec.json.encode(value).decode()


def place(location: Location) -> str:
    """Where in a document: its name, line and column, and the JSON pointer."""
    line = f" line {location.line}" if location.line is not None else ""
    column = f" column {location.column}" if location.line is not None and location.column is not None else ""
    return f"{location.document}{line}{column} {location.pointer}".strip()


def mended(value: Evidence) -> Evidence:
    """The value with text that can be encoded."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [mended(one) for one in value]
    if isinstance(value, dict):
        return {whole(name): mended(one) for name, one in value.items()}
    return value
