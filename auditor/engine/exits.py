"""What a run ends with."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from auditor.engine.registry import LoadedRule
from auditor.model.fact import Reason
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Outcome, Severity

NOT_THERE = frozenset({Reason.UNSUPPORTED, Reason.REGION_OFF})
"""Reasons for which a region's list cannot be read because there is nothing to read it from. The account itself is always there."""


class Exit(enum.IntEnum):
    """Exit codes. 3 wins over 1: a clean result that is not complete is not clean."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3


def exit_code(
    snapshot: Snapshot, rules: Iterable[LoadedRule], findings: Iterable[Finding], *, fail_on: Severity, strict: bool
) -> Exit:
    """What the run ends with.

    Incomplete: the scan was interrupted, the regions could not be listed, a rule crashed, nothing could be listed of a kind that a rule
    judges, or, when ``strict``, any verdict is unknown or any gap is open (what was deleted meanwhile is none). Findings: a failure at
    or above ``fail_on`` that is not waived.
    """
    worst = Exit.CLEAN
    if not snapshot.header.complete or snapshot.header.regions_unknown:
        return Exit.INCOMPLETE
    if any(_nothing_listed(snapshot, rule) for rule in rules):
        return Exit.INCOMPLETE
    if strict and any(gap.reason is not Reason.GONE for gap in snapshot.gaps):
        return Exit.INCOMPLETE
    for finding in findings:
        if finding.verdict is Outcome.CRASH or (strict and finding.verdict is Outcome.UNKNOWN):
            return Exit.INCOMPLETE
        if finding.verdict is Outcome.FAIL and finding.waived is None and finding.severity >= fail_on:
            worst = Exit.FINDINGS
    return worst


def _nothing_listed(snapshot: Snapshot, rule: LoadedRule) -> bool:
    sections = [snapshot.section(rule.spec.over, scope) for scope in snapshot.scopes(rule.spec.over)]
    return not any(
        s.complete or s.items or (rule.spec.over.REGIONAL and all(u.reason in NOT_THERE for u in s.missing)) for s in sections
    )
