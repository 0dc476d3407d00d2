"""What a rule asks for, taken apart by what it is about and by how its time is given."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from auditor.lifecycle.classes import OPTIONAL_MINIMUM, SMALL
from auditor.lifecycle.days import midnight
from auditor.model.s3 import LifecycleRule

FAR = 1_000_000
"""Days after which calendars may end, whenever an object is written."""


_AT, _SMALL = attrgetter("at"), attrgetter("small")


class Move(NamedTuple):
    """A transition. ``at``: days after which it is due, or the day of its date; ``place``: its place among all that the rules ask for."""

    at: int
    place: int
    to: str
    rule: str
    keep: int = 0
    """Of noncurrent versions: how many newer ones there are at least."""
    small: bool = True
    """The default minimum size does not keep small objects from it."""


class End(NamedTuple):
    """An expiration, as :class:`Move`."""

    at: int
    place: int
    rule: str
    keep: int = 0


class Sweep(NamedTuple):
    """What removes a delete marker under which nothing is left: after days or at the day of a date, the other ``None``; at once if both
    are."""

    place: int
    rule: str
    days: int | None
    on: int | None


class Asked(NamedTuple):
    """What rules ask for: of current objects and of noncurrent versions, each sorted by time and what is due at one time by its place; and
    what removes delete markers. Days are those from writing, and dates ordinals."""

    moves: Sequence[Move] = ()
    dated_moves: Sequence[Move] = ()
    ends: Sequence[End] = ()
    dated_ends: Sequence[End] = ()
    old_moves: Sequence[Move] = ()
    old_ends: Sequence[End] = ()
    sweeps: Sequence[Sweep] = ()

    @property
    def far(self) -> bool:
        """A calendar may end before what is asked for, or a year is named that is as far."""
        return max(map(_AT, chain.from_iterable(self[:-1])), default=0) > FAR

    @property
    def large_only(self) -> bool:
        """Some of it the default minimum size keeps small objects from."""
        return not all(map(_SMALL, chain(self.moves, self.dated_moves, self.old_moves)))


def large_enough(rule: LifecycleRule, size: int, storage_class: str, default_minimum_size: str | None) -> bool:
    """The default minimum size does not keep the rule from moving an object. A size in the rule's own filter overrides it.

    What AWS did not say counts as ``all_storage_classes_128K``, the default since September 2024.
    """
    if size >= SMALL or rule.filter.size_greater_than is not None or rule.filter.size_less_than is not None:
        return True
    return default_minimum_size == "varies_by_storage_class" and storage_class in OPTIONAL_MINIMUM


def asked(rule: LifecycleRule, place: int, minimum: str | None) -> Asked:
    """What a rule asks for. ``place``: of the first of it; there are as many places as a rule has parts."""
    moves: list[Move] = []
    dated: list[Move] = []
    for one in rule.transitions:
        place += 1
        small = large_enough(rule, 0, one.storage_class, minimum)
        if one.days is not None:
            moves.append(Move(one.days, place, one.storage_class, rule.id, 0, small))
        elif one.date is not None:
            dated.append(Move(midnight(one.date), place, one.storage_class, rule.id, 0, small))
    ends: Sequence[End] = ()
    dated_ends: Sequence[End] = ()
    sweeps: Sequence[Sweep] = ()
    end = rule.expiration
    place += 1
    if end is not None:
        on = midnight(end.date) if end.date is not None and end.days is None else None
        if end.days is not None:
            ends = (End(end.days, place, rule.id),)
        elif on is not None:
            dated_ends = (End(on, place, rule.id),)
        if _of_markers(rule):
            if end.delete_markers:
                sweeps = (Sweep(place, rule.id, None, None),)
            elif end.days is not None or on is not None:
                sweeps = (Sweep(place, rule.id, end.days, on),)
    old_moves: list[Move] = []
    for old in rule.noncurrent_transitions:
        place += 1
        if old.days is not None or old.keep is not None:
            small = large_enough(rule, 0, old.storage_class, minimum)
            old_moves.append(Move(old.days or 0, place, old.storage_class, rule.id, old.keep or 0, small))
    old_ends: Sequence[End] = ()
    last = rule.noncurrent_expiration
    if last is not None and (last.days is not None or last.keep is not None):
        old_ends = (End(last.days or 0, place + 1, rule.id, last.keep or 0),)
    for some in (moves, dated, old_moves):
        if len(some) > 1:
            some.sort()
    return Asked(moves, dated, ends, dated_ends, old_moves, old_ends, sweeps)


def _of_markers(rule: LifecycleRule) -> bool:
    """The rule may be about a delete marker, which has no tags and no bytes."""
    wanted = rule.filter
    return not wanted.tags and wanted.size_greater_than is None and wanted.size_less_than != 0


def places(rule: LifecycleRule) -> int:
    """How many places a rule takes."""
    return len(rule.transitions) + len(rule.noncurrent_transitions) + 2
