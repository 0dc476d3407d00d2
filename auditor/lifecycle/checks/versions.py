"""Versions and delete markers, and what Object Lock keeps."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import day_of
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.subject import Action
from auditor.model.s3 import Filter

_EXPIRING = "S3 User Guide: Expiring objects"

KEPT = Check(
    id="noncurrent-versions-kept",
    alias="LC-04",
    level=Level.WARNING,
    title="versioned bucket without a rule that deletes noncurrent versions",
    why="In a versioned bucket expiration only marks objects as deleted: the bytes stay and are paid for, and so is what is overwritten.",
    source=_EXPIRING,
)
MARKERS = Check(
    id="delete-markers-pile-up",
    alias="LC-05",
    level=Level.SUGGESTION,
    title="delete markers that nothing removes",
    why="They slow down listings and stay for ever when the versions under them are gone.",
    source="S3 User Guide: Removing expired object delete markers in a versioning-enabled bucket",
)
UNVERSIONED = Check(
    id="noncurrent-without-versioning",
    level=Level.WARNING,
    title="action on noncurrent versions in a bucket without versioning",
    why="There are no noncurrent versions, so the action does nothing.",
    source="S3 User Guide: Lifecycle configuration elements, lifecycle actions and bucket versioning state",
)
LOCKED = Check(
    id="expiry-blocked-by-object-lock",
    alias="LC-18",
    level=Level.WARNING,
    title="deletion of versions that Object Lock still keeps",
    why="A version is not deleted before its retention ends: the bytes stay and are paid for longer than the rule says.",
    source="S3 User Guide: Locking objects with Object Lock",
)

CHECKS = (KEPT, MARKERS, UNVERSIONED, LOCKED)


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """Findings about the bucket as a whole, and about single actions."""
    yield from _unversioned(config, effects)
    if not config.complete or not config.versioned:
        return
    kept = _kept(config, effects)
    if kept is not None:
        yield kept
    yield from _markers(config, effects, kept)
    yield from _locked(config, effects)


def _unversioned(config: Config, effects: Effects) -> Iterator[Found]:
    if config.facts.versioning != "Off":
        return
    for effect in effects:
        if effect.reason is Reason.UNVERSIONED:
            what = "moves" if effect.kind is Kind.OLD_MOVE else "deletes"
            yield Found(
                check=UNVERSIONED,
                path=effect.path,
                message=f"{effect.named.shown} {what} noncurrent versions, and the bucket has no versioning",
                fix="remove the action, or turn on versioning",
                rule=effect.named.name,
                part=f"{effect.kind.value} {effect.target}".strip(),
            )


def _kept(config: Config, effects: Effects) -> Found | None:
    """No rule deletes noncurrent versions, in any part of the bucket."""
    kinds = [effect.kind for effect in effects]
    if Kind.OLD_EXPIRE in kinds or not config.enabled:
        return None
    if config.facts.versioning is None and Kind.OLD_MOVE not in kinds:
        return None  # then it is only supposed that there are versions
    first = next((one for one in config.enabled if one.rule.expiration is not None), config.enabled[0])
    sizes = config.sizes(first.rule.filter)
    subject = config.object(first.rule.filter, sizes[0], replaced=30) if sizes else None
    shown = f": {words.object_(subject)}, replaced on day 30, is never deleted" if subject is not None else ""
    return Found(
        check=KEPT,
        path=("Rules",),
        message=f"versioning is {config.versioning.lower()}, and no enabled rule deletes noncurrent versions{shown}",
        fix='add `"NoncurrentVersionExpiration": {"NoncurrentDays": 30}` to a rule for the whole bucket',
        name=True,
        proof=config.proof(subject) if subject is not None else None,
    )


def _markers(config: Config, effects: Effects, kept: Found | None) -> Iterator[Found]:
    """Versions go and their marker stays: of objects that expire, and of those that users delete."""
    if kept is not None:
        return
    for effect in effects:
        if effect.kind is not Kind.EXPIRE or effect.reason is not Reason.WORKS or effect.subject is None:
            continue
        actions = [step[1] for step in config.steps(effect.subject)]
        if Action.MARK in actions and Action.DELETE in actions and Action.REMOVE_MARKER not in actions:
            yield Found(
                check=MARKERS,
                path=effect.path,
                message=f"{effect.named.shown} leaves the delete marker of {words.object_(effect.subject)} for ever",
                fix='add a rule without tags and sizes that has `"Expiration": {"ExpiredObjectDeleteMarker": true}`',
                rule=effect.named.name,
                proof=config.proof(effect.subject),
            )
            return
    for effect in effects:
        if effect.kind is Kind.OLD_EXPIRE and effect.reason is Reason.WORKS and not _tidied(config, effect.named.rule.filter):
            yield Found(
                check=MARKERS,
                path=effect.path,
                message=(
                    f"{effect.named.shown} deletes the versions of what users delete, and no rule removes the delete markers "
                    "that are left"
                ),
                fix='add `"Expiration": {"ExpiredObjectDeleteMarker": true}`',
                rule=effect.named.name,
                part="users",
                proof=config.proof(effect.subject) if effect.subject is not None else None,
            )
            return


def _tidied(config: Config, wanted: Filter) -> bool:
    """A rule removes delete markers wherever the filter's keys are."""
    return any(
        (end := one.rule.expiration) is not None
        and (end.delete_markers or end.days is not None or end.date is not None)
        and not one.rule.filter.tags
        and one.rule.filter.size_greater_than is None
        and one.rule.filter.size_less_than != 0
        and (wanted.prefix or "").startswith(one.rule.filter.prefix or "")
        for one in config.enabled
    )


def _locked(config: Config, effects: Effects) -> Iterator[Found]:
    lock = config.facts.lock_days
    if not lock:
        return
    told: set[str] = set()
    for effect in effects:
        if effect.reason is not Reason.WORKS or effect.subject is None or effect.named.name in told:
            continue
        for step in config.steps(effect.subject):
            if step[1] is Action.DELETE and day_of(effect.subject, step) < lock and effect.named.name in step[3]:
                told.add(effect.named.name)
                yield _lock(config, effect.named, effect, day_of(effect.subject, step), lock)


def _lock(config: Config, named: Named, effect: Effect, day: int, lock: int) -> Found:
    subject = effect.subject
    return Found(
        check=LOCKED,
        path=effect.path,
        message=(
            f"{named.shown}: {words.object_(subject) if subject else 'an object'} is to be deleted on day {day:,}, and Object Lock keeps "
            f"it for {words.days(lock)} by default"
        ),
        fix=f"ask for {lock} days or more, or shorten the retention for new objects",
        rule=named.name,
        part=effect.kind.value,
        proof=config.proof(subject) if subject is not None else None,
    )
