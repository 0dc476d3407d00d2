"""Which rules of a configuration are about an object, and what they do to it together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Generic, TypeVar

from auditor.lifecycle.asked import Asked, End, Move, Sweep, asked, places
from auditor.lifecycle.classes import SMALL
from auditor.lifecycle.days import NEVER, Step, midnight
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.treatment import Treatment
from auditor.model.s3 import Filter, LifecycleRule
from auditor.source.kept import Kept

T = TypeVar("T", Move, End, Sweep)
_BITS = bytes.maketrans(b"01", b"\0\1")


def _flags(rules: int, count: int) -> bytes:
    """A set of rules, each in its place: one or nought."""
    return f"{rules:0{count}b}"[::-1].encode().translate(_BITS)


class _Listed(Generic[T]):
    """Things that rules ask for, and the number of the rule of each. There may be thousands, of which an object needs a few."""

    __slots__ = ("_items", "_of", "_rules")

    def __init__(self, by_rule: Iterable[Sequence[T]]) -> None:
        pairs = sorted([(item, number) for number, some in enumerate(by_rule) for item in some])
        self._items: list[T] = [item for item, _ in pairs]
        self._of = [number for _, number in pairs]
        self._rules = sum([1 << number for number in set(self._of)])

    def of(self, rules: int) -> Sequence[T]:
        """Those of a set of rules."""
        wanted = self._rules & rules
        if not wanted:
            return ()
        if wanted == self._rules:
            return self._items
        return list(compress(self._items, map(_flags(wanted, self._rules.bit_length()).__getitem__, self._of)))


class _Several:
    """What several rules ask for."""

    def __init__(self, some: Sequence[Asked]) -> None:
        self._moves = _Listed([one.moves for one in some])
        self._dated = _Listed([one.dated_moves for one in some])
        self._ends = _Listed([one.ends for one in some])
        self._dated_ends = _Listed([one.dated_ends for one in some])
        self._old_moves = _Listed([one.old_moves for one in some])
        self._old_ends = _Listed([one.old_ends for one in some])
        self._sweeps = _Listed([one.sweeps for one in some])

    def of(self, rules: int, sweeping: int) -> Asked:
        """What a set of rules asks for, and another of delete markers."""
        return Asked(
            self._moves.of(rules),
            self._dated.of(rules),
            self._ends.of(rules),
            self._dated_ends.of(rules),
            self._old_moves.of(rules),
            self._old_ends.of(rules),
            self._sweeps.of(sweeping),
        )


def _of_large(some: Sequence[Move]) -> Sequence[Move]:
    """Those that small objects make, too."""
    return [one for one in some if one.small] if some else ()


class Plan:
    """Enabled rules under a default minimum size. Sets of rules are numbers: of the first rule the lowest bit is set, and so on."""

    def __init__(self, rules: Sequence[LifecycleRule], minimum: str | None) -> None:
        self.rules = tuple(rules)
        self._asked: list[Asked] = []
        self._large_only = 0
        """The rules of transitions that the default minimum size keeps small objects from."""
        self._sweeping = 0
        """The rules that remove delete markers."""
        self._prefixes: dict[str, int] = {}
        self._tags: dict[tuple[str, str], list[tuple[int, Mapping[str, str]]]] = {}
        self._untagged = 0
        self._above: list[tuple[int, int]] = []
        self._below: list[tuple[int, int]] = []
        self._by_key: dict[str, int] = {}
        self._by_tags: dict[frozenset[tuple[str, str]], int] = {}
        self._by_size: dict[int, int] = {}
        self._treatments: dict[tuple[int, int, bool], Treatment] = {}
        self._far = False
        """A calendar may end before what the rules ask for."""
        place, bit = 0, 1
        for rule in self.rules:
            self._filter(rule.filter, bit)
            one = asked(rule, place, minimum)
            self._asked.append(one)
            self._far = self._far or one.far
            if one.large_only:
                self._large_only |= bit
            if one.sweeps:
                self._sweeping |= bit
            place, bit = place + places(rule), bit << 1
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._all = bit - 1
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

    @Kept
    def _several(self) -> _Several:
        return _Several(self._asked)

    def about(self, key: str, size: int, tags: Mapping[str, str]) -> int:
        """The rules whose filters let an object through."""
        found = self.about_key(key)
        if self._tags:
            found &= self._about_tags(tags)
        if self._above or self._below:
            found &= self._about_size(size)
        return found

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
        if not tags:
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
        sweeping = self.about_key(key) & self._sweeping & ~without if rules and self._sweeping else 0
        known = (rules, sweeping, size < SMALL and self._large_only & rules != 0)
        found = self._treatments.get(known)
        if found is None:
            found = self._treatments[known] = Treatment(self._of(*known), far=self._far)
        return found

    def _of(self, rules: int, sweeping: int, small: bool) -> Asked:
        alone = not rules & (rules - 1) and not sweeping & ~rules
        found = (self._asked[rules.bit_length() - 1] if rules else Asked()) if alone else self._several.of(rules, sweeping)
        if small:
            moves, dated, old = _of_large(found.moves), _of_large(found.dated_moves), _of_large(found.old_moves)
            found = found._replace(moves=moves, dated_moves=dated, old_moves=old)
        return found

    @property
    def dates(self) -> set[int]:
        """The days that rules name."""
        return {move.at for one in self._asked for some in (one.dated_moves, one.dated_ends) for move in some}

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
