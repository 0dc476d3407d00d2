"""Whether anything lies under the prefixes of lifecycle rules: one listing of one entry for each, if somebody asks for it.

The entry itself is forgotten: the names of objects are data.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.shapes import Raw, flag, parts
from auditor.collect.visit import Visit
from auditor.lifecycle.probes import chosen
from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread
from auditor.model.s3 import Bucket, Lifecycle

Under = Fact[Mapping[str, bool]]


def under_prefixes(visit: Visit, bucket: str, region: Fact[str], lifecycle: Fact[Lifecycle]) -> tuple[Under, Under]:
    """What lies under which prefix: objects, and versions or delete markers."""
    if not visit.wants(Bucket.objects_under, Bucket.versions_under):
        return unread(calls.LIST_OBJECTS), unread(calls.LIST_OBJECT_VERSIONS)
    if isinstance(region, Unknown):
        return region, region
    if isinstance(lifecycle, Unknown):
        return lifecycle, lifecycle
    return (
        _answers(visit, bucket, region.value, calls.LIST_OBJECTS, chosen(lifecycle.value, bucket, versions=False))
        if visit.wants(Bucket.objects_under)
        else unread(calls.LIST_OBJECTS),
        _answers(visit, bucket, region.value, calls.LIST_OBJECT_VERSIONS, chosen(lifecycle.value, bucket, versions=True))
        if visit.wants(Bucket.versions_under)
        else unread(calls.LIST_OBJECT_VERSIONS),
    )


def _answers(visit: Visit, bucket: str, region: str, call: Call, asked: tuple[str, ...]) -> Under:
    """All or nothing: which prefixes were not asked about, the bound alone decides."""
    found: dict[str, bool] = {}
    for number, prefix in enumerate(asked, 1):
        what = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": 1}
        answer = visit.read(call, what, of=f"{bucket} prefix {number}", region=region)
        something = answer.take(lambda raw: _something(raw, call))
        if isinstance(something, Unknown):
            return something
        if something.value is None:
            return Unknown(Reason.NO_DATA, call.name, call.action)
        found[prefix] = something.value
    return Known(found)


def _something(raw: Raw, call: Call) -> bool | None:
    """The page has an entry. ``None``: it has none, and is not the last."""
    lists = ("Contents",) if call == calls.LIST_OBJECTS else ("Versions", "DeleteMarkers")
    if any(parts(raw, name) for name in lists):
        return True
    return None if flag(raw, "IsTruncated") else False
