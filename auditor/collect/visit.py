"""One visit of a collector to one scope: the account, or a region.

A collector is a function that is given a :class:`Visit`. It lists, reads what is wanted and adds typed resources; the visit takes care of
failures, so that a collector has no error handling of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from auditor.collect.door import Answer, Door, Listing
from auditor.collect.wanted import Wanted
from auditor.model import calls
from auditor.model.calls import Call, Per
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import Resource, fact_fields
from auditor.model.snapshot import Gap, Section

R = TypeVar("R", bound=Resource)
X = TypeVar("X")
Y = TypeVar("Y")

NOTHING: Mapping[str, Any] = {}


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudWatch metric that fills a field of a kind.

    ``dimensions`` gives the exact sets under which the service publishes it for one resource: a subset finds nothing. They may hang
    on another field of the resource (named in its ``DEPENDS``); where that is unknown, so are they, and so is the metric. Where the sets
    cannot be known beforehand, ``discover`` is true: they are asked for with ListMetrics, and ``belongs`` says which are the resource's
    (``None``: cannot tell; a resource that has no set for sure and may have such a one is unknown, not without).
    ``wanted_for`` false: the metric cannot exist for that resource, so it is not asked for and the field stays unread.
    """

    field: str
    namespace: str
    name: str
    stat: str
    period: int
    days: int
    dimensions: Callable[[Any], Iterable[Mapping[str, str]] | Unknown] = lambda _: ()
    discover: bool = False
    belongs: Callable[[Any, Mapping[str, str]], bool | None] = lambda _, __: False
    wanted_for: Callable[[Any], bool] = lambda _: True
    sets_field: str | None = None
    """The field that holds the discovered dimension sets themselves, when the kind has one."""
    data: bool = True
    """The datapoints are wanted; false when only the dimension sets are."""


class Collector(msgspec.Struct, frozen=True, kw_only=True):
    """Collects some kinds of one service. Found by name ``COLLECTORS`` in the modules of :mod:`auditor.collect`."""

    label: str
    """What progress shows: the service as people call it."""
    kinds: tuple[type[Resource], ...]
    run: Callable[[Visit], None]
    metrics: Mapping[type[Resource], tuple[Metric, ...]] = {}

    @property
    def regional(self) -> bool:
        """It is run once in each region, else once."""
        return self.kinds[0].REGIONAL


