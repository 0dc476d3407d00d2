"""Bucket in Intelligent-Tiering whose objects are too small for it

## Why it matters
Intelligent-Tiering leaves objects under 128 KB in its frequent tier for ever, at the price of S3 Standard. Here objects have less than that
on average, and most of the bytes are in that tier: the class saves next to nothing, and the larger objects among them are charged for being
watched. For hundreds of millions of objects that is more than it saves.

The size is the average over the bucket, by CloudWatch's daily figures. A report of S3 Inventory tells it of the class, and how many of
its objects are watched: give it with `--inventory`.

## How to fix
Join small objects to larger ones, such as in tar files or Parquet. Where they stay as they are, write them to S3 Standard, and move only
large ones:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "tier",
      "Status": "Enabled", "Filter": {"ObjectSizeGreaterThan": 131072},
      "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}]}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. What is in the class now a copy in place
takes out of it, a request for each object: for small ones that seldom pays.

## When it is fine
A few large objects hold most of the bytes, and have not been there for a month yet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    GB,
    MADE_LONG_AGO,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    InClass,
    Known,
    Limits,
    Pillar,
    Reason,
    Series,
    Severity,
    Source,
    StorageReport,
    Usage,
    Use,
    Verdict,
    beside,
    by_class,
    cannot_tell,
    denied,
    fails,
    flag,
    given,
    held,
    need,
    object_count,
    ok,
    part_of,
    passes,
    priced,
    reported,
    rule,
    sample,
    skip,
    skips,
    stored,
    thousands,
    unknown,
    usage_of,
)

CLASS = "INTELLIGENT_TIERING"
WATCHED = "how many of its objects have 128 KB, and are watched, is not known: an S3 Inventory report would tell"


class Thresholds(Limits, frozen=True):
    average_kb: float = 128
    """KB of an average object: smaller ones are not moved to cheaper tiers (S3 User Guide, how Intelligent-Tiering works)."""
    tiered: float = 0.5
    """Share of the bytes of the class in cheaper tiers from which on it does its work. Ours."""
    others: float = 0.05
    """Share of the bucket in other classes that is small enough to be left out of account. Ours."""


@rule(
    over=Bucket,
    reads=(Bucket.sizes, Bucket.created, Bucket.object_count, Bucket.reports),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    limits = about.limits
    tiers = {name: size for name, size in by_class(need(stored(bucket, about.taken_at))).items() if name.startswith(CLASS)}
    size = sum(tiers.values())
    if not size:
        yield skip("nothing is kept in Intelligent-Tiering")
        return
    tiered = 1 - tiers.get(f"{CLASS}_FA", 0) / size
    if tiered >= limits.tiered:
        yield ok("{share} % of what is in Intelligent-Tiering is in cheaper tiers", share=round(tiered * 100, 1))
        return
    given(bucket)  # a report goes before what CloudWatch says, which only knows how many objects there are over all classes
    best = reported(bucket, about)
    if best is not None and best[1].counts.get(CLASS):
        yield beside(counted(bucket, *best, tiered, about), best[0], {})
        return
    inside = need(usage_of(bucket, about.taken_at))
    objects, whole = inside.objects or 1, sum(inside.bytes.values())
    average = whole / objects / 1024
    if average >= limits.average_kb:
        yield ok("its objects average {average} KB", average=round(average, 1), objects=objects)
    elif whole - inside.bytes.get(CLASS, 0) > limits.others * whole:
        yield cannot_tell(
            Bucket.object_count,
            "objects average {average} KB over all storage classes: how large those in Intelligent-Tiering are cannot be told",
            reason=Reason.NO_DATA,
            average=round(average, 1),
            objects=objects,
            classes=inside.bytes,
        )
    else:
        yield flag(
            "{size} GB of Intelligent-Tiering are objects of {average} KB on average, and {share} % are in cheaper tiers",
            cost=part_of(about.money(Use("s3-monitoring", bucket.region, CLASS, thousands(objects))), WATCHED),
            size=round(size / 2**30, 1),
            average=round(average, 1),
            share=round(tiered * 100, 1),
            objects=objects,
        )


def counted(bucket: Bucket, report: StorageReport, usage: Usage, tiered: float, about: Context[Thresholds]) -> Verdict:
    """The verdict by the objects of the class, which a report counts."""
    objects, size = usage.counts[CLASS], usage.bytes[CLASS]
    average = size / objects / 1024
    if average >= about.limits.average_kb:
        return ok("its objects in Intelligent-Tiering average {average} KB", average=round(average, 1), objects=objects)
    tiers = [one for one in report.holdings if one.storage_class.startswith(CLASS)]
    small = [one.small for one in tiers if one.small is not None]
    watched = objects - sum(small) if len(small) == len(tiers) else None
    uses = (Use("s3-monitoring", bucket.region, CLASS, thousands(watched if watched is not None else objects)),)
    cost = about.money(*uses)
    return flag(
        "{size} GB of Intelligent-Tiering are objects of {average} KB on average, and {share} % are in cheaper tiers",
        cost=cost if watched is not None else part_of(cost, WATCHED),
        size=round(size / 2**30, 1),
        average=round(average, 1),
        share=round(tiered * 100, 1),
        objects=objects,
        watched=watched,
    )


def cases() -> Iterator[Case[Bucket]]:
    def bucket(
        sizes: Fact[tuple[Series, ...]],
        count: Fact[tuple[Series, ...]],
        created: Fact[datetime] = MADE_LONG_AGO,
    ) -> Bucket:
        return sample(Bucket, "cache", sizes=sizes, object_count=count, created=created)

    frequent = held(IntelligentTieringFAStorage=1000 * GB, IntelligentTieringIAStorage=50 * GB)
    colder = held(IntelligentTieringFAStorage=400 * GB, IntelligentTieringAIAStorage=600 * GB)
    mixed = held(IntelligentTieringFAStorage=600 * GB, StandardStorage=400 * GB)
    standard = held(StandardStorage=400 * GB)
    many, few = object_count(20e6), object_count(1e6)
    yield passes("a megabyte each", bucket(frequent, few))
    yield passes("most is in cheaper tiers", bucket(colder, many))
    yield fails("55 KB each", bucket(frequent, many), prices=(priced("s3-monitoring", CLASS, "0.0025", "1,000 objects a month"),))
    yield from inventories(mixed, frequent)
    yield skips("all of it is in Standard", bucket(standard, many))
    yield unknown("other classes may hold the small ones", bucket(mixed, many))
    yield unknown("the number of objects may not be read", bucket(frequent, denied(Bucket.object_count)))
    yield unknown("the sizes may not be read", bucket(denied(Bucket.sizes), many))
    yield unknown("it was made today", bucket(Known(()), many, created=Known(CASE_TIME)))
    yield unknown("its age is not known", bucket(Known(()), many, created=denied(Bucket.created)))


def inventories(mixed: Fact[tuple[Series, ...]], frequent: Fact[tuple[Series, ...]]) -> Iterator[Case[Bucket]]:
    """With an inventory, whatever CloudWatch says of all classes together."""
    gb = 2**30

    def bucket(sizes: Fact[tuple[Series, ...]], *inside: InClass) -> Bucket:
        report = StorageReport(source=Source.INVENTORY, as_of=CASE_TIME - timedelta(days=2), holdings=inside)
        return sample(Bucket, "cache", sizes=sizes, reports=Known((report,)))

    standard = InClass(storage_class="STANDARD", objects=10**7, bytes=400 * gb, small=10**7, small_bytes=400 * gb)
    bulky = InClass(storage_class=f"{CLASS}_FA", objects=6000, bytes=600 * gb, small=0, small_bytes=0)
    small = InClass(storage_class=f"{CLASS}_FA", objects=10**7, bytes=600 * gb, small=9 * 10**6, small_bytes=300 * gb)
    plain = InClass(storage_class=CLASS, objects=10**7, bytes=600 * gb)
    prices = (priced("s3-monitoring", CLASS, "0.0025", "1,000 objects a month"),)
    yield passes("small ones are in Standard", bucket(mixed, standard, bulky))
    yield fails("63 KB each in the class, whatever it is over all", bucket(frequent, small), prices=prices)
    yield fails("63 KB each, and how many are watched is not known", bucket(frequent, plain), prices=prices)
