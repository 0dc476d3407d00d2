"""Multi-Region Access Point with a public policy

## Why it matters
AWS itself judges the policy of the Multi-Region Access Point to be public: some statement allows an action to anyone, or to a condition so
wide that it shuts nobody out. Where the policies of the buckets behind it leave the decision to it, whoever knows its alias gets what that
statement allows, in every region.

*RestrictPublicBuckets*, of its own or of the account, keeps strangers out in spite of it; then this rule passes. So does the setting of a
bucket for that bucket alone, which this rule does not look at.

## How to fix
Replace `"Principal": "*"` in its policy by the accounts or roles that need it, or add a condition with fixed values, such as
`aws:PrincipalOrgID`:

    aws s3control get-multi-region-access-point-policy --region us-west-2 --account-id ACCOUNT --name NAME
    aws s3control put-multi-region-access-point-policy --region us-west-2 --account-id ACCOUNT --details file://details.json

Its own public access block cannot be changed: a new one with all four settings on takes its place.

## When it is fine
A public data set, with `s3:GetObject` and nothing else allowed.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
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
    denied,
    fails,
    passes,
    policy_verdict,
    rule,
    sample,
    unknown,
)


@rule(
    over=MultiRegionAccessPoint,
    reads=(
        MultiRegionAccessPoint.policy_is_public,
        MultiRegionAccessPoint.public_access_block,
        Account.public_access_block,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(point: MultiRegionAccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    blocks = {"the access point": point.public_access_block, "the account": about.account.public_access_block}
    yield policy_verdict(point.policy_is_public, blocks)


def cases() -> Iterator[Case[MultiRegionAccessPoint]]:
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(restrict_public_buckets=True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)

    def point(block: Known[PublicAccessBlock] = off, *, public: bool = True) -> MultiRegionAccessPoint:
        return sample(MultiRegionAccessPoint, "worldwide", policy_is_public=Known(public), public_access_block=block)

    yield passes("a policy for some roles", point(public=False), account)
    yield passes("public, but it restricts itself", point(on), account)
    yield passes("public, but the account restricts it", point(), strict)
    yield fails("public, and nothing restricts it", point(), account)
    yield unknown(
        "the policy's status may not be read",
        sample(
            MultiRegionAccessPoint,
            "vault",
            policy_is_public=denied(MultiRegionAccessPoint.policy_is_public),
            public_access_block=off,
        ),
        account,
    )
    yield unknown(
        "public, and the account's switches may not be read",
        point(),
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
