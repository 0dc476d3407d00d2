"""S3 Inventory: a row for each object version, counted by storage class. Names of objects are looked at and not kept.

Columns vary: a report has those that its configuration asks for, in the order that ``fileSchema`` of its manifest gives. What has no
column stays unknown. A list of current versions has no ``IsLatest`` (S3 User Guide, "Cataloging and analyzing your data with S3
Inventory").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from urllib.parse import unquote_plus

import msgspec

from auditor.errors import InventoryError
from auditor.inventory.table import DIGITS, Rows
from auditor.model.s3_report import SMALL, TIERS, InClass, Source, StorageReport
from auditor.source.positions import shown

TIERED: Mapping[str, str] = MappingProxyType(
    {
        "FREQUENT": "FA",
        "FREQUENT_ACCESS": "FA",
        "INFREQUENT": "IA",
        "INFREQUENT_ACCESS": "IA",
        "ARCHIVE_INSTANT": "AIA",
        "ARCHIVE_INSTANT_ACCESS": "AIA",
        "ARCHIVE": "AA",
        "ARCHIVE_ACCESS": "AA",
        "DEEP_ARCHIVE": "DAA",
        "DEEP_ARCHIVE_ACCESS": "DAA",
    }
)
"""The end of the price book's name for a tier of Intelligent-Tiering, by what ``IntelligentTieringAccessTier`` says of an object."""
CLASS = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
"""How AWS writes storage classes, those to come too."""
MOST = 200
"""Kinds of rows: classes by tier, current or not, marker or not. There are some 50; text from elsewhere may not fill the memory."""
PREFIX = 1024
"""Characters of a folder's name that are kept: a key has no more bytes."""
_PLACES = ("StorageClass", "IntelligentTieringAccessTier", "IsLatest", "IsDeleteMarker")


class Tally:
    """Counts the files of one inventory, one after the other."""

    def __init__(self, bucket: str, columns: Sequence[str]) -> None:
        """``columns``: the names of the columns, in order. Raises :class:`InventoryError` when there are none to know rows by."""
        self._bucket = bucket
        self._width = len(columns)
        for needed in ("Bucket", "Key"):
            if needed not in columns:
                raise InventoryError(f"its `fileSchema` has no column `{needed}`; give the manifest as S3 wrote it")
        # What has no column is read from the empty cell that each row is given at its end.
        self._at = {name: columns.index(name) if name in columns else -1 for name in ("Bucket", "Key", "Size", *_PLACES)}
        self._groups: dict[tuple[str, str, str, str], _Group] = {}
        self._start: str | None = None

    def add(self, chunks: Iterable[bytes], name: str) -> None:
        """Count the rows of a file. Raises :class:`InventoryError` with the line for what cannot be a row of this inventory."""
        width, groups, start = self._width, self._groups, self._start
        cells = itemgetter(*(self._at[one] for one in ("Bucket", "Key", "Size", *_PLACES)))
        sized, own = self._at["Size"] >= 0, self._bucket
        rows = Rows(chunks, name)
        for row in rows:
            if len(row) != width:
                raise rows.fault(f"it has {len(row)} cells, and `fileSchema` of the manifest names {width}")
            row.append("")
            bucket, key, digits, storage, tier, latest, marker = cells(row)
            if bucket != own:
                raise rows.fault(f"it is about {shown(bucket)}, and the manifest about {shown(own)}")
            if start and not key.startswith(start):
                start = _common(start, key)
            elif start is None:
                start = key
            group = groups.get((storage, tier, latest, marker))
            if group is None:
                place = (storage, tier, latest, marker)
                group = groups[place] = self._group(place, rows)
            group.objects += 1
            # Not `figure`, for a call for each of a hundred million rows counts.
            if digits.isdigit() and digits.isascii() and len(digits) <= DIGITS:
                length = int(digits)
                group.bytes += length
                if length < SMALL:
                    group.small += 1
                    group.small_bytes += length
            elif sized and not group.marker:
                raise rows.fault(f"{shown(digits)} is not a size in bytes")
        self._start = start

    def _group(self, place: tuple[str, str, str, str], rows: Rows) -> _Group:
        if len(self._groups) >= MOST:
            raise rows.fault(f"there are over {MOST} storage classes up to here; AWS has some ten")
        storage, tier, latest, marker = place
        # A delete marker has no class in some reports.
        if storage and not CLASS.fullmatch(storage):
            raise rows.fault(f"{shown(storage)} is not a storage class")
        name = storage
        if storage == TIERS and tier:
            if tier.upper() not in TIERED:
                raise rows.fault(f"{shown(tier)} is not a tier of Intelligent-Tiering")
            name = f"{storage}_{TIERED[tier.upper()]}"
        is_latest = self._flag(latest, "IsLatest", rows)
        return _Group(name, self._flag(marker, "IsDeleteMarker", rows) is True, is_latest is False)

    def _flag(self, text: str, column: str, rows: Rows) -> bool | None:
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        if text == "" and self._at[column] < 0:
            return None
        raise rows.fault(f"{shown(text)} under `{column}` is neither true nor false")

    def report(self, as_of: datetime, name: str) -> StorageReport:
        """What was counted."""
        sized, versioned = self._at["Size"] >= 0, self._at["IsLatest"] >= 0
        held: dict[str, list[_Group]] = {}
        markers = 0
        for group in self._groups.values():
            if group.marker:
                markers += group.objects
            else:
                held.setdefault(group.storage_class, []).append(group)
        whole = self._start == ""
        return StorageReport(
            source=Source.INVENTORY,
            as_of=as_of,
            name=name,
            whole=whole,
            prefix="" if whole else _folder(self._start or ""),
            all_versions=versioned,
            holdings=tuple(_holding(storage, groups, sized, versioned) for storage, groups in sorted(held.items())),
            delete_markers=markers if self._at["IsDeleteMarker"] >= 0 else None,
        )


class _Group(msgspec.Struct):
    """Rows that agree in all that is counted apart."""

    storage_class: str
    marker: bool
    noncurrent: bool
    objects: int = 0
    bytes: int = 0
    small: int = 0
    small_bytes: int = 0


def _holding(storage: str, groups: Sequence[_Group], sized: bool, versioned: bool) -> InClass:
    old = [one for one in groups if one.noncurrent]
    return InClass(
        storage_class=storage,
        objects=sum(one.objects for one in groups),
        bytes=sum(one.bytes for one in groups) if sized else None,
        small=sum(one.small for one in groups) if sized else None,
        small_bytes=sum(one.small_bytes for one in groups) if sized else None,
        noncurrent=sum(one.objects for one in old) if versioned else None,
        noncurrent_bytes=sum(one.bytes for one in old) if versioned and sized else None,
    )


def _common(start: str, key: str) -> str:
    """What both begin with. Keys are URL-encoded: no half of an escape is anything that they share."""
    length = next(
        (at for at, (one, other) in enumerate(zip(start, key, strict=False)) if one != other), min(len(start), len(key))
    )
    found = start[:length]
    if found.endswith("%"):
        return found[:-1]
    return found[:-2] if found[-2:-1] == "%" else found


def _folder(start: str) -> str:
    """The folder of a beginning that all keys share: not more, for the names of objects are data."""
    folder, slash, _ = unquote_plus(start, errors="replace").rpartition("/")
    return f"{folder}{slash}"[:PREFIX]
