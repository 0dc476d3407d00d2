"""Root user used for everyday work

## Why it matters
Work on several days, or many changes, is not an emergency: somebody works as the root user. Nothing limits what a slip or a stolen
session can do there, and the log shows "root" instead of a person.

## How to fix
Give the person or program that works as root a role for those tasks, through IAM Identity Center or `sts:AssumeRole`.

The services and event names in the evidence say what the role has to allow. Then put the root credentials away. The same events:

    aws cloudtrail lookup-events --region REGION --lookup-attributes AttributeKey=Username,AttributeValue=root

In an organisation, a service control policy that denies what the root user does in member accounts
(`"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}`) stops it for good.

## When it is fine
The account was set up within the period and nobody else existed yet.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Root,
    RootEvent,
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


class HeavyUse(Limits, frozen=True):
    window: int = 30
    """Days that are looked at, 90 at the most: CloudTrail's event history is that long. Default: our choice."""
    active_days: int = 3
    """Days (UTC) with at least one event that make it everyday work. Default: our choice."""
    changes: int = 10
    """Events that change something, sign-ins aside, that make it everyday work. Default: our choice."""


@rule(
    over=Root,
    reads=(Root.events,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("cis-aws-7.0:2.7", "kisa-isms-p-2023:2.5.2", "kisa-isms-p-2023:2.5.5"),
    limits=HeavyUse,
)
def check(root: Root, about: Context[HeavyUse]) -> Iterator[Verdict]:
    limits = about.limits
    # What AWS does on the root user's behalf is nobody's work.
    events = [e for e in need(root.events) if not e.by_service and about.days_since(e.time) <= limits.window]
    days = len({event.time.date() for event in events})
    changes = Counter(f"{e.source} {e.name}" for e in events if not e.read_only and e.source != "signin.amazonaws.com")
    if days >= limits.active_days or changes.total() >= limits.changes:
        yield flag(
            "the root user was active on {days} of the last {window} days (changes made: {changes})",
            days=days,
            changes=changes.total(),
            window=limits.window,
            services=sorted({event.source for event in events}),
            regions=sorted({event.region for event in events}),
            most_frequent=dict(sorted(changes.items(), key=lambda item: (-item[1], item[0]))[:10]),
        )
    else:
        yield ok(
            "the root user was active on {days} of the last {window} days (changes made: {changes})",
            days=days,
            changes=changes.total(),
            window=limits.window,
        )


def cases() -> Iterator[Case[Root]]:
    def event(days: float, name: str, *, read_only: bool = False, by_service: bool = False) -> RootEvent:
        source = "signin.amazonaws.com" if name == "ConsoleLogin" else "iam.amazonaws.com"
        time = CASE_TIME - timedelta(days=days)
        return RootEvent(
            time, "us-east-1", source, name, read_only, by_service, mfa_used=True if name == "ConsoleLogin" else None
        )

    yield passes("no event", sample(Root, events=Known(())))
    yield passes(
        "one sign-in", sample(Root, events=Known((event(6, "ConsoleLogin"), event(6, "GetAccountSummary", read_only=True))))
    )
    yield passes(
        "AWS did it", sample(Root, events=Known(tuple(event(n, "RotateKey", by_service=True) for n in range(20, 0, -1))))
    )
    yield passes("long ago", sample(Root, events=Known(tuple(event(40 + n, "CreateUser") for n in range(12, 0, -1)))))
    yield fails(
        "three days, only looking", sample(Root, events=Known(tuple(event(n, "ListUsers", read_only=True) for n in (9, 5, 2))))
    )
    yield fails("ten changes in one hour", sample(Root, events=Known(tuple(event(1 - n / 500, "CreateUser") for n in range(10)))))
    yield unknown("one region may not be read", sample(Root, events=denied(Root.events)))
