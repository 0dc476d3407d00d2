"""CSV in a stream, packed or not: rows as they come, in bounded memory, and every fault with its line.

A report may have a hundred million rows, and may come from anybody: lines have a greatest length, and what unpacks to a hundred times more
than any report does is refused before it has filled anything.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from auditor.errors import InventoryError
from auditor.source.positions import shown

LONGEST = 1 << 20
"""Bytes of a line. A row of an inventory has a key of 1,024 bytes, of which each may be written as three, and some 500 bytes more."""
EXPANSION = 400
"""How many times its size a packed file may unpack to. Rows of one short key, counted up, come to about 30. Ours."""
_PIECE = 1 << 20
_LEAST = 1 << 16
"""Bytes of a packed file of which the size does not matter: what it unpacks to is little in any case."""
_SLICE = 1 << 14
"""Bytes that are unpacked at once: what is left of them is copied for each member that ends, and a member may be 20 bytes long."""
DIGITS = 18
"""The most digits of a figure. The largest object has 50 TB, which are 14; no account holds what 18 can say."""


class Checked:
    """The bytes of a file as they come, and afterwards how many there were and their MD5 checksum."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._digest = hashlib.md5(usedforsecurity=False)  # what AWS writes into its manifests
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def md5(self) -> str:
        """The checksum, in lower-case hexadecimal digits."""
        return self._digest.hexdigest()


class Rows:
    """The rows of a CSV file. ``line`` is that of the row that was given last.

    Going through them raises :class:`InventoryError` for what is not CSV, not UTF-8, or no report for its size.
    """

    def __init__(self, chunks: Iterable[bytes], name: str) -> None:
        self.name = name
        self._rows = 0
        self._reader = csv.reader(_lines(self._watched(_unpacked(chunks, name)), name), strict=True)

    @property
    def line(self) -> int:
        """The line on which the last row ends, from 1."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        try:
            for row in self._reader:
                self._rows += 1
                yield row
        except csv.Error as error:
            raise self.fault(str(error)) from None

    def _watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The content, as long as rows come of it: quotes that are open at the end of each line make one row of all lines."""
        since, before = 0, 0
        for chunk in chunks:
            yield chunk
            since, before = (since if self._rows == before else 0) + len(chunk), self._rows
            if since > LONGEST + 2 * _PIECE:
                raise self.fault(f"no row has ended for over {LONGEST:,} bytes; no row of a report has so many")

    def fault(self, what: str) -> InventoryError:
        """The error of something that is wrong with the last row."""
        return InventoryError(f"{shown(self.name, 200)} line {self.line}: {what}")


def figure(text: str) -> int | None:
    """A whole number of zero or more, as AWS writes it; ``None`` for anything else that Python would take for one, too."""
    return int(text) if text.isdigit() and text.isascii() and len(text) <= DIGITS else None


def _lines(chunks: Iterable[bytes], name: str) -> Iterator[str]:
    """The lines, without their ends."""
    number, rest = 0, b""
    for chunk in chunks:
        start, end, left = chunk.rpartition(b"\n")
        if end:
            whole = _text(rest + start, number, name).split("\n")
            number += len(whole)
            yield from whole
            rest = left
        else:
            rest += left
        if len(rest) > LONGEST:
            raise InventoryError(f"{shown(name, 200)} line {number + 1}: it has over {LONGEST:,} bytes; no row of a report has")
    if rest:
        yield _text(rest, number, name)


def _text(content: bytes, before: int, name: str) -> str:
    try:
        return content.decode("utf-8-sig" if before == 0 else "utf-8")
    except UnicodeDecodeError as error:
        line = before + 1 + content.count(b"\n", 0, error.start)
        raise InventoryError(
            f"{shown(name, 200)} line {line}: it is not UTF-8; give the file as S3 wrote it, CSV or CSV packed with gzip"
        ) from None


def _unpacked(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The content, in pieces of a bearable size."""
    pieces = iter(chunks)
    first = next(pieces, b"")
    if first[:2] != b"\x1f\x8b":
        yield first
        yield from pieces
        return
    packed = unpacked = 0
    unpacker, within = zlib.decompressobj(31), False
    try:
        for piece in (chunk[at : at + _SLICE] for chunk in chain((first,), pieces) for at in range(0, len(chunk), _SLICE)):
            packed += len(piece)
            more = True
            while piece or (within and more):
                content = unpacker.decompress(piece, _PIECE)
                unpacked += len(content)
                if unpacked > max(packed - len(unpacker.unconsumed_tail), _LEAST) * EXPANSION:
                    raise InventoryError(f"{shown(name, 200)} unpacks to over {EXPANSION} times its size; no report does")
                yield content
                # As much as was asked for: there may be more of what was taken in already.
                piece, within, more = unpacker.unconsumed_tail, not unpacker.eof, len(content) == _PIECE
                if unpacker.eof:  # some tools pack in several members
                    piece, unpacker = unpacker.unused_data, zlib.decompressobj(31)
    except zlib.error as error:
        raise InventoryError(f"{shown(name, 200)} cannot be unpacked ({error}); download it again") from None
    if within:
        raise InventoryError(f"{shown(name, 200)} is cut short; download it again")
