"""What CloudWatch says of buckets: their size, every day and for nothing; their requests where somebody pays to have them counted."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.visit import Metric
from auditor.model.fact import Unknown
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket, DirectoryBucket

STORED = 3
"""Days of sizes: S3 publishes one a day, a day or two late."""
REQUESTS = 90
"""Days of requests. What was counted before the days that are judged shows that counting was on, for S3 publishes no zeros."""
COUNTED = {"all_requests": "AllRequests", "get_requests": "GetRequests", "bytes_downloaded": "BytesDownloaded"}


def _of_bucket(bucket: Bucket | DirectoryBucket, dimensions: Mapping[str, str]) -> bool:
    return dimensions.get("BucketName") == bucket.id and set(dimensions) == {"BucketName", "StorageType"}


def _placed(bucket: Bucket) -> bool:
    """Its region is known: CloudWatch keeps its metrics there."""
    return bucket.region != GLOBAL


def _under_filter(bucket: Bucket) -> list[Mapping[str, str]] | Unknown:
    """The dimensions of a metrics configuration for the whole bucket: one is enough, for all of them count the same."""
    if isinstance(bucket.request_metrics, Unknown):
        return bucket.request_metrics
    whole = sorted(one.id for one in bucket.request_metrics.value if one.whole_bucket)
    return [{"BucketName": bucket.id, "FilterId": one} for one in whole[:1]]


_SIZES = Metric(
    field="sizes",
    namespace="AWS/S3",
    name="BucketSizeBytes",
    stat="Average",
    period=86400,
    days=STORED,
    discover=True,
    belongs=_of_bucket,
    wanted_for=_placed,
)
OF_BUCKETS = (
    _SIZES,
    Metric(
        field="object_count",
        namespace="AWS/S3",
        name="NumberOfObjects",
        stat="Average",
        period=86400,
        days=STORED,
        dimensions=lambda bucket: ({"BucketName": bucket.id, "StorageType": "AllStorageTypes"},),
        wanted_for=_placed,
    ),
    *(
        Metric(
            field=field,
            namespace="AWS/S3",
            name=name,
            stat="Sum",
            period=86400,
            days=REQUESTS,
            dimensions=_under_filter,
            wanted_for=_placed,
        )
        for field, name in COUNTED.items()
    ),
)
OF_DIRECTORY_BUCKETS = (_SIZES,)
