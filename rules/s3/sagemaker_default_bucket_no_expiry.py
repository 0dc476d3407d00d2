"""SageMaker default bucket that nothing expires from

## Why it matters
SageMaker's SDK and Studio put what they are not told to put elsewhere into a bucket named after the region and the account: the source code
and output of every training job, debugger and profiler files, processed data, uploads of notebooks. Nobody chose to keep any of it, and
nobody deletes it: it is where the experiments of years pile up.

## How to fix
Move what is worth keeping to a bucket of its own, then let a lifecycle rule delete the rest after the time in which somebody may come back
to it:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "experiments",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 180},
      "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}'

Look first whether a model that is deployed has its artefacts there: an endpoint whose artefact is gone cannot start new instances. A rule
for one prefix passes; its filter is in the evidence. Console: bucket, *Management*, *Create lifecycle rule*.

## When it is fine
The bucket holds the artefacts of deployed models as well: give the prefixes of experiments an expiry, and leave the others.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    GB,
    MADE_LONG_AGO,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Fact,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Money,
    Pillar,
    Series,
    Severity,
    Transition,
    Use,
    Verdict,
    denied,
    fails,
    flag,
    held,
    is_sagemaker_default,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    storage,
    stored,
    unknown,
)


def cost(bucket: Bucket, about: Context[Limits]) -> Money:
    """What its storage is paid; unknown where its size is."""
    sizes = stored(bucket, about.taken_at)
    if isinstance(sizes, Known):
        return about.money(*storage(bucket.region, sizes.value))
    return about.money(Use("s3-storage", bucket.region, "STANDARD", sizes))


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.sizes, Bucket.created),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    if not is_sagemaker_default(bucket, about.account_id):
        yield skip("it is not the default bucket of SageMaker")
        return
    rules = need(bucket.lifecycle).rules
    expiring = [one for one in rules if one.enabled and one.expiration and not one.expiration.delete_markers]
    if expiring:
        yield ok("enabled rules that expire objects: {count}", count=len(expiring), filters=[one.filter for one in expiring])
    else:
        yield flag(
            "no enabled lifecycle rule expires what experiments leave (rules in all: {count})",
            cost=cost(bucket, about),
            count=len(rules),
        )


def cases() -> Iterator[Case[Bucket]]:
    name, large = f"sagemaker-ap-northeast-2-{CASE_ACCOUNT}", held(StandardStorage=1024 * GB)

    def bucket(*rules: LifecycleRule, id: str = name, sizes: Fact[tuple[Series, ...]] = large) -> Bucket:
        return sample(Bucket, id, lifecycle=Known(Lifecycle(rules)), sizes=sizes, created=MADE_LONG_AGO)

    expire = LifecycleRule(id="old", enabled=True, filter=Filter(prefix="hpo/"), expiration=Expiration(days=180))
    off = LifecycleRule(id="old", enabled=False, expiration=Expiration(days=180))
    tier = LifecycleRule(id="tier", enabled=True, transitions=(Transition("INTELLIGENT_TIERING", days=30),))
    markers = LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True))
    yield passes("a prefix expires", bucket(expire))
    yield fails("no rules", bucket(), prices=(priced("s3-storage", "STANDARD", "0.025", "GB-month"),))
    yield fails("the rule is disabled, and the size is not known", bucket(off, sizes=denied(Bucket.sizes)))
    yield fails("objects are moved, and stay", bucket(tier))
    yield fails("only delete markers go, and it is empty", bucket(markers, sizes=Known(())))
    yield skips("another bucket", bucket(id="training-data"))
    yield skips("the default bucket of another region", bucket(id=f"sagemaker-us-east-1-{CASE_ACCOUNT}"))
    yield unknown(
        "the lifecycle may not be read",
        sample(Bucket, name, lifecycle=denied(Bucket.lifecycle), sizes=large, created=MADE_LONG_AGO),
    )
