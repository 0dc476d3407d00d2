"""What transitions cost and save, and what is proposed, as the lifecycle report has it. Amounts are exact, as text."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from auditor.lifecycle import advisor, emit
from auditor.lifecycle.charges import FIRST, Charge
from auditor.lifecycle.costs import InMoney
from auditor.model.money import Money, Unpriced
from auditor.model.price import Price

NAMED = 20
"""Rules that are named at most where several do the same: a thousand findings on a thousand rules each would be a gigabyte."""


class Point(msgspec.Struct, frozen=True):
    """An object of ``size`` bytes pays from ``days`` in the new class on, null for never."""

    size: int
    days: int | None


class Sum(msgspec.Struct, frozen=True):
    """An amount of a currency, null where it is not known, and then why."""

    amount: Decimal | None
    currency: str
    why: str = ""


class InTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What a transition comes to for all objects that make it, taken to be in the class that it leaves.

    ``requests`` and ``early`` are paid once, ``saving`` and ``overhead`` are by month. ``payback_months``: null where it is never paid back
    or is not known. ``shock``: the requests cost more than six months of saving.
    """

    bytes: int | None
    objects: int | None
    requests: Sum
    early: Sum
    saving: Sum
    overhead: Sum
    payback_months: Decimal | None
    shock: bool | None


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """A transition, from which size on it pays, and the days for some sizes.

    ``after``: days from writing, of versions from when they became noncurrent; ``stay``: days in the new class, null for ever.
    ``pays_from``: bytes from which an object pays within its stay (a year where nothing follows); null: at no size, or not ``known``.
    ``verified``: every price was compared with AWS's price list. ``rules``: the first of those that ask for it, and how many ``more``.
    ``origin``: the class in which the objects are today that make it.
    """

    start: str
    end: str
    after: int
    stay: int | None
    rules: tuple[str, ...]
    known: bool
    verified: bool
    why: str
    pays_from: int | None
    curve: tuple[Point, ...]
    total: InTotal
    prices: tuple[Price, ...]
    unpriced: tuple[Unpriced, ...]
    assumptions: tuple[str, ...]
    more: int = 0
    origin: str = FIRST


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What was weighed: to ``storage_class`` after ``days``, deleted after ``expire`` days, each null where it is not so.

    ``saving`` and ``requests`` as of the proposal. ``retrieval``: the speed at which what is read is restored from an archive, ``standard``
    or ``bulk``, empty where nothing is. ``refused``: why it may not be proposed; empty if it may.
    """

    storage_class: str | None
    days: int | None
    expire: int | None
    saving: Sum
    requests: Sum
    refused: str
    chosen: bool
    retrieval: str = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest configuration under the constraints, in three languages; null where there is none, and ``why``.

    ``saving`` is by month on average over the first year, ``requests`` are paid once, ``now`` is what the bucket costs a month as it is.
    ``prices`` are what these amounts are made of; ``verified``: each of them was compared with AWS's price list. ``options`` are all that
    were weighed.
    """

    api: dict[str, Any] | None
    command: str
    terraform: str
    saving: Sum | None
    requests: Sum | None
    now: Sum | None
    assumptions: tuple[str, ...]
    unpriced: tuple[Unpriced, ...]
    why: str
    verified: bool = True
    prices: tuple[Price, ...] = ()
    options: tuple[Choice, ...] = ()


BUCKET = "BUCKET"
"""Stands for the bucket's name where nobody said it."""


def cost(one: Charge) -> Cost:
    """A transition with its costs."""
    even = one.even
    money = one.money
    used = (*even.prices, *_prices(money.fee, money.early, money.saving, money.overhead))
    return Cost(
        start=one.step.start,
        end=one.step.end,
        after=one.after,
        stay=one.step.stay,
        rules=one.rules[:NAMED],
        known=even.known,
        verified=even.verified,
        why=even.why or ("prices are not known" if even.unpriced else ""),
        pays_from=even.size,
        curve=tuple(Point(point.size, point.days) for point in even.curve),
        total=_total(one.money),
        prices=_once(used),
        unpriced=even.unpriced,
        assumptions=tuple(dict.fromkeys((*even.assumptions, *one.money.assumptions))),
        more=max(len(one.rules) - NAMED, 0),
        origin=one.origin,
    )


def proposal(advice: advisor.Advice, bucket: str | None) -> Proposal:
    """An advice in words that machines and people can use."""
    name = bucket or BUCKET
    found, chosen = advice.proposal, advice.chosen
    known = (advice.left, *((chosen.saving, chosen.fee) if chosen is not None else ()))
    prices = _once(_prices(*(one for one in known if one is not None)))
    return Proposal(
        api=dict(emit.as_api(found)) if found is not None else None,
        command=emit.as_command(found, name) if found is not None else "",
        terraform=emit.as_terraform(found, name) if found is not None else "",
        saving=_sum(chosen.saving) if chosen is not None else None,
        requests=_sum(chosen.fee) if chosen is not None else None,
        now=_sum(advice.left) if advice.left is not None else None,
        assumptions=advice.assumptions,
        unpriced=advice.unpriced,
        why=advice.why,
        verified=all(price.verified and price.elsewhere is None for price in prices),
        prices=prices,
        options=tuple(_choice(one, chosen) for one in advice.options),
    )


def _choice(one: advisor.Option, chosen: advisor.Option | None) -> Choice:
    return Choice(
        storage_class=one.storage_class,
        days=one.days,
        expire=one.expire,
        saving=_sum(one.saving),
        requests=_sum(one.fee),
        refused=one.refused,
        chosen=one is chosen,
        retrieval=one.retrieval,
    )


def _prices(*some: Money) -> tuple[Price, ...]:
    return tuple(part.price for one in some for part in one.parts)


def _once(prices: Iterable[Price]) -> tuple[Price, ...]:
    """Each price once, by kind and item."""
    used = {(price.kind, price.item): price for price in prices}
    return tuple(used[key] for key in sorted(used))


def _sum(money: Money) -> Sum:
    return Sum(money.amount, money.currency, money.why or ("prices are not known" if money.unpriced else ""))


def _total(money: InMoney) -> InTotal:
    return InTotal(
        bytes=money.bytes,
        objects=money.objects,
        requests=_sum(money.fee),
        early=_sum(money.early),
        saving=_sum(money.saving),
        overhead=_sum(money.overhead),
        payback_months=money.payback,
        shock=money.shock,
    )
