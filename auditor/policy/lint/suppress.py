"""Suppressions: findings that somebody has looked at and answers for, each with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

import msgspec

from auditor.policy.lint.report import Finding

BESIDE = ".awsaudit-lint.toml"
"""What the name of a file of suppressions ends with that lies beside a policy: ``policy.json.awsaudit-lint.toml``."""


class Suppression(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[[lint.suppress]]`` of ``awsaudit.toml``: ``check`` in files that match ``file``, and where the pointer matches ``pointer`` if
    that is given. All three may hold ``*``. It holds through the day ``expires``."""

    check: str
    file: str
    reason: str
    pointer: str | None = None
    expires: date | None = None


class Beside(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[[suppress]]`` of a file beside a policy: the same for that policy, so it names no file."""

    check: str
    reason: str
    pointer: str | None = None
    expires: date | None = None


class LintTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[lint]`` of ``awsaudit.toml``."""

    suppress: tuple[Suppression, ...] = ()


class BesideFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of suppressions beside a policy."""

    suppress: tuple[Beside, ...] = ()


def suppress(
    found: Iterable[Finding], suppressions: Sequence[Suppression], files: Sequence[str], today: date
) -> tuple[list[Finding], list[str]]:
    """The findings, those that are suppressed with the reason, and what is to be said of suppressions: expired, or of no use.

    ``files`` are those that were checked: nothing is said of a suppression for others.
    """
    live = [one for one in suppressions if one.expires is None or one.expires >= today]
    used: set[Suppression] = set()
    result: list[Finding] = []
    for finding in found:
        one = next((s for s in live if _covers(s, finding)), None)
        if one is not None:
            used.add(one)
            finding = msgspec.structs.replace(finding, suppressed=one.reason)
        result.append(finding)
    notes = [
        f"the suppression of `{one.check}` in `{one.file}` expired on {one.expires}: renew or remove it"
        for one in suppressions
        if one.expires is not None and one.expires < today and _concerns(one, files)
    ]
    notes += [
        f"the suppression of `{one.check}` in `{one.file}` suppresses nothing: remove it"
        for one in live
        if one not in used and _concerns(one, files)
    ]
    return result, notes


def _covers(one: Suppression, finding: Finding) -> bool:
    return (
        fnmatchcase(finding.check, one.check)
        and _matches(finding.file, one.file)
        and (one.pointer is None or fnmatchcase(finding.pointer, one.pointer))
    )


def _concerns(one: Suppression, files: Sequence[str]) -> bool:
    return any(_matches(file, one.file) for file in files)


def _matches(file: str, pattern: str) -> bool:
    """A pattern is of the file as it was named, or of the end of its path from a folder on."""
    file = file.replace("\\", "/").removeprefix("./")
    return fnmatchcase(file, pattern) or fnmatchcase(file, f"*/{pattern}")
