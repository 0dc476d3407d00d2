"""A lifecycle configuration as the checks read it: its rules by name and place, what is known of the bucket, and the objects that prove
what they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from auditor.lifecycle import decode
from auditor.lifecycle.check import Proof
from auditor.lifecycle.classes import SMALL
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.timeline import NEVER, Step, matches, midnight, moment, steps
from auditor.lifecycle.written import Opaque, Written
from auditor.model.s3 import Filter, Lifecycle, LifecycleRule
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
"""Rules and transitions that are gone through for one configuration at most, about ten seconds' work: 1,000 rules that each leave little to
the others would take an hour. Ours."""
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
        self.enabled = tuple(one for one in rules if one.rule.enabled)
        self.minimum = minimum
        self.facts = facts
        self.raw = raw
        self.complete = complete
        """Every rule could be read. Where one could not, nothing is said that it might change."""
        self.in_text = in_text
        self._models = [one.rule for one in self.enabled]
        self._seen: dict[tuple[Any, ...], list[Step]] = {}
        self._by_key: dict[str, tuple[list[LifecycleRule], frozenset[str], int]] = {}
        self._keys: dict[str, str] = {}
        self._sizes: dict[tuple[int | None, int | None], list[int]] = {}
        self._left = budget

    @cached_property
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

    @property
    def versioned(self) -> bool:
        """Objects have versions."""
        return self.versioning != "Off"

    @cached_property
    def born(self) -> datetime:
        """When the objects are written that prove something: at the beginning of the day, so that a rule's days are days of theirs."""
        return self.facts.today.replace(hour=0, minute=0, second=0, microsecond=0)

    def steps(self, subject: Subject, without: frozenset[str] = frozenset()) -> list[Step]:
        """What happens to the object, under all enabled rules or without those of some names."""
        near, names, weight = self._near(subject.key)
        left = without & names
        known = (
            subject.key,
            subject.size,
            frozenset(subject.tags.items()) if subject.tags else None,
            subject.created,
            subject.noncurrent_since,
            subject.newer,
            subject.null_version,
            left,
        )
        found = self._seen.get(known)
        if found is None:
            self._left -= weight
            models = [one for one in near if one.id not in left] if left else near
            found = self._seen[known] = steps(models, self.minimum, subject)
        return found

    def _near(self, key: str) -> tuple[list[LifecycleRule], frozenset[str], int]:
        """The enabled rules whose prefix lets the key through: of a thousand, a few. Their names, and how much work they are."""
        found = self._by_key.get(key)
        if found is None:
            models = [one for one in self._models if key.startswith(one.filter.prefix or "")]
            weight = sum(1 + len(one.transitions) + len(one.noncurrent_transitions) for one in models)
            found = self._by_key[key] = (models, frozenset(one.id for one in models), weight)
        return found

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
            key=self._keys.get(wanted.prefix or "") or self._key(wanted.prefix or ""),
            size=size,
            created=created,
            tags=wanted.tags,
            versioning=self.versioning,
            noncurrent_since=None if replaced is None else created + timedelta(days=replaced),
            newer=newer,
            null_version=(self.versioning == "Suspended" and replaced is None) if null is None else null,
        )

    @cached_property
    def dates(self) -> tuple[datetime, ...]:
        """The midnights to come that enabled rules name, in their order."""
        steps = (step for one in self._models for step in (*one.transitions, *((one.expiration,) if one.expiration else ())))
        days = {midnight(step.date) for step in steps if step.date is not None and step.date > self.born}
        return tuple(moment(day) for day in sorted(days) if day < NEVER)

    def _key(self, prefix: str) -> str:
        found = self._keys[prefix] = self._free_key(prefix)
        return found

    def _free_key(self, prefix: str) -> str:
        for name in ("example", "object", "0", "~"):
            key = prefix + name
            if not any(key.startswith(longer) and not prefix.startswith(longer) for longer in self._prefixes):
                return key
        return prefix + "\U0010fffd"

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple({one.filter.prefix for one in self._models if one.filter.prefix})

    def sizes(self, wanted: Filter) -> list[int]:
        """Sizes to try for a filter, the most telling first: one for each stretch of sizes in which all rules do the same."""
        key = (wanted.size_greater_than, wanted.size_less_than)
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = self._stretches(wanted)
        return found

    def _stretches(self, wanted: Filter) -> list[int]:
        low = 0 if wanted.size_greater_than is None else wanted.size_greater_than + 1
        high = LARGEST if wanted.size_less_than is None else wanted.size_less_than - 1
        if low > high:
            return []
        starts = sorted({low, *(one for one in self._bounds if low < one <= high)})
        found = [_nice(start, end) for start, end in zip(starts, [*(one - 1 for one in starts[1:]), high], strict=True)]
        average = self.facts.average_size
        if average is not None and low <= average <= high:
            found.insert(0, average)
        else:
            found.sort(key=lambda size: size < SMALL)
        return list(dict.fromkeys(found))[: min(SIZES, max(2, 2 * MANY // len(self.enabled)))]

    @cached_property
    def _bounds(self) -> frozenset[int]:
        found = {SMALL} if any(one.transitions or one.noncurrent_transitions for one in self._models) else set[int]()
        for one in self._models:
            if one.filter.size_greater_than is not None:
                found.add(one.filter.size_greater_than + 1)
            if one.filter.size_less_than is not None:
                found.add(one.filter.size_less_than)
        return frozenset(found)

    def applies(self, one: Named, subject: Subject) -> bool:
        """The rule's filter lets the object through."""
        return matches(one.rule.filter, subject)


def _nice(low: int, high: int) -> int:
    """A size of the stretch that reads well."""
    return next((size for size in _NICE if low <= size <= high), low)


def written(source: Written, facts: Facts) -> Config:
    """A configuration of a file. What the file says of the bucket stands where ``facts`` say nothing."""
    known = msgspec.structs.replace(
        facts,
        versioning=source.versioning if facts.versioning is None else facts.versioning,
        lock_days=source.lock_days if facts.lock_days is None else facts.lock_days,
        bucket=source.bucket if facts.bucket is None else facts.bucket,
    )
    models: list[tuple[int, LifecycleRule, Any]] = []
    raws = rules_of(source.raw)
    for number, raw in enumerate(raws):
        try:
            if not (source.template and decode.has_opaque(raw)):
                models.append((number, decode.rule(raw, numbers_in_text=source.numbers_in_text), raw))
        except decode.Undecodable:
            continue
    minimum = source.raw.get("TransitionDefaultMinimumObjectSize") if is_object(source.raw) else None
    listed = source.raw.get("Rules") if is_object(source.raw) else source.raw
    complete = len(models) == len(raws) and (minimum is None or isinstance(minimum, str)) and not isinstance(listed, Opaque)
    return Config(
        _named(models),
        minimum if isinstance(minimum, str) else None,
        known,
        raw=source.raw,
        complete=complete,
        in_text=source.numbers_in_text,
    )


def collected(lifecycle: Lifecycle, facts: Facts) -> Config:
    """A configuration that S3 gave."""
    return Config(
        _named([(number, rule, None) for number, rule in enumerate(lifecycle.rules)]), lifecycle.default_minimum_size, facts
    )


def _named(rules: Iterable[tuple[int, LifecycleRule, Any]]) -> list[Named]:
    listed = list(rules)
    if len({rule.id for _, rule, _ in listed} - {""}) == len(listed):
        return [Named(rule.id, ("Rules", number), rule, raw) for number, rule, raw in listed]
    count = Counter(rule.id for _, rule, _ in listed)
    found: list[Named] = []
    for number, rule, raw in listed:
        name = rule.id if rule.id and count[rule.id] == 1 else f"rule {number + 1}"
        while name != rule.id and name in count:
            name += "'"
        model = rule if name == rule.id else msgspec.structs.replace(rule, id=name)
        found.append(Named(name, ("Rules", number), model, raw))
    return found
