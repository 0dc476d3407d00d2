"""A lifecycle configuration as the checks read it: its rules by name and place, what is known of the bucket, and the objects that prove
what they find."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

import msgspec

from auditor.lifecycle import decode, plain
from auditor.lifecycle.check import Proof
from auditor.lifecycle.classes import SMALL
from auditor.lifecycle.days import NEVER, Step, midnight, moment
from auditor.lifecycle.plan import Plan, steps_of
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.treatment import Treatment
from auditor.lifecycle.written import Opaque, Written
from auditor.model.s3 import Filter, Lifecycle, LifecycleRule
from auditor.source.kept import Kept
from auditor.source.positions import shown
from auditor.source.shape import Path, is_object

LARGEST = 5 * 1024**4
"""Bytes of the largest object that filters are asked about: the greatest size a filter may name (API reference)."""
SIZES = 12
"""Sizes that are tried for one rule at most: rules with many size limits are rare, and hostile text must not cost their square."""
MANY = 1000
"""Rules that a configuration may have (User Guide, "Lifecycle configuration elements")."""
OLDEST = 100
"""The greatest ``NewerNoncurrentVersions`` (API reference): a version with so many newer ones is not kept for their sake."""
BUDGET = 20_000_000
"""Rules and transitions that are gone through for one configuration at most, about two seconds' work: 1,000 rules that each leave little to
the others would take an hour. Ours."""
BIRTHS = 40
"""Days that are tried for the sake of dated actions at most."""
BEFORE = timedelta(days=20 * 365)
"""How long before today objects were written that are older than every rule's days."""
_NICE = (1024**2, 1024, 1024**3)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the bucket besides its rules; ``None`` where nothing is.

    ``today``: a moment of the day on which the rules are looked at. ``lock_days``: days of the default retention of Object Lock.
    ``average_size``: bytes of an object on average. ``small``: it is that of the small ones only, so many of so many objects.
    """

    today: datetime
    versioning: str | None = None
    lock_days: int | None = None
    average_size: int | None = None
    small: tuple[int, int] | None = None
    bucket: str | None = None


class Named(msgspec.Struct, frozen=True):
    """A rule with its place. ``name`` is its id where that is unique, else its number; the rule itself bears the same."""

    name: str
    path: Path
    rule: LifecycleRule
    raw: Any = None
    plain: bool = False
    """It is written in the ordinary form (:mod:`auditor.lifecycle.plain`)."""

    @property
    def shown(self) -> str:
        """The name for a message."""
        return f"rule {shown(self.name)}" if self.name == self.rule.id and not self.name.startswith("rule ") else self.name

    def transition(self, number: int, part: str = "") -> Path:
        """The place of a transition, or of a part of it."""
        return self._place("Transition", number, part)

    def noncurrent_transition(self, number: int, part: str = "") -> Path:
        """The place of a transition of noncurrent versions, or of a part of it."""
        return self._place("NoncurrentVersionTransition", number, part)

    def _place(self, name: str, number: int, part: str) -> Path:
        single = is_object(self.raw) and name in self.raw and f"{name}s" not in self.raw
        where: Path = (*self.path, name) if single else (*self.path, f"{name}s", number)
        return (*where, part) if part else where


class Config:
    """A configuration. ``raw`` is what was written, ``None`` for one that S3 itself gave: then nothing in it is refused."""

    def __init__(
        self,
        rules: Sequence[Named],
        minimum: str | None,
        facts: Facts,
        *,
        raw: Any = None,
        complete: bool = True,
        in_text: bool = False,
        budget: int = BUDGET,
    ) -> None:
        self.rules = tuple(rules)
        self.enabled = tuple([one for one in rules if one.rule.enabled])
        self.minimum = minimum
        self.facts = facts
        self.raw = raw
        self.complete = complete
        """Every rule could be read. Where one could not, nothing is said that it might change."""
        self.in_text = in_text
        self._models = [one.rule for one in self.enabled]
        self._plan = Plan(self._models, minimum)
        self._bits = {one.name: 1 << number for number, one in enumerate(self.enabled)}
        self._treatments: dict[tuple[str, int, frozenset[tuple[str, str]] | None, int], Treatment] = {}
        self._lives: dict[int, tuple[Subject, list[Step]]] = {}
        self._keys: dict[str, str] = {}
        self._sizes: dict[tuple[int | None, int | None], Sequence[int]] = {}
        self._left = self._budget = budget

    @Kept
    def filters(self) -> Sequence[tuple[Filter, str, bool]]:
        """The filters of enabled rules, with their prefix, and whether there is nothing else in them. Of equal ones that have nothing else,
        the first."""
        found: list[tuple[Filter, str, bool]] = []
        seen = set[str | None]()
        for one in self._models:
            wanted = one.filter
            bare = not wanted.tags and wanted.size_greater_than is None and wanted.size_less_than is None
            if not bare or wanted.prefix not in seen:
                found.append((wanted, wanted.prefix or "", bare))
            if bare:
                seen.add(wanted.prefix)
        return found

    @Kept
    def keeps(self) -> Sequence[int]:
        """None, and the numbers of newer versions of which enabled rules keep a version."""
        some = (
            one
            for rule in self._models
            for one in (*rule.noncurrent_transitions, *((rule.noncurrent_expiration,) if rule.noncurrent_expiration else ()))
        )
        return sorted({0, *(one.keep for one in some if one.keep is not None)})

    @Kept
    def plain(self) -> Mapping[int, LifecycleRule]:
        """The rules that are written in the ordinary form, by their numbers: most checks of what is written need not look at them."""
        return {int(one.path[1]): one.rule for one in self.rules if one.plain}

    @Kept
    def versioning(self) -> str:
        """The bucket's versioning; where it is not known, what the rules suppose: those of noncurrent versions and of delete markers make
        sense in a versioned bucket only."""
        if self.facts.versioning is not None:
            return self.facts.versioning
        supposed = any(
            one.noncurrent_transitions or one.noncurrent_expiration or (one.expiration and one.expiration.delete_markers)
            for one in self._models
        )
        return "Enabled" if supposed or self.facts.lock_days else "Off"

    @Kept
    def versioned(self) -> bool:
        """Objects have versions."""
        return self.versioning != "Off"

    @Kept
    def born(self) -> datetime:
        """When the objects are written that prove something: at the beginning of the day, so that a rule's days are days of theirs."""
        return self.facts.today.replace(hour=0, minute=0, second=0, microsecond=0)

    def steps(self, subject: Subject) -> list[Step]:
        """What happens to the object."""
        found = self._lives.get(id(subject))
        if found is None:
            treatment = self._treatment(subject.key, subject.size, subject.tags, 0)
            found = self.remember(subject, steps_of(treatment, subject))
        return found[1]

    def remember(self, subject: Subject, steps: list[Step]) -> tuple[Subject, list[Step]]:
        """What happens to an object that will be asked for again. Objects are told apart by identity: they are compared slowly."""
        found = self._lives[id(subject)] = (subject, steps)
        return found

    def bit(self, named: Named) -> int:
        """An enabled rule as a set of :class:`auditor.lifecycle.plan.Plan`."""
        return self._bits[named.name]

    def treatment(self, wanted: Filter, size: int, without: int = 0) -> Treatment:
        """What all enabled rules, or those ``without`` some, do to the objects of a filter (:meth:`object`) with that size."""
        return self._treatment(self.key(wanted), size, wanted.tags, without)

    def _treatment(self, key: str, size: int, tags: Mapping[str, str], without: int) -> Treatment:
        known = (key, size, frozenset(tags.items()) if tags else None, without)
        found = self._treatments.get(known)
        if found is None:
            self._left -= self._plan.weight
            found = self._treatments[known] = self._plan.treatment(key, size, tags, without)
        return found

    def spend(self, work: int) -> bool:
        """So much is gone through. False: it was too much."""
        self._left -= work
        return self._left >= 0

    def allow(self, budget: int) -> None:
        """So much may be gone through in place of :data:`BUDGET`, where nothing is yet: other configurations may have a share of it."""
        self._left = self._budget = budget

    @property
    def spent(self) -> int:
        """How much was gone through."""
        return self._budget - self._left

    @property
    def exhausted(self) -> bool:
        """So much was tried that no more is: of what was not, nothing is said."""
        return self._left < 0

    def proof(self, subject: Subject) -> Proof:
        """The object as a proof."""
        return Proof(subject, tuple(self.steps(subject)))

    def object(
        self,
        wanted: Filter,
        size: int,
        *,
        replaced: int | None = None,
        newer: int = 0,
        born: datetime | None = None,
        null: bool | None = None,
    ) -> Subject:
        """An object that a filter lets through by as little as possible: every rule that applies to it applies to all objects of the
        filter with about that size. ``replaced``: it becomes noncurrent after so many days. ``null``: whether its version id is ``null``;
        what is written while versioning is suspended has that."""
        created = self.born if born is None else born
        return Subject(
            key=self.key(wanted),
            size=size,
            created=created,
            tags=wanted.tags,
            versioning=self.versioning,
            noncurrent_since=None if replaced is None else created + timedelta(days=replaced),
            newer=newer,
            null_version=(self.versioning == "Suspended" and replaced is None) if null is None else null,
        )

    @Kept
    def births(self) -> tuple[datetime, ...]:
        """When objects are written that are tried: today, and where rules name dates to come, the days from which on they meet the days
        that rules count, and long ago."""
        today = midnight(self.born)
        named = sorted([day for day in self._plan.dates if today < day < NEVER])
        if not named:
            return (self.born,)
        dates = [moment(day) for day in named]
        steps = (step for one in self._models for step in (*one.transitions, one.expiration) if step is not None)
        counted = sorted({0, *(step.days for step in steps if step.days is not None and step.days < BEFORE.days)})
        meeting = (date - timedelta(days=days) for date in dates for days in counted)
        return tuple(dict.fromkeys((self.born, *dates[:4], self.born - BEFORE, *islice(meeting, BIRTHS))))

    @Kept
    def birthdays(self) -> tuple[int, ...]:
        """:attr:`births` as days."""
        return tuple([midnight(born) for born in self.births])

    def key(self, wanted: Filter) -> str:
        """The key of an object that a filter lets through by as little as possible."""
        prefix = wanted.prefix or ""
        found = self._keys.get(prefix)
        if found is None:
            found = self._keys[prefix] = self._free_key(prefix)
        return found

    def _free_key(self, prefix: str) -> str:
        same = self._plan.about_key(prefix)
        for name in ("example", "object", "0", "~"):
            if self._plan.about_key(prefix + name) == same:
                return prefix + name
        return prefix + "\U0010fffd"

    def sizes(self, wanted: Filter) -> Sequence[int]:
        """Sizes to try for a filter, the most telling first: one for each stretch of sizes in which all rules do the same."""
        key = (wanted.size_greater_than, wanted.size_less_than)
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = self._stretches(wanted)
        return found

    def _stretches(self, wanted: Filter) -> Sequence[int]:
        low = 0 if wanted.size_greater_than is None else wanted.size_greater_than + 1
        high = LARGEST if wanted.size_less_than is None else wanted.size_less_than - 1
        if low > high:
            return ()
        bounds = self._bounds[bisect_right(self._bounds, low) : bisect_right(self._bounds, high)]
        most = min(SIZES, max(2, 2 * MANY // len(self.enabled)))
        return _telling(low, high, tuple(bounds), most, self.facts.average_size)

    @Kept
    def _bounds(self) -> list[int]:
        found = set[int]()
        for one in self._models:
            if one.transitions or one.noncurrent_transitions:
                found.add(SMALL)
            if one.filter.size_greater_than is not None:
                found.add(one.filter.size_greater_than + 1)
            if one.filter.size_less_than is not None:
                found.add(one.filter.size_less_than)
        return sorted(found)

    def about(self, subject: Subject) -> list[Named]:
        """The enabled rules that are about the object."""
        rules = self._plan.about(subject.key, subject.size, subject.tags)
        return [one for number, one in enumerate(self.enabled) if rules >> number & 1]


@lru_cache(maxsize=64)
def _telling(low: int, high: int, bounds: tuple[int, ...], most: int, average: int | None) -> Sequence[int]:
    """The most telling sizes from ``low`` to ``high``: most configurations have the same few ``bounds``."""
    # A thousand rules with sizes make a million stretches: of the large and of the small ones only as many as are tried.
    above = max(bisect_right(bounds, SMALL) - 1, 0)
    starts = [low, *bounds]
    ends = [*(one - 1 for one in bounds), high]
    some = sorted({*range(min(most, len(starts))), *range(above, min(above + most + 1, len(starts)))})
    found = [_nice(starts[one], ends[one]) for one in some]
    if average is not None and low <= average <= high:
        found.insert(0, average)
    else:
        found.sort(key=lambda size: size < SMALL)
    return tuple(dict.fromkeys(found))[:most]


def _nice(low: int, high: int) -> int:
    """A size of the stretch that reads well."""
    return next((size for size in _NICE if low <= size <= high), low)


def written(source: Written, facts: Facts) -> Config:
    """A configuration of a file. What the file says of the bucket stands where ``facts`` say nothing."""
    if source.versioning is not None or source.lock_days is not None or source.bucket is not None:
        facts = msgspec.structs.replace(
            facts,
            versioning=source.versioning if facts.versioning is None else facts.versioning,
            lock_days=source.lock_days if facts.lock_days is None else facts.lock_days,
            bucket=source.bucket if facts.bucket is None else facts.bucket,
        )
    return read_rules(source.raw, facts, in_text=source.numbers_in_text, template=source.template)


def read_rules(raw: Any, facts: Facts, *, in_text: bool, template: bool = False) -> Config:
    """A configuration in the shape of the API. ``template``: values may be open, and a rule with such a one is left out."""
    models: list[_Read] = []
    raws = rules_of(raw)
    for number, one in enumerate(raws):
        quickly = plain.read(one)
        if quickly is not None:
            models.append((number, quickly, one, True))
            continue
        try:
            if not (template and decode.has_opaque(one)):
                models.append((number, decode.rule(one, numbers_in_text=in_text), one, False))
        except decode.Undecodable:
            continue
    minimum = raw.get("TransitionDefaultMinimumObjectSize") if is_object(raw) else None
    listed = raw.get("Rules") if is_object(raw) else raw
    complete = len(models) == len(raws) and (minimum is None or isinstance(minimum, str)) and not isinstance(listed, Opaque)
    return Config(
        _named(models), minimum if isinstance(minimum, str) else None, facts, raw=raw, complete=complete, in_text=in_text
    )


def collected(lifecycle: Lifecycle, facts: Facts) -> Config:
    """A configuration that S3 gave."""
    models = [(number, rule, None, False) for number, rule in enumerate(lifecycle.rules)]
    return Config(_named(models), lifecycle.default_minimum_size, facts)


_Read: TypeAlias = tuple[int, LifecycleRule, Any, bool]
"""A rule by its number: read, as it is written, and whether it is plain."""


def _named(rules: Sequence[_Read]) -> list[Named]:
    if len({rule.id for _, rule, _, _ in rules} - {""}) == len(rules):
        return [Named(rule.id, ("Rules", number), rule, raw, ordinary) for number, rule, raw, ordinary in rules]
    count = Counter(rule.id for _, rule, _, _ in rules)
    found: list[Named] = []
    for number, rule, raw, ordinary in rules:
        name = rule.id if rule.id and count[rule.id] == 1 else f"rule {number + 1}"
        while name != rule.id and name in count:
            name += "'"
        model = rule if name == rule.id else msgspec.structs.replace(rule, id=name)
        found.append(Named(name, ("Rules", number), model, raw, ordinary))
    return found