class Visit:
    """What a collector is given."""

    def __init__(
        self,
        *,
        door: Door,
        pool: ThreadPoolExecutor,
        wanted: Wanted,
        region: str,
        regions: tuple[str, ...],
        enabled: Fact[tuple[str, ...]],
        account_id: str,
        partition: str,
        taken_at: datetime,
        keep: Callable[[Resource], None],
        gap: Callable[[Gap], None],
        progress: Callable[[int, int], None],
    ) -> None:
        """Made by :mod:`auditor.collect.run` only."""
        self.door = door
        self.wanted = wanted
        self.region = region
        self.regions = regions
        """The regions that are scanned."""
        self.enabled = enabled
        """The regions that are enabled for the account."""
        self.account_id = account_id
        self.partition = partition
        self.taken_at = taken_at
        self._pool = pool
        self._keep = keep
        self._gap = gap
        self._progress = progress
        self._lock = threading.Lock()
        self._items: dict[type[Resource], list[Resource]] = {}
        self._missing: dict[type[Resource], list[Unknown]] = {}
        self._done = 0
        self._total = 0

    # --- what is wanted
    def wants(self, *members: object) -> bool:
        """One of the fields is wanted: ``visit.wants(Bucket.acl)``."""
        return self.wanted.any(*members)

    def lists(self, kind: type[Resource]) -> bool:
        """Resources of the kind are wanted."""
        return kind in self.wanted.kinds

    # --- calls
    def read(self, call: Call, params: Mapping[str, Any] = NOTHING, *, of: str = "", region: str = "") -> Answer:
        """Make one call, in the visit's region unless another is given. ``of`` names what it asks about."""
        return self.door.read(call, region or self.region, params, of)

    def when(self, wanted: bool, call: Call, params: Mapping[str, Any] = NOTHING, *, of: str = "", region: str = "") -> Answer:
        """Make the call if it is wanted; else an answer that is *not collected*."""
        if wanted:
            return self.read(call, params, of=of, region=region)
        return Answer(call, Unknown(Reason.NOT_COLLECTED, call.name, call.action))

    def once(self, wanted: bool, call: Call) -> Answer:
        """The answer of a call without parameters that several collectors share: see :meth:`Door.once`."""
        return self.door.once(call, self.region) if wanted else self.when(False, call)

    def pages(self, call: Call, key: str, params: Mapping[str, Any] = NOTHING, *, of: str = "", region: str = "") -> Listing:
        """All entries under ``key`` of a listing, over all its pages."""
        return self.door.pages(call, region or self.region, key, params, of)

    def each(self, items: Iterable[X], work: Callable[[X], Y]) -> list[Y]:
        """``work`` on each item, several at a time, results in the order of the items. Counts towards progress."""
        todo = list(items)
        with self._lock:
            self._total += len(todo)
        self._progress(self._done, self._total)

        def one(item: X) -> Y:
            result = work(item)
            with self._lock:
                self._done += 1
            self._progress(self._done, self._total)
            return result

        return list(self._pool.map(one, todo))

    # --- results
    def add(self, resource: Resource) -> None:
        """Keep a resource. One that its calls found gone is dropped, and the gaps say so.

        It is not gone as long as one call about it answered: then only what the others would have told is not known.
        """
        own = [
            getattr(resource, name)
            for name, unread in fact_fields(type(resource)).items()
            if calls.by_name(unread.call).per is Per.ITEM
        ]
        gone = [fact for fact in own if isinstance(fact, Unknown) and fact.reason is Reason.GONE]
        if gone and not any(isinstance(fact, Known) for fact in own):
            self._gap(Gap(resource.arn, Reason.GONE, f"deleted while the scan ran; {gone[0].call} did not find it"))
            return
        self._keep(resource)
        with self._lock:
            self._items.setdefault(type(resource), []).append(resource)

    def add_each(self, kind: type[R], listing: Listing, build: Callable[[Answer], R | None]) -> None:
        """List resources of a kind: build one of each entry (several at a time), keep them, and say what is missing of the list.

        An entry that lacks its own id makes the list incomplete; ``build`` returns ``None`` for an entry that is not ours to judge.
        """

        def one(entry: Answer) -> bool:
            try:
                resource = build(entry)
            except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
                return False
            if resource is not None:
                self.add(resource)
            return True

        whole = all(self.each(listing.entries, one))
        broken = () if whole else (Unknown(Reason.ERROR, kind.LISTED_BY.name, kind.LISTED_BY.action),)
        self.missing(kind, (*listing.missing, *broken))

    def missing(self, kind: type[Resource], unknowns: Iterable[Unknown] = ()) -> None:
        """Say that the list of a kind has been read, and what of it could not be."""
        with self._lock:
            self._missing.setdefault(kind, []).extend(unknowns)

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        """The ARN of a resource of this account, where AWS's answer does not hold it."""
        return f"arn:{self.partition}:{service}:{self.region if region is None else region}:{self.account_id}:{resource}"

    def sections(self, kinds: Iterable[type[Resource]]) -> list[Section[Resource]]:
        """What the visit found. A wanted kind of which nothing was said is not collected."""
        found: list[Section[Resource]] = []
        for kind in kinds:
            if kind not in self.wanted.kinds:
                continue
            said = self._missing.get(kind)
            missing = (
                tuple(dict.fromkeys(said))
                if said is not None
                else (Unknown(Reason.NOT_COLLECTED, kind.LISTED_BY.name, kind.LISTED_BY.action),)
            )
            found.append(Section(kind, self.region, tuple(self._items.get(kind, ())), missing))
        return found
