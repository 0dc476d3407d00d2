"""``awsaudit lint`` from outside."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from auditor.cli.app import run
from tests.render.test_sarif import validator

Capture = pytest.CaptureFixture[str]
SCHEMA = Path(__file__).parent.parent.parent / "reports" / "schema" / "lint-1.schema.json"

GOOD = """{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::bucket"}]
}
"""
BAD = """{
  "Version": "2012-10-18",
  "Statement": [
    {"Sid": "", "Effect": "deny",   "Action": ["s3:DeleteBucket"], "Resource": "arn:aws:s3:::bucket"}
  ]
}
"""
MENDED = BAD.replace('"Sid": "", ', "").replace('"deny"', '"Deny"').replace("-18", "-17")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(capsys: Capture) -> list[tuple[str, str, int, int]]:
    report = json.loads(capsys.readouterr().out)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), report)
    return [(one["file"], one["check"], one["line"], one["column"]) for one in report["findings"]]


def test_a_good_policy(capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    assert run(["lint", "good.json"]) == 0
    assert capsys.readouterr().out == "no findings; 1 policy in 1 file checked\n"


def test_the_text_shows_the_line_and_marks_the_fault(capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    assert run(["lint", "bad.json"]) == 1
    out = capsys.readouterr().out
    assert (
        "\nbad.json:4:13: suggestion[empty-sid-value]: the Sid is empty\n"
        '4 |     {"Sid": "", "Effect": "deny",   "Action": ["s3:DeleteBucket"], "Resource": "arn:aws:s3:::bucket"}\n'
        "  |             ^^\n"
        "  = fix: remove it\n"
    ) in out
    assert out.endswith("\n2 errors, 1 suggestion in 1 file; 1 policy in 1 file checked\n")


def test_json_by_its_schema(capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    assert run(["lint", "bad.json", "--format", "json"]) == 1
    assert found(capsys) == [
        ("bad.json", "invalid-version", 2, 14),
        ("bad.json", "empty-sid-value", 4, 13),
        ("bad.json", "invalid-effect", 4, 27),
    ]


def test_github(capsys: Capture) -> None:
    Path("bad, 100%.json").write_text(BAD)
    assert run(["lint", "bad, 100%.json", "--format", "github"]) == 1
    _, first, second = capsys.readouterr().out.splitlines()
    where = "file=bad%2C 100%25.json,line=4,endLine=4"
    assert first == (
        f"::notice {where},col=13,endColumn=14,title=suggestion%3A empty-sid-value::the Sid is empty%0Afix: remove it"
    )
    assert second.startswith(f"::error {where},col=27,endColumn=32,title=error%3A invalid-effect::`Effect` is `deny`;")


def test_sarif_by_its_schema(capsys: Capture) -> None:
    Path("bad {1}.json").write_text(BAD)
    Path("awsaudit.toml").write_text('[[lint.suppress]]\ncheck = "empty-*"\nfile = "*"\nreason = "a [trap](x) {0}"\n')
    assert run(["lint", "bad {1}.json", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert list(validator().iter_errors(log)) == []
    ((run_,), results) = log["runs"], log["runs"][0]["results"]
    assert [rule["id"] for rule in run_["tool"]["driver"]["rules"]] == [
        "empty-sid-value",
        "invalid-effect",
        "invalid-version",
    ]
    assert [one["level"] for one in results] == ["error", "note", "error"]
    assert results[1]["suppressions"][0]["justification"] == r"a [trap]\(x) {{0}}"
    assert results[2]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "bad%20%7B1%7D.json"},
        "region": {"startLine": 4, "startColumn": 27, "endLine": 4, "endColumn": 33},
    }
    prints = [one["partialFingerprints"]["primaryLocationLineHash"] for one in results]
    assert len(set(prints)) == 3


def test_sarif_of_nothing(capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    assert run(["lint", "good.json", "--format", "sarif"]) == 0
    log = json.loads(capsys.readouterr().out)
    assert list(validator().iter_errors(log)) == []
    assert log["runs"][0]["results"] == []


def test_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert run(["lint", "-", "--format", "json", "--type", "scp"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert {(one["file"], one["type"]) for one in out["findings"]} == {("<stdin>", "scp")}


def test_a_folder_is_searched_for_policies(capsys: Capture) -> None:
    for name, text in {
        "p/good.json": GOOD,
        "p/sub/bad.yaml": "Version: 2012-10-17\nStatement: {Effect: Maybe, Action: '*', Resource: '*'}\n",
        "p/package.json": '{"name": "x"}',
        "p/broken.json": '{"Statement": [}',
        "p/comments.json": "{ // no policy\n}",
        "p/notes.txt": "Statement",
        "p/.git/x.json": BAD,
        "p/node_modules/x.json": BAD,
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    assert run(["lint", "p", "--format", "json"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert [(one["file"], one["check"]) for one in out["findings"] if one["level"] == "error"] == [
        (os.path.join("p", "broken.json"), "json-syntax-error"),  # noqa: PTH118
        (os.path.join("p", "sub", "bad.yaml"), "invalid-effect"),  # noqa: PTH118
    ]
    (note,) = out["notes"]
    assert note.startswith("2 files hold no policy: ")


@pytest.mark.parametrize(
    ("content", "check", "line", "column"),
    [
        (b'{"Version": "2012-10-17",\n "Version": 1}', "json-syntax-error", 2, 2),
        (b"\xff", "json-syntax-error", 1, 1),
        (b"[" * 100_000, "json-syntax-error", 1, 66),
        (b" " * 2_000_001, "json-syntax-error", 1, 1),
        (b'"text"', "no-policy-in-file", 1, 1),
        (b"{}", "no-policy-in-file", 1, 1),
        (b'{"Version": "2012-10-17"}', "missing-statement", 1, 1),
    ],
)
def test_what_is_no_policy_is_a_finding_with_its_place(
    content: bytes, check: str, line: int, column: int, capsys: Capture
) -> None:
    Path("p.json").write_bytes(content)
    assert run(["lint", "p.json", "--format", "json"]) == 1
    assert found(capsys) == [("p.json", check, line, column)]


@pytest.mark.parametrize(
    ("level", "code"), [("error", 1), ("security", 1), ("warning", 1), ("suggestion", 1), (None, 1), ("fatal", 2)]
)
def test_the_exit_code_is_by_level(level: str | None, code: int, capsys: Capture) -> None:
    Path("bad.json").write_text(BAD)
    assert run(["lint", "bad.json", *(["--fail-on", level] if level else [])]) == code
    capsys.readouterr()


def test_milder_findings_do_not_fail(capsys: Capture) -> None:
    Path("mild.json").write_text(GOOD.replace('{"Effect"', '{"Sid": "", "Effect"'))
    assert run(["lint", "mild.json"]) == 0
    assert run(["lint", "mild.json", "--fail-on", "suggestion"]) == 1
    assert "1 suggestion in 1 file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "`nowhere.json` does not exist"),
        (["good.json", "--type", "bucket"], "`bucket` is not a type of policy; use one of identity, resource,"),
        (["good.json", "--format", "xml"], "`xml` is not a format of lint"),
        (["good.json", "--fail-on", "high"], "`high` is not a level"),
        (["good.json", "--config", "none.toml"], "`none.toml` cannot be read"),
        (["good.json", "--config", "/dev/zero"], "`/dev/zero` cannot be read: it is not a regular file"),
        (["-", "--fix"], "standard input cannot be mended"),
        ([], "missing argument"),
    ],
)
def test_usage(arguments: list[str], said: str, capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    assert run(["lint", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_fixes_leave_the_rest_as_it_is(capsys: Capture) -> None:
    path = Path("bad.json")
    path.write_bytes(BAD.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert run(["lint", "bad.json", "--fix"]) == 0
    assert path.read_bytes() == MENDED.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert capsys.readouterr() == ("no findings; 1 policy in 1 file checked\n", "awsaudit: `bad.json`: 3 fixes made\n")
    assert os.listdir() == ["bad.json"]  # noqa: PTH208


def test_fixes_follow_links_and_leave_what_is_suppressed(capsys: Capture) -> None:
    Path("real.json").write_text(BAD)
    Path("link.json").symlink_to("real.json")
    Path("link.json.awsaudit-lint.toml").write_text('[[suppress]]\ncheck = "empty-sid-value"\nreason = "on purpose"\n')
    assert run(["lint", "link.json", "--fix"]) == 0
    assert Path("link.json").is_symlink()
    assert Path("real.json").read_text() == MENDED.replace('{"Effect"', '{"Sid": "", "Effect"')
    assert capsys.readouterr().out == "no findings; 1 suppressed; 1 policy in 1 file checked\n"


def test_yaml_is_not_mended(capsys: Capture) -> None:
    text = "Version: 2012-10-17\nStatement: {Effect: allow, Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::b'}\n"
    Path("p.yaml").write_text(text)
    assert run(["lint", "p.yaml", "--fix"]) == 1
    assert Path("p.yaml").read_text() == text
    capsys.readouterr()


CONFIG = """
[[lint.suppress]]
check = "invalid-*"
file = "p/*.json"
pointer = "/*"
reason = "known"

