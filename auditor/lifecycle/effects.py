"""What comes of each action of each rule: it takes place, or why it never does.

The proof is an object that the rule's filter lets through by as little as possible (:meth:`auditor.lifecycle.config.Config.object`): the
other rules that apply to it apply to all objects of the rule. What does not happen to it, at no size, does not happen by the rule.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from auditor.lifecycle import witnesses
from auditor.lifecycle.classes import can_move
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.subject import Action, Subject
from auditor.lifecycle.timeline import NEVER, Step, day_of, large_enough, midnight
from auditor.source.shape import Path


class Kind(enum.Enum):
    """The actions that take place on an object."""

    MOVE = "transition"
    EXPIRE = "expiration"
    OLD_MOVE = "noncurrent transition"
    OLD_EXPIRE = "noncurrent expiration"


class Reason(enum.Enum):
    """What comes of an action."""

    WORKS = "works"
    SAME = "same"
    """The object is in the class already, by another rule."""
    ENDED = "ended"
    """The object is deleted or marked as deleted before."""
    IMPOSSIBLE = "impossible"
    """From the class that the object is in by then, lifecycle does not lead to this one."""
    LOST = "lost"
    """Another transition of the day is preferred."""
    EARLIER = "earlier"
    """Another rule deletes the object before."""
    SMALL = "small"
    """The default minimum size keeps the object where it is."""
    UNVERSIONED = "unversioned"
    """The bucket has no versions."""
    UNMATCHED = "unmatched"
    """No object can match the filter."""
    UNTRIED = "untried"
    """The rules are so many that it was not found out (:data:`auditor.lifecycle.config.BUDGET`)."""
    NEVER = "never"
    """It has neither days nor a date, or more days than calendars."""


class Effect(msgspec.Struct, frozen=True):
    """What comes of an action. ``due``: days from the writing of ``subject``; ``by``: the step that decided; ``held``: the class that the
    object is in then."""

    named: Named
    kind: Kind
    path: Path
    due: int
    target: str = ""
    reason: Reason = Reason.UNMATCHED
    subject: Subject | None = None
    by: Step | None = None
    held: str = ""


class Effects:
    """What comes of every action of the enabled rules, in their order."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.of: Mapping[str, Sequence[Effect]] = {one.name: tuple(_of_rule(config, one)) for one in config.enabled}
        """By the name of the rule."""

    def __iter__(self) -> Iterator[Effect]:
        return (effect for some in self.of.values() for effect in some)

    @cached_property
    def covered(self) -> Mapping[str, Named]:
        """The rules that other rules leave nothing to do (:mod:`auditor.lifecycle.shadows`), by name. Of twins, the first stays."""
        from auditor.lifecycle.shadows import covered

        return {one.name: one for one in covered(self._config, self.of)}


def _of_rule(config: Config, named: Named) -> Iterator[Effect]:
    rule = named.rule
    for number, move in enumerate(rule.transitions):
        asked = Effect(named, Kind.MOVE, named.transition(number), _due(config.born, move.days, move.date), move.storage_class)
        yield _tried(config, asked, move.days, move.date)
    end = rule.expiration
    if end is not None and (end.days is not None or end.date is not None):
        asked = Effect(named, Kind.EXPIRE, (*named.path, "Expiration"), _due(config.born, end.days, end.date))
        yield _tried(config, asked, end.days, end.date)
    for number, old in enumerate(rule.noncurrent_transitions):
        due = _counted(old.days, old.keep)
        asked = Effect(named, Kind.OLD_MOVE, named.noncurrent_transition(number), due, old.storage_class)
        yield _tried(config, asked, due, None, old.keep or 0)
    old_end = rule.noncurrent_expiration
    if old_end is not None:
        due = _counted(old_end.days, old_end.keep)
        yield _tried(
            config,
            Effect(named, Kind.OLD_EXPIRE, (*named.path, "NoncurrentVersionExpiration"), due),
            due,
            None,
            old_end.keep or 0,
        )


