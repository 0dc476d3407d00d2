"""IAM user with an old access key

## Why it matters
An access key works until somebody turns it off. The longer it lives, the more laptops, pipelines, logs and backups hold a copy, and
the longer a leak stays useful.

## How to fix
Replace the access key by a role, or by a new key where a role is not possible, and delete the old one:

    aws iam create-access-key --user-name USER
    aws iam update-access-key --user-name USER --access-key-id OLD_KEY --status Inactive
    aws iam delete-access-key --user-name USER --access-key-id OLD_KEY

Before you deactivate the old key, give the program the new one, and wait until `aws iam get-access-key-last-used --access-key-id
OLD_KEY` no longer moves. Without keys altogether: programs on AWS assume a role, people sign in through IAM Identity Center, other
clouds and CI systems use OpenID Connect or IAM Roles Anywhere.

## When it is fine
A device that cannot be reached to change it, with permissions so narrow that a leak would not matter. Waive it with the date when the
device goes.
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
    Reason,
    Severity,
    User,
    Verdict,
    cannot_tell,
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


class KeyAge(Limits, frozen=True):
    days: int = 90
    """Days after which an active key should have been replaced. Default: CIS AWS Foundations Benchmark 7.0, 2.12, and the AWS
    control IAM.3."""


@rule(
    over=User,
    reads=(User.access_keys,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.12", "fsbp:IAM.3"),
    limits=KeyAge,
)
def check(user: User, about: Context[KeyAge]) -> Iterator[Verdict]:
    active = [key for key in need(user.access_keys) if key.active]
    if not active:
        yield ok("no active access key")
    for key in active:
        yield _judge(key, about)


def _judge(key: AccessKey, about: Context[KeyAge]) -> Verdict:
    name = f"key-{key.slot}"
    if key.last_rotated is None:
        return cannot_tell(
            User.access_keys,
            "access key {slot} is active, but AWS does not say how old it is",
            reason=Reason.NO_DATA,
            key=name,
            slot=key.slot,
        )
    age = about.days_since(key.last_rotated)
    old = age > about.limits.days
    dated = "active access key {slot} dates from {last_rotated:%Y-%m-%d} (limit: {limit} days)"
    return (flag if old else ok)(
        "active access key {slot} is {age} days old (limit {limit})" if old else dated,
        key=name,
        slot=key.slot,
        age=int(age),
        limit=about.limits.days,
        last_rotated=key.last_rotated,
        last_used=key.last_used,
        last_used_service=key.last_used_service,
    )


def cases() -> Iterator[Case[User]]:
    def key(slot: int, days: int, *, active: bool = True) -> AccessKey:
        return AccessKey(slot, active, last_rotated=CASE_TIME - timedelta(days=days), last_used=CASE_TIME, last_used_service="s3")

    def user(*keys: AccessKey) -> User:
        return sample(User, "ci-deploy", access_keys=Known(keys))

    yield passes("no key", user())
    yield passes("a young key", user(key(1, 12)))
    yield passes("an old key that is inactive", user(key(1, 800, active=False), key(2, 30)))
    yield passes("a higher limit", user(key(1, 120)), limits=KeyAge(days=180))
    yield fails("an old key", user(key(1, 412)))
    yield fails("an old key beside its replacement", user(key(1, 91), key(2, 1)))
    yield unknown("the age is not told", user(AccessKey(1, active=True)))
    yield unknown("no credential report", sample(User, "new-hire", access_keys=denied(User.access_keys)))
