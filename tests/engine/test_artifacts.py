"""Which buckets training jobs write to, and which are open to the world."""

from __future__ import annotations

from auditor.engine.artifacts import bucket_of, is_sagemaker_default, open_to_the_world, takes_training_output
from auditor.engine.cases import CASE_ACCOUNT, CASE_REGION, Case, case_snapshot, denied, sample
from auditor.engine.context import Context, Limits
from auditor.model.account import Account, PublicAccessBlock
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.resource import Resource
from auditor.model.s3 import WORLD, Acl, Bucket, Grant
from auditor.model.sagemaker import TrainingJob
from auditor.model.verdict import Outcome

BUCKET = sample(Bucket, "experiments")


def takes(*jobs: Resource, unlisted: bool = False, bucket: Bucket = BUCKET) -> Fact[bool]:
    case = Case(title="", outcome=Outcome.PASS, resource=bucket, others=jobs, unlisted=(TrainingJob,) if unlisted else ())
    return takes_training_output(bucket, Context(case_snapshot(case), Limits()))


def job(output: Fact[str | None], region: str = CASE_REGION) -> TrainingJob:
    return sample(TrainingJob, "bert-041", region, output=output, checkpoint=Known(None))


def test_a_job_of_any_region_may_write() -> None:
    assert takes(job(Known("s3://experiments/bert"))) == Known(True)
    assert takes(job(Known("s3://experiments"), "us-east-1")) == Known(True)
    assert takes(job(Known("s3://experiments-old/bert")), job(Known(None), "us-east-1")) == Known(False)
    assert takes() == Known(False)


def test_one_that_is_known_to_write_is_enough() -> None:
    closed = job(denied(TrainingJob.output))
    assert takes(closed, job(Known("s3://experiments/bert"))) == Known(True)
    assert isinstance(takes(closed, job(Known("s3://models"))), Unknown)
    assert isinstance(takes(unlisted=True), Unknown)


def test_the_default_bucket_needs_no_job() -> None:
    default = sample(Bucket, f"sagemaker-{CASE_REGION}-{CASE_ACCOUNT}")
    assert takes(unlisted=True, bucket=default) == Known(True)
    assert is_sagemaker_default(default, CASE_ACCOUNT)
    assert not is_sagemaker_default(default, "999988887777")
    assert not is_sagemaker_default(sample(Bucket, default.id, "us-east-1"), CASE_ACCOUNT)


def test_addresses() -> None:
    assert [bucket_of(uri) for uri in ("s3://a/b/c", "s3://a", "a/b", "")] == ["a", "a", "a", ""]


def test_what_is_known_decides_whether_a_bucket_is_open() -> None:
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(True, True, True, True))
    world = Known(Acl("owner", (Grant(WORLD[1], "WRITE"),)))
    account = sample(Account, public_access_block=off)
    facts = {"policy_is_public": Known(True), "acl": world, "ownership": Known(None), "public_access_block": off}

    def ways(account: Account, **changes: Fact[object]) -> tuple[Fact[bool], Fact[bool]]:
        bucket = Bucket(arn="arn:aws:s3:::b", id="b", region=CASE_REGION, **{**facts, **changes})  # type: ignore[arg-type]
        return open_to_the_world(bucket, account)

    assert ways(account) == (Known(True), Known(True))
    assert ways(sample(Account, public_access_block=on), acl=denied(Bucket.acl)) == (Known(False), Known(False))
    assert ways(account, ownership=Known("BucketOwnerEnforced")) == (Known(True), Known(False))
    assert ways(account, public_access_block=denied(Bucket.public_access_block), policy_is_public=Known(False))[0] == Known(False)
    assert isinstance(ways(sample(Account))[0], Unknown)
