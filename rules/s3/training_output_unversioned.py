"""Bucket of training output without versioning

## Why it matters
Training jobs write their models and checkpoints into the bucket, and what is overwritten or deleted there is gone: a job that is started
again under the same address replaces the checkpoints of weeks, and one wrong `aws s3 rm` the models that nobody has registered yet.

## How to fix
Turn on versioning, with a lifecycle rule that deletes noncurrent versions after some weeks, for checkpoints are rewritten often:

    aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled

Terraform: `aws_s3_bucket_versioning`. Models that are deployed are judged by themselves: `sagemaker-model-artifacts-unversioned`.

## When it is fine
Everything in it can be trained again at a price that nobody minds, or each job has an address of its own and nothing is deleted by hand.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Pillar,
    Severity,
    TrainingJob,
    Verdict,
    Versioning,
    all_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    takes_training_output,
    unknown,
)


@rule(
    over=Bucket,
    reads=(Bucket.versioning, TrainingJob.output, TrainingJob.checkpoint),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    written = takes_training_output(bucket, about)
    kept = bucket.versioning.map(lambda versioning: versioning.status == "Enabled")
    if not all_of((written, kept.map(lambda value: not value))):
        keeps = isinstance(kept, Known) and kept.value
        status = bucket.versioning.value.status if isinstance(bucket.versioning, Known) else None
        yield ok("it keeps old versions" if keeps else "no training job writes to it", versioning=status)
    else:
        status = need(bucket.versioning).status
        yield flag("training jobs write to it, and its versioning is {status}", status=status.lower())


def cases() -> Iterator[Case[Bucket]]:
    def bucket(status: Fact[Versioning], id: str = "experiments") -> Bucket:
        return sample(Bucket, id, versioning=status)

    def job(output: Fact[str | None], checkpoint: Fact[str | None] = Known(None)) -> TrainingJob:
        return sample(TrainingJob, "bert-041", output=output, checkpoint=checkpoint)

    on, off, held = Known(Versioning("Enabled")), Known(Versioning("Off")), Known(Versioning("Suspended"))
    writes, saves = job(Known("s3://experiments/bert")), job(Known("s3://models"), Known("s3://experiments/checkpoints"))
    yield passes("versioned", bucket(on), writes)
    yield fails("never versioned", bucket(off), writes)
    yield fails("suspended, and checkpoints", bucket(held), saves)
    yield fails("the default bucket", bucket(off, f"sagemaker-ap-northeast-2-{CASE_ACCOUNT}"))
    yield passes("no job writes to it", bucket(off), job(Known("s3://models")))
    yield unknown("the versioning may not be read", bucket(denied(Bucket.versioning)), writes)
    yield unknown("a job may not be read", bucket(off), job(denied(TrainingJob.output)))
    yield unknown("the jobs may not be listed", bucket(off), unlisted=(TrainingJob,))
