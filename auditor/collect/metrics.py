"""CloudWatch: fills the metric fields of resources with as few GetMetricData calls as the API allows.

500 queries and 100,800 datapoints a request (GetMetricData, API reference). Metrics are read after everything is listed, so that the
series of all kinds in a region share their batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.collect.door import Answer, Door
from auditor.collect.visit import Metric
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import Resource
from auditor.model.series import Series

QUERIES = 500
"""Metrics in one GetMetricData request, at most."""
POINTS = 100_800
"""Datapoints that one GetMetricData request returns, at most."""

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

    A request has one window, so only queries of the same length and period go together: the window of a daily metric ends at midnight.
    """
    windows: dict[tuple[int, bool], list[Query]] = {}
    for query in queries:
        windows.setdefault((query.metric.days, query.metric.period >= 86400), []).append(query)
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
    """Whole periods up to the snapshot. Days end at midnight UTC: CloudWatch's daily datapoints begin there."""
    moment = int(taken_at.timestamp())
    end = datetime.fromtimestamp(moment - moment % metric.period, UTC)
    return end - timedelta(days=metric.days), end


def fill(
    door: Door,
    region: str,
    resources: Sequence[Resource],
    metrics: Mapping[type[Resource], Sequence[Metric]],
    taken_at: datetime,
    each: Each,
) -> list[Resource]:
    """The resources of one region with their metric fields filled in, in the same order."""
    facts: list[dict[str, Fact[Any]]] = [{} for _ in resources]
    queries: list[Query] = []
    for metric, places in _by_metric(resources, metrics):
        if metric.discover:
            _discover(door, region, metric, [(place, resources[place]) for place in places], facts, queries)
        else:
            queries += [Query(place, metric, d) for place in places for d in metric.dimensions(resources[place])]
            for place in places:
                facts[place][metric.field] = Known(())
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
        of_kind = [place for place, resource in enumerate(resources) if type(resource) is kind]
        for metric in wanted:
            places = [place for place in of_kind if metric.wanted_for(resources[place])]
            if places:
                yield metric, places


def _discover(
    door: Door,
    region: str,
    metric: Metric,
    resources: Sequence[tuple[int, Resource]],
    facts: list[dict[str, Fact[Any]]],
    queries: list[Query],
) -> None:
    """Ask once per region under which dimensions a metric is published, and share the answer out."""
    listing = door.pages(
        calls.LIST_METRICS,
        region,
        "Metrics",
        {"Namespace": metric.namespace, "MetricName": metric.name},
        of=f"{metric.namespace} {metric.name}",
    )
    sets = [_dimensions(entry) for entry in listing.entries]
    for place, resource in resources:
        mine = sorted((d for d in sets if metric.belongs(resource, d)), key=lambda d: sorted(d.items()))
        if listing.missing:
            # A partial list of metrics could hide the very one that matters.
            if metric.data:
                facts[place][metric.field] = listing.missing[0]
            if metric.sets_field:
                facts[place][metric.sets_field] = listing.missing[0]
            continue
        if metric.data:
            facts[place][metric.field] = Known(())
        if metric.sets_field:
            facts[place][metric.sets_field] = Known(tuple(mine))
        if metric.data:
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
    points: dict[str, dict[datetime, float]] = {}
    failed: set[str] = set()
    for entry in listing.entries:
        raw = entry.raw
        if raw.get("StatusCode") in ("InternalError", "Forbidden"):
            failed.add(str(raw.get("Id")))
        points.setdefault(str(raw.get("Id")), {}).update(zip(raw.get("Timestamps", ()), raw.get("Values", ()), strict=False))
    results: list[Fact[Series]] = []
    for number, query in enumerate(batch):
        identity = f"q{number}"
        if listing.missing:
            results.append(listing.missing[0])
        elif identity in failed:
            results.append(Unknown(Reason.ERROR, call.name, call.action))
        else:
            results.append(Known(_series(query, start, points.get(identity, {}))))
    return results


def _series(query: Query, start: datetime, points: Mapping[datetime, float]) -> Series:
    values: list[float | None] = [None] * query.points
    for moment, value in points.items():
        place = int((moment - start).total_seconds() // query.metric.period)
        if 0 <= place < len(values):
            values[place] = float(value)
    return Series(
        namespace=query.metric.namespace,
        metric=query.metric.name,
        stat=query.metric.stat,
        dimensions=dict(sorted(query.dimensions.items())),
        start=start,
        period=query.metric.period,
        values=tuple(values),
    )
