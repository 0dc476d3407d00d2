"""The state of a control follows from its rules; what is not assessed is never good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine.context import Context
from auditor.engine.controls import Assessed, Attestation, State, Why, assess, notes
from auditor.engine.frameworks import Assess, Control, Framework
from auditor.engine.registry import LoadedRule
from auditor.model.compute import Volume
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Outcome, Verdict, Waived
from tests.engine.made import account, finding, made

NEW = Framework(
    id="new-2",
    name="New",
    version="2",
    publisher="Us",
    was="old-1",
    controls=(
        Control(id="1.1", title="One", assess=Assess.AUTO, was="7"),
        Control(id="1.2", title="Two", assess=Assess.PARTIAL, part="only half of it"),
        Control(id="1.3", title="Three", assess=Assess.MANUAL),
    ),
)
OLD = Framework(
    id="old-1",
    name="Old",
    version="1",
    publisher="Us",
    controls=(Control(id="7", assess=Assess.AUTO), Control(id="8", assess=Assess.AUTO)),
)
BOTH = {"new-2": NEW, "old-1": OLD}
WAIVED = Waived("us", "because", date(2027, 1, 1))


def check(_: Any, __: Context[Any]) -> Iterator[Verdict]:
    return iter(())


def ruled(id: str, *controls: str, over: Any = None) -> LoadedRule:
    rule = made(check, id, over) if over else made(check, id)
    return msgspec.structs.replace(rule, spec=msgspec.structs.replace(rule.spec, controls=controls))


def found(outcome: Outcome, *controls: str, rule: str = "s3-a", waived: Waived | None = None) -> Finding:
    one = finding(rule, f"arn:aws:s3:::{outcome.value}-{waived is not None}-{'-'.join(controls)}", outcome)
    return msgspec.structs.replace(one, controls=controls, waived=waived)


def state(
    findings: Sequence[Finding],
    *,
    control: str = "1.1",
    rules: Iterable[LoadedRule] = (ruled("s3-a", "new-2:1.1"),),
    ran: Iterable[str] = ("s3-a",),
    attestations: Iterable[Attestation] = (),
    framework: Framework = NEW,
    snapshot: Snapshot | None = None,
) -> Assessed:
    taken = snapshot or account("data")
    result = assess(taken, BOTH, framework, known=tuple(rules), ran=set(ran), findings=findings, attestations=tuple(attestations))
    return next(one for one in result if one.control.id == control)


def attested(control: str = "new-2:1.3", *, on: date = date(2026, 1, 1), until: date = date(2027, 1, 1)) -> Attestation:
    return Attestation(control=control, by="the security team", on=on, until=until, evidence="minutes of the review")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.PASS], State.PASS),
        ([], State.PASS),
        ([Outcome.NOT_APPLICABLE], State.PASS),
        ([Outcome.PASS, Outcome.UNKNOWN], State.UNKNOWN),
        ([Outcome.CRASH, Outcome.PASS], State.UNKNOWN),
        ([Outcome.UNKNOWN, Outcome.FAIL], State.FAIL),
    ],
)
def test_the_worst_verdict_decides(outcomes: list[Outcome], expected: State) -> None:
    one = state([found(outcome, "new-2:1.1") for outcome in outcomes])
    assert (one.state, one.why) == (expected, None)
    assert len(one.findings) == len(outcomes)


def test_a_waived_failure_is_neither_good_nor_bad() -> None:
    waived = found(Outcome.FAIL, "new-2:1.1", waived=WAIVED)
    assert state([waived]).state is State.EXCEPTED
    assert state([waived, found(Outcome.PASS, "new-2:1.1")]).state is State.EXCEPTED
    assert state([waived, found(Outcome.UNKNOWN, "new-2:1.1")]).state is State.UNKNOWN
    assert state([waived, found(Outcome.FAIL, "new-2:1.1")]).state is State.FAIL


def test_a_verdict_on_another_control_of_the_rule_does_not_count() -> None:
    rules = (ruled("s3-a", "new-2:1.1", "new-2:1.2"),)
    failing = found(Outcome.FAIL, "new-2:1.2")
    assert state([failing], rules=rules).state is State.PASS
    assert state([failing], control="1.2", rules=rules).state is State.FAIL


def test_two_rules_of_one_control() -> None:
    rules = (ruled("s3-a", "new-2:1.1"), ruled("s3-b", "new-2:1.1"))
    both = state([found(Outcome.PASS, "new-2:1.1")], rules=rules, ran=("s3-a", "s3-b"))
    assert (both.state, both.rules) == (State.PASS, ("s3-a", "s3-b"))
    one = state([found(Outcome.PASS, "new-2:1.1")], rules=rules)
    assert (one.state, one.why, one.rules, one.not_run) == (State.UNKNOWN, Why.NOT_RUN, ("s3-a",), ("s3-b",))
    assert state([found(Outcome.FAIL, "new-2:1.1")], rules=rules).state is State.FAIL
    none = state([], rules=rules, ran=())
    assert (none.state, none.why, none.not_run) == (State.NOT_ASSESSED, Why.NOT_RUN, ("s3-a", "s3-b"))


def test_without_a_rule_it_is_not_assessed() -> None:
    auto, manual = state([], rules=()), state([], control="1.3")
    assert (auto.state, auto.why) == (State.NOT_ASSESSED, Why.NO_RULE)
    assert (manual.state, manual.why) == (State.NOT_ASSESSED, Why.MANUAL)


@pytest.mark.parametrize(
    ("on", "until", "expected"),
    [
        (date(2026, 11, 22), date(2026, 11, 22), State.ATTESTED),
        (date(2026, 11, 23), date(2027, 1, 1), State.NOT_ASSESSED),
        (date(2026, 1, 1), date(2026, 11, 21), State.NOT_ASSESSED),
    ],
)
def test_an_attestation_holds_from_its_first_to_its_last_day(on: date, until: date, expected: State) -> None:
    taken = account("data")
    assert taken.header.taken_at.date() == date(2026, 11, 22)
    said = attested(on=on, until=until)
    assert state([], control="1.3", attestations=[said]).state is expected
    assert len(notes([said], taken)) == (expected is State.NOT_ASSESSED)


def test_an_attestation_never_outweighs_a_verdict() -> None:
    said = [attested("new-2:1.1")]
    assert state([found(Outcome.FAIL, "new-2:1.1")], attestations=said).state is State.FAIL
    assert state([found(Outcome.UNKNOWN, "new-2:1.1")], attestations=said).state is State.UNKNOWN
    passing = state([found(Outcome.PASS, "new-2:1.1")], attestations=said)
    assert (passing.state, passing.attestation) == (State.PASS, said[0])
    assert state([], rules=(), attestations=said).state is State.ATTESTED


def test_a_pass_in_part_is_marked_until_somebody_attests_the_rest() -> None:
    rules = (ruled("s3-a", "new-2:1.2"),)
    assert state([], control="1.2", rules=rules).in_part
    assert not state([], control="1.2", rules=rules, attestations=[attested("new-2:1.2")]).in_part
    assert not state([found(Outcome.FAIL, "new-2:1.2")], control="1.2", rules=rules).in_part


def test_regions_that_could_not_be_listed_may_hold_failures() -> None:
    taken = account("data")
    partial = msgspec.structs.replace(taken, header=msgspec.structs.replace(taken.header, regions_unknown=True))
    regional = (ruled("s3-a", "new-2:1.1", over=Volume),)
    one = state([found(Outcome.PASS, "new-2:1.1")], rules=regional, snapshot=partial)
    assert (one.state, one.why) == (State.UNKNOWN, Why.REGIONS)
    assert state([found(Outcome.PASS, "new-2:1.1")], snapshot=partial).state is State.PASS
    assert state([found(Outcome.FAIL, "new-2:1.1")], rules=regional, snapshot=partial).state is State.FAIL


def test_an_older_edition_stands_by_the_newer_ones_rules_and_attestations() -> None:
    failing = found(Outcome.FAIL, "new-2:1.1")
    assert state([failing], framework=OLD, control="7").state is State.FAIL
    assert state([], framework=OLD, control="7", rules=(), attestations=[attested("new-2:1.1")]).state is State.ATTESTED
    assert state([failing], framework=OLD, control="8").state is State.NOT_ASSESSED


OUTCOMES = st.lists(st.tuples(st.sampled_from(Outcome), st.booleans()), max_size=6)


@given(OUTCOMES, st.tuples(st.sampled_from([Outcome.FAIL, Outcome.UNKNOWN, Outcome.CRASH]), st.just(False)))
def test_one_bad_verdict_more_never_makes_a_control_good(before: list[tuple[Outcome, bool]], more: tuple[Outcome, bool]) -> None:
    def stand(outcomes: list[tuple[Outcome, bool]]) -> State:
        return state(
            [
                msgspec.structs.replace(
                    found(outcome, "new-2:1.1", waived=WAIVED if waived and outcome is Outcome.FAIL else None),
                    fingerprint=str(number),
                )
                for number, (outcome, waived) in enumerate(outcomes)
            ]
        ).state

    order = list(State)
    assert order.index(stand([*before, more])) <= order.index(stand(before))
    assert stand([*before, more]) in (State.FAIL, State.UNKNOWN)
