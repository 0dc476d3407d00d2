"""Bucket with a lifecycle transition whose requests cost more than half a year of what it saves

## Why it matters
Each object that moves is a request, and all objects that are old enough move on the day on which a rule is switched on. What they then
save grows with their bytes: of large objects it pays the requests within days, of small ones after years or never. A hundred million
objects cost from a thousand dollars to five thousand, at once.

The size is the average over the bucket, by CloudWatch's daily figures, or of each class by a report that is given with `--inventory`.
Whether objects are too small for a move is judged by the size from which on half a year of saving pays the request at list prices; the
amounts are at the prices of the bucket's region.

## How to fix
Join small objects to larger ones before they grow cold, such as in tar files or Parquet. Or move only those that pay, with a filter such as
`"ObjectSizeGreaterThan": 1048576`; from which size on each transition pays, the finding says. To try the rules before they are put:

    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > lifecycle.json
    awsaudit lifecycle lifecycle.json --region REGION --size-gb GB --objects N

## When it is fine
The objects are kept for many years, and the requests are paid back in that time. Or a few large objects hold most of the bytes, and the
filter lets only those through.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    GB,
    MADE_LONG_AGO,
    STATES,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Filter,
    Holding,
    InClass,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Moving,
    NoncurrentTransition,
    Pillar,
    Series,
    Severity,
    Source,
    StorageReport,
    Transition,
    Unknown,
    Verdict,
    Versioning,
    agreed,
    beside,
    cannot_tell,
    denied,
    fails,
    flag,
    given,
    held,
    holding,
    moves,
    need,
    object_count,
    ok,
    passes,
    priced,
    reported,
    rule,
    sample,
    skip,
    skips,
    unknown,
)

KB = 1024
PAYS: Mapping[tuple[str, str], float] = {
    ("STANDARD", "STANDARD_IA"): 166,
    ("STANDARD", "ONEZONE_IA"): 134,
    ("STANDARD", "INTELLIGENT_TIERING"): 272,
    ("STANDARD", "GLACIER_IR"): 184,
    ("STANDARD", "GLACIER"): 286,
    ("STANDARD", "DEEP_ARCHIVE"): 407,
    ("REDUCED_REDUNDANCY", "GLACIER"): 272,
    ("REDUCED_REDUNDANCY", "DEEP_ARCHIVE"): 389,
    ("STANDARD_IA", "ONEZONE_IA"): 699,
    ("STANDARD_IA", "INTELLIGENT_TIERING"): 788,
    ("STANDARD_IA", "GLACIER_IR"): 411,
    ("STANDARD_IA", "GLACIER"): 623,
    ("STANDARD_IA", "DEEP_ARCHIVE"): 778,
    ("ONEZONE_IA", "GLACIER"): 866,
    ("ONEZONE_IA", "DEEP_ARCHIVE"): 994,
    ("INTELLIGENT_TIERING", "GLACIER_IR"): 295,
    ("INTELLIGENT_TIERING", "GLACIER"): 869,
    ("INTELLIGENT_TIERING", "DEEP_ARCHIVE"): 1061,
    ("GLACIER_IR", "GLACIER"): 13_855,
    ("GLACIER_IR", "DEEP_ARCHIVE"): 2975,
    ("GLACIER", "DEEP_ARCHIVE"): 3316,
}
"""KB of an object from which on six months of what a move saves pay its request, by the classes that it leaves and comes to: the request
by the difference of the two storage prices, with what an archive adds to objects, at list prices of us-east-1 in 2025. What leaves
Intelligent-Tiering is taken to leave it at once, when it saves the most."""


class Thresholds(Limits, frozen=True):
    times: float = 1
    """How many times the size that pays within six months objects must have: 2 asks for about three months. Six are ours."""


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning, Bucket.reports, Bucket.sizes, Bucket.created, Bucket.object_count),
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
    given(bucket)  # a report goes before what CloudWatch says, which only knows how many objects there are over all classes
    best = reported(bucket, about, lifecycle)
    inside = holding(bucket, about, best)
    if isinstance(inside.usage, Unknown):
        # When which sizes pay can be told all the same.
        member = Bucket.created if inside.usage.call == denied(Bucket.created).call else Bucket.sizes
        yield cannot_tell(
            member,
            "how many objects it holds, and how large they are, is not known",
            reason=inside.usage.reason,
            rules=moving,
            transitions=[one.said for one in moves(lifecycle, inside, today=about.taken_at, versioning=inside.versioning)],
        )
        return
    if not inside.usage.value.bytes:
        yield ok("it holds nothing that its lifecycle rules could move", rules=moving)
        return

    def made(status: str) -> tuple[Verdict, ...]:
        found = moves(lifecycle, inside, today=about.taken_at, versioning=status)
        return tuple(map(shock, (one for one in found if one.objects and one.size < least(one, about.limits))))

    status = bucket.versioning.map(lambda one: one.status)
    shocks = agreed(status, STATES, made)
    if shocks:
        yield from (beside(one, best[0], {}) if best else one for one in shocks)
        return
    known = status.value if isinstance(status, Known) else STATES[0]
    found = moves(lifecycle, inside, today=about.taken_at, versioning=known)
    if found:
        verdict = ok(
            "objects are large enough for half a year of saving to pay the requests of its transitions",
            rules=moving,
            transitions=[one.said for one in found],
            supposed=list(dict.fromkeys(line for one in found for line in one.supposed)),
        )
    else:
        what = "its objects, {size} KB on average, do not move, so that no request is made"
        verdict = ok(what, size=average_kb(inside), rules=moving)
    yield beside(verdict, best[0], {}) if best else verdict


def average_kb(inside: Holding) -> float:
    """KB of an object on average."""
    usage = need(inside.usage)
    return round(sum(usage.bytes.values()) / (usage.total or 1) / KB, 1)


def least(one: Moving, limits: Thresholds) -> float:
    """Bytes that objects must have."""
    return PAYS.get((one.start, one.end), 0) * KB * limits.times


def shock(one: Moving) -> Verdict:
    """The failure of a transition."""
    return flag(
        "moving {objects} objects of {size} KB on average from {start} to {end} after {days} days costs more in requests than half a year "
        "of it saves",
        key="/".join((*one.rules[:1], one.origin, one.start, one.end, str(one.after))),
        once=one.fee,
        objects=one.objects,
        size=round(one.size / KB, 1),
        start=one.start,
        end=one.end,
        days=one.after,
        rules=list(one.rules[:20]),
        transition=one.said,
        supposed=list(one.supposed),
    )


def cases() -> Iterator[Case[Bucket]]:
    cold = LifecycleRule(id="cold", enabled=True, transitions=(Transition("GLACIER", days=90),))
    part = LifecycleRule(id="logs", enabled=True, filter=Filter(prefix="logs/"), transitions=(Transition("GLACIER", days=90),))
    off = LifecycleRule(id="cold", enabled=False, transitions=(Transition("GLACIER", days=90),))
    big = LifecycleRule(
        id="big", enabled=True, filter=Filter(size_greater_than=2**20 - 1), transitions=(Transition("GLACIER", days=90),)
    )
    old = LifecycleRule(id="old", enabled=True, noncurrent_transitions=(NoncurrentTransition("GLACIER", days=30),))
    terabyte = held(StandardStorage=1024 * GB)
    # Objects of 20 KB, of 200 KB, and of a megabyte.
    tiny, small, large = (object_count(GB / size) for size in (20, 200, 1024))

    def bucket(
        rule_: LifecycleRule,
        count: Fact[tuple[Series, ...]],
        versioning: Fact[Versioning] = Known(Versioning("Off")),
        sizes: Fact[tuple[Series, ...]] = terabyte,
        created: Fact[datetime] = MADE_LONG_AGO,
    ) -> Bucket:
        lifecycle = Known(Lifecycle((rule_,)))
        return sample(
            Bucket, "events", lifecycle=lifecycle, versioning=versioning, sizes=sizes, created=created, object_count=count
        )

    prices = (
        priced("s3-storage", "STANDARD", "0.025", "GB-month"),
        priced("s3-storage", "GLACIER", "0.0045", "GB-month"),
        priced("s3-transition", "GLACIER", "0.03", "1,000 requests"),
    )
    yield passes("a megabyte each", bucket(cold, large))
    yield passes("small ones, half of which would be enough", bucket(cold, small), limits=Thresholds(times=0.5))
    yield passes("20 KB each do not move", bucket(cold, tiny))
    yield passes("200 KB each, of which only large ones move", bucket(big, small))
    yield passes("nothing is there yet", bucket(cold, small, sizes=Known(())))
    # 5,368,709 requests at 0.03 per 1,000, where a month saves 18.
    yield fails("200 KB each", bucket(cold, small), prices=prices, once="161.06")
    yield fails("200 KB each, at prices that nobody knows", bucket(cold, small), once="")
    yield fails("200 KB each, some of them under a prefix", bucket(part, small), prices=prices, once="")
    yield fails("200 KB each, and perhaps versions", bucket(cold, small, denied(Bucket.versioning)), prices=prices, once="")
    yield skips("nothing moves", bucket(off, small))
    yield unknown("versions move, if there are any", bucket(old, small, denied(Bucket.versioning)))
    yield unknown("the number of objects may not be read", bucket(cold, denied(Bucket.object_count)))
    yield unknown("the sizes may not be read", bucket(cold, small, sizes=denied(Bucket.sizes)))
    yield unknown("it was made today", bucket(cold, small, sizes=Known(()), created=Known(CASE_TIME)))
    never = Known(Versioning("Off"))
    standard = InClass(storage_class="STANDARD", objects=2**20, bytes=2**40)
    archived = InClass(storage_class="GLACIER", objects=4 * 2**20, bytes=2**34)
    inventory = StorageReport(source=Source.INVENTORY, as_of=CASE_TIME - timedelta(days=2), holdings=(archived, standard))
    known = sample(Bucket, "events", lifecycle=Known(Lifecycle((cold,))), versioning=never, reports=Known((inventory,)))
    yield passes("a megabyte each where they move, by an inventory, though 215 KB over all classes", known)
    standard = InClass(storage_class="STANDARD", objects=2**30 // 200, bytes=2**40)
    inventory = StorageReport(source=Source.INVENTORY, as_of=CASE_TIME - timedelta(days=2), holdings=(standard,))
    known = sample(Bucket, "events", lifecycle=Known(Lifecycle((cold,))), versioning=never, reports=Known((inventory,)))
    yield fails("200 KB each, by an inventory", known, prices=prices, once="161.06")
    nothing = denied(Bucket.lifecycle)
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=nothing, sizes=terabyte, object_count=small))
