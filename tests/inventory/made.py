"""Reports as S3 writes them, in folders as ``aws s3 sync`` lays them out."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

DAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ALL = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, StorageClass, IntelligentTieringAccessTier"
CURRENT = "Bucket, Key, Size, StorageClass"
LENS = (
    "version_number,configuration_id,report_date,aws_account_number,aws_region,storage_class,record_type,record_value,bucket_name,"
    "metric_name,metric_value"
)
ACCOUNT = "123456789012"


def row(
    key: str, size: int | str = 1000, storage: str = "STANDARD", *, latest: bool = True, marker: bool = False, tier: str = ""
) -> str:
    """A row of an inventory of all versions of ``models``."""
    said = {True: "true", False: "false"}
    cells = ("models", key, "v1", said[latest], said[marker], str(size), "2026-01-01T00:00:00.000Z", storage, tier)
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def inventory(
    folder: Path,
    *files: str | bytes,
    schema: str = ALL,
    bucket: str = "models",
    as_of: datetime = DAY,
    name: str = "daily",
    form: str = "CSV",
) -> Path:
    """Write an inventory: the folder of its configuration, with the manifest in a folder of its time. Gives the manifest's path."""
    data, own = folder / "data", folder / f"{as_of:%Y-%m-%dT%H-%MZ}"
    data.mkdir(parents=True, exist_ok=True)
    own.mkdir(exist_ok=True)
    parts: list[dict[str, object]] = []
    for number, content in enumerate(files):
        packed = gzip.compress(content.encode(), mtime=0) if isinstance(content, str) else content
        path = data / f"{own.name}-{number}.csv.gz"
        path.write_bytes(packed)
        key = f"inventories/{bucket}/{name}/data/{path.name}"
        parts.append({"key": key, "size": len(packed), "MD5checksum": hashlib.md5(packed).hexdigest()})
    manifest = {
        "sourceBucket": bucket,
        "destinationBucket": "arn:aws:s3:::inventories",
        "version": "2016-11-30",
        "creationTimestamp": str(int(as_of.timestamp() * 1000)),
        "fileFormat": form,
        "fileSchema": schema,
        "files": parts,
    }
    path = own / "manifest.json"
    path.write_text(json.dumps(manifest))
    (own / "manifest.checksum").write_text(hashlib.md5(path.read_bytes()).hexdigest() + "\n")
    return path


def lens_rows(
    figures: Sequence[tuple[str, str, int]], *, bucket: str = "models", account: str = ACCOUNT, day: str = "2026-11-20"
) -> str:
    """Rows of an export: storage class, metric and value each."""
    start = f"V_1,org,{day},{account},us-east-1"
    return "".join(f"{start},{storage},BUCKET,,{bucket},{metric},{value}\n" for storage, metric, value in figures)


def export(folder: Path, *files: str, day: str = "2026-11-20", heading: bool = True) -> Path:
    """Write an export of S3 Storage Lens with its manifest, and give that one's path."""
    reports, own = folder / "V_1" / "reports" / f"dt={day}", folder / "V_1" / "manifests" / f"dt={day}"
    reports.mkdir(parents=True)
    own.mkdir(parents=True)
    parts: list[dict[str, object]] = []
    for number, content in enumerate(files):
        text = (f"{LENS}\n" if heading else "") + content
        path = reports / f"{number}.csv"
        path.write_text(text)
        key = f"lens/StorageLens/{ACCOUNT}/org/V_1/reports/dt={day}/{path.name}"
        parts.append({"key": key, "size": path.stat().st_size, "md5Checksum": hashlib.md5(path.read_bytes()).hexdigest()})
    path = own / "manifest.json"
    manifest = {
        "sourceAccountId": ACCOUNT,
        "configId": "org",
        "destinationBucket": "arn:aws:s3:::lens",
        "reportVersion": "V_1",
        "reportDate": day,
        "reportFormat": "CSV",
        "reportSchema": LENS,
        "reportFiles": parts,
    }
    path.write_text(json.dumps(manifest))
    return path
