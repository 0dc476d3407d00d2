"""The objects on which it is tried whether an action ever takes place.

The first is the plainest: written today, matched by the rule's filter and by as few others as can be. When the action does not take place
there, others are asked that might be treated otherwise: of other sizes, with what another rule's filter asks for besides, written on the
day of a dated action or long before it, kept as the newest noncurrent version, or noncurrent because lifecycle marked it as deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
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


class Witness(NamedTuple):
    """An object that is tried. Most are asked only for what happens to them, so the object itself is made when it is wanted."""

    wanted: Filter
    size: int
    born: datetime
    created: int
    """The day on which it is written."""
    replaced: bool
    """It is so at once; else nobody replaces it."""
    null: bool | None

    def subject(self, config: Config, newer: int) -> Subject:
        """The object."""
        replaced = 0 if self.replaced else None
        return config.object(self.wanted, self.size, replaced=replaced, newer=newer, born=self.born, null=self.null)

    def steps(self, config: Config, treatment: Treatment, newer: int) -> list[Step]:
        """What happens to it by a treatment."""
        config.spend(treatment.weight)
        suspended = config.versioning == "Suspended"
        return treatment.steps(
            self.created,
            self.created if self.replaced else NEVER,
            "STANDARD",
            newer,
            versioned=config.versioned,
            marks=not self.replaced and marks(config.versioning, null=suspended if self.null is None else self.null),
        )


def witnesses(
    config: Config, named: Named, *, old: bool, without: Sequence[int] = (0,)
) -> Iterator[tuple[Witness, tuple[Treatment, ...]]]:
    """Objects of a rule, the plainest first, with what becomes of them: without some rules (:meth:`Config.set_of`), and then without others.
    Those are left out on which the same actions take place as on one before. ``old``: noncurrent ones."""
    forms: list[tuple[bool, bool | None]] = [(old, None)]
    if config.versioned and (old or config.versioning == "Suspended"):
        forms.append((False, False))
    births, days = config.births, config.birthdays
    left = min(MOST, max(2, WORK // len(config.enabled)))
    seen = set[tuple[Treatment, ...]]()
    for wanted in chain((named.rule.filter,), shared(config, named)):
        for size in config.sizes(wanted):
            treatments = tuple([config.treatment(wanted, size, some) for some in without])
            if treatments not in seen:
                seen.add(treatments)
                for place in _apart(treatments, days):
                    for number, (replaced, null) in enumerate(forms):
                        if place * len(forms) + number >= left:
                            return
                        if not replaced or not place or treatments[0].far:
                            # When a version is written does not matter to it.
                            yield Witness(wanted, size, births[place], days[place], replaced, null), treatments
            left -= len(days) * len(forms)
            if left <= 0:
                return


def _apart(treatments: Sequence[Treatment], days: Sequence[int]) -> Sequence[int]:
    """The places of the days on which it makes a difference that an object is written."""
    if not any([one.dated for one in treatments]):
        return (0,)
    return treatments[0].apart(days) if len(treatments) == 1 else range(len(days))


def shared(config: Config, named: Named) -> list[Filter]:
    """What the rule has in common with each other rule that does not include it."""
    found: list[Filter] = []
    for other in config.enabled:
        if other.name != named.name and len(found) < SHARED:
            both = common(named.rule.filter, other.rule.filter)
            if both is not None and both != named.rule.filter and both not in found:
                found.append(both)
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
