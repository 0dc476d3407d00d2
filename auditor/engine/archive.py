"""Snapshot files: JSON Lines, gzipped, ended by a trailer that counts and hashes what went before.

A finished file is sorted, has mode 0600, and is put in place by renaming. While a scan runs, everything goes into a *journal* of the same
form beside it, unsorted and without a trailer, so that a scan that is killed leaves a file that can be judged: the missing trailer says
that it is incomplete, and lists that were not finished are unknown.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from auditor.engine.archive_lines import CallLine, GapLine, HeaderLine, ItemLine, Line, PriceLine, SectionLine, TrailerLine
from auditor.errors import OutputError, SnapshotDamaged, SnapshotError, SnapshotNewer
from auditor.model import calls
from auditor.model.fact import Reason, Unknown
from auditor.model.price import Price
from auditor.model.resource import Resource, fact_fields, kinds, unread
from auditor.model.snapshot import FORMAT, CallRecord, Gap, Header, Section, Snapshot
from auditor.money.kinds import fault

FILE = "snapshot.jsonl.gz"
JOURNAL_SUFFIX = ".partial.jsonl.gz"
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. No resource of AWS comes near; a longer line is not one of ours."""


_ENCODER = msgspec.json.Encoder(order="deterministic")


def _item(resource: Resource, scope: str) -> bytes:
    return _ENCODER.encode(ItemLine(resource.KIND, scope, msgspec.Raw(_ENCODER.encode(resource))))


def lines(snapshot: Snapshot) -> Iterator[bytes]:
    """The lines of a finished file, trailer and all: the same snapshot gives the same bytes."""
    digest = hashlib.sha256()
    count = 0
    for line in _body(snapshot):
        digest.update(line + b"\n")
        count += 1
        yield line + b"\n"
    yield _ENCODER.encode(TrailerLine(count, digest.hexdigest())) + b"\n"


def _body(snapshot: Snapshot) -> Iterator[bytes]:
    yield _ENCODER.encode(HeaderLine(snapshot.header))
    for (kind, scope), section in sorted(snapshot.sections.items()):
        for item in section.items:
            yield _item(item, scope)
        # After its items, so that a list in a file that was cut short does not look finished.
        yield _ENCODER.encode(SectionLine(kind, scope, section.missing))
    for price in snapshot.prices:
        yield _ENCODER.encode(PriceLine(price))
    for gap in snapshot.gaps:
        yield _ENCODER.encode(GapLine(gap))
    for call in snapshot.calls:
        yield _ENCODER.encode(CallLine(call))


def write_atomically(path: Path, chunks: Iterable[bytes], *, mode: int = 0o600) -> None:
    """Write a file under a temporary name and rename it: there is never half a file.

    Raises :class:`OutputError` when the folder cannot be written or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror or error}; choose another folder with --out") from error


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot file. Raises :class:`OutputError`."""
    write_atomically(path, content(snapshot))


def content(snapshot: Snapshot) -> Iterator[bytes]:
    """The bytes of a snapshot file, in parts."""
    return _gzipped(lines(snapshot))


def _gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    # A gzip header without name or time, so that the same lines give the same file.
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


class FileJournal:
    """Keeps everything a scan finds as it finds it. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Begin a journal at ``path``. Raises :class:`OutputError`."""
        self.path = path
        self._lock = threading.Lock()
        self._packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        self._early: list[CallRecord] | None = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise OutputError(
                f"`{path}` cannot be written: {error.strerror or error}; choose another folder with --out"
            ) from error

    def _put(self, line: bytes, *, flush: bool = False) -> None:
        try:
            with self._lock:
                self._file.write(self._packer.compress(line + b"\n"))
                if flush:
                    self._file.write(self._packer.flush(zlib.Z_SYNC_FLUSH))
                    self._file.flush()
        except OSError as error:
            raise OutputError(f"`{self.path}` cannot be written: {error.strerror or error}") from error

    def header(self, header: Header) -> None:
        """The scan begins."""
        with self._lock:
            early, self._early = self._early, None
        self._put(_ENCODER.encode(HeaderLine(header)), flush=True)
        for record in early or ():
            self.call(record)

    def item(self, resource: Resource, scope: str) -> None:
        """A resource was read. Flushed, so that a kill loses nothing that was read."""
        self._put(_item(resource, scope), flush=True)

    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None:
        """A list is finished."""
        self._put(_ENCODER.encode(SectionLine(kind, scope, missing)), flush=True)

    def call(self, record: CallRecord) -> None:
        """A call was made. Those that were made to know what to scan wait for the header, which comes first."""
        with self._lock:
            if self._early is not None:
                self._early.append(record)
                return
        self._put(_ENCODER.encode(CallLine(record)))

    def gap(self, gap: Gap) -> None:
        """Something could not be seen."""
        self._put(_ENCODER.encode(GapLine(gap)), flush=True)

    def close(self, *, keep: bool) -> None:
        """End the journal, and remove it unless it is to be kept."""
        try:
            with self._lock, self._file:
                self._file.write(self._packer.flush())
            if not keep:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"`{self.path}` cannot be written: {error.strerror or error}") from error


