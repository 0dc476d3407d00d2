"""Reading files that a user names; ``-`` is standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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
