"""Reports in snapshots: with the buckets that they are about, and notes on the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from auditor.engine import archive
from auditor.engine.cases import CASE_ACCOUNT, CASE_TIME, case_snapshot, passes, sample, series_of
from auditor.inventory.files import About, Given
from auditor.inventory.frozen import freeze
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket
from auditor.model.s3_report import STALE, InClass, Source, StorageReport
from auditor.model.snapshot import Snapshot

SNAPSHOT = case_snapshot(passes("two buckets", sample(Bucket, "data"), sample(Bucket, "models")))


def report(days: float = 2, source: Source = Source.INVENTORY, name: str = "daily") -> StorageReport:
    held = InClass(storage_class="STANDARD", objects=1, bytes=5, noncurrent=0, noncurrent_bytes=0)
    return StorageReport(source=source, name=name, as_of=CASE_TIME - timedelta(days=days), prefix="가/", holdings=(held,))


def bucket(snapshot: Snapshot, name: str) -> Bucket:
    (found,) = (one for one in snapshot.section(Bucket, GLOBAL).items if one.id == name)
    return found


def test_reports_are_with_their_buckets(tmp_path: Path) -> None:
    new, old = report(1), report(3, Source.LENS)
    given = Given((About(bucket="models", report=new), About(bucket="models", account=CASE_ACCOUNT, report=old)))
    frozen = freeze(SNAPSHOT, given)
    assert bucket(frozen, "models").reports == Known((old, new))
    missing = bucket(frozen, "data").reports
    assert isinstance(missing, Unknown)
    assert (missing.reason, missing.call, missing.action) == (Reason.NOT_COLLECTED, "given.StorageReport", "")
    assert frozen.header.notes == ()
    archive.write(frozen, tmp_path / archive.FILE)
    again = archive.read(tmp_path / archive.FILE)
    assert list(archive.lines(again)) == list(archive.lines(frozen)), "the snapshot has all that is needed to judge it again"
    assert bucket(again, "models").reports == Known((old, new))


def test_nothing_given_changes_nothing() -> None:
    assert freeze(SNAPSHOT, Given()) is SNAPSHOT


def test_reports_of_other_buckets_are_noted() -> None:
    lens = report(source=Source.LENS, name="org")
    others = [About(bucket=f"other-{number}", account="210987654321", report=lens) for number in range(5)]
    mine = About(bucket="models", account="210987654321", report=lens)
    frozen = freeze(SNAPSHOT, Given((About(bucket="gone", report=report()), *others, mine), ("two were older",)))
    assert all(isinstance(one.reports, Unknown) for one in frozen.section(Bucket, GLOBAL).items), "another account's is another"
    assert frozen.header.notes == (
        "two were older",
        "S3 Inventory daily of 2026-11-20 is about `gone`, which is not a bucket that this scan found",
        "S3 Storage Lens org of 2026-11-20 is about `models`, `other-0`, `other-1` and 3 more, which are not buckets that this scan found",
    )


def test_reports_of_another_time_are_noted_and_kept() -> None:
    old, ahead = report(STALE.days + 1), report(-3)
    frozen = freeze(SNAPSHOT, Given((About(bucket="models", report=old), About(bucket="data", report=ahead))))
    assert bucket(frozen, "models").reports == Known((old,))
    assert frozen.header.notes == (
        "S3 Inventory daily of 2026-11-25 tells of `data` after the scan: figures of over 30 days before are not used",
        "S3 Inventory daily of 2026-10-22 tells of `models` 31 days before the scan: figures of over 30 days before are not used",
    )


def test_a_scan_that_reads_no_buckets_says_so() -> None:
    without = msgspec.structs.replace(SNAPSHOT, sections={})
    frozen = freeze(without, Given((About(bucket="models", report=report()),)))
    assert frozen.header.notes == ("reports of storage were given, and none of the rules that were selected is about buckets",)


@pytest.mark.parametrize(
    ("counted", "markers", "whole"),
    [
        (100, None, True),
        (105, None, True),
        (106, None, False),
        (96, None, True),
        (90, None, False),
        (120, 15, True),
        (None, None, False),
    ],
)
def test_a_report_that_counts_what_cloudwatch_counts_is_of_the_whole_bucket(
    counted: float | None, markers: int | None, whole: bool
) -> None:
    """Keys that all begin alike may be all there are: then there are as many."""
    series = series_of("AWS/S3", "NumberOfObjects", "Average", [counted] * 3, period=86400, dimensions={})
    snapshot = case_snapshot(passes("one", sample(Bucket, "models", object_count=Known((series,)))))
    held = InClass(storage_class="STANDARD", objects=100, bytes=5)
    part = StorageReport(
        source=Source.INVENTORY, as_of=CASE_TIME, whole=False, prefix="data/", holdings=(held,), delete_markers=markers
    )
    found = bucket(freeze(snapshot, Given((About(bucket="models", report=part),))), "models").reports
    assert isinstance(found, Known)
    said = "as many as CloudWatch counts" if whole else "perhaps not all"
    assert [(one.whole, one.covers) for one in found.value] == [(whole, f"all versions under data/, {said}")]
