"""What the lifecycle linter reports: findings with their places and proofs, and the lives of objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from auditor.lifecycle.check import Check, Found, Level, Proof
from auditor.lifecycle.config import Config
from auditor.lifecycle.cost_report import NAMED, Cost, Proposal
from auditor.lifecycle.days import Step, day_of, moment
from auditor.lifecycle.lint import Judged, Valid
from auditor.lifecycle.lives import lives
from auditor.lifecycle.subject import Subject
from auditor.source.json_source import Places, Span, Unreadable

LevelWord = Literal["error", "warning", "suggestion"]
VersioningWord = Literal["Enabled", "Suspended", "Off"]
ActionWord = Literal["transition", "delete", "mark", "remove-marker"]
LEVELS: tuple[LevelWord, ...] = ("error", "warning", "suggestion")
"""The levels by their words, the worst first."""

UNREADABLE = Check(
    id="lifecycle-syntax-error",
    level=Level.ERROR,
    title="file that cannot be read",
    why="What cannot be read cannot be put either.",
    source="RFC 8259 (JSON), YAML 1.1, XML 1.0",
)
NOTHING = Check(
    id="no-lifecycle-in-file",
    level=Level.ERROR,
    title="file without a lifecycle configuration",
    why="Nothing was checked.",
    source="S3 User Guide: Lifecycle configuration elements",
)


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """An object as an example. ``size`` in bytes; it is written on day 0.

    ``noncurrent_day``: the day on which its owner replaces it, null for never; ``newer``: how many newer noncurrent versions there are
    then.
    """

    key: str
    size: int
    tags: Mapping[str, str]
    storage_class: str
    versioning: VersioningWord
    noncurrent_day: int | None = None
    newer: int = 0


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happens to an object: on which day since it was written, on which date (midnight UTC), what, and by which rules: the
    first of them, and how many ``more``."""

    day: int
    date: str
    action: ActionWord
    storage_class: str | None
    rules: tuple[str, ...]
    more: int = 0


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """An object and all that happens to it."""

    object: Example
    events: tuple[Happening, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. ``rule`` is the id of the rule that it is about, or its number in words; empty where it is about all.

    ``pointer`` is a JSON pointer (RFC 6901) within the file, in XML the way to the element by the names of the API. Lines and columns
    count from 1, columns in characters; the end is the place behind the last one. ``alias`` is its number in cost rule tables.
    ``witness`` is the object that proves it.
    """

    check: str
    alias: str
    level: LevelWord
    rule: str
    pointer: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    why: str
    source: str
    fix: str
    witness: Life | None = None


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration in a file. A template has one for each bucket; ``within`` says which, and is empty where the file is the
    configuration.

    ``valid``: whether S3 takes it; ``depends``: on the version of the API, or on values that are known only later. ``effective``: it
    does something to some object. ``versioning`` is what the timeline supposes of the bucket, and ``supposed`` that nobody said so.
    ``costs`` are those of its transitions, where a region was named.
    """

    file: str
    within: str = ""
    valid: bool | Literal["depends"]
    effective: bool
    versioning: VersioningWord
    supposed: bool
    findings: tuple[Finding, ...]
    timeline: tuple[Life, ...]
    costs: tuple[Cost, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All configurations, in the order of the files, and what is to be said beside them."""

    files: tuple[FileReport, ...]
    notes: tuple[str, ...] = ()
    advice: Proposal | None = None
    """What was asked for with ``--advise``."""


_VALID: Mapping[Valid, bool | Literal["depends"]] = {Valid.YES: True, Valid.NO: False, Valid.DEPENDS: "depends"}


def configuration(
    file: str,
    within: str,
    places: Places,
    config: Config,
    judged: Judged,
    costs: tuple[Cost, ...] = (),
    more: Iterable[Found] = (),
) -> FileReport:
    """The report on a configuration; ``more`` are findings about its costs."""
    made = [_finding(places, one) for one in (*judged.found, *more)]
    return FileReport(
        file=file,
        within=within,
        valid=_VALID[judged.valid],
        effective=judged.effective,
        versioning=_versioning(config.versioning),
        supposed=config.facts.versioning is None,
        findings=tuple(sorted(made, key=place)),
        timeline=() if judged.valid is Valid.NO else tuple(life(one) for one in lives(config)),
        costs=costs,
    )


def unreadable(file: str, error: Unreadable) -> FileReport:
    """The report on a file that cannot be read."""
    return _nothing(file, UNREADABLE, error.span, error.message, "")


def without(file: str) -> FileReport:
    """The report on a file in which there is no lifecycle configuration."""
    message = "there is neither a lifecycle configuration in the file, nor a template or plan with one"
    return _nothing(
        file, NOTHING, Span(1, 1, 1, 1), message, 'a configuration begins with `{"Rules": [`, or with `<LifecycleConfiguration>`'
    )


def counts(reports: Sequence[FileReport], worst: Level) -> int:
    """How many findings are of a level or worse."""
    most = LEVELS.index(worst.value)
    return sum(LEVELS.index(one.level) <= most for report in reports for one in report.findings)


def place(finding: Finding) -> tuple[int, int, int, str, str]:
    """What findings of a file are sorted by."""
    return finding.line, finding.column, LEVELS.index(finding.level), finding.check, finding.message


def life(proof: Proof) -> Life:
    """An object and what happens to it."""
    subject = proof.subject
    since = subject.noncurrent_since
    return Life(
        object=Example(
            key=subject.key,
            size=subject.size,
            tags=dict(subject.tags),
            storage_class=subject.storage_class,
            versioning=_versioning(subject.versioning),
            noncurrent_day=(since - subject.created).days if since is not None else None,
            newer=subject.newer,
        ),
        events=tuple(_happening(subject, step) for step in proof.steps),
    )


def _happening(subject: Subject, step: Step) -> Happening:
    return Happening(
        day=day_of(subject, step),
        date=f"{moment(step[0]).date().isoformat()}",
        action=step[1].value,
        storage_class=step[2],
        rules=step[3][:NAMED],
        more=max(len(step[3]) - NAMED, 0),
    )


def _versioning(word: str) -> VersioningWord:
    return "Enabled" if word == "Enabled" else "Suspended" if word == "Suspended" else "Off"


def _nothing(file: str, check: Check, span: Span, message: str, fix: str) -> FileReport:
    one = _made(check, "", "", span, message, fix, None)
    return FileReport(file=file, valid=False, effective=False, versioning="Off", supposed=True, findings=(one,), timeline=())


def _finding(places: Places, found: Found) -> Finding:
    proof = life(found.proof) if found.proof is not None else None
    span = places.span(found.path, name=found.name)
    return _made(found.check, found.rule, places.pointer(found.path), span, found.message, found.fix, proof)


def _made(check: Check, rule: str, pointer: str, span: Span, message: str, fix: str, witness: Life | None) -> Finding:
    return Finding(
        check=check.id,
        alias=check.alias,
        level=check.level.value,
        rule=rule,
        pointer=pointer,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        message=message,
        why=check.why,
        source=check.source,
        fix=fix,
        witness=witness,
    )
