"""Bucket of training output that nothing expires from

## Why it matters
Training jobs write a model for each run and checkpoints in between, hyperparameter searches write hundreds, and nothing deletes any of it:
no enabled lifecycle rule expires objects. What is never deployed is paid for month after month beside what is.

## How to fix
Keep what is deployed or registered elsewhere, and let a lifecycle rule delete the rest after the time in which somebody may come back
to it:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "experiments",
      "Status": "Enabled", "Filter": {"Prefix": "PREFIX/"}, "Expiration": {"Days": 180}}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. An endpoint whose model is gone cannot start
new instances: look first which models are deployed from there. `sagemaker-training-output-unused` names the models that none uses.

A rule for one prefix or tag passes, since how much of the bucket it covers cannot be seen; its filter is in the evidence. SageMaker's
default bucket has a rule of its own.

## When it is fine
Every model must be kept, for an audit or for a paper that must be reproducible.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    GB,
    MADE_LONG_AGO,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Fact,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    Pillar,
    Series,
    Severity,
    TrainingJob,
    Transition,
    Verdict,
    all_of,
    denied,
    fails,
    flag,
    held,
    is_sagemaker_default,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    storage_money,
    takes_training_output,
    unknown,
)


def expiring(lifecycle: Lifecycle) -> tuple[LifecycleRule, ...]:
    """The enabled rules that expire objects."""
    return tuple(one for one in lifecycle.rules if one.enabled and one.expiration and not one.expiration.delete_markers)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.sizes, Bucket.created, TrainingJob.output, TrainingJob.checkpoint),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    if is_sagemaker_default(bucket, about.account_id):
        yield skip("it is the default bucket of SageMaker, which another rule is about")
        return
    written = takes_training_output(bucket, about)
    if not all_of((written, bucket.lifecycle.map(lambda lifecycle: not expiring(lifecycle)))):
        found = expiring(bucket.lifecycle.value) if isinstance(bucket.lifecycle, Known) else ()
        if found:
            yield ok("enabled rules that expire objects: {count}", count=len(found), filters=[one.filter for one in found])
        else:
            yield ok("no training job writes to it")
    else:
        rules = need(bucket.lifecycle).rules
        yield flag(
            "training jobs write to it, and no enabled lifecycle rule expires objects (rules in all: {count})",
            cost=storage_money(bucket, about),
            count=len(rules),
        )


def cases() -> Iterator[Case[Bucket]]:
    large = held(StandardStorage=1024 * GB)

    def bucket(*rules: LifecycleRule, id: str = "experiments", sizes: Fact[tuple[Series, ...]] = large) -> Bucket:
        return sample(Bucket, id, lifecycle=Known(Lifecycle(rules)), sizes=sizes, created=MADE_LONG_AGO)

    def job(output: Fact[str | None], checkpoint: Fact[str | None] = Known(None)) -> TrainingJob:
        return sample(TrainingJob, "bert-041", output=output, checkpoint=checkpoint)

    writes, saves = job(Known("s3://experiments/bert")), job(Known("s3://models"), Known("s3://experiments/checkpoints"))
    expire = LifecycleRule(id="old", enabled=True, filter=Filter(prefix="hpo/"), expiration=Expiration(days=180))
    off = LifecycleRule(id="old", enabled=False, expiration=Expiration(days=180))
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("INTELLIGENT_TIERING", days=30),))
    versions = LifecycleRule(
        id="versions",
        enabled=True,
        expiration=Expiration(delete_markers=True),
        noncurrent_expiration=NoncurrentExpiration(days=30),
    )
    yield passes("a prefix expires", bucket(expire), writes)
    yield fails("no rules", bucket(), writes, prices=(priced("s3-storage", "STANDARD", "0.025", "GB-month"),))
    yield fails("the rule is disabled, and the size is not known", bucket(off, sizes=denied(Bucket.sizes)), saves)
    yield fails("objects are moved, and stay", bucket(tier), writes)
    yield fails("only old versions go, and it is empty", bucket(versions, sizes=Known(())), writes)
    yield passes("no job writes to it", bucket(), job(Known("s3://models")))
    yield skips("the default bucket", bucket(id=f"sagemaker-ap-northeast-2-{CASE_ACCOUNT}"), writes)
    yield unknown("a job may not be read", bucket(), job(denied(TrainingJob.output)))
    yield unknown("the jobs may not be listed", bucket(), unlisted=(TrainingJob,))
    yield unknown("the lifecycle may not be read", sample(Bucket, "experiments", lifecycle=denied(Bucket.lifecycle)), writes)
