"""Bucket whose lifecycle rules are all disabled

## Why it matters
Someone wrote lifecycle rules and they do nothing: no object is moved, expired or tidied away. Checks that only ask whether a
lifecycle configuration exists are content with it, and so is the person who remembers having set it up.

## How to fix
Enable the lifecycle rules that are still wanted, and delete the others:

    aws s3api get-bucket-lifecycle-configuration --bucket BUCKET --query '{Rules: Rules}' > lifecycle.json
    # set "Status" to "Enabled" where it is meant
    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration file://lifecycle.json

Read first what they would do: a rule that expires objects starts to delete within about a day of being enabled, also what has been due
for years. Console: bucket, *Management*, *Lifecycle rules*.

## When it is fine
The rules were switched off on purpose for a while, such as during a legal hold or a migration.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    Pillar,
    Severity,
    Transition,
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
)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle,),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    rules = need(bucket.lifecycle).rules
    enabled = [r.id for r in rules if r.enabled]
    if not rules:
        yield skip("no lifecycle rule is set")
    elif enabled:
        yield ok("enabled lifecycle rules: {enabled} of {count}", enabled=len(enabled), count=len(rules), rules=enabled)
    else:
        yield flag("none of its lifecycle rules ({count}) is enabled", count=len(rules), rules=[r.id for r in rules])


def cases() -> Iterator[Case[Bucket]]:
    tier = LifecycleRule(id="tier", enabled=False, transitions=(Transition("STANDARD_IA", days=30),))
    expire = LifecycleRule(id="expire", enabled=False, expiration=Expiration(days=365))
    abort = LifecycleRule(id="abort", enabled=True, abort_multipart_days=7)
    yield passes("one of two is enabled", sample(Bucket, "training-data", lifecycle=Known(Lifecycle((tier, abort)))))
    yield fails("both are disabled", sample(Bucket, "checkpoints", lifecycle=Known(Lifecycle((tier, expire)))))
    yield skips("no rules", sample(Bucket, "models", lifecycle=Known(Lifecycle())))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", lifecycle=denied(Bucket.lifecycle)))
