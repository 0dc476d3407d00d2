"""Patterns with ``*`` (any characters) and ``?`` (one character): matching and comparing them.

Never in more time than the lengths multiplied, whatever the pattern: hostile text must not stop a scan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_RUN = re.compile(r"[*?]{2,}")
_WILD = re.compile(r"[*?]")


def normal(pattern: str) -> str:
    """The pattern with each run of wildcards in one form: ``*?*`` is ``?*``, ``**`` is ``*``."""
    return _RUN.sub(lambda found: "?" * found.group().count("?") + ("*" if "*" in found.group() else ""), pattern)


def expression(parts: Sequence[tuple[bool, str]], *, single: str = ".") -> str:
    """A regular expression for a pattern in parts: those that are ``True`` are literal, wildcards in the others count. ``single`` is what
    a ``?`` stands for.

    It takes linear time: after each ``*`` the first place that fits is final, which is right since every ``*`` takes anything.
    """
    chunks: list[str] = [""]
    for literal, text in parts:
        if literal:
            chunks[-1] += re.escape(text)
            continue
        first, *more = text.split("*")
        chunks[-1] += _singles(first, single)
        chunks += [_singles(part, single) for part in more]
    first, *rest = chunks
    if not rest:
        return first + r"\Z"
    *middle, last = rest
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}" + r"\Z"


def _singles(text: str, single: str) -> str:
    return single.join(re.escape(part) for part in text.split("?"))


@lru_cache(maxsize=65536)
def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression that matches what the pattern does."""
    return re.compile(expression([(False, normal(pattern))]), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """The pattern matches the whole text."""
    if pattern in ("*", text):
        return True
    first = _WILD.search(pattern)
    if first is None:
        return False
    start = first.start()
    if not text.startswith(pattern[:start]):
        return False
    if start == len(pattern) - 1 and pattern[-1] == "*":
        return True
    return compiled(pattern).match(text) is not None if "?" in pattern else in_order(pattern.split("*"), text)


def in_order(pieces: Sequence[str], text: str) -> bool:
    """The text begins with the first piece, ends with the last, and has the others between, one after the other. As with a regular
    expression, the first place that fits is final; but there is nothing to compile."""
    first, *middle, last = pieces
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=65536)
def covers(wide: str, narrow: str) -> bool:
    """Every text that ``narrow`` matches, ``wide`` matches too. Sound; it may miss some pairs where several ``*`` overlap."""
    if wide in ("*", narrow):
        return True
    first = _WILD.search(wide)
    if first is None:
        return False
    start = first.start()
    if not narrow.startswith(wide[:start]):
        return False
    if start == len(wide) - 1 and wide[-1] == "*":
        return True
    return _covering(wide).match(normal(narrow)) is not None if "?" in wide else in_order(wide.split("*"), narrow)


@lru_cache(maxsize=16384)
def _covering(wide: str) -> re.Pattern[str]:
    """Matches the patterns, read as text, that a pattern covers: a ``?`` in them is matched by wildcards only, a ``*`` by ``*``."""
    found = expression([(False, normal(wide))], single="[^*]")
    return re.compile(found, re.DOTALL)


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Some text is matched by both."""
    if one == other:
        return True
    stars, of_other = "*" in one, "*" in other
    if stars and of_other:
        # What stands between the first and the last star of each fits in between, one after the other: only the ends can clash.
        return _agree(one[: one.index("*")], other[: other.index("*")]) and _agree(
            one[: one.rindex("*") : -1], other[: other.rindex("*") : -1]
        )
    if not stars and not of_other:
        return len(one) == len(other) and _agree(one, other)
    fixed, wide = (other, one) if stars else (one, other)
    return matches(wide, fixed) if "?" not in fixed else _reach(fixed, normal(wide))


def _agree(one: str, other: str) -> bool:
    """As far as both go, they can be the same; ``?`` is any character."""
    if "?" not in one and "?" not in other:
        return one.startswith(other) or other.startswith(one)
    return all(a == b or "?" in (a, b) for a, b in zip(one, other, strict=False))


def _reach(fixed: str, wide: str) -> bool:
    """Some text that ``fixed``, with ``?`` but without ``*``, matches is matched by ``wide``."""
    reach = {0}
    for char in fixed:
        after: set[int] = set()
        for place in _closed(wide, reach):
            if place < len(wide):
                if wide[place] == "*":
                    after.add(place)
                elif char == "?" or wide[place] in ("?", char):
                    after.add(place + 1)
        reach = after
    return len(wide) in _closed(wide, reach)


def _closed(pattern: str, places: set[int]) -> list[int]:
    """The places that are reached from these without a character, in order."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return sorted(found)
