"""The output of ``awsaudit lint``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.cli.lint_files import Linted


def writer(name: str) -> Callable[[Linted], None]:
    """What writes a format to standard output. Raises :class:`UsageError`."""
    try:
        return _WRITERS[name]
    except KeyError:
        raise UsageError(f"`{name}` is not a format of lint; use one of {', '.join(_WRITERS)}") from None


def _text(linted: Linted) -> None:
    import os

    from auditor.render.lint_text import text

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    _write(f"{line}\n".encode("utf-8", "replace") for line in text(linted.report, linted.sources, color=color))
    _notes(linted)


def _json(linted: Linted) -> None:
    from auditor.render.lint_json import parts

    _write(parts(linted.report))


def _sarif(linted: Linted) -> None:
    from auditor.policy.lint.run import checks
    from auditor.render.lint_sarif import parts

    _write(parts(linted.report, checks()))


def _github(linted: Linted) -> None:
    from auditor.render.lint_github import commands

    _write(f"{line}\n".encode("utf-8", "replace") for line in commands(linted.report.findings))
    _notes(linted)


def _notes(linted: Linted) -> None:
    from auditor.render.visible import visible

    for note in linted.report.notes:
        sys.stderr.write(f"awsaudit: {visible(note)}\n")


def _write(parts: Iterable[bytes]) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.writelines(parts)
    sys.stdout.buffer.flush()


_WRITERS: Mapping[str, Callable[[Linted], None]] = {"text": _text, "json": _json, "sarif": _sarif, "github": _github}
