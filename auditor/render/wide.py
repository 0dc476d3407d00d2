"""Text in columns: how wide it is at a terminal, in every script."""

from __future__ import annotations

import unicodedata


def wide(shown: str) -> int:
    """How many columns of a terminal the text takes."""
    if shown.isascii():
        return len(shown)
    return sum(
        0 if unicodedata.combining(one) or one in "\u200c\u200d" else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in shown
    )


def left(shown: str, width: int) -> str:
    """The text at the left of a column."""
    return shown + " " * (width - wide(shown))


def right(shown: str, width: int) -> str:
    """The text at the right of a column."""
    return " " * (width - wide(shown)) + shown


def cut(shown: str, width: int) -> str:
    """The text, or as much of its beginning as there is room for, and a sign that there is more."""
    if wide(shown) <= width:
        return shown
    found, room = "", width - 1
    for one in shown:
        room -= wide(one)
        if room < 0:
            break
        found += one
    return f"{found}…"
