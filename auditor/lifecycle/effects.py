"""What comes of each action of each rule: it takes place, or why it never does.

The proof is an object that the rule's filter lets through by as little as possible (:meth:`auditor.lifecycle.config.Config.object`): the
other rules that apply to it apply to all objects of the rule. What does not happen to it, at no size, does not happen by the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from auditor.lifecycle.asked import large_enough
from auditor.lifecycle.classes import can_move
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import NEVER, Step, midnight
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.shadows import covered
from auditor.lifecycle.subject import Action, Subject
from auditor.lifecycle.witnesses import Form, Spot, Witness, forms, spots, witnesses
from auditor.source.kept import Kept
from auditor.source.shape import Path


class Effects:
    """What comes of every action of the enabled rules, in their order."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @Kept
    def of(self) -> Mapping[str, Sequence[Effect]]:
        """By the name of the rule."""
        config = self._config
        current, old = forms(config, old=False), forms(config, old=True)
        return {one.name: tuple(_of_rule(config, _Tried(config, one, current, old))) for one in config.enabled}

    @Kept
    def all(self) -> Sequence[Effect]:
        """Those of all rules."""
        return tuple([effect for some in self.of.values() for effect in some])

    def __iter__(self) -> Iterator[Effect]:
        return iter(self.all)

    @Kept
    def covered(self) -> Mapping[str, Named]:
        """The rules that other rules leave nothing to do (:mod:`auditor.lifecycle.shadows`), by name. Of twins, the first stays."""
        return {one.name: one for one in covered(self._config, self.of)}


class _Tried:
    """The objects on which the actions of a rule are tried: all on the same ones, and most on the first only."""

    def __init__(self, config: Config, named: Named, current: Sequence[Form], old: Sequence[Form]) -> None:
        self.named = named
        self.forms = {False: current, True: old}
        """Of current objects, and of noncurrent ones."""
        self._config = config
        self._more = spots(config, named)
        self.first = next(self._more, None)
        """The plainest."""
        self._made: list[Spot] = [] if self.first is None else [self.first]
        self._plainest: dict[tuple[bool, int], tuple[Subject, list[Step]]] = {}

    def __iter__(self) -> Iterator[Spot]:
        yield from self._made
        for one in self._more:
            self._made.append(one)
            yield one

    def plainest(self, spot: Spot, old: bool, newer: int) -> tuple[Subject, list[Step]]:
        """The plainest object, and what happens to it."""
        known = (old, newer)
        found = self._plainest.get(known)
        if found is None:
            config = self._config
            witness = Witness(spot, config.births[0], config.birthdays[0], self.forms[old][0])
            steps = witness.steps(config, spot.treatments[0], newer)
            found = self._plainest[known] = config.remember(witness.subject(config, newer), steps)
        return found


def _of_rule(config: Config, some: _Tried) -> Iterator[Effect]:
    named, rule = some.named, some.named.rule
    for number, move in enumerate(rule.transitions):
        path = named.transition(number)
        yield _tried(config, some, Kind.MOVE, path, move.storage_class, move.days, move.date)
    end = rule.expiration
    if end is not None and (end.days is not None or end.date is not None):
        yield _tried(config, some, Kind.EXPIRE, (*named.path, "Expiration"), "", end.days, end.date)
    for number, old in enumerate(rule.noncurrent_transitions):
        path = named.noncurrent_transition(number)
        yield _tried(config, some, Kind.OLD_MOVE, path, old.storage_class, _counted(old.days, old.keep), None, old.keep or 0)
    old_end = rule.noncurrent_expiration
    if old_end is not None:
        path, due = (*named.path, "NoncurrentVersionExpiration"), _counted(old_end.days, old_end.keep)
        yield _tried(config, some, Kind.OLD_EXPIRE, path, "", due, None, old_end.keep or 0)


def _due(created: int, days: int | None, on: datetime | None) -> int:
    """Days from writing after which a transition or expiration is due."""
    if days is not None:
        return days
    return max(0, midnight(on) - created) if on is not None else NEVER


def _counted(days: int | None, keep: int | None) -> int:
    """Days after which an action on noncurrent versions is due; those that are only counted are due at once."""
    return NEVER if days is None and keep is None else days or 0


