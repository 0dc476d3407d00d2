"""Short ways to write a configuration, an object and what happens to it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from auditor.lifecycle.subject import Action, Event, Subject
from auditor.model.s3 import Lifecycle, LifecycleRule

KB = 1024
MB = 1024 * KB


def day(text: str) -> datetime:
    """``2024-01-31`` or ``2024-01-31 10:30``, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration, an object in it, and all that AWS says will happen to it. ``source``: page and section of its documentation.

    ``example``: the configuration is one of AWS's own, written anew.
    """

    title: str
    source: str
    lifecycle: Lifecycle
    subject: Subject
    events: tuple[Event, ...]
    example: bool = False
    until: datetime = day("2040-01-01")


def rules(*those: LifecycleRule, minimum: str | None = "all_storage_classes_128K") -> Lifecycle:
    """A configuration."""
    return Lifecycle(rules=those, default_minimum_size=minimum)


def moved(at: str, storage_class: str, *those: str) -> Event:
    """It goes to another class."""
    return Event(at=day(at), action=Action.TRANSITION, storage_class=storage_class, rules=those)


def deleted(at: str, *those: str) -> Event:
    """It is gone for ever."""
    return Event(at=day(at), action=Action.DELETE, rules=those)


def marked(at: str, *those: str) -> Event:
    """A delete marker is put on top."""
    return Event(at=day(at), action=Action.MARK, rules=those)


def unmarked(at: str, *those: str) -> Event:
    """The delete marker goes."""
    return Event(at=day(at), action=Action.REMOVE_MARKER, rules=those)
