"""The zip of the Lambda function: what is in it, for which machine, and that the same tree gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "deploy" / "build.py"
MACHINES = {183: "aarch64", 62: "x86-64"}
"""``e_machine`` of the ELF header."""


def build(target: str, out: Path) -> Path:
    subprocess.run([sys.executable, str(BUILD), target, "-o", str(out)], check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def arm64(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("arm64", tmp_path_factory.mktemp("arm64") / "awsaudit.zip")


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


def test_the_same_tree_gives_the_same_bytes(arm64: Path, tmp_path: Path) -> None:
    assert build("arm64", tmp_path / "again.zip").read_bytes() == arm64.read_bytes()


def test_nothing_in_it_tells_where_it_was_built(arm64: Path) -> None:
    with zipfile.ZipFile(arm64) as archive:
        ours = [name for name in archive.namelist() if name.startswith(("auditor/", "awsaudit-"))]
        assert not [name for name in ours if str(BUILD.parents[1]).encode() in archive.read(name)]
