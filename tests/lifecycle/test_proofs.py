"""What the linter says never happens, never happens: held to the simulator, on objects by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.lifecycle.config import Config, Facts, collected
from auditor.lifecycle.days import moment
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.lint import judge
from auditor.lifecycle.subject import Action, Event, Subject
from auditor.model.s3 import Lifecycle
from tests.lifecycle import generated
from tests.lifecycle.simulator import simulate

SPAN = timedelta(days=40)
OBJECTS = 12


def objects(pick: random.Random, config: Config) -> Iterator[Subject]:
    """Objects of the bucket, written in Standard: what the linter speaks of."""
    for _ in range(OBJECTS):
        one = generated.subject(pick)
        created = one.created + timedelta(days=pick.choice((0, 0, 12)))
        replaced = None if one.noncurrent_since is None else created + (one.noncurrent_since - one.created)
        yield msgspec.structs.replace(
            one, storage_class="STANDARD", versioning=config.versioning, created=created, noncurrent_since=replaced
        )


def without(lifecycle: Lifecycle, names: set[str]) -> Lifecycle:
    return msgspec.structs.replace(lifecycle, rules=tuple(rule for rule in lifecycle.rules if rule.id not in names))


def told(events: tuple[Event, ...]) -> list[tuple[datetime, Action, str | None]]:
    return [(event.at, event.action, event.storage_class) for event in events]


def by(effect: Effect, event: Event) -> bool:
    """The event may be the action's doing."""
    if effect.named.name not in event.rules:
        return False
    if effect.target:
        return event.storage_class == effect.target
    return event.action is not Action.TRANSITION


def prove(pick: random.Random) -> int:
    lifecycle = generated.lifecycle(pick, 4)
    config = collected(lifecycle, Facts(today=generated.START, versioning=pick.choice(("Off", "Enabled", "Suspended"))))
    effects = Effects(config)
    for found in judge(config).found:
        if found.proof is not None:
            subject, steps = found.proof.subject, found.proof.steps
            last = moment(steps[-1][0]) if steps else subject.created + SPAN
            events = simulate(lifecycle, subject, last)
            assert [(moment(day), action, name, ids) for day, action, name, ids in steps] == [
                (event.at, event.action, event.storage_class, event.rules) for event in events
            ]
    idle = [one for one in effects if one.reason is not Reason.WORKS]
    works = {(one.named.name, one.target, one.kind in (Kind.OLD_MOVE, Kind.OLD_EXPIRE)) for one in effects if one not in idle}
    both = {(name, target) for name, target, _ in works}
    covered = set(effects.covered)
    for subject in objects(pick, config):
        until = subject.created + SPAN
        events = simulate(lifecycle, subject, until)
        assert told(events) == told(simulate(without(lifecycle, covered), subject, until)), (lifecycle, subject, covered)
        for effect in idle:
            # An action that another of the rule does as well is told apart from it by nothing in the events.
            if (effect.named.name, effect.target) not in both:
                assert not any(by(effect, event) for event in events if event.action is not Action.REMOVE_MARKER), (
                    effect,
                    lifecycle,
                    subject,
                )
    return len(idle) + len(covered)


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_what_never_happens_does_not_happen(pick: random.Random) -> None:
    prove(pick)


def test_there_is_something_to_prove() -> None:
    assert sum(prove(random.Random(seed)) for seed in range(5)) > 5


@pytest.mark.long
def test_what_never_happens_does_not_happen_in_thousands() -> None:
    for seed in range(5000):
        prove(random.Random(seed))
