"""The shapes of a rule: what it declares, what it is given, what it yields, and the cases that prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, cast

import msgspec

from auditor.model.account import Account, Root
from auditor.model.fact import Fact, Known, Missing, Reason, Unknown, need
from auditor.model.resource import GLOBAL, FieldRef, Resource, field_ref
from auditor.model.series import Series
from auditor.model.snapshot import Header, Section, Snapshot
from auditor.model.verdict import Audience, Confidence, Evidence, Location, Outcome, Pillar, Severity, Verdict

R = TypeVar("R", bound=Resource)
K = TypeVar("K", bound=Resource)
L = TypeVar("L", bound="Limits")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thresholds of a rule, with defaults; set in ``awsaudit.toml`` under ``[limits.<rule id>]``.

    Each field's docstring gives the unit and the source of the default.
    """


class Context(Generic[L]):
    """What a rule may know besides the resource it judges.

    Everything comes from the snapshot, so the same input gives the same verdicts.
    """

    __slots__ = ("_index", "_snapshot", "limits")

    def __init__(
        self, snapshot: Snapshot, limits: L, index: dict[type[Resource], dict[tuple[str, str], Any]] | None = None
    ) -> None:
        self._snapshot = snapshot
        self.limits = limits
        self._index = index if index is not None else {}

    @property
    def taken_at(self) -> datetime:
        """When the snapshot was taken: the only clock there is."""
        return self._snapshot.header.taken_at

    @property
    def account_id(self) -> str:
        """The number of the account."""
        return self._snapshot.header.account_id

    @property
    def partition(self) -> str:
        """``aws``, ``aws-us-gov`` or ``aws-cn``."""
        return self._snapshot.header.partition

    @property
    def account(self) -> Account:
        """The account. Name what you read of it in ``reads``."""
        return self._snapshot.account

    @property
    def root(self) -> Root:
        """The root user. Name what you read of it in ``reads``."""
        return self._snapshot.root

    def all(self, kind: type[K], region: str | None = None) -> Fact[tuple[K, ...]]:
        """All resources of another kind; unknown unless every list of them is complete. Name the fields you read in ``reads``."""
        return self._snapshot.all(kind, region if kind.REGIONAL else None)

    def get(self, kind: type[K], region: str, id: str) -> Fact[K | None]:
        """The resource of that id; known to be ``None`` when the list is complete and it is not there (other accounts' things are not)."""
        index = self._index.get(kind)
        if index is None:
            index = {
                (scope if kind.REGIONAL else GLOBAL, item.id): item
                for scope in self._snapshot.scopes(kind)
                for item in self._snapshot.section(kind, scope).items
            }
            self._index[kind] = index
        scope = region if kind.REGIONAL else GLOBAL
        found = index.get((scope, id))
        if found is not None:
            return Known(cast(K, found))
        section = self._snapshot.section(kind, scope)
        return section.missing[0] if section.missing else Known(None)

    def days_since(self, moment: datetime) -> float:
        """Days from ``moment`` to the snapshot."""
        return (self.taken_at - moment).total_seconds() / 86400


class Rule(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What the :func:`rule` decorator makes of a check function. The id comes from the file's path: see :mod:`auditor.engine.registry`."""

    over: type[R]
    reads: tuple[FieldRef, ...]
    kinds: tuple[type[Resource], ...]
    """Kinds whose mere existence it reads, besides ``over``."""
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
) -> Callable[[Callable[[R, Context[L]], Iterator[Verdict]]], Rule[R]]:
    """Make a rule of a check function.

    ``over`` is the kind it judges one by one; ``reads`` names every fact field it reads (``Bucket.acl``, also of other kinds), or a
    whole kind (``SecurityGroup``) when only the existence of such resources is read. ``controls`` are ids such as ``fsbp:S3.13``.

    Raises :class:`TypeError` when ``reads`` holds something that is neither.
    """
    fields: list[FieldRef] = []
    others: list[type[Resource]] = []
    for read in reads:
        if isinstance(read, type) and issubclass(cast("type[Any]", read), Resource):
            others.append(cast("type[Resource]", read))
        else:
            fields.append(field_ref(read))

    def make(check: Callable[[R, Context[L]], Iterator[Verdict]]) -> Rule[R]:
        return Rule(
            over=over,
            reads=tuple(fields),
            kinds=tuple(others),
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


def _verdict(
    outcome: Outcome,
    because: str,
    key: str,
    at: Location | None,
    evidence: Mapping[str, object],
    controls: tuple[str, ...] | None = None,
) -> Verdict:
    return Verdict(
        outcome=outcome,
        because=because.format_map(evidence) if "{" in because else because,
        evidence={name: _plain(value) for name, value in evidence.items()},
        key=key,
        location=at,
        controls=controls,
    )


def flag(
    because: str, /, *, key: str = "", at: Location | None = None, controls: tuple[str, ...] | None = None, **evidence: object
) -> Verdict:
    """The resource fails. ``because`` reads out the evidence: ``flag("key is {age} days old", age=412)``.

    Write one lower-case sentence without a full stop that needs no context but the resource's name. ``key`` tells apart several
    failures of one resource and must not change from scan to scan (a Sid, a slot, a port: never a position). ``controls`` names
    those of the rule's controls that this failure is about, ``()`` none of them; without it, it is about all.
    """
    return _verdict(Outcome.FAIL, because, key, at, evidence, controls)


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
    **evidence: object,
) -> Verdict:
    """It cannot be decided, though AWS answered: the fact field ``member`` (``Role.trust``) holds what cannot be judged, and why.

    For one key or document among several; a fact that is wholly missing stops the check by :func:`need`.
    """
    call = field_ref(member).call
    verdict = _verdict(Outcome.UNKNOWN, because, key, at, evidence, controls)
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


