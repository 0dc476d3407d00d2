"""The files of ``awsaudit lint``: found, read, checked, mended."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from auditor import regular
from auditor.cli import files
from auditor.errors import ConfigError, UsageError
from auditor.policy.actions import table
from auditor.policy.lint import report, run
from auditor.policy.lint.check import Found, Kind, Level
from auditor.policy.lint.read import SUFFIXES, Nothing, Written, read
from auditor.policy.lint.report import Finding, Report
from auditor.policy.lint.suppress import BESIDE, BesideFile, LintTable, Suppression, suppress
from auditor.render.visible import whole
from auditor.source.json_source import BYTES, Unreadable, decoded

STDIN = "<stdin>"
CONFIG = "awsaudit.toml"
ROUNDS = 20
"""How often a file is mended and checked again: a fix may make room for another."""
FINDINGS = 10_000
"""Findings of one file after which the rest of its policies is not checked: half a second's work."""

Table = TypeVar("Table")


class Linted(msgspec.Struct, frozen=True):
    """What came of it: the report, and the texts of the files that have findings, by name."""

    report: Report
    sources: dict[str, str]


class _File(msgspec.Struct, frozen=True):
    """A file that was checked."""

    findings: list[Finding]
    text: str = ""
    edits: int = 0
    policies: int = 0


def kind_of(word: str | None) -> Kind | None:
    """The type of that name. Raises :class:`UsageError`."""
    if word is None:
        return None
    try:
        return Kind(word)
    except ValueError:
        raise UsageError(f"`{word}` is not a type of policy; use one of {', '.join(one.value for one in Kind)}") from None


def level_of(word: str) -> Level:
    """The level of that name. Raises :class:`UsageError`."""
    try:
        return Level(word)
    except ValueError:
        raise UsageError(f"`{word}` is not a level; use one of {', '.join(one.value for one in Level)}") from None


def configured(path: Path | None) -> tuple[Suppression, ...]:
    """The suppressions of a configuration; without ``path``, of ``awsaudit.toml`` in the current folder if there is one.

    Raises :class:`ConfigError`.
    """
    if path is None:
        path = Path(CONFIG)
        if not path.exists():
            return ()
    found = _table(path, LintTable, "lint").suppress
    for one in found:
        _reasoned(one.reason, one.check, path)
    return found


def lint(paths: Sequence[str], kind: Kind | None, suppressions: Sequence[Suppression], *, fix: bool) -> Linted:
    """Check files and folders. Raises :class:`UsageError` for what cannot be opened."""
    if fix and "-" in paths:
        raise UsageError("standard input cannot be mended; name a file with --fix")
    found: list[Finding] = []
    sources: dict[str, str] = {}
    read_: list[str] = []
    empty: list[str] = []
    notes: list[str] = []
    beside: list[Suppression] = []
    outside: list[str] = []
    policies = 0
    for name, named in files.named(paths, SUFFIXES, outside):
        content = files.content(name, BYTES + 1)
        shown = STDIN if name == "-" else whole(name)
        one = _checked(shown, content, kind, named=named)
        if one is None:
            empty.append(shown)
            continue
        read_.append(shown)
        policies += one.policies
        mine = _beside(name)
        beside += mine
        if fix and one.edits:
            one, made = _mended(name, content, kind, (*mine, *suppressions), one)
            notes += [f"`{shown}`: {made} {'fix' if made == 1 else 'fixes'} made"] if made else []
        found += one.findings
        if one.findings:
            sources[shown] = one.text
    result, said = suppress(found, (*beside, *suppressions), read_, _today())
    notes += said
    if not read_ and not empty:
        notes.append(f"there is no file to check in {', '.join(f'`{name}`' for name in paths)}: looked for {', '.join(SUFFIXES)}")
    if empty:
        notes.append(f"{len(empty)} {'file holds' if len(empty) == 1 else 'files hold'} no policy: {files.listed(empty)}")
    if outside:
        notes.append(files.not_followed([whole(name) for name in outside]))
    return Linted(Report(findings=tuple(result), notes=tuple(notes), files=len(read_), policies=policies), sources)


