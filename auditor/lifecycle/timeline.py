"""What lifecycle does with an object version, and when.

Exact and closed: moments are compared, no day is lived through. After the S3 User Guide: "Lifecycle configuration elements", "How Amazon
S3 handles conflicts in lifecycle configurations", "Transitioning objects" and "Expiring objects using Amazon S3 Lifecycle". What these
leave open is decided here so:

- At a midnight one thing happens to an object at most ("eligible for only one S3 Lifecycle action per day", "Expiring objects"): a
  delete marker that a transition of the day goes before comes at the next midnight, and the marker under which nothing is left goes
  at the midnight after.
- A moment that is a midnight already is not rounded up: the example of the User Guide that removes objects "90 days after object
  creation" (60 days, then 30 more as noncurrent) adds up only so.
- A delete marker has no tags and no bytes: a rule that asks for a tag or for more than so many bytes is not about it.
- A transition that lost to another of the same day is not made up for later.
- Noncurrent versions that are only counted (``NewerNoncurrentVersions`` without ``NoncurrentDays``) are due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from auditor.lifecycle.classes import OPTIONAL_MINIMUM, SMALL, can_move, preference
from auditor.lifecycle.subject import Action, Event, Subject
from auditor.model.s3 import Filter, Lifecycle, LifecycleRule

Step: TypeAlias = tuple[int, Action, str | None, tuple[str, ...]]
"""An event with its day as an ordinal (:meth:`datetime.date.toordinal`): what :class:`Event` says, quicker to compare."""

NEVER = date.max.toordinal() + 1
"""A day that does not come."""


def timeline(lifecycle: Lifecycle, subject: Subject, until: datetime) -> tuple[Event, ...]:
    """All that happens to a version up to ``until``, in its order, from when it was written in ``subject.storage_class``."""
    last = _utc(until).toordinal()
    return tuple(
        Event(at=moment(day), action=action, storage_class=storage_class, rules=ids)
        for day, action, storage_class, ids in steps(
            [one for one in lifecycle.rules if one.enabled], lifecycle.default_minimum_size, subject
        )
        if day <= last
    )


def steps(rules: Sequence[LifecycleRule], minimum: str | None, subject: Subject) -> list[Step]:
    """All that ever happens under enabled ``rules`` and a default minimum size."""
    matching = [rule for rule in rules if matches(rule.filter, subject)]
    if not matching:
        return []
    versioned = subject.versioning != "Off"
    created = _Start(subject.created)
    replaced = midnight(subject.noncurrent_since) if subject.noncurrent_since is not None else NEVER
    expiries = [
        (at, rule.id)
        for rule in matching
        if (one := rule.expiration) is not None and (at := created.at(one.days, one.date)) is not None
    ]
    expires = min(expiries)[0] if expiries else NEVER
    marks = versioned and not (subject.versioning == "Suspended" and subject.null_version)
    found: list[Step] = []
    held = subject.storage_class
    for at, to, ids in _carried_out(_moves(matching, minimum, subject, created), held, replaced):
        # Permanent deletion comes before a transition of the same day, a delete marker after it.
        if at > expires or (at == expires and not marks):
            break
        found.append((at, Action.TRANSITION, to, ids))
        held = to
        if at == expires:
            expires += 1
    noncurrent, marked, deleted = subject.noncurrent_since, NEVER, NEVER
    if expires < replaced:
        found.append(
            (expires, Action.MARK if marks else Action.DELETE, None, tuple(rule for at, rule in expiries if at <= expires))
        )
        noncurrent, marked = (moment(expires) if marks else None), expires
        deleted = NEVER if marks else expires
    if noncurrent is not None and versioned:
        since = _Start(noncurrent, later=marked < NEVER)
        gone, ids = _noncurrent_end(matching, since, subject.newer)
        moves = _noncurrent_moves(matching, minimum, subject, since)
        found += [(at, Action.TRANSITION, to, movers) for at, to, movers in _carried_out(moves, held, gone)]
        if gone < NEVER:
            found.append((gone, Action.DELETE, None, ids))
            deleted = gone
    if versioned and marked < NEVER and deleted < NEVER and subject.newer == 0:
        found += _marker(rules, subject.key, marked, deleted)
    return found


def matches(wanted: Filter, subject: Subject) -> bool:
    """The filter lets the object through. Prefixes and tags tell upper from lower case; sizes are exclusive."""
    if wanted.prefix is not None and not subject.key.startswith(wanted.prefix):
        return False
    if wanted.size_greater_than is not None and subject.size <= wanted.size_greater_than:
        return False
    if wanted.size_less_than is not None and subject.size >= wanted.size_less_than:
        return False
    return not wanted.tags or all(subject.tags.get(key) == value for key, value in wanted.tags.items())


def large_enough(rule: LifecycleRule, size: int, storage_class: str, default_minimum_size: str | None) -> bool:
    """The default minimum size does not keep the rule from moving an object. A size in the rule's own filter overrides it.

    What AWS did not say counts as ``all_storage_classes_128K``, the default since September 2024.
    """
    if size >= SMALL or rule.filter.size_greater_than is not None or rule.filter.size_less_than is not None:
        return True
    return default_minimum_size == "varies_by_storage_class" and storage_class in OPTIONAL_MINIMUM


def moment(day: int) -> datetime:
    """The midnight UTC with which a day begins."""
    return _EPOCH + timedelta(days=day - _EPOCH_DAY)


def day_of(subject: Subject, step: Step) -> int:
    """Days from the midnight with which the object was written, or first after it, to a step."""
    return step[0] - midnight(subject.created)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()


def _utc(one: datetime) -> datetime:
    return one if one.tzinfo is UTC or one.tzinfo is None else one.astimezone(UTC)


def midnight(one: datetime) -> int:
    """The day (an ordinal) that begins at the moment, or first after it."""
    one = _utc(one)
    return one.toordinal() + (1 if one.hour or one.minute or one.second or one.microsecond else 0)


class _Start:
    """From when days are counted. ``first``: the midnight before which nothing can happen."""

    __slots__ = ("day", "first")

    def __init__(self, start: datetime, *, later: bool = False) -> None:
        self.day = midnight(start)
        self.first = self.day + later

    def after(self, days: int) -> int:
        """When something is due ``days`` later: the sum, rounded up to midnight."""
        return min(max(self.day + days, self.first), NEVER)

    def at(self, days: int | None, on: datetime | None) -> int | None:
        """When something is due that is asked for by days or date. A date stays in force: what is written later is due at once."""
        if days is not None:
            return self.after(days)
        return max(midnight(on), self.first) if on is not None else None

    def counted(self, days: int | None, keep: int | None, newer: int) -> int:
        """When something is due for a noncurrent version, if it is not among the newest that are kept."""
        if (days is None and keep is None) or (keep is not None and newer < keep):
            return NEVER
        return self.after(days or 0)


_Move: TypeAlias = tuple[int, str, str]
"""When a transition is due, the class it leads to, and the rule's id."""


