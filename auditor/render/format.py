"""Output formats. Each is one module of this package with a ``FORMAT``; a new one is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping

import msgspec

from auditor.render.view import View


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """An output format: its name on the command line, the file it writes, and the bytes of a view. ``render`` is pure."""

    name: str
    file: str
    render: Callable[[View], bytes]


def formats() -> Mapping[str, Format]:
    """Every format by name: the ``FORMAT`` of each module in :mod:`auditor.render` that has one."""
    import auditor.render as package

    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(package.__path__):
        one = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "FORMAT", None)
        if isinstance(one, Format):
            found[one.name] = one
    return dict(sorted(found.items()))
