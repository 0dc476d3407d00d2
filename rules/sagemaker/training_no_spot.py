"""Long SageMaker training job without managed spot training

## Why it matters
Training that can be interrupted may run on spare capacity, which AWS sells for less. SageMaker's managed spot training waits
for such capacity and goes on with the job after an interruption. How much less it costs depends on the instance type, the
region and the hour, so this rule claims no figure.

## How to fix
Turn on managed spot training and checkpoints for the next run, in `aws sagemaker create-training-job`:

    --enable-managed-spot-training --checkpoint-config S3Uri=s3://BUCKET/checkpoints/JOB \\
    --stopping-condition MaxRuntimeInSeconds=28800,MaxWaitTimeInSeconds=57600

The code has to write checkpoints and go on from the last one. SageMaker Python SDK, version 2: `use_spot_instances=True`, `max_wait=…`
and `checkpoint_s3_uri=…` in the estimator.

## When it is fine
The result is needed at a fixed time, the code cannot go on from a checkpoint, or the capacity is reserved and paid for already.
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
    unknown,
)


class SpotLimits(Limits, frozen=True):
    seconds: int = 3600
    """Seconds of training up to which a job is too short to be worth it. The default, one hour, is our own choice."""


@rule(
    over=TrainingJob,
    reads=(TrainingJob.spot, TrainingJob.training_seconds),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1",
    limits=SpotLimits,
)
def check(job: TrainingJob, about: Context[SpotLimits]) -> Iterator[Verdict]:
    short = job.training_seconds.map(lambda seconds: seconds is not None and seconds <= about.limits.seconds)
    if any_of((job.spot, short)):
        if isinstance(job.spot, Known) and job.spot.value:
            yield ok("managed spot training is on", spot=True)
        else:
            yield ok("trained for {seconds} s only", seconds=need(job.training_seconds), limit=about.limits.seconds)
        return
    seconds = need(job.training_seconds)
    if seconds is None:
        yield skip("AWS gives no training time: the job still runs, or never began to train")
    else:
        yield flag("trained for {hours:.1f} h without managed spot training", hours=seconds / 3600, seconds=seconds, spot=False)


def cases() -> Iterator[Case[TrainingJob]]:
    spot, demand = Known(True), Known(False)
    long, short, none = Known(19320), Known(840), Known(None)
    yield passes("on spot", sample(TrainingJob, "resnet-041", spot=spot, training_seconds=long))
    yield passes("a quarter of an hour", sample(TrainingJob, "xgboost-112", spot=demand, training_seconds=short))
    yield fails("five hours on demand", sample(TrainingJob, "resnet-042", spot=demand, training_seconds=long))
    yield fails(
        "a quarter of an hour, which is long here",
        sample(TrainingJob, "xgboost-113", spot=demand, training_seconds=short),
        limits=SpotLimits(seconds=600),
    )
    yield skips("still running", sample(TrainingJob, "resnet-043", spot=demand, training_seconds=none))
    yield unknown("may not be read", sample(TrainingJob, "partner", spot=denied(TrainingJob.spot), training_seconds=long))
    yield passes("a minute", sample(TrainingJob, "smoke-test", spot=demand, training_seconds=Known(71)))
