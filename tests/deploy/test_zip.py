"""The zip of the Lambda function: what is in it, for which machine, that the same tree gives the same bytes, and that it runs."""

from __future__ import annotations

import importlib.util
import json
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock

from auditor.engine import archive as snapshots
from auditor.model.opt_in import OPT_INS
from auditor.render.format import formats
from tests.emulator import Emulator
from tests.scheduled.runtime import HANDLER, Lambda, running
from tests.scheduled.test_handler import ACCOUNT, BUCKET, Site, night

BUILD = Path(__file__).parents[2] / "deploy" / "build.py"
MACHINES = {183: "aarch64", 62: "x86-64"}
"""``e_machine`` of the ELF header."""
RUNTIME = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "runtime_client",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
"""What Lambda's Python brings. What belongs to its runtime client alone is in a place of its own there."""
ABSENT = ("rules", "reports", "tests", "typer", "rich", "click", "moto", "pytest", "yaml", "cryptography")
BOOTSTRAP = f"""
import importlib.util, runpy, sys
sys.path[:0] = sys.argv[1:]
found = [name for name in {ABSENT!r} if importlib.util.find_spec(name)]
assert not found, found
sys.argv[1:] = [{HANDLER!r}]
runpy.run_module("awslambdaric", run_name="__main__")
"""
"""Begin as Lambda does: the function's own folder first, then what the runtime brings; nothing else is there."""


def build(target: str, out: Path, wheel: Path) -> Path:
    command = [sys.executable, str(BUILD), target, "-o", str(out), "--wheel", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def wheel(common: Path) -> Path:
    """Built with the setuptools that are installed, if new enough: pip takes five seconds to fetch its own."""
    folder = common / "wheels"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            building = runpy.run_path(str(BUILD))
            building["wheel"](folder, isolated=int(version("setuptools").split(".")[0]) < 77)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def arm64(wheel: Path, common: Path) -> Path:
    out = common / "awsaudit-arm64.zip"
    with FileLock(f"{out}.lock"):
        return out if out.exists() else build("arm64", out, wheel)


def machine(content: bytes) -> str:
    assert content[:4] == b"\x7fELF"
    return MACHINES[int.from_bytes(content[18:20], "little")]


def test_it_is_small_and_holds_what_the_function_needs_alone(arm64: Path) -> None:
    assert arm64.stat().st_size < 25_000_000
    with zipfile.ZipFile(arm64) as archive:
        names = archive.namelist()
        tops = {name.split("/")[0] for name in names}
    assert {"auditor", "aws_lambda_powertools", "jinja2", "msgspec", "policyuniverse"} <= tops
    assert not tops & {"typer", "rich", "moto", "boto3", "botocore", "click", "tests", "rules", "reports"}
    assert not [name for name in names if name.startswith(("auditor/cli/", "auditor/demo/")) or name.endswith((".pyc", "RECORD"))]
    assert {
        "auditor/lambda_handler.py",
        "auditor/rules/s3/no_tier_policy.py",
        "auditor/rules/frameworks/cis-aws-7.0.toml",
    } <= set(names)
    assert {"auditor/templates/report.html.j2", "auditor/locale/ko/LC_MESSAGES/awsaudit.mo"} <= set(names)


def test_its_binaries_are_for_arm64(arm64: Path) -> None:
    with zipfile.ZipFile(arm64) as archive:
        binaries = {name: machine(archive.read(name)) for name in archive.namelist() if name.endswith(".so")}
    assert any("msgspec" in name for name in binaries)
    assert set(binaries.values()) == {"aarch64"}, binaries
    assert all("cpython-313" in name for name in binaries), "for the Python that the template names"


def test_the_same_wheels_give_the_same_bytes(arm64: Path, wheel: Path, tmp_path: Path) -> None:
    assert build("arm64", tmp_path / "again.zip", wheel).read_bytes() == arm64.read_bytes()


def test_nothing_in_it_tells_where_it_was_built(arm64: Path) -> None:
    with zipfile.ZipFile(arm64) as archive:
        ours = [name for name in archive.namelist() if name.startswith(("auditor/", "awsaudit-"))]
        assert not [name for name in ours if str(BUILD.parents[1]).encode() in archive.read(name)]


@pytest.fixture(scope="module")
def task(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for this machine, unpacked as Lambda unpacks it, and a folder with what Lambda brings."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(build("host", folder / "awsaudit.zip", wheel)) as archive:
        archive.extractall(folder / "var")
    (folder / "runtime").mkdir()
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        assert spec.origin is not None, name
        place = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        (folder / "runtime" / place.name).symlink_to(place)
    return folder


@pytest.fixture
def function(task: Path, emulator: Emulator, tmp_path: Path) -> Iterator[tuple[Site, Lambda]]:
    site = Site(emulator)
    environment = site.environment(PYTHONPATH="", HOME=str(tmp_path))
    # Isolated, and without the packages of the environment that the tests run in.
    command = (sys.executable, "-I", "-S", "-c", BOOTSTRAP, str(task / "var"), str(task / "runtime"))
    with running(environment, tmp_path, command) as started:
        yield site, started


def test_a_bare_interpreter_runs_it(function: tuple[Site, Lambda], task: Path, tmp_path: Path) -> None:
    site, started = function
    site.s3.create_bucket(Bucket="models")
    every = {"formats": list(formats()), "frameworks": "cis-aws-7.0", "language": "ko"}
    answer = started.invoke({**night(1), **every})
    assert answer.error is None, started.log()
    assert (answer.result["complete"], answer.result["unknown"]) == (True, 0)
    assert answer.result["failing"] == 3
    assert not answer.result["unwritten"]
    written = {snapshots.FILE, "report.html", "compliance-cis-aws-7.0.ko.html", "report.json", "findings.csv"}
    assert written < set(answer.result["files"])
    report = site.read(answer.result["folder"] + "report.json")
    assert {(line["rule"], line["name"], line["verdict"]) for line in report["verdicts"]} >= {
        ("s3-versioning-off", "models", "fail"),
        ("s3-versioning-off", "awsaudit-reports", "pass"),
    }
    assert report["account"]["id"] == ACCOUNT
    (told,) = site.messages()
    assert "3 failing in the first run" in told["Subject"]
    files = (task / "var" / "auditor" / "rules").rglob("*.py")
    rules = {f"{path.parent.name}-{path.stem.replace('_', '-')}" for path in files if path.stem != "__init__"}
    asked = f"[collect]\nalso = {json.dumps(list(OPT_INS))}\n"
    site.s3.put_object(Bucket=BUCKET, Key="config/awsaudit.toml", Body=asked.encode())
    config = f"s3://{BUCKET}/config/awsaudit.toml"
    every_rule = started.invoke({**night(2), "rules": sorted(rules), "config": config})
    assert every_rule.error is None, started.log()
    second = site.read(every_rule.result["folder"] + "report.json")
    assert {rule["id"] for rule in second["rules"]} == rules
    assert not [line for line in second["verdicts"] if line["verdict"] == "crash"]
    assert not [path for path in tmp_path.iterdir() if path.name != "function.log"], "it writes nothing beside itself"
