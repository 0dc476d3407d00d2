"""A snapshot: everything a scan saw of an account at one moment, and what it could not see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar, cast

import msgspec

from auditor.model.account import Account, Root, account_arn
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.price import Price
from auditor.model.resource import GLOBAL, Resource, unread

FORMAT = 2
"""The format of snapshot files. A file of a higher one was written by a newer awsaudit. 2: prices are in it."""

R = TypeVar("R", bound=Resource)


class CallRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One API call that was made.

    ``of`` names what it asked about (a bucket, a page), so that two calls that ask the same show as such. ``outcome`` is ``ok``,
    ``absent`` (the error that means "not configured") or the :class:`Reason` value of the failure; ``code`` the error code of AWS;
    ``ms`` how long all its tries took.
    """

    service: str
    operation: str
    region: str
    outcome: str
    of: str = ""
    code: str = ""
    tries: int = 1
    ms: int = 0


class Gap(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that the scan did not see and that no fact stands for: a deleted bucket, an interruption, a closed region."""

    what: str
    reason: Reason
    detail: str = ""


class Section(msgspec.Struct, Generic[R], frozen=True):
    """The resources of one kind in one scope, and why there may be more of them.

    ``missing`` empty means complete. A section with missing facts is *not* an empty collection.
    """

    kind: type[R]
    scope: str
    items: tuple[R, ...] = ()
    missing: tuple[Unknown, ...] = ()

    @property
    def complete(self) -> bool:
        """All resources of the kind in the scope are in ``items``."""
        return not self.missing


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who was scanned, when, by what, and what the scan set out to read.

    ``regions`` were scanned; ``fields`` were asked for (``Bucket.acl``). ``complete`` is false when the scan was interrupted or cut off.
    """

    format: int = FORMAT
    tool: str
    account_id: str
    partition: str
    caller: str
    taken_at: datetime
    regions: tuple[str, ...]
    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    regions_unknown: bool = False
    """DescribeRegions was denied: there may be more regions than were scanned."""
    complete: bool = True
    notes: tuple[str, ...] = ()
    """What a reader of its report has to know of what was given with the scan, such as a report of a bucket that is not there."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot in memory. See :mod:`auditor.engine.archive` for the file."""

    header: Header
    sections: Mapping[tuple[str, str], Section[Resource]]
    calls: tuple[CallRecord, ...] = ()
    gaps: tuple[Gap, ...] = ()
    prices: tuple[Price, ...] = ()
    """The prices that what is in it may need, as they were known when it was taken. One that is not among them is unknown."""

    def scopes(self, kind: type[Resource]) -> tuple[str, ...]:
        """The scopes in which resources of the kind are listed: ``global``, or the regions that were scanned."""
        return self.header.regions if kind.REGIONAL else (GLOBAL,)

    def section(self, kind: type[R], scope: str) -> Section[R]:
        """The section of a kind in a scope. One that the snapshot does not hold is wholly unknown, never empty."""
        found = self.sections.get((kind.KIND, scope))
        if found is None:
            return Section(kind, scope, (), (unread(kind.LISTED_BY),))
        return cast("Section[R]", found)

    def all(self, kind: type[R], scope: str | None = None) -> Fact[tuple[R, ...]]:
        """All resources of a kind (in one scope, or everywhere): unknown unless every list is complete."""
        sections = [self.section(kind, s) for s in ((scope,) if scope else self.scopes(kind))]
        for section in sections:
            if section.missing:
                return section.missing[0]
        return Known(tuple(item for section in sections for item in section.items))

    @property
    def account(self) -> Account:
        """The account. It is there even if nothing could be read of it."""
        items = self.section(Account, GLOBAL).items
        return items[0] if items else empty_account(self.header)

    @property
    def root(self) -> Root:
        """The root user. It is there even if nothing could be read of it."""
        items = self.section(Root, GLOBAL).items
        return items[0] if items else empty_root(self.header)


def empty_account(header: Header) -> Account:
    """The account of which nothing is known but its number."""
    return Account(arn=account_arn(header.account_id), id=header.account_id, region=GLOBAL)


def empty_root(header: Header) -> Root:
    """The root user of which nothing is known."""
    return Root(arn=f"arn:{header.partition}:iam::{header.account_id}:root", id="root", region=GLOBAL)
