"""ARNs in policies: parts, and patterns that match them.

Source: IAM User Guide, *IAM JSON policy elements: Resource* (a ``*`` that ends a part runs over colons, others stay within their part)
and *condition operators, ARN* (each of the six parts is compared by itself).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from auditor.policy import glob

Match: TypeAlias = Callable[[str], object]
"""Whether a text matches: by its truth."""
Parts: TypeAlias = tuple[tuple[bool, str], ...]
"""A pattern in parts, of which those that are ``True`` are literal: what a policy variable stands for."""

PARTS = 6
"""``arn:partition:service:region:account:resource``: the last may hold colons of its own."""


def account_of(arn: str) -> str:
    """The account in an ARN; empty when it has none, or the text is no ARN."""
    parts = arn.split(":", PARTS - 1)
    return parts[4] if len(parts) == PARTS and parts[0] == "arn" else ""


def service_of(arn: str) -> str:
    """The service in an ARN; empty when the text is no ARN."""
    parts = arn.split(":", PARTS - 1)
    return parts[2] if len(parts) == PARTS and parts[0] == "arn" else ""


@lru_cache(maxsize=16384)
def resource(parts: Parts) -> Match:
    """A pattern of ``Resource`` or ``NotResource``."""
    text = "".join("x" * len(text) if literal else text for literal, text in parts)
    if "?" not in text and text.find("*") == len(text) - 1 and text:
        start = "".join(text for _, text in parts)[:-1]
        return lambda value: value.startswith(start)
    if "*" not in text and "?" not in text:
        return "".join(text for _, text in parts).__eq__
    if not _within_a_part(text):
        return re.compile(glob.expression(_normal(parts)), re.DOTALL).match
    return _Steps(parts).match


def plain_resource(pattern: str) -> Match:
    """A pattern of ``Resource`` without variables."""
    return resource(((False, pattern),))


def arn_like(parts: Parts) -> Match:
    """A pattern of the ARN operators: part by part. One with fewer than six parts matches if its last ends with ``*``."""
    pieces = _pieces(parts)
    tests = [re.compile(glob.expression(_normal(piece)), re.DOTALL).match for piece in pieces]
    last = pieces[-1]
    open_ended = bool(last) and not last[-1][0] and last[-1][1].endswith("*")

    def match(text: str) -> bool:
        values = text.split(":", len(tests) - 1)
        if len(values) != len(tests) or (len(tests) < PARTS and not open_ended):
            return False
        return all(test(value) is not None for test, value in zip(tests, values, strict=True))

    return match


def _pieces(parts: Parts) -> list[Parts]:
    """The pattern cut at its first five colons."""
    pieces: list[list[tuple[bool, str]]] = [[]]
    for literal, text in parts:
        first, *more = text.split(":", PARTS - len(pieces))
        pieces[-1].append((literal, first))
        pieces += [[(literal, piece)] for piece in more]
    return [tuple(piece) for piece in pieces]


def _normal(parts: Parts) -> list[tuple[bool, str]]:
    return [(literal, text if literal else glob.normal(text)) for literal, text in parts]


def _within_a_part(pattern: str) -> bool:
    """Some wildcard of the first five parts may not run over colons, so the pattern is more than a glob."""
    parts = pattern.split(":", PARTS - 1)
    first = parts[: PARTS - 1] if len(parts) == PARTS else parts
    return any("*" in part.rstrip("*") or "?" in part for part in first)


class _Steps:
    """A pattern with wildcards that stay within their part, matched place by place: rare, and slow in the length of both only."""

    def __init__(self, parts: Parts) -> None:
        self._steps: list[tuple[str, bool, bool]] = []
        """For each step: the character (empty: any), whether it may repeat, and whether it may be a colon."""
        flat = [(char, literal) for literal, text in parts for char in text]
        part = 0
        for place, (char, literal) in enumerate(flat):
            colon = char == ":"
            if literal or char not in "*?":
                self._steps.append((char, False, True))
                part += colon
                continue
            ends = place + 1 == len(flat) or flat[place + 1][0] == ":"
            over = part >= PARTS - 1 or (char == "*" and ends)
            self._steps.append(("", char == "*", over))

    def match(self, text: str) -> bool:
        """The pattern matches the whole text."""
        steps = self._steps
        reach = self._closed({0})
        for char in text:
            after: set[int] = set()
            for place in reach:
                if place == len(steps):
                    continue
                wanted, many, over = steps[place]
                if wanted == char if wanted else over or char != ":":
                    after.add(place if many else place + 1)
            reach = self._closed(after)
            if not reach:
                return False
        return len(steps) in reach

    def _closed(self, places: set[int]) -> set[int]:
        found = set(places)
        for place in places:
            while place < len(self._steps) and self._steps[place][1]:
                place += 1
                found.add(place)
        return found
