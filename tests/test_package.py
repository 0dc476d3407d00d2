"""What is shipped, and what importing it does."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor import sdk

ROOT = Path(__file__).parent.parent
MAPPED = {
    "auditor": "auditor",
    "auditor.locale": "reports/locale",
    "auditor.rules": "rules",
    "auditor.schema": "reports/schema",
    "auditor.templates": "reports/templates",
}
SHIPPED = (".py", ".j2", ".css", ".js", ".json", ".mo", ".toml", ".tsv", ".typed")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def packages_of_the_tree() -> set[str]:
    found: set[str] = set()
    for name, folder in MAPPED.items():
        for init in (ROOT / folder).rglob("__init__.py"):
            below = init.parent.relative_to(ROOT / folder).parts
            found.add(".".join((name, *below)))
    return found


def test_the_packages_are_those_of_the_tree() -> None:
    setuptools = project()["tool"]["setuptools"]
    assert setuptools["package-dir"] == MAPPED
    assert setuptools["packages"] == sorted(setuptools["packages"])
    assert set(setuptools["packages"]) == packages_of_the_tree()


def test_every_folder_with_code_is_a_package() -> None:
    for top in ("auditor", "rules"):
        for path in (ROOT / top).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), f"{path.parent} would be left out of the wheel"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in the wheel, built from a copy: a build leaves things behind."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("auditor", "rules", "reports"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    # The setuptools that are installed, if new enough: else the build fetches its own.
    alone = ["--no-isolation"] if int(version("setuptools").split(".")[0]) >= 77 else []
    command = [sys.executable, "-m", "build", "--wheel", *alone, "--outdir", str(copy / "dist"), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (copy / "dist").iterdir()
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_the_wheel_installs_one_name_only(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert tops == {"auditor", f"awsaudit-{auditor.__version__}.dist-info"}


def test_the_wheel_holds_everything(wheel: list[str]) -> None:
    there = set(wheel)
    for name, folder in MAPPED.items():
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SHIPPED:
                assert "/".join((*name.split("."), *path.relative_to(ROOT / folder).parts)) in there
    assert "auditor/py.typed" in there
    assert any(name.endswith("/licenses/LICENSE") for name in there)


def test_the_wheel_holds_nothing_else(wheel: list[str]) -> None:
    suffixes = {Path(name).suffix for name in wheel if ".dist-info/" not in name}
    assert suffixes <= set(SHIPPED)
    assert not [name for name in wheel if "test" in name]


def test_imports_point_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


IMPORT = """
import builtins, importlib, pkgutil, socket, sys, threading
opened = []
real = builtins.open
def watched(file, mode="r", *a, **k):
    if set(mode) & set("wax+"): opened.append(file)
    return real(file, mode, *a, **k)
builtins.open = watched
def refuse(*a, **k): raise AssertionError("network")
socket.socket.connect = refuse
import auditor
seen = []
def onerror(name): raise
for info in pkgutil.walk_packages(auditor.__path__, "auditor.", onerror=onerror):
    importlib.import_module(info.name)
    seen.append(info.name)
boto3 = sys.modules["boto3"]
assert boto3.DEFAULT_SESSION is None, "a session was made"
assert threading.active_count() == 1, threading.enumerate()
from auditor.engine import registry
from auditor.collect import run
from auditor.model import resource
assert run.collectors.cache_info().currsize == 0, "collectors were looked for"
assert resource.kinds.cache_info().currsize == 0, "kinds were looked for"
assert not opened, opened
assert len(seen) > 100, seen
"""


def test_importing_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_public_surface() -> None:
    order = sorted(sdk.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert sdk.__all__ == order, "constants, types and functions, each sorted"
    assert len(set(sdk.__all__)) == len(sdk.__all__)
    missing = [name for name in sdk.__all__ if not hasattr(sdk, name)]
    assert not missing
    code = {name: getattr(sdk, name) for name in sdk.__all__}
    undocumented = [n for n, value in code.items() if (inspect.isclass(value) or inspect.isfunction(value)) and not value.__doc__]
    assert not undocumented


def test_what_the_sdk_imports_it_offers() -> None:
    public = {
        name
        for name, value in vars(sdk).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("auditor.")
    }
    assert public <= set(sdk.__all__)


def test_every_module_says_what_it_is() -> None:
    for info in pkgutil.walk_packages(auditor.__path__, "auditor."):
        module = importlib.import_module(info.name)
        assert (module.__doc__ or "").strip() or info.name.startswith("auditor.templates"), info.name
