"""S3 Storage Lens: what is counted of an export, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import InventoryError
from auditor.inventory.files import read
from auditor.inventory.lens import Tally
from auditor.model.s3_report import InClass, Source, StorageReport
from tests.inventory.made import ACCOUNT, LENS, export, lens_rows

FIGURES = [
    ("STANDARD", "StorageBytes", 1100),
    ("STANDARD", "ObjectCount", 12),
    ("STANDARD", "CurrentVersionStorageBytes", 600),
    ("STANDARD", "CurrentVersionObjectCount", 6),
    ("STANDARD", "NonCurrentVersionStorageBytes", 400),
    ("STANDARD", "NonCurrentVersionObjectCount", 4),
    ("STANDARD", "DeleteMarkerObjectCount", 2),
    ("STANDARD", "IncompleteMultipartUploadStorageBytes", 100),
    ("STANDARD", "IncompleteMPUStorageBytesOlderThan7Days", 90),
    ("STANDARD", "EncryptedStorageBytes", 5),
    ("GLACIER", "StorageBytes", 7000),
    ("GLACIER", "ObjectCount", 70),
    ("GLACIER", "DeleteMarkerObjectCount", 1),
]


def test_figures_by_class(tmp_path: Path) -> None:
    others = f'V_1,org,2026-11-20,{ACCOUNT},us-east-1,STANDARD,PREFIX,"a,b/",models,StorageBytes,3\n'
    others += f"V_1,org,2026-11-20,{ACCOUNT},us-east-1,STANDARD,ACCOUNT,,,StorageBytes,8100\n"
    (about,) = read([export(tmp_path, lens_rows(FIGURES[:6]), others + lens_rows(FIGURES[6:]))]).reports
    assert (about.bucket, about.account) == ("models", ACCOUNT)
    assert about.report == StorageReport(
        source=Source.LENS,
        as_of=datetime(2026, 11, 20, tzinfo=UTC),
        name="org",
        holdings=(
            InClass(storage_class="GLACIER", objects=70, bytes=7000),
            InClass(
                storage_class="STANDARD",
                # Versions alone: what is stored has delete markers and parts of uploads in it, too.
                objects=10,
                bytes=1000,
                noncurrent=4,
                noncurrent_bytes=400,
                upload_bytes=100,
                stale_upload_bytes=90,
            ),
        ),
        delete_markers=3,
    )
    assert about.report.noncurrent_bytes is None, "of one class it is not told"
    assert about.report.small is None


@pytest.mark.parametrize("none", ["", "-"])
def test_figures_of_no_class(none: str) -> None:
    """A figure over all classes does not say where the bytes are; and a count beside those by class is their sum, not more."""
    tally = Tally()
    rows = lens_rows([(none, "StorageBytes", 10), (none, "DeleteMarkerObjectCount", 5)], bucket="flat")
    rows += lens_rows([(none, "DeleteMarkerObjectCount", 5), ("STANDARD", "DeleteMarkerObjectCount", 5)], bucket="both")
    tally.add([f"{LENS}\n{rows}".encode()], "x.csv")
    found = tally.reports()
    assert found[ACCOUNT, "flat"].holdings == (InClass(storage_class="", bytes=10),)
    assert found[ACCOUNT, "flat"].delete_markers == 5
    assert found[ACCOUNT, "both"].delete_markers == 5


def test_an_export_by_itself_needs_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{LENS}\n" + lens_rows(FIGURES) + lens_rows(FIGURES[:1], bucket="data", account="210987654321"))
    found = read([path]).reports
    assert [(one.account, one.bucket) for one in found] == [(ACCOUNT, "models"), ("210987654321", "data")]
    path.write_text(lens_rows(FIGURES))
    with pytest.raises(InventoryError, match=r"export\.csv` is no export of S3 Storage Lens.* give `manifest\.json`"):
        read([path])


def test_only_a_manifest_says_that_nothing_is_missing(tmp_path: Path) -> None:
    """An export may have several files: what one of them says of a bucket is perhaps not all."""
    whole = export(tmp_path, lens_rows(FIGURES[:6]), lens_rows(FIGURES[6:]))
    part = tmp_path / "V_1" / "reports" / "dt=2026-11-20" / "0.csv"
    assert [one.report.whole for one in read([whole]).reports] == [True]
    (alone,) = read([part]).reports
    assert (alone.report.whole, alone.report.covers) == (False, "all versions, perhaps of a part of the bucket")


def test_files_of_a_manifest_may_have_a_heading_or_none(tmp_path: Path) -> None:
    with_heading = read([export(tmp_path / "a", lens_rows(FIGURES))])
    assert read([export(tmp_path / "b", lens_rows(FIGURES), heading=False)]) == with_heading
    assert with_heading.reports


def test_of_several_days_the_last(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    days = [lens_rows([("STANDARD", "StorageBytes", number)], day=f"2026-11-{number}") for number in (19, 21, 20)]
    path.write_text("\n".join([LENS, *days]).replace("\n\n", "\n"))
    (about,) = read([path]).reports
    assert (about.report.as_of.day, about.report.bytes) == (21, 21)


BAD = {
    "a figure that is none": ([("STANDARD", "StorageBytes", -5)], {}, "line 2: `-5` is not a figure: `StorageBytes` is"),
    "a class that is none": ([("standard", "StorageBytes", 5)], {}, "line 2: `standard` is not a storage class"),
    "no bucket": ([("STANDARD", "StorageBytes", 5)], {"bucket": "../x"}, r"line 2: `\.\./x` is not the name of a bucket"),
    "no account": ([("STANDARD", "StorageBytes", 5)], {"account": "12"}, "line 2: `12` is not the number of an account"),
    "no day": ([("STANDARD", "StorageBytes", 5)], {"day": "2026-02-30"}, "line 2: `2026-02-30` is not a day"),
    "twice": ([("STANDARD", "StorageBytes", 5)] * 2, {}, "line 3: `StorageBytes` of `models` in `STANDARD` is there twice"),
}


@pytest.mark.parametrize(("figures", "changes", "why"), BAD.values(), ids=list(BAD))
def test_faults_have_their_line(figures: list[tuple[str, str, int]], changes: dict[str, str], why: str) -> None:
    tally = Tally()
    with pytest.raises(InventoryError, match=why):
        tally.add([f"{LENS}\n{lens_rows(figures, **changes)}".encode()], "x.csv")


def test_rows_of_another_width() -> None:
    with pytest.raises(InventoryError, match="line 3: it has 2 cells and not 11"):
        Tally().add([f"{LENS}\n{lens_rows(FIGURES[:1])}a,b\n".encode()], "x.csv")


def test_a_configuration_whose_name_is_none_is_not_repeated() -> None:
    tally = Tally()
    tally.add([(f"{LENS}\n" + lens_rows(FIGURES[:1]).replace(",org,", ",<b>,")).encode()], "x.csv")
    assert [one.name for one in tally.reports().values()] == [""]
