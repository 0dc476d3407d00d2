"""CloudWatch for the emulated account: exact dimensions, as AWS documents it, and quick however much is put in.

moto goes through all datapoints for every period of every query, which takes minutes for an account of some size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.demo.emulator import reply

Raw = Mapping[str, Any]
Key = tuple[str, str, str, tuple[tuple[str, str], ...]]

PAGE = 500
"""Metrics in one answer of ListMetrics, as AWS gives them."""
RECENT = timedelta(days=14)
"""ListMetrics knows what was published in the last two weeks."""

STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
}


class CloudWatch:
    """All metrics of an account by region, namespace, name and dimensions."""

    def __init__(self, now: datetime) -> None:
        """``now`` is the time of the scan."""
        self._now = now
        self._points: dict[Key, list[tuple[datetime, float]]] = {}

    def put_metric_data(self, params: Raw, region: str) -> Raw:
        """Keep datapoints."""
        for datum in params["MetricData"]:
            key = _key(region, params["Namespace"], datum["MetricName"], datum.get("Dimensions", ()))
            self._points.setdefault(key, []).append((datum["Timestamp"].astimezone(UTC), float(datum["Value"])))
        return {}

    def list_metrics(self, params: Raw, region: str) -> Raw:
        """Which metrics there are, a page at a time."""
        asked = {(d["Name"], d.get("Value")) for d in params.get("Dimensions", ())}
        found = [
            {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions]}
            for (place, namespace, name, dimensions), points in sorted(self._points.items())
            if place == region
            and params.get("Namespace") in (None, namespace)
            and params.get("MetricName") in (None, name)
            and all((n, v) in dimensions or (v is None and n in dict(dimensions)) for n, v in asked)
            and any(moment >= self._now - RECENT for moment, _ in points)
        ]
        start = int(params.get("NextToken") or 0)
        more = {"NextToken": str(start + PAGE)} if len(found) > start + PAGE else {}
        return {"Metrics": found[start : start + PAGE], **more}

    def get_metric_data(self, params: Raw, region: str) -> Raw:
        """The statistics asked for, period by period."""
        start, end = params["StartTime"], params["EndTime"]
        return {
            "MetricDataResults": [self._result(region, query, start, end) for query in params["MetricDataQueries"]],
            "Messages": [],
        }

    def _result(self, region: str, query: Raw, start: datetime, end: datetime) -> Raw:
        stat = query["MetricStat"]
        metric, period = stat["Metric"], timedelta(seconds=stat["Period"])
        key = _key(region, metric["Namespace"], metric["MetricName"], metric.get("Dimensions", ()))
        buckets: dict[int, list[float]] = {}
        for moment, value in self._points.get(key, ()):
            if start <= moment < end:
                buckets.setdefault((moment - start) // period, []).append(value)
        return {
            "Id": query["Id"],
            "Label": metric["MetricName"],
            "Timestamps": [start + place * period for place in sorted(buckets)],
            "Values": [float(STATISTICS[stat["Stat"]](buckets[place])) for place in sorted(buckets)],
            "StatusCode": "Complete",
        }


def _key(region: str, namespace: str, name: str, dimensions: Any) -> Key:
    return region, namespace, name, tuple(sorted((str(d["Name"]), str(d["Value"])) for d in dimensions))


def answer_for(session: Any, now: datetime) -> None:
    """Answer CloudWatch's operations of the session."""
    kept = CloudWatch(now)
    reply(session, "cloudwatch.PutMetricData", kept.put_metric_data)
    reply(session, "cloudwatch.ListMetrics", kept.list_metrics)
    reply(session, "cloudwatch.GetMetricData", kept.get_metric_data)
