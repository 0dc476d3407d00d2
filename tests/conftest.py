"""Fixtures for all tests: an emulated account, and an environment without the machine's own AWS settings."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.emulator import Emulator

# Where Python is told to keep no bytecode (containers often do), each of the many processes that tests start compiles the package anew,
# which is half of what its start takes, and each worker rewrites all tests and hypothesis.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

hypothesis.settings.register_profile("awsaudit", deadline=None)  # how long a test takes says nothing on a busy machine
hypothesis.settings.load_profile("awsaudit")

# A process of the tests holds a million objects that stay: to look through them as often as Python does by itself takes a twentieth of it.
gc.set_threshold(50_000, 20, 20)

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would what they start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ.setdefault("AWSAUDIT_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "awsaudit"))
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


@pytest.fixture(autouse=True)
def _no_aws_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = str(tmp_path_factory.getbasetemp() / "no-aws-config")
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in {
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session", autouse=True)
def _worked_out_once() -> Iterator[None]:
    """What libraries work out anew each time, here once for all tests: see :mod:`tests.once`."""
    from tests import once

    with pytest.MonkeyPatch.context() as patch:
        # Of a library that no test has imported nothing is worked out at all.
        for library, kept in {"botocore": once.the_sdk, "moto": once.the_emulator, "typer": once.the_command_line}.items():
            if library in sys.modules:
                kept(patch)
        yield


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run have in common, for what takes long to make: the first to want it makes it, under a lock."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def _emulator() -> Iterator[Emulator]:
    from tests.emulator import running  # moto takes a second to import: only for those who need it

    with running() as emulator:
        yield emulator


@pytest.fixture
def emulator(_emulator: Emulator) -> Emulator:
    """An empty emulated account behind real HTTP."""
    _emulator.reset()
    return _emulator
