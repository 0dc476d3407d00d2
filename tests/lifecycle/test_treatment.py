"""What is said of many objects at once, held to what happens to each."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.lifecycle.config import Config, Facts, collected
from auditor.lifecycle.days import Step, day_of, midnight
from auditor.lifecycle.plan import Plan, steps_of
from auditor.lifecycle.subject import Action, Subject
from auditor.lifecycle.treatment import Treatment
from auditor.model.s3 import Expiration, Filter, LifecycleRule, Transition
from tests.lifecycle import generated
from tests.lifecycle.rows import day

NEWERS = (0, 1, 2, 3)
seeds = st.randoms(use_true_random=False)


def config(pick: random.Random) -> Config:
    return collected(generated.lifecycle(pick, 4), Facts(today=generated.START, versioning=pick.choice(("Enabled", "Suspended"))))


def standard(pick: random.Random, made: Config) -> Subject:
    return msgspec.structs.replace(generated.subject(pick), storage_class="STANDARD", versioning=made.versioning)


def spend(_: int) -> bool:
    return True


def without(made: Config, subject: Subject) -> list[tuple[Treatment, Treatment]]:
    """What happens to an object, and what without each of the rules."""
    plan = Plan([one.rule for one in made.enabled], made.minimum)
    whole = plan.treatment(subject.key, subject.size, subject.tags)
    return [(whole, plan.treatment(subject.key, subject.size, subject.tags, made.bit(one))) for one in made.enabled]


def prove_alike(pick: random.Random) -> int:
    made, count = config(pick), 0
    subject = standard(pick, made)
    for before, after in without(made, subject):
        if before.alike(after, NEWERS, spend):
            count += 1
            for days in range(-15, 15):
                moved = timedelta(days=days)
                for newer in NEWERS:
                    since = None if subject.noncurrent_since is None else subject.noncurrent_since + moved
                    one = msgspec.structs.replace(subject, created=subject.created + moved, noncurrent_since=since, newer=newer)
                    assert [step[:3] for step in steps_of(before, one)] == [step[:3] for step in steps_of(after, one)]
    return count


@settings(max_examples=15)
@given(seeds)
def test_treatments_that_are_alike_do_the_same(pick: random.Random) -> None:
    prove_alike(pick)


def test_some_are_alike() -> None:
    assert sum(prove_alike(random.Random(seed)) for seed in range(20)) > 5


def kinds(subject: Subject, steps: list[Step], counted: set[tuple[str, str, int]]) -> set[tuple[object, ...]]:
    """The actions that take place: of transitions also when they are due, if the rule counts that many days for the class."""
    found = set[tuple[object, ...]]()
    marked = False
    for step in steps:
        after = day_of(subject, step)
        if step[1] is not Action.REMOVE_MARKER:
            for rule in step[3]:
                due = after if not marked and (rule, str(step[2]), after) in counted else -1
                found.add((step[1], step[2], rule, marked, due))
        marked = marked or step[1] is Action.MARK
    return found


@settings(max_examples=25)
@given(seeds)
def test_days_that_make_no_difference_make_none(pick: random.Random) -> None:
    made = config(pick)
    subject = msgspec.structs.replace(standard(pick, made), noncurrent_since=None)
    treatment = made.treatment(Filter(prefix=subject.key, tags=subject.tags), subject.size)
    counted = {
        (rule.name, one.storage_class, one.days) for rule in made.enabled for one in rule.rule.transitions if one.days is not None
    }
    seen: list[set[tuple[object, ...]]] = []
    apart = treatment.apart(made.birthdays)
    for place, born in enumerate(made.births):
        one = msgspec.structs.replace(subject, created=born)
        taking = kinds(one, steps_of(treatment, one), counted)
        if place in apart:
            seen.append(taking)
        else:
            assert taking in seen
    assert apart[0] == 0


def test_days_beyond_all_calendars_are_no_days() -> None:
    far = 2_913_000
    rule = LifecycleRule(
        id="r", enabled=True, filter=Filter(), transitions=(Transition("GLACIER", far),), expiration=Expiration(2**31)
    )
    plan = Plan([rule], None)
    object_ = Subject(key="a", size=2**20, created=day("2024-01-01"))
    assert plan.steps(object_) == [(midnight(object_.created) + far, Action.TRANSITION, "GLACIER", ("r",))]
    assert plan.steps(msgspec.structs.replace(object_, created=day("2034-01-01"))) == []
    assert plan.treatment("a", 2**20, {}).far


def test_of_a_thousand_rules_only_those_of_an_object_are_gone_through() -> None:
    rules = [
        LifecycleRule(id=f"r{number}", enabled=True, filter=Filter(prefix=f"{number}/"), expiration=Expiration(number + 1))
        for number in range(1000)
    ]
    plan = Plan(rules, None)
    for number in (0, 7, 999):
        (step,) = plan.steps(Subject(key=f"{number}/a", size=1, created=day("2024-01-01")))
        assert step[3] == (f"r{number}",)
        assert plan.about(f"{number}/a", 1, {}) == 1 << number
    assert plan.treatment("7/a", 1, {}) is plan.treatment("7/b", 5, {"x": "y"})
