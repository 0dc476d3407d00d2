"""Multipart uploads that were begun and not finished: one listing for each bucket, and one more for each upload if its size is wanted.

Keys are asked with and then forgotten: the names of objects are data.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.door import Answer, Listing
from auditor.collect.shapes import Raw, moment, text, text_or_none
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.resource import unread
from auditor.model.s3 import Bucket, Upload

Sizes = Fact[Mapping[str, int]]


def uploads(visit: Visit, bucket: str, region: Fact[str]) -> tuple[Fact[tuple[Upload, ...]], Sizes]:
    """The uploads of a bucket, the oldest first, and the bytes in the parts of each by its id."""
    call = calls.LIST_MULTIPART_UPLOADS
    if not visit.wants(Bucket.uploads):
        return unread(call), unread(calls.LIST_PARTS)
    if isinstance(region, Unknown):
        return region, region
    listing = visit.pages(call, "Uploads", {"Bucket": bucket}, of=bucket, region=region.value)
    if listing.missing:
        return listing.missing[0], listing.missing[0]
    found = Answer(call, Known({})).take(lambda _: tuple(sorted((_upload(one.raw) for one in listing.entries), key=_age)))
    if isinstance(found, Unknown):
        return found, found
    if not visit.wants(Bucket.upload_sizes):
        return found, unread(calls.LIST_PARTS)
    keys = {text(one.raw["UploadId"]): text(one.raw["Key"]) for one in listing.entries if one.raw.get("Key")}
    return found, _sizes(visit, bucket, region.value, keys)


def _upload(raw: Raw) -> Upload:
    return Upload(text(raw["UploadId"]), moment(raw["Initiated"]), text_or_none(raw, "StorageClass") or "STANDARD")


def _age(upload: Upload) -> tuple[object, ...]:
    return upload.initiated, upload.id


def _sizes(visit: Visit, bucket: str, region: str, keys: Mapping[str, str]) -> Sizes:
    """All or nothing: a sum that leaves uploads out would be a guess."""
    found: dict[str, int] = {}
    for upload, key in sorted(keys.items()):
        asked = {"Bucket": bucket, "Key": key, "UploadId": upload}
        listing = visit.pages(calls.LIST_PARTS, "Parts", asked, of=f"{bucket} {upload}", region=region)
        if listing.missing:
            return listing.missing[0]
        size = _total(listing)
        if isinstance(size, Unknown):
            return size
        found[upload] = size.value
    return Known(found)


def _total(listing: Listing) -> Fact[int]:
    return Answer(calls.LIST_PARTS, Known({})).take(lambda _: sum(int(one.raw["Size"]) for one in listing.entries))
