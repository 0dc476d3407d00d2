"""Bucket with archive tiers of Intelligent-Tiering that nothing goes to

## Why it matters
An Intelligent-Tiering configuration only says what becomes of objects that are in that storage class already. Here none are, and no
lifecycle rule moves any there: the configuration does nothing, and whoever set it up believes that old data is archived.

## How to fix
Let a lifecycle rule move objects to the class, or write them to it:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "tier",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}]}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. Objects in the archive tiers take hours to
read. Or remove the configuration:

    aws s3api delete-bucket-intelligent-tiering-configuration --bucket BUCKET --id ID

## When it is fine
The bucket is new, and its writers will choose the class themselves.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    IntelligentTiering,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentTransition,
    Pillar,
    Series,
    Severity,
    Tiering,
    Transition,
    Verdict,
    any_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    stored,
    unknown,
)

TARGET = "INTELLIGENT_TIERING"
KEPT = ("IntelligentTiering", "IntAA", "IntDAA")
"""How the storage types of CloudWatch begin that are of Intelligent-Tiering."""


@rule(
    over=Bucket,
    reads=(Bucket.intelligent_tiering, Bucket.lifecycle, Bucket.sizes, Bucket.created),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    archiving = [one.id for one in need(bucket.intelligent_tiering) if one.enabled and one.tierings]
    if not archiving:
        yield skip("no enabled Intelligent-Tiering configuration archives objects")
        return
    listed = ", ".join(archiving)
    coming = bucket.lifecycle.map(lambda one: any(r.enabled and leads_there(r) for r in one.rules))
    there = stored(bucket, about.taken_at).map(lambda kept: any(name.startswith(KEPT) for name in kept))
    if any_of((coming, there)):
        yield ok("objects are or come in Intelligent-Tiering, with archive tiers ({configurations})", configurations=listed)
    else:
        yield flag(
            "archive tiers are configured ({configurations}), and no object is or comes in Intelligent-Tiering",
            configurations=listed,
        )


def leads_there(one: LifecycleRule) -> bool:
    """The rule moves objects to Intelligent-Tiering."""
    names = [*(step.storage_class for step in one.transitions), *(step.storage_class for step in one.noncurrent_transitions)]
    return TARGET in names


def cases() -> Iterator[Case[Bucket]]:
    archive = Known((IntelligentTiering(id="deep", enabled=True, tierings=(Tiering("DEEP_ARCHIVE_ACCESS", 180),)),))
    off = Known((IntelligentTiering(id="deep", enabled=False, tierings=(Tiering("DEEP_ARCHIVE_ACCESS", 180),)),))
    tier = Known(Lifecycle((LifecycleRule(id="tier", enabled=True, transitions=(Transition(TARGET, days=0),)),)))
    old = LifecycleRule(id="old", enabled=True, noncurrent_transitions=(NoncurrentTransition(TARGET, days=30),))
    none = Known(Lifecycle())
    made = Known(CASE_TIME - timedelta(days=400))

    def sizes(storage: str) -> Known[tuple[Series, ...]]:
        one = Series(
            namespace="AWS/S3",
            metric="BucketSizeBytes",
            stat="Average",
            dimensions={"StorageType": storage},
            start=CASE_TIME - timedelta(days=3),
            period=86400,
            values=(4e12, 4e12, 4e12),
        )
        return Known((one,))

    tiered, standard = sizes("IntelligentTieringFAStorage"), sizes("StandardStorage")
    yield passes("a rule", sample(Bucket, "data", intelligent_tiering=archive, lifecycle=tier, sizes=standard, created=made))
    yield passes(
        "versions",
        sample(Bucket, "old", intelligent_tiering=archive, lifecycle=Known(Lifecycle((old,))), sizes=standard, created=made),
    )
    yield passes(
        "writers choose it", sample(Bucket, "raw", intelligent_tiering=archive, lifecycle=none, sizes=tiered, created=made)
    )
    yield fails(
        "all is in Standard", sample(Bucket, "logs", intelligent_tiering=archive, lifecycle=none, sizes=standard, created=made)
    )
    yield fails(
        "nothing is in it", sample(Bucket, "empty", intelligent_tiering=archive, lifecycle=none, sizes=Known(()), created=made)
    )
    yield skips("disabled", sample(Bucket, "models", intelligent_tiering=off, lifecycle=none, sizes=standard, created=made))
    yield unknown(
        "the configurations may not be read",
        sample(
            Bucket, "vault", intelligent_tiering=denied(Bucket.intelligent_tiering), lifecycle=none, sizes=standard, created=made
        ),
    )
    yield unknown(
        "it is not known whether it is old enough for sizes",
        sample(Bucket, "new", intelligent_tiering=archive, lifecycle=none, sizes=Known(()), created=denied(Bucket.created)),
    )
