"""Writing the results into a folder, one run at a time."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auditor.engine.archive import write_atomically
from auditor.errors import OutputError
from auditor.render.format import File

LOCK = ".awsaudit.lock"
"""The file that is locked where a folder cannot be. It stays: removing it would let two runs hold two files of the same name."""


@contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """Hold the folder while the block runs, so that two runs never mix their files.

    It is the folder itself that is locked, so that nothing is left in it. Raises :class:`OutputError` when it cannot be written, or
    another run holds it. A run that was killed holds nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # better to know now that it cannot be written than after the account was read
        held = _held(folder)
    except (Timeout, BlockingIOError) as error:
        raise OutputError(
            f"another awsaudit is writing to `{folder}`; wait for it or choose another folder with --out"
        ) from error
    except OSError as error:
        raise OutputError(f"folder `{folder}` cannot be written: {error.strerror or error}; choose another with --out") from error
    try:
        yield
    finally:
        if isinstance(held, FileLock):
            held.release()
        else:
            os.close(held)


def _held(folder: Path) -> int | FileLock:
    """The folder, open and locked, or else a file in it. Raises :class:`BlockingIOError` or :class:`Timeout` when another run holds it."""
    if sys.platform != "win32":
        import fcntl

        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError as error:
            os.close(handle)
            if error.errno not in _NO_FOLDERS:
                raise
    lock = FileLock(folder / LOCK, timeout=0)
    lock.acquire()
    return lock


_NO_FOLDERS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What file systems say that lock files only, such as NFS, or nothing."""


def deliver(folder: Path, files: Iterable[File]) -> list[Path]:
    """Write each file under its name: whole or not at all, readable by the user alone. Raises :class:`OutputError`."""
    written: list[Path] = []
    for file in files:
        path = folder / file.name
        write_atomically(path, file.parts)
        written.append(path)
    return written
