"""``awsaudit lifecycle --inventory``: sizes from a report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.cli.app import run
from auditor.lifecycle.classes import SMALL
from tests.cli.test_lifecycle_costs import Capture, files, told
from tests.inventory.made import export, inventory, lens_rows, row

__all__ = ["files"]
REGION = ("--region", "xx-test-1", "--prices", "prices.csv")


def test_sizes_by_class_are_those_of_the_report(tmp_path: Path, capsys: Capture) -> None:
    large = "".join(row(f"a/{number}", 2**20) for number in range(64))
    infrequent = "".join(row(f"b/{number}", 2**22, "STANDARD_IA", latest=number % 2 == 0) for number in range(8))
    inventory(tmp_path / "in", large, infrequent)
    lenient = ("--fail-on", "error")
    given = told(capsys, "good.json", *REGION, "--inventory", "in", *lenient)
    sizes = ("--size-gb", "0.0625", "--objects", "64", "--class", "STANDARD_IA=0.03125:8")
    said = told(capsys, "good.json", *REGION, *sizes, "--versioning", "enabled", *lenient)
    assert given["files"][0]["costs"] == said["files"][0]["costs"]
    (note, *_) = given["notes"]
    assert note == "sizes are those of S3 Inventory daily of 2026-11-20: all versions in the bucket"
    assert {one["total"]["bytes"] for one in given["files"][0]["costs"]} == {64 * 2**20, 8 * 2**22}


def test_most_objects_decide_and_not_their_average(tmp_path: Path, capsys: Capture) -> None:
    rows = "".join(row(f"a/{number}", 1000) for number in range(30)) + row("b", 2**30) * 2
    inventory(tmp_path / "in", rows)
    found = told(capsys, "good.json", "--inventory", "in", code=1)
    messages = [one["message"] for one in found["files"][0]["findings"] if one["check"] == "small-objects-stay"]
    assert messages
    assert all("30 of 32 objects have under 128 KB, 1000 B on average, and do not move" in one for one in messages)
    (average,) = (str((30 * 1000 + 2 * 2**30) / 2**30),)
    found = told(capsys, "good.json", "--size-gb", average, "--objects", "32")
    assert found["files"][0]["findings"] == [], "by the average nothing is to be seen"


def test_small_objects_make_no_requests(tmp_path: Path, capsys: Capture) -> None:
    """By default they do not move, so that what a transition costs and saves is that of the others."""
    large = "".join(row(f"a/{number}", 2**30) for number in range(4))
    inventory(tmp_path / "mixed", large + "".join(row(f"b/{number}", 1000) for number in range(500)))
    inventory(tmp_path / "large", large)
    lenient = ("--fail-on", "error")
    mixed, alone = (told(capsys, "good.json", *REGION, "--inventory", name, *lenient) for name in ("mixed", "large"))
    assert mixed["files"][0]["costs"] == alone["files"][0]["costs"]
    assert mixed["files"][0]["costs"][0]["total"]["requests"]["amount"] == "0.00004"


def test_one_bucket_of_an_export(tmp_path: Path, capsys: Capture) -> None:
    one = lens_rows([("STANDARD", "StorageBytes", 2**40), ("STANDARD", "ObjectCount", 2**19)])
    export(tmp_path / "lens", one, lens_rows([("STANDARD", "StorageBytes", 5)], bucket="other"))
    assert run(["lifecycle", "good.json", "--inventory", "lens"]) == 2
    assert "the reports are about 2 buckets (`models`, `other`); name one with `--bucket`" in capsys.readouterr().err
    assert run(["lifecycle", "good.json", "--inventory", "lens", "--bucket", "x"]) == 2
    assert "no report is about `x`" in capsys.readouterr().err
    (first, _) = told(capsys, "good.json", *REGION, "--inventory", "lens", "--bucket", "models")["files"][0]["costs"]
    assert Decimal(first["total"]["requests"]["amount"]) == Decimal("5.24288")


def test_advice_needs_no_sizes_beside_a_report(tmp_path: Path, capsys: Capture) -> None:
    inventory(tmp_path / "in", "".join(row(f"a/{number}", 2**31) for number in range(50)))
    reads = ("--reads", "0", "--read-gb", "0", "--retrieval-hours", "12")
    found = told(capsys, "--advise", *REGION, "--inventory", "in", *reads)
    said = told(capsys, "--advise", *REGION, "--size-gb", "100", "--objects", "50", *reads)
    assert found["advice"] == said["advice"]
    assert found["advice"]["options"]


def test_noncurrent_versions_in_a_report_say_that_there_is_versioning(tmp_path: Path, capsys: Capture) -> None:
    """What a proposal saves is that of all versions, so that its rules have to move all of them."""
    inventory(tmp_path / "in", row("a", 2**31) + row("b", 2**31, latest=False) * 9)
    inventory(tmp_path / "marker", row("a", 2**31) + row("b", "", "", marker=True))
    inventory(tmp_path / "current", row("a", 2**31) * 10)
    reads = ("--reads", "0", "--read-gb", "0", "--retrieval-hours", "12")
    for name, versioned in (("in", True), ("marker", True), ("current", False)):
        (rule,) = told(capsys, "--advise", "--region", "us-east-1", "--inventory", name, *reads)["advice"]["api"]["Rules"]
        assert ("NoncurrentVersionTransitions" in rule) is versioned
        (checked,) = told(capsys, "good.json", "--inventory", name, "--fail-on", "error")["files"]
        assert (checked["versioning"], checked["supposed"]) == (("Enabled", False) if versioned else ("Off", True))
    assert run(["lifecycle", "good.json", "--inventory", "in", "--versioning", "off"]) == 2
    assert "is it `--versioning suspended`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--inventory", "in", "--size-gb", "5"), "`--inventory` says what is in the bucket; leave `--size-gb`"),
        (("--inventory", "in", "--class", "GLACIER=5:5"), "`--inventory` says what is in the bucket"),
        (("--bucket", "models"), "`--bucket` chooses among the reports of `--inventory`"),
        (("--inventory", "none"), "`none` does not exist"),
        (("--inventory", "keys"), "does not say how many bytes are in which storage class; have `Size` and `StorageClass`"),
        (("--inventory", "empty"), "does not say how many bytes are in which storage class"),
    ],
)
def test_refused(tmp_path: Path, capsys: Capture, options: tuple[str, ...], why: str) -> None:
    inventory(tmp_path / "in", row("a"))
    inventory(tmp_path / "keys", '"models","a"\n', schema="Bucket, Key")
    inventory(tmp_path / "empty", "")
    assert run(["lifecycle", "good.json", *options]) == 2
    assert why in capsys.readouterr().err


def test_an_old_report_and_a_class_to_come_are_told(tmp_path: Path, capsys: Capture) -> None:
    rows = row("a", SMALL) + row("b", 5, "A_CLASS_TO_COME") + row("c", 7, "INTELLIGENT_TIERING", tier="FREQUENT")
    inventory(tmp_path / "in", rows, as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert run(["lifecycle", "good.json", "--inventory", "in", "--format", "json", "--fail-on", "error"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert "days ago: all versions in the bucket" in notes[0]
    assert notes[1] == "what is in `A_CLASS_TO_COME` is left out: awsaudit does not know the storage class"