[[lint.suppress]]
check = "missing-version"
file = "p/bad.json"
reason = "of no use"

[[lint.suppress]]
check = "empty-sid-value"
file = "bad.json"
reason = "was"
expires = 2020-01-01

[[lint.suppress]]
check = "*"
file = "other.json"
reason = "not asked"
"""


def test_suppressed_findings_stay_in_json_with_the_reason(capsys: Capture) -> None:
    Path("p").mkdir()
    Path("p/bad.json").write_text(BAD)
    Path("lint.toml").write_text(CONFIG)
    assert run(["lint", "p/bad.json", "--config", "lint.toml", "--format", "json"]) == 0
    out: Any = json.loads(capsys.readouterr().out)
    assert [(one["check"], one["suppressed"]) for one in out["findings"]] == [
        ("invalid-version", "known"),
        ("empty-sid-value", None),
        ("invalid-effect", "known"),
    ]
    assert out["notes"] == [
        "the suppression of `empty-sid-value` in `bad.json` expired on 2020-01-01: renew or remove it",
        "the suppression of `missing-version` in `p/bad.json` suppresses nothing: remove it",
    ]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('[[lint.suppress]]\ncheck = "empty-sid-value"\nfile = "*"\n', "it lacks `reason`"),
        ('[[lint.suppress]]\ncheck = "empty-sid-value"\nfile = "*"\nreason = " "\n', "needs a reason"),
        ('[[lint.suppress]]\ncheck = "empty-sid"\nfile = "*"\nreason = "x"\n', "which does not exist"),
        ('[[lint.suppress]]\ncheck = "*"\nfiles = "*"\nreason = "x"\n', "there is no setting `files`"),
        ("[[lint", "is not valid TOML"),
    ],
)
def test_a_bad_configuration_is_told(config: str, said: str, capsys: Capture) -> None:
    Path("good.json").write_text(GOOD)
    Path("awsaudit.toml").write_text(config)
    assert run(["lint", "good.json"]) == 2
    assert said in capsys.readouterr().err


def test_a_configuration_for_scans_may_hold_the_linter_s_and_the_other_way_round() -> None:
    from auditor.config import parse
    from auditor.engine.registry import load

    parse(CONFIG.encode(), load(), "awsaudit.toml")
    Path("good.json").write_text(GOOD)
    Path("awsaudit.toml").write_text('[rules]\naudience = "pedantic"\n')
    assert run(["lint", "good.json"]) == 0


def test_hostile_names_and_values_do_not_reach_the_terminal(capsys: Capture) -> None:
    name = "e\x1b[2Jvil\u202e.json"
    Path(name).write_text('{"Version": "2012-10-17", "Statement": [{"\x7f\u202eEffect": "\\u001b[31m"}]}')
    for format_ in ("text", "github", "json", "sarif"):
        assert run(["lint", name, "--format", format_]) == 1
        captured = capsys.readouterr()
        assert not {"\x1b", "\x7f", "\u202e"} & set(captured.out + captured.err)


def test_a_broken_policy_in_a_plan_hides_no_other(capsys: Capture) -> None:
    broken, bad = '{"Version": "2012-10-17", "Statement": [}', '{"Version": "2012-10-17", "Statement": []}'
    resources = [{"address": text, "type": "aws_iam_policy", "values": {"policy": text}} for text in (broken, bad)]
    Path("plan.json").write_text(json.dumps({"planned_values": {"root_module": {"resources": resources}}}, indent=2))
    assert run(["lint", "plan.json", "--format", "json"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert [(one["check"], one["pointer"]) for one in out["findings"]] == [
        ("json-syntax-error", "/planned_values/root_module/resources/0/values/policy"),
        ("missing-statement", "/planned_values/root_module/resources/1/values/policy"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_pipes_and_broken_links_in_a_folder_are_passed_over(tmp_path: Path, capsys: Capture) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "broken.json").symlink_to("nowhere")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "good.json").write_text(json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:Get", "Resource": "*"}}))
    assert run(["lint", str(tmp_path), "--format", "json"]) == 1
    assert {Path(one["file"]).name for one in json.loads(capsys.readouterr().out)["findings"]} == {"good.json"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
@pytest.mark.parametrize("form", ["text", "github", "json", "sarif"])
def test_a_name_that_is_not_utf_8(form: str, tmp_path: Path, capsys: Capture) -> None:
    path = os.fsdecode(bytes(tmp_path) + b"/b\xff.json")
    Path(path).write_text("{")
    assert run(["lint", path, "--format", form]) == 1
    out = capsys.readouterr().out
    assert "b\ufffd.json" in out or "b\\ufffd.json" in out or "b%EF%BF%BD.json" in out


def test_a_folder_is_not_left_by_its_links(tmp_path: Path, capsys: Capture) -> None:
    folder, elsewhere_ = tmp_path / "theirs", tmp_path / "ours"
    folder.mkdir()
    elsewhere_.mkdir()
    (elsewhere_ / "bad.json").write_text(BAD)
    (folder / "real.json").write_text(BAD)
    (folder / "out.json").symlink_to("../ours/bad.json")
    (folder / "absolute.json").symlink_to(elsewhere_ / "bad.json")
    (folder / "in.json").symlink_to("real.json")
    assert run(["lint", "theirs", "--fix"]) == 0
    assert (elsewhere_ / "bad.json").read_text() == BAD
    assert (folder / "real.json").read_text() == MENDED
    said = capsys.readouterr().err
    assert "2 links lead out of the folder and are not followed: `theirs/absolute.json`, `theirs/out.json`\n" in said
    assert run(["lint", "theirs/out.json"]) == 1  # what is named is read


def template(number: int) -> str:
    statement = {"Effect": "", "A": 1, "B": 2, "C": 3, "Action": ["a"], "Resource": ["b", "c"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    made = {f"R{n}": {"Type": "AWS::IAM::Role", "Properties": {"Policy": policy}} for n in range(number)}
    return json.dumps({"Resources": made})


def test_a_file_with_countless_faults_is_checked_in_part(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("auditor.cli.lint_files.FINDINGS", 100)
    Path("hostile.json").write_text(template(400))
    assert run(["lint", "hostile.json", "--format", "json", "--fail-on", "error"]) == 1
    report = json.loads(capsys.readouterr().out)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), report)
    checked = report["policies"]
    assert 5 < checked < 40
    (one,) = [one for one in report["findings"] if one["check"] == "too-many-findings"]
    assert one["message"].startswith(f"{checked} of the 400 policies in the file were checked")
    assert report["files"] == 1


def test_sarif_says_which_resource_of_a_template(capsys: Capture) -> None:
    Path("t.json").write_text(template(1))
    assert run(["lint", "t.json", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert list(validator().iter_errors(log)) == []
    one = log["runs"][0]["results"][0]
    assert one["message"]["text"].startswith("R0 Policy: ")
    assert {"fullyQualifiedName": "R0 Policy", "kind": "resource"} in one["locations"][0]["logicalLocations"]
    assert log["runs"][0]["properties"] == {"files": 1, "policies": 1}