def _moves(rules: Iterable[LifecycleRule], minimum: str | None, subject: Subject, created: _Start) -> list[_Move]:
    return [
        (at, one.storage_class, rule.id)
        for rule in rules
        for one in rule.transitions
        if large_enough(rule, subject.size, one.storage_class, minimum) and (at := created.at(one.days, one.date)) is not None
    ]


def _noncurrent_moves(rules: Iterable[LifecycleRule], minimum: str | None, subject: Subject, since: _Start) -> list[_Move]:
    return [
        (since.counted(one.days, one.keep, subject.newer), one.storage_class, rule.id)
        for rule in rules
        for one in rule.noncurrent_transitions
        if large_enough(rule, subject.size, one.storage_class, minimum)
    ]


def _carried_out(moves: list[_Move], held: str, end: int) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """The transitions that take place before ``end``: each day the preferred one of those that are possible from where the object is."""
    by_day: dict[int, list[_Move]] = {}
    for move in moves:
        if move[0] < end:
            by_day.setdefault(move[0], []).append(move)
    for day in sorted(by_day):
        possible = {name for _, name, _ in by_day[day] if can_move(held, name)}
        if possible and day < NEVER:
            held = min(possible, key=preference)
            yield day, held, tuple(dict.fromkeys(rule for _, name, rule in by_day[day] if name == held))


def _noncurrent_end(rules: Iterable[LifecycleRule], since: _Start, newer: int) -> tuple[int, tuple[str, ...]]:
    ends = [
        (since.counted(one.days, one.keep, newer), rule.id) for rule in rules if (one := rule.noncurrent_expiration) is not None
    ]
    if not ends:
        return NEVER, ()
    first = min(ends)[0]
    return first, tuple(rule for at, rule in ends if at == first)


def _marker(rules: Iterable[LifecycleRule], key: str, marked: int, deleted: int) -> Iterator[Step]:
    """The delete marker goes when nothing is left under it: at once where a rule is about such markers, else when it is old enough for a
    rule that expires objects."""
    start = _Start(moment(marked), later=True)
    ends: list[tuple[int, str]] = []
    for rule in rules:
        wanted, one = rule.filter, rule.expiration
        if one is None or not (wanted.prefix is None or key.startswith(wanted.prefix)):
            continue
        if wanted.tags or wanted.size_greater_than is not None or wanted.size_less_than == 0:
            continue
        at = start.first if one.delete_markers else start.at(one.days, one.date)
        if at is not None:
            ends.append((max(at, deleted + 1), rule.id))
    first = min(ends)[0] if ends else NEVER
    if first < NEVER:
        yield first, Action.REMOVE_MARKER, None, tuple(rule for at, rule in ends if at == first)
