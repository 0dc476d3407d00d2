"""Days, as ordinals: what happens to objects happens at the midnight UTC with which a day begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from auditor.lifecycle.subject import Action, Subject

Step: TypeAlias = tuple[int, Action, str | None, tuple[str, ...]]
"""An event with its day as an ordinal (:meth:`datetime.date.toordinal`): what :class:`auditor.lifecycle.subject.Event` says, quicker to
compare."""

NEVER = date.max.toordinal() + 1
"""A day that does not come."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()


def utc(one: datetime) -> datetime:
    """The moment in UTC."""
    return one if one.tzinfo is UTC or one.tzinfo is None else one.astimezone(UTC)


def moment(day: int) -> datetime:
    """The midnight UTC with which a day begins."""
    return _EPOCH + timedelta(days=day - _EPOCH_DAY)


@lru_cache(maxsize=1024)
def midnight(one: datetime) -> int:
    """The day (an ordinal) that begins at the moment, or first after it."""
    one = utc(one)
    return one.toordinal() + (1 if one.hour or one.minute or one.second or one.microsecond else 0)


def day_of(subject: Subject, step: Step) -> int:
    """Days from the midnight with which the object was written, or first after it, to a step."""
    return step[0] - midnight(subject.created)
