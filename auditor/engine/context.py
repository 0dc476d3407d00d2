"""What a rule is given besides the resource it judges: its thresholds, the rest of the snapshot, and prices."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import msgspec

from auditor.model.account import Account, Root
from auditor.model.fact import Fact, Known
from auditor.model.money import Money, Use, monthly
from auditor.model.price import Prices
from auditor.model.resource import GLOBAL, Resource
from auditor.model.snapshot import Snapshot
from auditor.money.book import Table

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

    __slots__ = ("_index", "_snapshot", "limits", "prices")

    def __init__(
        self,
        snapshot: Snapshot,
        limits: L,
        index: dict[type[Resource], dict[tuple[str, str], Any]] | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._snapshot = snapshot
        self.limits = limits
        self._index = index if index is not None else {}
        self.prices: Prices = prices or Table(snapshot.prices)
        """The prices that are frozen in the snapshot. They are no facts of AWS: a verdict must not depend on them."""

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

    def money(self, *uses: Use) -> Money:
        """What these uses come to in a month, at the prices of the snapshot: unknown if one of the prices is, or one of the facts."""
        return monthly(self.prices, *uses)

    def once(self, *uses: Use) -> Money:
        """What these uses come to that are paid once, such as requests: as :meth:`money`, and never a part of what a month costs."""
        return msgspec.structs.replace(monthly(self.prices, *uses), per="once")

    def days_since(self, moment: datetime) -> float:
        """Days from ``moment`` to the snapshot."""
        return (self.taken_at - moment).total_seconds() / 86400
