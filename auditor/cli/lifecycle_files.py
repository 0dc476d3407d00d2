"""The files of ``awsaudit lifecycle``: read, judged, written out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from auditor.cli import files
from auditor.cli.lifecycle_costs import VERSIONED, Book, Size
from auditor.errors import UsageError
from auditor.lifecycle import report
from auditor.lifecycle.charges import charges, shocks
from auditor.lifecycle.check import Level
from auditor.lifecycle.config import BUDGET, Config, Facts, written
from auditor.lifecycle.cost_report import Proposal, cost
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.lint import Valid, judge
from auditor.lifecycle.read import SUFFIXES, Nothing, read
from auditor.lifecycle.report import FileReport, Report
from auditor.render.visible import visible, whole
from auditor.source.json_source import BYTES, Places, Unreadable, decoded

STDIN = "<stdin>"
FIRST_YEAR, LAST_YEAR = 2006, 2999
"""S3 began in 2006; rules count days from the date, and calendars end with the year 9999."""
LEAST = BUDGET // 100
"""What may be gone through for each configuration of a file, however much the others took: a hundred times what ordinary ones need."""
_VERSIONING: Mapping[str, str] = {"enabled": "Enabled", "suspended": "Suspended", "off": "Off"}


class Linted(msgspec.Struct, frozen=True):
    """What came of it: the report, and the texts of the files that have findings, by name."""

    report: Report
    sources: dict[str, str]
    configs: tuple[Config, ...] = ()


def level_of(word: str) -> Level:
    """The level of that name. Raises :class:`UsageError`."""
    try:
        return Level(word)
    except ValueError:
        raise UsageError(f"`{word}` is not a level; use one of {', '.join(one.value for one in Level)}") from None


def facts(versioning: str | None, lock_days: int | None, bucket: Size, date: str | None) -> Facts:
    """What is known of the bucket. Raises :class:`UsageError`."""
    if versioning is not None and versioning not in _VERSIONING:
        raise UsageError(f"`{versioning}` is not a state of versioning; use one of {', '.join(_VERSIONING)}")
    if versioning == "off" and bucket.versioned:
        raise UsageError(
            "the report has noncurrent versions or delete markers, so that versioning was on; is it `--versioning suspended`?"
        )
    if versioning == "off" and lock_days is not None:
        raise UsageError("Object Lock needs versioning; leave `--object-lock-days` out, or `--versioning off`")
    return Facts(
        today=_day(date),
        versioning=_VERSIONING[versioning] if versioning is not None else None,
        lock_days=lock_days,
        average_size=bucket.average,
        small=bucket.small,
    )


def _day(date: str | None) -> datetime:
    if date is None:
        return datetime.now(UTC)
    try:
        day = datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"`{date}` is not a date; write it as 2030-01-31") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(f"`{date}` is too far off; name a day of the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def lint(paths: Sequence[str], known: Facts, book: Book, bucket: Size) -> Linted:
    """Check files and folders. Raises :class:`UsageError` for what cannot be opened."""
    configs: list[Config] = []
    found: list[FileReport] = []
    sources: dict[str, str] = {}
    empty: list[str] = []
    outside: list[str] = []
    for name, named in files.named(paths, SUFFIXES, outside):
        shown = STDIN if name == "-" else whole(name)
        text, made = _checked(shown, files.content(name, BYTES + 1), known, named=named, versioned=bucket.versioned)
        reports = list(_reports(shown, made, book, bucket))
        configs += (one.config for one in made if not isinstance(one, FileReport))
        if not reports:
            empty.append(shown)
        found += reports
        sources[shown] = text
    notes = list(bucket.notes)
    if paths and not found and not empty:
        notes.append(f"there is no file to check in {', '.join(f'`{name}`' for name in paths)}: looked for {', '.join(SUFFIXES)}")
    if empty:
        holds = "1 file holds" if len(empty) == 1 else f"{len(empty)} files hold"
        notes.append(f"{holds} no lifecycle configuration: {files.listed(empty)}")
    notes += untried(configs)
    if outside:
        notes.append(files.not_followed([whole(name) for name in outside]))
    return Linted(Report(files=tuple(found), notes=tuple(notes)), sources, tuple(configs))


def untried(configs: Iterable[Config]) -> tuple[str, ...]:
    """What is said where a configuration was not tried to its end: no finding is no proof there."""
    if not any(one.exhausted for one in configs):
        return ()
    return ("the rules are so many that not every object was tried: that there is no finding proves nothing of some of them",)


def with_advice(linted: Linted, advice: Proposal) -> Linted:
    """With what is proposed."""
    return msgspec.structs.replace(linted, report=msgspec.structs.replace(linted.report, advice=advice))


class _Read(msgspec.Struct, frozen=True):
    """A configuration of a file."""

    name: str
    places: Places
    config: Config


def _reports(file: str, made: Iterable[FileReport | _Read], book: Book, bucket: Size) -> Iterator[FileReport]:
    """The configurations of one file share what may be gone through for one: a template may hold hundreds that are made to take long."""
    left = BUDGET
    for one in made:
        if isinstance(one, FileReport):
            yield one
        else:
            one.config.allow(max(left, LEAST))
            yield _report(file, one, book, bucket)
            left -= one.config.spent


def _report(file: str, one: _Read, book: Book, bucket: Size) -> FileReport:
    judged = judge(one.config)
    if judged.valid is Valid.NO or book.region is None:
        return report.configuration(file, one.name, one.places, one.config, judged)
    some = charges(one.config, book.prices, book.region, bucket.moved(one.config))
    shock = tuple(shocks(one.config, Effects(one.config), some))
    return report.configuration(file, one.name, one.places, one.config, judged, tuple(map(cost, some)), shock)


def _checked(name: str, content: bytes, known: Facts, *, named: bool, versioned: bool) -> tuple[str, list[FileReport | _Read]]:
    """The configurations of a file, or the report that there is none; nothing for one within a folder that is about something else."""
    text = ""
    try:
        text = decoded(content)
        configurations = read(text, name)
    except Unreadable as error:
        about = named or b"LifecycleConfiguration" in content or b"lifecycle_rule" in content
        return text, [report.unreadable(name, error)] if about else []
    except Nothing:
        return text, [report.without(name)] if named else []
    on = msgspec.structs.replace(known, versioning=VERSIONED) if versioned and known.versioning is None else known
    return text, [_Read(one.name, one.places, written(one, known if one.versioning else on)) for one in configurations]


def failing(linted: Linted, worst: Level) -> int:
    """How many findings are of the level or worse."""
    return report.counts(linted.report.files, worst)


def writer(name: str) -> Callable[[Linted], None]:
    """What writes a format to standard output. Raises :class:`UsageError`."""
    try:
        return _WRITERS[name]
    except KeyError:
        raise UsageError(f"`{name}` is not a format of lifecycle; use one of {', '.join(_WRITERS)}") from None


def _text(linted: Linted) -> None:
    from auditor.render.lifecycle_text import text

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    _write(f"{line}\n".encode("utf-8", "replace") for line in text(linted.report, linted.sources, color=color))
    for note in linted.report.notes:
        sys.stderr.write(f"awsaudit: {visible(note)}\n")


def _json(linted: Linted) -> None:
    from auditor.render.lifecycle_json import parts

    _write(parts(linted.report))


def _write(parts: Iterable[bytes]) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.writelines(parts)
    sys.stdout.buffer.flush()


_WRITERS: Mapping[str, Callable[[Linted], None]] = {"text": _text, "json": _json}
