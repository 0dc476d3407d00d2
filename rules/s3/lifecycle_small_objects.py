"""Bucket of small objects that lifecycle rules move to their loss, or not at all

## Why it matters
By default objects under 128 KB do not move: where most objects are smaller, a transition changes nothing, and the saving that somebody
counted on does not come. Where small objects do move, because the default is `varies_by_storage_class` or a filter asks for them, each is
charged as 128 KB or with 40 KB of overhead, and each transition is a request: a hundred million of them cost thousands of dollars at once.
CloudWatch tells the average of all objects, and a few large ones hide a million small ones in it; a report of S3 Inventory that covers the
whole bucket counts them: give it with `--inventory`.

## How to fix
Join small objects to larger ones before they grow cold, such as in tar files or Parquet. Or let the rule expire them instead of
moving them.

## When it is fine
A few large objects make up most of the bytes, and those move.

The amounts are what a month costs for bytes that are not there, and what the move of the objects of today costs once. They are known where
rules treat all objects of the bucket alike and there are no versions.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Bucket,
    Case,
    Confidence,
    Context,
    InClass,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Missing,
    Of,
    Pillar,
    Reason,
    Series,
    Severity,
    Source,
    StorageReport,
    Transition,
    Unknown,
    Usage,
    Verdict,
    Versioning,
    beside,
    best_sizes,
    denied,
    fails,
    given,
    holding,
    lint_lifecycle,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    total_bytes,
    unknown,
    usage_by,
)

CHECKS = ("small-objects-stay", "small-objects-moved", "small-objects-not-tiered")


class Thresholds(Limits, frozen=True):
    most: float = 0.5
    """Share of objects under 128 KB from which on they stand for the bucket, where a report counts them. Half is what "most" means."""


def averaged(bucket: Bucket) -> Usage:
    """What is in the bucket by CloudWatch. Raises :class:`Missing`."""
    total, counts = need(total_bytes(bucket.sizes), bucket.object_count)
    objects = counts[0].latest if counts else None
    if not objects:
        counted = Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
        raise Missing([counted, bucket.reports] if isinstance(bucket.reports, Unknown) else [counted])
    return Usage(bytes={"STANDARD": round(total)}, objects=round(objects))


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.reports, Bucket.sizes, Bucket.object_count, Bucket.versioning),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    moving = [r.id for r in lifecycle.rules if r.enabled and (r.transitions or r.noncurrent_transitions)]
    if not moving:
        yield skip("no enabled lifecycle rule moves objects")
        return
    best = best_sizes(given(bucket), about.taken_at, about.limits.most)
    if best is None:
        inside = averaged(bucket)
        size = inside.bytes["STANDARD"] // (inside.objects or 1)
        found = lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, average_size=size, inside=holding(bucket, about))
        yield from found or (
            ok("objects of {size} bytes on average are large enough for its transitions", size=size, rules=moving),
        )
        return
    report, sizes = best
    usage = usage_by(report, Of.SMALL if sizes.mostly_small else Of.ALL)
    found = lint_lifecycle(
        lifecycle,
        CHECKS,
        today=about.taken_at,
        average_size=sizes.typical,
        small=(sizes.small or 0, sizes.objects) if sizes.mostly_small else None,
        inside=holding(bucket, about, (report, usage) if usage is not None else None),
    )
    what = "objects of {size} bytes on average are large enough for its transitions"
    if sizes.small is not None:
        what = "most objects are large enough for its transitions, of {size} bytes on average"
    for verdict in found or (ok(what, size=sizes.typical, rules=moving),):
        yield beside(verdict, report, {"small": sizes.small, "objects": sizes.objects})


def daily(metric: str, value: float | None) -> Known[tuple[Series, ...]]:
    """A figure of CloudWatch for the last three days."""
    one = Series(
        namespace="AWS/S3",
        metric=metric,
        stat="Average",
        dimensions={"StorageType": "StandardStorage" if metric == "BucketSizeBytes" else "AllStorageTypes"},
        start=CASE_TIME - timedelta(days=3),
        period=86400,
        values=(value, value, value),
    )
    return Known((one,))


def cases() -> Iterator[Case[Bucket]]:
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("INTELLIGENT_TIERING", days=0),))
    cold = LifecycleRule(id="cold", enabled=True, transitions=(Transition("GLACIER", days=90),))
    many, few = daily("NumberOfObjects", 900e6), daily("NumberOfObjects", 2000)
    bytes_ = daily("BucketSizeBytes", 18e12)
    yield passes(
        "large objects",
        sample(Bucket, "models", lifecycle=Known(Lifecycle((tier,))), sizes=bytes_, object_count=few),
    )
    gone = daily("BucketSizeBytes", None)
    yield unknown("no size of late", sample(Bucket, "old", lifecycle=Known(Lifecycle((tier,))), sizes=gone, object_count=few))
    never = Known(Versioning("Off"))
    yield fails(
        "20 KB each stay where they are",
        sample(Bucket, "thumbnails", versioning=never, lifecycle=Known(Lifecycle((tier,))), sizes=bytes_, object_count=many),
        once="0",
    )
    yield fails(
        "20 KB each go to an archive",
        sample(
            Bucket,
            "events",
            versioning=never,
            lifecycle=Known(Lifecycle((cold,), "varies_by_storage_class")),
            sizes=bytes_,
            object_count=many,
        ),
        prices=(priced("s3-transition", "GLACIER", "0.03", "1,000 requests"),),
        once="27000",
    )
    yield skips("nothing moves", sample(Bucket, "tmp", lifecycle=Known(Lifecycle()), sizes=bytes_, object_count=many))
    yield unknown(
        "nothing is known of its size",
        sample(Bucket, "new", lifecycle=Known(Lifecycle((tier,))), sizes=Known(()), object_count=Known(())),
    )
    yield unknown(
        "the lifecycle may not be read",
        sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle), sizes=bytes_, object_count=many),
    )
    yield from counted()


def counted() -> Iterator[Case[Bucket]]:
    """With reports, whatever CloudWatch says."""
    tier = Known(Lifecycle((LifecycleRule(id="tier", enabled=True, transitions=(Transition("STANDARD_IA", days=30),)),)))
    # A terabyte in a thousand models, and a million and a half of thumbnails beside them: 700 KB on average.
    mixed = InClass(storage_class="STANDARD", objects=1_501_000, bytes=2**40, small=1_500_000, small_bytes=1_500_000 * 4096)
    large = InClass(storage_class="STANDARD", objects=1200, bytes=2**40, small=200, small_bytes=200 * 4096)
    plain = InClass(storage_class="STANDARD", objects=1200, bytes=2**40)

    def bucket(source: Source, held: InClass, whole: bool = True, days: int = 2) -> Bucket:
        at = CASE_TIME - timedelta(days=days)
        report = StorageReport(source=source, name="daily", as_of=at, whole=whole, holdings=(held,))
        return sample(Bucket, "photos", lifecycle=tier, reports=Known((report,)))

    yield fails("most are small, though the average is large", bucket(Source.INVENTORY, mixed))
    yield passes("few are small", bucket(Source.INVENTORY, large))
    yield passes("large on average, by S3 Storage Lens", bucket(Source.LENS, plain))
    yield unknown("a report of a part, and no figures of CloudWatch", bucket(Source.INVENTORY, mixed, whole=False))
    yield unknown("a report of half a year ago, and no figures of CloudWatch", bucket(Source.INVENTORY, mixed, days=180))
