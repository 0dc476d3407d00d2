"""Configurations and objects by chance: few days, prefixes, tags and sizes, so that rules meet each other often."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hypothesis import strategies as st

from auditor.lifecycle.subject import Subject
from auditor.model.s3 import (
    Expiration,
    Filter,
    Lifecycle,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from tests.lifecycle.rows import KB, MB, day

CLASSES = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
STARTS = ("STANDARD",) * 8 + CLASSES + ("REDUCED_REDUNDANCY", "EXPRESS_ONEZONE")
SIZES = (0, 1, 500, 128 * KB - 1, 128 * KB, 128 * KB + 1, MB)
PREFIXES = (None, "", "a", "a/", "a/b", "b")
KEYS = ("a", "a/b", "a/b/c", "b/1", "한글/가")
TAGS: tuple[dict[str, str], ...] = ({}, {"x": "1"}, {"x": "2"}, {"x": "1", "y": "1"}, {"y": ""})
TIMES = (
    timedelta(),
    timedelta(microseconds=1),
    timedelta(minutes=5),
    timedelta(hours=10, minutes=30),
    timedelta(hours=24, microseconds=-1),
)
START = day("2024-02-20")
SPAN = 30
"""Days that are looked at; the rules name at most ten."""


def chance(pick: random.Random, part: float) -> bool:
    """True in this part of all cases."""
    return pick.random() < part


def moment(pick: random.Random, last: int) -> datetime:
    """A time of the first days, at midnight and just beside it more often than not."""
    return START + timedelta(days=pick.randint(0, last)) + pick.choice(TIMES)


def lifecycle(pick: random.Random, most: int = 6) -> Lifecycle:
    """A configuration."""
    return Lifecycle(
        rules=tuple(rule(pick, f"r{number}") for number in range(pick.randint(1, most))),
        default_minimum_size=pick.choice((None, "all_storage_classes_128K", "varies_by_storage_class")),
    )


def rule(pick: random.Random, rule_id: str) -> LifecycleRule:
    """A rule with one to three kinds of action."""
    legacy = chance(pick, 0.05)
    kinds = pick.sample(("move", "expire", "move old", "expire old"), pick.randint(1, 3))
    return LifecycleRule(
        id=rule_id,
        enabled=not chance(pick, 0.1),
        filter=Filter(prefix=pick.choice(PREFIXES)) if legacy else which(pick),
        legacy_prefix=legacy,
        transitions=tuple(transition(pick) for _ in range(pick.randint(1, 3))) if "move" in kinds else (),
        expiration=expiration(pick) if "expire" in kinds else None,
        noncurrent_transitions=tuple(old_transition(pick) for _ in range(pick.randint(1, 3))) if "move old" in kinds else (),
        noncurrent_expiration=old_expiration(pick) if "expire old" in kinds else None,
        abort_multipart_days=7 if chance(pick, 0.1) else None,
    )


def which(pick: random.Random) -> Filter:
    """A filter, of the whole bucket every third time."""
    if chance(pick, 0.35):
        return Filter()
    above, below = sorted(pick.sample(SIZES, 2))
    return Filter(
        prefix=pick.choice(PREFIXES),
        tags=pick.choice(TAGS) if chance(pick, 0.3) else {},
        size_greater_than=above if chance(pick, 0.25) else None,
        size_less_than=below if chance(pick, 0.2) else None,
    )


def transition(pick: random.Random) -> Transition:
    """By days, or now and then by date."""
    if chance(pick, 0.15):
        return Transition(pick.choice(CLASSES), date=START + timedelta(days=pick.randint(-3, 12)))
    return Transition(pick.choice(CLASSES), days=pick.randint(0, 10))


def old_transition(pick: random.Random) -> NoncurrentTransition:
    """For noncurrent versions."""
    kept = keep(pick)
    return NoncurrentTransition(pick.choice(CLASSES), days=None if kept and chance(pick, 0.1) else pick.randint(0, 8), keep=kept)


def old_expiration(pick: random.Random) -> NoncurrentExpiration:
    """For noncurrent versions."""
    kept = keep(pick)
    return NoncurrentExpiration(days=None if kept and chance(pick, 0.1) else pick.randint(1, 10), keep=kept)


def expiration(pick: random.Random) -> Expiration:
    """By days, by date, or of delete markers."""
    if chance(pick, 0.2):
        return Expiration(delete_markers=True)
    if chance(pick, 0.2):
        return Expiration(date=START + timedelta(days=pick.randint(-3, 12)))
    return Expiration(days=pick.randint(1, 10))


def keep(pick: random.Random) -> int | None:
    """How many noncurrent versions are retained."""
    return pick.randint(1, 3) if chance(pick, 0.3) else None


def subject(pick: random.Random) -> Subject:
    """An object; every third one is replaced, soon after or long before."""
    created = moment(pick, 3)
    replaced = created + timedelta(days=pick.randint(0, 12)) + pick.choice(TIMES) if chance(pick, 0.35) else None
    return Subject(
        key=pick.choice(KEYS),
        size=pick.choice(SIZES) if chance(pick, 0.6) else MB,
        created=created,
        tags=pick.choice(TAGS),
        storage_class=pick.choice(STARTS),
        versioning=pick.choice(("Off", "Enabled", "Enabled", "Suspended")),
        noncurrent_since=replaced,
        newer=pick.choice((0, 0, 0, 1, 2, 3)),
        null_version=chance(pick, 0.3),
    )


def case(pick: random.Random) -> tuple[Lifecycle, Subject, datetime]:
    """A configuration, an object and how far to look."""
    until = START + timedelta(days=pick.randint(0, 15) if chance(pick, 0.2) else SPAN)
    return lifecycle(pick), subject(pick), until


def cases() -> st.SearchStrategy[tuple[Lifecycle, Subject, datetime]]:
    """The same, for hypothesis."""
    return st.randoms(use_true_random=False).map(case)
