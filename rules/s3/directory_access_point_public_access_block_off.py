"""Access point of a directory bucket whose public access block is not fully on

## Why it matters
Public access is blocked for access points of directory buckets unless somebody asks for less when one is made. Then only its policy keeps
strangers out, and AWS does not judge the policies of such access points to be public or not, so that nothing warns of one that is.

## How to fix
Make a new access point with all four settings on, point the clients at it, and delete this one:

    aws s3control create-access-point --account-id ACCOUNT --name NEW-NAME--ZONE--xa-s3 --bucket BUCKET \\
      --public-access-block-configuration \\
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
    aws s3control delete-access-point --account-id ACCOUNT --name ACCESS-POINT

CloudFormation: `AWS::S3Express::AccessPoint`, property `PublicAccessBlockConfiguration`.

## When it is fine
Hardly ever: what is meant for the public does not belong into a directory bucket.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    DirectoryAccessPoint,
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
    over=DirectoryAccessPoint,
    reads=(DirectoryAccessPoint.public_access_block,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(point: DirectoryAccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    yield block_verdict(need(point.public_access_block))


def cases() -> Iterator[Case[DirectoryAccessPoint]]:
    def point(block: PublicAccessBlock) -> DirectoryAccessPoint:
        return sample(DirectoryAccessPoint, "shards--apne2-az1--xa-s3", public_access_block=Known(block))

    yield passes("as S3 makes it", point(PublicAccessBlock(True, True, True, True)))
    yield fails("nothing is blocked", point(PublicAccessBlock()))
    yield fails("public policies are allowed", point(PublicAccessBlock(block_public_acls=True, ignore_public_acls=True)))
    yield unknown(
        "the settings may not be read",
        sample(
            DirectoryAccessPoint,
            "vault--apne2-az1--xa-s3",
            public_access_block=denied(DirectoryAccessPoint.public_access_block),
        ),
    )
