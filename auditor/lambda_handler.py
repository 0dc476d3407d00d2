"""The scheduled function: the same calls as ``awsaudit scan``, with a bucket for a folder, and word of what changed.

What it is asked is in :mod:`auditor.request`; where results go, and what happens when a run is tried again, in :mod:`auditor.sinks.runs`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from auditor.collect.quiet import NoJournal, Silent
from auditor.collect.run import Scan, Scope
from auditor.collect.session import Connection, Target, connect
from auditor.collect.wanted import by_rules
from auditor.config import Config, default, parse
from auditor.engine import archive, diff, registry
from auditor.engine.diff import Change, Kind, Past
from auditor.errors import AwsauditError, ConfigError
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Severity
from auditor.money.frozen import freeze
from auditor.money.settings import open_book
from auditor.pipeline import Result, check_formats, render, weigh
from auditor.render.format import File
from auditor.request import Request, request
from auditor.selection import choose, opted
from auditor.sinks import notify
from auditor.sinks.clients import client
from auditor.sinks.notify import News
from auditor.sinks.runs import Earlier, Run, Runs
from auditor.sinks.s3 import Bucket

SERVICE = "awsaudit"
"""The name in the log, and the namespace of the metrics."""
FIRST = ("json", "html")
"""Formats that are written before others: the next run reads the first, people the second."""


class LambdaContext(Protocol):
    """What Lambda tells of an invocation."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is killed."""
        ...


def handler(event: object, context: LambdaContext) -> dict[str, Any]:
    """Scan, judge, deliver, and tell what changed. Raises :class:`AwsauditError`, so that Lambda counts the failure."""
    logger = Logger(service=SERVICE)
    logger.clear_state()
    logger.append_keys(request_id=context.aws_request_id)
    try:
        asked = request(event, os.environ, context.aws_request_id)
        logger.append_keys(scan_id=asked.scan_id)
        run = _run(asked, context, logger)
    except AwsauditError as error:
        logger.error(str(error))
        raise error.with_traceback(None) from None
    found: dict[str, Any] = msgspec.to_builtins(run)
    return found


