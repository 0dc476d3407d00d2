"""What rules do to the objects that all of them are about.

Objects differ by name, size and tags without end; but what becomes of them depends only on which rules are about them. All those of the
same rules have the same treatment: it is worked out once, in days from when an object is written or becomes noncurrent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from auditor.lifecycle.asked import Asked, Move
from auditor.lifecycle.classes import CLASSES, preference
from auditor.lifecycle.days import NEVER, Step
from auditor.lifecycle.subject import Action

_SLACK = len(CLASSES)
"""Days by which transitions, one a day, put off a delete marker at most."""
_INTO = {name: one.into for name, one in CLASSES.items()}


_Moved = tuple[int, str, tuple[str, ...]]
"""A transition that takes place: when, to where, and by which rules."""


class _Old(NamedTuple):
    """What happens to noncurrent versions, in days from when they are such."""

    moved: Sequence[_Moved]
    gone: int
    by: tuple[str, ...]

    def same(self, other: _Old) -> bool:
        """The same happens, by whatever rules."""
        return self.gone == other.gone and [one[:2] for one in self.moved] == [one[:2] for one in other.moved]


_LEFT = _Old((), NEVER, ())
"""Nothing happens to them."""


class _Current(NamedTuple):
    """What happens to an object while it is current: transitions in days from writing, the class it ends up in, and the day on which it
    expires."""

    moved: Sequence[_Moved]
    held: str
    expires: int


class Treatment:
    """What rules do to an object."""

    def __init__(self, asked: Asked, *, far: bool) -> None:
        moves, dated_moves, ends, dated_ends, old_moves, old_ends, sweeps = asked
        self._moves, self._dated_moves = moves, dated_moves
        self._ends, self._dated_ends = ends, dated_ends
        self._old_moves, self._old_ends = old_moves, old_ends
        self._sweeps = sweeps
        self.far = far
        """The calendar may end before what the rules ask for."""
        self.dated = bool(far or dated_moves or dated_ends)
        """It matters to the actions that take place on which day an object is written."""
        self.old_weight = 1 + len(old_moves) + len(old_ends)
        """What is gone through for a noncurrent version."""
        self.weight = self.old_weight + (len(moves) + len(dated_moves) + len(dated_ends) if self.dated else 0)
        """What is gone through for an object."""
        self._keeps: list[int] | None = None
        self._apart: dict[int, Sequence[int]] = {}
        self._currents: dict[tuple[int, bool], _Current] = {}
        self._chains: dict[tuple[str, int], Sequence[_Moved]] = {}
        self._olds: dict[tuple[str, int, bool], _Old] = {}
        self._seen: dict[tuple[int, int, str, int, bool, bool], list[Step]] = {}

    @property
    def timed(self) -> bool:
        """It matters on which day an object is written, also to its delete marker."""
        return self.dated or any(one.on is not None for one in self._sweeps)

    def steps(self, created: int, replaced: int, held: str, newer: int, *, versioned: bool, marks: bool) -> list[Step]:
        """All that ever happens to an object that is written on day ``created`` into class ``held``, and is noncurrent from ``replaced``
        on with ``newer`` noncurrent versions that are newer. ``marks``: expiration marks it as deleted, and does not delete it."""
        known = (created, replaced, held, newer, versioned, marks)
        found = self._seen.get(known)
        if found is None:
            found = self._seen[known] = self._steps(*known)
        return found

    def never(self, target: str, days: int) -> bool:
        """Certainly no current object goes to the class, or without one expires, so many days after it is written."""
        if self._ends and days > self._ends[0].at + _SLACK:
            return True
        return (
            bool(target)
            and not self._dated_moves
            and not any(one[0] == days and one[1] == target for one in self._chain(0, "STANDARD"))
        )

    def never_old(self, rule: str, target: str, days: int, newer: int) -> bool:
        """Certainly the rule moves no noncurrent version with so many newer ones to the class, or without one does not delete it so many
        days after it became that."""
        gone = min([one.at for one in self._old_ends if one.keep <= newer], default=NEVER)
        if not target:
            return days > max(gone, 1)
        return not any(one.rule == rule and one.to == target and one.keep <= newer and one.at < gone for one in self._old_moves)

    def happens(self, target: str, days: int, created: int, *, marks: bool) -> bool:
        """An object that is written on a day goes to the class so many days later, or without a class expires then or later."""
        moved, _, expires = self.current(created, marks)
        if not target:
            return created + days <= expires < NEVER
        return any(one[0] == days and one[1] == target for one in moved)

    def happens_replaced(self, rule: str, target: str, days: int, newer: int) -> bool:
        """The rule moves a version that its owner replaces to the class so many days later, or without a class deletes it."""
        old = self._old("STANDARD", newer, False)
        if not target:
            return rule in old.by
        return any(one[0] == days and one[1] == target and rule in one[2] for one in old.moved)

    def happens_marked(self, rule: str, target: str, newer: int, created: int) -> bool:
        """The rule moves a version to the class, or without one deletes it, that expiration makes noncurrent."""
        _, held, expires = self.current(created, True)
        if expires == NEVER:
            return False
        old = self._old(held, newer, True)
        return any(one[1] == target and rule in one[2] for one in old.moved) if target else rule in old.by

    def alike(self, other: Treatment, newers: Iterable[int], spend: Callable[[int], bool]) -> bool:
        """Certainly the same happens to all objects, by whatever rules, with any of these numbers of newer versions. ``spend`` is told
        what is gone through for it, and answers whether there may be more."""
        if self.far or other.far or self._current() != other._current() or self._sweep() != other._sweep():
            return False
        if self._old_moves == other._old_moves and self._old_ends == other._old_ends:
            return True
        forms = [("STANDARD", False), *((one, True) for one in self._held())]
        for newer in newers:
            if not spend((self.old_weight + other.old_weight) * len(forms)):
                return False
            for held, marked in forms:
                if not self._old(held, newer, marked).same(other._old(held, newer, marked)):
                    return False
        return True

    def _held(self) -> Iterable[str]:
        """The classes in which an object may be when it expires."""
        if self._dated_moves:
            return sorted({"STANDARD", *(one.to for one in self._moves), *(one.to for one in self._dated_moves)})
        return ["STANDARD", *(one[1] for one in self._chain(0, "STANDARD"))]

    def _current(self) -> tuple[object, ...]:
        """What decides on the transitions and the end of current objects, written on whatever day."""
        if self._dated_moves:
            moves = {(one.at, one.to) for one in self._moves}, {(one.at, one.to) for one in self._dated_moves}
        else:
            moves = {one[:2] for one in self._chain(0, "STANDARD")}, set[tuple[int, str]]()
        return *moves, self._ends[0].at if self._ends else NEVER, self._dated_ends[0].at if self._dated_ends else NEVER

    def _sweep(self) -> tuple[int, int]:
        """What decides on delete markers."""
        return (
            min([one.days or 0 for one in self._sweeps if one.on is None], default=NEVER),
            min([one.on for one in self._sweeps if one.on is not None], default=NEVER),
        )

    def apart(self, days: Sequence[int]) -> Sequence[int]:
        """Of the days on which objects may be written, the places of those that make a difference: with the others, what is due by date
        comes between the same actions, and next to the same ones, as with one before. Asked with the first of always the same days."""
        found = self._apart.get(len(days))
        if found is None:
            found = self._apart[len(days)] = tuple(range(len(days))) if self.far else self._told_apart(days)
        return found

    def _told_apart(self, days: Sequence[int]) -> Sequence[int]:
        dates = {one.at for one in self._dated_moves} | {one.at for one in self._dated_ends}
        asked = {one.at for one in self._moves} | {one.at for one in self._ends[:1]}
        near = {0, 1, *(at + beside for at in asked for beside in (-1, 0, 1))}
        marks = sorted(near)
        found: dict[tuple[int, ...], int] = {}
        for place, day in enumerate(days):
            left = [max(date - day, 0) for date in dates]
            # What is due between two of the marks is a number below zero, whenever that is.
            found.setdefault(tuple([one if one in near else -bisect_right(marks, one) for one in left]), place)
        return tuple(found.values())

    def current(self, created: int, marks: bool) -> _Current:
        """What happens to an object while it is current, written on a day into S3 Standard, if nobody replaces it."""
        known = (created, marks)
        found = self._currents.get(known)
        if found is None:
            found = self._currents[known] = self._lived(created, NEVER, "STANDARD", marks)
        return found

    def _lived(self, created: int, replaced: int, held: str, marks: bool) -> _Current:
        expires = self._expires(created)
        chain = self._chain(created, held)
        count = 0
        for days, to, _ in chain:
            at = created + days
            # Permanent deletion comes before a transition of the same day, a delete marker after it.
            if at >= replaced or at > expires or (at == expires and not marks):
                break
            count += 1
            held = to
            if at == expires:
                expires += 1
        return _Current(chain[:count], held, expires)

    def _steps(self, created: int, replaced: int, held: str, newer: int, versioned: bool, marks: bool) -> list[Step]:
        found: list[Step] = []
        expires = NEVER
        if replaced > created:  # else it is noncurrent before anything is due
            moved, held, expires = (
                self.current(created, marks)
                if replaced == NEVER and held == "STANDARD"
                else self._lived(created, replaced, held, marks)
            )
            found += [(created + days, Action.TRANSITION, to, ids) for days, to, ids in moved]
        noncurrent, marked, deleted = replaced, NEVER, NEVER
        if expires < replaced:
            found.append((expires, Action.MARK if marks else Action.DELETE, None, self._ended(created, expires)))
            noncurrent, marked, deleted = (expires, expires, NEVER) if marks else (NEVER, expires, expires)
        if noncurrent < NEVER and versioned:
            old = self._old(held, newer, marked < NEVER)
            for days, to, ids in old.moved:
                if noncurrent + days < NEVER:
                    found.append((noncurrent + days, Action.TRANSITION, to, ids))
            if noncurrent + old.gone < NEVER:
                deleted = noncurrent + old.gone
                found.append((deleted, Action.DELETE, None, old.by))
        if versioned and marked < NEVER and deleted < NEVER and newer == 0:
            found += self._swept(marked, deleted)
        return found

    def _expires(self, created: int) -> int:
        first = created + self._ends[0].at if self._ends else NEVER
        if self._dated_ends:
            first = min(first, max(self._dated_ends[0].at, created))
        return min(first, NEVER)

    def _ended(self, created: int, until: int) -> tuple[str, ...]:
        """The rules by which an object expires up to a day, in their order."""
        due = [(one.place, one.rule) for one in self._ends if created + one.at <= until]
        due += [(one.place, one.rule) for one in self._dated_ends if one.at <= until]
        return tuple(rule for _, rule in sorted(due))

    def _chain(self, created: int, held: str) -> Sequence[_Moved]:
        """The transitions of an object that never ends."""
        known = (held, created if self._dated_moves else 0)
        found = self._chains.get(known)
        if found is None:
            moves = self._moves
            if self._dated_moves:
                moves = sorted([*self._moves, *[Move(max(one.at - created, 0), *one[1:]) for one in self._dated_moves]])
            found = self._chains[known] = _carried_out(moves, held)
        return found

    def _old(self, held: str, newer: int, marked: bool) -> _Old:
        """``marked``: they are noncurrent because of a delete marker of the day, after which nothing happens on that day."""
        if not self._old_moves and not self._old_ends:
            return _LEFT
        if self._keeps is None:
            self._keeps = sorted({one.keep for some in (self._old_moves, self._old_ends) for one in some if one.keep})
        known = (held, bisect_right(self._keeps, newer) if self._keeps else 0, marked)
        found = self._olds.get(known)
        if found is None:
            least = int(marked)
            ends = [end for end in self._old_ends if end.keep <= newer]
            gone = max(ends[0].at, least) if ends else NEVER
            by = sorted([(end.place, end.rule) for end in ends if end.at <= gone])
            found = self._olds[known] = _Old(self._moved(held, newer, least, gone), gone, tuple([rule for _, rule in by]))
        return found

    def _moved(self, held: str, newer: int, least: int, gone: int) -> Sequence[_Moved]:
        """The transitions of noncurrent versions, which are ``gone`` after so many days, and of which none is due before ``least``."""
        moves = [one for one in self._old_moves if one.keep <= newer and one.at < gone]
        if not moves:
            return ()
        if moves[0].at < least:
            moves = sorted([one if one.at else Move(least, *one[1:]) for one in moves])
        return [one for one in _carried_out(moves, held) if one[0] < gone]

    def _swept(self, marked: int, deleted: int) -> Iterator[Step]:
        """The delete marker goes when nothing is left under it: at once where a rule is about such markers, else when it is old enough for
        a rule that expires objects."""
        first, by = NEVER, list[str]()
        for one in self._sweeps:
            at = marked + one.days if one.days is not None else one.on or 0
            at = max(at, marked + 1, deleted + 1)
            if at < first:
                first, by = at, []
            if at == first:
                by.append(one.rule)
        if first < NEVER:
            yield first, Action.REMOVE_MARKER, None, tuple(by)


def _carried_out(moves: Sequence[Move], held: str) -> Sequence[_Moved]:
    """The transitions that take place: each day the preferred one of those that are possible from where the object is. What is out of
    reach from there is out of reach for ever."""
    found: list[_Moved] = []
    into = _INTO.get(held, frozenset())
    left = [one for one in moves if one.to in into]
    while left:
        day = left[0].at
        due = [one for one in left if one.at == day] if len(left) > 1 else left
        held = due[0].to if len(due) == 1 else min({one.to for one in due}, key=preference)
        found.append((day, held, tuple(dict.fromkeys([one.rule for one in due if one.to == held]))))
        into = _INTO[held]
        left = [one for one in left if one.at > day and one.to in into]
    return found
