"""Policy text: read fast as plain JSON data, with the places of its values only when somebody asks.

The scanner of the standard library, which is C, reads the text. What it would let pass (a name twice in an object, ``NaN``, half a
surrogate pair, values that nest too deep) and what it cannot read is looked at again by :mod:`auditor.source.positions`, which is slow
and knows where. Linting a good document therefore never computes a place.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from copy import copy
from functools import cached_property
from itertools import accumulate
from typing import Any, NoReturn, Protocol, cast

import msgspec

from auditor.source.positions import DEPTH, BadText, Lines, scan
from auditor.source.shape import Path

BYTES = 2_000_000
"""How long a text may be. AWS's longest policy has 20,480 bytes; templates and plans are longer. The limit is ours."""
DIGITS = 400
"""How many characters a number may have; no policy needs more than 20."""


class Span(msgspec.Struct, frozen=True):
    """A place in a text. Lines and columns count from 1, columns in characters; the end is the place after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class Places(Protocol):
    """Where the values of a document stand in its file."""

    def span(self, path: Path, *, name: bool = False) -> Span:
        """The value at ``path``, or with ``name`` the name of that member. For a path that is not there: the nearest above it."""
        ...

    def pointer(self, path: Path) -> str:
        """The value's JSON pointer within the file (RFC 6901)."""
        ...


