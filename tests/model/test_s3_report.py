"""Which report a bucket is judged by, and what is said where none will do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.s3_report import (
    SMALL,
    STALE,
    InClass,
    Source,
    StorageReport,
    counting_markers,
    counting_noncurrent,
    counting_small,
    counting_uploads,
    fresh,
    lacking,
)
from auditor.model.s3_sizes import best_sizes, sizes

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FULL = InClass(
    storage_class="STANDARD",
    objects=10,
    bytes=10 * SMALL,
    small=4,
    small_bytes=400,
    noncurrent=3,
    noncurrent_bytes=300,
    upload_bytes=9,
    stale_upload_bytes=8,
)
BARE = InClass(storage_class="GLACIER", objects=1)


def report(
    *holdings: InClass, days: float = 1, whole: bool = True, every: bool = True, markers: int | None = None
) -> StorageReport:
    return StorageReport(
        source=Source.INVENTORY,
        as_of=NOW - timedelta(days=days),
        whole=whole,
        all_versions=every,
        holdings=holdings,
        delete_markers=markers,
    )


def test_sums_are_of_all_classes_or_of_nothing() -> None:
    assert report(FULL, FULL).noncurrent_bytes == 600
    assert report(FULL, BARE).objects == 11
    assert report(FULL, BARE).bytes is None
    assert report(FULL, BARE).noncurrent_bytes is None


def test_the_whole_bucket_goes_before_the_newer_report() -> None:
    part, old, new = report(FULL, days=1, whole=False), report(FULL, days=9), report(FULL, days=3)
    assert fresh([part, old, new], NOW) == (new, old, part)
    assert fresh([report(days=STALE.days + 0.1), report(days=-2)], NOW) == ()


def test_what_each_report_is_good_for() -> None:
    full, bare, current, part = report(FULL), report(BARE), report(FULL, every=False), report(FULL, whole=False)
    assert counting_noncurrent([bare, current], NOW) is None
    assert counting_noncurrent([bare, part], NOW) == part
    assert counting_small([bare, part], NOW) is None
    assert counting_small([bare, current], NOW) == current
    assert counting_uploads([bare, full], NOW) == full
    assert counting_uploads([report()], NOW) is None, "a report of nothing is no zero"
    assert counting_markers([full, report(markers=0)], NOW) == report(markers=0)


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([], "their size is not known; give a list with `--inventory`"),
        ([report(days=40)], "their size is not known: S3 Inventory of 2026-10-13 is 40 days old; give a list with `--inventory`"),
        ([report(days=-5)], "their size is not known: S3 Inventory of 2026-11-27 was made after the snapshot; give a list with"),
        (
            [report(every=False), report(days=60)],
            "their size is not in S3 Inventory of 2026-11-21, which is about current versions in the bucket; give a list with",
        ),
    ],
)
def test_what_is_lacking(reports: list[StorageReport], said: str) -> None:
    assert lacking(reports, NOW, "their size", "a list").startswith(said)


def test_most_objects_and_not_the_average_of_all() -> None:
    few = InClass(storage_class="STANDARD", objects=100, bytes=10**9, small=49, small_bytes=490)
    most = InClass(storage_class="STANDARD", objects=100, bytes=10**9, small=50, small_bytes=500)
    all_ = InClass(storage_class="STANDARD", objects=100, bytes=1000, small=100, small_bytes=1000)
    large = InClass(storage_class="STANDARD", objects=2, bytes=10**9)
    found = [sizes(report(one), 0.5) for one in (few, most, all_, large)]
    assert [(one.typical, one.mostly_small) for one in found if one] == [
        (19_607_833, False),
        (10, True),
        (10, True),
        (500_000_000, False),
    ]
    assert sizes(report(), 0.5) is None
    assert sizes(report(BARE), 0.5) is None
    assert sizes(report(all_), 1.1) == sizes(report(all_), 1.5)


def test_a_report_that_counts_small_objects_goes_before_one_that_does_not() -> None:
    lens, counts = report(InClass(storage_class="STANDARD", objects=2, bytes=10**9)), report(FULL, days=5)
    found = best_sizes([lens, counts], NOW, 0.5)
    assert found
    assert found[0] == counts
    assert best_sizes([report(FULL, whole=False)], NOW, 0.5) is None


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.floats(0.01, 1))
def test_the_typical_size_is_on_its_side_of_128_kb(objects: int, small: int, most: float) -> None:
    small = min(small, objects)
    held = InClass(
        storage_class="STANDARD",
        objects=objects,
        bytes=small * (SMALL - 1) + (objects - small) * SMALL,
        small=small,
        small_bytes=small * (SMALL - 1),
    )
    found = sizes(report(held), most)
    assert found
    assert (found.typical < SMALL) == (found.mostly_small or small == objects)
