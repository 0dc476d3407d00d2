"""The ACLs of some objects of a bucket: one listing and a call for each of the first objects, if somebody asks for it.

Nothing is asked where ACLs do not count: with Object Ownership *bucket owner enforced*, or where the bucket or the account ignores public
ACLs. Keys are asked with and then forgotten: the names of objects are data.
"""

from __future__ import annotations

from collections import Counter

from auditor.collect.account import block_of_account
from auditor.collect.s3_shapes import acl
from auditor.collect.shapes import Raw, flag, parts, text
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.account import Account, PublicAccessBlock
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread
from auditor.model.s3 import WORLD, Acl, Bucket, ObjectAcls

SAMPLE = Bucket.MOST["object_acls"] - 1
"""Objects whose ACLs are read, the first by their names; the listing is one call more. Ours."""
PATIENCE = 5
"""Refusals in a row, from the first object on, after which no more is asked: then it is not single objects that are closed to us."""


def object_acls(
    visit: Visit, bucket: str, region: Fact[str], ownership: Fact[str | None], block: Fact[PublicAccessBlock]
) -> Fact[ObjectAcls]:
    """What the ACLs of the first objects grant to the world."""
    if not visit.wants(Bucket.object_acls):
        return unread(calls.GET_OBJECT_ACL)
    if isinstance(region, Unknown):
        return region
    if _idle(visit, ownership, block):
        return unread(calls.GET_OBJECT_ACL)  # what its value would be changes nothing
    listed = visit.read(calls.LIST_OBJECTS, {"Bucket": bucket, "MaxKeys": SAMPLE}, of=f"{bucket} objects", region=region.value)
    found = listed.take(_keys)
    return found if isinstance(found, Unknown) else _sampled(visit, bucket, region.value, *found.value)


def _idle(visit: Visit, ownership: Fact[str | None], block: Fact[PublicAccessBlock]) -> bool:
    """ACLs are known to let nobody in."""
    if ownership == Known("BucketOwnerEnforced") or (isinstance(block, Known) and block.value.ignore_public_acls):
        return True
    account = block_of_account(visit) if visit.wants(Account.public_access_block) else None
    return isinstance(account, Known) and account.value.ignore_public_acls


def _keys(raw: Raw) -> tuple[tuple[str, ...], bool]:
    """The keys of a page, no more than were asked for whatever an endpoint sends, and whether they are all."""
    keys = tuple(text(one["Key"]) for one in parts(raw, "Contents"))
    if not all(keys):
        raise ValueError("an object without a name")  # asked with that, S3 would answer of the bucket
    return keys[:SAMPLE], not flag(raw, "IsTruncated") and len(keys) <= SAMPLE


def _sampled(visit: Visit, bucket: str, region: str, keys: tuple[str, ...], complete: bool) -> Fact[ObjectAcls]:
    grants = Counter[str]()
    read = public = refused = 0
    why: Reason | None = None
    for number, key in enumerate(keys, 1):
        answer = visit.read(calls.GET_OBJECT_ACL, {"Bucket": bucket, "Key": key}, of=f"{bucket} object {number}", region=region)
        found = answer.take(lambda raw: acl(raw) if raw else None)
        if isinstance(found, Unknown):
            why, refused = why or found.reason, refused + 1
            if refused == PATIENCE and not read:
                return found
        elif found.value is not None:  # it may have been deleted meanwhile
            read += 1
            open_ = _to_the_world(found.value)
            public += bool(open_)
            grants.update(open_)
    if refused and not read and why is not None:
        return unread(calls.GET_OBJECT_ACL).because(why)
    return Known(
        ObjectAcls(read=read, public=public, grants=dict(sorted(grants.items())), refused=refused, why=why, complete=complete)
    )


def _to_the_world(acl: Acl) -> set[str]:
    return {f"{grant.permission} to {grant.grantee.rpartition('/')[2]}" for grant in acl.grants if grant.grantee in WORLD}
