"""``scan --inventory``: reports of storage from a folder to the money in a report, and again from the snapshot alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import run
from auditor.engine import archive
from tests.emulator import Emulator
from tests.inventory.made import inventory, row

Capture = pytest.CaptureFixture[str]
PRICES = """kind,region,item,amount,per,as_of
s3-storage,us-east-1,STANDARD,0.02,GB-month,2026-11-01
"""


def report(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text("utf-8"))


def findings(folder: Path, rule: str) -> dict[str, Any]:
    return {one["name"]: one for one in report(folder)["verdicts"] if one["rule"] == rule}


def test_from_a_folder_to_money(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    s3 = emulator.client("s3")
    for name in ("models", "plain"):
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    (tmp_path / "prices.csv").write_text(PRICES)
    day = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    old = row("a", 50 * 2**30, latest=False)
    inventory(tmp_path / "in" / "daily", row("a", 2**30) + old + row("b", 7, marker=True), as_of=day)
    inventory(tmp_path / "in" / "gone", '"gone","x","5","STANDARD"\n', bucket="gone", schema="Bucket, Key, Size, StorageClass")
    options = ["--inventory", str(tmp_path / "in"), "--prices", str(tmp_path / "prices.csv"), "--format", "json,html,csv"]
    out = tmp_path / "out"
    asked = ["--rule", "s3-versioned-no-noncurrent-expiry", "--region", "us-east-1"]
    assert run(["scan", "--endpoint-url", emulator.url, *asked, "--out", str(out), *options, "--quiet"]) == 0, (
        capsys.readouterr().err
    )
    found = findings(out, "s3-versioned-no-noncurrent-expiry")
    assert found["models"]["because"].endswith("within 3,650 days; they hold 50.0 GB")
    assert found["models"]["evidence"]["noncurrent_gb"] == 50
    assert found["models"]["evidence"]["noncurrent"] == 1
    assert found["models"]["evidence"]["report"] == f"S3 Inventory daily of {day:%Y-%m-%d}"
    assert Decimal(found["models"]["money"]["cost"]["amount"]) == 1
    assert "give a report of S3 Inventory (all versions) or of S3 Storage Lens with `--inventory`" in json.dumps(found["plain"])
    notes = report(out)["summary"]["notes"]
    assert any("is about `gone`, which is not a bucket that this scan found" in note for note in notes)
    # The snapshot alone gives the same report: the files are not needed again.
    assert (
        run(["check", str(out / archive.FILE), *asked[:2], "--out", str(tmp_path / "again"), "--format", "json", "--quiet"]) == 0
    )
    assert (tmp_path / "again" / "report.json").read_bytes() == (out / "report.json").read_bytes()


def test_a_report_that_cannot_be_used_stops_before_anything_is_asked(tmp_path: Path, capsys: Capture) -> None:
    path = inventory(tmp_path / "in", row("a", "many"))
    for command in (["scan"], ["collect", "--out", str(tmp_path / "x.gz")]):
        assert run([*command, "--endpoint-url", "http://127.0.0.1:9", "--inventory", str(path)]) == 2
        assert "line 1: `many` is not a size in bytes" in capsys.readouterr().err


def test_collect_tells_of_what_it_does_not_use(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    emulator.client("s3").create_bucket(Bucket="models")
    path = inventory(tmp_path / "in", row("a"), as_of=datetime(2020, 1, 1, tzinfo=UTC))
    file = tmp_path / "all.jsonl.gz"
    options = ["--endpoint-url", emulator.url, "--region", "us-east-1", "--inventory", str(path), "--out", str(file)]
    assert run(["collect", *options]) == 0
    assert "note: S3 Inventory daily of 2020-01-01 tells of `models`" in capsys.readouterr().out
    assert any("tells of `models`" in note for note in archive.read(file).header.notes)
