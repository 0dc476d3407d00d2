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
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    Versioning,
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
    reads=(Bucket.versioning,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    # Not securityhub:S3.20: that is not asked of buckets with a lifecycle configuration, which cannot have it.
    controls=("cis-aws-7.0:3.1.2",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    versioning = need(bucket.versioning)
    if versioning.status == "Enabled" and versioning.mfa_delete:
        yield ok("versioning and MFA delete are on", versioning=versioning.status, mfa_delete=True)
    else:
        yield flag(
            "MFA delete is {state} and versioning is {versioning}",
            state="on" if versioning.mfa_delete else "off",
            versioning=versioning.status.lower(),
            mfa_delete=versioning.mfa_delete,
        )


def cases() -> Iterator[Case[Bucket]]:
    yield passes("on", sample(Bucket, "audit-trail", versioning=Known(Versioning("Enabled", mfa_delete=True))))
    yield fails("versioning alone", sample(Bucket, "ledger", versioning=Known(Versioning("Enabled"))))
    yield fails("no versioning", sample(Bucket, "checkpoints", versioning=Known(Versioning("Off"))))
    yield fails("versioning is suspended", sample(Bucket, "reports", versioning=Known(Versioning("Suspended", mfa_delete=True))))
    yield unknown("the versioning may not be read", sample(Bucket, "vault", versioning=denied(Bucket.versioning)))
