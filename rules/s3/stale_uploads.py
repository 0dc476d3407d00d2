"""Bucket with uploads that were never finished

## Why it matters
A large object is uploaded in parts. When the client dies in between, the parts stay: no listing of objects shows them, and they are paid
for like objects until somebody aborts the upload. Machines that write checkpoints and are then interrupted leave gigabytes behind.

## How to fix
Let a lifecycle rule abort uploads that were not finished within a week, which takes care of those that are there as well:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "uploads",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. To see the uploads:

    aws s3api list-multipart-uploads --bucket BUCKET

This rule is judged only when the uploads are read, which takes a call for each bucket: `--also multipart-uploads`, or
`also = ["multipart-uploads"]` under `[collect]` in `awsaudit.toml`. How much they take needs a call for each upload: `upload-parts`.
An export of S3 Storage Lens tells it, too, of those that were begun over seven days before: give it with `--inventory`.

## When it is fine
An upload that takes longer than a week is still under way.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from auditor.sdk import (
    CASE_TIME,
    UPLOADED_AS,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    InClass,
    Known,
    Limits,
    Money,
    Pillar,
    Reason,
    Severity,
    Source,
    StorageReport,
    Unknown,
    Upload,
    Use,
    Verdict,
    beside,
    counting_uploads,
    denied,
    fails,
    flag,
    gigabytes,
    in_gb,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    unknown,
    unknown_money,
    uploads_money,
)


class Thresholds(Limits, frozen=True):
    days: float = 7
    """Days after which an upload is not under way any more. CloudBurn and AWS's own examples take a week."""


UNREAD = "how much their parts take was not asked; scan with `--also upload-parts`, or give a report of S3 Storage Lens with `--inventory`"
COUNTED_DAYS = 7
"""Days after which S3 Storage Lens counts the bytes of an upload (`IncompleteMPUStorageBytesOlderThan7Days`)."""


@rule(
    over=Bucket,
    reads=(Bucket.uploads, Bucket.upload_sizes, Bucket.reports),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    uploads = need(bucket.uploads)
    stale = [one for one in uploads if about.days_since(one.initiated) > about.limits.days]
    if not stale:
        yield ok("uploads under way: {count}, none of them older than {days} days", count=len(uploads), days=about.limits.days)
        return
    sizes = bucket.upload_sizes
    size = sizes.map(lambda by_id: round(sum(by_id.get(one.id, 0) for one in stale) / 2**30, 3))
    reports = bucket.reports.value if isinstance(bucket.reports, Known) else ()
    report = counting_uploads(reports, about.taken_at) if isinstance(sizes, Unknown) else None
    if about.limits.days != COUNTED_DAYS:
        report = None
    verdict = flag(
        "uploads that were begun more than {days} days ago and never finished: {count}, the first on {first}",
        saving=saving(bucket, stale, about) if report is None else uploads_money(report, bucket.region, about),
        count=len(stale),
        days=about.limits.days,
        first=stale[0].initiated.date(),
        gb=size.value if isinstance(size, Known) else None,
    )
    yield verdict if report is None else beside(verdict, report, {"older_than_7_days_gb": in_gb(report.stale_upload_bytes)})


def saving(bucket: Bucket, stale: list[Upload], about: Context[Thresholds]) -> Money:
    """What their parts are paid; unknown where the sizes are."""
    if isinstance(bucket.upload_sizes, Unknown) and bucket.upload_sizes.reason is Reason.NOT_COLLECTED:
        return unknown_money(UNREAD)
    by_class: dict[str, list[str]] = {}
    for one in stale:
        by_class.setdefault(UPLOADED_AS.get(one.storage_class, one.storage_class), []).append(one.id)

    def size(ids: list[str]) -> Fact[Decimal]:
        return bucket.upload_sizes.map(lambda sizes: gigabytes(sum(sizes.get(id, 0) for id in ids)))

    return about.money(*(Use("s3-storage", bucket.region, name, size(ids)) for name, ids in sorted(by_class.items())))


def cases() -> Iterator[Case[Bucket]]:
    def upload(id: str, days: float, storage: str = "STANDARD") -> Upload:
        return Upload(id, CASE_TIME - timedelta(days=days), storage)

    def bucket(*uploads: Upload, sizes: Fact[Mapping[str, int]]) -> Bucket:
        return sample(Bucket, "checkpoints", uploads=Known(uploads), upload_sizes=sizes)

    old, archived, young = upload("old", 90), upload("cold", 200, "GLACIER"), upload("young", 1)
    sizes = Known({"old": 100 * 2**30, "cold": 20 * 2**30, "young": 2**30})
    prices = (priced("s3-storage", "STANDARD", "0.025", "GB-month"),)
    yield passes("none", bucket(sizes=Known({})))
    yield passes("one that began yesterday", bucket(young, sizes=sizes))
    yield passes("none, whatever they take", bucket(sizes=denied(Bucket.upload_sizes)))
    yield passes("as old as is allowed", bucket(old, young, sizes=sizes), limits=Thresholds(days=100))
    yield fails("two that nobody finished", bucket(archived, old, young, sizes=sizes), prices=prices, saves="3")
    unasked = Unknown(Reason.NOT_COLLECTED, "s3.ListParts", "s3:ListMultipartUploadParts")
    yield fails("one, of which nobody asked for the parts", bucket(old, sizes=unasked), prices=prices, saves="")
    yield fails(
        "one, of which the parts may not be read", bucket(old, sizes=denied(Bucket.upload_sizes)), prices=prices, saves=""
    )
    held = InClass(storage_class="STANDARD", stale_upload_bytes=80 * 2**30)
    lens = StorageReport(source=Source.LENS, name="org", as_of=CASE_TIME - timedelta(days=2), holdings=(held,))
    counted = sample(
        Bucket, "checkpoints", uploads=Known((old,)), upload_sizes=denied(Bucket.upload_sizes), reports=Known((lens,))
    )
    yield fails("one, of which an export says what it takes", counted, prices=prices, saves="2")
    yield unknown("the uploads may not be read", sample(Bucket, "vault", uploads=denied(Bucket.uploads), upload_sizes=sizes))
