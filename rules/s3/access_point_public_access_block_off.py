"""Access point whose public access block is not fully on

## Why it matters
An access point is a door to a bucket with a policy of its own. S3 turns all four Block Public Access settings on for a new one, and they
can never be changed afterwards: somebody asked for less when it was made. What keeps strangers out then is its policy, and the settings of
the bucket and the account, which somebody may turn off another day.

## How to fix
Make a new access point with all four settings on, point the clients at it, and delete this one:

    aws s3control create-access-point --account-id ACCOUNT --name NEW-NAME --bucket BUCKET \\
      --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
    aws s3control delete-access-point --account-id ACCOUNT --name ACCESS-POINT

Console: S3, *Access points*, *Create access point*, and leave *Block all public access* on. Terraform: `aws_s3_access_point`, block
`public_access_block_configuration`.

## When it is fine
The access point serves a public data set on purpose.
"""

from collections.abc import Iterator

from auditor.sdk import (
    AccessPoint,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    PublicAccessBlock,
    Severity,
    Verdict,
    block_verdict,
    denied,
    fails,
    need,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=AccessPoint,
    reads=(AccessPoint.public_access_block,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:S3.19",),
)
def check(point: AccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    yield block_verdict(need(point.public_access_block))


def cases() -> Iterator[Case[AccessPoint]]:
    def point(block: PublicAccessBlock) -> AccessPoint:
        return sample(AccessPoint, "training-data-readers", public_access_block=Known(block))

    yield passes("as S3 makes it", point(PublicAccessBlock(True, True, True, True)))
    yield fails("nothing is blocked", point(PublicAccessBlock()))
    yield fails("public policies are allowed", point(PublicAccessBlock(block_public_acls=True, ignore_public_acls=True)))
    yield unknown(
        "the settings may not be read", sample(AccessPoint, "vault", public_access_block=denied(AccessPoint.public_access_block))
    )
