"""Multi-Region Access Point whose public access block is not fully on

## Why it matters
A Multi-Region Access Point is one door to buckets in several regions. S3 turns all four Block Public Access settings on for a new one, and
they can never be changed afterwards: somebody asked for less when it was made. What keeps strangers out then is its policy, and the
settings of each bucket and the account, which somebody may turn off another day.

## How to fix
Make a new Multi-Region Access Point with all four settings on, move the clients to its alias, and delete this one:

    aws s3control create-multi-region-access-point --region us-west-2 --account-id ACCOUNT --details \\
      'Name=NEW-NAME,PublicAccessBlock={BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true},Regions=[{Bucket=BUCKET},{Bucket=OTHER}]'
    aws s3control delete-multi-region-access-point --region us-west-2 --account-id ACCOUNT --details Name=NAME

Console: S3, *Multi-Region Access Points*, *Create*, and leave *Block all public access* on. Terraform:
`aws_s3control_multi_region_access_point`, block `public_access_block`.

## When it is fine
It serves a public data set on purpose.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    MultiRegionAccessPoint,
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
    over=MultiRegionAccessPoint,
    reads=(MultiRegionAccessPoint.public_access_block,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:S3.24",),
)
def check(point: MultiRegionAccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    yield block_verdict(need(point.public_access_block))


def cases() -> Iterator[Case[MultiRegionAccessPoint]]:
    def point(block: PublicAccessBlock) -> MultiRegionAccessPoint:
        return sample(MultiRegionAccessPoint, "worldwide", public_access_block=Known(block))

    yield passes("as S3 makes it", point(PublicAccessBlock(True, True, True, True)))
    yield fails("nothing is blocked", point(PublicAccessBlock()))
    yield fails("public buckets are not restricted", point(PublicAccessBlock(True, True, True)))
    yield unknown(
        "the settings may not be read",
        sample(MultiRegionAccessPoint, "vault", public_access_block=denied(MultiRegionAccessPoint.public_access_block)),
    )
