"""The cases that prove a rule, and what they are made of: samples of resources, metrics and prices, and the snapshot of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from auditor.engine.context import Limits
from auditor.model.fact import Fact, Reason, Unknown
from auditor.model.price import Price
from auditor.model.resource import GLOBAL, Resource, field_ref, kinds, unread
from auditor.model.series import Series
from auditor.model.snapshot import Header, Section, Snapshot
from auditor.model.verdict import Outcome

R = TypeVar("R", bound=Resource)


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
    prices: tuple[Price, ...] = ()
    saves: str | None = None
    """What its failures save together in a month, exactly; empty: it is not known. ``None``: the case says nothing of it."""
    once: str | None = None
    """What they cost together once, likewise, as far as it is written out."""


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
    prices: tuple[Price, ...] = (),
    saves: str | None = None,
    once: str | None = None,
) -> Case[R]:
    return Case(
        title=title,
        outcome=outcome,
        resource=resource,
        others=others,
        unlisted=unlisted,
        limits=limits,
        prices=prices,
        saves=saves,
        once=once,
    )


def passes(
    title: str, resource: R, *others: Resource, unlisted: tuple[type[Resource], ...] = (), limits: Limits | None = None
) -> Case[R]:
    """A case that passes."""
    return _case(Outcome.PASS, title, resource, others, unlisted, limits)


def fails(
    title: str,
    resource: R,
    *others: Resource,
    unlisted: tuple[type[Resource], ...] = (),
    limits: Limits | None = None,
    prices: tuple[Price, ...] = (),
    saves: str | None = None,
    once: str | None = None,
) -> Case[R]:
    """A case that fails. At these ``prices`` its failures save together what ``saves`` says: ``"12.34"``, or ``""`` for an unknown; and
    cost what ``once`` says."""
    return _case(Outcome.FAIL, title, resource, others, unlisted, limits, prices, saves, once)


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


def priced(kind: str, item: str, amount: str, per: str, region: str = CASE_REGION) -> Price:
    """A price for a case: ``priced("ebs-storage", "gp3", "0.0912", "GB-month")``."""
    return Price(
        kind=kind,
        region=region,
        item=item,
        amount=Decimal(amount),
        per=per,
        as_of=CASE_TIME.date(),
        source="a price of the case",
    )


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
    return Snapshot(header=header, sections=sections, prices=case.prices)
