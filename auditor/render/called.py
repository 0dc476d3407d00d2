"""The calls that were made, counted. How long they took stays in the snapshot: it differs from scan to scan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from auditor.model.snapshot import CallRecord

FINE = ("ok", "absent")
"""Outcomes with an answer: the value, or that nothing is configured."""


class CallCount(msgspec.Struct, frozen=True, order=True):
    """How many calls of one operation in one region ended in one way."""

    service: str
    operation: str
    region: str
    outcome: str
    count: int


class OperationCount(msgspec.Struct, frozen=True):
    """The calls of one operation in all regions. ``failed`` counts those without an answer by outcome."""

    operation: str
    calls: int
    regions: int
    failed: tuple[tuple[str, int], ...]


class ServiceCount(msgspec.Struct, frozen=True):
    """The calls of one service."""

    service: str
    calls: int
    answered: int
    failed: tuple[tuple[str, int], ...]
    operations: tuple[OperationCount, ...]


def count(calls: Iterable[CallRecord]) -> tuple[CallCount, ...]:
    """The calls counted by service, operation, region and outcome, sorted."""
    counts = Counter((call.service, call.operation, call.region, call.outcome) for call in calls)
    return tuple(CallCount(*place, number) for place, number in sorted(counts.items()))


def by_service(counts: Iterable[CallCount]) -> tuple[ServiceCount, ...]:
    """The counts added up by service and operation."""
    services: dict[str, dict[str, list[CallCount]]] = defaultdict(lambda: defaultdict(list))
    for one in counts:
        services[one.service][one.operation].append(one)
    return tuple(_service(service, operations) for service, operations in sorted(services.items()))


def _service(service: str, operations: dict[str, list[CallCount]]) -> ServiceCount:
    every = [one for counts in operations.values() for one in counts]
    failed = _failed(every)
    calls = sum(one.count for one in every)
    return ServiceCount(
        service=service,
        calls=calls,
        answered=calls - sum(number for _, number in failed),
        failed=failed,
        operations=tuple(
            OperationCount(name, sum(c.count for c in counts), len({c.region for c in counts}), _failed(counts))
            for name, counts in sorted(operations.items())
        ),
    )


def _failed(counts: Iterable[CallCount]) -> tuple[tuple[str, int], ...]:
    failed: Counter[str] = Counter()
    for one in counts:
        if one.outcome not in FINE:
            failed[one.outcome.replace("_", " ")] += one.count
    return tuple(sorted(failed.items()))
