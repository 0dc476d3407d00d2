"""Build the zip of the Lambda function.

``python deploy/build.py arm64`` (or ``x86_64``) makes it for Lambda; ``host`` for this machine and this Python, to try it. Nothing is
compiled: binary wheels are fetched for the platform. The same wheels give the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = "3.13"
"""The runtime that template.yaml names."""
PLATFORMS = {"arm64": "manylinux2014_aarch64", "x86_64": "manylinux2014_x86_64"}
LEFT_OUT = ("auditor/cli/", "auditor/demo/", "bin/")
"""What only works with packages that are not in the zip."""
RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""What pip notes of an installation, paths of this machine among it."""
NOT_SOURCE = (".*", "__pycache__", "build", "dist", "deploy", "tests", "*.egg-info", "*-report")
LIMIT = 25_000_000
"""Bytes of the zip."""


def pip(*arguments: str | Path) -> None:
    """Run pip quietly. Raises :class:`subprocess.CalledProcessError`."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own arguments


def wheel(wheels: Path, *, isolated: bool = True) -> Path:
    """Build the wheel of awsaudit. ``isolated``: with a setuptools of pip's own."""
    source = wheels / "source"  # a copy: what an earlier build left in the tree would come along
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*NOT_SOURCE))
    alone = () if isolated else ("--no-build-isolation",)
    pip("wheel", "--quiet", "--no-deps", *alone, "--wheel-dir", wheels, source)
    (made,) = wheels.glob("awsaudit-*.whl")
    return made


def install(target: str, folder: Path, ours: Path) -> None:
    """Put awsaudit, from its wheel, and its requirements into a folder, as they are on the target."""
    where: list[str] = ["--only-binary=:all:"]
    if target != "host":
        where += ["--platform", PLATFORMS[target], "--python-version", PYTHON, "--implementation", "cp"]
    wanted = ("-r", HERE / "requirements.txt", "-c", ROOT / "constraints.txt", ours)
    pip("install", "--quiet", "--no-deps", "--no-compile", "--target", folder, *where, *wanted)


def members(folder: Path) -> Iterator[Path]:
    """The files that belong in the zip, sorted."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and path.name not in RECORDS and not name.startswith(LEFT_OUT):
            yield path


def pack(folder: Path, out: Path) -> None:
    """Write the zip: sorted, with one date and one mode, so that equal contents are equal bytes."""
    temporary = out.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in members(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    temporary.replace(out)


def main() -> int:
    """Build. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the zip of the Lambda function.")
    parser.add_argument("target", choices=[*PLATFORMS, "host"])
    parser.add_argument("-o", "--out", type=Path, default=HERE / "awsaudit-lambda.zip")
    parser.add_argument("--no-isolation", action="store_true", help="use the setuptools that are installed (77 or newer)")
    parser.add_argument("--wheel", type=Path, help="a wheel of awsaudit that is there already; else one is built")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        ours = chosen.wheel or wheel(Path(work, "wheels"), isolated=not chosen.no_isolation)
        install(chosen.target, Path(work, "content"), ours)
        pack(Path(work, "content"), chosen.out)
    size = chosen.out.stat().st_size
    sys.stdout.write(f"{chosen.out.name}: {size / 1e6:.1f} MB for {chosen.target}\n")
    if size > LIMIT:
        sys.stderr.write(f"{chosen.out.name} is larger than {LIMIT / 1e6:.0f} MB\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
