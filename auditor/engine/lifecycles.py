"""The lifecycle linter in rules: a verdict for each finding, with the object that proves it and what happens to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from auditor.engine.rule import flag
from auditor.lifecycle.check import Found
from auditor.lifecycle.checks.missing import shortest_abort
from auditor.lifecycle.config import Facts, collected
from auditor.lifecycle.effects import Effects, Reason
from auditor.lifecycle.lint import judge
from auditor.lifecycle.report import life
from auditor.model.fact import Fact, Known, Missing
from auditor.model.s3 import Lifecycle
from auditor.model.verdict import Verdict

T = TypeVar("T")

STATES = ("Off", "Enabled", "Suspended")
"""What the versioning of a bucket may be."""


def lint_lifecycle(
    lifecycle: Lifecycle,
    checks: Collection[str],
    *,
    today: datetime,
    versioning: str | None = None,
    lock_days: int | None = None,
    average_size: int | None = None,
    bucket: str | None = None,
) -> tuple[Verdict, ...]:
    """A failure for each finding of one of the checks (ids of :func:`auditor.lifecycle.lint.all_checks`); nothing when there is none.

    The evidence holds the object that proves it and all that happens to that (``life``), which the report draws. ``versioning`` is the
    status of the bucket, ``lock_days`` its default retention, ``average_size`` the bytes of an object on average, ``bucket`` its name;
    ``None``: not known.
    """
    facts = Facts(today=today, versioning=versioning, lock_days=lock_days, average_size=average_size, bucket=bucket)
    keys = Counter[str]()
    made: list[Verdict] = []
    for one in _found(_Frozen(lifecycle), facts):
        if one.check.id in checks:
            key = "/".join(part for part in (one.check.id, one.rule, one.part) if part)
            keys[key] += 1
            made.append(_verdict(one, key if keys[key] == 1 else f"{key}#{keys[key]}"))
    return tuple(made)


class _Frozen:
    """A configuration by identity: mappings in it have no hash."""

    __slots__ = ("lifecycle",)

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle

    def __hash__(self) -> int:
        return id(self.lifecycle)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.lifecycle is self.lifecycle


@lru_cache(maxsize=64)
def _found(frozen: _Frozen, facts: Facts) -> tuple[Found, ...]:
    """Several rules ask the same of one bucket after the other: it is linted once."""
    return judge(collected(frozen.lifecycle, facts)).found


def _verdict(found: Found, key: str) -> Verdict:
    evidence: dict[str, Any] = {"check": found.check.id, "level": found.check.level.value}
    evidence |= {"rule": found.rule} if found.rule else {}
    evidence |= {"fix": found.fix or None, "why": found.check.why}
    if found.proof is not None:
        evidence["life"] = msgspec.to_builtins(life(found.proof))
    # What rules are called, their owners choose: what looks like a place for evidence is none.
    said = found.message.replace("{", "{{").replace("}", "}}")
    return flag(said, key=key, **evidence)


def agreed(fact: Fact[T], possible: Iterable[T], judged: Callable[[T], tuple[Verdict, ...]]) -> tuple[Verdict, ...]:
    """The verdicts by a fact; when it is not known, those on which all its possible values agree.

    Raises :class:`Missing` when they do not.
    """
    if isinstance(fact, Known):
        return judged(fact.value)
    made = [judged(value) for value in possible]
    if any([one.key for one in some] != [one.key for one in made[0]] for some in made[1:]):
        raise Missing([fact])
    return made[0]


class Acting(msgspec.Struct, frozen=True):
    """An action of a rule, by its place among the rules, that takes place on some object: ``kind`` is ``transition``, ``expiration``,
    ``noncurrent transition`` or ``noncurrent expiration``; ``days`` those after which it is due, for a date from today."""

    rule: int
    kind: str
    days: int


def acting(lifecycle: Lifecycle, *, today: datetime, versioning: str | None = None) -> tuple[Acting, ...]:
    """The actions of the enabled rules that take place, as the timeline proves: not those of which the filter lets nothing through, that
    come after the end of the objects, or to which no way leads."""
    config = collected(lifecycle, Facts(today=today, versioning=versioning))
    return tuple(
        Acting(int(effect.named.path[1]), effect.kind.value, effect.due)
        for effect in Effects(config)
        if effect.reason is Reason.WORKS
    )


def multipart_abort_days(lifecycle: Lifecycle, *, today: datetime) -> int | None:
    """Days after which incomplete multipart uploads are aborted wherever in the bucket they are; ``None`` for never."""
    return shortest_abort(collected(lifecycle, Facts(today=today)))
