"""Reading files that a user names; ``-`` is standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.errors import UsageError


def lines(path: str) -> Iterator[str]:
    """The lines of a text file, one by one. Raises :class:`UsageError` for what cannot be read or is not UTF-8."""
    try:
        if path == "-":
            yield from (line.decode("utf-8") for line in sys.stdin.buffer)
        else:
            with Path(path).open("rb") as file:
                yield from (line.decode("utf-8") for line in file)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"`{path}` is not UTF-8 ({error.reason}); save it as UTF-8") from error


def named(paths: Sequence[str], suffixes: tuple[str, ...], outside: list[str]) -> Iterator[tuple[str, bool]]:
    """The files that paths name, each once, and whether the user named the file itself: a folder is searched for names with one of the
    endings, and may hold other things. ``outside`` gets the links that lead out of a folder: they are not followed.

    Raises :class:`UsageError` for what does not exist.
    """
    for name in dict.fromkeys(paths):
        path = Path(name)
        if name != "-" and path.is_dir():
            yield from ((one, False) for one in _within(path, suffixes, outside))
        elif name == "-" or path.exists():
            yield name, True
        else:
            raise UsageError(f"`{name}` does not exist; name a file, a folder, or - for standard input")


def _within(folder: Path, suffixes: tuple[str, ...], outside: list[str]) -> Iterator[str]:
    root = folder.resolve()
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one != "node_modules")
        for name in sorted(names):
            path = Path(where, name)
            # Not what a link leads nowhere to, nor pipes, which could be waited for without end.
            if not name.lower().endswith(suffixes) or not path.is_file():
                continue
            # A folder of somebody else's may hold a link to any file of ours, to have it read or mended.
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                outside.append(str(path))
            else:
                yield str(path)


def not_followed(outside: Sequence[str]) -> str:
    """What is said of links that lead out of a folder."""
    lead, are = ("link leads", "is") if len(outside) == 1 else ("links lead", "are")
    return f"{len(outside)} {lead} out of the folder and {are} not followed: {listed(outside)}"


def listed(names: Sequence[str]) -> str:
    """The first of these names, for a note."""
    return ", ".join(f"`{name}`" for name in names[:NAMED]) + (" …" if len(names) > NAMED else "")


NAMED = 5
"""Files that a note names."""


def content(name: str, most: int) -> bytes:
    """The first ``most`` bytes of a file. Raises :class:`UsageError` for what cannot be read."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise UsageError(f"`{name}` cannot be read: {error.strerror or error}") from error
