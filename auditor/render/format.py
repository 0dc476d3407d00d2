"""Output formats. Each is one module of this package with a ``FORMAT``; a new one is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping

import msgspec

from auditor.render.view import View


class File(msgspec.Struct, frozen=True):
    """A file of a format: its name in the folder of the results, and its bytes in parts that are made as they are asked for."""

    name: str
    parts: Iterable[bytes]


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """An output format: its name on the command line, what it is for, in a few words, and the files of a view.

    ``files`` is pure, and so is making the parts. What comes line by line is yielded so: a report may be large.
    """

    name: str
    about: str
    files: Callable[[View], Iterable[File]]

    def content(self, view: View) -> Mapping[str, bytes]:
        """The files, whole, by name."""
        return {file.name: b"".join(file.parts) for file in self.files(view)}


def formats() -> Mapping[str, Format]:
    """Every format by name: the ``FORMAT`` of each module in :mod:`auditor.render` that has one."""
    import auditor.render as package

    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(package.__path__):
        one = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "FORMAT", None)
        if isinstance(one, Format):
            found[one.name] = one
    return dict(sorted(found.items()))
