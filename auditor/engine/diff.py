"""What changed between two runs on an account. Pure.

Something that can no longer be looked at is never resolved: it is newly unknown. Nor is what is no longer judged.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import msgspec

from auditor.engine.evaluate import scope_arn
from auditor.engine.registry import LoadedRule
from auditor.errors import SnapshotDamaged, SnapshotNewer
from auditor.model.account import Account, Root
from auditor.model.resource import GLOBAL, FieldRef
from auditor.model.snapshot import Header
from auditor.model.verdict import Finding, Outcome, Severity

REPORT = 1
"""The format of JSON reports that is understood."""


class Kind(enum.Enum):
    """The sorts of change, the most urgent first."""

    NEW = "new"
    """It fails, and did not before (or under a waiver)."""
    UNKNOWN = "newly-unknown"
    """It cannot be looked at, and could be before, or was not there."""
    NOT_JUDGED = "no-longer-judged"
    """It failed before; its rule or its region was left out this time."""
    WAIVED = "waived"
    """It still fails, and now somebody answers for it."""
    RESOLVED = "resolved"
    """It failed before; now it passes, does not apply, or is gone from a list that could be read whole."""


class Seen(msgspec.Struct, frozen=True):
    """What is needed of a verdict of an earlier report. Further members of its JSON are passed over."""

    rule: str
    verdict: Outcome
    severity: Literal["info", "low", "medium", "high", "critical"]
    region: str
    resource: str
    name: str
    fingerprint: str
    waived: Any = None

    @property
    def failing(self) -> bool:
        """It fails, and no waiver covers it."""
        return self.verdict is Outcome.FAIL and self.waived is None


class Past(msgspec.Struct, frozen=True):
    """What is needed of an earlier report: the regions that were scanned, and the verdicts."""

    regions: tuple[str, ...] = ()
    verdicts: tuple[Seen, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """One change: of which rule, on what."""

    kind: Kind
    rule: str
    severity: str
    resource: str
    name: str
    region: str
    fingerprint: str


class _Place(msgspec.Struct, frozen=True):
    regions: tuple[str, ...]


class _Report(msgspec.Struct, frozen=True):
    account: _Place
    verdicts: tuple[Seen, ...]


class _Format(msgspec.Struct, frozen=True):
    format: int


def read(report: bytes) -> Past:
    """What a JSON report says.

    Raises :class:`SnapshotNewer` for one of a later format and :class:`SnapshotDamaged` for one that is none.
    """
    try:
        if msgspec.json.decode(report, type=_Format).format > REPORT:
            raise SnapshotNewer("the earlier report was written by a newer awsaudit; update this one")
        found = msgspec.json.decode(report, type=_Report)
        return Past(found.account.regions, found.verdicts)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SnapshotDamaged(f"the earlier report cannot be read: {error}") from error


def compare(before: Past, now: Sequence[Finding], *, rules: Mapping[str, LoadedRule], header: Header) -> tuple[Change, ...]:
    """The changes, the most urgent and severe first. ``rules`` are those that were run now, ``header`` says where."""
    failed = {one.fingerprint: one for one in before.verdicts if one.failing}
    unknown_before = {(one.rule, one.resource) for one in before.verdicts if one.verdict in _BLIND}
    narrower = not set(before.regions) <= set(header.regions)
    by_fingerprint = {finding.fingerprint: finding for finding in now}
    blind = {(finding.rule, finding.resource) for finding in now if finding.verdict in _BLIND}
    changes = [_change(Kind.NEW, finding) for finding in now if _failing(finding) and finding.fingerprint not in failed]
    lost: set[tuple[str, str]] = set()
    for one in failed.values():
        same = by_fingerprint.get(one.fingerprint)
        if same is not None and _failing(same):
            continue
        kind = _fate(one, same, blind, rules, header, narrower=narrower)
        if kind is Kind.UNKNOWN:
            lost.add((one.rule, one.resource))
        changes.append(Change(kind, one.rule, one.severity, one.resource, one.name, one.region, one.fingerprint))
    changes += [
        _change(Kind.UNKNOWN, finding)
        for finding in now
        if finding.verdict in _BLIND and not {(finding.rule, finding.resource)} & (unknown_before | lost)
    ]
    order = list(Kind)
    return tuple(
        sorted(
            set(changes), key=lambda c: (order.index(c.kind), -Severity[c.severity.upper()], c.rule, c.resource, c.fingerprint)
        )
    )


_BLIND = (Outcome.UNKNOWN, Outcome.CRASH)


def _failing(finding: Finding) -> bool:
    return finding.verdict is Outcome.FAIL and finding.waived is None


def _fate(
    one: Seen,
    same: Finding | None,
    blind: Collection[tuple[str, str]],
    rules: Mapping[str, LoadedRule],
    header: Header,
    *,
    narrower: bool,
) -> Kind:
    """What became of a failure that is none now."""
    rule = rules.get(one.rule)
    if rule is None:
        return Kind.NOT_JUDGED
    if same is not None and same.verdict is Outcome.FAIL:
        return Kind.WAIVED
    regional = rule.spec.over.REGIONAL
    # A verdict on the whole account may have rested on what is in a region that is left out now.
    if one.region not in header.regions if regional else narrower and _looks_around(rule):
        return Kind.UNKNOWN if header.regions_unknown else Kind.NOT_JUDGED
    listed = scope_arn(header.account_id, one.region if regional else GLOBAL)
    if (one.rule, one.resource) in blind or (one.rule, listed) in blind:
        return Kind.UNKNOWN
    return Kind.RESOLVED


def _looks_around(rule: LoadedRule) -> bool:
    """The rule reads something region by region."""
    read = {*rule.spec.kinds, *(ref.kind for ref in rule.spec.reads)}
    gathered = {FieldRef(Account, "regions"), FieldRef(Root, "events")}
    return any(kind.REGIONAL for kind in read) or not gathered.isdisjoint(rule.spec.reads)


def _change(kind: Kind, finding: Finding) -> Change:
    return Change(kind, finding.rule, finding.severity.word, finding.resource, finding.name, finding.region, finding.fingerprint)