def _run(asked: Request, context: LambdaContext, logger: Logger) -> Run:
    began, seconds = time.monotonic(), context.get_remaining_time_in_millis() / 1000
    # The reserve is spent in thirds: calls that are under way when the scan is stopped may take the first, judging and most of
    # the rendering have the second, and in the last no format is begun, so that it holds the one that was, and the news.
    reserve = min(asked.reserve, seconds / 2)
    names = sorted(check_formats(asked.formats), key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    if asked.topic:
        notify.region_of(asked.topic)  # to fail now rather than after the scan
    connection = connect(Target(patience=max(1, int(reserve / 3))))
    account = connection.account_id
    logger.append_keys(account=account)
    s3, now = client("s3"), datetime.now(UTC)
    bucket = Bucket(s3, asked.bucket, owner=asked.owner or account, key=asked.key)
    runs = Runs(bucket, asked.prefix, account, f"{asked.time or now:%Y-%m-%d}", asked.scan_id)
    if (done := runs.done()) is not None:
        logger.info("this run is done already")
        return done
    place = asked.config[0] if asked.config else ""
    # A bucket for results in another account may hold the configuration as well.
    chosen = _configuration(asked, bucket if place == bucket.name else Bucket(s3, place, owner=account) if place else None)
    snapshot = _take(connection, chosen, asked, began + seconds - reserve, now)
    result = weigh(snapshot, chosen, fail_on=Severity.HIGH, strict=False)
    files = runs.deliver((File(archive.FILE, archive.content(snapshot)),))
    unwritten: list[str] = []
    for name in names:
        if name != FIRST[0] and time.monotonic() > began + seconds - reserve / 3:
            unwritten.append(name)
        else:
            files += runs.deliver(render(result.view, (name,)))
    if unwritten:
        logger.warning(
            f"there was no time to write {', '.join(unwritten)}: give the function more memory, or AWSAUDIT_RESERVE more"
        )
    earlier = runs.earlier()
    if earlier.problem:
        logger.warning(earlier.problem)
    rules = {rule.id: rule for rule in chosen.rules}
    changes = diff.compare(earlier.past or Past(), result.findings, rules=rules, header=snapshot.header)
    if not earlier.told:
        _tell(asked, connection, runs, result, changes, earlier, files, unwritten)
        runs.told(earlier)
    run = Run(
        scan_id=asked.scan_id,
        account=account,
        taken_at=snapshot.header.taken_at,
        complete=snapshot.header.complete,
        failing=result.view.tally.failed,
        unknown=result.view.tally.unknown,
        exit=int(result.exit),
        changes={kind.value: sum(change.kind is kind for change in changes) for kind in Kind},
        folder=runs.folder,
        files=files,
        unwritten=tuple(unwritten),
    )
    runs.finish(run)
    _measure(run, snapshot, context.function_name, time.monotonic() - began)
    logger.info("scanned", extra={"run": msgspec.to_builtins(run)})
    return run


def _configuration(asked: Request, bucket: Bucket | None) -> Config:
    known = registry.load()
    if bucket is None or asked.config is None:
        base = default(known)
    else:
        base = parse(bucket.need(asked.config[1]), known, bucket.uri(asked.config[1]))
        if base.prices.file is not None:
            raise ConfigError(
                f"config `{bucket.uri(asked.config[1])}` [prices]: the function reads no price file; leave out `file`"
            )
    chosen = choose(base, rules=asked.rules, services=asked.services, frameworks=asked.frameworks, language=asked.language)
    return opted(chosen, chosen.also, asked.rules)


def _take(connection: Connection, chosen: Config, asked: Request, until: float, now: datetime) -> Snapshot:
    scope = Scope(wanted=by_rules([rule.spec for rule in chosen.rules], chosen.also), regions=asked.regions)
    scan = Scan(connection, scope, journal=NoJournal(), progress=Silent(), now=lambda: now)
    because = "the function's time was nearly over: give it more, or fewer regions"
    timer = threading.Timer(max(0.0, until - time.monotonic()), scan.stop, [because])
    timer.daemon = True
    timer.start()
    try:
        return freeze(scan.run(), open_book(chosen.prices, now))
    finally:
        timer.cancel()


def _tell(
    asked: Request,
    connection: Connection,
    runs: Runs,
    result: Result,
    changes: tuple[Change, ...],
    earlier: Earlier,
    files: Sequence[str],
    unwritten: Sequence[str],
) -> None:
    if not changes and earlier.past is not None:
        return
    news = News(
        account=connection.account_id,
        alias=result.view.scope.alias,
        partition=connection.partition,
        scan=asked.scan_id,
        complete=result.view.scope.complete,
        baseline=earlier.past is None,
        failing=result.view.tally.failed,
        unknown=result.view.tally.unknown,
        changes=changes,
        bucket=runs.bucket.name,
        folder=runs.folder,
        report="report.html" if "report.html" in files else "report.json",
        unwritten=tuple(unwritten),
    )
    if asked.topic:
        notify.publish(client("sns", notify.region_of(asked.topic)), asked.topic, news)
    if asked.bus:
        notify.put_event(client("events"), asked.bus, news)


def _measure(run: Run, snapshot: Snapshot, function: str, seconds: float) -> None:
    # Each function's own, so that one that runs does not hide another that does not.
    metrics = Metrics(namespace=SERVICE, service=function)
    metrics.add_metadata("account", run.account)
    metrics.add_metadata("scan_id", run.scan_id)
    for name, value in {
        "Finished": 1,
        "Complete": int(run.complete and not run.unwritten),
        "Failing": run.failing,
        "Unknown": run.unknown,
        "Changes": sum(run.changes.values()),
        "ApiCalls": len(snapshot.calls),
    }.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.add_metric("Duration", MetricUnit.Seconds, seconds)
    metrics.flush_metrics()
