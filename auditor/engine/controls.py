"""How an account stands against the controls of a framework.

A control fails if any of its rules fails, else it is unknown if any is unknown, else it passes; failures that somebody answers for
(waivers) make it excepted. Without a rule it is attested by a person or not assessed. What is not assessed is never called good.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from auditor.engine.frameworks import Assess, Control, Framework, names
from auditor.engine.registry import LoadedRule
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Outcome


class State(enum.Enum):
    """The states of a control, the ones to look at first first."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    EXCEPTED = "excepted"
    """It fails only where a waiver covers the failure."""
    PASS = "pass"
    ATTESTED = "attested"
    NOT_ASSESSED = "not-assessed"


class Why(enum.Enum):
    """Why a control is not assessed, or unknown though no verdict is."""

    NO_RULE = "no-rule"
    """API data could decide it, but no rule does yet."""
    MANUAL = "manual"
    """Only a person can say, and nobody has (or not any more)."""
    NOT_RUN = "not-run"
    """It has rules that were not run."""
    REGIONS = "regions"
    """The regions could not be listed: there may be resources that were not seen."""


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` says on ``on`` that the control is met, until ``until`` (both days included), and where the evidence is."""

    control: str
    by: str
    on: date
    until: date
    evidence: str


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """A control with its state and what it rests on."""

    control: Control
    state: State
    in_part: bool
    """It passes as far as rules can say, and nobody attested the rest."""
    why: Why | None
    rules: tuple[str, ...]
    """Ids of the rules that decide it and were run."""
    not_run: tuple[str, ...]
    findings: tuple[Finding, ...]
    """All verdicts about it."""
    attestation: Attestation | None


def rules_of(
    frameworks: Mapping[str, Framework], framework: Framework, rules: Iterable[LoadedRule]
) -> Mapping[str, tuple[LoadedRule, ...]]:
    """The rules of each control, by its id; a control without rules has an empty tuple."""
    every = tuple(rules)
    return {
        id: tuple(rule for rule in every if not known.isdisjoint(rule.spec.controls))
        for id, known in names(frameworks, framework).items()
    }


def assess(
    snapshot: Snapshot,
    frameworks: Mapping[str, Framework],
    framework: Framework,
    *,
    known: Iterable[LoadedRule],
    ran: Collection[str],
    findings: Sequence[Finding],
    attestations: Iterable[Attestation] = (),
) -> tuple[Assessed, ...]:
    """Every control of a framework, in the framework's order. Pure.

    ``known`` are all rules there are, ``ran`` the ids of those that gave ``findings``.
    """
    by_name: dict[str, list[Finding]] = {}
    for finding in findings:
        for name in finding.controls:
            by_name.setdefault(name, []).append(finding)
    today = snapshot.header.taken_at.date()
    said = {one.control: one for one in attestations if one.on <= today <= one.until}
    rules = rules_of(frameworks, framework, known)
    known_as = names(frameworks, framework)
    result: list[Assessed] = []
    for control in framework.controls:
        about = {finding.fingerprint: finding for name in sorted(known_as[control.id]) for finding in by_name.get(name, ())}
        used = tuple(rule for rule in rules[control.id] if rule.id in ran)
        attested = next((said[name] for name in sorted(known_as[control.id]) if name in said), None)
        not_run = tuple(rule.id for rule in rules[control.id] if rule.id not in ran)
        state, why = _state(snapshot, control, tuple(about.values()), used, not_run, attested)
        result.append(
            Assessed(
                control=control,
                state=state,
                in_part=state is State.PASS and control.assess is Assess.PARTIAL and attested is None,
                why=why,
                rules=tuple(rule.id for rule in used),
                not_run=not_run,
                findings=tuple(about.values()),
                attestation=attested,
            )
        )
    return tuple(result)


def notes(attestations: Iterable[Attestation], snapshot: Snapshot) -> tuple[str, ...]:
    """What is to be said of attestations that do not hold when the snapshot was taken."""
    today = snapshot.header.taken_at.date()
    expired = [
        f"the attestation of `{one.control}` by {one.by} ended on {one.until}: renew or remove it"
        for one in attestations
        if one.until < today
    ]
    early = [f"the attestation of `{one.control}` by {one.by} begins on {one.on} only" for one in attestations if one.on > today]
    return (*expired, *early)


def _state(
    snapshot: Snapshot,
    control: Control,
    findings: Sequence[Finding],
    used: Sequence[LoadedRule],
    not_run: Sequence[str],
    attested: Attestation | None,
) -> tuple[State, Why | None]:
    outcomes = {finding.verdict for finding in findings if finding.waived is None}
    if Outcome.FAIL in outcomes:
        return State.FAIL, None
    if not used:
        if attested:
            return State.ATTESTED, None
        if not_run:
            return State.NOT_ASSESSED, Why.NOT_RUN
        return State.NOT_ASSESSED, Why.MANUAL if control.assess is Assess.MANUAL else Why.NO_RULE
    if outcomes & {Outcome.UNKNOWN, Outcome.CRASH}:
        return State.UNKNOWN, None
    if not_run:
        return State.UNKNOWN, Why.NOT_RUN
    if snapshot.header.regions_unknown and any(rule.spec.over.REGIONAL for rule in used):
        return State.UNKNOWN, Why.REGIONS
    if any(finding.waived for finding in findings):
        return State.EXCEPTED, None
    return State.PASS, None
