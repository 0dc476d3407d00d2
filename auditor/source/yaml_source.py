"""YAML text: read as plain JSON data with places, bounded and without surprises.

The tree is built from the parser's events, so hostile nesting meets a limit instead of the stack, an alias costs nothing until it is
counted, and no tag makes an object. The short forms of CloudFormation's functions (``!Sub x``) become the long ones (``Fn::Sub: x``).
Scalars are read as deployment tools read policies: ``2012-10-17`` is text, and so is a number that begins with 0, for account ids do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditor.source.json_source import Span, Unreadable, pointer
from auditor.source.positions import DEPTH, shown
from auditor.source.shape import Path

if TYPE_CHECKING:
    from yaml.events import Event, ScalarEvent

VALUES = 200_000
"""How many values a document may have with all its aliases written out."""


class YamlNode:
    """A value with its place. ``children`` are members by name or items by number, ``names`` the places of the names."""

    __slots__ = ("children", "names", "span", "value", "weight")

    def __init__(self, span: Span) -> None:
        self.value: Any = None
        self.span = span
        self.children: dict[str | int, YamlNode] = {}
        self.names: dict[str, Span] = {}
        self.weight = 1


class YamlPlaces:
    """The places of a document in a YAML text."""

    def __init__(self, root: YamlNode, base: Path = (), shown_base: Path = ()) -> None:
        """``base`` leads from ``root`` to the document; ``shown_base`` begins each pointer: the number of the document in its file."""
        self._root = root
        self._base = base
        self._shown = (*shown_base, *base)

    def span(self, path: Path, *, name: bool = False) -> Span:
        """The value at ``path``, or the name of that member."""
        node, found = self._root, self._root.span
        for part in (*self._base, *path):
            below = node.children.get(part)
            if below is None:
                return node.span
            found = node.names.get(part, below.span) if name and isinstance(part, str) else below.span
            node = below
        return found

    def pointer(self, path: Path) -> str:
        """The value's JSON pointer."""
        return pointer((*self._shown, *path))


