"""What can come of an action of a rule."""

from __future__ import annotations

import enum

import msgspec

from auditor.lifecycle.config import Named
from auditor.lifecycle.days import Step
from auditor.lifecycle.subject import Subject
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
