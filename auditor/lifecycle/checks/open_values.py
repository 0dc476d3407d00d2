"""Values that a template or plan leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from auditor.lifecycle.check import Check, Found, Level, Refused
from auditor.lifecycle.config import Config
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.worlds import opened
from auditor.source.positions import shown
from auditor.source.shape import Path, is_list, is_object

MANY = 4
"""Values of a rule that a message names."""
OPEN = Check(
    id="value-known-later",
    level=Level.SUGGESTION,
    title="value that a template or plan leaves open",
    why="Rules decide together what becomes of objects: as long as a value is not known, only what holds for all its values is told.",
    source="CloudFormation User Guide: Intrinsic function reference; Terraform: JSON output format",
    refused=Refused.DEPENDS,
)

CHECKS = (OPEN,)


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """A finding for each rule with such values, at the first, and one for what is no rule."""
    if config.complete:
        return
    raw = config.raw
    rest = {name: value for name, value in raw.items() if name != "Rules" or not is_list(value)} if is_object(raw) else raw
    yield from _found(rest, (), "the configuration", "")
    for number, one in enumerate(rules_of(raw)):
        name = one.get("ID") if is_object(one) else None
        told = name if isinstance(name, str) and name else ""
        about = f"rule {shown(told)}" if told else f"rule {number + 1}"
        yield from _found(one, ("Rules", number), about, told or f"rule {number + 1}")


def _found(raw: Any, path: Path, about: str, rule: str) -> Iterator[Found]:
    found = list(islice((where for where, _ in opened(raw, path)), MANY))
    if not found:
        return
    names = dict.fromkeys(".".join(step for step in where[len(path) :] if isinstance(step, str)) for where in found)
    told = [shown(name) for name in names if name]
    named = " and ".join(part for part in (", ".join(told[:-1]), *told[-1:]) if part)
    yield Found(
        check=OPEN,
        path=found[0],
        message=f"{about}: {named or 'all of it'} {'are' if len(told) > 1 else 'is'} known only when it is deployed",
        fix="check the configuration of the bucket once it is there, or a file with the values put in",
        rule=rule,
    )
