"""Bucket with a lifecycle rule under whose prefix nothing lies

## Why it matters
The rule is enabled, and no key of the bucket begins with its prefix: right now it does nothing. A letter too many in a prefix, or a folder
that was renamed, and objects are kept for years that somebody believes to be tidied up. It is what S3 answered, not a guess.

## How to fix
See what there is at the top of the bucket, and mend the prefix or remove the rule:

    aws s3api list-objects-v2 --bucket BUCKET --delimiter / --query CommonPrefixes
    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET

This rule is judged only when S3 is asked about the prefixes, at a call for each: `--also prefix-probes`, or
`also = ["prefix-probes"]` under `[collect]` in `awsaudit.toml`. Of one bucket 20 prefixes are asked about, and 20 more for rules on
noncurrent versions; those that were not are in the evidence.

## When it is fine
The rule deletes what comes within a day or so, and nothing has come lately; or what it is meant for is yet to come.
"""

from collections.abc import Iterator, Mapping

from auditor.sdk import (
    Audience,
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
    Missing,
    NoncurrentExpiration,
    Pillar,
    Severity,
    Unknown,
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
    something_under,
    unknown,
)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.objects_under, Bucket.versions_under),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    prefixed = [one for one in need(bucket.lifecycle).rules if one.enabled and one.filter.prefix]
    under = {number: something_under(one, bucket) for number, one in enumerate(prefixed)}
    if all(fact is None for fact in under.values()):
        yield skip("no enabled lifecycle rule has a prefix under which S3 was to be asked for objects or versions")
        return
    empty = [prefixed[number] for number, fact in under.items() if isinstance(fact, Known) and not fact.value]
    if empty:
        yield flag(
            "lifecycle rules under whose prefixes nothing lay on {asked}: {count}",
            asked=about.taken_at.date(),
            count=len(empty),
            rules=[{"rule": one.id, "prefix": one.filter.prefix} for one in empty],
            not_asked=[prefixed[number].filter.prefix for number, fact in under.items() if fact is None],
        )
        return
    unknowns = [fact for fact in under.values() if isinstance(fact, Unknown)]
    if unknowns:
        raise Missing(unknowns)
    beyond = [prefixed[number].filter.prefix for number, fact in under.items() if fact is None]
    yield ok(
        "something lies under the prefix of each lifecycle rule that was asked about ({count})",
        count=len(prefixed) - len(beyond),
        not_asked=beyond,
    )


def cases() -> Iterator[Case[Bucket]]:
    def tidy(id: str, prefix: str | None, *, enabled: bool = True) -> LifecycleRule:
        return LifecycleRule(id=id, enabled=enabled, filter=Filter(prefix=prefix), expiration=Expiration(days=30))

    logs, typo, whole = tidy("logs", "logs/"), tidy("temporary", "tpm/"), tidy("all", None)
    old = LifecycleRule(
        id="old", enabled=True, filter=Filter(prefix="models/"), noncurrent_expiration=NoncurrentExpiration(days=30)
    )
    uploads = LifecycleRule(id="uploads", enabled=True, filter=Filter(prefix="raw/"), abort_multipart_days=7)
    none = Known[Mapping[str, bool]]({})

    def bucket(
        *rules: LifecycleRule, objects: Fact[Mapping[str, bool]] = none, versions: Fact[Mapping[str, bool]] = none
    ) -> Bucket:
        return sample(Bucket, "training-data", lifecycle=Known(Lifecycle(rules)), objects_under=objects, versions_under=versions)

    yield passes("objects under each prefix", bucket(logs, whole, objects=Known({"logs/": True})))
    yield passes("old versions of what was deleted", bucket(old, versions=Known({"models/": True})))
    yield passes("one of two was asked about", bucket(logs, typo, objects=Known({"logs/": True})))
    yield fails("a slip of the pen", bucket(logs, typo, objects=Known({"logs/": True, "tpm/": False})))
    yield fails("no version at all", bucket(old, versions=Known({"models/": False})))
    yield fails(
        "nothing under one, and the versions may not be listed",
        bucket(typo, old, objects=Known({"tpm/": False}), versions=denied(Bucket.versions_under)),
    )
    yield skips("no prefixes", bucket(whole, uploads, tidy("off", "logs/", enabled=False), objects=Known({"logs/": False})))
    yield unknown("the objects may not be listed", bucket(logs, objects=denied(Bucket.objects_under)))
    yield unknown("the versions may not be listed", bucket(old, versions=denied(Bucket.versions_under)))
    yield unknown(
        "the lifecycle may not be read",
        sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle), objects_under=none, versions_under=none),
    )
