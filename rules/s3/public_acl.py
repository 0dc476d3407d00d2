"""Bucket with a public ACL

## Why it matters
The bucket's access control list grants something to *AllUsers* (anyone, without credentials) or *AuthenticatedUsers* (anyone
with any AWS account, which is anyone). READ lists the names of all objects, WRITE puts objects into your bucket at your cost,
READ_ACP shows the list itself and WRITE_ACP and FULL_CONTROL let a stranger change who may do what.

The grant has no effect when ACLs are disabled (Object Ownership *bucket owner enforced*) or the bucket or the account ignores public
ACLs (Block Public Access, *IgnorePublicAcls*); then this rule passes. It looks at the bucket's ACL only: an object may have a
public ACL of its own.

## How to fix
Reset the bucket's ACL to private, which takes away every grant but the owner's, then disable ACLs:

    aws s3api put-bucket-acl --bucket BUCKET --acl private
    aws s3api put-bucket-ownership-controls --bucket BUCKET --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'

With ACLs disabled it cannot come back; give access by policy first where something relies on an ACL. Console: bucket, *Permissions*,
*Access control list (ACL)*, *Edit*, and take away what *Everyone* and *Authenticated users group* have. Terraform:
`aws_s3_bucket_ownership_controls`, `aws_s3_bucket_public_access_block`.

## When it is fine
Hardly ever. Data that is meant to be public is better opened by a bucket policy that names the actions and the prefix.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    Acl,
    Bucket,
    Case,
    Confidence,
    Context,
    Grant,
    Known,
    Limits,
    Pillar,
    PublicAccessBlock,
    Severity,
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
    unknown,
)

CONTROLS = ("fsbp:S3.2", "fsbp:S3.3", "kisa-isms-p-2023:2.10.2")
# Of public reading and public writing, the one that a permission is not about.
NOT_ABOUT = {"READ": "fsbp:S3.3", "READ_ACP": "fsbp:S3.3", "WRITE": "fsbp:S3.2", "WRITE_ACP": "fsbp:S3.2"}

WORLD = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "AuthenticatedUsers",
}


def public_grants(acl: Acl) -> list[str]:
    """The grants to the world, such as ``READ to AllUsers``."""
    return sorted({f"{grant.permission} to {WORLD[grant.grantee]}" for grant in acl.grants if grant.grantee in WORLD})


def concerned(acl: Acl) -> tuple[str, ...]:
    """The controls that the grants to the world fail."""
    permissions = {grant.permission for grant in acl.grants if grant.grantee in WORLD}
    return tuple(control for control in CONTROLS if any(NOT_ABOUT.get(permission) != control for permission in permissions))


@rule(
    over=Bucket,
    reads=(Bucket.acl, Bucket.ownership, Bucket.public_access_block, Account.public_access_block),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=CONTROLS,
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    closed = {
        "no grant of the ACL is to everyone": bucket.acl.map(lambda acl: not public_grants(acl)),
        "ACLs are disabled (BucketOwnerEnforced)": bucket.ownership.map(lambda ownership: ownership == "BucketOwnerEnforced"),
        "the account ignores public ACLs": about.account.public_access_block.map(lambda block: block.ignore_public_acls),
        "the bucket ignores public ACLs": bucket.public_access_block.map(lambda block: block.ignore_public_acls),
    }
    if any_of(closed.values()):
        yield ok("{why}", why=next(why for why, fact in closed.items() if isinstance(fact, Known) and fact.value))
    else:
        acl = need(bucket.acl)
        grants = public_grants(acl)
        yield flag("the ACL grants {what}", controls=concerned(acl), what=", ".join(grants), grants=grants)


def cases() -> Iterator[Case[Bucket]]:
    owner = Grant("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", "FULL_CONTROL")
    world = Grant("http://acs.amazonaws.com/groups/global/AllUsers", "READ")
    anyone = Grant("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "WRITE")
    logs = Grant("http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE")
    private = Known(Acl(owner.grantee, (owner, logs)))
    public = Known(Acl(owner.grantee, (owner, world, anyone)))
    enforced, preferred, unset = Known("BucketOwnerEnforced"), Known("BucketOwnerPreferred"), Known(None)
    open_, ignores = Known(PublicAccessBlock()), Known(PublicAccessBlock(ignore_public_acls=True))
    account, strict = sample(Account, public_access_block=open_), sample(Account, public_access_block=ignores)
    yield passes(
        "only the owner and log delivery",
        sample(Bucket, "payroll", acl=private, ownership=preferred, public_access_block=open_),
        account,
    )
    yield passes(
        "a public grant, but ACLs are off",
        sample(Bucket, "downloads", acl=public, ownership=enforced, public_access_block=open_),
        account,
    )
    yield passes(
        "a public grant that the bucket ignores",
        sample(Bucket, "downloads", acl=public, ownership=unset, public_access_block=ignores),
        account,
    )
    yield passes(
        "a public grant that the account ignores",
        sample(Bucket, "downloads", acl=public, ownership=unset, public_access_block=open_),
        strict,
    )
    yield passes("the account ignores public ACLs, nothing else may be read", sample(Bucket, "vault"), strict)
    yield fails(
        "everyone may list and any AWS account may write",
        sample(Bucket, "uploads", acl=public, ownership=unset, public_access_block=open_),
        account,
    )
    for permission in ("READ", "WRITE_ACP", "FULL_CONTROL"):
        one = Known(Acl(owner.grantee, (owner, Grant(world.grantee, permission))))
        yield fails(
            f"everyone has {permission}",
            sample(Bucket, "downloads", acl=one, ownership=unset, public_access_block=open_),
            account,
        )
    yield unknown(
        "a public grant, and the account's switches may not be read",
        sample(Bucket, "uploads", acl=public, ownership=preferred, public_access_block=open_),
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
    yield unknown(
        "the ACL may not be read",
        sample(Bucket, "vault", acl=denied(Bucket.acl), ownership=unset, public_access_block=open_),
        account,
    )
