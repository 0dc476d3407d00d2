"""Frameworks and exports on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import run
from auditor.engine import frameworks
from auditor.render.format import formats

Capture = pytest.CaptureFixture[str]
SAMPLE = Path(__file__).parents[2] / "reports" / "sample" / "snapshot.jsonl.gz"
CIS = frameworks.load()["cis-aws-7.0"]


def report(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text("utf-8"))


def test_frameworks_list(capsys: Capture) -> None:
    assert run(["frameworks", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "controls", "decided", "in", "part", "by", "people", "name"]
    (cis,) = (line.split() for line in lines if line.startswith("cis-aws-7.0"))
    assert cis[1] == "70"
    assert int(cis[2]) >= 27
    assert {line.split()[0] for line in lines[1:]} == set(frameworks.load())


def test_frameworks_show_is_the_coverage_matrix(capsys: Capture) -> None:
    assert run(["frameworks", "show", "cis-aws-7.0"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {control.id} " in text for control in CIS.controls)
    assert "iam-root-access-key" in text
    assert "a person attests it" in text
    assert "no rule yet" in text
    assert max(map(len, text.splitlines())) <= 140


def test_frameworks_show_in_korean(capsys: Capture) -> None:
    assert run(["frameworks", "show", "kisa-isms-p-2023", "--language", "ko"]) == 0
    assert "사용자 인증" in capsys.readouterr().out


def test_a_framework_that_does_not_exist(capsys: Capture, tmp_path: Path) -> None:
    assert run(["frameworks", "show", "cis-aws-7"]) == 2
    assert "did you mean `cis-aws-7.0`?" in capsys.readouterr().err
    assert run(["check", str(SAMPLE), "--framework", "fsbpp", "-o", str(tmp_path / "out")]) == 2
    assert "did you mean `fsbp`?" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_check_reports_on_the_controls_of_a_framework(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    assert run(["check", str(SAMPLE), "--framework", "cis-aws-7.0", "-o", str(out), "--language", "ko"]) in (1, 3)
    printed = capsys.readouterr().out
    made = report(out)
    (standing,) = made["frameworks"]
    assert [control["control"] for control in made["controls"]] == [f"cis-aws-7.0:{c.id}" for c in CIS.controls]
    states = [control["state"] for control in made["controls"]]
    assert standing["total"] == 70
    assert standing["failed"] == states.count("fail") > 0
    assert standing["not_assessed"] == states.count("not-assessed") > 0
    assert standing["decided"] == 70 - standing["unknown"] - standing["not_assessed"]
    assert f"{standing['decided']} of 70 (" in printed
    assert f"{standing['met']} of {standing['decided']} (" in printed
    by_rule = {line["fingerprint"]: line for line in made["verdicts"]}
    for control in made["controls"]:
        assert all(control["control"] in by_rule[f]["controls"] for f in control["failing"])
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "report.json",
        "compliance-cis-aws-7.0.ko.html",
    }
    assert 'lang="ko"' in (out / "compliance-cis-aws-7.0.ko.html").read_text("utf-8")
    assert 'href="compliance-cis-aws-7.0.ko.html"' in (out / "report.html").read_text("utf-8")


def test_limits_that_the_file_sets_are_said_at_the_control(tmp_path: Path) -> None:
    config = tmp_path / "awsaudit.toml"
    config.write_text("[limits.account-password-policy]\nminimum_length = 8\n", "utf-8")
    run(["check", str(SAMPLE), "--framework", "cis-aws-7.0", "--config", str(config), "-o", str(tmp_path / "out"), "-q"])
    settings = {
        control["control"]: control["settings"] for control in report(tmp_path / "out")["controls"] if control["settings"]
    }
    changed = ["account-password-policy: minimum_length = 8"]
    assert settings == {"cis-aws-7.0:2.8": changed, "cis-aws-7.0:2.9": changed}


def test_without_a_framework_nothing_is_said_of_any(tmp_path: Path, capsys: Capture) -> None:
    run(["check", str(SAMPLE), "-o", str(tmp_path)])
    assert "Frameworks" not in capsys.readouterr().out
    assert (report(tmp_path)["frameworks"], report(tmp_path)["controls"]) == ([], [])


def test_export_writes_what_is_named_and_no_more(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    assert run(["export", str(SAMPLE), "--format", "csv,json", "-o", str(out)]) == 0
    written = sorted(path.name for path in out.iterdir())
    assert written == ["findings.csv", "report.json"]
    assert sorted(Path(line).name for line in capsys.readouterr().out.splitlines()) == written


def test_export_without_formats_lists_them(capsys: Capture) -> None:
    assert run(["export", str(SAMPLE)]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(formats())


def test_export_in_a_format_that_does_not_exist(tmp_path: Path, capsys: Capture) -> None:
    assert run(["export", str(SAMPLE), "--format", "pdf", "-o", str(tmp_path / "out")]) == 2
    assert "`pdf` is not an output format; there are `asff`" in capsys.readouterr().err


def test_permissions_of_a_framework(capsys: Capture) -> None:
    assert run(["permissions", "--framework", "cis-aws-7.0"]) == 0
    actions = {a for s in json.loads(capsys.readouterr().out)["Statement"] for a in s["Action"]}
    assert {"ec2:DescribeNetworkAcls", "ec2:DescribeFlowLogs", "iam:GetCredentialReport"} <= actions
    assert not any(action.startswith("sagemaker:") for action in actions)
