"""Bucket with a lifecycle rule that does not do what it says

## Why it matters
A rule is there, enabled, and an action of it never takes place: the objects are deleted before they would move, another rule has moved
them to a class from which no way leads back, the filter lets nothing through, or the bucket has no versions. Whoever reads the rule
believes in a saving that does not come. Each finding shows an object under all rules of the bucket, and what happens to it day by day.

## How to fix
Remove the action, or mend what stands in its way. To try the rules before they are put:

    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > lifecycle.json
    awsaudit lifecycle lifecycle.json
    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration file://lifecycle.json

The answer holds `TransitionDefaultMinimumObjectSize` beside `Rules`; give that with the option of the same name, not in the file.

That hardly any key begins with a prefix is only likely from how it looks. `--also prefix-probes`, or `also = ["prefix-probes"]` under
`[collect]` in `awsaudit.toml`, asks S3 whether anything lies under it, at a call for each prefix.

## When it is fine
The rule is meant for later, such as for a versioning that is not yet turned on.
"""

from collections.abc import Iterator, Mapping

from auditor.sdk import (
    STATES,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Filter,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    Pillar,
    Severity,
    Transition,
    Verdict,
    Versioning,
    agreed,
    denied,
    fails,
    lint_lifecycle,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)

CHECKS = (
    "impossible-transition",
    "transition-after-expiry",
    "noncurrent-ladder",
    "transition-overruled",
    "repeated-transition",
    "shadowed-rule",
    "filter-never-matches",
    "prefix-unlikely",
    "noncurrent-without-versioning",
)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    surer_with=(Bucket.objects_under, Bucket.versions_under),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    enabled = [r.id for r in lifecycle.rules if r.enabled]
    if not enabled:
        yield skip("no lifecycle rule is enabled")
        return
    found = agreed(
        bucket.versioning.map(lambda one: one.status),
        STATES,
        lambda status: lint_lifecycle(
            lifecycle, CHECKS, today=about.taken_at, versioning=status, bucket=bucket.name, probed=bucket
        ),
    )
    yield from found or (ok("every action of its enabled lifecycle rules ({count}) can take place", count=len(enabled)),)


def cases() -> Iterator[Case[Bucket]]:
    on, never = Known(Versioning("Enabled")), Known(Versioning("Off"))
    ladder = LifecycleRule(
        id="tier",
        enabled=True,
        transitions=(Transition("STANDARD_IA", days=30), Transition("GLACIER", days=90)),
        expiration=Expiration(days=365),
    )
    late = LifecycleRule(id="archive", enabled=True, filter=Filter(prefix="tmp/"), transitions=(Transition("GLACIER", days=60),))
    tmp = LifecycleRule(id="tmp", enabled=True, filter=Filter(prefix="tmp/"), expiration=Expiration(days=14))
    climbs = LifecycleRule(id="warm", enabled=True, transitions=(Transition("STANDARD_IA", days=120),))
    old = LifecycleRule(id="old-versions", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30))
    slash = LifecycleRule(id="logs", enabled=True, filter=Filter(prefix="/logs/"), expiration=Expiration(days=30))
    yield passes("a ladder", sample(Bucket, "training-data", versioning=never, lifecycle=Known(Lifecycle((ladder,)))))
    yield passes("versions of a versioned bucket", sample(Bucket, "ledger", versioning=on, lifecycle=Known(Lifecycle((old,)))))
    yield fails(
        "moved after they are deleted", sample(Bucket, "features", versioning=never, lifecycle=Known(Lifecycle((late, tmp))))
    )
    yield fails("moved up again", sample(Bucket, "archive", versioning=never, lifecycle=Known(Lifecycle((ladder, climbs)))))
    yield fails("versions where there are none", sample(Bucket, "scratch", versioning=never, lifecycle=Known(Lifecycle((old,)))))
    yield fails(
        "a leading slash, whatever the versioning",
        sample(Bucket, "logs", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((slash,)))),
    )
    never_saw = Known[Mapping[str, bool]]({"/logs/": False})
    yield fails(
        "a leading slash, and no object lies under it",
        sample(Bucket, "logs", versioning=never, lifecycle=Known(Lifecycle((slash,))), objects_under=never_saw),
    )
    many = Known[Mapping[str, bool]]({"other/": True})
    yield fails(
        "a leading slash, beyond those that were asked about",
        sample(Bucket, "logs", versioning=never, lifecycle=Known(Lifecycle((slash,))), objects_under=many),
    )
    yield passes(
        "a leading slash, and objects lie under it",
        sample(Bucket, "logs", versioning=never, lifecycle=Known(Lifecycle((slash,))), objects_under=Known({"/logs/": True})),
    )
    markers = LifecycleRule(
        id="markers", enabled=True, filter=Filter(prefix="/logs/"), expiration=Expiration(delete_markers=True)
    )
    yield fails(
        "a leading slash, and neither versions nor markers lie under it",
        sample(Bucket, "logs", versioning=on, lifecycle=Known(Lifecycle((markers,))), versions_under=never_saw),
    )
    yield passes(
        "a leading slash, and delete markers lie under it",
        sample(Bucket, "logs", versioning=on, lifecycle=Known(Lifecycle((markers,))), versions_under=Known({"/logs/": True})),
    )
    yield unknown(
        "a leading slash, and the objects may not be listed",
        sample(
            Bucket, "vault", versioning=never, lifecycle=Known(Lifecycle((slash,))), objects_under=denied(Bucket.objects_under)
        ),
    )
    off = LifecycleRule(id="tier", enabled=False, transitions=(Transition("GLACIER", days=90),))
    yield skips("all rules are disabled", sample(Bucket, "models", versioning=on, lifecycle=Known(Lifecycle((off,)))))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=on, lifecycle=denied(Bucket.lifecycle)))
    yield unknown(
        "it takes versions, and the versioning may not be read",
        sample(Bucket, "vault", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((old,)))),
    )
