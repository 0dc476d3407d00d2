"""The manifests of both kinds of report: which files belong to it, what their columns are, and their checksums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from auditor.errors import InventoryError
from auditor.inventory.lens import BUCKET, NAME, day_of
from auditor.source.positions import shown

BYTES = 16 * 1024 * 1024
"""How long a manifest may be: a report of a thousand million rows has some 500 files, each with 200 bytes. Ours."""
KEY = 1024
"""Bytes of a key at most: those of S3. A key of a million folders would be looked for in as many places."""
_MD5 = re.compile(r"[0-9a-f]{32}")
_EPOCH = (1136073600000, 221845392000000)
"""The years in which a report may have been made: S3 began in 2006, and calendars end with the year 9999."""


class Part(msgspec.Struct, frozen=True):
    """A file of a report: its key in the bucket that it was delivered to, its size in bytes, its MD5 checksum."""

    key: str
    size: int
    md5: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest. ``bucket`` is the one that an inventory is about, empty for an export of S3 Storage Lens, which is about many."""

    bucket: str = ""
    name: str
    as_of: datetime
    columns: tuple[str, ...]
    parts: tuple[Part, ...]


class _File(msgspec.Struct, frozen=True):
    key: str
    size: int
    md5: str = msgspec.field(name="MD5checksum")


class _Inventory(msgspec.Struct, frozen=True):
    source: str = msgspec.field(name="sourceBucket")
    created: str | int = msgspec.field(name="creationTimestamp")
    form: str = msgspec.field(name="fileFormat")
    schema: str = msgspec.field(name="fileSchema")
    files: tuple[_File, ...]


class _ReportFile(msgspec.Struct, frozen=True):
    key: str
    size: int
    md5: str = msgspec.field(name="md5Checksum")


class _Lens(msgspec.Struct, frozen=True):
    name: str = msgspec.field(name="configId")
    date: str = msgspec.field(name="reportDate")
    form: str = msgspec.field(name="reportFormat")
    schema: str = msgspec.field(name="reportSchema")
    files: tuple[_ReportFile, ...] = msgspec.field(name="reportFiles")


class _Kind(msgspec.Struct, frozen=True):
    inventory: msgspec.Raw = msgspec.field(name="sourceBucket", default=msgspec.Raw(b""))
    lens: msgspec.Raw = msgspec.field(name="reportFiles", default=msgspec.Raw(b""))


def parse(content: bytes, file: str) -> Manifest | None:
    """The manifest in a file; ``None`` for JSON that is about something else. ``file`` is for messages.

    Raises :class:`InventoryError` for one that is not whole, or of which the files are not CSV.
    """
    where = shown(file, 200)
    if len(content) > BYTES:
        raise InventoryError(f"{where} has over {BYTES:,} bytes; no manifest has")
    try:
        kind = msgspec.json.decode(content, type=_Kind)
        if bytes(kind.lens):
            return _lens(msgspec.json.decode(content, type=_Lens), where)
        if bytes(kind.inventory):
            return _inventory(msgspec.json.decode(content, type=_Inventory), where)
    except msgspec.ValidationError as error:
        place = str(error).partition(" - at `$.")[2].rstrip("`")
        lacks = re.search("missing required field `([A-Za-z0-9]+)`", str(error))
        what = f"it lacks `{lacks[1]}`" if lacks else "a value in it is of the wrong kind"
        inside = f" in {shown(place)}" if place else ""
        raise InventoryError(f"{where} is no manifest as S3 writes it: {what}{inside}; download it again") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InventoryError(f"{where} is not JSON; download it again") from None
    return None


def _inventory(found: _Inventory, where: str) -> Manifest:
    _format(found.form, where)
    if not BUCKET.fullmatch(found.source):
        raise InventoryError(f"{where}: {shown(found.source)} under `sourceBucket` is not the name of a bucket")
    created = str(found.created)
    moment = int(created) if created.isdigit() and created.isascii() and len(created) <= 15 else -1
    if not _EPOCH[0] <= moment <= _EPOCH[1]:
        raise InventoryError(f"{where}: {shown(created)} under `creationTimestamp` is not a time in milliseconds since 1970")
    parts = tuple(_part(one.key, one.size, one.md5, where) for one in found.files)
    return Manifest(
        bucket=found.source,
        name=_configuration(found.source, parts),
        as_of=datetime.fromtimestamp(moment / 1000, UTC).replace(microsecond=0),
        columns=tuple(one.strip() for one in found.schema.split(",")),
        parts=parts,
    )


def _lens(found: _Lens, where: str) -> Manifest:
    _format(found.form, where)
    day = day_of(found.date)
    if day is None:
        raise InventoryError(f"{where}: {shown(found.date)} under `reportDate` is not a day")
    return Manifest(
        name=found.name,
        as_of=day,
        columns=tuple(one.strip() for one in found.schema.split(",")),
        parts=tuple(_part(one.key, one.size, one.md5, where) for one in found.files),
    )


def _format(form: str, where: str) -> None:
    if form.upper() != "CSV":
        raise InventoryError(
            f"{where}: its files are {shown(form)}, and awsaudit reads CSV; set the report's format to CSV, and give the next one"
        )


def _part(key: str, size: int, md5: str, where: str) -> Part:
    segments = key.split("/")
    # What it names is looked for below the folder that was given; and no name in it may lead out of that.
    long = len(key.encode("utf-8", "surrogatepass")) > KEY
    if long or any(one in (".", "..") or set(one) & set("\\\0") for one in segments) or not segments[-1]:
        raise InventoryError(f"{where}: {shown(key, 80)} cannot be the key of a file of a report")
    if not _MD5.fullmatch(md5.lower()):
        raise InventoryError(f"{where}: {shown(md5)} is not an MD5 checksum")
    return Part(key, size, md5.lower())


def _configuration(bucket: str, parts: Sequence[Part]) -> str:
    """The name of the configuration, which the keys hold: ``prefix/bucket/configuration/data/file``. Empty where they do not."""
    for one in parts[:1]:
        *_, owner, name, folder, _ = ("", "", "", *one.key.split("/"))
        if owner == bucket and folder == "data" and NAME.fullmatch(name):
            return name
    return ""
