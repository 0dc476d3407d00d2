"""The objects that show what a configuration does: one for each way in which objects live under it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle.check import Proof
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import Step
from auditor.lifecycle.subject import Subject

LIVES = 40
"""Lives that are shown at most."""
REPLACED = 30
"""Days after which the objects are replaced that show what becomes of noncurrent versions. Ours: long enough for a first transition."""


def lives(config: Config) -> tuple[Proof, ...]:
    """An object for each enabled rule, and one of its noncurrent versions where a rule is about them; those that live alike, once.

    None where a rule could not be read: it might change everything.
    """
    if not config.complete:
        return ()
    seen: set[tuple[tuple[Step, ...], bool]] = set()
    found: list[Proof] = []
    for named in config.enabled:
        if len(found) == LIVES or (found and config.exhausted):
            break
        for subject in _subjects(config, named):
            steps = tuple(config.steps(subject))
            key = (steps, subject.noncurrent_since is not None)
            if steps and key not in seen and len(found) < LIVES:
                seen.add(key)
                found.append(Proof(subject, steps))
    return tuple(found)


def beyond(config: Config, subject: Subject) -> int:
    """So many newer versions that no rule keeps the object for their sake."""
    keeps = [
        step.keep or 0
        for one in config.about(subject)
        for step in (
            *one.rule.noncurrent_transitions,
            *((one.rule.noncurrent_expiration,) if one.rule.noncurrent_expiration else ()),
        )
    ]
    return max(keeps, default=0)


def _subjects(config: Config, named: Named) -> Iterator[Subject]:
    sizes = config.sizes(named.rule.filter)
    if not sizes:
        return
    first = config.object(named.rule.filter, sizes[0])
    yield first
    if config.versioned and any(one.rule.noncurrent_transitions or one.rule.noncurrent_expiration for one in config.about(first)):
        yield config.object(named.rule.filter, sizes[0], replaced=REPLACED, newer=beyond(config, first))
