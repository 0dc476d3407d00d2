"""What the linter reports: a finding with its place in the file, and why it does not count if it is suppressed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from auditor.policy.lint.check import Check, Found, Level
from auditor.policy.lint.families.grammar import JSON_SYNTAX_ERROR, NO_POLICY, TOO_MANY_FINDINGS
from auditor.policy.lint.read import Written
from auditor.source.json_source import Span, Unreadable

KindWord = Literal["identity", "resource", "trust", "boundary", "scp", "rcp", "session", "unknown"]
LevelWord = Literal["error", "security", "warning", "suggestion"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of the linter.

    ``type`` is the type of the policy, ``unknown`` when the file could not be read. ``pointer`` is a JSON pointer (RFC 6901) within the
    file; of a file with several YAML documents it begins with the number of the document, and for a policy that is text within a value
    it is the pointer of the value. Lines and columns count from 1, columns in characters; the end is the place behind the last one.
    ``within`` names the resource and its property in a template or plan; it is empty for a policy that stands alone.
    ``suppressed`` is the reason why it does not count, or null.
    """

    file: str
    type: KindWord
    check: str
    level: LevelWord
    pointer: str
    within: str = ""
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    why: str
    fix: str
    suppressed: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All findings, by file and place, what is to be said beside them, and in how many files how many policies were checked."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    files: int = 0
    policies: int = 0


LEVELS: tuple[LevelWord, ...] = ("error", "security", "warning", "suggestion")
"""The levels by their words, the worst first."""


def findings(file: str, written: Written, found: Iterable[Found]) -> list[Finding]:
    """The findings of a policy, in the order of their places."""
    made = [
        _finding(
            file,
            written.kind.value,
            one.check,
            written.places.pointer(one.path),
            written.places.span(one.path, name=one.name),
            one.message,
            one.fix,
            written.name,
        )
        for one in found
    ]
    return sorted(made, key=place)


def unreadable(file: str, error: Unreadable, pointer: str = "", within: str = "") -> Finding:
    """The one finding of a file, or of the value at ``pointer`` in it, that cannot be read."""
    return _finding(file, "unknown", JSON_SYNTAX_ERROR, pointer, error.span, error.message, "", within)


def without_policy(file: str) -> Finding:
    """The one finding of a file in which there is no policy."""
    message = "there is neither a policy in the file, nor a template or plan with one"
    return _finding(file, "unknown", NO_POLICY, "", Span(1, 1, 1, 1), message, "say with --type what it is, if it is a policy")


def cut_short(file: str, checked: int, policies: int) -> Finding:
    """The finding of a file of which only the first policies were checked."""
    message = (
        f"{checked:,} of the {policies:,} policies in the file were checked, which have more findings than are told of one file"
    )
    return _finding(file, "unknown", TOO_MANY_FINDINGS, "", Span(1, 1, 1, 1), message, "correct those, and check again")


def counts(reported: Sequence[Finding], worst: Level) -> int:
    """How many findings are of a level or worse, and not suppressed."""
    most = LEVELS.index(worst.value)
    return sum(one.suppressed is None and LEVELS.index(one.level) <= most for one in reported)


def place(finding: Finding) -> tuple[int, int, int, str, str]:
    """What findings of a file are sorted by."""
    return finding.line, finding.column, LEVELS.index(finding.level), finding.check, finding.message


def _finding(
    file: str, kind: KindWord, check: Check, pointer: str, span: Span, message: str, fix: str, within: str = ""
) -> Finding:
    return Finding(
        file=file,
        type=kind,
        check=check.id,
        level=check.level.value,
        pointer=pointer,
        within=within,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        message=message,
        why=check.why,
        fix=fix,
    )
