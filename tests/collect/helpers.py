"""Scanning the emulated account in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.collect.run import Scan, Scope
from auditor.collect.session import Target, connect
from auditor.collect.wanted import Wanted, everything
from auditor.model.fact import Unknown
from auditor.model.resource import Resource
from auditor.model.snapshot import CallRecord, Gap, Header, Snapshot
from tests.emulator import Emulator


class Silence:
    """A journal and a progress that keep nothing."""

    def header(self, header: Header) -> None: ...
    def item(self, resource: Resource, scope: str) -> None: ...
    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None: ...
    def call(self, record: CallRecord) -> None: ...
    def gap(self, gap: Gap) -> None: ...
    def step(self, label: str, place: str, done: int, total: int) -> None: ...
    def finished(self, label: str, place: str) -> None: ...


def scan(
    emulator: Emulator,
    *kinds: type[Resource],
    wanted: Wanted | None = None,
    regions: tuple[str, ...] = ("us-east-1",),
    with_metrics: bool = True,
) -> Snapshot:
    """A snapshot of everything, or of all fields of these kinds."""
    if wanted is None:
        wanted = everything()
        if kinds:
            wanted = Wanted(frozenset(kinds), frozenset(ref for ref in wanted.fields if ref.kind in kinds))
    emulator.doorman.calls.clear()
    connection = connect(Target(endpoint_url=emulator.url))
    scope = Scope(wanted=wanted, regions=regions, with_metrics=with_metrics)
    return Scan(connection, scope, journal=Silence(), progress=Silence(), now=lambda: datetime.now(UTC)).run()
