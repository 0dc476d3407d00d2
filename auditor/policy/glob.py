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
    return compiled(pattern).match(text) is not None


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
    return _covering(wide).match(normal(narrow)) is not None


@lru_cache(maxsize=16384)
def _covering(wide: str) -> re.Pattern[str]:
    """Matches the patterns, read as text, that a pattern covers: a ``?`` in them is matched by wildcards only, a ``*`` by ``*``."""
    found = expression([(False, normal(wide))], single="[^*]")
    return re.compile(found, re.DOTALL)


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Some text is matched by both."""
    if "*" in (one, other) or one == other:
        return True
    fixed, of_other = _fixed(one), _fixed(other)
    both = min(fixed, of_other)
    if one[:both] != other[:both]:
        return False
    # The usual cases: one of them is a text, or both are a beginning.
    if fixed == len(one):
        return matches(other, one)
    if of_other == len(other):
        return matches(one, other)
    if fixed == len(one) - 1 and of_other == len(other) - 1 and one[-1] == other[-1] == "*":
        return True
    one, other = normal(one), normal(other)
    reach = {0}
    for char in one:
        after: set[int] = set()
        for place in _closed(other, reach):
            if char == "*":
                after.update(range(place, len(other) + 1))
                break  # what the others reach, the first reaches
            if place < len(other):
                if other[place] == "*":
                    after.add(place)
                elif char == "?" or other[place] in ("?", char):
                    after.add(place + 1)
        reach = after
    return len(other) in _closed(other, reach)


def _fixed(pattern: str) -> int:
    """How many characters stand before the first wildcard."""
    found = _WILD.search(pattern)
    return len(pattern) if found is None else found.start()


def _closed(pattern: str, places: set[int]) -> list[int]:
    """The places that are reached from these without a character, in order."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return sorted(found)
