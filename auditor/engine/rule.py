"""The shapes of a rule: what it declares, what it is given and what it yields. The cases that prove it are in
:mod:`auditor.engine.cases`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

import msgspec

from auditor.engine.context import Context, Limits
from auditor.model.fact import Fact, Missing, Reason, Unknown, need
from auditor.model.money import Money
from auditor.model.resource import FieldRef, Resource, field_ref
from auditor.model.series import Series
from auditor.model.verdict import Audience, Confidence, Evidence, Location, Outcome, Pillar, Severity, Verdict

R = TypeVar("R", bound=Resource)
L = TypeVar("L", bound=Limits)


class Rule(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What the :func:`rule` decorator makes of a check function. The id comes from the file's path: see :mod:`auditor.engine.registry`."""

    over: type[R]
    reads: tuple[FieldRef, ...]
    kinds: tuple[type[Resource], ...]
    """Kinds whose mere existence it reads, besides ``over``."""
    surer_with: frozenset[FieldRef]
    """Those of ``reads`` that somebody must ask for and without which it decides as well, only less surely."""
    pillar: Pillar
    severity: Severity
    confidence: Confidence
    audience: Audience
    since: str
    controls: tuple[str, ...]
    limits: type[Limits]
    check: Callable[[R, Context[Any]], Iterator[Verdict]]


def rule(
    *,
    over: type[R],
    reads: Iterable[object],
    pillar: Pillar,
    severity: Severity,
    confidence: Confidence,
    since: str,
    audience: Audience = Audience.REGULAR,
    controls: Iterable[str] = (),
    limits: type[L] = cast("Any", Limits),
    surer_with: Iterable[object] = (),
) -> Callable[[Callable[[R, Context[L]], Iterator[Verdict]]], Rule[R]]:
    """Make a rule of a check function.

    ``over`` is the kind it judges one by one; ``reads`` names every fact field it reads (``Bucket.acl``, also of other kinds), or a
    whole kind (``SecurityGroup``) when only the existence of such resources is read. ``controls`` are ids such as ``fsbp:S3.13``.

    A rule that reads what somebody must ask for (:mod:`auditor.model.opt_in`) is judged only then. ``surer_with`` names further fields of
    that sort without which the rule is judged as well: while nobody asks for them (*not collected*) it goes by what is likely.

    Raises :class:`TypeError` when ``reads`` holds something that is neither.
    """
    fields: list[FieldRef] = []
    others: list[type[Resource]] = []
    for read in reads:
        if isinstance(read, type) and issubclass(cast("type[Any]", read), Resource):
            others.append(cast("type[Resource]", read))
        else:
            fields.append(field_ref(read))

    helpful = tuple(field_ref(read) for read in surer_with)

    def make(check: Callable[[R, Context[L]], Iterator[Verdict]]) -> Rule[R]:
        return Rule(
            over=over,
            reads=(*fields, *helpful),
            kinds=tuple(others),
            surer_with=frozenset(helpful),
            pillar=pillar,
            severity=severity,
            confidence=confidence,
            audience=audience,
            since=since,
            controls=tuple(controls),
            limits=limits,
            check=check,
        )

    return make


def _plain(value: object) -> Evidence:
    return cast(Evidence, msgspec.to_builtins(value, str_keys=True, enc_hook=str))


class _Figure:
    """A number as a sentence reads it out: with its digits grouped, unless the sentence asks for another form (``{port:d}``)."""

    __slots__ = ("_number",)

    def __init__(self, number: float) -> None:
        self._number = number

    def __format__(self, form: str) -> str:
        return format(self._number, form or ",")