class Unreadable(Exception):
    """The text is not data: what is wrong, in one lower-case clause, and where."""

    def __init__(self, message: str, span: Span) -> None:
        self.message = message
        self.span = span
        super().__init__(f"{message} (line {span.line}, column {span.column})")


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, without a byte order mark, of a bearable length. Raises :class:`Unreadable`."""
    if len(content) > BYTES:
        raise Unreadable(f"the text is longer than {BYTES:,} bytes", Span(1, 1, 1, 1))
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("the text begins with a byte order mark; save it as UTF-8 without one", Span(1, 1, 1, 2))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = Lines(before).place(len(before))
        raise Unreadable(
            "the text is not UTF-8: there is a byte that belongs to no character", Span(line, column, line, column + 1)
        ) from None


def data(text: str) -> Any:
    """The JSON value in ``text``. Raises :class:`Unreadable` for what :func:`auditor.source.positions.scan` refuses, and for more."""
    try:
        value = _FAST.decode(text)
        if _shallow(value) and ("\\" not in text or "\\u" not in text) and (text.isascii() or not _SURROGATE.search(text)):
            return value
        scan(text)
    except BadText as error:
        raise _unreadable(text, error.message, error.offset) from None
    except (ValueError, RecursionError):
        raise _reason(text) from None
    return value


def size(text: str) -> int:
    """The characters of a text that are not white space. AWS does not count white space; whether it means that in strings, too, its
    documents do not say, so this is the least that it may count."""
    if text.isascii():
        return len(text.encode().translate(None, _WHITE))
    return len("".join(text.split()))


def pointer(path: Path) -> str:
    """The JSON pointer of a path (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


_WHITE = bytes(one for one in range(128) if chr(one).isspace())
"""White space of ASCII."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'


def _shallow(value: object) -> bool:
    """The value surely nests no deeper than is allowed. Level by level, for recursion is what is to be avoided."""
    level: list[Any] = [value]
    for _ in range(DEPTH):
        deeper: list[Any] = []
        for kind, outer in zip(map(type, level), level, strict=True):
            if kind is dict:
                deeper += outer.values()
            elif kind is list and not _FLAT.issuperset(map(type, outer)):
                deeper += outer
        if not deeper:
            return True
        level = deeper
    return False


_FLAT = frozenset({str, int, float, bool, type(None)})


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(text)


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError(text)
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if len(text) > DIGITS or math.isinf(value):
        raise ValueError(text)
    return value


_FAST = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant, parse_int=_whole, parse_float=_real)


def _reason(text: str) -> Unreadable:
    """Why the fast scanner stopped."""
    try:
        scan(text)
    except BadText as error:
        return _unreadable(text, error.message, error.offset)
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word[0] in "-0123456789" and (len(word) > DIGITS or math.isinf(float(word))):
            return _unreadable(text, "the number is too large", token.start())
    return _unreadable(text, "the text cannot be read", 0)


def _unreadable(text: str, message: str, offset: int) -> Unreadable:
    hint = ""
    if offset < len(text) and _LEADING_ZERO.match(text, max(offset - 1, 0)):
        hint = "; a number does not begin with 0: write an account id in double quotes"
    elif text[offset : offset + 1] == "'":
        hint = "; strings stand in double quotes"
    elif text[offset : offset + 1] in ("}", "]") and text[:offset].rstrip().endswith(","):
        hint = "; remove the comma before it"
    elif text.startswith(("//", "/*", "#"), offset):
        hint = "; JSON has no comments"
    line, column = Lines(text).place(offset)
    return Unreadable(message + hint, Span(line, column, line, column + 1))


_LEADING_ZERO = re.compile(r"(?<![0-9.])0[0-9]")
_TOKEN = re.compile(rf'{_STRING}|[{{}}\[\]:,]|[^\s{{}}\[\]:,"]+', re.DOTALL)


class JsonPlaces:
    """The places of a JSON text that :func:`data` reads. Only objects and lists on the way to a value that is asked for are looked into,
    each once; what lies beside it is skipped as fast as JSON can be read."""

    def __init__(self, text: str, base: Path = ()) -> None:
        """``base`` is the path of the document in the text, which is the beginning of every pointer."""
        self.text = text
        self._base = base
        self._members: dict[int, tuple[dict[str, tuple[int, int]], int | None]] = {}
        self._items: dict[int, list[int]] = {}
        self._found: dict[Path, tuple[int, int | None] | None] = {}
        self._counted: list[Lines] = []
        """The lines, once somebody asked for a place: shared with what is below."""

    def below(self, base: Path) -> JsonPlaces:
        """The places of a document further down in the same text; what was looked into is known to both."""
        if base == self._base:
            return self
        found = copy(self)
        found._base = base
        return found

    def span(self, path: Path, *, name: bool = False) -> Span:
        """The value at ``path``, or the name of that member."""
        first, last = self.offsets(path, name=name)
        return Span(*self.lines.place(first), *self.lines.place(last))

    def pointer(self, path: Path) -> str:
        """The value's JSON pointer."""
        return pointer((*self._base, *path))

    def has(self, path: Path) -> bool:
        """There is a value at ``path``."""
        return self._find((*self._base, *path)) is not None

    def offsets(self, path: Path, *, name: bool = False) -> tuple[int, int]:
        """Where in the text a value begins and ends, or the name of that member does."""
        whole = (*self._base, *path)
        found = self._find(whole)
        if found is not None and name and found[1] is not None:
            return found[1], _scan(self.text, found[1])[1]
        while found is None:
            whole = whole[:-1]
            found = self._find(whole)
        return found[0], _scan(self.text, found[0])[1]

    @property
    def lines(self) -> Lines:
        """The lines of the text."""
        if not self._counted:
            self._counted.append(Lines(self.text))
        return self._counted[0]

    def _find(self, path: Path) -> tuple[int, int | None] | None:
        """Where the value at ``path`` begins, and the name of the member that it is; ``None`` if there is no such value."""
        if path in self._found:
            return self._found[path]
        found: tuple[int, int | None] | None = None
        if not path:
            found = _after(_SPACE, self.text, 0), None
        elif (above := self._find(path[:-1])) is not None:
            at, step = above[0], path[-1]
            opened = self.text[at : at + 1]
            if opened == "{" and isinstance(step, str):
                found = self._member(at, step)
            elif opened == "[" and isinstance(step, int):
                found = self._item(at, step)
        self._found[path] = found
        return found

    def _member(self, opened: int, wanted: str) -> tuple[int, int] | None:
        found, last = self._members.get(opened) or ({}, opened)
        if wanted not in found and last is not None:
            self._members[opened] = found, self._read_members(found, last, wanted)
        return found.get(wanted)

    def _read_members(self, found: dict[str, tuple[int, int]], last: int, wanted: str) -> int | None:
        """On from the last value that is known (from the brace, if none is) to the one that is wanted: there is no second of its name.
        Where that begins, ``None`` if it is not there: the value of the last one may be long, so its end is not looked for yet."""
        text = self.text
        at = _after(_GAP, text, _scan(text, last)[1]) if found else _after(_SPACE, text, last + 1)
        while text[at] != "}":
            name, end = _scan(text, at)
            value = _after(_COLON, text, end)
            found[name] = value, at
            if name == wanted:
                return value
            at = _after(_GAP, text, _scan(text, value)[1])
        return None

    def _item(self, opened: int, wanted: int) -> tuple[int, None] | None:
        found = self._items.get(opened)
        if found is None:
            found = self._items[opened] = self._read_strings(opened)
        if wanted >= len(found):
            self._read_items(found, wanted)
        return (found[wanted], None) if 0 <= wanted < len(found) else None

    def _read_strings(self, opened: int) -> list[int]:
        """The long lists are of actions: where no quote is escaped, all begin behind every other one. Of another list, where the first
        value begins."""
        text = self.text
        at = _after(_SPACE, text, opened + 1)
        if text[at] == '"':
            values, end = _scan(text, opened)
            written = text[opened:end]
            if "\\" not in written and set(map(type, values)) == {str}:
                quotes = [*accumulate(map((1).__add__, map(len, written.split('"'))), initial=opened - 1)]
                return quotes[1:-1:2]
        return [at] if text[at] != "]" else []

    def _read_items(self, found: list[int], wanted: int) -> None:
        """Up to the one that is wanted."""
        text = self.text
        while 0 < len(found) <= wanted:
            at = _after(_GAP, text, _scan(text, found[-1])[1])
            if text[at] == "]":
                return
            found.append(at)


_SPACE = re.compile(r"[ \t\n\r]*")
_GAP = re.compile(r"[ \t\n\r]*,?[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_scan: Callable[[str, int], tuple[Any, int]] = cast("Any", json.JSONDecoder()).scan_once
"""The value at a place, and where it ends: what JSON decoders do inside."""


def _after(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    return found.end() if found else at


class EmbeddedPlaces:
    """The places of a policy that stands as JSON text in a string of another JSON text, as in the plan of Terraform."""

    def __init__(self, outer: JsonPlaces, path: Path, inner: str) -> None:
        self._outer = outer
        self._path = path
        self._inner = JsonPlaces(inner)

    def span(self, path: Path, *, name: bool = False) -> Span:
        """The value's place in the outer text."""
        first, last = self._inner.offsets(path, name=name)
        outside, lines = self._outside, self._outer.lines
        return Span(*lines.place(outside[first]), *lines.place(outside[last]))

    @cached_property
    def _outside(self) -> list[int]:
        """Where each character of the inner text, and its end, stands in the outer one."""
        start, end = self._outer.offsets(self._path)
        return _outside(self._outer.text, start + 1, end - 1)

    def pointer(self, path: Path) -> str:  # noqa: ARG002
        """The pointer of the string: a pointer cannot lead into it."""
        return self._outer.pointer(self._path)


_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", re.DOTALL)


def _outside(text: str, start: int, end: int) -> list[int]:
    """For each character of a string that is written there, and for its end, where it begins in the text."""
    return [*(found.start() for found in _CHARACTER.finditer(text, start, end)), end]


class FixedPlaces:
    """One place for all of a document: of a text within a text of which no more is known."""

    def __init__(self, span: Span, pointer: str) -> None:
        self._span = span
        self._pointer = pointer

    def span(self, path: Path, *, name: bool = False) -> Span:  # noqa: ARG002
        """The place of the whole."""
        return self._span

    def pointer(self, path: Path) -> str:  # noqa: ARG002
        """The pointer of the whole."""
        return self._pointer
