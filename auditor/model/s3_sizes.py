"""How large the objects of a bucket are, by a report: most of them, not the average of large and small."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from auditor.model.s3_report import StorageReport, counting_small, fresh


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How large objects are.

    ``typical``: bytes of an object on average: of one of the small ones if those are most, else of one of the others; of any where nothing
    is known but the whole. ``small`` of the ``objects`` have under 128 KB, and ``small_bytes`` together; ``None``: not known.
    """

    typical: int
    objects: int
    bytes: int
    small: int | None = None
    small_bytes: int | None = None
    mostly_small: bool = False
    """``typical`` is the size of a small one, and there are others."""


def sizes(report: StorageReport, most: float) -> Sizes | None:
    """How large the objects in a report are; ``None`` when it does not say, or there are none. ``most``: the share of small objects from
    which on they are most.
    """
    objects, total, small, small_bytes = report.objects, report.bytes, report.small, report.small_bytes
    if not objects or total is None:
        return None
    if small is None or small_bytes is None:
        return Sizes(typical=total // objects, objects=objects, bytes=total)
    mostly = small > 0 and small >= most * objects
    count, held = (small, small_bytes) if mostly or small == objects else (objects - small, total - small_bytes)
    return Sizes(typical=held // count, objects=objects, bytes=total, small=small, small_bytes=small_bytes, mostly_small=mostly)


def best_sizes(reports: Iterable[StorageReport], taken_at: datetime, most: float) -> tuple[StorageReport, Sizes] | None:
    """How large the objects of a bucket are, by the best report of the whole bucket: one that counts small objects if there is one."""
    reports = tuple(reports)
    best = counting_small(reports, taken_at)
    for one in (best, *fresh(reports, taken_at)):
        if one is not None and one.whole and (found := sizes(one, most)) is not None:
            return one, found
    return None
