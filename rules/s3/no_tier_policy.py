"""Bucket without a lifecycle rule that moves or expires objects

## Why it matters
Every object stays in S3 Standard for ever unless a lifecycle rule moves it or it was written to another class. Old checkpoints,
data sets and logs are read rarely but cost the full price each month. The colder classes cost from about half of it (infrequent access)
down to about a twentieth (Glacier Deep Archive) to keep, though reading from them is charged; Intelligent-Tiering moves objects by
itself, for a small fee per object, and does not charge for reading.

## How to fix
Add a lifecycle rule that moves objects to S3 Intelligent-Tiering, or one that expires what nobody needs:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "tier",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}]}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. Console: bucket, *Management*, *Create
lifecycle rule*, "Transition current versions of objects between storage classes". Terraform: `aws_s3_bucket_lifecycle_configuration`
with a `transition` block.

## When it is fine
The bucket is small, its objects are rewritten or deleted within weeks, or writers choose the storage class themselves. Each move is
charged per object, so for very many small objects it can cost more than it saves: `awsaudit lifecycle --advise` weighs it.

The amount is what the storage is paid in a month, not what could be saved: that depends on how often it is read.

A rule for one prefix or tag passes too, since how much of the bucket it covers cannot be seen; the verdict says which.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_TIME,
    GB,
    MADE_LONG_AGO,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Pillar,
    Severity,
    Transition,
    Verdict,
    acting,
    denied,
    fails,
    flag,
    held,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    storage_money,
    unknown,
)

CONTROLS = ("fsbp:S3.13",)


class Thresholds(Limits, frozen=True):
    max_days: int = 3650
    """Days until a lifecycle rule must act at the latest. Ten years is ours: what acts later acts on nothing that there is."""


def acts(lifecycle: Lifecycle, about: Context[Thresholds]) -> list[LifecycleRule]:
    """The rules that move or delete objects in time: what they ask for does take place."""
    found = {
        one.rule
        for one in acting(lifecycle, today=about.taken_at)
        if one.kind in ("transition", "expiration") and one.days <= about.limits.max_days
    }
    return [one for number, one in enumerate(lifecycle.rules) if number in found]


def where(one: LifecycleRule) -> str:
    """What the filter of a rule asks for, in words."""
    parts = {
        "prefix": one.filter.prefix,
        "tags": ", ".join(f"{key}={value}" for key, value in sorted(one.filter.tags.items())),
        "larger than": one.filter.size_greater_than,
        "smaller than": one.filter.size_less_than,
    }
    return " and ".join(f"{name} {value}" for name, value in parts.items() if value not in (None, ""))


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.sizes, Bucket.created),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=CONTROLS,
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    tiering = acts(lifecycle, about)
    if tiering and not any(r.filter.whole_bucket for r in tiering):
        yield ok(
            "lifecycle rules move or expire objects in parts of the bucket only ({filters})",
            filters="; ".join(map(where, tiering)),
            count=len(tiering),
            rules=[r.id for r in tiering],
        )
    elif tiering:
        yield ok(
            "enabled lifecycle rules that move or expire objects: {count}", count=len(tiering), rules=[r.id for r in tiering]
        )
    else:
        # Any enabled rule is enough for S3.13, whatever it does.
        idle = not any(one.enabled for one in lifecycle.rules)
        yield flag(
            "no enabled lifecycle rule moves or expires objects within {days} days (rules in all: {count})",
            controls=tuple(control for control in CONTROLS if idle or control != "fsbp:S3.13"),
            cost=storage_money(bucket, about),
            days=about.limits.max_days,
            count=len(lifecycle.rules),
        )


def cases() -> Iterator[Case[Bucket]]:
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("INTELLIGENT_TIERING", days=30),))
    expire = LifecycleRule(id="expire", enabled=True, expiration=Expiration(days=90))
    off = LifecycleRule(id="tier", enabled=False, transitions=(Transition("STANDARD_IA", days=30),))
    abort = LifecycleRule(id="abort", enabled=True, abort_multipart_days=7)
    yield passes("objects move after 30 days", sample(Bucket, "training-data", lifecycle=Known(Lifecycle((tier,)))))
    yield passes("objects are deleted after 90 days", sample(Bucket, "tmp-features", lifecycle=Known(Lifecycle((abort, expire)))))
    part = LifecycleRule(id="logs", enabled=True, filter=Filter(prefix="logs/"), expiration=Expiration(days=30))
    late = LifecycleRule(id="late", enabled=True, transitions=(Transition("GLACIER", days=36500),))
    yield passes("one prefix, which the sentence says", sample(Bucket, "reports", lifecycle=Known(Lifecycle((part,)))))
    yield passes(
        "in a hundred years, which the account allows",
        sample(Bucket, "archive", lifecycle=Known(Lifecycle((late,)))),
        limits=Thresholds(max_days=40000),
    )
    yield fails("in a hundred years", sample(Bucket, "archive", lifecycle=Known(Lifecycle((late,)))))
    yield fails("no lifecycle configuration", sample(Bucket, "checkpoints", lifecycle=Known(Lifecycle())))
    yield fails("the only tiering rule is disabled", sample(Bucket, "logs", lifecycle=Known(Lifecycle((off,)))))
    yield fails("rules only tidy uploads", sample(Bucket, "models", lifecycle=Known(Lifecycle((abort,)))))
    never = LifecycleRule(id="none", enabled=True, filter=Filter(size_less_than=0), transitions=(Transition("GLACIER", days=30),))
    yield fails("a rule about no object", sample(Bucket, "reports", lifecycle=Known(Lifecycle((never,)))))
    markers = LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True))
    yield fails("rules only remove delete markers", sample(Bucket, "reports", lifecycle=Known(Lifecycle((markers,)))))
    raw = sample(Bucket, "raw", lifecycle=Known(Lifecycle()), sizes=held(StandardStorage=1000 * GB), created=MADE_LONG_AGO)
    yield fails("of which the size is known", raw, prices=(priced("s3-storage", "STANDARD", "0.025", "GB-month"),))
    young = sample(Bucket, "new", lifecycle=Known(Lifecycle()), sizes=Known(()), created=Known(CASE_TIME))
    yield fails("made today, so that nobody knows its size yet", young)
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle)))
