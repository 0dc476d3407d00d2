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
charged per object, so for very many small objects it can cost more than it saves.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Pillar,
    Severity,
    Transition,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


def expires(one: LifecycleRule) -> bool:
    """The rule deletes objects, not only delete markers that nothing is under."""
    return one.expiration is not None and (one.expiration.days is not None or one.expiration.date is not None)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle,),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:S3.13",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    tiering = [r for r in lifecycle.rules if r.enabled and (r.transitions or expires(r))]
    if tiering:
        yield ok(
            "enabled lifecycle rules that move or expire objects: {count}", count=len(tiering), rules=[r.id for r in tiering]
        )
    else:
        yield flag("no enabled lifecycle rule moves or expires objects (rules in all: {count})", count=len(lifecycle.rules))


def cases() -> Iterator[Case[Bucket]]:
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("INTELLIGENT_TIERING", days=30),))
    expire = LifecycleRule(id="expire", enabled=True, expiration=Expiration(days=90))
    off = LifecycleRule(id="tier", enabled=False, transitions=(Transition("STANDARD_IA", days=30),))
    abort = LifecycleRule(id="abort", enabled=True, abort_multipart_days=7)
    yield passes("objects move after 30 days", sample(Bucket, "training-data", lifecycle=Known(Lifecycle((tier,)))))
    yield passes("objects are deleted after 90 days", sample(Bucket, "tmp-features", lifecycle=Known(Lifecycle((abort, expire)))))
    yield fails("no lifecycle configuration", sample(Bucket, "checkpoints", lifecycle=Known(Lifecycle())))
    yield fails("the only tiering rule is disabled", sample(Bucket, "logs", lifecycle=Known(Lifecycle((off,)))))
    yield fails("rules only tidy uploads", sample(Bucket, "models", lifecycle=Known(Lifecycle((abort,)))))
    markers = LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True))
    yield fails("rules only remove delete markers", sample(Bucket, "reports", lifecycle=Known(Lifecycle((markers,)))))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle)))
