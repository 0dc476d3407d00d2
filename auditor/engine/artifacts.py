"""Buckets in which SageMaker keeps what was trained: which those are, and whether anyone can get at one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.engine.context import Context
from auditor.model.account import Account
from auditor.model.fact import Fact, Known, Missing, Unknown, all_of, any_of
from auditor.model.s3 import WORLD, Bucket
from auditor.model.sagemaker import TrainingJob


def bucket_of(uri: str) -> str:
    """The bucket of an S3 URI."""
    return uri.removeprefix("s3://").partition("/")[0]


def is_sagemaker_default(bucket: Bucket, account_id: str) -> bool:
    """The name is the one that SageMaker's SDK and Studio give to the bucket that they make (SageMaker Python SDK, ``default_bucket``)."""
    return bucket.id == f"sagemaker-{bucket.region}-{account_id}"


def takes_training_output(bucket: Bucket, about: Context[Any]) -> Fact[bool]:
    """A training job of those that were listed writes its models or checkpoints into the bucket, or it is SageMaker's default bucket.

    Reads ``TrainingJob.output`` and ``TrainingJob.checkpoint``."""
    if is_sagemaker_default(bucket, about.account_id):
        return Known(True)
    near = about.all(TrainingJob, bucket.region)
    if isinstance(near, Known) and _written_by(near.value, bucket) == Known(True):
        return Known(True)
    jobs = about.all(TrainingJob)
    return jobs if isinstance(jobs, Unknown) else _written_by(jobs.value, bucket)


def _written_by(jobs: Iterable[TrainingJob], bucket: Bucket) -> Fact[bool]:
    """As :func:`either` of every address of every job. Asked for each bucket, so it makes no fact of each address."""
    unknown: Unknown | None = None
    for job in jobs:
        for uri in (job.output, job.checkpoint):
            if isinstance(uri, Unknown):
                unknown = uri if unknown is None else unknown
            elif uri.value is not None and bucket_of(uri.value) == bucket.id:
                return Known(True)
    return Known(False) if unknown is None else unknown


def open_to_the_world(bucket: Bucket, account: Account) -> tuple[Fact[bool], Fact[bool]]:
    """Anyone can get at the bucket by its policy, as AWS judges it; by its ACL.

    Reads ``policy_is_public``, ``acl``, ``ownership`` and ``public_access_block`` of the bucket, and that of the account."""
    blocks = (account.public_access_block, bucket.public_access_block)
    by_policy = both((bucket.policy_is_public, *(block.map(lambda one: not one.restrict_public_buckets) for block in blocks)))
    by_acl = both(
        (
            bucket.acl.map(lambda acl: any(grant.grantee in WORLD for grant in acl.grants)),
            bucket.ownership.map(lambda ownership: ownership != "BucketOwnerEnforced"),
            *(block.map(lambda one: not one.ignore_public_acls) for block in blocks),
        )
    )
    return by_policy, by_acl


def both(facts: Iterable[Fact[bool]]) -> Fact[bool]:
    """All of them, as a fact."""
    try:
        return Known(all_of(facts))
    except Missing as missing:
        return missing.unknowns[0]


def either(facts: Iterable[Fact[bool]]) -> Fact[bool]:
    """Any of them, as a fact."""
    try:
        return Known(any_of(facts))
    except Missing as missing:
        return missing.unknowns[0]
