"""Running a scan: visits in parallel, then metrics, then one frozen snapshot.

Everything that is found is told to the journal at once, so that a scan that is killed leaves what it had.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec

from auditor import __version__
from auditor.collect import metrics as cloudwatch
from auditor.collect.door import Door
from auditor.collect.pace import Clock
from auditor.collect.session import CONCURRENCY, Clients
from auditor.collect.shapes import region_name
from auditor.collect.visit import Collector, Metric, Visit
from auditor.collect.wanted import Wanted
from auditor.model import calls
from auditor.model.account import Account, Root
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import GLOBAL, FieldRef, Resource
from auditor.model.snapshot import CallRecord, Gap, Header, Section, Snapshot

T = TypeVar("T")

VISITS = 16
"""Visits under way at once. They mostly wait for their calls, which share :data:`CONCURRENCY`."""
SERIES = 4
"""Requests for CloudWatch series under way at once. An answer of 100,800 datapoints takes some 13 MB while it is read, so that sixteen
would be most of what a scan needs; and AWS gives no more than four times as many datapoints a second.
"""


class Journal(Protocol):
    """Told of everything as it is found, from any thread."""

    def header(self, header: Header) -> None:
        """The scan begins."""
        ...

    def item(self, resource: Resource, scope: str) -> None:
        """A resource was read."""
        ...

    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None:
        """A list is finished."""
        ...

    def call(self, record: CallRecord) -> None:
        """A call was made."""
        ...

    def gap(self, gap: Gap) -> None:
        """Something could not be seen."""
        ...


class Progress(Protocol):
    """Told how far each service is."""

    def step(self, label: str, place: str, done: int, total: int) -> None:
        """``done`` of ``total`` (growing) pieces of work of a collector at a place."""
        ...

    def finished(self, label: str, place: str) -> None:
        """The collector is through with the place."""
        ...


class Connected(Clients, Protocol):
    """An account to scan: see :class:`auditor.collect.session.Connection`."""

    account_id: str
    caller: str
    partition: str
    region: str


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What to scan: ``regions`` given by the user (empty: all that are enabled), ``labels`` of collectors (empty: all)."""

    wanted: Wanted
    regions: tuple[str, ...] = ()
    with_metrics: bool = True


@cache
def collectors() -> tuple[Collector, ...]:
    """Every collector: the ``COLLECTORS`` of the modules of :mod:`auditor.collect`, in the order of their names."""
    import auditor.collect as package

    found: list[Collector] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        found += getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "COLLECTORS", ())
    return tuple(found)


