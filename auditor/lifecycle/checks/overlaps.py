"""Rules that share some objects, and treat them otherwise than each says.

Of two rules one of which includes the other, the narrower is meant to differ, and is judged by itself
(:mod:`auditor.lifecycle.checks.effect`). Here it is about rules that overlap in part, which only tags and sizes make possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.subject import Action, Subject
from auditor.lifecycle.witnesses import common

OVERLAP = Check(
    id="overlapping-rules",
    alias="LC-12",
    level=Level.WARNING,
    title="rules that share objects, and what one asks for does not happen to them",
    why="Neither rule says so: only who reads both and knows the order of precedence sees what becomes of these objects.",
    source="S3 User Guide: How Amazon S3 handles conflicts in lifecycle configurations",
)

CHECKS = (OVERLAP,)

COMPARED = 60
"""Rules with tags or sizes that are compared with each other: more would cost their square."""


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """A finding for each rule and the first that it shares objects with, if an action of it then does not take place."""
    if not config.complete:
        return
    some = [one for one in config.enabled if not _plain(one)][:COMPARED]
    if not some:
        return
    others = [*some, *(one for one in config.enabled if _plain(one))][: 2 * COMPARED]
    for named in config.enabled:
        works = [one for one in effects.of[named.name] if one.reason is Reason.WORKS]
        if works:
            found = _lost(config, named, works, [one for one in (others if named in some else some) if one.name != named.name])
            if found is not None:
                yield found


def _plain(one: Named) -> bool:
    wanted = one.rule.filter
    return not wanted.tags and wanted.size_greater_than is None and wanted.size_less_than is None


def _lost(config: Config, named: Named, works: Sequence[Effect], others: Sequence[Named]) -> Found | None:
    for other in others:
        both = common(named.rule.filter, other.rule.filter)
        if both is None or both in (named.rule.filter, other.rule.filter):
            continue
        made: dict[tuple[int, int | None, int], Subject] = {}
        for effect in works:
            old = effect.kind in (Kind.OLD_MOVE, Kind.OLD_EXPIRE)
            newer = effect.subject.newer if old and effect.subject is not None else 0
            for size in config.sizes(both)[:2]:
                known = (size, 0 if old else None, newer)
                subject = made.get(known)
                if subject is None:
                    subject = made[known] = config.object(both, size, replaced=known[1], newer=newer)
                if not _happens(config, effect, subject) and _ended_or_moved(config, subject, other):
                    return _found(config, effect, other, subject)
    return None


def _happens(config: Config, effect: Effect, subject: Subject) -> bool:
    """The action takes place on the object, by this rule or as well by another."""
    wanted = (Action.TRANSITION,) if effect.kind in (Kind.MOVE, Kind.OLD_MOVE) else (Action.DELETE, Action.MARK)
    return any(
        step[1] in wanted and (not effect.target or step[2] == effect.target) and effect.named.name in step[3]
        for step in config.steps(subject)
    )


def _ended_or_moved(config: Config, subject: Subject, other: Named) -> bool:
    """The other rule does something to the object."""
    return any(other.name in step[3] for step in config.steps(subject))


def _found(config: Config, effect: Effect, other: Named, subject: Subject) -> Found:
    asked = {
        Kind.MOVE: f"moves to `{effect.target}`",
        Kind.OLD_MOVE: f"moves to `{effect.target}`",
        Kind.EXPIRE: "expires",
        Kind.OLD_EXPIRE: "is deleted",
    }[effect.kind]
    told = "; ".join(words.step(subject, step) for step in config.steps(subject)[:3]) or "left as it is"
    return Found(
        check=OVERLAP,
        path=effect.path,
        message=(
            f"{effect.named.shown} and {other.shown} share objects: {words.object_(subject)} never {asked} by the first, but is {told}"
        ),
        fix="let the filters exclude each other, or say for the shared objects in a rule of their own what is meant",
        rule=effect.named.name,
        part=f"{other.name} {effect.kind.value} {effect.target}".strip(),
        proof=config.proof(subject),
    )
