"""Access point with a public policy

## Why it matters
AWS itself judges the policy of the access point to be public: some statement allows an action to anyone, or to a condition so wide that
it shuts nobody out. Where the bucket's policy leaves the decision to its access points, which is how they are meant to be used, whoever
knows the access point's name or alias gets what that statement allows. The bucket's own settings look closed all the while.

*RestrictPublicBuckets* of the access point, the bucket or the account keeps strangers out in spite of it; then this rule passes, but the
policy opens the door on the day the settings of the bucket and the account are turned off.

## How to fix
Replace `"Principal": "*"` in the policy of the access point by the accounts or roles that need it, or add a condition with fixed values,
such as `aws:PrincipalOrgID` or `aws:SourceVpce`:

    aws s3control get-access-point-policy --account-id ACCOUNT --name ACCESS-POINT --query Policy --output text > policy.json
    aws s3control put-access-point-policy --account-id ACCOUNT --name ACCESS-POINT --policy file://policy.json

The access point's own block cannot be changed: a new one with all four settings on takes its place.

## When it is fine
A public data set, with `s3:GetObject` and nothing else allowed.
"""

from collections.abc import Iterator

from auditor.sdk import (
    AccessPoint,
    Account,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Pillar,
    PointBucket,
    PublicAccessBlock,
    Reason,
    Severity,
    Unknown,
    Verdict,
    denied,
    fails,
    passes,
    policy_verdict,
    rule,
    sample,
    unknown,
)

GLOBAL = "global"


def block_of_bucket(point: AccessPoint, about: Context[Limits]) -> Fact[PublicAccessBlock]:
    """The settings of the bucket behind the access point: unknown for a bucket of another account. Behind a file system there is none."""
    if isinstance(point.bucket, Unknown):
        return point.bucket
    behind = point.bucket.value
    if behind is None:
        return Known(PublicAccessBlock())
    found = about.get(Bucket, GLOBAL, behind.name)
    if isinstance(found, Unknown):
        return found
    return found.value.public_access_block if found.value else denied(Bucket.public_access_block).because(Reason.NO_DATA)


@rule(
    over=AccessPoint,
    reads=(
        AccessPoint.policy_is_public,
        AccessPoint.public_access_block,
        AccessPoint.bucket,
        Bucket.public_access_block,
        Account.public_access_block,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(point: AccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    behind = point.bucket.value if isinstance(point.bucket, Known) else None
    blocks = {
        "the access point": point.public_access_block,
        "the account": about.account.public_access_block,
        "the bucket": block_of_bucket(point, about),
    }
    yield policy_verdict(point.policy_is_public, blocks, bucket=behind.name if behind else None)


def cases() -> Iterator[Case[AccessPoint]]:
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(restrict_public_buckets=True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)
    bucket, closed = sample(Bucket, "datasets", public_access_block=off), sample(Bucket, "datasets", public_access_block=on)
    public, behind = Known(True), Known(PointBucket("datasets"))

    def point(block: Known[PublicAccessBlock] = off, judged: Known[bool] = public) -> AccessPoint:
        return sample(AccessPoint, "readers", policy_is_public=judged, public_access_block=block, bucket=behind)

    yield passes("a policy for some roles", point(judged=Known(False)), account, bucket)
    yield passes("public, but it restricts itself", point(on), account, bucket)
    yield passes("public, but the bucket restricts it", point(), account, closed)
    yield passes("public, but the account restricts it", point(), strict, bucket)
    yield fails("public, and nothing restricts it", point(), account, bucket)
    files = sample(AccessPoint, "files", policy_is_public=public, public_access_block=off, bucket=Known(None))
    yield fails("a public door to a file system", files, account)
    theirs = Known(PointBucket("their-data", "999988887777"))
    yield unknown(
        "public, to a bucket of another account",
        sample(AccessPoint, "readers", policy_is_public=public, public_access_block=off, bucket=theirs),
        account,
        bucket,
    )
    yield unknown("public, and the buckets may not be listed", point(), account, unlisted=(Bucket,))
    yield unknown(
        "the policy's status may not be read",
        sample(
            AccessPoint,
            "vault",
            policy_is_public=denied(AccessPoint.policy_is_public),
            public_access_block=off,
            bucket=Known(PointBucket("datasets")),
        ),
        account,
        bucket,
    )
    yield unknown(
        "public, and the account's switches may not be read",
        point(),
        sample(Account, public_access_block=denied(Account.public_access_block)),
        bucket,
    )
    yield unknown(
        "public, and it is not known what is behind it",
        sample(AccessPoint, "readers", policy_is_public=public, public_access_block=off),
        account,
        bucket,
    )