class Scan:
    """One scan of one account. :meth:`run` gives the snapshot; :meth:`stop` makes it end early with what it has."""

    def __init__(
        self,
        connection: Connected,
        scope: Scope,
        *,
        journal: Journal,
        progress: Progress,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock | None = None,
    ) -> None:
        """``now`` says when the snapshot was taken, and is asked once. ``clock`` paces the calls: see :class:`Door`."""
        self._connection = connection
        self._scope = scope
        self._journal = journal
        self._progress = progress
        self._taken_at = now().astimezone(UTC).replace(microsecond=0)
        self._calls: list[CallRecord] = []
        self._gaps: list[Gap] = []
        self._lock = threading.Lock()
        self.door = Door(connection, self._record, clock)

    def stop(self, because: str) -> None:
        """End early. Safe from any thread and from a signal handler."""
        self.door.stop(because)

    def run(self) -> Snapshot:
        """Scan. An interruption (Ctrl-C) ends it early, with what was found until then."""
        pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="call")
        visits = ThreadPoolExecutor(VISITS, thread_name_prefix="visit")
        try:
            return self._run(pool, visits)
        except BaseException:
            self.stop("the scan failed")  # else every call that is still to be made would be made, for nothing
            raise
        finally:
            visits.shutdown(wait=True, cancel_futures=True)
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, pool: ThreadPoolExecutor, visits: ThreadPoolExecutor) -> Snapshot:
        enabled = self._regions()
        if isinstance(enabled, Known):
            self.door.enabled(enabled.value)
        regions = self._scope.regions or (enabled.value if isinstance(enabled, Known) else (self._connection.region,))
        header = Header(
            tool=f"awsaudit {__version__}",
            account_id=self._connection.account_id,
            partition=self._connection.partition,
            caller=self._connection.caller,
            taken_at=self._taken_at,
            regions=tuple(sorted(regions)),
            kinds=tuple(sorted(kind.KIND for kind in self._scope.wanted.kinds)),
            fields=self._scope.wanted.names(),
            regions_unknown=not self._scope.regions and isinstance(enabled, Unknown) and self._bear_on_regions(),
        )
        self._journal.header(header)
        if header.regions_unknown and isinstance(enabled, Unknown):
            self._gap(Gap("regions", enabled.reason, f"only {self._connection.region} was scanned: {enabled.call} failed"))
        sections: dict[tuple[str, str], Section[Resource]] = {}
        jobs = [
            (collector, place)
            for collector in collectors()
            if self._scope.wanted.kinds & set(collector.kinds)
            for place in (header.regions if collector.regional else (GLOBAL,))
        ]
        futures = {
            visits.submit(self._visit, collector, place, header.regions, enabled, pool): (collector, place)
            for collector, place in jobs
        }
        for section in self._gather(futures):
            sections[section.kind.KIND, section.scope] = section
        if self._scope.with_metrics and not self.door.stopped.is_set():
            sections = self._guarded(lambda: self._metrics(sections, pool, visits), sections)
        if self.door.stopped.is_set():
            self._gap(Gap("scan", Reason.NOT_COLLECTED, self.door.stopped_because))
        return Snapshot(
            header=msgspec.structs.replace(header, complete=not self.door.stopped.is_set()),
            sections={
                place: msgspec.structs.replace(section, items=tuple(sorted(section.items, key=lambda r: (r.arn, r.id))))
                for place, section in sorted(sections.items())
            },
            calls=tuple(sorted(self._calls, key=lambda c: (c.service, c.operation, c.region, c.of))),
            gaps=tuple(sorted(self._gaps, key=lambda g: (g.what, g.reason.value, g.detail))),
        )

    def _bear_on_regions(self) -> bool:
        """Something that is wanted is read region by region: then a region that is not known of may hold some."""
        wanted = self._scope.wanted
        return any(kind.REGIONAL for kind in wanted.kinds) or wanted.any(Account.regions, Root.events)

    def _regions(self) -> Fact[tuple[str, ...]]:
        unread: Fact[tuple[str, ...]] = Unknown(Reason.NOT_COLLECTED, calls.DESCRIBE_REGIONS.name, calls.DESCRIBE_REGIONS.action)
        if self._scope.regions and FieldRef(Account, "regions") not in self._scope.wanted.fields:
            return unread

        def ask() -> Fact[tuple[str, ...]]:
            answer = self.door.read(calls.DESCRIBE_REGIONS, self._connection.region, {})
            return answer.take(lambda r: tuple(sorted({region_name(region["RegionName"]) for region in r["Regions"]})))

        return self._guarded(ask, unread)

    def _gather(self, futures: Mapping[Future[list[Section[Resource]]], Any]) -> Iterable[Section[Resource]]:
        pending = set(futures)
        while pending:
            try:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                self.stop("interrupted")
                continue
            for future in done:
                yield from future.result()

    def _guarded(self, work: Callable[[], T], otherwise: T) -> T:
        try:
            return work()
        except KeyboardInterrupt:
            self.stop("interrupted")
            return otherwise

    def _visit(
        self, collector: Collector, place: str, regions: tuple[str, ...], enabled: Fact[tuple[str, ...]], pool: ThreadPoolExecutor
    ) -> list[Section[Resource]]:
        visit = Visit(
            door=self.door,
            pool=pool,
            wanted=self._scope.wanted,
            region=place,
            regions=regions,
            enabled=enabled,
            account_id=self._connection.account_id,
            partition=self._connection.partition,
            taken_at=self._taken_at,
            keep=lambda resource: self._journal.item(resource, place),
            gap=self._gap,
            progress=lambda done, total: self._progress.step(collector.label, place, done, total),
        )
        self._progress.step(collector.label, place, 0, 0)
        collector.run(visit)
        found = visit.sections(collector.kinds)
        for section in found:
            self._journal.section(section.kind.KIND, place, section.missing)
        self._progress.finished(collector.label, place)
        return found

    def _metrics(
        self, sections: Mapping[tuple[str, str], Section[Resource]], pool: ThreadPoolExecutor, visits: ThreadPoolExecutor
    ) -> dict[tuple[str, str], Section[Resource]]:
        wanted = self._wanted_metrics()
        by_region: dict[str, list[Resource]] = {}
        for section in sections.values():
            if section.kind in wanted:
                for item in section.items:
                    by_region.setdefault(item.region, []).append(item)

        few = threading.Semaphore(SERIES)

        def each(items: Sequence[Any], work: Callable[[Any], Any]) -> list[Any]:
            def one(item: Any) -> Any:
                with few:
                    return work(item)

            return list(pool.map(one, items))

        def fill(region: str) -> list[tuple[int, Resource]]:
            self._progress.step("CloudWatch", region, 0, 1)
            resources = by_region[region]
            after = cloudwatch.fill(self.door, region, resources, wanted, self._taken_at, each)
            self._progress.finished("CloudWatch", region)
            return [(id(resource), changed) for resource, changed in zip(resources, after, strict=True)]

        filled = dict(pair for pairs in visits.map(fill, sorted(by_region)) for pair in pairs)
        return {
            place: msgspec.structs.replace(section, items=tuple(filled.get(id(item), item) for item in section.items))
            for place, section in sections.items()
        }

    def _wanted_metrics(self) -> Mapping[type[Resource], tuple[Metric, ...]]:
        found: dict[type[Resource], tuple[Metric, ...]] = {}
        for collector in collectors():
            for kind, of_kind in collector.metrics.items():
                fields = {ref.field for ref in self._scope.wanted.fields if ref.kind is kind}
                chosen = tuple(
                    msgspec.structs.replace(metric, data=metric.field in fields)
                    for metric in of_kind
                    if metric.field in fields or metric.sets_field in fields
                )
                if chosen:
                    found[kind] = chosen
        return found

    def _record(self, record: CallRecord) -> None:
        with self._lock:
            self._calls.append(record)
        self._journal.call(record)

    def _gap(self, gap: Gap) -> None:
        with self._lock:
            self._gaps.append(gap)
        self._journal.gap(gap)