def read(path: Path) -> Snapshot:
    """Read a snapshot file or a journal.

    A file without a trailer (a scan that was killed, a copy cut short) gives what it holds, with ``header.complete`` false and a
    gap that says so. Raises :class:`SnapshotDamaged` when the contents contradict the trailer or are not ours,
    :class:`SnapshotNewer` for a newer format, :class:`SnapshotError` when the file cannot be read.
    """
    reader = _Reader(path)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file, path), 1):
                reader.take(line, number)
    except OSError as error:
        raise SnapshotError(f"snapshot `{path}` cannot be read: {error.strerror or error}") from error
    return reader.snapshot()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._decoder = msgspec.json.Decoder(Line)
        self._items: dict[str, msgspec.json.Decoder[Any]] = {}
        self._digest = hashlib.sha256()
        self._count = 0
        self._header: Header | None = None
        self._ended = False
        self._found: dict[tuple[str, str], list[Resource]] = {}
        self._missing: dict[tuple[str, str], tuple[Unknown, ...]] = {}
        self._calls: list[CallRecord] = []
        self._gaps: list[Gap] = []
        self._prices: list[Price] = []

    def take(self, line: bytes, number: int) -> None:
        if self._ended:
            raise self._damaged(number, "there is something after the end")
        try:
            if self._header is None:
                self._check_format(line, number)
            parsed = self._decoder.decode(line)
            self._keep(parsed, line, number)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._damaged(number, str(error)) from error
        except RecursionError as error:
            raise self._damaged(number, "it is nested too deep") from error

    def _check_format(self, line: bytes, number: int) -> None:
        # Before anything else, because a newer format may look different in every other way.
        class _Any(msgspec.Struct):
            header: dict[str, Any] = {}

        found = msgspec.json.decode(line, type=_Any).header.get("format")
        if not isinstance(found, int):
            raise self._damaged(number, "it does not begin with a snapshot header")
        if found > FORMAT:
            raise SnapshotNewer(
                f"snapshot `{self._path}` has format {found}, this awsaudit reads up to {FORMAT}; upgrade awsaudit"
            )

    def _keep(self, parsed: Line, line: bytes, number: int) -> None:
        if isinstance(parsed, TrailerLine):
            if parsed.lines != self._count or parsed.sha256 != self._digest.hexdigest():
                raise self._damaged(number, "the contents do not match the checksum at its end")
            self._ended = True
            return
        self._digest.update(line + b"\n")
        self._count += 1
        if isinstance(parsed, HeaderLine):
            if self._header is not None:
                raise self._damaged(number, "there is a second header")
            taken_at = parsed.header.taken_at
            if taken_at.tzinfo is None or not 2006 <= taken_at.year <= 9000:
                raise self._damaged(number, "it does not say when it was taken, with a time zone")
            self._header = parsed.header
        elif self._header is None:
            raise self._damaged(number, "it does not begin with a snapshot header")
        elif isinstance(parsed, ItemLine):
            self._found.setdefault((parsed.kind, parsed.scope), []).append(self._decode(parsed, number))
        elif isinstance(parsed, SectionLine):
            self._kind(parsed.kind, number)
            self._missing[parsed.kind, parsed.scope] = tuple(self._vouched(unknown, number) for unknown in parsed.missing)
        elif isinstance(parsed, CallLine):
            self._calls.append(parsed.call)
        elif isinstance(parsed, PriceLine):
            if wrong := fault(parsed.price):
                raise self._damaged(number, f"it holds a price that cannot be right: {wrong}")
            self._prices.append(parsed.price)
        else:
            self._gaps.append(parsed.gap)

    def _kind(self, name: str, number: int) -> type[Resource]:
        kind = kinds().get(name)
        if kind is None:
            raise self._damaged(number, f"it holds a kind of resource that is not known: `{name}`")
        return kind

    def _decode(self, line: ItemLine, number: int) -> Resource:
        decoder = self._items.get(line.kind)
        if decoder is None:
            decoder = self._items.setdefault(line.kind, msgspec.json.Decoder(self._kind(line.kind, number)))
        resource: Resource = decoder.decode(line.item)
        unknowns = {name: fact for name in fact_fields(type(resource)) if isinstance(fact := getattr(resource, name), Unknown)}
        mended = {name: vouched for name, fact in unknowns.items() if (vouched := self._vouched(fact, number)) != fact}
        return msgspec.structs.replace(resource, **mended) if mended else resource

    def _vouched(self, unknown: Unknown, number: int) -> Unknown:
        """The missing fact with the action of our own table: a file from elsewhere must not choose what a report asks to be allowed."""
        try:
            call = calls.by_name(unknown.call)
        except KeyError:
            raise self._damaged(number, f"it names a call that awsaudit does not make: {unknown.call!r}") from None
        return unknown if unknown.action == call.action else Unknown(unknown.reason, call.name, call.action)

    def _damaged(self, number: int, why: str) -> SnapshotDamaged:
        if self._header is None:
            where = f"line {number}: {why}"
            return SnapshotDamaged(
                f"`{self._path}` is not an awsaudit snapshot ({where}); name one that `scan` or `collect` wrote"
            )
        return SnapshotDamaged(f"snapshot `{self._path}` is damaged at line {number}: {why}; take it again or restore a copy")

    def snapshot(self) -> Snapshot:
        if self._header is None:
            raise SnapshotDamaged(f"snapshot `{self._path}` holds nothing; take it again")
        header = self._header
        gaps = list(self._gaps)
        if not self._ended:
            header = msgspec.structs.replace(header, complete=False)
            gaps.append(
                Gap("snapshot", Reason.NOT_COLLECTED, "the file has no end: the scan was killed or the file was cut short")
            )
        sections: dict[tuple[str, str], Section[Resource]] = {}
        for place in sorted({*self._found, *self._missing}):
            kind = kinds()[place[0]]
            items = tuple(sorted(self._found.get(place, ()), key=lambda r: (r.arn, r.id)))
            missing = self._missing.get(place, (unread(kind.LISTED_BY),))
            sections[place] = Section(kind, place[1], items, missing)
        return Snapshot(header=header, sections=sections, calls=tuple(self._calls), gaps=tuple(gaps), prices=tuple(self._prices))


