"""The objects on which it is tried whether an action ever takes place.

The first is the plainest: written today, matched by the rule's filter and by as few others as can be. When the action does not take place
there, others are asked that might be treated otherwise: of other sizes, with what another rule's filter asks for besides, written on the
day of a dated action or long before it, kept as the newest noncurrent version, or noncurrent because lifecycle marked it as deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import NEVER, Step
from auditor.lifecycle.plan import marks
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.treatment import Treatment
from auditor.model.s3 import Filter

SHARED = 20
"""Rules of which the common objects are tried at most."""
MOST = 400
"""Objects that are tried for one rule at most; fewer where there are many rules, see :data:`WORK`."""
WORK = 2000
"""Objects that are tried for all rules together, two for each rule at least: hostile text must not hold up a build."""


class Form(NamedTuple):
    """How an object is tried: it is replaced at once, or nobody replaces it; whether its version id is ``null``, and whether expiration
    then marks it as deleted."""

    replaced: bool
    null: bool | None
    marks: bool


class Spot(NamedTuple):
    """Objects of a filter with a size: the first of their treatment."""

    number: int
    """How many filters and sizes come before, those of the same treatment included."""
    wanted: Filter
    size: int
    treatments: tuple[Treatment, ...]


class Witness(NamedTuple):
    """An object that is tried. Most are asked only for what happens to them, so the object itself is made when it is wanted."""

    spot: Spot
    born: datetime
    created: int
    """The day on which it is written."""
    form: Form

    def subject(self, config: Config, newer: int) -> Subject:
        """The object."""
        return config.object(
            self.spot.wanted,
            self.spot.size,
            replaced=0 if self.form.replaced else None,
            newer=newer,
            born=self.born,
            null=self.form.null,
        )

    def may(self, treatment: Treatment, rule: str, target: str, days: int, newer: int, *, old: bool) -> bool:
        """The rule may do this to it: told without going through all its days."""
        if self.form.replaced:
            return treatment.happens_replaced(rule, target, days, newer)
        if old:
            return treatment.happens_marked(rule, target, newer, self.created)
        return treatment.happens(target, days, self.created, marks=self.form.marks)

    def steps(self, config: Config, treatment: Treatment, newer: int) -> list[Step]:
        """What happens to it by a treatment."""
        config.spend(treatment.weight)
        replaced = self.created if self.form.replaced else NEVER
        return treatment.steps(self.created, replaced, "STANDARD", newer, versioned=config.versioned, marks=self.form.marks)


def spots(config: Config, named: Named, without: Sequence[int] = (0,)) -> Iterator[Spot]:
    """The objects of a rule, the plainest first: each treatment once. ``without``: rules (:meth:`Config.bit`) that are taken away, and
    then others, for a treatment each."""
    seen = set[tuple[Treatment, ...]]()
    number = 0
    for wanted in _wanted(config, named):
        for size in config.sizes(wanted):
            treatments = tuple([config.treatment(wanted, size, some) for some in without])
            if treatments not in seen:
                seen.add(treatments)
                yield Spot(number, wanted, size, treatments)
            number += 1
            if number * len(config.births) >= _most(config):
                return


def _wanted(config: Config, named: Named) -> Iterator[Filter]:
    """What the rule asks for, and what it has in common with others: looked for only where there is room for it."""
    yield named.rule.filter
    yield from shared(config, named)


def _most(config: Config) -> int:
    """Objects that are tried for one rule."""
    return min(MOST, max(2, WORK // len(config.enabled)))


def forms(config: Config, *, old: bool) -> tuple[Form, ...]:
    """How objects are tried."""
    suspended = config.versioning == "Suspended"
    first = Form(old, None, not old and marks(config.versioning, null=suspended))
    if config.versioned and (old or suspended):
        return (first, Form(False, False, True))
    return (first,)


def witnesses(config: Config, spot: Spot, some: Sequence[Form]) -> Iterator[Witness]:
    """The objects of a spot, in the given forms: one for each of the days on which it makes a difference that it is written."""
    births, days = config.births, config.birthdays
    left = _most(config) - spot.number * len(days) * len(some)
    if left <= 0:
        return
    for place in _apart(spot.treatments, days[: -(-left // len(some))]):
        for number, form in enumerate(some):
            if place * len(some) + number >= left:
                return
            if not form.replaced or not place or spot.treatments[0].far:
                # When a version is written does not matter to it.
                yield Witness(spot, births[place], days[place], form)


def _apart(treatments: Sequence[Treatment], days: Sequence[int]) -> Sequence[int]:
    """The places of the days on which it makes a difference that an object is written: to the actions that take place on it, or, where it
    is about several treatments, to anything that happens."""
    if len(treatments) == 1:
        return treatments[0].apart(days) if treatments[0].dated else (0,)
    return range(len(days)) if any(one.timed for one in treatments) else (0,)


def shared(config: Config, named: Named) -> Sequence[Filter]:
    """What the rule has in common with each other rule that does not include it."""
    found: list[Filter] = []
    mine = named.rule.filter
    own, same = mine.prefix or "", mine.prefix != ""
    for other, prefix, bare in config.filters:
        inside = own.startswith(prefix)
        if (inside or prefix.startswith(own)) and not (inside and bare and same) and other is not mine:
            both = common(mine, other)
            if both is not None and both != mine and both not in found:
                found.append(both)
                if len(found) == SHARED:
                    break
    return found


def common(one: Filter, other: Filter) -> Filter | None:
    """What two filters both let through; ``None`` if that is nothing."""
    first, second = one.prefix or "", other.prefix or ""
    if not (first.startswith(second) or second.startswith(first)):
        return None
    if any(other.tags.get(key, value) != value for key, value in one.tags.items()):
        return None
    over = max((size for size in (one.size_greater_than, other.size_greater_than) if size is not None), default=None)
    under = min((size for size in (one.size_less_than, other.size_less_than) if size is not None), default=None)
    if over is not None and under is not None and over + 1 >= under:
        return None
    return Filter(max(first, second, key=len) or None, {**one.tags, **other.tags}, over, under)