def documents(text: str) -> tuple[YamlNode, ...]:
    """The documents of a YAML text. Raises :class:`Unreadable`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return tuple(_documents(yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(
            f"not YAML: {error.problem or error.context or 'it cannot be read'}", Span(line, column, line, column + 1)
        ) from None
    except yaml.reader.ReaderError as error:
        # Where it was found is an offset in characters.
        before = text[: error.position] if isinstance(error.position, int) else ""
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise Unreadable(
            "not YAML: there is a character that may not stand in it", Span(line, column, line, column + 1)
        ) from None


class _Frame:
    """A list or mapping that is not yet complete."""

    __slots__ = ("anchor", "key", "listed", "merged", "node", "tag")

    def __init__(self, node: YamlNode, tag: str, anchor: str | None, listed: bool) -> None:
        self.node = node
        self.tag = tag
        self.anchor = anchor
        self.listed = listed
        self.key: tuple[str, Span] | None = None
        self.merged: list[YamlNode] = []
        node.value = [] if listed else {}

    def add(self, child: YamlNode) -> None:
        node = self.node
        if self.listed:
            node.children[len(node.value)] = child
            node.value.append(child.value)
        elif self.key is None:
            if not isinstance(child.value, (str, int, float, bool, type(None))):
                raise Unreadable("the name of a member must be plain text", child.span)
            name = _NAMES.get(child.value, child.value) if not isinstance(child.value, str) else child.value
            self.key = (str(name), child.span)
            return
        else:
            name, at = self.key
            self.key = None
            if name == "<<":
                self.merged.append(child)
                node.weight += child.weight
                return
            if name in node.value:
                raise Unreadable(f"{shown(name)} occurs twice in one mapping", at)
            node.children[name], node.names[name], node.value[name] = child, at, child.value
        node.weight += child.weight
        if node.weight > VALUES:
            raise Unreadable(f"with its aliases written out the document has more than {VALUES:,} values", child.span)
        node.span = _until(node.span, child.span)

    def close(self, end: Span) -> YamlNode:
        node = self.node
        for source in self.merged:
            for one in source.children.values() if isinstance(source.value, list) else (source,):
                for name, child in one.children.items():
                    if isinstance(name, str) and name not in node.value:
                        node.children[name], node.value[name] = child, child.value
                        node.names[name] = one.names.get(name, child.span)
        if end.line == node.span.line or node.span.end_line < end.line:
            node.span = _closing(node, end)
        return _tagged(node, self.tag)


_NAMES: dict[Any, str] = {True: "true", False: "false", None: "null"}


def _documents(events: Iterator[Event]) -> Iterator[YamlNode]:
    from yaml import events as kinds

    frames: list[_Frame] = []
    anchors: dict[str, YamlNode] = {}
    root: YamlNode | None = None
    for event in events:
        done: YamlNode | None = None
        if isinstance(event, kinds.ScalarEvent):
            done = _tagged(_scalar(event), event.tag or "")
            if event.anchor:
                anchors[event.anchor] = done
        elif isinstance(event, kinds.AliasEvent):
            if event.anchor is None or event.anchor not in anchors:
                raise Unreadable(
                    f"the alias {shown(event.anchor or '')} stands for nothing that was written before it", _span(event)
                )
            done = anchors[event.anchor]
        elif isinstance(event, (kinds.MappingStartEvent, kinds.SequenceStartEvent)):
            if len(frames) > DEPTH:
                raise Unreadable(f"values nest deeper than {DEPTH} levels", _span(event))
            listed = isinstance(event, kinds.SequenceStartEvent)
            frames.append(_Frame(YamlNode(_span(event)), event.tag or "", event.anchor, listed))
        elif isinstance(event, (kinds.MappingEndEvent, kinds.SequenceEndEvent)):
            frame = frames.pop()
            done = frame.close(_span(event))
            if frame.anchor:
                anchors[frame.anchor] = done
        elif isinstance(event, kinds.DocumentStartEvent):
            anchors, root = {}, None
        elif isinstance(event, kinds.DocumentEndEvent) and root is not None:
            yield root
        if done is not None:
            if frames:
                frames[-1].add(done)
            else:
                root = done


def _span(event: Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return Span(1, 1, 1, 1)
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _until(whole: Span, part: Span) -> Span:
    """A block has no closing bracket: it ends where its last value does."""
    if (part.end_line, part.end_column) <= (whole.end_line, whole.end_column):
        return whole
    return Span(whole.line, whole.column, part.end_line, part.end_column)


def _closing(node: YamlNode, end: Span) -> Span:
    """With the closing bracket, if there is one: the end of a block is an empty place after it."""
    if (end.line, end.column) == (end.end_line, end.end_column):
        return node.span
    return Span(node.span.line, node.span.column, end.end_line, end.end_column)


def _tagged(node: YamlNode, tag: str) -> YamlNode:
    if not tag.startswith("!") or tag == "!":
        return node
    name = tag[1:]
    if name == "GetAtt" and isinstance(node.value, str):
        node.value = node.value.split(".", 1)
    outer = YamlNode(node.span)
    long = name if name in ("Ref", "Condition") else f"Fn::{name}"
    outer.value = {long: node.value}
    outer.children[long] = node
    outer.names[long] = node.span
    outer.weight = node.weight + 1
    return outer


_NULL = ("", "~", "null", "Null", "NULL")
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_REAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})\.[0-9]{0,30}(?:[eE][-+]?[0-9]{1,2})?")


def _scalar(event: ScalarEvent) -> YamlNode:
    node = YamlNode(_span(event))
    text: str = event.value
    plain = event.implicit[0] and not event.style
    if plain and text in _NULL:
        node.value = None
    elif plain and text in _BOOLS:
        node.value = _BOOLS[text]
    elif plain and _INTEGER.fullmatch(text):
        node.value = int(text)
    elif plain and _REAL.fullmatch(text):
        node.value = float(text)
    else:
        node.value = text
    return node
