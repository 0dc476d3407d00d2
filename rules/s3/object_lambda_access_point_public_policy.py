"""Object Lambda access point with a public policy

## Why it matters
AWS itself judges the policy of the Object Lambda access point to be public: some statement allows an action to anyone, or to a condition so
wide that it shuts nobody out. Whoever calls it gets what its functions make of the objects behind it, with the permissions of the access
point below. S3 documents that all four Block Public Access settings of such an access point are on and stay so: then
*RestrictPublicBuckets* keeps strangers out in spite of the policy, and this rule passes. It is not taken for granted here, but read.

## How to fix
Replace `"Principal": "*"` in its policy by the accounts or roles that need it, or add a condition with fixed values, such as
`aws:PrincipalOrgID`:

    aws s3control get-access-point-policy-for-object-lambda --account-id ACCOUNT --name NAME --query Policy --output text > policy.json
    aws s3control put-access-point-policy-for-object-lambda --account-id ACCOUNT --name NAME --policy file://policy.json

## When it is fine
Hardly ever: what is meant for the public is better served by a distribution.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    ObjectLambdaAccessPoint,
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
    over=ObjectLambdaAccessPoint,
    reads=(
        ObjectLambdaAccessPoint.policy_is_public,
        ObjectLambdaAccessPoint.public_access_block,
        Account.public_access_block,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(point: ObjectLambdaAccessPoint, about: Context[Limits]) -> Iterator[Verdict]:
    blocks = {"the access point": point.public_access_block, "the account": about.account.public_access_block}
    yield policy_verdict(point.policy_is_public, blocks)


def cases() -> Iterator[Case[ObjectLambdaAccessPoint]]:
    off, on = Known(PublicAccessBlock()), Known(PublicAccessBlock(True, True, True, True))
    account, strict = sample(Account, public_access_block=off), sample(Account, public_access_block=on)

    def point(block: Known[PublicAccessBlock], *, public: bool = True) -> ObjectLambdaAccessPoint:
        return sample(ObjectLambdaAccessPoint, "redacted", policy_is_public=Known(public), public_access_block=block)

    yield passes("a policy for some roles", point(off, public=False), account)
    yield passes("public, but it restricts itself, as AWS documents", point(on), account)
    yield passes("public, but the account restricts it", point(off), strict)
    yield fails("public, and nothing restricts it", point(off), account)
    yield unknown(
        "the policy's status may not be read",
        sample(
            ObjectLambdaAccessPoint,
            "vault",
            policy_is_public=denied(ObjectLambdaAccessPoint.policy_is_public),
            public_access_block=off,
        ),
        account,
    )
    yield unknown(
        "public, and its own settings may not be read",
        sample(
            ObjectLambdaAccessPoint,
            "redacted",
            policy_is_public=Known(True),
            public_access_block=denied(ObjectLambdaAccessPoint.public_access_block),
        ),
        account,
    )
    yield unknown(
        "public, and the account's switches may not be read",
        point(off),
        sample(Account, public_access_block=denied(Account.public_access_block)),
    )