def _read_out(because: str, evidence: Mapping[str, object]) -> str:
    """The sentence with its evidence."""
    if "{" not in because:
        return because
    return because.format_map(
        {
            name: _Figure(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            for name, value in evidence.items()
        }
    )


def _verdict(
    outcome: Outcome,
    because: str,
    key: str,
    at: Location | None,
    evidence: Mapping[str, object],
    controls: tuple[str, ...] | None = None,
    saving: Money | None = None,
    cost: Money | None = None,
    once: Money | None = None,
) -> Verdict:
    return Verdict(
        outcome=outcome,
        because=_read_out(because, evidence),
        evidence={name: _plain(value) for name, value in evidence.items()},
        key=key,
        location=at,
        controls=controls,
        saving=saving,
        cost=cost,
        once=once,
    )


def flag(
    because: str,
    /,
    *,
    key: str = "",
    at: Location | None = None,
    controls: tuple[str, ...] | None = None,
    saving: Money | None = None,
    cost: Money | None = None,
    once: Money | None = None,
    **evidence: object,
) -> Verdict:
    """The resource fails. ``because`` reads out the evidence: ``flag("key is {age} days old", age=412)``. Digits of numbers are grouped;
    for a number that is a name write ``{port:d}``.

    Write one lower-case sentence without a full stop that needs no context but the resource's name. ``key`` tells apart several
    failures of one resource and must not change from scan to scan (a Sid, a slot, a port: never a position). ``controls`` names
    those of the rule's controls that this failure is about, ``()`` none of them; without it, it is about all.

    ``saving`` is what the fix saves in a month, ``cost`` what is paid where nobody knows whether it could be saved; both are made with
    :meth:`Context.money`. ``once`` is what is paid once, such as fees and requests: no total has it. Where a price is not known they are
    unknown, and the failure is one all the same.
    """
    return _verdict(Outcome.FAIL, because, key, at, evidence, controls, saving, cost, once)


def ok(
    because: str, /, *, key: str = "", at: Location | None = None, controls: tuple[str, ...] | None = None, **evidence: object
) -> Verdict:
    """The resource passes, and why. ``controls`` as for :func:`flag`."""
    return _verdict(Outcome.PASS, because, key, at, evidence, controls)


def skip(because: str, /, *, key: str = "", **evidence: object) -> Verdict:
    """The rule does not apply to this resource, and why."""
    return _verdict(Outcome.NOT_APPLICABLE, because, key, None, evidence)


def cannot_tell(
    member: object,
    because: str,
    /,
    *,
    reason: Reason,
    key: str = "",
    at: Location | None = None,
    controls: tuple[str, ...] | None = None,
    cost: Money | None = None,
    **evidence: object,
) -> Verdict:
    """It cannot be decided, though AWS answered: the fact field ``member`` (``Role.trust``) holds what cannot be judged, and why.

    For one key or document among several; a fact that is wholly missing stops the check by :func:`need`. ``cost`` is what is paid for
    what could not be judged; an unknown has no saving.
    """
    call = field_ref(member).call
    verdict = _verdict(Outcome.UNKNOWN, because, key, at, evidence, controls, None, cost)
    return msgspec.structs.replace(verdict, missing=(Unknown(reason, call.name, call.action),))


def together(*parts: Iterator[Verdict]) -> Iterator[Verdict]:
    """The verdicts of parts that decide apart: a fact that one of them misses does not silence the others.

    Raises :class:`Missing` at the end with what all of them missed.
    """
    unknowns: list[Unknown] = []
    for part in parts:
        try:
            yield from part
        except Missing as missing:
            unknowns.extend(missing.unknowns)
    if unknowns:
        raise Missing(unknowns)


def need_data(fact: Fact[tuple[Series, ...]], *, coverage: float = 0.8) -> tuple[Series, ...]:
    """The series of a metric, when CloudWatch has datapoints for at least ``coverage`` (a share) of every series' periods.

    Raises :class:`Missing` when the fact is unknown, no series is published, or there are too few datapoints: no data is not zero.
    """
    series = need(fact)
    if not series or any(one.coverage < coverage for one in series):
        raise Missing([Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")])
    return series
