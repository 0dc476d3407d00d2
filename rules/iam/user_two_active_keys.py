"""IAM user with two active access keys

## Why it matters
The second slot is there for the days of a change. Two keys that both stay active are two secrets to lose, and usually a change that
was begun and never finished: the old key still works everywhere it ever was.

## How to fix
Deactivate the access key that is no longer used, wait a few days, and delete it:

    aws iam list-access-keys --user-name USER
    aws iam get-access-key-last-used --access-key-id KEY
    aws iam update-access-key --user-name USER --access-key-id KEY --status Inactive
    aws iam delete-access-key --user-name USER --access-key-id KEY

If both are used, two programs share one user: give each a role, or at least a user of its own.

## When it is fine
While a key is being replaced.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    AccessKey,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    User,
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


@rule(
    over=User,
    reads=(User.access_keys,),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("cis-aws-6.0:2.12",),
)
def check(user: User, about: Context[Limits]) -> Iterator[Verdict]:
    active = [key for key in need(user.access_keys) if key.active]
    if len(active) < 2:
        yield ok("active access keys: {count}", count=len(active))
    else:
        yield flag("active access keys: {count}", count=len(active), keys=active)


def cases() -> Iterator[Case[User]]:
    first = AccessKey(1, active=True, last_rotated=CASE_TIME - timedelta(days=300), last_used=CASE_TIME - timedelta(days=1))
    second = AccessKey(2, active=True, last_rotated=CASE_TIME - timedelta(days=200))
    off = AccessKey(2, active=False, last_rotated=CASE_TIME - timedelta(days=200))
    yield passes("no key", sample(User, "jisoo", access_keys=Known(())))
    yield passes("one active, one inactive", sample(User, "ci-test", access_keys=Known((first, off))))
    yield fails("both active", sample(User, "ci-deploy", access_keys=Known((first, second))))
    yield unknown("no credential report", sample(User, "new-hire", access_keys=denied(User.access_keys)))
