"""Hostile characters, made visible.

Names, tags, ARNs and policies are written by whoever may write to the account. A terminal obeys control characters, and a browser
reorders a line for a right-to-left override; a report shows them instead. Letters of every script, emoji and their joiners stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: emoji and several scripts are written with them, and they reorder nothing."""
_SUSPECT = re.compile(r"[^\x20-\x7e]")


def _hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return (category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS) or (category == "Cn" and _never(character))


def _never(character: str) -> bool:
    """Not a character, and never one: XML has no way to write some of these, and no browser likes any."""
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _plain(name: str) -> str:
    return f"<{name}>" if name.startswith("U+") else name


def visible(text: str, show: Callable[[str], str] = _plain) -> str:
    """The text with each control, format and unpaired surrogate character replaced by its name, ``<U+202E>`` or ``\\n``, and what is no
    character, too.

    ``show`` makes the replacement of the name.
    """
    if text.isprintable():
        return text

    def replace(match: re.Match[str]) -> str:
        character = match[0]
        return show(_SHORT.get(character, f"U+{ord(character):04X}")) if _hidden(character) else character

    return _SUSPECT.sub(replace, text)


def whole(text: str) -> str:
    """The text with unpaired surrogates, which no encoding can write, replaced by U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
