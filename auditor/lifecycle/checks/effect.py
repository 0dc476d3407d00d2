"""Actions that never take place, whatever object the rule is about."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.subject import Action
from auditor.source.positions import shown

_CONFLICTS = "S3 User Guide: How Amazon S3 handles conflicts in lifecycle configurations"
_TRANSITIONS = "S3 User Guide: Transitioning objects using Amazon S3 Lifecycle"

IMPOSSIBLE = Check(
    id="impossible-transition",
    alias="LC-06",
    level=Level.WARNING,
    title="transition that lifecycle does not make",
    why="Objects only go down from class to class: from where they are by then, no way leads to the class that is asked for.",
    source=_TRANSITIONS,
)
AFTER_EXPIRY = Check(
    id="transition-after-expiry",
    alias="LC-09",
    level=Level.WARNING,
    title="transition of objects that are deleted before it",
    why="What is deleted no longer moves, so the rule saves nothing.",
    source=_CONFLICTS,
)
LADDER = Check(
    id="noncurrent-ladder",
    alias="LC-17",
    level=Level.WARNING,
    title="transition of noncurrent versions that are deleted before it",
    why="What is deleted no longer moves, so the rule saves nothing.",
    source=_CONFLICTS,
)
OVERRULED = Check(
    id="transition-overruled",
    alias="LC-12",
    level=Level.WARNING,
    title="transition to which another of the same day is preferred",
    why="An object goes to one class a day: the cheaper one, or Intelligent-Tiering before all that are not archives.",
    source=_CONFLICTS,
)
SAME_BEFORE = Check(
    id="repeated-transition",
    alias="LC-13",
    level=Level.SUGGESTION,
    title="transition that another rule makes before",
    why="It changes nothing, and looks as if the objects moved later than they do.",
    source=_CONFLICTS,
)
EXPIRES_BEFORE = Check(
    id="expiration-overruled",
    alias="LC-12",
    level=Level.WARNING,
    title="expiration that another rule's comes before",
    why="The shorter of two expirations counts, so the objects are gone long before the day that the rule names.",
    source=_CONFLICTS,
)

CHECKS = (IMPOSSIBLE, AFTER_EXPIRY, LADDER, OVERRULED, SAME_BEFORE, EXPIRES_BEFORE)


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """A finding for each action that comes to nothing; of a rule that comes to nothing as a whole only that objects are gone too early."""
    if not config.complete:
        return
    for effect in effects:
        if effect.named.name in effects.covered and effect.reason is not Reason.EARLIER:
            continue
        found = _found(config, effect)
        if found is not None:
            yield found


def _found(config: Config, effect: Effect) -> Found | None:
    if effect.subject is None or effect.reason is Reason.WORKS:
        return None
    moves = "noncurrent versions move" if effect.kind is Kind.OLD_MOVE else "objects move"
    said = f"{effect.named.shown}: no {moves} to {shown(effect.target)} after {words.days(effect.due)}"
    check_, message, fix = None, "", ""
    if effect.reason is Reason.IMPOSSIBLE:
        check_ = IMPOSSIBLE
        before = f"{words.object_(effect.subject)} is in {shown(effect.held)}"
        since = f" (it is {words.step(effect.subject, effect.by)})" if effect.by is not None else ""
        message = f"{said}: {before} by then{since}, from where lifecycle does not move it there"
        fix = "remove the transition, or name a colder class"
    elif effect.reason is Reason.ENDED and effect.by is not None:
        check_ = LADDER if effect.kind is Kind.OLD_MOVE else AFTER_EXPIRY
        message = f"{said}: {words.object_(effect.subject)} is {words.step(effect.subject, effect.by)}"
        fix = "remove the transition, or let the objects live longer than it takes to pay"
    elif effect.reason is Reason.LOST and effect.by is not None:
        check_ = OVERRULED
        message = f"{said}: {words.object_(effect.subject)} is {words.step(effect.subject, effect.by)}, which is preferred"
        fix = "remove one of the two transitions"
    elif effect.reason is Reason.SAME and effect.by is not None:
        check_ = SAME_BEFORE
        message = f"{said}: {words.object_(effect.subject)} is {words.step(effect.subject, effect.by)}"
        fix = "remove the transition"
    elif effect.reason is Reason.EARLIER and effect.by is not None:
        check_ = EXPIRES_BEFORE
        what = "noncurrent versions are" if effect.kind is Kind.OLD_EXPIRE else "objects are"
        end = "deleted" if effect.by[1] is Action.DELETE else "marked as deleted"
        message = (
            f"{effect.named.shown}: {what} not {end} after {words.days(effect.due)} but before: "
            f"{words.object_(effect.subject)} is {words.step(effect.subject, effect.by)}"
        )
        fix = "take these objects out of the other rule's filter, or give both the same days"
    if check_ is None:
        return None
    return Found(
        check=check_,
        path=effect.path,
        message=message,
        fix=fix,
        rule=effect.named.name,
        part=f"{effect.kind.value} {effect.target}".strip(),
        proof=config.proof(effect.subject),
    )
