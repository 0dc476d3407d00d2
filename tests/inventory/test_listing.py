"""S3 Inventory: what is counted of its rows, and what is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InventoryError
from auditor.inventory.files import read
from auditor.inventory.listing import Tally
from auditor.model.s3_report import SMALL, InClass, Source, StorageReport
from tests.inventory.made import ALL, CURRENT, DAY, inventory, row

COLUMNS = ALL.split(", ")


def counted(text: str, columns: Sequence[str] = COLUMNS, pieces: int = 1) -> StorageReport:
    """What a file says that comes in so many pieces."""
    content = text.encode()
    size = max(1, -(-len(content) // pieces))
    tally = Tally("models", columns)
    tally.add((content[at : at + size] for at in range(0, len(content), size)), "part.csv")
    return tally.report(DAY, "daily")


def test_versions_by_class(tmp_path: Path) -> None:
    first = row("a.bin", SMALL) + row("a.bin", SMALL - 1, latest=False) + row("b/%EA%B0%80.bin", 0, marker=True, latest=False)
    second = row("a.bin", 7, "GLACIER", latest=False) + row("c", "", "", marker=True) + row("d", 5, "INTELLIGENT_TIERING")
    second += row("e", 6, "INTELLIGENT_TIERING", tier="ARCHIVE_INSTANT_ACCESS")
    (about,) = read([inventory(tmp_path, first, second)]).reports
    assert (about.bucket, about.account) == ("models", "")
    assert about.report == StorageReport(
        source=Source.INVENTORY,
        as_of=DAY,
        name="daily",
        holdings=(
            InClass(storage_class="GLACIER", objects=1, bytes=7, small=1, small_bytes=7, noncurrent=1, noncurrent_bytes=7),
            InClass(
                storage_class="INTELLIGENT_TIERING", objects=1, bytes=5, small=1, small_bytes=5, noncurrent=0, noncurrent_bytes=0
            ),
            InClass(
                storage_class="INTELLIGENT_TIERING_AIA",
                objects=1,
                bytes=6,
                small=1,
                small_bytes=6,
                noncurrent=0,
                noncurrent_bytes=0,
            ),
            InClass(
                storage_class="STANDARD",
                objects=2,
                bytes=2 * SMALL - 1,
                small=1,
                small_bytes=SMALL - 1,
                noncurrent=1,
                noncurrent_bytes=SMALL - 1,
            ),
        ),
        delete_markers=2,
    )


def test_what_has_no_column_is_not_known() -> None:
    report = counted('"models","a","12","STANDARD"\n"models","b","13","STANDARD"\n', CURRENT.split(", "))
    assert report.holdings == (InClass(storage_class="STANDARD", objects=2, bytes=25, small=2, small_bytes=25),)
    assert (report.all_versions, report.delete_markers, report.noncurrent_bytes) == (False, None, None)
    report = counted('"models","a"\n', ("Bucket", "Key"))
    assert report.holdings == (InClass(storage_class="", objects=1),)
    assert report.bytes is None


@pytest.mark.parametrize(
    ("keys", "whole", "prefix"),
    [
        (("a/1", "b/2"), True, ""),
        (("logs/1", "logs/2"), False, "logs/"),
        (("logs/2026/1", "logs/2025/1"), False, "logs/"),
        (("secret-name",), False, ""),
        (("in/%EA%B0%80/x", "in/%EA%B0%81/x"), False, "in/"),
        (("%EA%B0%80", "%EB%B0%80"), True, ""),
        (("%41", "%51"), True, ""),
        (("%EA%B0%80/1", "%EA%B0%80/2"), False, "가/"),
        ((), False, ""),
    ],
)
def test_which_part_it_is_about(keys: Sequence[str], whole: bool, prefix: str) -> None:
    """A filter by prefix is in no manifest: that there is none is known only of keys that have no beginning in common."""
    report = counted("".join(map(row, keys)))
    assert (report.whole, report.prefix) == (whole, prefix)


BAD = {
    "a size that is none": (row("a") + row("b", "1e3"), "line 2: `1e3` is not a size in bytes"),
    "digits of another script": (row("a", "１２"), "line 1: .* is not a size in bytes"),
    "a size below zero": (row("a", "-1"), "is not a size"),
    "a size beyond all": (row("a", "9" * 19), "is not a size"),
    "no size": (row("a", ""), "is not a size"),
    "too few cells": (row("a") + '"models","b"\n', "line 2: it has 2 cells, and `fileSchema` of the manifest names 9"),
    "another bucket": (row("a").replace("models", "others"), "line 1: it is about `others`, and the manifest about `models`"),
    "no class": (row("a", 1, "<b>"), "`<b>` is not a storage class"),
    "no tier": (row("a", 1, "INTELLIGENT_TIERING", tier="HOT"), "`HOT` is not a tier of Intelligent-Tiering"),
    "neither true nor false": (row("a").replace('"false"', '"perhaps"'), "`perhaps` under `IsDeleteMarker` is neither true nor"),
    "a quote that does not end": (row("a") + '"models', "line 2: unexpected end of data"),
    "something behind a quote": ('"models"x\n', "line 1: "),
    "a field without end": (row("a" * 200_000), "line 1: field larger than field limit"),
    "a line without end": ("a" * 1_100_000, "line 1: it has over 1,048,576 bytes"),
    "too many classes": (
        "".join(row("a", 1, f"C{number}") for number in range(300)),
        "line 201: there are over 200 storage classes",
    ),
    "control characters": (row("a", 1, "\x1b[31m"), r"`\\x1b\[31m` is not a storage class"),
}


@pytest.mark.parametrize(("text", "why"), BAD.values(), ids=list(BAD))
@pytest.mark.parametrize("pieces", [1, 7])
def test_faults_have_their_line(text: str, why: str, pieces: int) -> None:
    with pytest.raises(InventoryError, match=why) as caught:
        counted(text, pieces=pieces)
    assert str(caught.value).isprintable()


def test_no_columns_to_know_rows_by() -> None:
    with pytest.raises(InventoryError, match="no column `Key`"):
        Tally("models", ("Bucket", "Size"))


def test_a_mark_at_the_beginning_and_windows_line_ends() -> None:
    assert counted("\ufeff" + row("a") + row("b").replace("\n", "\r\n") + row("c").rstrip("\n")).objects == 3


sizes = st.one_of(st.integers(0, 10**15), st.sampled_from([0, SMALL - 1, SMALL, SMALL + 1]))
listed = st.tuples(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), min_size=1, max_size=12),
    sizes,
    st.sampled_from(["STANDARD", "GLACIER", "A_CLASS_TO_COME"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(listed, max_size=30), st.integers(1, 40))
def test_counts_are_those_of_a_plain_reading(rows: list[tuple[str, int, str, bool, bool]], pieces: int) -> None:
    """However the text comes in, and whatever is in the keys: each figure is the sum over the rows that it is about."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for key, size, storage, latest, marker in rows:
        writer.writerow(("models", key, "v", str(latest).lower(), str(marker), size, "", storage, ""))
    report = counted(out.getvalue(), pieces=pieces)
    assert report.delete_markers == sum(1 for one in rows if one[4])
    versions = [one for one in rows if not one[4]]
    assert {one.storage_class for one in report.holdings} == {one[2] for one in versions}
    for held in report.holdings:
        of_class = [one for one in versions if one[2] == held.storage_class]
        small = [one[1] for one in of_class if one[1] < SMALL]
        old = [one[1] for one in of_class if not one[3]]
        assert (held.objects, held.bytes) == (len(of_class), sum(one[1] for one in of_class))
        assert (held.small, held.small_bytes) == (len(small), sum(small))
        assert (held.noncurrent, held.noncurrent_bytes) == (len(old), sum(old))
