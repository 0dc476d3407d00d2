"""``awsaudit lifecycle`` from outside."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from auditor.cli import lifecycle_files
from auditor.cli.app import run
from auditor.cli.lifecycle_costs import Book, size
from auditor.cli.lifecycle_files import untried
from auditor.lifecycle.config import Config, Facts, written
from auditor.lifecycle.lint import judge
from auditor.lifecycle.read import read
from auditor.money.book import Table
from auditor.render.wide import wide

Capture = pytest.CaptureFixture[str]
SCHEMA = Path(__file__).parent.parent.parent / "reports" / "schema" / "lifecycle-1.schema.json"

GOOD = """{"Rules": [
  {"ID": "tier", "Status": "Enabled", "Filter": {},
   "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
   "Expiration": {"Days": 365}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
]}
"""
BAD = GOOD.replace('"Days": 365', '"Days": 100')


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(capsys: Capture, *arguments: str, code: int) -> Any:
    assert run(["lifecycle", *arguments, "--format", "json"]) == code
    found = json.loads(capsys.readouterr().out)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), found)
    return found


def test_a_good_configuration(capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    (one,) = told(capsys, "good.json", "--date", "2026-01-01", code=0)["files"]
    assert (one["file"], one["valid"], one["effective"], one["findings"]) == ("good.json", True, True, [])
    (life,) = one["timeline"]
    assert life["object"]["key"] == "example"
    assert [(event["day"], event["date"], event["action"], event["storage_class"]) for event in life["events"]] == [
        (30, "2026-01-31", "transition", "STANDARD_IA"),
        (90, "2026-04-01", "transition", "GLACIER"),
        (365, "2027-01-01", "delete", None),
    ]


def test_a_finding_has_its_place_and_its_proof(capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    (one,) = told(capsys, "bad.json", code=1)["files"]
    (found,) = one["findings"]
    assert (found["check"], found["alias"], found["level"], found["rule"]) == ("early-deletion-fee", "LC-08", "warning", "tier")
    assert (found["pointer"], found["line"], found["column"]) == ("/Rules/0/Transitions/1", 3, 65)
    assert [event["day"] for event in found["witness"]["events"]] == [30, 90, 100]


def test_the_text_is_a_table(capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    assert run(["lifecycle", "bad.json", "--date", "2026-01-01"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("bad.json: S3 takes it, it acts\n\nbad.json:3:65: warning[early-deletion-fee]: rule `tier`: ")
    assert (
        "\n  example 1 MB\n"
        "      day 0              STANDARD     30 d  ━━━━━━━━━━━━━━\n"
        "     day 30  2026-01-31  STANDARD_IA  60 d  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━  tier\n"
        "     day 90  2026-04-01  GLACIER      10 d  ━━━━━                         tier\n"
        "    day 100  2026-04-11  deleted                                          tier\n"
    ) in out
    assert out.endswith("\n1 warning in 1 configuration\n")


def test_korean_stands_in_its_columns(capsys: Capture) -> None:
    text = BAD.replace("tier", "보관 규칙").replace('"Filter": {}', '"Filter": {"Prefix": "학습/"}')
    Path("한글.json").write_text(text)
    assert run(["lifecycle", "한글.json"]) == 1
    out = capsys.readouterr().out
    table = [line for line in out.splitlines() if line.startswith("    ") and "day " in line]
    assert "  학습/example 1 MB\n" in out
    assert {wide(line[: line.index("보")]) for line in table if "보관 규칙" in line} == {
        wide("     day 30  2026-01-31  STANDARD_IA  60 d  ") + 30
    }


def test_what_is_said_of_the_bucket(capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    (one,) = told(capsys, "good.json", "--versioning", "enabled", code=1)["files"]
    assert [found["check"] for found in one["findings"]] == ["noncurrent-versions-kept"]
    assert (one["versioning"], one["supposed"]) == ("Enabled", False)
    (one,) = told(capsys, "good.json", "--size-gb", "10", "--objects", "1000000", code=1)["files"]
    assert {found["check"] for found in one["findings"]} == {"small-objects-stay"}
    (one,) = told(capsys, "good.json", "--object-lock-days", "999", code=0)["files"]
    assert one["versioning"] == "Enabled"


def test_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert told(capsys, "-", code=1)["files"][0]["file"] == "<stdin>"


def test_a_folder_is_searched(capsys: Capture) -> None:
    for name, text in {
        "p/good.json": GOOD,
        "p/sub/bad.xml": "<LifecycleConfiguration><Rule></LifecycleConfiguration>",
        "p/package.json": '{"name": "x"}',
        "p/broken.json": "{",
        "p/page.xml": "<html>",
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    found = told(capsys, "p", code=1)
    assert [(one["file"], one["valid"]) for one in found["files"]] == [("p/good.json", True), ("p/sub/bad.xml", False)]
    assert found["notes"] == ["3 files hold no lifecycle configuration: `p/broken.json`, `p/package.json`, `p/page.xml`"]


@pytest.mark.parametrize(
    ("content", "check", "line", "column"),
    [
        (b'{"Rules": [],\n "Rules": 1}', "lifecycle-syntax-error", 2, 2),
        (b"\xff", "lifecycle-syntax-error", 1, 1),
        (b"{}", "no-lifecycle-in-file", 1, 1),
        (b'{"Rules": []}', "invalid-rules", 1, 11),
        (b" " * 2_000_001, "lifecycle-syntax-error", 1, 1),
    ],
)
def test_what_is_no_configuration_is_a_finding_with_its_place(
    content: bytes, check: str, line: int, column: int, capsys: Capture
) -> None:
    Path("p.json").write_bytes(content)
    (one,) = told(capsys, "p.json", code=1)["files"]
    assert [(found["check"], found["line"], found["column"]) for found in one["findings"]] == [(check, line, column)]
    assert (one["valid"], one["effective"], one["timeline"]) == (False, False, [])


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("suggestion", 1), ("fatal", 2)])
def test_the_exit_code_is_by_level(level: str, code: int, capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    assert run(["lifecycle", "bad.json", "--fail-on", level]) == code
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "`nowhere.json` does not exist"),
        (["good.json", "--versioning", "on"], "`on` is not a state of versioning; use one of enabled, suspended, off"),
        (["good.json", "--versioning", "off", "--object-lock-days", "3"], "Object Lock needs versioning"),
        (["good.json", "--date", "today"], "`today` is not a date"),
        (["good.json", "--format", "xml"], "`xml` is not a format of lifecycle"),
        (["good.json", "--objects", "0"], "greater than or equal to 1"),
        ([], "name a file, a folder, or - for standard input"),
    ],
)
def test_usage(arguments: list[str], said: str, capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    assert run(["lifecycle", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_hostile_names_and_values_do_not_reach_the_terminal(capsys: Capture) -> None:
    name = "e\x1b[2Jvil\u202e.json"
    bad = "\\u001b[31m\\u202e`"
    Path(name).write_text(BAD.replace("tier", bad).replace('"Filter": {}', f'"Filter": {{"Prefix": "{bad}"}}, "{bad}": 1'))
    for format_ in ("text", "json"):
        assert run(["lifecycle", name, "--format", format_]) == 1
        captured = capsys.readouterr()
        assert not {"\x1b", "\x7f", "\u202e"} & set(captured.out + captured.err)


def test_rules_that_were_not_tried_to_their_end_are_noted() -> None:
    (source,) = read(GOOD, "good.json")
    whole = written(source, Facts(today=datetime(2026, 11, 22, tzinfo=UTC)))
    some = Config(whole.rules, whole.minimum, whole.facts, raw=whole.raw, budget=-1)
    judge(whole)
    judge(some)
    assert untried([whole]) == ()
    (note,) = untried([whole, some])
    assert note.startswith("the rules are so many that not every object was tried")


def test_what_may_be_gone_through_is_shared_by_the_configurations_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"Id": "tier", "Status": "Enabled", "ExpirationInDays": 365}
    one = {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": {"Rules": [rule]}}}
    Path("many.json").write_text(json.dumps({"Resources": {f"B{number}": one for number in range(4)}}))
    Path("other.json").write_text(json.dumps({"Resources": {"B": one}}))

    def judged() -> tuple[Config, ...]:
        known = Facts(today=datetime(2026, 11, 22, tzinfo=UTC), versioning="Enabled")
        return lifecycle_files.lint(["many.json", "other.json"], known, Book(Table(()), None), size(None, None, ())).configs

    whole = judged()
    assert not any(config.exhausted for config in whole)
    assert whole[0].spent > 1
    monkeypatch.setattr(lifecycle_files, "BUDGET", 2 * whole[0].spent)
    monkeypatch.setattr(lifecycle_files, "LEAST", 0)
    assert [config.exhausted for config in judged()] == [False, False, True, True, False], "another file has all of it again"
    monkeypatch.setattr(lifecycle_files, "LEAST", whole[0].spent)
    assert not any(config.exhausted for config in judged())
