"""``can`` and ``who-can`` from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.app import run
from auditor.engine import archive
from auditor.model.fact import Known
from auditor.model.iam import ManagedPolicy
from tests.policy.test_oracle import ACCOUNT, allow, arn, bucket, oracle, role, text, user

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    made = oracle(
        user("reader", allow("s3:GetObject", "arn:aws:s3:::models/*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        user("한글", allow("s3:*")),
        user("evil\x1b[31m", allow("s3:*")),
        role("locked", text({"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"})),
        bucket("models", Known(None)),
    )
    path = tmp_path / archive.FILE
    archive.write(made.snapshot, path)
    return path


OBJECT = "arn:aws:s3:::models/x"


def test_can(snapshot: Path, capsys: Capture) -> None:
    assert run(["can", str(snapshot), "reader", "s3:GetObject", OBJECT]) == 3
    assert capsys.readouterr().out.splitlines() == [
        f"DEPENDS  {arn('user/reader')} s3:GetObject on {OBJECT}",
        "  on aws:SourceIp",
        "Not considered: policies of the organization (SCPs and RCPs) are not in the snapshot: they may still deny.",
    ]
    assert run(["can", str(snapshot), "reader", "s3:GetObject", OBJECT, "--context", "aws:SourceIp=10.1.2.3"]) == 0
    assert run(["can", str(snapshot), "reader", "s3:GetObject", OBJECT, "--context", "aws:sourceip=192.0.2.1"]) == 1
    assert run(["can", str(snapshot), "reader", "s3:GetObject", OBJECT, "--context", "aws:SourceIp="]) == 1
    said = capsys.readouterr().out
    assert "nothing in the policies of the principal allows it" in said


def test_explain_names_the_statement(snapshot: Path, capsys: Capture) -> None:
    assert run(["can", str(snapshot), "locked", "s3:GetObject", OBJECT, "--explain"]) == 1
    said = capsys.readouterr().out
    assert "a statement denies it" in said
    assert "inline policy p0 of role locked, line 1: statement 1 `No` (Deny)" in said


def test_explain_says_what_an_action_needs_besides(snapshot: Path, capsys: Capture) -> None:
    run(["can", str(snapshot), "locked", "ec2:RunInstances", "--explain"])
    assert "ec2:RunInstances is authorised on several resources at once: image, instance, " in capsys.readouterr().out
    run(["can", str(snapshot), "locked", "s3:ListAllMyBuckets", "--explain"])
    assert "only Resource `*` allows it" in capsys.readouterr().out
    run(["can", str(snapshot), "locked", "sagemaker:CreateTrainingJob", "--explain"])
    assert (
        "  sagemaker:CreateTrainingJob may also need iam:PassRole, sagemaker:AddTags; ask for each"
        " (Service Authorization Reference, actions of sagemaker)" in capsys.readouterr().out
    )
    run(["can", str(snapshot), "locked", "nova:Launch", "--explain"])
    assert "nova:Launch is in no table of actions" in capsys.readouterr().out


def test_denied_in_every_case(tmp_path: Path, capsys: Capture) -> None:
    where = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:RequestedRegion": "eu-*"}}}
    made = oracle(user("a", allow("s3:GetObject", Condition=where), text(deny)), bucket("models", Known(None)))
    path = tmp_path / archive.FILE
    archive.write(made.snapshot, path)
    assert run(["can", str(path), "a", "s3:GetObject", OBJECT]) == 1
    words = "by what is not known of the request, a statement denies it, or nothing in the policies of the principal allows it"
    assert words in capsys.readouterr().out


def test_json(snapshot: Path, capsys: Capture) -> None:
    run(["can", str(snapshot), "locked", "s3:GetObject", OBJECT, "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert (answer["principal"], answer["decision"], answer["explicit"]) == (arn("role/locked"), "DENY", True)
    (why,) = answer["because"]
    assert (why["name"], why["sid"], why["line"]) == ("inline policy p0 of role locked", "No", 1)


def test_who_can(snapshot: Path, capsys: Capture) -> None:
    assert run(["who-can", str(snapshot), "s3:GetObject", OBJECT]) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        f"ALLOW    arn:aws:iam::{ACCOUNT}:root",
        f"ALLOW    {arn('user/evil<U+001B>[31m')}",
        f"DEPENDS  {arn('user/reader')}  on aws:SourceIp",
        f"ALLOW    {arn('user/한글')}",
        "4 of 5 principals. Not considered: policies of the organization (SCPs and RCPs) are not in the snapshot: they may still deny.",
    ]
    assert run(["who-can", str(snapshot), "s3:GetObject", OBJECT, "--format", "json"]) == 0
    decisions = [json.loads(line)["decision"] for line in capsys.readouterr().out.splitlines()]
    assert decisions == ["ALLOW", "ALLOW", "DEPENDS", "ALLOW"]


def test_lists_that_were_not_read_show(tmp_path: Path, capsys: Capture) -> None:
    from auditor.model.iam import User

    path = tmp_path / archive.FILE
    archive.write(oracle(role("r", allow("*")), unlisted=(User,)).snapshot, path)
    assert run(["who-can", str(path), "iam:ListUsers"]) == 3
    assert "there may be more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "s3:GetObject"], "`nobody` is no user or role of the snapshot"),
        (["reader", "GetObject"], "`GetObject` is not an action"),
        (["reader", "s3:Get*"], "without wildcards"),
        (["reader", "s3:GetObject", "--context", "aws:SourceIp"], "write KEY=VALUE"),
        (["reader", "s3:GetObject", "--format", "xml"], "there are `text` and `json`"),
        (["reader"], "name a SNAPSHOT, a PRINCIPAL and an ACTION"),
    ],
)
def test_what_cannot_be_asked(snapshot: Path, capsys: Capture, arguments: list[str], words: str) -> None:
    assert run(["can", str(snapshot), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_requests_are_answered_a_line_each(tmp_path: Path, capsys: Capture) -> None:
    identity = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    lines = [
        json.dumps({"id": 1, "principal": arn("user/u"), "action": "s3:GetObject", "policies": {"identity": [identity]}}),
        "",
        "{",
        json.dumps({"id": "한글", "principal": arn("user/u"), "action": "s3:PutObject", "policies": {"identity": [identity]}}),
        '{"id": 3, "principal": "arn:aws:iam::123456789012:user/u", "action": "s3:GetObject", "action": "s3:PutObject"}',
        json.dumps({"id": 4, "principal": arn("user/u"), "action": "s3:GetObject", "policies": {"identity": [identity, {}]}}),
    ]
    path = tmp_path / "requests.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    assert run(["can", "--requests", str(path)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["id"], one.get("decision")) for one in answers] == [
        (1, "ALLOW"),
        (None, None),
        ("한글", "DENY"),
        (None, None),
        (4, None),
    ]
    assert "not JSON" in answers[1]["error"]
    assert "occurs twice" in answers[3]["error"]
    assert (answers[4]["document"], answers[4]["line"]) == ("identity[1]", 1)
    assert run(["can", "--requests", str(tmp_path / "none.jsonl")]) == 2
    assert run(["can", str(path), "--requests", str(path)]) == 2
    path.write_bytes(b"\xff\n")
    assert run(["can", "--requests", str(path)]) == 2


def test_a_managed_policy_shows_its_arn(tmp_path: Path, capsys: Capture) -> None:
    from tests.policy.test_oracle import attached

    path = tmp_path / archive.FILE
    policy = ManagedPolicy(
        arn=arn("policy/m"), id="m", region="global", document=Known(allow("s3:ListAllMyBuckets")), aws_managed=Known(False)
    )
    archive.write(oracle(user("u", attached=attached("m")), policy).snapshot, path)
    assert run(["can", str(path), "u", "s3:ListAllMyBuckets", "--explain"]) == 0
    assert f"policy {arn('policy/m')}, line 1: statement 1 (Allow)" in capsys.readouterr().out
