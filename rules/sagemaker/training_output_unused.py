"""Training job whose model nobody uses

## Why it matters
Every training job leaves a `model.tar.gz` behind, and hyperparameter searches leave hundreds. This one is weeks old, and no model of
SageMaker in the region names it. What is never deployed is usually never deleted either, and large models are large files.

## How to fix
Delete the outputs of jobs whose results nobody wants, and let a lifecycle rule do it for the prefix of experiments from now on:

    aws s3 rm --recursive s3://BUCKET/PREFIX/JOB/

Register what is worth keeping as a model, or in the model registry.

Whether the artefact is still there, and what it is paid, is asked at a call for each job: `--also artifact-sizes`, or
`also = ["artifact-sizes"]` under `[collect]` in `awsaudit.toml`.

## When it is fine
The artefact is used without a SageMaker model: batch scripts, another account, a model registry, or a paper that must be reproducible.
Only jobs of the last 90 days are looked at.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from auditor.sdk import (
    CASE_TIME,
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Model,
    Money,
    Pillar,
    Reason,
    Severity,
    StoredArtifact,
    TrainingJob,
    Unknown,
    Use,
    Verdict,
    any_of,
    bucket_of,
    denied,
    fails,
    flag,
    gigabytes,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    unknown,
    unknown_money,
)


class Thresholds(Limits, frozen=True):
    days: float = 30
    """Days since the job ended in which somebody may still want to deploy it. Ours."""


@rule(
    over=TrainingJob,
    reads=(TrainingJob.status, TrainingJob.ended, TrainingJob.artifact, Model.artifacts, Bucket),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
    limits=Thresholds,
    surer_with=(TrainingJob.stored_artifact,),
)
def check(job: TrainingJob, about: Context[Thresholds]) -> Iterator[Verdict]:
    none = any_of(
        (
            job.status.map(lambda status: status != "Completed"),
            job.ended.map(lambda ended: ended is None),
            job.artifact.map(lambda artifact: artifact is None),
        )
    )
    ended, artifact = (None, None) if none else need(job.ended, job.artifact)
    if ended is None or artifact is None:
        yield skip("the job made no model")
        return
    age = about.days_since(ended)
    if age < about.limits.days:
        yield ok("the job ended {age} days ago", age=round(age, 1), artifact=artifact)
        return
    users = [model for model in need(about.all(Model, job.region)) if uses(model.artifacts, artifact)]
    if users:
        yield ok("used by {models}", models=", ".join(model.id for model in users), artifact=artifact)
        return
    need(*(model.artifacts for model in need(about.all(Model, job.region))))
    stored = job.stored_artifact
    asked = not (isinstance(stored, Unknown) and stored.reason is Reason.NOT_COLLECTED)
    kept = None
    # Where it is many objects under a prefix, S3 says nothing of the whole: then it goes by what the job said.
    if asked and not (isinstance(stored, Unknown) and stored.reason is Reason.NO_DATA):
        kept = need(stored)
        if kept is None:
            yield ok("what it made {age} days ago is no current object any more", age=round(age), artifact=artifact)
            return
    yield flag(
        "no model uses what it made {age} days ago",
        saving=stored_money(artifact, kept, about) if kept else unknown_money("the size of what it made was not read"),
        age=round(age),
        artifact=artifact,
        gb=float(round(gigabytes(kept.bytes), 3)) if kept else None,
    )


def stored_money(artifact: str, kept: StoredArtifact, about: Context[Thresholds]) -> Money:
    """What it is paid in a month, where its bucket is: that may be another region than the job's. It is a part of the bucket, so that no
    total counts it in what the bucket as a whole could save, too."""
    bucket = about.get(Bucket, "global", bucket_of(artifact))
    if isinstance(bucket, Unknown):
        return unknown_money("", bucket)
    if bucket.value is None:
        return unknown_money("its bucket is not in this account, so its region is not known")
    name = f"{bucket.value.arn}/{artifact.removeprefix('s3://').partition('/')[2]}"
    return about.money(Use("s3-storage", bucket.value.region, kept.storage_class, gigabytes(kept.bytes), of=name))


def uses(artifacts: Fact[tuple[str, ...]], artifact: str) -> bool:
    """A model is known to name the artefact, or a prefix that it lies under."""
    return isinstance(artifacts, Known) and any(
        artifact == uri or (uri.endswith("/") and artifact.startswith(uri)) for uri in artifacts.value
    )


def cases() -> Iterator[Case[TrainingJob]]:
    made = "s3://sagemaker-ap-northeast-2-123456789012/hpo-17/output/model.tar.gz"
    long_ago, lately = Known(CASE_TIME.replace(month=9)), Known(CASE_TIME.replace(day=12))

    def job(
        ended: Fact[datetime | None] = long_ago, artifact: Fact[str | None] = Known(made), status: Fact[str] = Known("Completed")
    ) -> TrainingJob:
        return sample(TrainingJob, "hpo-17", status=status, ended=ended, artifact=artifact)

    def model(*artifacts: str) -> Model:
        return sample(Model, "ranker", artifacts=Known(artifacts))

    closed = sample(Model, "vault", artifacts=denied(Model.artifacts))
    yield passes("a model uses it", job(), model(made))
    yield passes("a model uses what lies under its prefix", job(), model(made.removesuffix("model.tar.gz")))
    yield passes("a model uses it, another may not be read", job(), model(made), closed)
    yield passes("it ended ten days ago", job(lately))
    yield passes("it may be two months old", job(), limits=Thresholds(days=90))

    def now(stored: Fact[StoredArtifact | None]) -> TrainingJob:
        done = Known("Completed")
        return sample(TrainingJob, "hpo-17", status=done, ended=long_ago, artifact=Known(made), stored_artifact=stored)

    large = Known(StoredArtifact(40 * 2**30, "STANDARD"))
    yield passes("somebody has deleted it", now(Known(None)))
    prices = (priced("s3-storage", "STANDARD", "0.025", "GB-month"),)
    bucket = sample(Bucket, "sagemaker-ap-northeast-2-123456789012")
    elsewhere = msgspec.structs.replace(bucket, region="eu-west-1")
    yield fails("no model at all, and its size is known", now(large), bucket, prices=prices, saves="1")
    yield fails("no model at all, and its bucket is in a region without a price", now(large), elsewhere, prices=prices, saves="")
    yield fails("no model at all, and its bucket is another account's", now(large), prices=prices, saves="")
    yield fails("no model at all, and the buckets may not be listed", now(large), unlisted=(Bucket,), prices=prices, saves="")
    many = denied(TrainingJob.stored_artifact).because(Reason.NO_DATA)
    yield fails("no model at all, and many objects under a prefix", now(many), saves="")
    yield fails("no model at all", job(), saves="")
    yield fails("another model", job(), model("s3://models/churn/model.tar.gz"))
    yield skips("it failed", job(status=Known("Failed"), artifact=Known(None)))
    yield skips("it runs", job(Known(None), Known(None), Known("InProgress")))
    yield unknown("whether it is still there may not be asked", now(denied(TrainingJob.stored_artifact)))
    yield unknown("a model may not be read", job(), model("s3://models/churn/model.tar.gz"), closed)
    yield unknown("the models may not be listed", job(), unlisted=(Model,))
    yield unknown("what it made is not known", job(artifact=denied(TrainingJob.artifact)))
    yield unknown("when it ended is not known", job(ended=denied(TrainingJob.ended)))
    yield unknown("how it ended is not known", job(status=denied(TrainingJob.status)))
