"""How an account stands against frameworks, as reports show it. Part of the view model: see :mod:`auditor.render.view`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from auditor.engine.controls import Assessed, Attestation, State, Why
from auditor.engine.frameworks import Control, Framework, Titled
from auditor.model.fact import Reason
from auditor.model.verdict import Finding, Outcome


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A framework with its controls, and the limits that the configuration sets, by rule id: what a report is made of."""

    framework: Framework
    controls: tuple[Assessed, ...]
    settings: Mapping[str, str] = {}


class ControlView(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a control. Findings are in the order of the report."""

    name: str
    """``cis-aws-7.0:2.3``"""
    control: Control
    section: Titled | None
    state: State
    in_part: bool
    why: Why | None
    rules: tuple[str, ...]
    """Ids of the rules that decided it."""
    not_run: tuple[str, ...]
    failing: tuple[Finding, ...]
    excepted: tuple[Finding, ...]
    """Failures under a waiver."""
    undecided: tuple[Finding, ...]
    passed: int
    """Verdicts that pass."""
    not_applicable: int
    attestation: Attestation | None
    settings: tuple[str, ...]
    """Limits of its rules that the configuration set, not the framework."""
    actions: tuple[str, ...]
    """IAM actions that would resolve what was denied."""

    @property
    def judged(self) -> int:
        """How many verdicts there are about it."""
        return len(self.failing) + len(self.excepted) + len(self.undecided) + self.passed + self.not_applicable


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many controls there are in each state. ``in_part`` of those that pass do so only as far as rules can say."""

    total: int
    passed: int
    in_part: int
    attested: int
    excepted: int
    failed: int
    unknown: int
    not_assessed: int

    @property
    def decided(self) -> int:
        """Controls with an answer: the denominator of :attr:`met`."""
        return self.passed + self.attested + self.excepted + self.failed

    @property
    def met(self) -> int:
        """Controls that pass or are attested."""
        return self.passed + self.attested


class FrameworkView(msgspec.Struct, frozen=True, kw_only=True):
    """A framework as reports show it."""

    framework: Framework
    standing: Standing
    controls: tuple[ControlView, ...]

    def in_state(self, state: State) -> tuple[ControlView, ...]:
        """The controls in a state."""
        return tuple(control for control in self.controls if control.state is state)


def percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down, so that 100 means all. 0 of nothing."""
    return part * 100 // whole if whole else 0


def share(part: int, whole: int) -> str:
    """``20 of 33 (60%)``: a percentage never comes without its denominator; of nothing there is none."""
    return f"{part:,} of {whole:,} ({percent(part, whole)}%)" if whole else f"{part:,} of {whole:,}"


def stand(judged: Iterable[Judged], findings: Sequence[Finding]) -> tuple[FrameworkView, ...]:
    """The views of frameworks. ``findings`` are those of the report, in its order."""
    place = {finding.fingerprint: number for number, finding in enumerate(findings)}
    return tuple(_framework(one, findings, place) for one in judged)


def _framework(judged: Judged, findings: Sequence[Finding], place: Mapping[str, int]) -> FrameworkView:
    controls = tuple(_control(judged, one, findings, place) for one in judged.controls)
    states = [control.state for control in controls]
    return FrameworkView(
        framework=judged.framework,
        controls=controls,
        standing=Standing(
            total=len(controls),
            passed=states.count(State.PASS),
            in_part=sum(control.in_part for control in controls),
            attested=states.count(State.ATTESTED),
            excepted=states.count(State.EXCEPTED),
            failed=states.count(State.FAIL),
            unknown=states.count(State.UNKNOWN),
            not_assessed=states.count(State.NOT_ASSESSED),
        ),
    )


def _control(judged: Judged, one: Assessed, findings: Sequence[Finding], place: Mapping[str, int]) -> ControlView:
    about = [findings[number] for number in sorted(place[finding.fingerprint] for finding in one.findings)]
    fails = [finding for finding in about if finding.verdict is Outcome.FAIL]
    undecided = tuple(f for f in about if f.verdict in (Outcome.UNKNOWN, Outcome.CRASH))
    return ControlView(
        name=f"{judged.framework.id}:{one.control.id}",
        control=one.control,
        section=judged.framework.section(one.control),
        state=one.state,
        in_part=one.in_part,
        why=one.why,
        rules=one.rules,
        not_run=one.not_run,
        failing=tuple(f for f in fails if f.waived is None),
        excepted=tuple(f for f in fails if f.waived is not None),
        undecided=undecided,
        passed=sum(f.verdict is Outcome.PASS for f in about),
        not_applicable=sum(f.verdict is Outcome.NOT_APPLICABLE for f in about),
        attestation=one.attestation,
        settings=tuple(f"{id}: {judged.settings[id]}" for id in one.rules if id in judged.settings),
        actions=tuple(
            sorted({u.action for f in undecided for u in f.missing if u.reason is Reason.DENIED and u.action}),
        ),
    )
