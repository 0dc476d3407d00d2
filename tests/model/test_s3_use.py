"""What a bucket's metrics add up to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.engine.cases import CASE_TIME, sample, series_of
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.s3 import Bucket
from auditor.model.s3_use import by_class, counted, stored
from auditor.model.series import Series

DAY = 86400


def size(storage: str, *values: float | None) -> Series:
    names = {"BucketName": "data", "StorageType": storage}
    return series_of("AWS/S3", "BucketSizeBytes", "Average", values, period=DAY, dimensions=names)


def bucket(*sizes: Series, age: float = 100) -> Bucket:
    return sample(Bucket, "data", sizes=Known(sizes), created=Known(CASE_TIME - timedelta(days=age)))


def reason(fact: Fact[object]) -> Reason | None:
    return fact.reason if isinstance(fact, Unknown) else None


def test_what_is_stored_is_what_was_published_last() -> None:
    held = bucket(size("StandardStorage", 1.0, 5.0, None), size("StandardIAStorage", 7.0, 0.0, 0.0), size("GlacierStorage", None))
    assert stored(held, CASE_TIME) == Known({"StandardStorage": 5.0})


def test_nothing_is_stored_in_an_old_bucket_without_sizes() -> None:
    assert stored(bucket(), CASE_TIME) == Known({})


def test_a_young_bucket_may_hold_what_was_not_published_yet() -> None:
    assert reason(stored(bucket(age=1), CASE_TIME)) is Reason.NO_DATA


def test_sizes_that_stopped_are_not_zero() -> None:
    assert reason(stored(bucket(size("StandardStorage", None, None)), CASE_TIME)) is Reason.NO_DATA


def test_what_could_not_be_read_stays_unknown() -> None:
    denied = Unknown(Reason.DENIED, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
    assert stored(sample(Bucket, "data", sizes=denied, created=Known(CASE_TIME)), CASE_TIME) == denied
    listed = Unknown(Reason.ERROR, "s3.ListBuckets", "s3:ListAllMyBuckets")
    assert stored(sample(Bucket, "data", sizes=Known(()), created=listed), CASE_TIME) == listed


def test_overheads_go_with_the_class_they_are_paid_as() -> None:
    sizes = {"DeepArchiveStorage": 10.0, "DeepArchiveObjectOverhead": 2.0, "DeepArchiveS3ObjectOverhead": 1.0, "NewStorage": 3.0}
    assert by_class(sizes) == {"DEEP_ARCHIVE": 12.0, "NewStorage": 3.0, "STANDARD": 1.0}


def requests(*values: float | None) -> tuple[Series, ...]:
    names = {"BucketName": "data", "FilterId": "EntireBucket"}
    return (series_of("AWS/S3", "AllRequests", "Sum", values, period=DAY, dimensions=names),)


@pytest.mark.parametrize(
    ("recorded", "of", "total"),
    [
        (requests(1, None, None, 2), requests(None, None, None, 2), 2),
        (requests(1, None, None, None), requests(None, None, None, None), 0),
        (requests(None, None, 3, 2), requests(None, None, 3, 2), None),
        (requests(None, None, None, None), requests(None, None, None, None), None),
        ((), (), None),
        (requests(5, None, None, None), (), None),
        (requests(5, 4, 1, 1), requests(9, 9, 1, 1), 2),
    ],
)
def test_days_without_requests_are_zeros_only_when_they_were_counted(
    recorded: tuple[Series, ...], of: tuple[Series, ...], total: float | None
) -> None:
    assert counted(recorded, of, 2) == total
