"""Bucket whose replication leaves objects out

## Why it matters
Replication is set up once and then trusted. It copies less than people think:

- Objects that are encrypted with a KMS key are left out unless the rule says otherwise (`SseKmsEncryptedObjects`). When that is the
  bucket's default encryption, nothing new is copied at all, and no error is shown.
- A rule that is disabled copies nothing, and one with a filter only what matches.
- Without delete marker replication, what is deleted here stays visible in the copy: the two drift apart. (In a backup that is often
  wanted.)

## How to fix
Edit the rules so that an enabled one covers the whole bucket, with `"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status":
"Enabled"}}` and a `ReplicaKmsKeyID` in the destination, whose key the replication role may use:

    aws s3api get-bucket-replication --bucket BUCKET --query ReplicationConfiguration > replication.json
    aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://replication.json

Then run a batch replication job for what was left out. Console: bucket, *Management*, *Replication rules*. Terraform:
`source_selection_criteria` and `delete_marker_replication` of `aws_s3_bucket_replication_configuration`.

## When it is fine
Only a part of the bucket is worth a copy, or the copy must keep what is deleted here.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Encryption,
    Fact,
    Filter,
    Known,
    Limits,
    Pillar,
    ReplicationRule,
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
    together,
    unknown,
)


def coverage(rules: tuple[ReplicationRule, ...], enabled: list[ReplicationRule]) -> Iterator[Verdict]:
    """Whether all objects are copied, and their deletion too."""
    if not enabled:
        yield flag("none of its replication rules is enabled: nothing is copied", key="disabled", rules=[one.id for one in rules])
        return
    whole = [one for one in enabled if one.filter.whole_bucket]
    if not whole:
        yield flag(
            "its replication rules copy parts of the bucket only",
            key="part",
            rules=[one.id for one in enabled],
            filters=[one.filter for one in enabled],
        )
    elif not any(one.delete_markers for one in whole):
        yield flag(
            "what is deleted here stays visible in the copy: delete markers are not copied",
            key="delete-markers",
            rules=[one.id for one in whole],
        )
    else:
        yield ok("the whole bucket is copied, with its delete markers", rules=[one.id for one in whole])


def encrypted(encryption: Fact[Encryption | None], enabled: list[ReplicationRule]) -> Iterator[Verdict]:
    """Whether objects with the bucket's default encryption are copied."""
    if all(one.kms for one in enabled) or any(one.kms and one.filter.whole_bucket for one in enabled):
        return
    default = need(encryption)
    if default is not None and default.algorithm != "AES256":
        yield flag(
            "new objects are encrypted with {algorithm}, and replication leaves those out",
            key="kms",
            algorithm=default.algorithm,
            rules=[one.id for one in enabled if not one.kms],
        )


@rule(
    over=Bucket,
    reads=(Bucket.replication, Bucket.encryption),
    pillar=Pillar.AVAILABILITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    rules = need(bucket.replication)
    if not rules:
        yield skip("nothing is replicated")
        return
    enabled = [one for one in rules if one.enabled]
    yield from together(coverage(rules, enabled), encrypted(bucket.encryption, enabled))


def cases() -> Iterator[Case[Bucket]]:
    copy = "arn:aws:s3:::ledger-copy"
    plain, kms = Known(Encryption("AES256")), Known(Encryption("aws:kms"))
    whole = ReplicationRule("all", True, copy, delete_markers=True)
    all_kms = ReplicationRule("all", True, copy, delete_markers=True, kms=True)
    markers = ReplicationRule("all", True, copy)
    part = ReplicationRule("logs", True, copy, delete_markers=True, filter=Filter(prefix="logs/"))
    off = ReplicationRule("all", False, copy, delete_markers=True)

    def bucket(*rules: ReplicationRule, encryption: Fact[Encryption | None] = plain) -> Bucket:
        return sample(Bucket, "ledger", replication=Known(rules), encryption=encryption)

    yield passes("everything", bucket(whole))
    yield passes("everything, encrypted or not", bucket(all_kms, encryption=kms))
    yield passes("everything, whatever the encryption is", bucket(all_kms, encryption=denied(Bucket.encryption)))
    yield passes("everything, nothing configured", bucket(whole, encryption=Known(None)))
    yield passes("two rules, of which one takes all", bucket(whole, all_kms, encryption=kms))
    yield fails("objects under a KMS key are left out", bucket(whole, encryption=kms))
    yield fails("delete markers are left out", bucket(markers))
    yield fails("one prefix", bucket(part))
    yield fails("disabled", bucket(off))
    yield skips("no replication", bucket())
    yield unknown("the encryption may not be read", bucket(whole, encryption=denied(Bucket.encryption)))
    yield unknown(
        "the replication may not be read", sample(Bucket, "vault", replication=denied(Bucket.replication), encryption=plain)
    )
