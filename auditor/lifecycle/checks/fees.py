"""Fees that the rules bring about by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.classes import CLASSES
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import NEVER, Step, day_of
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.lives import beyond
from auditor.lifecycle.subject import Action, Subject
from auditor.source.positions import shown
from auditor.source.shape import Path

EARLY = Check(
    id="early-deletion-fee",
    alias="LC-08",
    level=Level.WARNING,
    title="objects that leave a class before its minimum storage duration",
    why="A class charges for its minimum number of days, whenever the object leaves: the days that are left are paid for nothing.",
    source="S3 User Guide: Understanding and managing Amazon S3 storage classes",
)

CHECKS = (EARLY,)


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """A finding for each stay that is too short, at the transition that begins it."""
    if not config.complete:
        return
    told: set[tuple[bool, str, tuple[str, ...], tuple[str, ...]]] = set()
    for effect in effects:
        if effect.kind not in (Kind.MOVE, Kind.OLD_MOVE) or effect.reason is not Reason.WORKS or effect.subject is None:
            continue
        for subject in _subjects(config, effect):
            stay = short_stay(config.steps(subject), effect.target)
            if stay is None or effect.named.name not in stay[0][3]:
                continue
            known = (effect.kind is Kind.MOVE, effect.target, stay[0][3], stay[1][3])
            if known not in told:
                told.add(known)
                yield _found(config, effect.named, effect.path, subject, *stay)
            break


def _subjects(config: Config, effect: Effect) -> Iterator[Subject]:
    """The object that the action takes place on; of versions also one with so many newer ones that no rule keeps it for their sake."""
    subject = effect.subject
    if subject is None:
        return
    yield subject
    if effect.kind is Kind.OLD_MOVE:
        keep = beyond(config, subject)
        if keep > subject.newer:
            yield msgspec.structs.replace(subject, newer=keep)


def short_stay(steps: Sequence[Step], storage_class: str) -> tuple[Step, Step] | None:
    """The steps with which an object comes into a class and leaves it too early."""
    came: Step | None = None
    for step in steps:
        if step[1] is Action.TRANSITION and step[2] == storage_class:
            came = step
        elif came is not None and step[1] in (Action.TRANSITION, Action.DELETE):
            return (came, step) if step[0] < NEVER and step[0] - came[0] < CLASSES[storage_class].minimum_days else None
    return None


def _found(config: Config, named: Named, path: Path, subject: Subject, came: Step, left: Step) -> Found:
    name = str(came[2])
    stay, least = left[0] - came[0], CLASSES[name].minimum_days
    return Found(
        check=EARLY,
        path=path,
        message=(
            f"{named.shown}: {words.object_(subject)}{_noncurrent(config, subject, left)} is in {shown(name)} from day "
            f"{day_of(subject, came):,} and "
            f"{words.step(subject, left)}, after {words.days(stay)}; {least} are charged, {least - stay} of them for nothing"
        ),
        fix=f"let it stay {least} days, or leave the transition out",
        rule=named.name,
        part=f"{name} {left[2] or left[1].value}",
        proof=config.proof(subject),
    )


def _noncurrent(config: Config, subject: Subject, left: Step) -> str:
    """Since when the object is noncurrent that leaves: replaced by its owner, or marked as deleted by lifecycle."""
    marked = next((day_of(subject, one) for one in config.steps(subject) if one[1] is Action.MARK and one[0] <= left[0]), None)
    since = (subject.noncurrent_since - subject.created).days if subject.noncurrent_since is not None else marked
    return f", noncurrent from day {since:,} on," if since is not None else ""
