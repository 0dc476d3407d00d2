"""Lifecycle configurations as they are written: whatever the language, in the shape of the S3 API, with the places in the file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec

from auditor.source.json_source import Places, Span
from auditor.source.shape import Path, is_list, is_object


class Opaque(msgspec.Struct, frozen=True):
    """A value that is not known before deployment: what stands for it."""

    text: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration in the shape of the API (``{"Rules": [...]}``), with :class:`Opaque` values where they are not known.

    ``name`` is what it is in its file: the resource; empty when the file is the configuration. ``bucket``, ``versioning`` and
    ``lock_days`` are what the file says of the bucket, ``None`` where it says nothing.
    """

    raw: Any
    places: Places
    name: str = ""
    bucket: str | None = None
    versioning: str | None = None
    lock_days: int | None = None
    numbers_in_text: bool = False
    """Numbers and truth values may be written as text, as in XML and in templates."""
    template: bool = False
    """Values may be :class:`Opaque`."""


def opaque(value: Any) -> Any:
    """Data with each function of CloudFormation as a value that is not known."""
    if is_object(value):
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                if name == "Fn::Sub" and isinstance(inner, str) and "${" not in inner:
                    return inner
                return Opaque(inner if isinstance(inner, str) else name)
        return {name: opaque(inner) for name, inner in value.items()}
    if is_list(value):
        return [opaque(inner) for inner in value]
    return value


class Shape:
    """Data in the shape of the API that are put together piece by piece, and where each piece stands in the source."""

    def __init__(self) -> None:
        self.raw: Any = {}
        self.where: dict[Path, Path] = {}

    def put(self, path: Path, value: Any, source: Path) -> None:
        """Put a value at a path; objects and lists on the way are made."""
        self.where[path] = source
        node = self.raw
        for step, following in pairwise(path):
            empty: Any = [] if isinstance(following, int) else {}
            if not isinstance(step, int):
                node = node.setdefault(step, empty)
                continue
            if step == len(node):
                node.append(empty)
            node = node[step]
        last = path[-1]
        if isinstance(last, int) and last == len(node):
            node.append(value)
        else:
            node[last] = value

    def nearest(self, path: Path) -> Path:
        """Where a piece stands, or else the nearest above it."""
        while path and path not in self.where:
            path = path[:-1]
        return self.where.get(path, ())


class ShapePlaces:
    """The places of a shape, by those of its source."""

    def __init__(self, shape: Shape, source: Places) -> None:
        self._shape = shape
        self._source = source

    def span(self, path: Path, *, name: bool = False) -> Span:
        """The value's place, or that of its name."""
        return self._source.span(self._shape.nearest(path), name=name and path in self._shape.where)

    def pointer(self, path: Path) -> str:
        """The value's JSON pointer in the source."""
        return self._source.pointer(self._shape.nearest(path))


Below = Callable[[Path], Places]
"""Makes the places of a part of a document."""
