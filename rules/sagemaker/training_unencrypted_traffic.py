"""Distributed SageMaker training job with unencrypted traffic

## Why it matters
The instances of a distributed job send each other weights and gradients, sometimes data, in the clear unless told otherwise. It
stays in AWS's network, but standards for health or payment data often ask for encryption between instances.

## How to fix
Turn on encryption between the instances for the next run, in `aws sagemaker create-training-job`:

    --enable-inter-container-traffic-encryption

SageMaker Python SDK, version 2: `encrypt_inter_container_traffic=True` in the estimator. In a VPC the job's security group must allow
itself UDP port 500 and protocol 50 (ESP), in and out. Training may take longer, the more so the more the instances talk.

## When it is fine
Nothing the instances exchange is confidential, or the framework encrypts it itself. A job on one instance has no such traffic.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Reason,
    Severity,
    TrainingJob,
    Verdict,
    cannot_tell,
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
    reads=(TrainingJob.instances, TrainingJob.encrypted_traffic),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(job: TrainingJob, about: Context[Limits]) -> Iterator[Verdict]:
    if isinstance(job.instances, Known) and job.instances.value == 1:
        yield skip("runs on one instance")
        return
    instances, encrypted = need(job.instances, job.encrypted_traffic)
    if encrypted:
        yield ok("traffic between its instances is encrypted", instances=instances, encrypted_traffic=True)
    elif instances is None:
        yield cannot_tell(TrainingJob.instances, "AWS gives no number of instances of the job", reason=Reason.NO_DATA)
    else:
        yield flag("traffic between its {instances} instances is not encrypted", instances=instances, encrypted_traffic=False)


def cases() -> Iterator[Case[TrainingJob]]:
    one, eight, groups = Known(1), Known(8), Known(None)
    yes, no = Known(True), Known(False)
    yield passes("encrypted", sample(TrainingJob, "llama-ft-3", instances=eight, encrypted_traffic=yes))
    yield passes("groups of instances, encrypted", sample(TrainingJob, "mixed-1", instances=groups, encrypted_traffic=yes))
    yield fails("eight instances in the clear", sample(TrainingJob, "llama-ft-4", instances=eight, encrypted_traffic=no))
    yield skips("one instance", sample(TrainingJob, "xgboost-112", instances=one, encrypted_traffic=no))
    yield skips("one instance, the rest may not be read", sample(TrainingJob, "xgboost-113", instances=one))
    yield unknown("groups of instances", sample(TrainingJob, "mixed-2", instances=groups, encrypted_traffic=no))
    yield unknown(
        "may not be read", sample(TrainingJob, "partner", instances=denied(TrainingJob.instances), encrypted_traffic=no)
    )
