"""Directory bucket that nothing expires from

## Why it matters
S3 Express One Zone is the dearest place in S3: a gigabyte costs several times what it does in S3 Standard. It is made for data that is
worked on now, such as the shards of a training run, and there is no colder class to move objects to: what nobody needs any more has to be
deleted. Without a lifecycle rule somebody must remember to.

## How to fix
Add a rule that expires objects after the days that a job needs them, and one that aborts uploads:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "expire",
      "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 7}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]}'

Rules of directory buckets can expire and abort, and filter by prefix and size; they know no transitions and no tags. Console: directory
bucket, *Management*, *Create lifecycle rule*. Terraform: `aws_s3_bucket_lifecycle_configuration`.

## When it is fine
The jobs that write the objects delete them, or all of them are read all the time.
"""

from collections.abc import Iterator

from auditor.sdk import (
    GB,
    Case,
    Confidence,
    Context,
    DirectoryBucket,
    Expiration,
    Fact,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Pillar,
    Series,
    Severity,
    Use,
    Verdict,
    denied,
    fails,
    flag,
    gigabytes,
    held,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    total_bytes,
    unknown,
)

CONTROLS = ("fsbp:S3.25",)


@rule(
    over=DirectoryBucket,
    reads=(DirectoryBucket.lifecycle, DirectoryBucket.sizes),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=CONTROLS,
)
def check(bucket: DirectoryBucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    enabled = [one for one in lifecycle.rules if one.enabled]
    expiring = [one for one in enabled if one.expiration is not None]
    if expiring:
        yield ok("enabled rules that expire objects: {count}", count=len(expiring), filters=[one.filter for one in expiring])
    else:
        yield flag(
            "no enabled lifecycle rule expires objects (rules in all: {count})",
            # Any enabled rule is enough for S3.25, whatever it does.
            controls=() if enabled else CONTROLS,
            cost=about.money(Use("s3-storage", bucket.region, "EXPRESS_ONEZONE", total_bytes(bucket.sizes).map(gigabytes))),
            count=len(lifecycle.rules),
        )


def cases() -> Iterator[Case[DirectoryBucket]]:
    name = "shards--apne2-az1--x-s3"
    large = held(ExpressOneZone=500 * GB)

    def bucket(*rules: LifecycleRule, sizes: Fact[tuple[Series, ...]] = large) -> DirectoryBucket:
        return sample(DirectoryBucket, name, lifecycle=Known(Lifecycle(rules)), sizes=sizes)

    expire = LifecycleRule(id="expire", enabled=True, filter=Filter(prefix="tmp/"), expiration=Expiration(days=7))
    off = LifecycleRule(id="expire", enabled=False, expiration=Expiration(days=7))
    abort = LifecycleRule(id="abort", enabled=True, abort_multipart_days=1)
    price = priced("s3-storage", "EXPRESS_ONEZONE", "0.11", "GB-month")
    yield passes("a prefix expires", bucket(expire))
    yield fails("no rules", bucket(), prices=(price,))
    yield fails("the only rule is disabled", bucket(off))
    yield fails("rules only tidy uploads, and the size is not known", bucket(abort, sizes=denied(DirectoryBucket.sizes)))
    yield fails("no rules, and CloudWatch has no size yet", bucket(sizes=Known(())))
    yield unknown("the lifecycle may not be read", sample(DirectoryBucket, name, lifecycle=denied(DirectoryBucket.lifecycle)))
