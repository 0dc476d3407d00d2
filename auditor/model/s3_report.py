"""What a report of AWS says of a bucket's objects: S3 Inventory lists them, S3 Storage Lens counts them.

CloudWatch knows the bytes by class and the number of objects over all classes. A report knows more: noncurrent versions, delete markers,
small objects, parts of unfinished uploads. The user gives it as a file; what it says of a bucket is frozen into the snapshot.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

SMALL = 128 * 1024
"""Bytes under which an object is small: S3 charges for so many in infrequent access, and by default moves none that has less."""
STALE = timedelta(days=30)
"""A report that is older when a snapshot is taken is not used. Ours: S3 Inventory comes daily or weekly, so that four were missed."""
AHEAD = timedelta(days=1)
"""How far a report may seem to be ahead of the snapshot: clocks and time zones differ. What is later was not made by then."""
TIERS = "INTELLIGENT_TIERING"
"""The class of objects in Intelligent-Tiering of which the report does not say the tier; those in a known tier have it in their class."""


class Source(enum.Enum):
    """Who made a report."""

    INVENTORY = "S3 Inventory"
    LENS = "S3 Storage Lens"


class InClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What there is in one storage class, as the price book writes it; empty where the report does not say the class.

    Figures are of object versions, without delete markers. ``None``: the report does not say; it is never zero for that.
    """

    storage_class: str
    objects: int | None = None
    bytes: int | None = None
    small: int | None = None
    """Those of under :data:`SMALL` bytes."""
    small_bytes: int | None = None
    noncurrent: int | None = None
    """The noncurrent versions among them."""
    noncurrent_bytes: int | None = None
    upload_bytes: int | None = None
    """Bytes in the parts of uploads that are not finished: not among ``bytes``."""
    stale_upload_bytes: int | None = None
    """Those of uploads that were begun more than seven days before."""


class StorageReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a report says of a bucket.

    ``as_of``: when S3 began to look at the bucket, for Storage Lens the day. ``name``: the configuration that made it, where that is
    known. ``whole``: it is about the whole bucket. An inventory does not say to which prefix it is limited: if all its keys begin alike
    it may be, unless it counts about as many objects as CloudWatch does; ``prefix`` is the folder that they have in common. A file of
    Storage Lens without its manifest may be one of several, and is taken so, too.
    ``all_versions``: noncurrent versions are in it, too.
    """

    source: Source
    as_of: datetime
    name: str = ""
    whole: bool = True
    prefix: str = ""
    all_versions: bool = True
    holdings: tuple[InClass, ...] = ()
    delete_markers: int | None = None

    @property
    def cited(self) -> str:
        """The report with its day, for evidence."""
        name = f" {self.name}" if self.name else ""
        return f"{self.source.value}{name} of {self.as_of:%Y-%m-%d}"

    @property
    def covers(self) -> str:
        """What it is about, for evidence."""
        what = "all versions" if self.all_versions else "current versions"
        if self.whole:
            return f"{what} under {self.prefix}, as many as CloudWatch counts" if self.prefix else f"{what} in the bucket"
        return f"{what} under {self.prefix}, perhaps not all" if self.prefix else f"{what}, perhaps of a part of the bucket"

    @property
    def objects(self) -> int | None:
        """The object versions of all classes."""
        return known_sum(one.objects for one in self.holdings)

    @property
    def bytes(self) -> int | None:
        """Their bytes."""
        return known_sum(one.bytes for one in self.holdings)

    @property
    def small(self) -> int | None:
        """Those that are small."""
        return known_sum(one.small for one in self.holdings)

    @property
    def small_bytes(self) -> int | None:
        """The bytes of those that are small."""
        return known_sum(one.small_bytes for one in self.holdings)

    @property
    def noncurrent(self) -> int | None:
        """The noncurrent versions of all classes."""
        return known_sum(one.noncurrent for one in self.holdings)

    @property
    def noncurrent_bytes(self) -> int | None:
        """Their bytes."""
        return known_sum(one.noncurrent_bytes for one in self.holdings)

    @property
    def stale_upload_bytes(self) -> int | None:
        """Bytes of uploads that were begun more than seven days before."""
        return known_sum(one.stale_upload_bytes for one in self.holdings)


def known_sum(figures: Iterable[int | None]) -> int | None:
    """The sum; ``None`` as soon as one of the figures is not known."""
    total = 0
    for one in figures:
        if one is None:
            return None
        total += one
    return total


def fresh(reports: Iterable[StorageReport], taken_at: datetime) -> tuple[StorageReport, ...]:
    """The reports that a snapshot of that time may be judged by: those of the whole bucket first, the newest of them first."""
    usable = [one for one in reports if -AHEAD <= taken_at - one.as_of <= STALE]
    return tuple(sorted(usable, key=lambda one: (one.whole, one.as_of, one.source.value, one.name), reverse=True))


def counting_noncurrent(reports: Iterable[StorageReport], taken_at: datetime) -> StorageReport | None:
    """The best report that says how many bytes noncurrent versions hold."""
    found = (one for one in fresh(reports, taken_at) if one.all_versions and one.holdings and one.noncurrent_bytes is not None)
    return next(found, None)


def counting_markers(reports: Iterable[StorageReport], taken_at: datetime) -> StorageReport | None:
    """The best report that says how many delete markers there are."""
    return next((one for one in fresh(reports, taken_at) if one.delete_markers is not None), None)


def counting_small(reports: Iterable[StorageReport], taken_at: datetime) -> StorageReport | None:
    """The best report of a whole bucket, with objects in it, that says how many of them are small, and how large they are."""
    for one in fresh(reports, taken_at):
        if one.whole and one.objects and None not in (one.bytes, one.small, one.small_bytes):
            return one
    return None


def counting_uploads(reports: Iterable[StorageReport], taken_at: datetime) -> StorageReport | None:
    """The best report that says how many bytes are in uploads that were begun more than a week before."""
    for one in fresh(reports, taken_at):
        if one.holdings and one.stale_upload_bytes is not None:
            return one
    return None


def lacking(reports: Sequence[StorageReport], taken_at: datetime, what: str, which: str) -> str:
    """Why no report says ``what``, in a clause with what would resolve it: ``which`` is the report that is needed."""
    give = f"give {which} with `--inventory`"
    if not reports:
        return f"{what} is not known; {give}"
    newest = max(reports, key=lambda one: (one.as_of, one.source.value, one.name))
    days = (taken_at - newest.as_of).days
    if not fresh(reports, taken_at):
        age = f"is {days} days old" if days > 0 else "was made after the snapshot"
        return f"{what} is not known: {newest.cited} {age}; {give}"
    return f"{what} is not in {newest.cited}, which is about {newest.covers}; {give}"
