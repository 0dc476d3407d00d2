"""Reading a file that somebody names: whole, if it is an ordinary one of a sensible size.

A device has no end, a pipe may be waited for without end, and a file of gigabytes fills the memory: each is refused at once.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import cast

SETTINGS = 4 * 1024 * 1024
"""Bytes of a file of settings, at most: some 10,000 waivers."""


def contents(path: Path, most: int) -> bytes:
    """The contents. Raises :class:`OSError`, also for what is no regular file or has more than ``most`` bytes; its ``strerror`` says so."""
    try:
        # Not to wait for a writer, should it be a pipe.
        file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0)))  # noqa: SIM115
    except ValueError as error:  # a name that no file can have
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        found = cast("bytes | None", file.read(most + 1))
    if found is None:  # such as a log of the kernel, which looks like a file and waits
        raise OSError(errno.EAGAIN, "it has no end that could be read to", str(path))
    if len(found) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 2**20} MiB", str(path))
    return found
