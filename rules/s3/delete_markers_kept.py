"""Versioned bucket whose delete markers nothing removes

## Why it matters
Deleting an object in a versioned bucket leaves a delete marker. When the versions under it are gone it stands for nothing, and stays for
ever unless a lifecycle rule removes it. Millions of them make listings slow, and each is an object more to ask about.

## How to fix
Add a lifecycle rule for the whole bucket, without tags and sizes, that removes expired delete markers:

    aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration '{"Rules": [{"ID": "markers",
      "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": true}}]}'

The command replaces all rules of the bucket: when there are others, put this one beside them. A rule that expires objects after some days
removes delete markers of that age, too.

## When it is fine
Objects are never deleted, or the markers are evidence of who deleted what.

How many there are, a report of S3 Inventory (all versions) or S3 Storage Lens tells: give it with `--inventory`.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    STATES,
    Audience,
    Bucket,
    Case,
    Confidence,
    Context,
    Expiration,
    Known,
    Lifecycle,
    LifecycleRule,
    Limits,
    NoncurrentExpiration,
    Pillar,
    Severity,
    Source,
    StorageReport,
    Verdict,
    Versioning,
    agreed,
    beside,
    counting_markers,
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

CHECKS = ("delete-markers-pile-up",)


@rule(
    over=Bucket,
    reads=(Bucket.lifecycle, Bucket.versioning, Bucket.reports),
    pillar=Pillar.COST,
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    audience=Audience.PEDANTIC,
    since="0.1",
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    lifecycle = need(bucket.lifecycle)
    if not any(r.enabled for r in lifecycle.rules):
        yield skip("no lifecycle rule is enabled")
        return
    found = agreed(
        bucket.versioning.map(lambda one: one.status),
        STATES,
        lambda status: lint_lifecycle(lifecycle, CHECKS, today=about.taken_at, versioning=status),
    )
    report = counting_markers(bucket.reports.value if isinstance(bucket.reports, Known) else (), about.taken_at)
    if report is not None:
        found = tuple(beside(one, report, {"delete_markers": report.delete_markers}) for one in found)
    yield from found or (
        ok("no lifecycle rule leaves delete markers behind", rules=[r.id for r in lifecycle.rules if r.enabled]),
    )


def cases() -> Iterator[Case[Bucket]]:
    on, never = Known(Versioning("Enabled")), Known(Versioning("Off"))
    old = LifecycleRule(id="old-versions", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30))
    tidy = LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True))
    yield passes("a rule for them", sample(Bucket, "ledger", versioning=on, lifecycle=Known(Lifecycle((old, tidy)))))
    yield passes("no versions", sample(Bucket, "scratch", versioning=never, lifecycle=Known(Lifecycle((old,)))))
    yield fails("versions go, markers stay", sample(Bucket, "models", versioning=on, lifecycle=Known(Lifecycle((old,)))))
    lens = StorageReport(source=Source.LENS, name="org", as_of=CASE_TIME - timedelta(days=2), delete_markers=4_100_000)
    yield fails(
        "and a report counts them",
        sample(Bucket, "models", versioning=on, lifecycle=Known(Lifecycle((old,))), reports=Known((lens,))),
    )
    yield skips("no rules", sample(Bucket, "data", versioning=on, lifecycle=Known(Lifecycle())))
    yield unknown("the lifecycle may not be read", sample(Bucket, "vault", versioning=on, lifecycle=denied(Bucket.lifecycle)))
    yield unknown(
        "the versioning may not be read",
        sample(Bucket, "vault", versioning=denied(Bucket.versioning), lifecycle=Known(Lifecycle((old,)))),
    )
