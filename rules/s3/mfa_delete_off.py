"""Bucket without MFA delete

## Why it matters
Versioning keeps deleted objects, but whoever may delete *versions* or suspend versioning can still destroy everything. With MFA
delete both need a one-time code of an MFA device as well. CIS and several other standards ask for it.

## How to fix
Turn on MFA delete with the root user's access key; the console cannot do it, and versioning must be on:

    aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled,MFADelete=Enabled \\
      --mfa "SERIAL-NUMBER-OR-ARN-OF-THE-DEVICE CODE"

Only the root user may do it. Make the access key for this one command and delete it right afterwards. A bucket with MFA delete cannot
have a lifecycle configuration: old versions are then never tidied away by themselves.

## When it is fine
Nearly always. Object Lock, or a copy in an account that nobody works in, protects better and does not need the root user. A
bucket with lifecycle rules cannot have it.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Pillar,
    Severity,
    Unknown,
    Verdict,
    Versioning,
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

CIS = "cis-aws-7.0:3.1.2"
SECURITY_HUB = "securityhub:S3.20"
"""It is not asked of buckets with a lifecycle configuration, which cannot have MFA delete."""


@rule(
    over=Bucket,
    reads=(Bucket.versioning, Bucket.lifecycle),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=(CIS, SECURITY_HUB),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    versioning = need(bucket.versioning)
    if versioning.status == "Enabled" and versioning.mfa_delete:
        yield ok("versioning and MFA delete are on", versioning=versioning.status, mfa_delete=True)
    else:
        asked = bucket.lifecycle.map(lambda lifecycle: not lifecycle.rules and not versioning.mfa_delete)
        yield flag(
            "MFA delete is {state} and versioning is {versioning}",
            controls=(CIS, SECURITY_HUB) if isinstance(asked, Known) and asked.value else (CIS,),
            state="on" if versioning.mfa_delete else "off",
            versioning=versioning.status.lower(),
            mfa_delete=versioning.mfa_delete,
        )
        if isinstance(asked, Unknown) and not versioning.mfa_delete:
            yield cannot_tell(
                Bucket.lifecycle,
                "whether it has a lifecycle configuration, with which it cannot have MFA delete, is not known",
                reason=asked.reason,
                key="lifecycle",
                controls=(SECURITY_HUB,),
            )


def cases() -> Iterator[Case[Bucket]]:
    def bucket(versioning: Fact[Versioning], lifecycle: Fact[Lifecycle] = Known(Lifecycle())) -> Bucket:
        return sample(Bucket, "ledger", versioning=versioning, lifecycle=lifecycle)

    tidy = Known(Lifecycle((LifecycleRule(id="uploads", enabled=True, abort_multipart_days=7),)))
    alone = Known(Versioning("Enabled"))
    yield passes("on", bucket(Known(Versioning("Enabled", mfa_delete=True))))
    yield fails("versioning alone", bucket(alone))
    yield fails("versioning alone, and lifecycle rules", bucket(alone, tidy))
    yield fails("versioning alone, and the lifecycle may not be read", bucket(alone, denied(Bucket.lifecycle)))
    yield fails("no versioning", bucket(Known(Versioning("Off"))))
    yield fails("versioning is suspended", bucket(Known(Versioning("Suspended", mfa_delete=True))))
    yield unknown("the versioning may not be read", bucket(denied(Bucket.versioning)))
