"""The linter's findings for a reader at a terminal, as a good compiler shows them: where, what, the line with the fault marked, the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from auditor.policy.lint.report import LEVELS, Report
from auditor.render.visible import visible
from auditor.render.wide import wide

WIDTH = 120
"""Characters of a source line that are shown: many policies stand on one line."""
BEFORE = 40
"""Characters of them before the fault, when the line is cut."""

_COLORS: Mapping[str, str] = {
    "error": "\x1b[1;31m",
    "security": "\x1b[1;35m",
    "warning": "\x1b[1;33m",
    "suggestion": "\x1b[1;36m",
}
DIM, BOLD, PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[0m"


def text(report: Report, sources: Mapping[str, str], *, color: bool = False) -> Iterator[str]:
    """The findings that count, line by line, and a summary. ``sources`` are the texts of the files by their names."""
    lines = {file: source.split("\n") for file, source in sources.items()}
    for finding in report.findings:
        if finding.suppressed is None:
            yield from found(finding, finding.file, finding.within, lines.get(finding.file, []), color)
            yield ""
    yield summary(report)


def summary(report: Report) -> str:
    """How many findings there are of each level, and in what they were looked for."""
    findings = report.findings
    count = Counter(one.level for one in findings if one.suppressed is None)
    hidden = sum(one.suppressed is not None for one in findings)
    files = len({one.file for one in findings if one.suppressed is None})
    said = ", ".join(counted(count[level], _NOUNS[level]) for level in LEVELS if count[level])
    told = f"{said} in {counted(files, 'file')}" if said else "no findings"
    read = f"{counted(report.policies, 'policy')} in {counted(report.files, 'file')} checked"
    return f"{told}{f'; {hidden} suppressed' if hidden else ''}; {read}"


_NOUNS = {"error": "error", "security": "security finding", "warning": "warning", "suggestion": "suggestion"}


def counted(count: int, noun: str) -> str:
    """``1 error``, ``2 errors``, ``2 policies``."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count:,} {noun.removesuffix('y')}ies" if noun.endswith("cy") else f"{count:,} {noun}s"


class Placed(Protocol):
    """A finding of a linter with its place in a file."""

    @property
    def check(self) -> str: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> int: ...  # noqa: D102
    @property
    def end_line(self) -> int: ...  # noqa: D102
    @property
    def end_column(self) -> int: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102
    @property
    def fix(self) -> str: ...  # noqa: D102


def found(finding: Placed, file: str, within: str, lines: Sequence[str], color: bool) -> Iterator[str]:
    """A finding: where, what, the line with the fault marked, the fix. ``lines`` are those of the file."""
    paint = _COLORS[finding.level] if color else ""
    bold, dim, plain = (BOLD, DIM, PLAIN) if color else ("", "", "")
    where = f"{visible(file)}:{finding.line}:{finding.column}"
    yield f"{bold}{where}{plain}: {paint}{finding.level}[{finding.check}]{plain}: {visible(finding.message)}"
    number = str(finding.line)
    margin = " " * len(number)
    if finding.line <= len(lines):
        before, marked, after = _window(lines[finding.line - 1].rstrip("\r"), finding)
        shown = [visible(part.replace("\t", " ")) for part in (before, marked, after)]
        yield f"{dim}{number} |{plain} {''.join(shown)}"
        yield f"{dim}{margin} |{plain} {' ' * wide(shown[0])}{paint}{'^' * max(wide(shown[1]), 1)}{plain}"
    if within:
        yield f"{dim}{margin} ={plain} in: {visible(within)}"
    if finding.fix:
        yield f"{dim}{margin} ={plain} fix: {visible(finding.fix)}"
    yield f"{dim}{margin} ={plain} why: {visible(finding.why)}"


def _window(line: str, finding: Placed) -> tuple[str, str, str]:
    """The line before, at and after the fault, cut to what is near it."""
    start = finding.column - 1
    end = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(line) <= WIDTH:
        return before, marked, after
    before = before if len(before) <= BEFORE else f"…{before[-BEFORE:]}"
    room = WIDTH - len(before)
    if len(marked) > room:
        return before, f"{marked[:room]}…", ""
    room -= len(marked)
    return before, marked, after if len(after) <= room else f"{after[:room]}…"
