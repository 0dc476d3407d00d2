"""Bucket whose default encryption does not use a KMS key

## Why it matters
By default S3 encrypts with keys that it keeps itself (SSE-S3): whoever may read the object gets it decrypted. With a KMS key
there is a second lock: the reader also needs `kms:Decrypt` on the key, and its use can be seen in CloudTrail; disabling a customer
managed key shuts all its objects at once. Some standards ask for it; the data is encrypted either way.

## How to fix
Set the default encryption to SSE-KMS with a customer managed key, and turn on the S3 Bucket Key:

    aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration '{"Rules": [{"BucketKeyEnabled": true,
      "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY-ARN"}}]}'

First allow the key to everyone who reads and writes the bucket: other accounts and services need a statement in the key policy. The
Bucket Key saves most of the calls to KMS. Objects that are already there keep their encryption. Console: bucket, *Properties*,
*Default encryption*, *Edit*. Terraform: `aws_s3_bucket_server_side_encryption_configuration`.

## When it is fine
Nothing in the bucket needs a second lock, or it cannot have one: a bucket that receives S3 server access logs must use SSE-S3.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Encryption,
    Known,
    Limits,
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

KMS = ("aws:kms", "aws:kms:dsse")


@rule(
    over=Bucket,
    reads=(Bucket.encryption,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
    controls=("securityhub:S3.17",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    encryption = need(bucket.encryption)
    if encryption is None:
        yield flag("no default encryption is set", algorithm=None)
    elif encryption.algorithm in KMS:
        yield ok("new objects are encrypted with {algorithm}", algorithm=encryption.algorithm, kms_key=encryption.key)
    else:
        yield flag("new objects are encrypted with {algorithm}, not with a KMS key", algorithm=encryption.algorithm)


def cases() -> Iterator[Case[Bucket]]:
    key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    yield passes("a key of one's own", sample(Bucket, "payroll", encryption=Known(Encryption("aws:kms", key, bucket_key=True))))
    yield passes("AWS's KMS key", sample(Bucket, "reports", encryption=Known(Encryption("aws:kms"))))
    yield passes("two layers", sample(Bucket, "ledger", encryption=Known(Encryption("aws:kms:dsse", key))))
    yield fails("what S3 does by itself", sample(Bucket, "training-data", encryption=Known(Encryption("AES256"))))
    yield fails("nothing configured", sample(Bucket, "emulated", encryption=Known(None)))
    yield unknown("the encryption may not be read", sample(Bucket, "vault", encryption=denied(Bucket.encryption)))
