"""Bucket whose archive tiers hold up what its tags call urgent

## Why it matters
A tag says that the contents are needed at once, such as models that an endpoint loads when it starts. The optional archive tiers of
Intelligent-Tiering take what nobody has read for some months out of reach: such an object answers no read any more. It has to be restored
first, which takes hours, up to half a day from the deep archive tier. What waits for it meanwhile fails, and the next to find out is
whoever scales up or rolls back to an old version.

## How to fix
Remove the archive tiers, or narrow the configuration by a prefix to what can wait. The other tiers answer at once and stay:

    aws s3api delete-bucket-intelligent-tiering-configuration --bucket BUCKET --id ID

Objects that are archived already come back when they are restored, which is free of charge at the standard speed:

    aws s3api restore-object --bucket BUCKET --key KEY --restore-request '{"GlacierJobParameters": {"Tier": "Standard"}}'

Other tags can be set as `urgent` under `[limits.s3-intelligent-tiering-archives-urgent]`.

## When it is fine
The configuration is only about a part of the bucket that can wait.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Filter,
    IntelligentTiering,
    Known,
    Limits,
    Pillar,
    Severity,
    Tiering,
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
    unknown,
)


class Thresholds(Limits, frozen=True):
    urgent: tuple[str, ...] = (
        "latency=sensitive",
        "latency=low",
        "latency-sensitive=true",
        "content=model-artifact",
        "data=model-artifact",
        "model-artifact=true",
    )
    """Tags (`key=value`) that say that the contents are needed at once. Ours: AWS has no tag for it."""


@rule(
    over=Bucket,
    reads=(Bucket.intelligent_tiering, Bucket.tags),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=Thresholds,
)
def check(bucket: Bucket, about: Context[Thresholds]) -> Iterator[Verdict]:
    configured = bucket.intelligent_tiering.map(lambda some: [one for one in some if one.enabled and one.tierings])
    said = bucket.tags.map(lambda tags: [tag for tag in about.limits.urgent if tag in {f"{k}={v}" for k, v in tags.items()}])
    if any_of((configured.map(lambda some: not some), said.map(lambda some: not some))):
        if isinstance(configured, Known) and not configured.value:
            yield ok("no enabled Intelligent-Tiering configuration archives objects", configurations=0)
        else:
            yield ok("no tag says that what its archive tiers hold is needed at once", tags=about.limits.urgent)
        return
    archiving, tags = need(configured, said)
    yield flag(
        "its tag {tags} says that it is needed at once, and what nobody reads for {days} days goes to an archive tier ({configurations})",
        tags=", ".join(tags),
        days=min(step.days for one in archiving for step in one.tierings),
        configurations=", ".join(one.id for one in archiving),
        filters=[one.filter for one in archiving],
    )


def cases() -> Iterator[Case[Bucket]]:
    deep = Tiering("DEEP_ARCHIVE_ACCESS", 180)
    archive = Known((IntelligentTiering(id="deep", enabled=True, tierings=(Tiering("ARCHIVE_ACCESS", 90), deep)),))
    part = Known((IntelligentTiering(id="old", enabled=True, filter=Filter(prefix="old/"), tierings=(deep,)),))
    off = Known((IntelligentTiering(id="deep", enabled=False, tierings=(deep,)),))
    urgent, others = Known({"team": "ml", "content": "model-artifact"}), Known({"team": "ml"})
    yield passes("logs", sample(Bucket, "logs", intelligent_tiering=archive, tags=others))
    yield passes(
        "no tag says it, and the configurations may not be read",
        sample(Bucket, "logs", intelligent_tiering=denied(Bucket.intelligent_tiering), tags=others),
    )
    yield fails(
        "by a tag of the account's own",
        sample(Bucket, "serving", intelligent_tiering=archive, tags=others),
        limits=Thresholds(urgent=("team=ml",)),
    )
    yield fails("models", sample(Bucket, "models", intelligent_tiering=archive, tags=urgent))
    yield fails("models, a part of them", sample(Bucket, "models", intelligent_tiering=part, tags=urgent))
    yield passes("disabled", sample(Bucket, "models", intelligent_tiering=off, tags=urgent))
    yield unknown(
        "the configurations may not be read",
        sample(Bucket, "models", intelligent_tiering=denied(Bucket.intelligent_tiering), tags=urgent),
    )
    yield unknown("the tags may not be read", sample(Bucket, "vault", intelligent_tiering=archive, tags=denied(Bucket.tags)))
