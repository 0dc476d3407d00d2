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
    """What is in a bucket: bytes by storage class as the API writes it, and the number of objects, ``None`` where not known.

    ``counts``: objects by storage class, where these are known. CloudWatch counts over all classes only; an inventory tells them apart.
    """

    bytes: Mapping[str, int]
    objects: int | None = None
    counts: Mapping[str, int] = {}

    @property
    def total(self) -> int | None:
        """Objects in all: as they were counted, else the sum of those of each class where every class that holds bytes has its count;
        ``None``: not known."""
        if self.objects is not None:
            return self.objects
        held = [name for name, size in self.bytes.items() if size]
        return sum(self.counts.values()) if all(name in self.counts for name in held) and (held or self.counts) else None

    def count(self, name: str) -> int | None:
        """Objects of a class: as counted; else its part of those that no class has as its own, by bytes and rounded up, as if the rest were
        of one size; ``None``: not known."""
        if name in self.counts:
            return self.counts[name]
        size = self.bytes.get(name, 0)
        if not size:
            return 0
        if not self.objects:
            return None
        left = sum(size for other, size in self.bytes.items() if other not in self.counts)
        return -(-max(self.objects - sum(self.counts.values()), 1) * size // left)

    @property
    def shared(self) -> bool:
        """Objects of several classes are only counted together: each class's part of them is supposed."""
        return sum(1 for name, size in self.bytes.items() if size and name not in self.counts) > 1
