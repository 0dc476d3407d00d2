"""What a timeline is about, and what happens in it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import msgspec


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """An object version of which the future is asked. ``size`` in bytes; times are UTC.

    ``versioning``: ``Enabled``, ``Suspended`` or ``Off``. ``noncurrent_since``: when it is (or will be) replaced or deleted by its
    owner; ``None``: it stays the current version until a rule ends that. ``newer``: how many newer *noncurrent* versions there are
    once it is noncurrent. ``null_version``: its version id is ``null`` (written while versioning was off or suspended).
    """

    key: str
    size: int
    created: datetime
    tags: Mapping[str, str] = {}
    storage_class: str = "STANDARD"
    versioning: str = "Off"
    noncurrent_since: datetime | None = None
    newer: int = 0
    null_version: bool = False


class Action(enum.Enum):
    """What lifecycle does to an object version."""

    TRANSITION = "transition"
    """It goes to another storage class."""
    DELETE = "delete"
    """It is gone for ever."""
    MARK = "mark"
    """A delete marker becomes the current version, and it noncurrent."""
    REMOVE_MARKER = "remove-marker"
    """The delete marker goes: no version is left under it."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happens. ``at``: midnight UTC from which it is due (AWS may be later, but bills as if it were then).

    ``rules``: the ids of the rules that ask for just this at this time, in the order of the configuration.
    """

    at: datetime
    action: Action
    storage_class: str | None = None
    rules: tuple[str, ...] = ()


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a bucket: bytes by storage class as the API writes it, and the number of objects, ``None`` where not known."""

    bytes: Mapping[str, int]
    objects: int | None = None
