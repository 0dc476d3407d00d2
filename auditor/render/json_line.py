"""JSON on lines of its own, for formats that are read line by line."""

from __future__ import annotations

import msgspec

from auditor.render.visible import visible


def line(value: object) -> bytes:
    """The value as UTF-8 JSON with its newline, members in the order given.

    See :func:`inert`.
    """
    return inert(msgspec.json.encode(value).decode()).encode() + b"\n"


def inert(text: str) -> str:
    """A JSON value without line breaks outside of it, its control and format characters written as escapes: intact for a parser, and
    inert where somebody only prints the file or splits it at every kind of line break.
    """
    return visible(text, _escape)


def _escape(name: str) -> str:
    units = chr(int(name.removeprefix("U+"), 16)).encode("utf-16-be")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))
