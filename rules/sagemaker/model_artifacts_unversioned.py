"""SageMaker model whose artefacts can be overwritten

## Why it matters
A model names its data by an S3 address, and every new instance of an endpoint fetches what lies there at that moment. In a bucket without
versioning a training job that writes to the same address, or a wrong `aws s3 cp`, replaces the model for good: instances that start later
run another one than those beside them, and nobody can go back.

## How to fix
Turn on versioning for the bucket, with a lifecycle rule that deletes noncurrent versions after some months:

    aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled

Better still, write every model to an address of its own (the training job's name is in it by default) and register it. Terraform:
`aws_s3_bucket_versioning`.

## When it is fine
Addresses are never used twice and the models can be trained again.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Model,
    Pillar,
    Severity,
    Unknown,
    Verdict,
    Versioning,
    any_of,
    bucket_of,
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

GLOBAL = "global"


@rule(
    over=Model,
    reads=(Model.artifacts, Bucket.versioning),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(model: Model, about: Context[Limits]) -> Iterator[Verdict]:
    unversioned: dict[str, Fact[bool]] = {}
    for name in sorted({bucket_of(uri) for uri in need(model.artifacts)}):
        bucket = about.get(Bucket, GLOBAL, name)
        if isinstance(bucket, Unknown):
            unversioned[name] = bucket
        elif bucket.value is not None:
            unversioned[name] = bucket.value.versioning.map(lambda versioning: versioning.status != "Enabled")
    if not unversioned:
        yield skip("none of its artefacts lies in a bucket of this account")
    elif any_of(unversioned.values()):
        bare = [name for name, fact in unversioned.items() if isinstance(fact, Known) and fact.value]
        yield flag("its artefacts lie in {buckets}, where nothing keeps old versions", buckets=", ".join(bare))
    else:
        yield ok("its artefacts lie in {buckets}, with versioning", buckets=", ".join(unversioned))


def cases() -> Iterator[Case[Model]]:
    model = sample(Model, "churn", artifacts=Known(("s3://models/churn/model.tar.gz", "s3://models/churn/code.tar.gz")))

    def bucket(status: str) -> Bucket:
        return sample(Bucket, "models", versioning=Known(Versioning(status)))

    yield passes("versioned", model, bucket("Enabled"))
    yield fails("never versioned", model, bucket("Off"))
    yield fails("suspended", model, bucket("Suspended"))
    yield skips(
        "in a bucket of AWS", sample(Model, "jumpstart", artifacts=Known(("s3://jumpstart-cache/model/",))), bucket("Off")
    )
    yield skips("no artefacts", sample(Model, "image-only", artifacts=Known(())), bucket("Off"))
    yield unknown("the versioning may not be read", model, sample(Bucket, "models", versioning=denied(Bucket.versioning)))
    yield unknown("the buckets may not be listed", model, unlisted=(Bucket,))
    yield unknown("the model may not be read", sample(Model, "vault", artifacts=denied(Model.artifacts)), bucket("Off"))
