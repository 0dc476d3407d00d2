"""CloudWatch: fills the metric fields of resources with as few GetMetricData calls as the API allows.

500 queries and 100,800 datapoints a request (GetMetricData, API reference). Metrics are read after everything is listed, so that the
series of all kinds in a region share their batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.collect.door import Answer, Door, Listing
from auditor.collect.visit import Metric
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import Resource
from auditor.model.series import Series

QUERIES = 500
"""Metrics in one GetMetricData request, at most."""
POINTS = 100_800
"""Datapoints that one GetMetricData request returns, at most."""
HOUR = 3600

Dimensions = Mapping[str, str]
Each = Callable[[Sequence[Any], Callable[[Any], Any]], list[Any]]


class Query(msgspec.Struct, frozen=True):
    """One series to ask for: of which resource (by place in its list), for which metric, with which dimensions."""

    place: int
    metric: Metric
    dimensions: Dimensions

    @property
    def points(self) -> int:
        """Datapoints it may return."""
        return self.metric.days * 86400 // self.metric.period


def batches(queries: Iterable[Query]) -> list[list[Query]]:
    """The queries in requests that are as full as the two limits allow.

    A request has one window, so only queries of the same length whose windows end together share one: see :func:`window`.
    """
    windows: dict[tuple[int, int], list[Query]] = {}
    for query in queries:
        windows.setdefault((query.metric.days, _alignment(query.metric)), []).append(query)
    full: list[list[Query]] = []
    for _, group in sorted(windows.items()):
        batch: list[Query] = []
        points = 0
        for query in group:
            if batch and (len(batch) == QUERIES or points + query.points > POINTS):
                full.append(batch)
                batch, points = [], 0
            batch.append(query)
            points += query.points
        if batch:
            full.append(batch)
    return full


def window(metric: Metric, taken_at: datetime) -> tuple[datetime, datetime]:
    """Whole periods up to the snapshot: days end at midnight UTC, where CloudWatch's daily datapoints begin, all else at the hour."""
    moment = int(taken_at.timestamp())
    end = datetime.fromtimestamp(moment - moment % _alignment(metric), UTC)
    return end - timedelta(days=metric.days), end


def _alignment(metric: Metric) -> int:
    return max(metric.period, HOUR)


def fill(
    door: Door,
    region: str,
    resources: Sequence[Resource],
    metrics: Mapping[type[Resource], Sequence[Metric]],
    taken_at: datetime,
    each: Each,
) -> list[Resource]:
    """The resources of one region with their metric fields filled in, in the same order.

    What is asked depends on the resources alone, not on their order, so that two scans of the same account ask the same.
    """
    facts: list[dict[str, Fact[Any]]] = [{} for _ in resources]
    queries: list[Query] = []
    published: dict[tuple[str, str], Listing] = {}
    for metric, places in _by_metric(resources, metrics):
        if metric.discover:
            of = (metric.namespace, metric.name)
            if of not in published:
                published[of] = _published(door, region, metric)
            _share_out(published[of], metric, [(place, resources[place]) for place in places], facts, queries)
        else:
            for place in places:
                sets = metric.dimensions(resources[place])
                if isinstance(sets, Unknown):
                    facts[place][metric.field] = sets
                else:
                    facts[place][metric.field] = Known(())
                    queries += [Query(place, metric, d) for d in sets]
    full = batches(queries)
    answers = each(list(enumerate(full)), lambda numbered: _read(door, region, numbered[1], taken_at, f"batch {numbered[0] + 1}"))
    for batch, answer in zip(full, answers, strict=True):
        for query, series in zip(batch, answer, strict=True):
            before = facts[query.place][query.metric.field]
            if isinstance(before, Known):
                facts[query.place][query.metric.field] = (
                    series if isinstance(series, Unknown) else Known((*before.value, series.value))
                )
    return [msgspec.structs.replace(r, **f) if f else r for r, f in zip(resources, facts, strict=True)]


def _by_metric(
    resources: Sequence[Resource], metrics: Mapping[type[Resource], Sequence[Metric]]
) -> Iterable[tuple[Metric, list[int]]]:
    for kind, wanted in metrics.items():
        of_kind = sorted(
            (place for place, resource in enumerate(resources) if type(resource) is kind), key=lambda place: resources[place].arn
        )
        for metric in wanted:
            places = [place for place in of_kind if metric.wanted_for(resources[place])]
            if places:
                yield metric, places


