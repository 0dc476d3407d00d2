"""``awsaudit prices``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.cli.app import run
from auditor.money import fetched
from auditor.money.fetched import Fetch
from tests.collect.price_products import machine
from tests.emulator import Emulator
from tests.money.made import price

Capture = pytest.CaptureFixture[str]
JSON = "application/x-amz-json-1.1"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "prices-1.json"


def out(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert run(["prices", *arguments]) == code
    said = capsys.readouterr()
    return said.out if code in (0, 3) else said.err


def test_which_kinds_there_are(capsys: Capture) -> None:
    lines = out(capsys, "show").splitlines()
    assert lines[0].split() == ["KIND", "PER", "ITEMS", "ARE", "KNOWN", "AS", "OF"]
    assert any(line.startswith("s3-storage") and "not all verified" in line for line in lines)
    assert any(line.startswith("ec2-spot-hour") and line.endswith("none") for line in lines)


def test_a_kind_by_region_and_item(capsys: Capture) -> None:
    _, *lines = out(capsys, "show", "ec2-hour", "--region", "ap-northeast-2", "--item", "g5.*").splitlines()
    assert len(lines) == 8
    assert all(line.startswith("ec2-hour  ap-northeast-2  g5.") and "2026-10-15" in line for line in lines)
    assert "no such price is known" in out(capsys, "show", "ec2-hour", "--item", "zz9*")


def test_json(capsys: Capture) -> None:
    report = json.loads(out(capsys, "show", "s3-storage", "--region", "us-east-1", "--item", "STANDARD*", "--format", "json"))
    assert report["format"] == 1
    assert [(one["item"], one["amount"], one["verified"]) for one in report["prices"]] == [
        ("STANDARD", "0.023", False),
        ("STANDARD#500TB", "0.021", False),
        ("STANDARD#50TB", "0.022", False),
        ("STANDARD_IA", "0.0125", False),
    ]
    assert json.loads(out(capsys, "show", "ec2-hour", "--item", "zz9", "--format", "json")) == {"format": 1, "prices": []}


def test_the_user_s_prices_go_first_then_fresh_ones(capsys: Capture, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    fetched.save([Fetch("us-east-1", now - timedelta(days=3), (price("m5.large", "0.08"), price("c5.large", "0.07")))])
    (tmp_path / "mine.csv").write_text("kind,region,item,amount,as_of,source\nec2-hour,us-east-1,m5.large,0.05,2026-11-01,계약\n")
    (tmp_path / "awsaudit.toml").write_text('[prices]\nfile = "mine.csv"\n')

    def shown() -> dict[str, str]:
        report = json.loads(
            out(capsys, "show", "ec2-hour", "--region", "us-east-1", "--item", "[mcr]5.large", "--format", "json")
        )
        return {one["item"]: one["amount"] for one in report["prices"]}

    assert shown() == {"c5.large": "0.07", "m5.large": "0.05", "r5.large": "0.126"}
    assert "계약" in out(capsys, "show", "ec2-hour", "--region", "us-east-1", "--item", "m5.large")
    fetched.save([Fetch("us-east-1", now - timedelta(days=31), (price("c5.large", "0.07"),))])
    assert shown()["c5.large"] == "0.085", "what was fetched too long ago counts no more"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "ec2-hours"], "`ec2-hours` is not a kind of price"),
        (["show", "--format", "xml"], "`xml` is not a format of prices"),
        (["show", "--prices", "none.toml"], "price file `none.toml` cannot be read: No such file"),
        (["refresh", "--region", "Seoul"], "`Seoul` is not a region"),
    ],
)
def test_what_cannot_be_done_as_asked(capsys: Capture, arguments: list[str], says: str) -> None:
    assert says in out(capsys, *arguments, code=2)


def test_refreshing(capsys: Capture, emulator: Emulator, cache: Path) -> None:
    offer = machine("m5.large", "0.0990000000").replace("ap-northeast-2", "us-east-1")
    answer = json.dumps({"FormatVersion": "aws_v1", "PriceList": [offer]}).encode()
    emulator.doorman.answers["pricing.GetProducts"] = ("200 OK", answer, JSON)
    said = out(capsys, "refresh", "--region", "us-east-1", "--endpoint-url", emulator.url)
    assert said == f"us-east-1: 1 price (ec2-hour 1)\nkept in {cache}\n"
    assert "0.099 USD" in out(capsys, "show", "ec2-hour", "--region", "us-east-1", "--item", "m5.large")
    assert set(emulator.doorman.calls) == {"sts.GetCallerIdentity", "pricing.GetProducts"}


def test_permissions_say_what_refreshing_calls(capsys: Capture) -> None:
    assert run(["permissions", "--rule", "ec2-volume-gp2", "--prices"]) == 0
    actions = [action for one in json.loads(capsys.readouterr().out)["Statement"] for action in one["Action"]]
    assert {"pricing:GetProducts", "ec2:DescribeSpotPriceHistory"} <= set(actions)
    assert run(["permissions", "--rule", "ec2-volume-gp2"]) == 0
    assert "pricing" not in capsys.readouterr().out


def test_a_scan_freezes_its_prices_and_check_gives_the_same_amounts_for_ever(
    capsys: Capture, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp2")
    rows = "ebs-storage,us-east-1,gp2,0.2,2026-11-01,our agreement\nebs-storage,us-east-1,gp3,0.1,2026-11-01,our agreement\n"
    (tmp_path / "mine.csv").write_text(f"kind,region,item,amount,as_of,source\n{rows}")
    place = ["--endpoint-url", emulator.url, "--region", "us-east-1"]
    judged = ["--rule", "ec2-volume-gp2", "--format", "json,html", "-q"]
    assert run(["scan", *place, *judged, "--prices", "mine.csv", "--out", "first"]) == 0
    (line,) = json.loads(Path("first/report.json").read_text())["verdicts"]
    assert line["money"]["saving"]["amount"] == "10"
    assert {part["price"]["source"] for part in line["money"]["saving"]["parts"]} == {"our agreement"}
    # Whatever happens to files, cache and clock: the snapshot has its prices.
    Path("mine.csv").unlink()
    fetched.save([Fetch("us-east-1", datetime.now(UTC), (price("gp2", "9", kind="ebs-storage"),))])
    assert run(["check", "first", *judged, "--out", "second"]) == 0
    for name in ("report.json", "report.html"):
        assert Path("first", name).read_bytes() == Path("second", name).read_bytes()
    capsys.readouterr()


def test_a_price_file_that_is_wrong_stops_a_scan_before_it_begins(capsys: Capture, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("kind,region,item,amount,as_of\nec2-hour,us-east-1,m5.large,much,2026-11-01\n")
    assert run(["scan", "--endpoint-url", emulator.url, "--prices", "mine.csv", "--out", "out"]) == 2
    assert "price file `mine.csv` line 2: its amount `much` is not a figure" in capsys.readouterr().err
    assert not emulator.doorman.calls


def test_amounts_in_the_user_s_currency(capsys: Capture, emulator: Emulator, tmp_path: Path) -> None:
    emulator.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp2")
    (tmp_path / "awsaudit.toml").write_text('[prices]\ncurrency = "KRW"\nrate = 1480.5\n')
    place = ["--endpoint-url", emulator.url, "--region", "us-east-1"]
    assert run(["scan", *place, "--rule", "ec2-volume-gp2", "--out", "out"]) == 0
    said = capsys.readouterr().out
    assert "2,961 KRW a month could be saved, at list prices." in said
    assert "Shown at 1 USD = 1,480.5 KRW" in said
