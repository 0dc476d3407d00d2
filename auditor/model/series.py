"""CloudWatch series: what a metric was, hour by hour or day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One metric with one exact set of dimensions over one window.

    ``values`` holds one place for each period from ``start``, oldest first; ``None`` where CloudWatch has no datapoint. ``period`` is
    in seconds, the values in ``unit``-less CloudWatch terms (percent, bytes, count) as the metric's own documentation says.
    """

    namespace: str
    metric: str
    stat: str
    dimensions: Mapping[str, str]
    start: datetime
    period: int
    values: tuple[float | None, ...]

    @property
    def present(self) -> tuple[float, ...]:
        """The datapoints that exist, oldest first."""
        return tuple(value for value in self.values if value is not None)

    @property
    def coverage(self) -> float:
        """The share of periods that have a datapoint, 0 to 1."""
        return len(self.present) / len(self.values) if self.values else 0.0

    @property
    def maximum(self) -> float | None:
        """The largest datapoint, ``None`` when there is none."""
        return max(self.present, default=None)

    @property
    def mean(self) -> float | None:
        """The mean of the datapoints, ``None`` when there is none."""
        present = self.present
        return sum(present) / len(present) if present else None

    @property
    def total(self) -> float | None:
        """The sum of the datapoints, ``None`` when there is none."""
        present = self.present
        return sum(present) if present else None

    @property
    def latest(self) -> float | None:
        """The newest datapoint, ``None`` when there is none."""
        present = self.present
        return present[-1] if present else None

    @property
    def end(self) -> datetime:
        """The end of the window."""
        return self.start + timedelta(seconds=self.period * len(self.values))

    @property
    def days(self) -> float:
        """The length of the window in days."""
        return self.period * len(self.values) / 86400

    def since(self, moment: datetime) -> Series:
        """The part of the window from ``moment`` on: whole periods only."""
        skip = 0
        while skip < len(self.values) and self.start + timedelta(seconds=self.period * skip) < moment:
            skip += 1
        return msgspec.structs.replace(self, start=self.start + timedelta(seconds=self.period * skip), values=self.values[skip:])
