"""What rules about the use of buckets have in common: the unknown where nobody counts requests, and what storage is paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from auditor.engine.context import Context
from auditor.engine.rule import cannot_tell
from auditor.lifecycle.subject import Usage
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown, need
from auditor.model.money import Money, Use, gigabytes, unknown_money
from auditor.model.s3 import Bucket
from auditor.model.s3_use import CLASSES, by_class, counted, stored
from auditor.model.series import Series
from auditor.model.verdict import Verdict

TIB = 2**40
TIERED = "INTELLIGENT_TIERING"
"""What the items of its tiers begin with in the price book."""
STANDARD_TIERS: tuple[tuple[str, float], ...] = (("STANDARD", 50 * TIB), ("STANDARD#50TB", 500 * TIB))
"""Items of the price book and the bytes up to which they hold; what is above is ``STANDARD#500TB``."""


def uncounted(bucket: Bucket, days: int, cost: Money | None = None) -> Verdict:
    """The unknown verdict on a bucket whose requests nobody has counted for ``days``, with what would tell.

    Raises :class:`Missing` when the metrics configurations could not be read. Reads ``Bucket.request_metrics``.
    """
    metrics = need(bucket.request_metrics)
    if any(one.whole_bucket for one in metrics):
        return cannot_tell(
            Bucket.all_requests,
            "whether its requests have been counted for {days} days cannot be told: there is no datapoint from before",
            reason=Reason.NO_DATA,
            cost=cost,
            days=days,
        )
    return cannot_tell(
        Bucket.request_metrics,
        "nobody counts its requests; a metrics configuration without a filter would tell in {days} days",
        reason=Reason.NO_DATA,
        cost=cost,
        days=days,
        configurations=[one.id for one in metrics],
    )


def usage_of(bucket: Bucket, taken_at: datetime) -> Fact[Usage]:
    """The bytes of objects in each storage class, and how many objects there are over all; nothing for a bucket that is known to be empty.

    Left out is what S3 adds to objects (least sizes, indexes) and what is not an object yet (parts of uploads). Unknown when the sizes or
    the number of objects are. Reads ``Bucket.sizes``, ``Bucket.created`` and ``Bucket.object_count``.
    """
    sizes = stored(bucket, taken_at)
    if isinstance(sizes, Unknown):
        return sizes
    found: dict[str, int] = {}
    for storage, size in sizes.value.items():
        if not storage.endswith(("Overhead", "StagingStorage")):
            name = CLASSES.get(storage, storage)
            name = TIERED if name.startswith(TIERED) else name
            found[name] = found.get(name, 0) + round(size)
    if not any(found.values()):
        return Known(Usage(bytes={}, objects=0))
    if isinstance(bucket.object_count, Unknown):
        return bucket.object_count
    objects = bucket.object_count.value[0].latest if bucket.object_count.value else None
    if not objects:
        return Unknown(Reason.NO_DATA, calls.GET_METRIC_DATA.name, calls.GET_METRIC_DATA.action)
    return Known(Usage(bytes=dict(sorted(found.items())), objects=round(objects)))


def asked_for(bucket: Bucket, metric: Fact[tuple[Series, ...]], days: int) -> float | None:
    """The total of a request metric of the bucket over the last ``days``; ``None`` when nobody has counted for so long.

    Raises :class:`Missing` when that cannot be read. Reads ``Bucket.request_metrics`` and ``Bucket.all_requests``.
    """
    if not any(one.whole_bucket for one in need(bucket.request_metrics)):
        return None
    return counted(need(bucket.all_requests), need(metric), days)


def storage_money(bucket: Bucket, about: Context[Any]) -> Money:
    """What all that is in a bucket is paid in a month; unknown where its sizes are. Reads ``Bucket.sizes`` and ``Bucket.created``."""
    sizes = stored(bucket, about.taken_at)
    return unknown_money("", sizes) if isinstance(sizes, Unknown) else about.money(*storage(bucket.region, sizes.value))


def storage(region: str, sizes: Mapping[str, float]) -> Iterator[Use]:
    """What a bucket's storage is paid, from the bytes in each storage type.

    Standard becomes cheaper from 50 TB and from 500 TB on. AWS adds up all buckets of the account for that, so that a part may be paid
    less than this.
    """
    for name, size in by_class(sizes).items():
        if name == "STANDARD":
            yield from standard(region, size)
        else:
            yield Use("s3-storage", region, name, gigabytes(size))


def standard(region: str, size: float, *, instead: bool = False) -> Iterator[Use]:
    """What ``size`` bytes of one bucket are paid in S3 Standard. ``instead``: what a fix would still cost there."""
    start = 0.0
    for item, end in (*STANDARD_TIERS, ("STANDARD#500TB", size)):
        if size > start:
            amount = gigabytes(min(size, end) - start)
            yield Use("s3-storage", region, item, -amount if instead else amount)
        start = end