class Case(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A case that proves a rule: on this resource, among those others, the worst verdict is ``outcome``.

    ``others`` are the further resources in the snapshot; lists of kinds in ``unlisted`` are unknown, all others complete.
    """

    title: str
    outcome: Outcome
    resource: R
    others: tuple[Resource, ...] = ()
    unlisted: tuple[type[Resource], ...] = ()
    limits: Limits | None = None


CASE_TIME = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""When the snapshots of cases are taken."""
CASE_ACCOUNT = "123456789012"
CASE_REGION = "ap-northeast-2"


def _case(
    outcome: Outcome,
    title: str,
    resource: R,
    others: tuple[Resource, ...],
    unlisted: tuple[type[Resource], ...],
    limits: Limits | None,
) -> Case[R]:
    return Case(title=title, outcome=outcome, resource=resource, others=others, unlisted=unlisted, limits=limits)


def passes(
    title: str, resource: R, *others: Resource, unlisted: tuple[type[Resource], ...] = (), limits: Limits | None = None
) -> Case[R]:
    """A case that passes."""
    return _case(Outcome.PASS, title, resource, others, unlisted, limits)


def fails(
    title: str, resource: R, *others: Resource, unlisted: tuple[type[Resource], ...] = (), limits: Limits | None = None
) -> Case[R]:
    """A case that fails."""
    return _case(Outcome.FAIL, title, resource, others, unlisted, limits)


def unknown(
    title: str, resource: R, *others: Resource, unlisted: tuple[type[Resource], ...] = (), limits: Limits | None = None
) -> Case[R]:
    """A case that cannot be decided."""
    return _case(Outcome.UNKNOWN, title, resource, others, unlisted, limits)


def skips(
    title: str, resource: R, *others: Resource, unlisted: tuple[type[Resource], ...] = (), limits: Limits | None = None
) -> Case[R]:
    """A case that the rule does not apply to."""
    return _case(Outcome.NOT_APPLICABLE, title, resource, others, unlisted, limits)


def denied(member: object) -> Unknown:
    """The fact field (``Bucket.acl``) as it is when its call was denied."""
    call = field_ref(member).call
    return Unknown(Reason.DENIED, call.name, call.action)


_ARNS: Mapping[str, str] = {
    "account": "AWS::::Account:{account}",
    "root": "arn:aws:iam::{account}:root",
    "region": "AWS::::Account:{account}/{region}",
    "s3-bucket": "arn:aws:s3:::{id}",
    "iam-user": "arn:aws:iam::{account}:user/{id}",
    "iam-group": "arn:aws:iam::{account}:group/{id}",
    "iam-role": "arn:aws:iam::{account}:role/{id}",
    "iam-policy": "arn:aws:iam::{account}:policy/{id}",
}


def sample(kind: type[R], id: str = "", region: str = "", **facts: Fact[Any]) -> R:
    """A resource for a case: ``sample(Bucket, "training-data", acl=Known(...))``. Facts not given are unknown.

    Raises :class:`TypeError` for a field that the kind does not have.
    """
    place = region or (CASE_REGION if kind.REGIONAL or kind.KIND == "s3-bucket" else GLOBAL)
    default = {"account": CASE_ACCOUNT, "root": "root", "region": place}.get(kind.KIND, "sample")
    form = _ARNS.get(
        kind.KIND, "arn:aws:" + kind.SERVICE + ":{region}:{account}:" + kind.KIND.removeprefix(f"{kind.SERVICE}-") + "/{id}"
    )
    return kind(arn=form.format(id=id or default, region=place, account=CASE_ACCOUNT), id=id or default, region=place, **facts)


def series_of(
    namespace: str, metric: str, stat: str, values: Sequence[float | None], *, period: int, dimensions: Mapping[str, str]
) -> Series:
    """A metric for a case: ``values`` oldest first, ``period`` in seconds, the last period that was whole at :data:`CASE_TIME` last."""
    end = datetime.fromtimestamp(CASE_TIME.timestamp() // period * period, UTC)
    return Series(
        namespace=namespace,
        metric=metric,
        stat=stat,
        dimensions=dimensions,
        start=end - timedelta(seconds=period * len(values)),
        period=period,
        values=tuple(values),
    )


def case_snapshot(case: Case[R]) -> Snapshot:
    """The snapshot in which a case's resource is judged: every list complete but for the ``unlisted`` ones."""
    from auditor.model.resource import kinds, unread

    everything: tuple[Resource, ...] = (case.resource, *case.others)
    regions = tuple(sorted({CASE_REGION, *(r.region for r in everything if r.region != GLOBAL)}))
    header = Header(
        tool="awsaudit",
        account_id=CASE_ACCOUNT,
        partition="aws",
        caller=f"arn:aws:iam::{CASE_ACCOUNT}:role/audit",
        taken_at=CASE_TIME,
        regions=regions,
        kinds=tuple(kinds()),
        fields=(),
    )
    sections: dict[tuple[str, str], Section[Resource]] = {}
    for kind in kinds().values():
        for scope in regions if kind.REGIONAL else (GLOBAL,):
            items = tuple(item for item in everything if type(item) is kind and (not kind.REGIONAL or item.region == scope))
            missing = (unread(kind.LISTED_BY).because(Reason.DENIED),) if kind in case.unlisted else ()
            sections[kind.KIND, scope] = Section(kind, scope, items, missing)
    return Snapshot(header=header, sections=sections)
