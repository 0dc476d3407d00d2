"""Waivers: findings that somebody answers for, for a while."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase

import msgspec

from auditor.model.verdict import Finding, Outcome, Waived


class Waiver(msgspec.Struct, frozen=True):
    """``owner`` accepts until ``expires`` that ``rule`` fails on resources whose ARN matches ``resource``. Both may hold ``*``."""

    rule: str
    resource: str
    owner: str
    reason: str
    expires: date


def waive(
    findings: Iterable[Finding], waivers: Sequence[Waiver], taken_at: datetime, *, ran: Collection[str]
) -> tuple[list[Finding], tuple[str, ...]]:
    """The findings with the waivers that cover them, and what is to be said of the waivers: expired, or matching nothing.

    A waiver holds through its last day, judged when the snapshot was taken. Only failures are waived: an unknown is not accepted risk.
    ``ran`` are the ids of the rules that judged: nothing is said of a waiver for another rule, nor of one that an unknown may yet need.
    """
    today = taken_at.date()
    live = [w for w in waivers if w.expires >= today]
    used: set[Waiver] = set()
    result: list[Finding] = []
    for finding in findings:
        waiver = next((w for w in live if _covers(w, finding)), None)
        if waiver is not None:
            used.add(waiver)
            finding = msgspec.structs.replace(finding, waived=Waived(waiver.owner, waiver.reason, waiver.expires))
        result.append(finding)
    notes = [
        f"the waiver for `{w.rule}` on `{w.resource}` (owner: {w.owner}) expired on {w.expires}: renew or remove it"
        for w in waivers
        if w.expires < today
    ]
    notes += [
        f"the waiver for `{w.rule}` on `{w.resource}` (owner: {w.owner}) matches no failure: remove it"
        for w in live
        if w not in used and any(fnmatchcase(rule_id, w.rule) for rule_id in ran) and not any(_may_cover(w, f) for f in result)
    ]
    return result, tuple(notes)


def _may_cover(waiver: Waiver, finding: Finding) -> bool:
    """The finding is unknown, on the resource or on a whole list that may hold it."""
    return (
        finding.verdict in (Outcome.UNKNOWN, Outcome.CRASH)
        and fnmatchcase(finding.rule, waiver.rule)
        and (fnmatchcase(finding.resource, waiver.resource) or finding.resource.startswith("AWS::::Account:"))
    )


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return (
        finding.verdict is Outcome.FAIL
        and fnmatchcase(finding.rule, waiver.rule)
        and fnmatchcase(finding.resource, waiver.resource)
    )
