"""Bucket that tells nobody of events

## Why it matters
With event notifications a queue, a function or EventBridge learns at once that an object was written, deleted or restored. A pipeline can
start by itself, and a deletion that nobody expected can raise an alarm. Some standards ask for it on every bucket.

## How to fix
Send the events to EventBridge, where rules decide what happens with them:

    aws s3api put-bucket-notification-configuration --bucket BUCKET --notification-configuration '{"EventBridgeConfiguration": {}}'

The command replaces all notifications of the bucket: when there are others, put this beside them. Events that no rule of EventBridge
matches cost nothing. Console: bucket, *Properties*, *Event notifications*. Terraform: `aws_s3_bucket_notification` with
`eventbridge = true`.

## When it is fine
Nobody would act on the events, as for most buckets; what was done can be read in CloudTrail data events or access logs afterwards.
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
    NotificationTarget,
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
    reads=(Bucket.notifications,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("securityhub:S3.11",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    targets = need(bucket.notifications)
    if targets:
        yield ok("events go to {kinds}", kinds=", ".join(sorted({one.kind for one in targets})), targets=targets)
    else:
        yield flag("no event notifications are configured", targets=targets)


def cases() -> Iterator[Case[Bucket]]:
    queue = NotificationTarget("queue", "arn:aws:sqs:ap-northeast-2:123456789012:new-images", ("s3:ObjectCreated:*",))
    bridge = NotificationTarget("eventbridge", "")
    yield passes("a queue", sample(Bucket, "raw-images", notifications=Known((queue,))))
    yield passes("EventBridge", sample(Bucket, "features", notifications=Known((bridge,))))
    yield fails("nobody", sample(Bucket, "checkpoints", notifications=Known(())))
    yield unknown("the notifications may not be read", sample(Bucket, "vault", notifications=denied(Bucket.notifications)))
