"""Bucket with KMS encryption and without a Bucket Key

## Why it matters
With SSE-KMS, S3 asks KMS for a data key for every object that is written and again for every one that is read, at the price of a KMS
request each. A training run that reads millions of small files pays for millions of requests, and may run into the request quota of KMS
for everything else in the account. With an S3 Bucket Key S3 asks once in a while and derives the rest: AWS speaks of up to 99% fewer
requests.

## How to fix
Turn the Bucket Key on in the default encryption, with the same key as before:

    aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration '{"Rules": [{"BucketKeyEnabled": true,
      "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY-ARN"}}]}'

It holds for objects written from then on; copy old ones in place where they are read a lot. Policies that ask for the object's ARN in the
encryption context must ask for the bucket's instead. Console: bucket, *Properties*, *Default encryption*, *Edit*, *Bucket Key*. Terraform:
`bucket_key_enabled = true`.

## When it is fine
CloudTrail must show the use of the KMS key for each object, or the bucket holds few objects that are rarely read.
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
    skip,
    skips,
    unknown,
    unknown_money,
)


@rule(
    over=Bucket,
    reads=(Bucket.encryption,),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    encryption = need(bucket.encryption)
    if encryption is None or encryption.algorithm != "aws:kms":
        yield skip("only SSE-KMS has Bucket Keys")
    elif encryption.bucket_key:
        yield ok("the Bucket Key is on", kms_key=encryption.key)
    else:
        yield flag(
            "new objects are encrypted with {algorithm}, and the Bucket Key is off",
            saving=unknown_money("nobody counts how often S3 asks KMS for this bucket; KMS requests are on the bill of the key"),
            algorithm=encryption.algorithm,
            kms_key=encryption.key,
        )


def cases() -> Iterator[Case[Bucket]]:
    key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    def bucket(encryption: Encryption | None) -> Bucket:
        return sample(Bucket, "training-data", encryption=Known(encryption))

    yield passes("on", bucket(Encryption("aws:kms", key, bucket_key=True)))
    yield fails("off", bucket(Encryption("aws:kms", key)), saves="")
    yield fails("off, with AWS's own key", bucket(Encryption("aws:kms")))
    yield skips("two layers have none", bucket(Encryption("aws:kms:dsse", key)))
    yield skips("SSE-S3", bucket(Encryption("AES256")))
    yield skips("nothing configured", bucket(None))
    yield unknown("the encryption may not be read", sample(Bucket, "vault", encryption=denied(Bucket.encryption)))
