"""The linter's findings as workflow commands of GitHub Actions: they show in the changed files of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.policy.lint.report import Finding, LevelWord
from auditor.render.visible import visible

_COMMANDS: Mapping[LevelWord, str] = {"error": "error", "security": "error", "warning": "warning", "suggestion": "notice"}


def commands(findings: Sequence[Finding]) -> Iterator[str]:
    """A command for each finding that counts."""
    for one in findings:
        if one.suppressed is not None:
            continue
        places = {"file": one.file, "line": str(one.line), "endLine": str(one.end_line)}
        if one.end_line == one.line:
            # GitHub takes columns of one line only.
            places |= {"col": str(one.column), "endColumn": str(max(one.end_column - 1, one.column))}
        places["title"] = f"{one.level}: {one.check}"
        listed = ",".join(f"{name}={_property(value)}" for name, value in places.items())
        said = f"{one.message} (in {one.within})" if one.within else one.message
        said += f"\nfix: {one.fix}" if one.fix else ""
        yield f"::{_COMMANDS[one.level]} {listed}::{_data(said)}"


def _data(text: str) -> str:
    """What follows the command. Line breaks are the only control characters that a message has."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
