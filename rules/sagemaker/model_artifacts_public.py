"""SageMaker model whose artefacts lie in a public bucket

## Why it matters
The model's data lie in a bucket of this account that anyone can get at: AWS judges its policy to be public, or its ACL grants something to
everyone, and no public access block stops it. A model is often the most valuable thing in an ML account, and what it was trained on can be
drawn out of it. Where strangers may write, they decide what the endpoint runs.

## How to fix
Shut the bucket at once, then look in its access logs or CloudTrail data events for who was there:

    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Give access by roles instead; an endpoint reads its model with its execution role. If strangers could write, deploy again from a copy that
you trust.

## When it is fine
The model is published on purpose, from a bucket that holds nothing else.
"""

from collections.abc import Iterator

from auditor.sdk import (
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
    Model,
    Pillar,
    PublicAccessBlock,
    Severity,
    Unknown,
    Verdict,
    any_of,
    bucket_of,
    denied,
    fails,
    flag,
    need,
    ok,
    open_to_the_world,
    passes,
    rule,
    sample,
    unknown,
)

GLOBAL = "global"


@rule(
    over=Model,
    reads=(
        Model.artifacts,
        Bucket.policy_is_public,
        Bucket.acl,
        Bucket.ownership,
        Bucket.public_access_block,
        Account.public_access_block,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(model: Model, about: Context[Limits]) -> Iterator[Verdict]:
    account = about.account.public_access_block
    if isinstance(account, Known) and account.value.restrict_public_buckets and account.value.ignore_public_acls:
        yield ok("the account keeps the public out of all its buckets")
        return
    names = sorted({bucket_of(uri) for uri in need(model.artifacts)})
    found: dict[str, tuple[Fact[bool], ...]] = {}
    for name in names:
        bucket = about.get(Bucket, GLOBAL, name)
        if isinstance(bucket, Unknown):
            found[name] = (bucket,)
        elif bucket.value is not None:
            found[name] = open_to_the_world(bucket.value, about.account)
    if any_of(fact for facts in found.values() for fact in facts):
        public = [name for name, facts in found.items() if any(isinstance(one, Known) and one.value for one in facts)]
        yield flag("its artefacts lie in {buckets}, which is public", buckets=", ".join(public), artifacts=need(model.artifacts))
    else:
        yield ok("none of its artefacts lies in a public bucket of this account", buckets=sorted(found))


def cases() -> Iterator[Case[Model]]:
    world = Known(Acl("owner", (Grant(WORLD[0], "READ"),)))
    private = Known(Acl("owner", (Grant("owner", "FULL_CONTROL"),)))
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(True, True, True, True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)
    model = sample(Model, "churn", artifacts=Known(("s3://models/churn/model.tar.gz",)))

    def bucket(
        *,
        public: bool = False,
        acl: Fact[Acl] = private,
        block: Fact[PublicAccessBlock] = off,
        ownership: Fact[str | None] = Known(None),
    ) -> Bucket:
        judged = Known(public)
        return sample(Bucket, "models", policy_is_public=judged, acl=acl, public_access_block=block, ownership=ownership)

    site = sample(
        Bucket,
        "website",
        policy_is_public=Known(True),
        acl=private,
        public_access_block=off,
        ownership=Known("BucketOwnerEnforced"),
    )
    aws, none = Known(("s3://jumpstart-cache/model/",)), Known[tuple[str, ...]](())
    yield passes("a private bucket", model, bucket(), site, account)
    yield passes("public, but the bucket blocks it", model, bucket(public=True, acl=world, block=on), site, account)
    yield passes("public, but the account blocks it", model, bucket(public=True, acl=world), strict)
    yield passes(
        "a public ACL, but ACLs are off", model, bucket(acl=world, ownership=Known("BucketOwnerEnforced")), site, account
    )
    yield passes("in a bucket of AWS", sample(Model, "jumpstart", artifacts=aws), site, account)
    yield passes("no artefacts", sample(Model, "image-only", artifacts=none), site, account)
    yield fails("a public policy", model, bucket(public=True), account)
    yield fails("a public ACL", model, bucket(acl=world), account)
    yield fails("on a website", sample(Model, "demo", artifacts=Known(("s3://website/model.tar.gz",))), site, account)
    yield unknown("the ACL may not be read", model, bucket(acl=denied(Bucket.acl)), account)
    yield unknown(
        "a public ACL, and the owner may not be read", model, bucket(acl=world, ownership=denied(Bucket.ownership)), account
    )
    yield unknown("the buckets may not be listed", model, account, unlisted=(Bucket,))
    yield unknown(
        "the model may not be read", sample(Model, "vault", artifacts=denied(Model.artifacts)), bucket(public=True), account
    )
