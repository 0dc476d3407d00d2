"""JSON with positions: where in the text each value stands.

The scanner of the standard library reads the strings; this pass adds the places, refuses what JSON leaves open (a name that occurs
twice in an object, half a surrogate pair) and keeps numbers as they are written.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import TypeAlias

import msgspec

DEPTH = 64
"""How deep values may nest. No policy needs more than a tenth of it; hostile text must not exhaust the stack."""


class Number(msgspec.Struct, frozen=True):
    """A JSON number, as it is written."""

    text: str


class Node(msgspec.Struct, frozen=True):
    """A value, the offset where it begins, and the offset of its name when it is a member of an object (else the same)."""

    value: Value
    at: int
    name_at: int


Value: TypeAlias = "str | Number | bool | tuple[Node, ...] | Mapping[str, Node] | None"


class BadText(ValueError):
    """The text breaks a rule at ``offset``. ``message`` is one lower-case clause."""

    def __init__(self, message: str, offset: int) -> None:
        self.message = message
        self.offset = offset
        super().__init__(f"{message} (offset {offset})")


def scan(text: str) -> Node:
    """The document in ``text``. Raises :class:`BadText` when it is not exactly one JSON value."""
    node, end = _value(text, _skip(text, 0), 0)
    end = _skip(text, end)
    if end < len(text):
        raise BadText(f"unexpected {shown(text[end])} after the end of the document", end)
    return node


class Lines:
    """Lines and columns of a text. For the first few places the line breaks between one and the next are counted; who asks for more has
    the beginnings of all lines found once."""

    __slots__ = ("_asked", "_at", "_line", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1
        """The place that was asked for last."""
        self._asked = 0
        self._starts: list[int] = []

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; columns count characters."""
        if self._asked < _FEW:
            self._asked += 1
            return self._next(offset)
        if not self._starts:
            # Every line is a character longer than what stands on it. In C, for long texts have many lines.
            self._starts = [0, *accumulate(map((1).__add__, map(len, self._text.split("\n"))))][:-1]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _next(self, offset: int) -> tuple[int, int]:
        """The place of an offset, from the one before."""
        text = self._text
        if offset < self._at:
            self._line -= text.count("\n", offset, self._at)
        else:
            self._line += text.count("\n", self._at, offset)
        self._at = offset
        return self._line, offset - text.rfind("\n", 0, offset)


_FEW = 30
"""Places in a text that are counted. All lines of an ordinary policy cost as much to find as about so many places."""


def shown(text: str, most: int = 40) -> str:
    """Foreign text in backticks for a message: cut to ``most`` characters, with what cannot be printed escaped."""
    return f"`{repr(text if len(text) <= most else text[:most] + '…')[1:-1]}`"


_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_STRINGS = json.JSONDecoder()


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    first = text[at : at + 1]
    if depth > DEPTH:
        raise BadText(f"values nest deeper than {DEPTH} levels", at)
    if first == '"':
        string, end = _string(text, at)
        return Node(string, at, at), end
    if first == "{":
        return _object(text, at, depth)
    if first == "[":
        return _array(text, at, depth)
    for word, value in _WORDS.items():
        if text.startswith(word, at):
            return Node(value, at, at), at + len(word)
    number = _NUMBER.match(text, at)
    if number:
        return Node(Number(number.group()), at, at), number.end()
    raise BadText(f"unexpected {shown(first)}, expected a value" if first else "the text ends where a value is expected", at)


def _string(text: str, at: int) -> tuple[str, int]:
    try:
        value, end = _STRINGS.raw_decode(text, at)
    except json.JSONDecodeError as error:
        message = error.msg.removesuffix(": ").removesuffix(" at").removesuffix(" starting")
        raise BadText(message[:1].lower() + message[1:], error.pos) from None
    if _SURROGATE.search(value):
        raise BadText("a string holds half of a surrogate pair", at)
    return value, end


def _array(text: str, at: int, depth: int) -> tuple[Node, int]:
    items: list[Node] = []

    def item(place: int) -> int:
        node, end = _value(text, place, depth + 1)
        items.append(node)
        return end

    end = _series(text, at, "]", item)
    return Node(tuple(items), at, at), end


def _object(text: str, at: int, depth: int) -> tuple[Node, int]:
    members: dict[str, Node] = {}

    def member(place: int) -> int:
        if text[place : place + 1] != '"':
            raise BadText("expected a name in double quotes", place)
        name, end = _string(text, place)
        if name in members:
            raise BadText(f"{shown(name)} occurs twice in one object", place)
        colon = _skip(text, end)
        if text[colon : colon + 1] != ":":
            raise BadText(f"expected `:` after {shown(name)}", colon)
        node, end = _value(text, _skip(text, colon + 1), depth + 1)
        members[name] = Node(node.value, node.at, place)
        return end

    end = _series(text, at, "}", member)
    return Node(members, at, at), end


def _series(text: str, at: int, close: str, one: Callable[[int], int]) -> int:
    """Reads ``one`` after the other, commas between, from the bracket at ``at`` to ``close``; where it ends."""
    place = _skip(text, at + 1)
    if text[place : place + 1] == close:
        return place + 1
    while True:
        place = _skip(text, one(place))
        mark = text[place : place + 1]
        if mark == close:
            return place + 1
        if mark != ",":
            raise BadText(f"expected `,` or `{close}`", place)
        place = _skip(text, place + 1)
