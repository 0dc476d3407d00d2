"""Rules that come to nothing: other rules do all that they ask for, no later."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config
from auditor.lifecycle.effect import Reason
from auditor.lifecycle.effects import Effects

SHADOWED = Check(
    id="shadowed-rule",
    alias="LC-13",
    level=Level.WARNING,
    title="rule that other rules leave nothing to do",
    why="Without it the same would happen to every object that it is about; what it says misleads whoever reads it.",
    source="S3 User Guide: How Amazon S3 handles conflicts in lifecycle configurations",
)

CHECKS = (SHADOWED,)


def check(config: Config, effects: Effects) -> Iterator[Found]:
    """A finding for each such rule."""
    if not config.complete:
        return
    for named in effects.covered.values():
        mine = effects.of[named.name]
        first = next((one for one in mine if one.by is not None and one.reason is not Reason.WORKS), mine[0] if mine else None)
        subject = first.subject if first is not None else config.object(named.rule.filter, 1)
        instead = f": {words.object_(subject)} is {words.step(subject, first.by)}" if first and first.by and subject else ""
        yield Found(
            check=SHADOWED,
            path=named.path,
            message=f"{named.shown} changes nothing, for other rules do all that it asks for, no later{instead}",
            fix="remove it, or take its objects out of the other rules' filters",
            rule=named.name,
            proof=config.proof(subject) if subject is not None else None,
        )
