"""Actions at a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.effects import Effects
from auditor.source.shape import Path

PAST = Check(
    id="date-in-the-past",
    alias="LC-15",
    level=Level.WARNING,
    title="action at a date that has passed",
    why="It is not done once and over: each object that is written now is due at once, every day anew.",
    source="S3 User Guide: Lifecycle configuration elements, rules based on a specific date",
)

CHECKS = (PAST,)


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """A finding for each enabled action whose date is not after today."""
    for named in config.enabled:
        for number, move in enumerate(named.rule.transitions):
            if move.date is not None and move.date <= config.facts.today:
                what = f"is moved to `{move.storage_class}`" if move.storage_class.isidentifier() else "is moved"
                yield _found(config, named, named.transition(number, "Date"), move.date, what)
        end = named.rule.expiration
        if end is not None and end.date is not None and end.date <= config.facts.today:
            what = "is marked as deleted" if config.versioned else "is deleted for ever"
            yield _found(config, named, (*named.path, "Expiration", "Date"), end.date, what)


def _found(config: Config, named: Named, path: Path, date: datetime, what: str) -> Found:
    sizes = config.sizes(named.rule.filter)
    subject = config.object(named.rule.filter, sizes[0]) if sizes else None
    return Found(
        check=PAST,
        path=path,
        message=f"{named.shown}: {date:%Y-%m-%d} has passed, so what is written now {what} at the next midnight",
        fix="count in days, or disable the rule when it has done its work",
        rule=named.name,
        part=str(path[-2]) if isinstance(path[-2], str) else f"transition {path[-2]}",
        proof=config.proof(subject) if subject is not None and config.complete else None,
    )
