"""SageMaker spot training job without checkpoints

## Why it matters
Spot capacity can be taken back at any time. SageMaker then starts the job again when there is capacity, and without checkpoints
it starts from the beginning: a long job loses hours each time and may never end.

## How to fix
Give the next run an S3 path for checkpoints, and have the code save to and load from `/opt/ml/checkpoints`:

    --checkpoint-config S3Uri=s3://BUCKET/checkpoints/JOB

This is the option of `aws sagemaker create-training-job`; SageMaker copies that folder to S3 and back. SageMaker Python SDK, version
2: `checkpoint_s3_uri="s3://…"` in the estimator.

## When it is fine
The job is over in minutes. Built-in and Marketplace algorithms that write no checkpoints may wait and run for one hour at most,
and lose no more than that.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    TrainingJob,
    Verdict,
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
    unknown,
)


@rule(
    over=TrainingJob,
    reads=(TrainingJob.spot, TrainingJob.checkpoint),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(job: TrainingJob, about: Context[Limits]) -> Iterator[Verdict]:
    if isinstance(job.spot, Known) and not job.spot.value:
        yield skip("does not use managed spot training")
        return
    _, checkpoint = need(job.spot, job.checkpoint)
    if checkpoint is None:
        yield flag("uses managed spot training without a place for checkpoints", spot=True, checkpoint=None)
    else:
        yield ok("checkpoints go to {checkpoint}", checkpoint=checkpoint)


def cases() -> Iterator[Case[TrainingJob]]:
    spot, demand = Known(True), Known(False)
    place, nowhere = Known("s3://checkpoints/resnet"), Known(None)
    yield passes("checkpoints to S3", sample(TrainingJob, "resnet-041", spot=spot, checkpoint=place))
    yield fails("no checkpoints", sample(TrainingJob, "resnet-044", spot=spot, checkpoint=nowhere))
    yield skips("on demand", sample(TrainingJob, "resnet-042", spot=demand, checkpoint=nowhere))
    yield skips("on demand, the rest may not be read", sample(TrainingJob, "bert-007", spot=demand))
    yield unknown("may not be read", sample(TrainingJob, "partner", spot=denied(TrainingJob.spot), checkpoint=nowhere))
    yield unknown(
        "the place may not be read", sample(TrainingJob, "lstm-3", spot=spot, checkpoint=denied(TrainingJob.checkpoint))
    )
