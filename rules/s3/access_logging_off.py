"""Bucket without server access logging

## Why it matters
After a leak the first question is who read what. CloudTrail's management events do not say: reads and writes of objects are in
the server access log or in CloudTrail data events, and neither can be made afterwards.

## How to fix
Turn on server access logging, into a log bucket in the same account and region:

    aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status \\
      '{"LoggingEnabled": {"TargetBucket": "LOG-BUCKET", "TargetPrefix": "BUCKET/"}}'

The policy of the log bucket must let `logging.s3.amazonaws.com` call `s3:PutObject`. Console: bucket, *Properties*, *Server access
logging*, *Edit*. Logging itself is free; the logs' storage is not, so let a lifecycle rule delete them. Delivery takes hours and is
best effort. Terraform: `aws_s3_bucket_logging`.

## When it is fine
CloudTrail data events record the bucket's objects, nothing in the bucket is worth asking about, or it is itself the bucket that
receives the logs: logging into itself would make logs of logs without end.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Logging,
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
    reads=(Bucket.logging,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:S3.9", "kisa-isms-p-2023:2.9.4"),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    logging = need(bucket.logging)
    if logging is None:
        yield flag("server access logging is off", logging=None)
    else:
        yield ok("server access logs go to {target}", target=f"{logging.target_bucket}/{logging.target_prefix}")


def cases() -> Iterator[Case[Bucket]]:
    yield passes("logs go to another bucket", sample(Bucket, "payroll", logging=Known(Logging("access-logs", "payroll/"))))
    yield fails("off", sample(Bucket, "training-data", logging=Known(None)))
    yield unknown("the logging may not be read", sample(Bucket, "vault", logging=denied(Bucket.logging)))
