"""XML text: elements with their places, bounded and without surprises.

The parser is Python's own. A document type is refused, and with it every entity: neither bombs nor files from elsewhere get in.
"""

from __future__ import annotations

from xml.parsers import expat

import msgspec

from auditor.source.json_source import Span, Unreadable
from auditor.source.positions import DEPTH, shown

ELEMENTS = 200_000
"""How many elements a document may have."""


class XmlNode(msgspec.Struct):
    """An element: its name without a namespace, its own text without the white space around it, what is in it, and where it stands, from
    its first bracket to its last."""

    name: str
    span: Span
    text: str = ""
    children: list[XmlNode] = []


def document(text: str) -> XmlNode:
    """The element that is the document. Raises :class:`Unreadable`."""
    reader = _Reader(text)
    try:
        reader.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        line, column = error.lineno, error.offset + 1
        said = expat.ErrorString(error.code) or "it cannot be read"
        raise Unreadable(f"not XML: {said}", Span(line, column, line, column + 1)) from None
    if reader.root is None:
        raise Unreadable("not XML: there is no element", Span(1, 1, 1, 1))
    return reader.root


class _Reader:
    """Builds the tree from the parser's events, so hostile nesting meets a limit instead of the stack."""

    def __init__(self, text: str) -> None:
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.root: XmlNode | None = None
        self._lines = text.split("\n")
        self._open: list[XmlNode] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def _here(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002  only namespaces stand in them
        line, column = self._here()
        local = name.rpartition(" ")[2]
        if len(self._open) > DEPTH:
            raise Unreadable(f"elements nest deeper than {DEPTH} levels", Span(line, column, line, column + 1))
        self._count += 1
        if self._count > ELEMENTS:
            raise Unreadable(f"the document has more than {ELEMENTS:,} elements", Span(line, column, line, column + 1))
        node = XmlNode(local, Span(line, column, line, column + 1))
        if self._open:
            self._open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def _end(self, name: str) -> None:  # noqa: ARG002  the parser has matched it
        node = self._open.pop()
        node.text = "".join(self._texts.pop()).strip()
        line, column = self._here()
        source = self._lines[line - 1] if line <= len(self._lines) else ""
        if source.startswith("</", column - 1):  # else the element has one tag only, and this is the place after it
            closing = source.find(">", column - 1)
            column = (closing if closing >= 0 else len(source)) + 2
        node.span = Span(node.span.line, node.span.column, line, column)

    def _characters(self, data: str) -> None:
        if self._texts:
            self._texts[-1].append(data)

    def _doctype(self, name: str, *rest: object) -> None:  # noqa: ARG002
        line, column = self._here()
        raise Unreadable(
            f"the document type {shown(name)} is refused: with it come entities; remove it", Span(line, column, line, column + 9)
        )

    def _entity(self, name: str, *rest: object) -> None:  # noqa: ARG002
        line, column = self._here()
        raise Unreadable(f"the entity {shown(name)} is refused; write what it stands for", Span(line, column, line, column + 1))
