"""Small objects: what is charged for them beyond their bytes, and what does not move them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.classes import CLASSES, SMALL, billed_size
from auditor.lifecycle.config import Config
from auditor.lifecycle.effect import Effect, Kind, Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.subject import Action, Subject
from auditor.source.positions import shown

_TRANSITIONS = "S3 User Guide: Transitioning objects using Amazon S3 Lifecycle"

LOSE = Check(
    id="small-objects-moved",
    alias="LC-10",
    level=Level.WARNING,
    title="transition of objects that are too small for it",
    why="Each is charged as more than it is, and each transition is a request that is paid for.",
    source=_TRANSITIONS,
)
MAY_LOSE = Check(
    id="small-objects-not-excluded",
    alias="LC-10",
    level=Level.SUGGESTION,
    title="transition to an archive that takes small objects too",
    why="An archive adds 40 KB to each object: of very small ones most of what is charged is that.",
    source=_TRANSITIONS,
)
STAY = Check(
    id="small-objects-stay",
    alias="LC-11",
    level=Level.WARNING,
    title="transition that most objects are too small for",
    why="By default objects under 128 KB do not move at all: the saving that is expected does not come.",
    source=_TRANSITIONS,
)
UNWATCHED = Check(
    id="small-objects-not-tiered",
    alias="LC-21",
    level=Level.WARNING,
    title="transition of small objects to Intelligent-Tiering",
    why="Objects under 128 KB are never moved to a cheaper tier: they cost what they did, and the transition besides.",
    source="S3 User Guide: How S3 Intelligent-Tiering works",
)

CHECKS = (LOSE, MAY_LOSE, STAY, UNWATCHED)


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """A finding for each transition that small objects make to their loss, or do not make though most are small."""
    if not config.complete:
        return
    average = config.facts.average_size
    for effect in effects:
        if effect.kind not in (Kind.MOVE, Kind.OLD_MOVE) or effect.target not in CLASSES:
            continue
        if average is not None and average < SMALL and average in config.sizes(effect.named.rule.filter)[:1]:
            stays = _stays(config, effect)
            if stays is not None:
                yield stays
                continue
        if effect.reason is Reason.WORKS:
            yield from _moved(config, effect, average)


def _stays(config: Config, effect: Effect) -> Found | None:
    """An object of the average size does not move. Larger ones may."""
    wanted, size = effect.named.rule.filter, config.facts.average_size or 0
    subject = _object(config, effect, size)
    if wanted.size_greater_than is not None or wanted.size_less_than is not None or _move(config, effect, subject):
        return None
    if config.minimum == "varies_by_storage_class" and effect.target in ("GLACIER", "DEEP_ARCHIVE"):
        return None
    objects = f"objects have {words.bytes_(size)} on average, and those under {words.bytes_(SMALL)} do not move"
    if config.facts.small is not None:
        count, total = config.facts.small
        objects = (
            f"{count:,} of {total:,} objects have under {words.bytes_(SMALL)}, {words.bytes_(size)} on average, and do not move"
        )
    return Found(
        check=STAY,
        path=effect.path,
        message=f"{effect.named.shown}: {objects} to {shown(effect.target)} by default",
        fix="join small objects to larger ones, or leave the transition out",
        rule=effect.named.name,
        part=f"{effect.kind.value} {effect.target}",
        proof=config.proof(subject),
    )


def _moved(config: Config, effect: Effect, average: int | None) -> Iterator[Found]:
    wanted = effect.named.rule.filter
    chosen = wanted.size_greater_than is not None or wanted.size_less_than is not None
    if not chosen and config.minimum != "varies_by_storage_class":
        return
    low = 1 if wanted.size_greater_than is None else wanted.size_greater_than + 1
    high = SMALL - 1 if wanted.size_less_than is None else min(wanted.size_less_than, SMALL) - 1
    most = SMALL if CLASSES[effect.target].minimum_size else 40 * 1024
    known = average is not None and low <= average <= high
    size = average if known and average is not None else max(low, min(1024, high))
    if low > high or (average is not None and not known) or (effect.target != "INTELLIGENT_TIERING" and size >= most):
        return
    subject = _object(config, effect, size)
    if not _move(config, effect, subject):
        return
    one = words.object_(subject)
    if effect.target == "INTELLIGENT_TIERING":
        check_, said = UNWATCHED, f"{one} moves to `INTELLIGENT_TIERING`, which leaves it in its frequent access tier"
    else:
        check_ = LOSE if chosen or known else MAY_LOSE
        billed = words.bytes_(billed_size(effect.target, size))
        said = f"{one} moves to {shown(effect.target)}, where {billed} are charged for it"
    yield Found(
        check=check_,
        path=effect.path,
        message=f"{effect.named.shown}: {said}",
        fix=f"set `ObjectSizeGreaterThan` to {SMALL} or more, or join small objects to larger ones",
        rule=effect.named.name,
        part=f"{effect.kind.value} {effect.target}",
        proof=config.proof(subject),
    )


def _object(config: Config, effect: Effect, size: int) -> Subject:
    """An object of the rule of a size, a noncurrent one if the transition is about such."""
    old = effect.kind is Kind.OLD_MOVE
    newer = effect.subject.newer if old and effect.subject is not None else 0
    return config.object(effect.named.rule.filter, size, replaced=0 if old else None, newer=newer)


def _move(config: Config, effect: Effect, subject: Subject) -> bool:
    """The rule moves the object to its class."""
    return any(
        step[1] is Action.TRANSITION and step[2] == effect.target and effect.named.name in step[3]
        for step in config.steps(subject)
    )
