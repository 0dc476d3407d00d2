"""What reports of S3 Inventory and S3 Storage Lens say, as evidence and as money, for rules."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from auditor.engine.context import Context
from auditor.engine.lifecycle_money import Reported
from auditor.engine.s3_use import STANDARD_TIERS
from auditor.lifecycle.subject import Usage
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.money import GIB, Money, Use, gigabytes, unknown_money
from auditor.model.s3 import Bucket, Lifecycle, LifecycleRule
from auditor.model.s3_report import TIERS, InClass, StorageReport, fresh
from auditor.model.verdict import Verdict

UPLOADED_AS: Mapping[str, str] = MappingProxyType(
    {"GLACIER": "STANDARD", "DEEP_ARCHIVE": "STANDARD", "INTELLIGENT_TIERING": "INTELLIGENT_TIERING_FA"}
)
"""What the parts of an upload are paid as until it is complete, where it is not what the object will be: archives are staged in Standard,
and Intelligent-Tiering begins in its first tier. Source: *Amazon S3 User Guide*, multipart uploads and pricing."""


def given(bucket: Bucket) -> tuple[StorageReport, ...]:
    """The reports of a bucket that were given with the scan; none where that is why they are not known.

    Raises :class:`Missing` when they are not known for another reason. Reads ``Bucket.reports``.
    """
    reports = bucket.reports
    if isinstance(reports, Unknown) and reports.reason is Reason.NOT_COLLECTED:
        return ()
    return need(reports)


def beside(verdict: Verdict, report: StorageReport, figures: Mapping[str, int | float | None]) -> Verdict:
    """The verdict with figures of a report in its evidence, and with the report: which, of which day, about what."""
    told = {**figures, "report": report.cited, "covers": report.covers}
    return msgspec.structs.replace(verdict, evidence={**verdict.evidence, **told})


def in_gb(size: int | None) -> float | None:
    """Bytes in GB for evidence."""
    return round(size / GIB, 3) if size is not None else None


class Of(enum.Enum):
    """Which objects are meant."""

    ALL = "all"
    SMALL = "small"
    """Those of under 128 KB."""
    LARGE = "large"
    """The others."""


def usage_by(report: StorageReport, of: Of = Of.ALL) -> Usage | None:
    """What is in a bucket by a report, class by class, as lifecycle knows classes; ``None`` where the report does not say it by class."""
    sizes: dict[str, int] = {}
    counts: dict[str, int] = {}
    uncounted: set[str] = set()
    for one in report.holdings:
        size, count = _part(one, of)
        # Whatever the tier, Intelligent-Tiering is one class.
        name = TIERS if one.storage_class.startswith(f"{TIERS}_") else one.storage_class
        if size is None or not name:
            return None
        sizes[name] = sizes.get(name, 0) + size
        counts[name] = counts.get(name, 0) + (count or 0)
        if count is None:
            uncounted.add(name)
    return Usage(bytes=sizes, counts={name: count for name, count in counts.items() if name not in uncounted})


def _part(one: InClass, of: Of) -> tuple[int | None, int | None]:
    """The bytes and the number of some objects of a class."""
    if of is Of.SMALL:
        return one.small_bytes, one.small
    if of is Of.ALL:
        return one.bytes, one.objects
    if one.bytes is None or one.objects is None or one.small is None or one.small_bytes is None:
        return None, None
    return one.bytes - one.small_bytes, one.objects - one.small


def movable(report: StorageReport, rules: Iterable[LifecycleRule], minimum: str | None) -> Usage | None:
    """What is in a bucket by a report that lifecycle rules may move, class by class; ``None`` where the report does not say it.

    By default objects under 128 KB stay where they are, unless a filter is about sizes: then none of them counts, if the report tells them
    apart and there are others. ``minimum``: ``TransitionDefaultMinimumObjectSize`` as the API writes it.
    """
    chosen = any(
        one.filter.size_greater_than is not None or one.filter.size_less_than is not None for one in rules if one.enabled
    )
    large = usage_by(report, Of.LARGE) if minimum != "varies_by_storage_class" and not chosen else None
    return large if large is not None and large.total else usage_by(report)


def reported(bucket: Bucket, about: Context[Any], lifecycle: Lifecycle | None = None) -> Reported | None:
    """The best report of the whole bucket, and what is in it, class by class, by that; ``None`` when no report says it. With ``lifecycle``
    only what that may move: see :func:`movable`.

    For what no verdict hangs on: before one does, ask :func:`given`. Reads ``Bucket.reports``.
    """
    reports = bucket.reports.value if isinstance(bucket.reports, Known) else ()
    for one in fresh(reports, about.taken_at):
        usage = usage_by(one) if lifecycle is None else movable(one, lifecycle.rules, lifecycle.default_minimum_size)
        if one.whole and usage is not None and usage.total is not None:
            return one, usage
    return None


def noncurrent_money(report: StorageReport, region: str, about: Context[Any]) -> Money:
    """What the noncurrent versions in a report are paid in a month, by class.

    Bytes alone: what classes charge beyond them for each object is left out. In Standard they are the last of the bytes, whose price is
    the lowest.
    """
    uses: list[Use] = []
    for held in report.holdings:
        size = held.noncurrent_bytes
        if size is None:
            return unknown_money(f"{report.cited} does not say how many bytes are noncurrent")
        if not size:
            continue
        if why := _unclear(held, report):
            return unknown_money(why)
        if held.storage_class == "STANDARD":
            uses += _last(region, max(held.bytes or 0, size), size)
        else:
            uses.append(Use("s3-storage", region, held.storage_class, gigabytes(size)))
    return about.money(*uses)


def uploads_money(report: StorageReport, region: str, about: Context[Any]) -> Money:
    """What the parts of uploads that were begun over a week before are paid in a month."""
    sizes: dict[str, int] = {}
    for held in report.holdings:
        name = UPLOADED_AS.get(held.storage_class, held.storage_class)
        if held.stale_upload_bytes is None:
            return unknown_money(f"{report.cited} does not say how many bytes are in such uploads")
        if held.stale_upload_bytes and not name:
            return unknown_money(f"{report.cited} does not say of which storage class they are")
        sizes[name] = sizes.get(name, 0) + held.stale_upload_bytes
    return about.money(*(Use("s3-storage", region, name, gigabytes(size)) for name, size in sorted(sizes.items()) if size))


def _unclear(held: InClass, report: StorageReport) -> str:
    if not held.storage_class:
        return f"{report.cited} does not say of which storage class they are"
    if held.storage_class == TIERS:
        return f"{report.cited} does not say in which tiers of Intelligent-Tiering they are"
    return ""


def _last(region: str, total: int, size: int) -> Iterator[Use]:
    """What the last ``size`` of ``total`` bytes in Standard are paid."""
    start = 0.0
    for item, end in (*STANDARD_TIERS, ("STANDARD#500TB", total)):
        some = min(total, end) - max(start, total - size)
        if some > 0:
            yield Use("s3-storage", region, item, gigabytes(int(some)))
        start = end
