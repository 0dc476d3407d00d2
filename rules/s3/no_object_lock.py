"""Bucket without Object Lock

## Why it matters
Versioning keeps what is deleted only until somebody deletes the versions, too. Object Lock refuses that for a retention period: in
compliance mode even to the root user. It is what remains when an attacker, or a script, has full rights in the account.

## How to fix
Turn it on (versioning must be on), and give new objects a default retention:

    aws s3api put-object-lock-configuration --bucket BUCKET --object-lock-configuration \\
      '{"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}}'

It can never be turned off again, and nothing that is locked in compliance mode can be deleted before its time, whatever it costs: begin
with governance mode. Without a default retention only objects that are written with one of their own are locked; the verdict says so.
Console: bucket, *Properties*, *Object Lock*, *Edit*. Terraform: `aws_s3_bucket_object_lock_configuration`.

## When it is fine
The contents can be made again, must be deletable (personal data), or are kept safe by a copy in an account that nobody works in.
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
    ObjectLock,
    Pillar,
    Severity,
    Verdict,
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
    reads=(Bucket.object_lock,),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
    controls=("securityhub:S3.15",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lock = need(bucket.object_lock)
    if not lock.enabled:
        yield flag("Object Lock is off", enabled=False)
    elif lock.mode:
        yield ok("new objects are locked for {days} days in {mode} mode", days=lock.days, mode=lock.mode.lower())
    else:
        yield ok("Object Lock is on, for objects that are written with a retention of their own", enabled=True)


def cases() -> Iterator[Case[Bucket]]:
    yield passes("compliance for a year", sample(Bucket, "audit-trail", object_lock=Known(ObjectLock(True, "COMPLIANCE", 365))))
    yield passes("no default retention", sample(Bucket, "backups", object_lock=Known(ObjectLock(True))))
    yield fails("off", sample(Bucket, "models", object_lock=Known(ObjectLock(False))))
    yield unknown("the lock may not be read", sample(Bucket, "vault", object_lock=denied(Bucket.object_lock)))