def _tried(
    config: Config,
    some: _Tried,
    kind: Kind,
    path: Path,
    target: str,
    days: int | None,
    on: datetime | None,
    newer: int = 0,
) -> Effect:
    """What comes of an action: what is said of the plainest object, unless the action takes place on another one."""
    named, old = some.named, kind in _OLD
    due = _due(config.birthdays[0], days, on)
    if old and not config.versioned:
        return Effect(named, kind, path, due, target, Reason.UNVERSIONED)
    if some.first is None:
        return Effect(named, kind, path, due, target)
    subject, steps = some.plainest(some.first, old, newer)
    if config.exhausted:
        return Effect(named, kind, path, due, target, Reason.UNTRIED)
    reason, by, held = _moved(config, named, target, due, subject, steps) if target else _ended(named, due, steps)
    told = Effect(named, kind, path, due, target, reason, subject, by, held)
    return told if reason is Reason.WORKS else _elsewhere(config, some, told, days, on, newer)


_OLD = (Kind.OLD_MOVE, Kind.OLD_EXPIRE)


def _elsewhere(config: Config, some: _Tried, told: Effect, days: int | None, on: datetime | None, newer: int) -> Effect:
    """An action that does not take place on the plainest object: it does on another, or else what was ``told`` stands."""
    named, kind, path, due, target = told.named, told.kind, told.path, told.due, told.target
    name, old = named.name, kind in _OLD
    tried = some.forms[old]
    for spot in some:
        treatment = spot.treatments[0]
        config.spend(treatment.old_weight if old else 1)
        if config.exhausted:
            return Effect(named, kind, path, due, target, Reason.UNTRIED)
        if treatment.never_old(name, target, due, newer) if old else on is None and treatment.never(target, due):
            continue
        for witness in witnesses(config, spot, tried):
            at = _due(witness.created, days, on)
            if not witness.may(treatment, name, target, at, newer, old=old):
                continue
            steps = witness.steps(config, treatment, newer)
            step = _takes_place(name, old, target, at, witness, steps)
            if step is not None:
                subject, _ = config.remember(witness.subject(config, newer), steps)
                return Effect(named, kind, path, due, target, Reason.WORKS, subject, step)
    return told


def _takes_place(name: str, old: bool, target: str, due: int, witness: Witness, steps: Sequence[Step]) -> Step | None:
    """The step with which the action takes place on an object. Of transitions only that which is due then: a rule may ask for a class
    twice. When those of versions are due that lifecycle made noncurrent, is not asked."""
    marked = replaced = witness.form.replaced
    for step in steps:
        if marked == old and name in step[3]:
            if target and step[2] == target and (replaced != old or step[0] - witness.created == due):
                return step
            if not target and step[1] is not Action.TRANSITION and step[1] is not Action.REMOVE_MARKER:
                return step
        marked = marked or step[1] is Action.MARK
    return None


_Why: TypeAlias = tuple[Reason, Step | None, str]
"""What comes of it, the step that decided, and the class that the object is in then."""


def _moved(config: Config, named: Named, target: str, due: int, subject: Subject, steps: Sequence[Step]) -> _Why:
    held, led = subject.storage_class, None
    if due >= NEVER:
        return Reason.NEVER, None, held
    small = not large_enough(named.rule, subject.size, target, config.minimum)
    at = midnight(subject.created) + due
    for step in steps:
        if step[0] > at:
            break
        if step[1] is not Action.TRANSITION:
            return Reason.ENDED, step, held
        if step[0] == at:
            if step[2] == target:
                return (Reason.WORKS if named.name in step[3] else Reason.SAME), step, held
            if can_move(held, target) and not small:
                return Reason.LOST, step, held
        held, led = str(step[2]), step
    if small:
        return Reason.SMALL, None, held
    if held == target:
        return Reason.SAME, led, held
    return (Reason.NEVER, None, held) if can_move(held, target) else (Reason.IMPOSSIBLE, led, held)


def _ended(named: Named, due: int, steps: Sequence[Step]) -> _Why:
    for step in steps if due < NEVER else ():
        if step[1] is not Action.TRANSITION:
            return (Reason.WORKS if named.name in step[3] else Reason.EARLIER), step, ""
    return Reason.NEVER, None, ""
