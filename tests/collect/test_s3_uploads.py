"""Uploads that were never finished: read only when asked for, over real HTTP and in AWS's documented shapes."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.collect.plan import estimate
from auditor.collect.wanted import Wanted, everything, opted_in
from auditor.model.calls import Per
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.opt_in import MULTIPART_UPLOADS, OPT_INS, UPLOAD_PARTS
from auditor.model.resource import GLOBAL, FieldRef, kinds
from auditor.model.s3 import Bucket, Upload
from tests.collect.helpers import scan
from tests.emulator import Emulator

OK, XML = "200 OK", "text/xml"
NOTHING = Wanted(frozenset({Bucket}), frozenset())
WANTED = {setting: opted_in(NOTHING, setting) for setting in OPT_INS}
UPLOAD = "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>2026-0%s-01T00:00:00.000Z</Initiated>%s</Upload>"


def listed(*uploads: str, more: str = "") -> bytes:
    truncated = "true" if more else "false"
    # The markers of the last key also stand on the last page.
    return f"""<ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>data</Bucket><KeyMarker/>
      <NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>{more}</NextUploadIdMarker><MaxUploads>1000</MaxUploads>
      <IsTruncated>{truncated}</IsTruncated>{"".join(uploads)}</ListMultipartUploadsResult>""".encode()


def bucket_of(emulator: Emulator, setting: str) -> Bucket:
    (bucket,) = scan(emulator, wanted=WANTED[setting]).section(Bucket, GLOBAL).items
    return bucket


def test_nobody_asks_unless_told_to(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="data")
    assert not {ref for ref in everything().fields if ref.opt_in}
    (bucket,) = scan(emulator, Bucket).section(Bucket, GLOBAL).items
    assert bucket.uploads == Unknown(Reason.NOT_COLLECTED, "s3.ListMultipartUploads", "s3:ListBucketMultipartUploads")
    assert not emulator.doorman.calls["s3.ListMultipartUploads"]


def test_uploads_without_their_parts(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="data")
    s3.create_multipart_upload(Bucket="data", Key="모델/체크포인트.pt")
    bucket = bucket_of(emulator, MULTIPART_UPLOADS)
    assert [one.storage_class for one in need(bucket.uploads)] == ["STANDARD"]
    assert bucket.upload_sizes == Unknown(Reason.NOT_COLLECTED, "s3.ListParts", "s3:ListMultipartUploadParts")
    assert emulator.doorman.calls["s3.ListMultipartUploads"] == 1


def test_parts_are_added_up(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="data")
    first, second = (s3.create_multipart_upload(Bucket="data", Key="a b/모델+1.pt")["UploadId"] for _ in range(2))
    for number, size in ((1, 5000), (2, 700)):
        s3.upload_part(Bucket="data", Key="a b/모델+1.pt", UploadId=first, PartNumber=number, Body=b"x" * size)
    bucket = bucket_of(emulator, UPLOAD_PARTS)
    assert need(bucket.upload_sizes) == {first: 5700, second: 0}
    assert emulator.doorman.calls["s3.ListParts"] == 2


def test_a_bucket_without_uploads(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="data")
    bucket = bucket_of(emulator, UPLOAD_PARTS)
    assert bucket.uploads == Known(())
    assert bucket.upload_sizes == Known({})


def test_pages_go_on_after_the_upload_not_only_after_the_key(emulator: Emulator) -> None:
    """Two uploads of the same key on two pages: the marker of the key alone would lose the second."""
    emulator.client("s3").create_bucket(Bucket="data")
    pages = [
        listed(UPLOAD % ("k", "one", 2, ""), more="one"),
        listed(UPLOAD % ("k", "two", 1, "<StorageClass>GLACIER</StorageClass>")),
    ]

    def turn(operation: str) -> None:
        if operation == "s3.ListMultipartUploads":
            emulator.doorman.answers[operation] = (OK, pages.pop(0), XML)

    emulator.doorman.on_call = turn
    snapshot = scan(emulator, wanted=WANTED[MULTIPART_UPLOADS])
    (bucket,) = snapshot.section(Bucket, GLOBAL).items
    assert need(bucket.uploads) == (
        Upload("two", datetime(2026, 1, 1, tzinfo=UTC), "GLACIER"),
        Upload("one", datetime(2026, 2, 1, tzinfo=UTC), "STANDARD"),
    )
    assert pages == []


def test_one_upload_that_cannot_be_read_leaves_the_sum_unknown(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="data")
    s3.create_multipart_upload(Bucket="data", Key="k")
    emulator.doorman.deny.add("s3.ListParts")
    bucket = bucket_of(emulator, UPLOAD_PARTS)
    assert isinstance(bucket.uploads, Known)
    assert bucket.upload_sizes == Unknown(Reason.DENIED, "s3.ListParts", "s3:ListMultipartUploadParts")


def test_an_upload_that_was_finished_meanwhile_takes_nothing(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="data")
    emulator.doorman.answers["s3.ListMultipartUploads"] = (OK, listed(UPLOAD % ("k", "gone", 2, "")), XML)
    bucket = bucket_of(emulator, UPLOAD_PARTS)
    assert need(bucket.upload_sizes) == {"gone": 0}


def test_no_key_is_kept(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="data")
    s3.create_multipart_upload(Bucket="data", Key="kim-minji-cv.pdf")
    snapshot = scan(emulator, wanted=WANTED[UPLOAD_PARTS])
    assert "kim-minji" not in repr(snapshot)


def test_the_plan_says_what_a_setting_adds(emulator: Emulator) -> None:
    for name in ("data", "more-data"):
        emulator.client("s3").create_bucket(Bucket=name)
    snapshot = scan(emulator, wanted=NOTHING)
    without = {one.operation: one for one in estimate(NOTHING, snapshot)}
    assert "ListMultipartUploads" not in without
    planned = {one.operation: one for one in estimate(WANTED[UPLOAD_PARTS], snapshot)}
    assert planned["ListMultipartUploads"].calls == 2
    assert planned["ListParts"].calls == 0
    assert planned["ListParts"].at_least


def test_every_field_for_which_somebody_must_ask_names_a_setting() -> None:
    asked = {FieldRef(kind, name) for kind in kinds().values() for name in kind.OPT_IN}
    assert {ref.opt_in for ref in asked} == set(OPT_INS)
    assert all(ref.call.per in (Per.ITEM, Per.PART) for ref in asked)
