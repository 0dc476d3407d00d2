"""Files in the user's cache folder, or in that which ``AWSAUDIT_CACHE_DIR`` names: what can be made or fetched anew.

Whatever is wrong with a file there - cut off, damaged, somebody else's - it counts as not there. It holds data only: who can change it
can make awsaudit err, not run anything.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read."""


def folder() -> Path | None:
    """Where the files lie. ``None`` where there is no home."""
    if named := os.environ.get("AWSAUDIT_CACHE_DIR"):
        return Path(named)
    try:
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "awsaudit"
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData" / "Local") / "awsaudit" / "Cache"
        listed = os.environ.get("XDG_CACHE_HOME", "")
        # A relative one counts as none, says the XDG Base Directory Specification.
        return (Path(listed) if Path(listed).is_absolute() else Path.home() / ".cache") / "awsaudit"
    except RuntimeError:  # a user without an entry and without HOME
        return None


def contents(path: Path) -> bytes | None:
    """The contents of a regular file that nobody else can change."""
    try:
        # Not to wait for a writer, should it be a pipe.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            about = os.fstat(file.fileno())
            if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST and _trusted(about):
                return file.read()
    except OSError:
        pass
    return None


def ready(where: Path) -> bool:
    """The folder is there and can be written to; what of it is missing is made for us alone."""
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(where, os.W_OK | os.X_OK)


def put(path: Path, what: bytes) -> bool:
    """Put the file in its place at once and whole, or leave it. Whether it is there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(what)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _trusted(about: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True  # what there is of it, the folder of the user grants
    return about.st_uid in (os.geteuid(), 0) and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
