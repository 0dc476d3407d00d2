"""What is in a bucket by a report of S3 Inventory or S3 Storage Lens, for ``awsaudit lifecycle``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from auditor.cli import inventory
from auditor.cli.lifecycle_costs import Size
from auditor.engine.s3_reports import usage_by
from auditor.errors import UsageError
from auditor.inventory.files import About, Given
from auditor.lifecycle.classes import CLASSES
from auditor.lifecycle.subject import Usage
from auditor.model.s3_report import STALE, StorageReport
from auditor.model.s3_sizes import sizes
from auditor.source.positions import shown

MOST = 0.5
"""Share of objects under 128 KB from which on they stand for the bucket, as in ``s3-lifecycle-small-objects``: half is "most"."""
NAMED = 5
"""Buckets that a message names."""


def reported(paths: Sequence[Path], bucket: str | None) -> Size:
    """The bucket by its report. ``bucket``: its name, where the reports are about several.

    Raises :class:`UsageError` for reports that cannot be used, or of which none says what is in the bucket.
    """
    given = inventory.given(paths, quiet=not sys.stderr.isatty())
    chosen = _of(given, bucket)
    usable = [one for one in chosen if _usage(one)[0] is not None]
    if not usable:
        what = (
            f"{chosen[0].cited} does not say how many bytes are in which storage class" if chosen else "nothing is in the reports"
        )
        raise UsageError(f"{what}; have `Size` and `StorageClass` in the inventory, or give `--size-gb` and `--objects`")
    best = max(usable, key=lambda one: (one.whole, one.as_of, one.source.value, one.name))
    usage, notes = _usage(best)
    days = (datetime.now(UTC) - best.as_of).days
    age = f", {days} days ago" if days > STALE.days else ""
    source = f"sizes are those of {best.cited}{age}: {best.covers}"
    return Size(None, None, reported=usage, sizes=sizes(best, MOST), notes=(*given.notes, source, *notes), report=best)


def _of(given: Given, bucket: str | None) -> list[StorageReport]:
    """The reports of the bucket."""
    names = sorted({one.bucket for one in given.reports})
    if bucket is None and len(names) > 1:
        raise UsageError(f"the reports are about {len(names):,} buckets ({_listed(names)}); name one with `--bucket`")
    found = [one.report for one in given.reports if bucket in (None, one.bucket)]
    if bucket is not None and not found:
        raise UsageError(f"no report is about {shown(bucket)}; they are about {_listed(names) or 'no bucket'}")
    owners = sorted({one.account for one in _named(given.reports, bucket) if one.account})
    if len(owners) > 1:
        raise UsageError(f"the reports tell of {shown(bucket or names[0])} in {len(owners)} accounts; give those of one account")
    return found


def _named(reports: Iterable[About], bucket: str | None) -> Iterable[About]:
    return (one for one in reports if bucket in (None, one.bucket))


def _usage(report: StorageReport) -> tuple[Usage | None, tuple[str, ...]]:
    """What is in the bucket, ``None`` where the report does not say it by class; and what of it is left out."""
    usage = usage_by(report)
    if usage is None or not usage.bytes:
        return None, ()
    strange = [name for name in usage.bytes if name not in CLASSES]
    if not strange:
        return usage, ()
    known = Usage(
        bytes={name: size for name, size in usage.bytes.items() if name in CLASSES},
        counts={name: count for name, count in usage.counts.items() if name in CLASSES},
    )
    note = f"what is in {_listed(strange)} is left out: awsaudit does not know the storage class"
    return (known if known.bytes else None), (note,)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(shown, names[:NAMED])) + (" …" if len(names) > NAMED else "")
