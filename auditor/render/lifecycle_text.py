"""The lifecycle linter's report for a reader at a terminal: what is wrong, where, and how objects live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from auditor.lifecycle.report import LEVELS, FileReport, Happening, Life, Report
from auditor.lifecycle.words import bytes_
from auditor.render.lint_text import BOLD, DIM, PLAIN, counted, found
from auditor.render.visible import visible
from auditor.render.wide import cut, left, right, wide

NAME = 48
"""Columns that a name may take."""
BAR = 28
"""Columns of the bar that shows how long each stay is."""

_DONE: Mapping[str, str] = {"delete": "deleted", "mark": "delete marker", "remove-marker": "marker removed"}
_STANDING: Mapping[bool | str, str] = {True: "S3 takes it", False: "S3 refuses it", "depends": "S3 may refuse it"}


def text(report: Report, sources: Mapping[str, str], *, color: bool = False) -> Iterator[str]:
    """The configurations, one after the other, line by line, and a summary. ``sources`` are the texts of the files by their names."""
    for one in report.files:
        yield from _file(one, sources.get(one.file, "").split("\n"), color)
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
    does = "it acts" if one.effective else "it does nothing"
    yield f"{bold}{name}{plain}: {_STANDING[one.valid]}, {does}"
    yield ""
    for finding in one.findings:
        yield from found(finding, one.file, one.within, lines, color)
        yield ""
    if one.timeline:
        yield from _timeline(one, color)


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
    rows = _rows(life)
    days = max(wide(day) for day, *_ in rows)
    names = max(wide(what) for _, _, what, *_ in rows)
    stays = max(wide(stay) for *_, stay, _, _ in rows)
    for day, date, what, stay, bar, rules in rows:
        line = f"    {right(day, days)}  {date}  {left(what, names)}  {right(stay, stays)}  {left(bar, BAR)}  {dim}{rules}{plain}"
        yield line.rstrip() if not color else line


def _about(life: Life) -> str:
    one = life.object
    parts = [bytes_(one.size)]
    parts += [cut(visible(f"{key}={value}"), NAME) for key, value in one.tags.items()]
    if one.noncurrent_day is not None:
        parts.append("replaced at once" if one.noncurrent_day == 0 else f"replaced on day {one.noncurrent_day}")
        parts += [f"{counted(one.newer, 'newer version')} beside it"] if one.newer else []
    return ", ".join(parts)


def _rows(life: Life) -> list[tuple[str, str, str, str, str, str]]:
    """Day, date, what, the stay in days, its bar, the rules. The bars of a life have one measure: its longest stay."""
    steps: list[tuple[int, str, str, str]] = [(0, "", life.object.storage_class, "")]
    for event in life.events:
        steps.append((event.day, event.date, _what(event), ", ".join(cut(visible(one), NAME) for one in event.rules)))
    if life.object.noncurrent_day is not None:
        steps.append((life.object.noncurrent_day, "", "noncurrent", ""))
        steps.sort(key=lambda step: step[0])
    gone = [event.action in ("delete", "remove-marker") for event in life.events]
    ends = [(later[0] - one[0]) for one, later in pairwise(steps)]
    longest = max(ends, default=0)
    rows: list[tuple[str, str, str, str, str, str]] = []
    dated = next((date for _, date, _, _ in steps if date), "")
    for number, (day, date, what, rules) in enumerate(steps):
        last = number == len(steps) - 1
        stay = ends[number] if not last else None
        kept = "" if (last and gone and gone[-1]) or stay == 0 else "for ever" if stay is None else f"{stay:,} d"
        bar = "" if stay is None or not longest else "━" * max(round(BAR * stay / longest), 1 if stay else 0)
        rows.append((f"day {day:,}", date or " " * len(dated), what, kept, bar, rules))
    return rows


def _what(event: Happening) -> str:
    return event.storage_class or _DONE[event.action]
