"""Bucket with objects that are open to everyone by their own ACL

## Why it matters
An object has an access control list of its own: whoever may write it can grant READ to *AllUsers*, and then anyone who knows or guesses its
address reads it, without credentials, however private the bucket's own policy and ACL look. Such grants come from old upload scripts with
`--acl public-read`, one object at a time, and nobody sees them.

Where ACLs are disabled (Object Ownership *bucket owner enforced*), or the bucket or the account ignores public ACLs, no such grant counts,
and this rule passes without a look at objects.

## How to fix
Disable ACLs for the whole bucket, or have public ones ignored; both take away the access at once:

    aws s3api put-bucket-ownership-controls --bucket BUCKET --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
    aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

Look first who relies on it; what shall be public is better opened by a bucket policy that names its prefix. Which objects it is, is not
kept, for names of objects are data; an S3 Inventory with the field *Object Access Control List* lists them all.

This rule is judged only when ACLs of objects are read, at a call for each: `--also object-acls`, or `also = ["object-acls"]` under
`[collect]` in `awsaudit.toml`. Only the first 50 objects of a bucket are looked at, by their names: when none of them is public and there
are more, that is no proof, and the verdict is unknown. Of an object only the current version is: an older one has an ACL of its own, which
counts for those who ask for it by its version id.

## When it is fine
The objects are published on purpose, and nobody can put others beside them.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    ObjectAcls,
    Pillar,
    PublicAccessBlock,
    Reason,
    Severity,
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
    unknown,
)


@rule(
    over=Bucket,
    reads=(Bucket.object_acls, Bucket.ownership, Bucket.public_access_block, Account.public_access_block),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    closed = {
        "ACLs are disabled (BucketOwnerEnforced)": bucket.ownership.map(lambda ownership: ownership == "BucketOwnerEnforced"),
        "the account ignores public ACLs": about.account.public_access_block.map(lambda block: block.ignore_public_acls),
        "the bucket ignores public ACLs": bucket.public_access_block.map(lambda block: block.ignore_public_acls),
    }
    why = next((why for why, fact in closed.items() if isinstance(fact, Known) and fact.value), None)
    if why is not None:
        yield ok("{why}", why=why)
        return
    acls = need(bucket.object_acls)
    if acls.public:
        need(*closed.values())
        yield flag(
            "objects that are open to everyone by their ACL: {public} of the first {read} ({grants})",
            public=acls.public,
            read=acls.read,
            grants=", ".join(acls.grants),
            objects_by_grant=acls.grants,
            all_objects=acls.complete,
        )
    elif acls.complete and not acls.refused:
        yield ok("no ACL of an object in it is public ({read} objects)", read=acls.read)
    else:
        more = "there are more" if not acls.complete else "the others may not be read"
        yield cannot_tell(
            Bucket.object_acls,
            "none of {read} sampled objects is public by its ACL, but {more}",
            reason=acls.why or Reason.NO_DATA,
            read=acls.read,
            more=more,
            refused=acls.refused,
        )


def cases() -> Iterator[Case[Bucket]]:
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(ignore_public_acls=True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)
    private, part = ObjectAcls(read=12, public=0), ObjectAcls(read=50, public=0, complete=False)
    some = ObjectAcls(read=50, public=3, grants={"READ to AllUsers": 3}, complete=False)
    theirs = ObjectAcls(read=10, public=0, refused=2, why=Reason.DENIED)

    def bucket(acls: Fact[ObjectAcls], ownership: Fact[str | None] = Known(None), block: Fact[PublicAccessBlock] = off) -> Bucket:
        return sample(Bucket, "downloads", object_acls=acls, ownership=ownership, public_access_block=block)

    unasked = sample(Bucket, "a").object_acls
    yield passes("all objects are private", bucket(Known(private)), account)
    yield passes("an empty bucket", bucket(Known(ObjectAcls(read=0, public=0))), account)
    yield passes("ACLs are disabled, so none was read", bucket(unasked, Known("BucketOwnerEnforced")), account)
    yield passes("the bucket ignores them", bucket(unasked, block=on), account)
    yield passes("the account ignores them", bucket(Known(some)), strict)
    yield passes("all are private, whatever the owner", bucket(Known(private), denied(Bucket.ownership)), account)
    yield fails("three of the first fifty are public", bucket(Known(some), Known("ObjectWriter")), account)
    yield unknown("none of the first fifty, and there are more", bucket(Known(part)), account)
    yield unknown("none, but two may not be read", bucket(Known(theirs)), account)
    yield unknown("the objects may not be listed", bucket(denied(Bucket.object_acls)), account)
    yield unknown("three are public, and the owner is not known", bucket(Known(some), denied(Bucket.ownership)), account)
    yield unknown(
        "three are public, and the bucket's switches are not known",
        bucket(Known(some), block=denied(Bucket.public_access_block)),
        account,
    )
    yield unknown(
        "three are public, and the account's switches are not known",
        bucket(Known(some)),
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
