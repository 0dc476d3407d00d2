"""S3 Storage Lens: the daily export of its metrics, a row for each figure of a bucket and storage class.

The names of columns and metrics are those of the S3 User Guide ("Understanding the Amazon S3 Storage Lens export schemas", "Amazon S3
Storage Lens metrics glossary"). All that is read is among the free metrics. Rows of accounts, prefixes and groups are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec

from auditor.errors import InventoryError
from auditor.inventory.listing import CLASS
from auditor.inventory.table import DIGITS, Rows, figure
from auditor.model.s3_report import InClass, Source, StorageReport
from auditor.source.positions import shown

COLUMNS = (
    "version_number",
    "configuration_id",
    "report_date",
    "aws_account_number",
    "aws_region",
    "storage_class",
    "record_type",
    "record_value",
    "bucket_name",
    "metric_name",
    "metric_value",
)
"""The columns of an export, in the order in which they are documented."""
METRICS: Mapping[str, str] = MappingProxyType(
    {
        "StorageBytes": "bytes",
        "ObjectCount": "objects",
        "CurrentVersionStorageBytes": "current_bytes",
        "CurrentVersionObjectCount": "current",
        "NonCurrentVersionStorageBytes": "noncurrent_bytes",
        "NonCurrentVersionObjectCount": "noncurrent",
        "DeleteMarkerObjectCount": "markers",
        "IncompleteMultipartUploadStorageBytes": "upload_bytes",
        "IncompleteMPUStorageBytesOlderThan7Days": "stale_upload_bytes",
    }
)
"""The metrics that are read, and what they are called here."""
NONE = ("", "-")
"""How a row says that it is of no storage class."""
MOST = 2_000_000
"""Figures that are kept of an export at most: 60,000 buckets of three classes. An organization with more has to give its accounts apart."""
BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}")
"""Names of buckets, those of the years before 2018 too."""
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Names of configurations. One that is none is not repeated."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Lens(msgspec.Struct, frozen=True, order=True):
    """Whose figures: a bucket of an account, on a day, of a configuration."""

    account: str
    bucket: str
    day: str
    name: str


class Tally:
    """Counts the files of one export, one after the other."""

    def __init__(self) -> None:
        self._found: dict[Lens, dict[tuple[str, str], int]] = {}
        self._count = 0
        self._loose: set[Lens] = set()
        """Of which a file came without its manifest: an export may have further files, and they further classes."""

    def add(self, chunks: Iterable[bytes], name: str, columns: Sequence[str] = ()) -> None:
        """Count the rows of a file. ``columns`` are those of the manifest; without a manifest the file has to have a heading.

        Raises :class:`InventoryError` with the line for what cannot be a row of an export.
        """
        rows = Rows(chunks, name)
        at: tuple[int, ...] | None = _places(columns, name) if columns else None
        width = len(columns)
        for row in rows:
            if at is None:
                at, width = _places(row, name), len(row)
                continue
            if len(row) != width:
                raise rows.fault(f"it has {len(row)} cells and not {width}")
            configuration, day, account, storage, kind, bucket, metric, value = (row[one] for one in at)
            if kind != "BUCKET" or metric not in METRICS:
                if rows.line == 1 and metric == "metric_name":
                    at, width = _places(row, name), len(row)
                continue
            number = figure(value)
            if number is None:
                raise rows.fault(f"{shown(value)} is not a figure: `{metric}` is a whole number of up to {DIGITS} digits")
            lens = Lens(account, bucket, day, configuration[:64])
            self._put(rows, lens, storage, metric, number)
            if not columns:
                self._loose.add(lens)

    def _put(self, rows: Rows, lens: Lens, storage: str, metric: str, number: int) -> None:
        figures = self._found.get(lens)
        if figures is None:
            if not BUCKET.fullmatch(lens.bucket):
                raise rows.fault(f"{shown(lens.bucket)} is not the name of a bucket")
            if not _ACCOUNT.fullmatch(lens.account):
                raise rows.fault(f"{shown(lens.account)} is not the number of an account")
            if day_of(lens.day) is None:
                raise rows.fault(f"{shown(lens.day)} is not a day")
            figures = self._found[lens] = {}
        place = ("" if storage in NONE else storage, METRICS[metric])
        if place in figures:
            raise rows.fault(f"`{metric}` of {shown(lens.bucket)} in {shown(storage)} is there twice; give each export once")
        if place[0] and not CLASS.fullmatch(place[0]):
            raise rows.fault(f"{shown(storage)} is not a storage class")
        figures[place] = number
        self._count += 1
        if self._count > MOST:
            raise rows.fault(f"there are over {MOST:,} figures up to here; give an export of fewer accounts")

    def reports(self) -> dict[tuple[str, str], StorageReport]:
        """What was counted, by account and bucket. Of several days the last."""
        latest: dict[tuple[str, str], StorageReport] = {}
        for lens, figures in sorted(self._found.items()):
            before = latest.get((lens.account, lens.bucket))
            made = _report(lens, figures, whole=lens not in self._loose)
            if before is None or before.as_of <= made.as_of:
                latest[lens.account, lens.bucket] = made
        return latest


def has_heading(first: Sequence[str]) -> bool:
    """The row is the heading of an export."""
    return set(COLUMNS) <= {one.strip() for one in first}


def _places(columns: Sequence[str], name: str) -> tuple[int, ...]:
    """Where the columns that matter stand. Raises :class:`InventoryError` when one is not there."""
    found = [one.strip() for one in columns]
    if not has_heading(found):
        lacking = next(one for one in COLUMNS if one not in found)
        raise InventoryError(
            f"{shown(name, 200)} is no export of S3 Storage Lens: its heading lacks `{lacking}`. An inventory is read by its manifest: "
            "give `manifest.json`, or the folder that holds it and the data"
        )
    needed = ("configuration_id", "report_date", "aws_account_number", "storage_class", "record_type", "bucket_name")
    return tuple(found.index(one) for one in (*needed, "metric_name", "metric_value"))


def day_of(text: str) -> datetime | None:
    """The day, at midnight UTC; ``None`` for a text that is none since S3 began."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 2006 <= day.year <= 9000 else None


