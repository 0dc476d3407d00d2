"""ACLs of objects: read only when somebody asks, only where they count, and no key is kept."""

from __future__ import annotations

import msgspec

from auditor.collect.plan import estimate
from auditor.collect.s3_acls import PATIENCE, SAMPLE
from auditor.collect.wanted import Wanted, opted_in
from auditor.model.account import Account
from auditor.model.fact import Reason, Unknown, need
from auditor.model.opt_in import OBJECT_ACLS
from auditor.model.resource import GLOBAL, field_ref
from auditor.model.s3 import Bucket, ObjectAcls
from tests.collect.helpers import scan
from tests.emulator import Emulator

ACCOUNT = "123456789012"
UNREAD = Unknown(Reason.NOT_COLLECTED, "s3.GetObjectAcl", "s3:GetObjectAcl")
WANTED = opted_in(Wanted(frozenset({Bucket}), frozenset()), OBJECT_ACLS)


def seed(emulator: Emulator, *acls: str, ownership: str = "ObjectWriter") -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="data", ObjectOwnership=ownership)
    for number, acl in enumerate(acls):
        s3.put_object(Bucket="data", Key=f"이력서/kim-minji {number:03}+.pdf", Body=b"x", ACL=acl)


def bucket_of(emulator: Emulator, wanted: Wanted = WANTED) -> Bucket:
    (bucket,) = scan(emulator, wanted=wanted).section(Bucket, GLOBAL).items
    return bucket


def test_nobody_asks_unless_told_to(emulator: Emulator) -> None:
    seed(emulator, "public-read")
    (bucket,) = scan(emulator, Bucket).section(Bucket, GLOBAL).items
    assert bucket.object_acls == UNREAD
    assert not emulator.doorman.calls["s3.GetObjectAcl"]


def test_public_objects_are_counted(emulator: Emulator) -> None:
    seed(emulator, "public-read", "private", "authenticated-read", "public-read")
    bucket = bucket_of(emulator)
    grants = {"READ to AllUsers": 2, "READ to AuthenticatedUsers": 1}
    assert need(bucket.object_acls) == ObjectAcls(read=4, public=3, grants=grants)
    assert "kim-minji" not in repr(scan(emulator, wanted=WANTED))


def test_only_the_first_are_looked_at(emulator: Emulator) -> None:
    seed(emulator, *["private"] * (SAMPLE + 1))
    acls = need(bucket_of(emulator).object_acls)
    assert (acls.read, acls.public, acls.complete) == (SAMPLE, 0, False)
    assert emulator.doorman.calls["s3.GetObjectAcl"] == SAMPLE
    assert emulator.doorman.calls["s3.ListObjectsV2"] == 1


def test_an_endpoint_that_lists_more_than_was_asked_for_gets_no_more_calls(emulator: Emulator) -> None:
    seed(emulator, "private")
    entries = "".join(f"<Contents><Key>{number:03}</Key></Contents>" for number in range(SAMPLE + 9))
    body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
    emulator.doorman.answers["s3.ListObjectsV2"] = ("200 OK", body, "text/xml")
    grants = b"<AccessControlPolicy><AccessControlList/></AccessControlPolicy>"
    emulator.doorman.answers["s3.GetObjectAcl"] = ("200 OK", grants, "text/xml")
    assert need(bucket_of(emulator).object_acls) == ObjectAcls(read=SAMPLE, public=0, complete=False)
    assert emulator.doorman.calls["s3.GetObjectAcl"] == SAMPLE


def test_an_object_without_a_name_is_none(emulator: Emulator) -> None:
    seed(emulator, "private")
    body = b"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key></Key></Contents></ListBucketResult>"
    emulator.doorman.answers["s3.ListObjectsV2"] = ("200 OK", body, "text/xml")
    assert bucket_of(emulator).object_acls == Unknown(Reason.ERROR, "s3.ListObjectsV2", "s3:ListBucket")


def test_where_acls_do_not_count_none_is_read(emulator: Emulator) -> None:
    seed(emulator, "private", ownership="BucketOwnerEnforced")
    assert bucket_of(emulator).object_acls == UNREAD
    s3 = emulator.client("s3")
    s3.put_bucket_ownership_controls(Bucket="data", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_public_access_block(Bucket="data", PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert bucket_of(emulator).object_acls == UNREAD
    s3.delete_public_access_block(Bucket="data")
    emulator.client("s3control").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration={"IgnorePublicAcls": True}
    )
    account = field_ref(Account.public_access_block)
    both = msgspec.structs.replace(WANTED, kinds=WANTED.kinds | {Account}, fields=WANTED.fields | {account})
    assert bucket_of(emulator, both).object_acls == UNREAD
    assert emulator.doorman.calls["s3control.GetPublicAccessBlock"] == 1
    assert not emulator.doorman.calls["s3.ListObjectsV2"]


def test_refusals_are_not_private_objects(emulator: Emulator) -> None:
    seed(emulator, *["private"] * (PATIENCE + 3))
    emulator.doorman.deny.add("s3.GetObjectAcl")
    assert bucket_of(emulator).object_acls == Unknown(Reason.DENIED, "s3.GetObjectAcl", "s3:GetObjectAcl")
    assert emulator.doorman.calls["s3.GetObjectAcl"] == PATIENCE


def test_some_refusals_are_told(emulator: Emulator) -> None:
    seed(emulator, "private", "private", "private")

    def turn(operation: str) -> None:
        if operation == "s3.GetObjectAcl":
            change = emulator.doorman.deny.discard if emulator.doorman.calls[operation] != 2 else emulator.doorman.deny.add
            change(operation)

    emulator.doorman.on_call = turn
    assert need(bucket_of(emulator).object_acls) == ObjectAcls(read=2, public=0, refused=1, why=Reason.DENIED)


def test_a_list_that_may_not_be_read_is_not_an_empty_bucket(emulator: Emulator) -> None:
    seed(emulator, "private")
    emulator.doorman.deny.add("s3.ListObjectsV2")
    assert bucket_of(emulator).object_acls == Unknown(Reason.DENIED, "s3.ListObjectsV2", "s3:ListBucket")


def test_an_object_that_is_gone_meanwhile_is_passed_over(emulator: Emulator) -> None:
    seed(emulator, "private")
    body = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
    emulator.doorman.answers["s3.GetObjectAcl"] = ("404 Not Found", body, "text/xml")
    assert need(bucket_of(emulator).object_acls) == ObjectAcls(read=0, public=0)


def test_the_plan_says_the_bound(emulator: Emulator) -> None:
    seed(emulator)
    planned = {one.operation: one for one in estimate(WANTED, scan(emulator, wanted=Wanted(frozenset({Bucket}), frozenset())))}
    assert (planned["GetObjectAcl"].calls, planned["GetObjectAcl"].most) == (0, SAMPLE + 1)
