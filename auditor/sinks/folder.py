"""Writing the results into a folder, one run at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auditor.engine.archive import write_atomically
from auditor.errors import OutputError
from auditor.render.format import File

LOCK = ".awsaudit.lock"


@contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """Hold the folder while the block runs, so that two runs never mix their files.

    Raises :class:`OutputError` when it cannot be written, or another run holds it. A run that was killed holds nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise OutputError(
            f"another awsaudit is writing to `{folder}`; wait for it or choose another folder with --out"
        ) from error
    except OSError as error:
        raise OutputError(f"folder `{folder}` cannot be written: {error.strerror or error}; choose another with --out") from error
    try:
        yield
    finally:
        lock.release()  # the file stays: removing it would let two runs hold two files of the same name


def deliver(folder: Path, files: Iterable[File]) -> list[Path]:
    """Write each file under its name: whole or not at all, readable by the user alone. Raises :class:`OutputError`."""
    written: list[Path] = []
    for file in files:
        path = folder / file.name
        write_atomically(path, file.parts)
        written.append(path)
    return written
