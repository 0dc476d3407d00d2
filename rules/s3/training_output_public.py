"""Bucket of training output that anyone can get at

## Why it matters
Training jobs write their models, checkpoints and source code into the bucket, or it is the one that SageMaker makes for all of that; and
AWS judges its policy to be public, or its ACL grants something to everyone, with no public access block in the way. What a model was
trained on can be drawn out of it, source code comes with secrets, and where strangers may write, they decide what is deployed next.

## How to fix
Shut the bucket at once, then look in its access logs or CloudTrail data events for who was there:

    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Publish what shall be public from a bucket that no job writes to. If strangers could write, train or deploy again from what you trust.

## When it is fine
Hardly ever. Results that are published on purpose belong into a bucket of their own.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    WORLD,
    Account,
    Acl,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Grant,
    Known,
    Limits,
    Pillar,
    PublicAccessBlock,
    Severity,
    TrainingJob,
    Verdict,
    all_of,
    denied,
    either,
    fails,
    flag,
    is_sagemaker_default,
    ok,
    open_to_the_world,
    passes,
    rule,
    sample,
    takes_training_output,
    unknown,
)


@rule(
    over=Bucket,
    reads=(
        Bucket.policy_is_public,
        Bucket.acl,
        Bucket.ownership,
        Bucket.public_access_block,
        Account.public_access_block,
        TrainingJob.output,
        TrainingJob.checkpoint,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    ways = open_to_the_world(bucket, about.account)
    written, opened = takes_training_output(bucket, about), either(ways)
    if not all_of((written, opened)):
        closed = isinstance(opened, Known) and not opened.value
        said = "neither its policy nor its ACL lets the world in" if closed else "no training job writes to it"
        policy, acl = (way.value if isinstance(way, Known) else None for way in ways)
        yield ok(said, policy=policy, acl=acl)
    else:
        by = [name for name, way in zip(("policy", "ACL"), ways, strict=True) if isinstance(way, Known) and way.value]
        yield flag(
            "training jobs write to it, and anyone can get at it by its {by}",
            by=" and its ".join(by),
            sagemaker_default=is_sagemaker_default(bucket, about.account_id),
        )


def cases() -> Iterator[Case[Bucket]]:
    world = Known(Acl("owner", (Grant(WORLD[0], "READ"),)))
    private = Known(Acl("owner", (Grant("owner", "FULL_CONTROL"),)))
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(True, True, True, True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)

    def bucket(
        id: str = "experiments",
        *,
        public: bool = False,
        acl: Fact[Acl] = private,
        block: Fact[PublicAccessBlock] = off,
        ownership: Fact[str | None] = Known(None),
    ) -> Bucket:
        judged = Known(public)
        return sample(Bucket, id, policy_is_public=judged, acl=acl, public_access_block=block, ownership=ownership)

    def job(output: Fact[str | None], checkpoint: Fact[str | None] = Known(None)) -> TrainingJob:
        return sample(TrainingJob, "bert-041", output=output, checkpoint=checkpoint)

    writes, elsewhere = job(Known("s3://experiments/bert")), job(Known("s3://models"))
    saves = job(Known("s3://models"), Known("s3://experiments/checkpoints"))
    default = f"sagemaker-ap-northeast-2-{CASE_ACCOUNT}"
    yield passes("private", bucket(), writes, account)
    yield passes("public, but the bucket blocks it", bucket(public=True, acl=world, block=on), writes, account)
    yield passes("public, but the account blocks it", bucket(public=True, acl=world), writes, strict)
    yield passes("a public ACL, but ACLs are off", bucket(acl=world, ownership=Known("BucketOwnerEnforced")), writes, account)
    yield fails("a public policy", bucket(public=True), writes, account)
    yield fails("a public ACL, and checkpoints", bucket(acl=world), saves, account)
    yield fails("the default bucket, whatever jobs there are", bucket(default, public=True), account, unlisted=(TrainingJob,))
    yield passes("private, and the jobs may not be listed", bucket(), account, unlisted=(TrainingJob,))
    yield passes("public, but no job writes to it", bucket(public=True), elsewhere, account)
    yield passes("no job writes to it, and the ACL may not be read", bucket(acl=denied(Bucket.acl)), elsewhere, account)
    yield unknown("a job may not be read", bucket(public=True), job(denied(TrainingJob.output)), account)
    yield unknown("the jobs may not be listed", bucket(public=True), account, unlisted=(TrainingJob,))
    yield unknown("the ACL may not be read", bucket(acl=denied(Bucket.acl)), writes, account)
    yield unknown(
        "public, and the account's switches may not be read",
        bucket(public=True),
        writes,
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
