"""``awsaudit lifecycle`` with a region: what transitions cost, and what is proposed."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from auditor.cli.app import run
from tests.cli.test_lifecycle import GOOD, SCHEMA

Capture = pytest.CaptureFixture[str]

PRICES = {
    ("s3-storage", "GB-month"): {"STANDARD": "0.020", "STANDARD_IA": "0.010", "GLACIER": "0.005"},
    ("s3-transition", "1,000 requests"): {"STANDARD_IA": "0.01", "GLACIER": "0.03"},
}
BUCKET = ["--size-gb", "1024", "--objects", "524288"]  # two megabytes each


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    Path("good.json").write_text(GOOD)
    lines = ["kind,region,item,amount,currency,per,as_of,source"]
    lines += [
        f'{kind},xx-test-1,{item},{amount},USD,"{per}",2026-01-01,ours'
        for (kind, per), items in PRICES.items()
        for item, amount in items.items()
    ]
    Path("prices.csv").write_text("\n".join(lines) + "\n")


def told(capsys: Capture, *arguments: str, code: int = 0) -> Any:
    assert run(["lifecycle", *arguments, "--format", "json"]) == code, capsys.readouterr().err
    found = json.loads(capsys.readouterr().out)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), found)
    return found


def test_what_transitions_cost(capsys: Capture) -> None:
    found = told(capsys, "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *BUCKET)
    first, second = found["files"][0]["costs"]
    assert (first["start"], first["end"], first["after"], first["stay"]) == ("STANDARD", "STANDARD_IA", 30, 60)
    assert (second["start"], second["end"], second["after"], second["stay"]) == ("STANDARD_IA", "GLACIER", 90, 275)
    assert first["known"]
    # A GB in Standard-IA saves 0.010 a month; 524,288 objects are so many requests at 0.01 per 1,000.
    total = first["total"]
    assert Decimal(total["saving"]["amount"]).quantize(Decimal("0.01")) == Decimal("10.24")
    assert Decimal(total["requests"]["amount"]) == Decimal("5.24288")
    assert total["shock"] is False
    assert {price["item"] for price in first["prices"]} >= {"STANDARD", "STANDARD_IA"}
    assert found["files"][0]["findings"] == []


def test_a_shock_is_a_finding(capsys: Capture) -> None:
    many = ["--size-gb", "1024", "--objects", "7900000"]
    found = told(capsys, "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *many, code=1)
    shocks = [one for one in found["files"][0]["findings"] if one["check"] == "request-cost-shock"]
    assert [(one["alias"], one["level"], one["pointer"]) for one in shocks] == [
        ("LC-19", "warning", "/Rules/0/Transitions/0"),
        ("LC-19", "warning", "/Rules/0/Transitions/1"),
    ]


MIX = [*BUCKET, "--class", "STANDARD_IA=2048:1048576", "--class", "GLACIER=10:5"]


def test_a_filter_that_leaves_the_average_out_says_nothing_of_how_many_it_lets_through(capsys: Capture) -> None:
    config = json.loads(GOOD)
    config["Rules"][0]["Filter"] = {"ObjectSizeGreaterThan": 8 * 1024**2}
    Path("large.json").write_text(json.dumps(config))
    found = told(
        capsys, "large.json", "--region", "xx-test-1", "--prices", "prices.csv", "--size-gb", "1024", "--objects", "7900000"
    )
    assert "request-cost-shock" not in [one["check"] for one in found["files"][0]["findings"]]
    total = found["files"][0]["costs"][0]["total"]
    assert (total["objects"], total["saving"]["why"]) == (
        None,
        "how many objects have the sizes that the filter asks for is not known",
    )


def test_objects_go_down_from_where_they_are(capsys: Capture) -> None:
    costs = told(capsys, "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *MIX)["files"][0]["costs"]
    assert [(one["origin"], one["start"], one["end"], one["total"]["objects"]) for one in costs] == [
        ("STANDARD", "STANDARD", "STANDARD_IA", 524_288),
        ("STANDARD", "STANDARD_IA", "GLACIER", 524_288),
        ("STANDARD_IA", "STANDARD_IA", "GLACIER", 1_048_576),
    ]
    # A million requests at 0.03 per 1,000, of the objects that were counted there.
    assert Decimal(costs[2]["total"]["requests"]["amount"]) == Decimal("31.45728")
    assert run(["lifecycle", "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *MIX]) == 0
    assert "    1,048,576 objects, 2 TB that are in STANDARD_IA today: 31.46 USD once" in capsys.readouterr().out


def test_objects_of_a_class_have_a_size_of_their_own(capsys: Capture) -> None:
    # Small in S3 Standard, so that they stay; not so in Standard-IA.
    small = ["--size-gb", "1", "--objects", "1000000", "--class", "STANDARD_IA=1000:1000"]
    found = told(capsys, "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *small)["files"][0]
    assert [(one["origin"], one["end"], one["total"]["objects"]) for one in found["costs"]] == [("STANDARD_IA", "GLACIER", 1000)]


def test_a_proposal_for_several_classes(capsys: Capture) -> None:
    wanted = ["--advise", "--region", "us-east-1", *MIX, "--reads", "0", "--read-gb", "0"]
    advice = told(capsys, *wanted)["advice"]
    # Standard and Standard-IA both: 1.5 million requests at 0.02 per 1,000; what is archived stays.
    assert Decimal(advice["requests"]["amount"]) == Decimal("31.45728")
    assert advice["api"]["Rules"][0]["Transitions"][0]["StorageClass"] == "GLACIER_IR"
    assert "objects of a class are of one size, the average of the class" in advice["assumptions"]


def test_rules_that_ask_for_one_transition_are_cut_to_twenty(capsys: Capture) -> None:
    rule = {"Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}
    Path("many.json").write_text(json.dumps({"Rules": [{"ID": f"r{n}", **rule} for n in range(25)]}))
    (cost,) = told(capsys, "many.json", "--region", "xx-test-1", "--prices", "prices.csv", *BUCKET, code=1)["files"][0]["costs"]
    assert (len(cost["rules"]), cost["more"]) == (20, 5)
    assert run(["lifecycle", "many.json", "--region", "xx-test-1", "--prices", "prices.csv", *BUCKET]) == 1
    assert ", r19 and 5 more\n" in capsys.readouterr().out


def test_without_prices_or_sizes_it_is_unknown(capsys: Capture) -> None:
    (first, _) = told(capsys, "good.json", "--region", "zz-none-9")["files"][0]["costs"]
    assert (first["known"], first["pays_from"], first["curve"]) == (False, None, [])
    assert {one["item"] for one in first["unpriced"]} == {"STANDARD", "STANDARD_IA"}
    (first, _) = told(capsys, "good.json", "--region", "xx-test-1", "--prices", "prices.csv")["files"][0]["costs"]
    assert first["known"]
    assert first["curve"]
    assert first["total"]["saving"] == {
        "amount": None,
        "currency": "USD",
        "why": "how many bytes and objects there are is not known",
    }
    assert told(capsys, "good.json")["files"][0]["costs"] == []


def test_text(capsys: Capture) -> None:
    assert run(["lifecycle", "good.json", "--region", "xx-test-1", "--prices", "prices.csv", *BUCKET]) == 0
    out = capsys.readouterr().out
    assert "  STANDARD to STANDARD_IA after 30 days, for 60 days, by tier\n" in out
    assert "    524,288 objects, 1 TB: 5.24 USD once for requests, saves 10.24 USD a month, paid back in 0.6 months\n" in out
    assert "  s3-storage STANDARD: 0.02 USD per GB-month (list, 2026-01-01" in out


def test_a_proposal_is_one_that_the_linter_takes(capsys: Capture) -> None:
    wanted = ["--advise", "--region", "us-east-1", *BUCKET, "--reads", "100", "--read-gb", "1", "--keep-days", "800"]
    advice = told(capsys, *wanted)["advice"]
    assert advice["api"]["Rules"]
    assert "aws s3api put-bucket-lifecycle-configuration" in advice["command"]
    assert 'resource "aws_s3_bucket_lifecycle_configuration"' in advice["terraform"]
    assert Decimal(advice["saving"]["amount"]) > 0
    Path("proposed.json").write_text(json.dumps(advice["api"]))
    assert told(capsys, "proposed.json")["files"][0]["findings"] == []
    assert advice["api"]["Rules"][0]["Expiration"] == {"Days": 800}
    assert run(["lifecycle", *wanted]) == 0
    said = capsys.readouterr().out
    assert said.startswith("proposed (by prices that nobody verified)\n  saves ")
    assert "  the command puts these rules in the place of all that the bucket has\n" in said


def test_a_proposal_keeps_what_object_lock_keeps(capsys: Capture) -> None:
    locked = ("--versioning", "enabled", "--object-lock-days", "300")
    wanted = ("--advise", "--region", "us-east-1", *BUCKET, "--reads", "10", "--read-gb", "1", "--keep-days", "1")
    advice = told(capsys, *wanted, *locked)["advice"]
    assert advice["api"]["Rules"][0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 300}
    assert "Object Lock keeps versions for 300 days" in advice["assumptions"]
    # A bucket with Object Lock is a versioned one, said or not.
    assert told(capsys, *wanted, *locked[2:])["advice"] == advice
    Path("proposed.json").write_text(json.dumps(advice["api"]))
    assert told(capsys, "proposed.json", *locked)["files"][0]["findings"] == []
    assert told(capsys, *wanted, "--versioning", "enabled")["advice"]["api"]["Rules"][0]["Expiration"] == {"Days": 1}


def test_a_proposal_says_that_old_versions_stay(capsys: Capture) -> None:
    wanted = ("--advise", "--region", "us-east-1", *BUCKET, "--reads", "10", "--read-gb", "1")
    kept = "versions that are no longer current are kept for ever, as nothing may be deleted"
    assert kept in told(capsys, *wanted, "--versioning", "enabled")["advice"]["assumptions"]
    assert kept not in told(capsys, *wanted)["advice"]["assumptions"]


def test_a_region_without_prices_is_told_with_what_would_tell_them(capsys: Capture) -> None:
    assert run(["lifecycle", "--advise", "--region", "xx-test-9", *BUCKET]) == 0
    (first, *_) = capsys.readouterr().out.splitlines()
    assert "there is no price for s3-storage of STANDARD in xx-test-9; " in first
    assert first.endswith("; `awsaudit prices refresh --region xx-test-9` or `--prices FILE` would tell")


def test_a_proposal_shows_its_prices_and_what_else_was_weighed(capsys: Capture) -> None:
    wanted = ["--advise", "--region", "us-east-1", *BUCKET, "--reads", "100", "--read-gb", "1"]
    advice = told(capsys, *wanted)["advice"]
    assert not advice["verified"]
    assert {(one["kind"], one["item"]) for one in advice["prices"]} >= {("s3-storage", "STANDARD"), ("s3-storage", "GLACIER_IR")}
    assert all(one["as_of"] and one["source"] and one["basis"] for one in advice["prices"])
    options = {one["storage_class"]: one for one in advice["options"]}
    assert [name for name, one in options.items() if one["chosen"]] == ["GLACIER_IR"]
    assert options["GLACIER_IR"]["saving"] == advice["saving"]
    assert options["ONEZONE_IA"]["refused"] == "it is in one Availability Zone"
    weighed = [Decimal(one["saving"]["amount"]) for one in options.values() if not one["refused"]]
    assert max(weighed) == Decimal(advice["saving"]["amount"])
    assert run(["lifecycle", *wanted]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^    GLACIER_IR at once +saves ", out, re.MULTILINE)
    assert re.search(r"^    ONEZONE_IA after 30 days +no: it is in one Availability Zone$", out, re.MULTILINE)
    assert re.search(r"^    GLACIER at once, restored by standard retrievals +no: a read takes up to 5 hours$", out, re.MULTILINE)
    assert "  s3-storage GLACIER_IR: 0.004 USD per GB-month (list, " in out
    assert "  supposed: 100 GET requests a month that read 0.097656 % of the bytes\n" in out


def test_what_is_restored_rarely_may_be_archived(capsys: Capture) -> None:
    wanted = ["--advise", "--region", "us-east-1", *BUCKET, "--reads", "100", "--read-gb", "1", "--retrieval-hours", "48"]
    advice = told(capsys, *wanted)["advice"]
    (chosen,) = (one for one in advice["options"] if one["chosen"])
    assert (chosen["storage_class"], chosen["retrieval"]) == ("DEEP_ARCHIVE", "bulk")
    assert ("s3-request-restore", "DEEP_ARCHIVE#bulk") in {(one["kind"], one["item"]) for one in advice["prices"]}
    assert any(one.startswith("what is read from an archive is restored anew for each read") for one in advice["assumptions"])


def test_without_reads_it_says_how_to_tell_them(capsys: Capture) -> None:
    advice = told(capsys, "--advise", "--region", "us-east-1", *BUCKET)["advice"]
    assert advice["api"] is None
    assert advice["why"].endswith("say it with `--reads` and `--read-gb`, 0 if nobody reads them")
    assert {one["refused"] for one in advice["options"]} == {"how the objects are read is not known"}


def test_rules_that_move_objects_already_leave_no_proposal(capsys: Capture) -> None:
    advice = told(capsys, "good.json", "--advise", "--region", "xx-test-1", "--prices", "prices.csv", *BUCKET)["advice"]
    assert (advice["api"], advice["command"]) == (None, "")
    assert advice["why"] == "the bucket has rules that move or delete objects"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["good.json", "--keep-days", "30"], "go with `--advise`"),
        (["--advise"], "`--advise` needs to know what is paid"),
        (["--advise", "--region", "us-east-1", *BUCKET, "--reads", "3"], "`--reads` and `--read-gb` go together"),
        (["good.json", "good2.json", "--advise", "--region", "us-east-1", *BUCKET], "there are 2 configurations"),
        (["good.json", "--class", "COLD=1:1"], "`COLD=1:1` names no storage class; write it as `STANDARD_IA=GB:OBJECTS`, with"),
        (["good.json", "--class", "GLACIER"], "`GLACIER` names no storage class"),
        (["good.json", "--class", "GLACIER=1"], "`GLACIER=1` is not a size and a number of objects"),
        (["good.json", "--class", "GLACIER=nan:1"], "is beyond all measure"),
        (["good.json", "--class", "GLACIER=1:0"], "is beyond all measure"),
        (["good.json", "--class", "GLACIER=1:1", "--class", "GLACIER=2:2"], "what is in `GLACIER` is said twice; say it once"),
        (["good.json", "--objects", "5"], "`--objects` is the number of what `--size-gb` weighs; give both"),
        (["good.json", "--size-gb", "1", "--class", "STANDARD=1:1"], "said twice (`--size-gb` is about it)"),
        (["--advise", "--region", "us-east-1", "--size-gb", "1", "--class", "GLACIER=1:1"], "`--advise` needs to know"),
        (["good.json", "--prices", "prices.csv"], "name it with `--region`"),
        (["good.json", "--region", "us-east-1", "--prices", "none.csv"], "`none.csv`"),
    ],
)
def test_usage(arguments: list[str], said: str, capsys: Capture) -> None:
    Path("good2.json").write_text(GOOD)
    assert run(["lifecycle", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--size-gb", "1e300"),
        ("--size-gb", "inf"),
        ("--size-gb", "nan"),
        ("--objects", "9" * 40),
        ("--reads", "9" * 40),
        ("--read-gb", "1e300"),
        ("--keep-days", "9" * 20),
        ("--object-lock-days", "9" * 20),
        ("--date", "9999-12-31"),
        ("--date", "0001-01-01"),
    ],
)
def test_figures_beyond_all_measure_are_refused(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"--region": "us-east-1", "--size-gb": "10", "--objects": "10", option: value}
    assert run(["lifecycle", "--advise", *(word for pair in given.items() for word in pair)]) == 2
    said = capsys.readouterr().err
    assert "bug" not in said
    assert (option in said) or ("name a day of the years" in said)
