"""The reports that a snapshot takes along: what they say of the buckets that are in it, and what is to be said of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from auditor.inventory.files import About, Given
from auditor.model.fact import Known
from auditor.model.resource import GLOBAL, Resource
from auditor.model.s3 import Bucket
from auditor.model.s3_report import STALE, StorageReport, fresh
from auditor.model.snapshot import Snapshot
from auditor.source.positions import shown

NAMED = 3
"""Buckets that a note names."""
NEARLY = (0.95, 1.05)
"""Share of the objects that CloudWatch counts in a bucket from which on a report is of all of it: they are of different days. With many
more the bucket was another when the report was made, and what part of that it was about, nobody knows. Ours."""


def freeze(snapshot: Snapshot, given: Given) -> Snapshot:
    """The snapshot with what the reports say of its buckets, and with notes on what was not used: reports of buckets that it does not hold,
    and reports of another time.
    """
    if not given.reports:
        return snapshot
    place = (Bucket.KIND, GLOBAL)
    section = snapshot.sections.get(place)
    by_name: dict[str, list[StorageReport]] = {}
    strange: list[About] = []
    here = {item.id for item in section.items} if section is not None else set[str]()
    for one in given.reports:
        if one.bucket in here and one.account in ("", snapshot.header.account_id):
            by_name.setdefault(one.bucket, []).append(one.report)
        else:
            strange.append(one)
    sections = dict(snapshot.sections)
    if section is not None:
        items = tuple(_with(item, by_name.get(item.id, ())) for item in section.items)
        sections[place] = msgspec.structs.replace(section, items=items)
        notes = (*given.notes, *_strange(strange), *_stale(snapshot, by_name))
    else:
        notes = (*given.notes, "reports of storage were given, and none of the rules that were selected is about buckets")
    header = msgspec.structs.replace(snapshot.header, notes=(*snapshot.header.notes, *notes))
    return msgspec.structs.replace(snapshot, header=header, sections=sections)


def _with(item: Resource, reports: Iterable[StorageReport]) -> Resource:
    found = tuple(sorted((_seen_whole(one, item) for one in reports), key=lambda one: (one.as_of, one.source.value, one.name)))
    return msgspec.structs.replace(item, reports=Known(found)) if found else item


def _seen_whole(report: StorageReport, bucket: Resource) -> StorageReport:
    """The report; known to be of the whole bucket if it counts about as many objects as CloudWatch does, which counts versions, delete
    markers and parts of uploads as well: whoever leaves some out has fewer.
    """
    counts = bucket.object_count if isinstance(bucket, Bucket) else None
    latest = counts.value[0].latest if isinstance(counts, Known) and counts.value else None
    if report.whole or report.objects is None or not latest:
        return report
    counted = report.objects + (report.delete_markers or 0)
    return msgspec.structs.replace(report, whole=True) if NEARLY[0] <= counted / latest <= NEARLY[1] else report


def _strange(reports: Iterable[About]) -> Iterator[str]:
    """Reports of buckets that the scan did not find."""
    by_report: dict[str, list[str]] = {}
    for one in reports:
        by_report.setdefault(one.report.cited, []).append(one.bucket)
    for cited, buckets in sorted(by_report.items()):
        names = sorted(set(buckets))
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        what = "which is not a bucket" if len(names) == 1 else "which are not buckets"
        yield f"{cited} is about {', '.join(map(shown, names[:NAMED]))}{more}, {what} that this scan found"


def _stale(snapshot: Snapshot, reports: dict[str, list[StorageReport]]) -> Iterator[str]:
    """Reports that no rule uses, for they are of another time."""
    taken = snapshot.header.taken_at
    for bucket, some in sorted(reports.items()):
        for one in some:
            if not fresh([one], taken):
                days = (taken - one.as_of).days
                when = f"{days} days before the scan" if days > 0 else "after the scan"
                yield f"{one.cited} tells of {shown(bucket)} {when}: figures of over {STALE.days} days before are not used"
