"""The objects on which it is tried whether an action ever takes place.

The first is the plainest: written today, matched by the rule's filter and by as few others as can be. When the action does not take place
there, others are asked that might be treated otherwise: of other sizes, with what another rule's filter asks for besides, written on the
day of a dated action or long before it, kept as the newest noncurrent version, or noncurrent because lifecycle marked it as deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.subject import Subject
from auditor.model.s3 import Filter

SHARED = 20
"""Rules of which the common objects are tried at most."""
MOST = 400
"""Objects that are tried for one rule at most; fewer where there are many rules, see :data:`WORK`."""
WORK = 2000
"""Objects that are tried for all rules together, two for each rule at least: hostile text must not hold up a build."""
BIRTHS = 40
"""Days that are tried for the sake of dated actions at most."""
BEFORE = timedelta(days=20 * 365)
"""How long before today objects were written that are older than every rule's days."""


def objects(config: Config, named: Named, *, old: bool, newer: int = 0) -> Iterator[Subject]:
    """Objects of a rule, the plainest first. ``old``: noncurrent ones, with ``newer`` noncurrent versions that are newer."""
    return islice(_objects(config, named, old, newer), min(MOST, max(2, WORK // len(config.enabled))))


def _objects(config: Config, named: Named, old: bool, newer: int) -> Iterator[Subject]:
    yield from _of_filter(config, named.rule.filter, old, newer)
    for wanted in shared(config, named):
        yield from _of_filter(config, wanted, old, newer)


def _of_filter(config: Config, wanted: Filter, old: bool, newer: int) -> Iterator[Subject]:
    replaced = 0 if old else None
    births = _births(config)
    for size in config.sizes(wanted):
        for born in births:
            yield config.object(wanted, size, replaced=replaced, newer=newer, born=born)
            if config.versioned and (old or config.versioning == "Suspended"):
                yield config.object(wanted, size, newer=newer, born=born, null=False)


def _births(config: Config) -> tuple[datetime, ...]:
    """Today, and where rules name dates to come, the days from which on they meet the days that rules count, and long ago."""
    dates = config.dates
    if not dates:
        return (config.born,)
    steps = (step for one in config.enabled for step in (*one.rule.transitions, one.rule.expiration) if step is not None)
    counted = sorted({0, *(step.days for step in steps if step.days is not None and step.days < BEFORE.days)})
    meeting = (date - timedelta(days=days) for date in dates for days in counted)
    return (*dict.fromkeys((config.born, *dates[:4], config.born - BEFORE, *islice(meeting, BIRTHS))),)


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
