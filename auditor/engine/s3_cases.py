"""What CloudWatch has of a bucket, for the cases of rules: its sizes, its objects, its requests."""

from __future__ import annotations

from datetime import datetime

from auditor.engine.cases import CASE_TIME, series_of
from auditor.model.fact import Known
from auditor.model.series import Series

DAY = 86400
GB = 2.0**30
MADE_LONG_AGO: Known[datetime] = Known(CASE_TIME.replace(year=2019))
"""When a bucket was made that is old enough for CloudWatch to know what is in it."""

Metric = Known[tuple[Series, ...]]


def held(**sizes: float | None) -> Metric:
    """``Bucket.sizes``: bytes by storage type, of the last three days: ``held(StandardStorage=5 * GB)``. ``None``: nothing any more."""
    return Known(
        tuple(
            series_of("AWS/S3", "BucketSizeBytes", "Average", [size] * 3, period=DAY, dimensions=_of("StorageType", storage))
            for storage, size in sizes.items()
        )
    )


def object_count(count: float | None) -> Metric:
    """``Bucket.object_count``: the same on the last three days. ``None``: CloudWatch has no count."""
    names = _of("StorageType", "AllStorageTypes")
    return Known((series_of("AWS/S3", "NumberOfObjects", "Average", [count] * 3, period=DAY, dimensions=names),))


def daily_metric(metric: str, lately: float | None, before: float | None = 5) -> Metric:
    """A request metric of the whole bucket: for 60 days ``before``, then for 29 days nothing, then ``lately``. ``None``: no datapoint."""
    values = [before] * 60 + [None] * 29 + [lately]
    return Known((series_of("AWS/S3", metric, "Sum", values, period=DAY, dimensions=_of("FilterId", "EntireBucket")),))


def _of(name: str, value: str) -> dict[str, str]:
    return {"BucketName": "sample", name: value}
