"""What answers of S3 about buckets and about objects have in common."""

from __future__ import annotations

from auditor.collect.shapes import Raw, part
from auditor.model.s3 import Acl, Grant


def acl(raw: Raw) -> Acl:
    """An access control list, of a bucket or of an object. Raises :class:`KeyError` where it has no grants at all."""
    grants = tuple(
        Grant(str(g["Grantee"].get("URI") or g["Grantee"].get("ID") or g["Grantee"].get("EmailAddress") or ""), g["Permission"])
        for g in raw["Grants"]
    )
    return Acl(part(raw, "Owner").get("ID"), grants)