def _published(door: Door, region: str, metric: Metric) -> Listing:
    """Under which dimensions a metric is published in the region: asked once, for all resources."""
    return door.pages(
        calls.LIST_METRICS,
        region,
        "Metrics",
        {"Namespace": metric.namespace, "MetricName": metric.name},
        of=f"{metric.namespace} {metric.name}",
    )


def _share_out(
    listing: Listing,
    metric: Metric,
    resources: Sequence[tuple[int, Resource]],
    facts: list[dict[str, Fact[Any]]],
    queries: list[Query],
) -> None:
    """Give each resource the dimension sets that are its own."""
    sets = [_dimensions(entry) for entry in listing.entries]
    for place, resource in resources:
        belongs = [(metric.belongs(resource, d), d) for d in sets]
        mine = sorted((d for yes, d in belongs if yes), key=lambda d: sorted(d.items()))
        gap: Unknown | None = None
        if listing.missing:
            # A partial list of metrics could hide the very one that matters.
            gap = listing.missing[0]
        elif not mine and any(yes is None for yes, _ in belongs):
            gap = Unknown(Reason.NO_DATA, calls.LIST_METRICS.name, calls.LIST_METRICS.action)
        if metric.data:
            facts[place][metric.field] = Known(()) if gap is None else gap
        if metric.sets_field:
            facts[place][metric.sets_field] = Known(tuple(mine)) if gap is None else gap
        if metric.data and gap is None:
            queries += [Query(place, metric, d) for d in mine]


def _dimensions(entry: Answer) -> Dimensions:
    return {str(d.get("Name")): str(d.get("Value")) for d in entry.raw.get("Dimensions", ())}


def _read(door: Door, region: str, batch: Sequence[Query], taken_at: datetime, of: str) -> list[Fact[Series]]:
    """One batch: a series, or the reason why there is none, for each query."""
    start, end = window(batch[0].metric, taken_at)
    call = calls.GET_METRIC_DATA
    params: dict[str, Any] = {
        "StartTime": start,
        "EndTime": end,
        "ScanBy": "TimestampAscending",
        "MetricDataQueries": [
            {
                "Id": f"q{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": query.metric.namespace,
                        "MetricName": query.metric.name,
                        "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions.items()],
                    },
                    "Period": query.metric.period,
                    "Stat": query.metric.stat,
                },
                "ReturnData": True,
            }
            for number, query in enumerate(batch)
        ],
    }
    listing = door.pages(call, region, "MetricDataResults", params, of=of)
    parts: dict[str, list[Answer]] = {}
    for entry in listing.entries:
        parts.setdefault(str(entry.raw.get("Id")), []).append(entry)
    if listing.missing:
        return [listing.missing[0] for _ in batch]
    return [_joined(query, start, parts.get(f"q{number}", ())) for number, query in enumerate(batch)]


def _joined(query: Query, start: datetime, parts: Sequence[Answer]) -> Fact[Series]:
    """The series that the answers for one query make, page after page: the status on the last page counts."""
    call = calls.GET_METRIC_DATA
    if not parts:
        # AWS answers every query, also those that nothing was published for: one without an answer was not looked up.
        return Unknown(Reason.NO_DATA, call.name, call.action)
    status = parts[-1].raw.get("StatusCode")
    if status != "Complete":
        return Unknown(Reason.DENIED if status == "Forbidden" else Reason.ERROR, call.name, call.action)
    values: list[float | None] = [None] * query.points
    for part in parts:
        placed = part.take(lambda raw: _placed(raw, start, query.metric.period))
        if isinstance(placed, Unknown):
            return placed
        for place, value in placed.value:
            if 0 <= place < len(values):
                values[place] = value
    return Known(_series(query, start, tuple(values)))


def _placed(raw: Mapping[str, Any], start: datetime, period: int) -> list[tuple[int, float]]:
    return [
        (int((moment - start).total_seconds() // period), _finite(value))
        for moment, value in zip(raw.get("Timestamps", ()), raw.get("Values", ()), strict=True)
    ]


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a number that can be written")
    return number


def _series(query: Query, start: datetime, values: tuple[float | None, ...]) -> Series:
    return Series(
        namespace=query.metric.namespace,
        metric=query.metric.name,
        stat=query.metric.stat,
        dimensions=dict(sorted(query.dimensions.items())),
        start=start,
        period=query.metric.period,
        values=values,
    )
