"""Scanning the emulated account in tests."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.validate import ParamValidator

from auditor.collect.pace import Clock
from auditor.collect.run import Scan, Scope
from auditor.collect.session import Connection, Target, connect
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


class Hurried:
    """A clock of which waiting takes no time: it is only later afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._skipped = 0.0

    def now(self) -> float:
        return time.monotonic() + self._skipped

    def wait(self, seconds: float, stop: threading.Event) -> None:
        with self._lock:
            self._skipped += seconds


@cache
def session() -> boto3.Session:
    """One for all tests: making one, and reading the models of the services, is what takes long."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


class Checked:
    """A connection that fails a test on parameters which the operation does not take: for speed the real one does not look."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.account_id = connection.account_id
        self.caller = connection.caller
        self.partition = connection.partition
        self.region = connection.region

    def client(self, service: str, region: str) -> Any:
        found = self._connection.client(service, region)
        found.meta.events.register("provide-client-params", _check, unique_id="awsaudit-tests")
        return found

    def offers(self, service: str, region: str) -> bool:
        return self._connection.offers(service, region)


def _check(params: Any, model: Any, **_: Any) -> None:
    report = ParamValidator().validate(params, model.input_shape) if model.input_shape else None
    assert report is None or not report.has_errors(), f"{model.name}: {report.generate_report()}"


def scan(
    emulator: Emulator,
    *kinds: type[Resource],
    wanted: Wanted | None = None,
    regions: tuple[str, ...] = ("us-east-1",),
    with_metrics: bool = True,
    now: datetime | None = None,
    clock: Clock | None = None,
) -> Snapshot:
    """A snapshot of everything, or of all fields of these kinds, as if it were ``now``; waits go by ``clock``."""
    if wanted is None:
        wanted = everything()
        if kinds:
            wanted = Wanted(frozenset(kinds), frozenset(ref for ref in wanted.fields if ref.kind in kinds))
    emulator.doorman.calls.clear()
    scope = Scope(wanted=wanted, regions=regions, with_metrics=with_metrics)
    silence = Silence()
    checked = Checked(connect(Target(endpoint_url=emulator.url), session=session()))
    return Scan(checked, scope, journal=silence, progress=silence, now=lambda: now or datetime.now(UTC), clock=clock).run()