def _lines(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """The whole lines of a file, packed or not. A line that is cut off at the end is not given."""
    rest = b""
    for chunk in _chunks(file, path):
        rest += chunk
        *whole, rest = rest.split(b"\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise SnapshotDamaged(f"snapshot `{path}` is damaged: it has a line of over {LONGEST_LINE} bytes")


def _chunks(file: IO[bytes], path: Path) -> Iterator[bytes]:
    start = file.read(2)
    file.seek(0)
    if start != b"\x1f\x8b":
        while chunk := file.read(1 << 20):
            yield chunk
        return
    unpacker = zlib.decompressobj(31)
    try:
        while packed := file.read(1 << 16):
            while packed:
                yield unpacker.decompress(packed, 1 << 22)
                packed = unpacker.unconsumed_tail
                if unpacker.eof and unpacker.unused_data:  # some tools pack in several members
                    packed, unpacker = unpacker.unused_data, zlib.decompressobj(31)
    except zlib.error as error:
        raise SnapshotDamaged(
            f"snapshot `{path}` is damaged: it does not unpack ({error}); take it again or restore a copy"
        ) from error


def find(path: Path) -> Path:
    """The snapshot that a user means: the file itself, or in a folder its finished snapshot, else the newest journal.

    Raises :class:`SnapshotError` when there is none.
    """
    if not path.is_dir():
        if not path.exists():
            raise SnapshotError(f"there is no snapshot `{path}`; make one with `awsaudit collect -o {path}`")
        return path
    finished = path / FILE
    if finished.exists():
        return finished
    journals = sorted(path.glob(f"*{JOURNAL_SUFFIX}"))
    if not journals:
        raise SnapshotError(f"there is no snapshot in folder `{path}`; name the file itself")
    return journals[-1]
