"""The lifecycle linter's report for a reader at a terminal: what is wrong, where, and how objects live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from auditor.lifecycle.checks.open_values import OPEN
from auditor.lifecycle.report import LEVELS, FileReport, Life, Report
from auditor.lifecycle.words import bytes_
from auditor.render import lifecycle_cost_text
from auditor.render.lifecycle_rows import rows
from auditor.render.lint_text import BOLD, DIM, PLAIN, counted, found
from auditor.render.visible import visible
from auditor.render.wide import cut, left, right, wide

NAME = 48
"""Columns that a name may take."""
BAR = 28
"""Columns of the bar that shows how long each stay is."""

_STANDING: Mapping[bool | str, str] = {True: "S3 takes it", False: "S3 refuses it", "depends": "S3 may refuse it"}
_LATER = "what it does is known later"


def text(report: Report, sources: Mapping[str, str], *, color: bool = False) -> Iterator[str]:
    """The configurations, one after the other, line by line, and a summary. ``sources`` are the texts of the files by their names."""
    name, lines = "", list[str]()
    for one in report.files:
        if one.file != name:  # a template has a configuration for each of its buckets
            name, lines = one.file, sources.get(one.file, "").split("\n")
        yield from _file(one, lines, color)
    if report.advice is not None:
        yield from lifecycle_cost_text.proposal(report.advice, color=color)
    if report.files or report.advice is None:
        yield summary(report.files)


def summary(reports: Sequence[FileReport]) -> str:
    """How many findings there are of each level."""
    count = Counter(finding.level for one in reports for finding in one.findings)
    said = ", ".join(counted(count[level], level) for level in LEVELS if count[level])
    where = counted(len(reports), "configuration")
    return f"{said} in {where}" if said else f"no findings in {where}"


def _file(one: FileReport, lines: Sequence[str], color: bool) -> Iterator[str]:
    bold, plain = (BOLD, PLAIN) if color else ("", "")
    name = visible(one.file) + (f", {visible(one.within)}" if one.within else "")
    does = ", it acts" if one.effective else ", it does nothing"
    later = one.valid == "depends" and any(finding.check == OPEN.id for finding in one.findings)
    yield f"{bold}{name}{plain}: {_LATER if later else _STANDING[one.valid] + does}"
    yield ""
    for finding in one.findings:
        yield from found(finding, one.file, one.within, lines, color)
        yield ""
    if one.timeline:
        yield from _timeline(one, color)
    if one.costs:
        yield from lifecycle_cost_text.costs(one.costs, color=color)


def _timeline(one: FileReport, color: bool) -> Iterator[str]:
    dim, plain = (DIM, PLAIN) if color else ("", "")
    known = "supposed, for nothing says it" if one.supposed else "given"
    yield f"what happens to objects {dim}(versioning {one.versioning.lower()}: {known}){plain}"
    yield ""
    for life in one.timeline:
        yield from lines_of(life, color=color)
        yield ""


def lines_of(life: Life, *, color: bool = False) -> Iterator[str]:
    """An object's life as a table: day, date, what it becomes, how long that lasts, and by which rules."""
    bold, dim, plain = (BOLD, DIM, PLAIN) if color else ("", "", "")
    yield f"  {bold}{cut(visible(life.object.key), NAME)}{plain} {dim}{_about(life)}{plain}"
    table = rows(life)
    longest = max((row.stay or 0 for row in table), default=0)
    days = max(wide(f"day {row.day:,}") for row in table)
    names = max(wide(row.what) for row in table)
    stays = max(wide(row.lasting) for row in table)
    dates = max(len(row.date) for row in table)
    for row in table:
        bar = "━" * max(round(BAR * row.stay / longest), 1) if row.stay and longest else ""
        by = ", ".join(cut(visible(one), NAME) for one in row.rules)
        line = f"    {right(f'day {row.day:,}', days)}  {left(row.date, dates)}  {left(row.what, names)}  {right(row.lasting, stays)}"
        line += f"  {left(bar, BAR)}  {dim}{by}{plain}"
        yield line if color else line.rstrip()


def _about(life: Life) -> str:
    one = life.object
    parts = [bytes_(one.size)]
    parts += [cut(visible(f"{key}={value}"), NAME) for key, value in one.tags.items()]
    if one.noncurrent_day is not None:
        parts.append("replaced at once" if one.noncurrent_day == 0 else f"replaced on day {one.noncurrent_day}")
        parts += [f"{counted(one.newer, 'newer version')} beside it"] if one.newer else []
    return ", ".join(parts)