def _report(lens: Lens, figures: Mapping[tuple[str, str], int], *, whole: bool) -> StorageReport:
    day = day_of(lens.day)
    assert day is not None  # noqa: S101  it was looked at when the first figure came
    classes = sorted({storage for storage, what in figures if what != "markers" and storage})
    if not classes and any(what != "markers" for _, what in figures):
        classes = [""]
    markers = [number for (storage, what), number in figures.items() if what == "markers" and storage]
    total = figures.get(("", "markers"))
    return StorageReport(
        source=Source.LENS,
        as_of=day,
        name=lens.name if NAME.fullmatch(lens.name) else "",
        whole=whole,
        holdings=tuple(_holding(storage, figures) for storage in classes),
        delete_markers=sum(markers) if markers else total,
    )


def _holding(storage: str, figures: Mapping[tuple[str, str], int]) -> InClass:
    def of(what: str) -> int | None:
        return figures.get((storage, what))

    def versions(what: str, current: str, noncurrent: str) -> int | None:
        """The versions alone, where both kinds are told: the whole has delete markers and parts of uploads in it, too."""
        now, old = of(current), of(noncurrent)
        return now + old if now is not None and old is not None else of(what)

    return InClass(
        storage_class=storage,
        objects=versions("objects", "current", "noncurrent"),
        bytes=versions("bytes", "current_bytes", "noncurrent_bytes"),
        noncurrent=of("noncurrent"),
        noncurrent_bytes=of("noncurrent_bytes"),
        upload_bytes=of("upload_bytes"),
        stale_upload_bytes=of("stale_upload_bytes"),
    )
