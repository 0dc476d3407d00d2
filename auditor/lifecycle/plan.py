"""The rules of a configuration, taken apart by when things are due, and which of them are about an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Generic, TypeVar

from auditor.lifecycle.classes import OPTIONAL_MINIMUM, SMALL
from auditor.lifecycle.days import NEVER, Step, midnight
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.treatment import FAR, End, Move, Sweep, Treatment
from auditor.model.s3 import Filter, LifecycleRule

T = TypeVar("T", Move, End, Sweep)
_BITS = bytes.maketrans(b"01", b"\0\1")


def large_enough(rule: LifecycleRule, size: int, storage_class: str, default_minimum_size: str | None) -> bool:
    """The default minimum size does not keep the rule from moving an object. A size in the rule's own filter overrides it.

    What AWS did not say counts as ``all_storage_classes_128K``, the default since September 2024.
    """
    if size >= SMALL or rule.filter.size_greater_than is not None or rule.filter.size_less_than is not None:
        return True
    return default_minimum_size == "varies_by_storage_class" and storage_class in OPTIONAL_MINIMUM


def _flags(rules: int, count: int) -> bytes:
    """A set of rules, each in its place: one or nought."""
    return f"{rules:0{count}b}"[::-1].encode().translate(_BITS)


class _Listed(Generic[T]):
    """Things that rules ask for, and the number of the rule of each. There may be thousands, of which an object needs a few."""

    __slots__ = ("_of", "items")

    def __init__(self) -> None:
        self.items: list[T] = []
        self._of: list[int] = []

    def add(self, number: int, item: T) -> None:
        """Of the rule of a number."""
        self.items.append(item)
        self._of.append(number)

    def sort(self) -> None:
        """By time and place."""
        if len(self.items) > 1:
            order = sorted(range(len(self.items)), key=self.items.__getitem__)
            self.items = [self.items[one] for one in order]
            self._of = [self._of[one] for one in order]

    def of(self, chosen: bytes, kept: int = 0) -> Sequence[T]:
        """Those of the chosen rules, but for those of places that are ``kept`` from small objects."""
        if not self.items:
            return ()
        found = list(compress(self.items, map(chosen.__getitem__, self._of)))
        return [one for one in found if not kept >> one.place & 1] if kept else found


class Plan:
    """Enabled rules under a default minimum size. Sets of rules are numbers: of the first rule the lowest bit is set, and so on."""

    def __init__(self, rules: Sequence[LifecycleRule], minimum: str | None) -> None:
        self.rules = tuple(rules)
        self._minimum = minimum
        self._moves: _Listed[Move] = _Listed()
        self._dated: _Listed[Move] = _Listed()
        self._ends: _Listed[End] = _Listed()
        self._dated_ends: _Listed[End] = _Listed()
        self._old_moves: _Listed[Move] = _Listed()
        self._old_ends: _Listed[End] = _Listed()
        self._sweeps: _Listed[Sweep] = _Listed()
        self._kept = 0
        """The places of transitions that the default minimum size keeps small objects from, as a set of numbers."""
        self._keeping = 0
        """The rules of these transitions."""
        self._sweeping = 0
        """The rules that remove delete markers."""
        self._place = 0
        self._prefixes: dict[str, int] = {}
        self._tags: dict[tuple[str, str], list[tuple[int, Mapping[str, str]]]] = {}
        self._untagged = 0
        self._above: list[tuple[int, int]] = []
        self._below: list[tuple[int, int]] = []
        self._by_key: dict[str, int] = {}
        self._by_tags: dict[frozenset[tuple[str, str]], int] = {}
        self._by_size: dict[int, int] = {}
        self._treatments: dict[tuple[int, int, bool], Treatment] = {}
        for number, rule in enumerate(rules):
            self._filter(rule.filter, 1 << number)
            self._current(rule, number)
            self._noncurrent(rule, number)
        timed: tuple[_Listed[Move] | _Listed[End], ...] = (
            self._moves,
            self._dated,
            self._ends,
            self._dated_ends,
            self._old_moves,
            self._old_ends,
        )
        self._far = False
        """A calendar may end before what the rules ask for, or they name a year that is as far."""
        for some in timed:
            if some.items:
                some.sort()
                self._far = self._far or some.items[-1].at > FAR
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._all = (1 << len(self.rules)) - 1
        self.weight = len(self.rules)
        """What is gone through for a treatment: the rest is done in C."""

    def _filter(self, wanted: Filter, bit: int) -> None:
        prefix = wanted.prefix or ""
        self._prefixes[prefix] = self._prefixes.get(prefix, 0) | bit
        if wanted.tags:
            first = next(iter(wanted.tags.items()))
            self._tags.setdefault(first, []).append((bit, wanted.tags))
        else:
            self._untagged |= bit
        if wanted.size_greater_than is not None:
            self._above.append((wanted.size_greater_than, bit))
        if wanted.size_less_than is not None:
            self._below.append((wanted.size_less_than, bit))

    def _next(self) -> int:
        self._place += 1
        return self._place

    def _current(self, rule: LifecycleRule, number: int) -> None:
        for one in rule.transitions:
            place = self._next()
            if not large_enough(rule, 0, one.storage_class, self._minimum):
                self._kept |= 1 << place
                self._keeping |= 1 << number
            if one.days is not None:
                self._moves.add(number, Move(one.days, place, one.storage_class, rule.id))
            elif one.date is not None:
                self._dated.add(number, Move(midnight(one.date), place, one.storage_class, rule.id))
        end = rule.expiration
        if end is None:
            return
        place = self._next()
        if end.days is not None:
            self._ends.add(number, End(end.days, place, rule.id))
        elif end.date is not None:
            self._dated_ends.add(number, End(midnight(end.date), place, rule.id))
        wanted = rule.filter
        if wanted.tags or wanted.size_greater_than is not None or wanted.size_less_than == 0:
            return  # a delete marker has no tags and no bytes
        if end.delete_markers or end.days is not None or end.date is not None:
            self._sweeping |= 1 << number
        if end.delete_markers:
            self._sweeps.add(number, Sweep(place, rule.id, None, None))
        elif end.days is not None or end.date is not None:
            on = midnight(end.date) if end.date is not None and end.days is None else None
            self._sweeps.add(number, Sweep(place, rule.id, end.days, on))

    def _noncurrent(self, rule: LifecycleRule, number: int) -> None:
        for one in rule.noncurrent_transitions:
            place = self._next()
            if not large_enough(rule, 0, one.storage_class, self._minimum):
                self._kept |= 1 << place
                self._keeping |= 1 << number
            if one.days is not None or one.keep is not None:
                self._old_moves.add(number, Move(one.days or 0, place, one.storage_class, rule.id, one.keep or 0))
        old = rule.noncurrent_expiration
        if old is not None and (old.days is not None or old.keep is not None):
            self._old_ends.add(number, End(old.days or 0, self._next(), rule.id, old.keep or 0))

    def about(self, key: str, size: int, tags: Mapping[str, str]) -> int:
        """The rules whose filters let an object through."""
        return self.about_key(key) & self._about_tags(tags) & self._about_size(size)

    def about_key(self, key: str) -> int:
        """The rules whose prefixes let a key through."""
        found = self._by_key.get(key)
        if found is None:
            found = 0
            for length in self._lengths:
                if length > len(key):
                    break
                found |= self._prefixes.get(key[:length], 0)
            self._by_key[key] = found
        return found

    def _about_tags(self, tags: Mapping[str, str]) -> int:
        if not self._tags or not tags:
            return self._untagged
        known = frozenset(tags.items())
        found = self._by_tags.get(known)
        if found is None:
            found = self._untagged
            for pair in known:
                for bit, wanted in self._tags.get(pair, ()):
                    if all(tags.get(name) == value for name, value in wanted.items()):
                        found |= bit
            self._by_tags[known] = found
        return found

    def _about_size(self, size: int) -> int:
        found = self._by_size.get(size)
        if found is None:
            found = self._all
            for bound, bit in self._above:
                if size <= bound:
                    found &= ~bit
            for bound, bit in self._below:
                if size >= bound:
                    found &= ~bit
            self._by_size[size] = found
        return found

    def treatment(self, key: str, size: int, tags: Mapping[str, str], without: int = 0) -> Treatment:
        """What the rules do to such objects; ``without`` some."""
        rules = self.about(key, size, tags) & ~without
        sweeping = self.about_key(key) & self._sweeping & ~without if rules else 0
        known = (rules, sweeping, size < SMALL and self._keeping & rules != 0)
        found = self._treatments.get(known)
        if found is None:
            found = self._treatments[known] = self._treated(*known)
        return found

    def _treated(self, rules: int, sweeping: int, small: bool) -> Treatment:
        count = len(self.rules)
        chosen, kept = _flags(rules, count), self._kept if small else 0
        return Treatment(
            self._moves.of(chosen, kept),
            self._dated.of(chosen, kept),
            self._ends.of(chosen),
            self._dated_ends.of(chosen),
            self._old_moves.of(chosen, kept),
            self._old_ends.of(chosen),
            self._sweeps.of(_flags(sweeping, count)) if sweeping else (),
            far=self._far,
        )

    @property
    def dates(self) -> set[int]:
        """The days that rules name."""
        return {one.at for one in self._dated.items} | {one.at for one in self._dated_ends.items}

    def steps(self, subject: Subject) -> list[Step]:
        """All that ever happens to an object."""
        return steps_of(self.treatment(subject.key, subject.size, subject.tags), subject)


def steps_of(treatment: Treatment, subject: Subject) -> list[Step]:
    """What a treatment does to an object."""
    return treatment.steps(
        midnight(subject.created),
        midnight(subject.noncurrent_since) if subject.noncurrent_since is not None else NEVER,
        subject.storage_class,
        subject.newer,
        versioned=subject.versioning != "Off",
        marks=marks(subject.versioning, null=subject.null_version),
    )


def marks(versioning: str, *, null: bool) -> bool:
    """Expiration marks an object as deleted: while versioning is suspended not the ones with the version id ``null``."""
    return versioning != "Off" and not (versioning == "Suspended" and null)
