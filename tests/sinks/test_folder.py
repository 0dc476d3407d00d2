"""Holding the folder of results: by one run at a time, and with nothing left behind."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from auditor.errors import OutputError
from auditor.sinks.folder import LOCK, exclusive

HOLD = """
import sys
from pathlib import Path
from auditor.sinks.folder import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "보고서" / "new"
    with exclusive(folder):
        assert list(folder.iterdir()) == []
    with exclusive(folder):
        pass
    assert list(folder.iterdir()) == []


def test_another_run_is_refused_until_the_first_ends_or_is_killed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        for same in (tmp_path, link):
            with pytest.raises(OutputError, match="another awsaudit is writing to"), exclusive(same):
                pass
        other.kill()
        other.wait()
        with exclusive(tmp_path):
            pass


def test_of_many_at_once_one_has_it_at_a_time(tmp_path: Path) -> None:
    inside, most, refused, had = 0, 0, 0, 0
    count = threading.Lock()

    def run() -> None:
        nonlocal inside, most, refused, had
        for _ in range(50):
            try:
                with exclusive(tmp_path):
                    with count:
                        inside += 1
                        most = max(most, inside)
                        had += 1
                    with count:
                        inside -= 1
            except OutputError:
                with count:
                    refused += 1

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert had + refused == 200
    assert list(tmp_path.iterdir()) == []


def test_where_folders_cannot_be_locked_a_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = fcntl.flock

    def files_only(handle: int, how: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EBADF, "Bad file descriptor")
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", files_only)
    with exclusive(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
        with pytest.raises(OutputError, match="another awsaudit"), exclusive(tmp_path):
            pass
    with exclusive(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for where in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/here")):
        with pytest.raises(OutputError, match="cannot be written"), exclusive(where):
            pass
