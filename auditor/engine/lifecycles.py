"""The lifecycle linter in rules: a verdict for each finding, with the object that proves it and what happens to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from auditor.engine.lifecycle_money import Amounts, Holding, Moving, amounts, movings
from auditor.engine.rule import cannot_tell, flag
from auditor.lifecycle.check import Found
from auditor.lifecycle.checks.filters import UNLIKELY
from auditor.lifecycle.checks.missing import shortest_abort
from auditor.lifecycle.config import Facts, collected
from auditor.lifecycle.effect import Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.lint import judge
from auditor.lifecycle.probes import probe, something_under
from auditor.lifecycle.report import life
from auditor.model import calls, fact
from auditor.model.fact import Fact, Known, Missing, Unknown
from auditor.model.s3 import Bucket, Lifecycle
from auditor.model.verdict import Verdict

T = TypeVar("T")

UNTRIED = Unknown(fact.Reason.ERROR, calls.GET_BUCKET_LIFECYCLE.name, calls.GET_BUCKET_LIFECYCLE.action)
"""What is said of a configuration that is beyond :data:`auditor.lifecycle.config.BUDGET`: read, but not understood to its end."""

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
    small: tuple[int, int] | None = None,
    bucket: str | None = None,
    inside: Holding | None = None,
    probed: Bucket | None = None,
) -> tuple[Verdict, ...]:
    """A failure for each finding of one of the checks (ids of :func:`auditor.lifecycle.lint.all_checks`); nothing when there is none.

    The evidence holds the object that proves it and all that happens to that (``life``), which the report draws. ``versioning`` is the
    status of the bucket, ``lock_days`` its default retention, ``average_size`` the bytes of an object on average (with ``small`` of the
    small ones only, so many of so many), ``bucket`` its name; ``None``: not known. ``inside``: what is in the bucket, and at which prices;
    then failures say what they come to in money. ``probed``: the bucket that S3 was asked about,
    where somebody wanted that: a prefix under which something lay is not unlikely.

    Raises :class:`Missing` when nothing was found and the rules are too many to try them all.
    """
    facts = Facts(today=today, versioning=versioning, lock_days=lock_days, average_size=average_size, small=small, bucket=bucket)
    keys = Counter[str]()
    made: list[Verdict] = []
    found, whole = _found(_Frozen(lifecycle), facts)
    for one in found:
        if one.check.id in checks:
            key = "/".join(part for part in (one.check.id, one.rule, one.part) if part)
            keys[key] += 1
            unique = key if keys[key] == 1 else f"{key}#{keys[key]}"
            if one.check is UNLIKELY and probed is not None:
                made += _unlikely(one, unique, lifecycle, probed, today)
            else:
                made.append(_verdict(one, unique, amounts(one, lifecycle, inside, today)))
    if not made and not whole:
        raise Missing([UNTRIED])
    return tuple(made)


def _unlikely(found: Found, key: str, lifecycle: Lifecycle, bucket: Bucket, today: datetime) -> Iterator[Verdict]:
    """A prefix that hardly any key begins with: what S3 says of it goes before what is likely, wherever it was asked."""
    rule = lifecycle.rules[int(found.path[1])]
    under, asked = something_under(rule, bucket), probe(rule)
    if under is None or asked is None or (isinstance(under, Unknown) and under.reason is fact.Reason.NOT_COLLECTED):
        yield _verdict(found, key, Amounts())  # it was not asked: it stays what is likely
    elif isinstance(under, Known):
        if under.value:
            return
        what = "version or delete marker" if asked.versions else "object"
        said = f"{found.message}; no {what} lies under it (asked on {today.date()})"
        yield _verdict(msgspec.structs.replace(found, message=said), key, Amounts())
    else:
        field = Bucket.versions_under if asked.versions else Bucket.objects_under
        said = f"{found.message}; whether anything lies under it could not be asked"
        yield cannot_tell(field, said.replace("{", "{{").replace("}", "}}"), reason=under.reason, key=key, rule=found.rule)


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
def _found(frozen: _Frozen, facts: Facts) -> tuple[tuple[Found, ...], bool]:
    """Several rules ask the same of one bucket after the other: it is linted once. With it, whether everything was tried."""
    config = collected(frozen.lifecycle, facts)
    return judge(config).found, not config.exhausted


def _verdict(found: Found, key: str, money: Amounts) -> Verdict:
    evidence: dict[str, Any] = {"check": found.check.id, "level": found.check.level.value}
    evidence |= {"rule": found.rule} if found.rule else {}
    evidence |= {"fix": found.fix or None, "why": found.check.why}
    evidence |= {name: said for name, said in money.said.items() if said}
    if found.proof is not None:
        evidence["life"] = msgspec.to_builtins(life(found.proof))
    # What rules are called, their owners choose: what looks like a place for evidence is none.
    said = found.message.replace("{", "{{").replace("}", "}}")
    return flag(said, key=key, cost=money.cost, once=money.once, **evidence)


def agreed(given: Fact[T], possible: Iterable[T], judged: Callable[[T], tuple[Verdict, ...]]) -> tuple[Verdict, ...]:
    """The verdicts by a fact; when it is not known, those on which all its possible values agree.

    Raises :class:`Missing` when they do not.
    """
    if isinstance(given, Known):
        return judged(given.value)
    made = [judged(value) for value in possible]
    if any([one.key for one in some] != [one.key for one in made[0]] for some in made[1:]):
        raise Missing([given])
    return made[0]


def moves(lifecycle: Lifecycle, inside: Holding, *, today: datetime, versioning: str | None) -> tuple[Moving, ...]:
    """The transitions that objects of a bucket make if its versioning is ``versioning`` (``None``: what the rules suppose), by what is in
    which class today.

    Raises :class:`Missing` when the rules are too many to try them all.
    """
    found, whole = movings(lifecycle, inside, today, versioning)
    if not whole:
        raise Missing([UNTRIED])
    return found


class Acting(msgspec.Struct, frozen=True):
    """An action of a rule, by its place among the rules, that takes place on some object: ``kind`` is ``transition``, ``expiration``,
    ``noncurrent transition`` or ``noncurrent expiration``; ``days`` those after which it is due, for a date from today."""

    rule: int
    kind: str
    days: int


def acting(lifecycle: Lifecycle, *, today: datetime, versioning: str | None = None) -> tuple[Acting, ...]:
    """The actions of the enabled rules that take place, as the timeline proves: not those of which the filter lets nothing through, that
    come after the end of the objects, or to which no way leads.

    Raises :class:`Missing` when the rules are too many to try them all.
    """
    config = collected(lifecycle, Facts(today=today, versioning=versioning))
    effects = tuple(Effects(config))
    if any(effect.reason is Reason.UNTRIED for effect in effects):
        raise Missing([UNTRIED])
    return tuple(
        Acting(int(effect.named.path[1]), effect.kind.value, effect.due) for effect in effects if effect.reason is Reason.WORKS
    )


def multipart_abort_days(lifecycle: Lifecycle, *, today: datetime) -> int | None:
    """Days after which incomplete multipart uploads are aborted wherever in the bucket they are; ``None`` for never."""
    return shortest_abort(collected(lifecycle, Facts(today=today)))