def _today() -> Any:
    return datetime.now(UTC).date()


def _checked(name: str, content: bytes, kind: Kind | None, *, named: bool) -> _File | None:
    """The findings of a file; ``None`` for one within a folder in which there is no policy."""
    text = ""
    try:
        text = decoded(content)
        written = read(text, name, kind)
    except Unreadable as error:
        if named or b"Statement" in content:
            return _File([report.unreadable(name, error)], text)
        return None
    except Nothing:
        return _File([report.without_policy(name)], text) if named else None
    findings: list[Finding] = []
    edits = policies = 0
    for one in written:
        if len(findings) > FINDINGS:
            findings.append(report.cut_short(name, policies, len(written)))
            break
        policies += 1
        if one.broken is not None:
            findings.append(report.unreadable(name, one.broken, one.places.pointer(()), one.name))
            continue
        found = list(run.lint(one.policy(), table()))
        findings += report.findings(name, one, found)
        edits += sum(f.edit is not None for f in found) if one.text is not None else 0
    return _File(sorted(findings, key=report.place), text, edits, policies)


def _mended(
    name: str, content: bytes, kind: Kind | None, suppressions: Sequence[Suppression], before: _File
) -> tuple[_File, int]:
    """The file with the mechanical fixes made, and how many they were. What is suppressed stays."""
    from auditor.engine.archive import write_atomically
    from auditor.policy.lint.mend import mend

    text, total = decoded(content), 0
    for _ in range(ROUNDS):
        (written,) = read(text, name, kind)
        found = [one for one in run.lint(written.policy(), table()) if one.edit is not None]
        edits = [one.edit for one in found if one.edit is not None and not _is_suppressed(name, written, one, suppressions)]
        text, count = mend(text, edits)
        total += count
        if not count:
            break
    if not total:
        return before, 0
    path = Path(name).resolve()  # what a link leads to, not the link
    write_atomically(path, [text.encode()], mode=path.stat().st_mode & 0o7777)
    return _checked(name, text.encode(), kind, named=True) or before, total


def _is_suppressed(name: str, written: Written, found: Found, suppressions: Sequence[Suppression]) -> bool:
    reported = report.findings(name, written, [found])
    (one,), _ = suppress(reported, suppressions, (), _today())
    return one.suppressed is not None


def _beside(name: str) -> list[Suppression]:
    """The suppressions of the file beside a policy."""
    path = Path(name + BESIDE)
    if name == "-" or not path.exists():
        return []
    found = _table(path, BesideFile, "").suppress
    for one in found:
        _reasoned(one.reason, one.check, path)
    literal = "".join(f"[{char}]" if char in "*?[" else char for char in whole(name).replace("\\", "/").removeprefix("./"))
    return [
        Suppression(check=one.check, file=literal, reason=one.reason, pointer=one.pointer, expires=one.expires) for one in found
    ]


def _table(path: Path, wanted: type[Table], name: str) -> Table:
    """A table of a TOML file; all of it when ``name`` is empty."""
    try:
        data = tomllib.loads(regular.contents(path, regular.SETTINGS).decode())
    except OSError as error:
        raise ConfigError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # a ValueError also where a number has more digits than Python reads
        raise ConfigError(f"`{path}` is not valid TOML: {error}") from error
    try:
        return msgspec.convert(data.get(name, {}) if name else data, wanted)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        text = message.replace("Object contains unknown field", "there is no setting").replace(
            "Object missing required field", "it lacks"
        )
        at = ".".join(part for part in (name, where.rstrip("`")) if part)
        raise ConfigError(f"`{path}`: {text[:1].lower()}{text[1:]} in `{at}`") from error


def _reasoned(reason: str, check: str, path: Path) -> None:
    if not reason.strip():
        raise ConfigError(f"`{path}`: the suppression of `{check}` needs a reason")
    if not any(_matches(name, check) for name in run.checks()):
        raise ConfigError(f"`{path}` suppresses the check `{check}`, which does not exist")


def _matches(name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern)
