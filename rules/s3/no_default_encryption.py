"""Bucket without default encryption

## Why it matters
Without default encryption, an object is stored in the clear unless each writer asks for encryption. Amazon S3 itself has
encrypted every new object since January 2023 and answers `AES256` (SSE-S3) where nothing is configured, so this should never be
seen in AWS: if it is, the answer came from an emulator or from a snapshot of that time.

## How to fix
Set the bucket's default encryption to SSE-S3, or to SSE-KMS where a KMS key is asked for:

    aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration \\
      '{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}'

It applies to new objects; those that are already there stay as they were written until each is copied onto itself. Console:
bucket, *Properties*, *Default encryption*, *Edit*. Terraform: `aws_s3_bucket_server_side_encryption_configuration`.

## When it is fine
Never in AWS. In an emulator, always.
"""

from collections.abc import Iterator

from auditor.sdk import (
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


@rule(
    over=Bucket,
    reads=(Bucket.encryption,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.7.1",),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    encryption = need(bucket.encryption)
    if encryption is None:
        yield flag("no default encryption is set", algorithm=None)
    else:
        yield ok("new objects are encrypted with {algorithm}", algorithm=encryption.algorithm)


def cases() -> Iterator[Case[Bucket]]:
    yield passes("what S3 does by itself", sample(Bucket, "training-data", encryption=Known(Encryption("AES256"))))
    yield passes("AWS's key", sample(Bucket, "reports", encryption=Known(Encryption("aws:kms", bucket_key=True))))
    yield fails("nothing configured", sample(Bucket, "emulated", encryption=Known(None)))
    yield unknown("the encryption may not be read", sample(Bucket, "vault", encryption=denied(Bucket.encryption)))
