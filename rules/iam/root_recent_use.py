"""Root user used recently

## Why it matters
Only a handful of tasks need the root user: closing the account, some billing and support settings, undoing a policy that locks
everybody out. Any other use means work that leaves no person's name in the log and that no policy can limit, or somebody else at the
keyboard. Each use should have a known reason.

## How to fix
Find out who used the root user and what for, and give that person a role that allows the task:

    aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=Username,AttributeValue=root

Sign-ins and IAM events of the root user are recorded in us-east-1, events of regional services in their region. If nobody knows,
treat it as an incident: change the password, replace the MFA devices, delete the access keys.

## When it is fine
The task is one that needs the root user, or the account was opened within the period. Waive it with that reason until the period is
over.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Root,
    RootKey,
    Severity,
    Verdict,
    any_of,
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


class RecentUse(Limits, frozen=True):
    days: int = 90
    """Days within which a use counts as recent. Default: one quarter, our choice, as far back as CloudTrail's event history
    can tell what was done."""


@rule(
    over=Root,
    reads=(Root.password_last_used, Root.keys),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("cis-aws-7.0:2.7",),
    limits=RecentUse,
)
def check(root: Root, about: Context[RecentUse]) -> Iterator[Verdict]:
    def recent(moment: datetime | None) -> bool:
        return moment is not None and about.days_since(moment) <= about.limits.days

    # The latest of all three decides: an old sign-in must not hide a key that was used an hour ago.
    if any_of((root.password_last_used.map(recent), root.keys.map(lambda keys: any(recent(key.last_used) for key in keys)))):
        last = max(_uses(root))
        yield flag(
            "the root user was last used on {date} (limit: {limit} days)",
            date=last.date().isoformat(),
            limit=about.limits.days,
            last_used=last,
        )
        return
    need(root.password_last_used, root.keys)
    uses = _uses(root)
    if uses:
        yield ok("the root user was last used on {date}", date=max(uses).date().isoformat(), last_used=max(uses))
    else:
        yield ok("no use of the root user is on record")


def _uses(root: Root) -> list[datetime]:
    """When the password and the keys were last used, as far as that is known."""
    password = root.password_last_used.value if isinstance(root.password_last_used, Known) else None
    keys = root.keys.value if isinstance(root.keys, Known) else ()
    return [moment for moment in (password, *(key.last_used for key in keys)) if moment is not None]


def cases() -> Iterator[Case[Root]]:
    def ago(days: float) -> datetime:
        return CASE_TIME - timedelta(days=days)

    def key(slot: int, days: float | None) -> RootKey:
        return RootKey(slot, active=True, last_rotated=ago(900), last_used=None if days is None else ago(days))

    yield passes("never used", sample(Root, password_last_used=Known(None), keys=Known(())))
    yield passes("used last year", sample(Root, password_last_used=Known(ago(400)), keys=Known((key(1, None),))))
    yield fails("signed in yesterday", sample(Root, password_last_used=Known(ago(1)), keys=Known(())))
    yield fails(
        "an old sign-in, a fresh key", sample(Root, password_last_used=Known(ago(400)), keys=Known((key(1, 600), key(2, 0.1))))
    )
    yield fails("signed in, keys unknown", sample(Root, password_last_used=Known(ago(12)), keys=denied(Root.keys)))
    yield passes(
        "the limit is one day", sample(Root, password_last_used=Known(ago(12)), keys=Known(())), limits=RecentUse(days=1)
    )
    yield unknown(
        "no credential report",
        sample(Root, password_last_used=denied(Root.password_last_used), keys=denied(Root.keys)),
    )