def _due(born: datetime, days: int | None, on: datetime | None) -> int:
    """Days from writing after which a transition or expiration is due."""
    if days is not None:
        return days
    return max(0, midnight(on) - midnight(born)) if on is not None else NEVER


def _counted(days: int | None, keep: int | None) -> int:
    """Days after which an action on noncurrent versions is due; those that are only counted are due at once."""
    return NEVER if days is None and keep is None else days or 0


def _tried(config: Config, asked: Effect, days: int | None, on: datetime | None, newer: int = 0) -> Effect:
    """What comes of an action: what is said of the plainest object, unless the action takes place on another one."""
    old = asked.kind in (Kind.OLD_MOVE, Kind.OLD_EXPIRE)
    if old and not config.versioned:
        return msgspec.structs.replace(asked, reason=Reason.UNVERSIONED)
    told: Effect | None = None
    for subject in witnesses.objects(config, asked.named, old=old, newer=newer):
        if config.exhausted:
            return msgspec.structs.replace(asked, reason=Reason.UNTRIED)
        if told is None:
            found = msgspec.structs.replace(asked, reason=Reason.NEVER, subject=subject)
            told = _moved(config, found) if asked.target else _ended(config, found)
            if told.reason is Reason.WORKS:
                return told
            continue
        step = _takes_place(config, asked, subject, _due(subject.created, days, on))
        if step is not None:
            return msgspec.structs.replace(asked, reason=Reason.WORKS, subject=subject, by=step)
    return told or asked


def _takes_place(config: Config, asked: Effect, subject: Subject, due: int) -> Step | None:
    """The step with which the action takes place on an object. Of transitions only that which is due then: a rule may ask for a class
    twice. When those of versions are due that lifecycle made noncurrent, is not asked."""
    current = subject.noncurrent_since is None
    old = asked.kind in (Kind.OLD_MOVE, Kind.OLD_EXPIRE)
    marked = not current
    for step in config.steps(subject):
        if marked == old and asked.named.name in step[3]:
            if asked.target and step[2] == asked.target and (current == old or day_of(subject, step) == due):
                return step
            if not asked.target and step[1] in (Action.DELETE, Action.MARK):
                return step
        marked = marked or step[1] is Action.MARK
    return None


def _moved(config: Config, asked: Effect) -> Effect:
    subject = asked.subject
    if subject is None or asked.due >= NEVER:
        return asked
    held, led = subject.storage_class, None
    for step in config.steps(subject):
        day = day_of(subject, step)
        if day > asked.due:
            break
        if step[1] is not Action.TRANSITION:
            return _why(asked, Reason.ENDED, step, held)
        if day == asked.due:
            if step[2] == asked.target:
                return _why(asked, Reason.WORKS if asked.named.name in step[3] else Reason.SAME, step, held)
            if can_move(held, asked.target) and not _too_small(config, asked):
                return _why(asked, Reason.LOST, step, held)
        held, led = str(step[2]), step
    if _too_small(config, asked):
        return _why(asked, Reason.SMALL, None, held)
    if held == asked.target:
        return _why(asked, Reason.SAME, led, held)
    return asked if can_move(held, asked.target) else _why(asked, Reason.IMPOSSIBLE, led, held)


def _too_small(config: Config, asked: Effect) -> bool:
    size = asked.subject.size if asked.subject is not None else 0
    return not large_enough(asked.named.rule, size, asked.target, config.minimum)


def _ended(config: Config, asked: Effect) -> Effect:
    if asked.subject is None or asked.due >= NEVER:
        return asked
    for step in config.steps(asked.subject):
        if step[1] is not Action.TRANSITION:
            return _why(asked, Reason.WORKS if asked.named.name in step[3] else Reason.EARLIER, step)
    return asked


def _why(asked: Effect, reason: Reason, by: Step | None, held: str = "") -> Effect:
    return msgspec.structs.replace(asked, reason=reason, by=by, held=held)
