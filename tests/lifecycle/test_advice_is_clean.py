"""Nothing is proposed that the linter would find fault with, nor that costs a shock of requests."""

from __future__ import annotations

import json
import random
from decimal import Decimal

import pytest

from auditor.lifecycle.advisor import SMALL_OBJECTS, Access, Advice, Constraints, advise
from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.costs import along, in_money
from auditor.lifecycle.emit import as_api
from auditor.lifecycle.lint import Valid, judge
from auditor.lifecycle.read import read
from auditor.lifecycle.subject import Subject, Usage
from auditor.lifecycle.timeline import timeline
from tests.lifecycle.rows import day
from tests.lifecycle.shelf import REGION, shelf
from tests.lifecycle.test_advisor import LOGS, some_case, some_constraints

TODAY = day("2026-03-01")
KEEP_ALL = "noncurrent-versions-kept"


def average(usage: Usage) -> int:
    return sum(usage.bytes.values()) // (usage.total or 1)


def faults(advice: Advice, usage: Usage, versioning: str, lock_days: int | None = None) -> list[str]:
    """What the linter finds in the proposal as it is emitted."""
    assert advice.proposal is not None
    text = json.dumps({**as_api(advice.proposal), "TransitionDefaultMinimumObjectSize": advice.proposal.default_minimum_size})
    (source,) = read(text, "proposal.json")
    facts = Facts(today=TODAY, versioning=versioning, average_size=average(usage), lock_days=lock_days)
    judged = judge(written(source, facts))
    assert judged.valid is Valid.YES
    assert judged.effective
    return [found.check.id for found in judged.found]


def proposals(seed: int, number: int) -> list[tuple[Advice, Usage, str, Constraints, dict[tuple[str, str], str]]]:
    pick = random.Random(seed)
    found: list[tuple[Advice, Usage, str, Constraints, dict[tuple[str, str], str]]] = []
    while len(found) < number:
        figures, usage, access = some_case(pick)
        constraints, versioning = some_constraints(pick), pick.choice(("Off", "Enabled", "Suspended"))
        advice = advise(usage, shelf(figures), REGION, access=access, constraints=constraints, versioning=versioning)
        if advice.proposal is not None:
            found.append((advice, usage, versioning, constraints, figures))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_linter_finds_nothing(seed: int) -> None:
    for advice, usage, versioning, constraints, _ in proposals(seed, 12):
        # That nothing may be deleted is the owner's own word, and old versions are no exception to it.
        kept = {KEEP_ALL} if versioning != "Off" and (advice.chosen is None or advice.chosen.expire is None) else set[str]()
        lock = constraints.keep_days
        assert set(faults(advice, usage, versioning, lock)) <= kept, advice.proposal


@pytest.mark.parametrize("seed", range(3))
def test_no_step_of_a_proposal_is_a_shock(seed: int) -> None:
    for advice, usage, versioning, _, figures in proposals(seed, 12):
        assert advice.proposal is not None
        for name in usage.bytes:
            size = usage.bytes[name] // (usage.count(name) or 1)
            subject = Subject(key="x", size=size, created=TODAY, storage_class=name, versioning=versioning)
            for step in along(subject, timeline(advice.proposal, subject, day("2036-01-01"))):
                assert in_money(step, usage, shelf(figures), REGION).shock is False


def test_a_proposal_with_everything_in_it() -> None:
    constraints = Constraints(retrieval_hours=12, keep_days=200)
    access = Access(reads=Decimal(0), share=Decimal(0), after=10)
    advice = advise(LOGS, shelf(), REGION, access=access, constraints=constraints, versioning="Enabled")
    assert advice.chosen is not None
    assert (advice.chosen.storage_class, advice.chosen.expire) == ("DEEP_ARCHIVE", 200)
    assert faults(advice, LOGS, "Enabled", 200) == []


def test_many_small_objects_of_another_class_are_no_reason_for_a_finding() -> None:
    """The linter knows one average of the whole bucket: what it would take for a transition of small objects is not proposed."""
    usage = Usage(bytes={"STANDARD": 10**9, "STANDARD_IA": 10**12}, counts={"STANDARD": 10**8, "STANDARD_IA": 10**3})
    advice = advise(
        usage, shelf(), REGION, access=Access(reads=Decimal(0), share=Decimal(0)), constraints=Constraints(keep_days=400)
    )
    assert advice.proposal is None or faults(advice, usage, "Off") == []
    assert {one.refused for one in advice.options if one.storage_class == "GLACIER_IR"} == {SMALL_OBJECTS}
