"""IAM user with credentials that nobody uses

## Why it matters
A password or access key that nobody uses is not missed when it is stolen. It belongs to people who left and projects that ended, and
it keeps all its permissions.

## How to fix
Delete the unused password, and deactivate and then delete the unused access key, once the owner agrees:

    aws iam delete-login-profile --user-name USER
    aws iam update-access-key --user-name USER --access-key-id KEY --status Inactive
    aws iam delete-access-key --user-name USER --access-key-id KEY

Wait a few days before you delete the key: an inactive one can be made active again if something breaks.

## When it is fine
Break-glass users, and jobs that run less often than the limit, such as a yearly export. Waive them by name.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

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
    any_of,
    cannot_tell,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    together,
    unknown,
)

# From 90 days on: that is the limit of FSBP, and our choice for ISMS-P, which names none.
FROM_90 = ("fsbp:IAM.8", "kisa-isms-p-2023:2.5.6")
NOT_YET_90 = ("cis-aws-7.0:2.11", "securityhub:IAM.22")
CONTROLS = (*NOT_YET_90, *FROM_90)


class Unused(Limits, frozen=True):
    days: int = 45
    """Days without use from which credentials should be gone. Default: CIS AWS Foundations Benchmark 7.0, 2.11, and the AWS control
    IAM.22."""


@rule(
    over=User,
    reads=(User.password_enabled, User.password_last_used, User.password_last_changed, User.access_keys),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=CONTROLS,
    limits=Unused,
)
def check(user: User, about: Context[Unused]) -> Iterator[Verdict]:
    yield from together(_password(user, about), _keys(user, about))


def _password(user: User, about: Context[Unused]) -> Iterator[Verdict]:
    """Counts from the last use; one that was never used counts from when it was made or changed."""

    def fresh(moment: datetime | None) -> bool:
        return moment is not None and about.days_since(moment) < about.limits.days

    used, changed = user.password_last_used, user.password_last_changed
    counts = changed if isinstance(used, Known) and used.value is None else used
    if any_of((user.password_enabled.map(lambda enabled: not enabled), counts.map(fresh))):
        yield ok(
            "no console password is enabled, or it was used (or made, if it never was) within {limit} days",
            key="password",
            limit=about.limits.days,
        )
        return
    made = changed.value if isinstance(changed, Known) else None
    yield _stale(need(used), made, about, name="the console password", key="password", of=User.password_last_changed)


def _keys(user: User, about: Context[Unused]) -> Iterator[Verdict]:
    active = [key for key in need(user.access_keys) if key.active]
    if not active:
        yield ok("no active access key", key="keys")
    for key in active:
        name = f"access key {key.slot}"
        yield _stale(key.last_used, key.last_rotated, about, name=name, key=f"key-{key.slot}", of=User.access_keys)


def _stale(
    used: datetime | None, changed: datetime | None, about: Context[Unused], *, name: str, key: str, of: object
) -> Verdict:
    counts = changed if used is None else used
    if counts is None:
        return cannot_tell(
            of, "{credential} is active, but AWS does not say how old it is", reason=Reason.NO_DATA, key=key, credential=name
        )
    idle = about.days_since(counts)
    if used is None:
        because = "{credential} was never used since it was made on {last_changed:%Y-%m-%d} (limit: {limit} days)"
    else:
        because = "{credential} was last used on {last_used:%Y-%m-%d} (limit: {limit} days)"
    stale = idle >= about.limits.days
    return (flag if stale else ok)(
        because,
        key=key,
        controls=NOT_YET_90 if stale and idle < 90 else CONTROLS,
        credential=name,
        idle=int(idle),
        limit=about.limits.days,
        last_used=used,
        last_changed=changed,
    )


def cases() -> Iterator[Case[User]]:
    def ago(days: int | None) -> datetime | None:
        return None if days is None else CASE_TIME - timedelta(days=days)

    def password(used: int | None, changed: int | None, *keys: AccessKey, enabled: bool = True) -> User:
        return sample(
            User,
            "jisoo",
            password_enabled=Known(enabled),
            password_last_used=Known(ago(used)),
            password_last_changed=Known(ago(changed)),
            access_keys=Known(keys),
        )

    def key(slot: int, used: int | None, made: int | None, *, active: bool = True) -> AccessKey:
        return AccessKey(slot, active, last_rotated=ago(made), last_used=ago(used))

    yield passes("signed in last week", password(7, 300))
    yield passes("a new password, not used yet", password(None, 3))
    yield passes("no password, a busy key", password(None, None, key(1, 0, 700), enabled=False))
    yield passes("an unused key that is inactive", password(7, 300, key(1, 200, 700, active=False)))
    yield passes("a higher limit", password(60, 300), limits=Unused(days=90))
    yield fails("last sign-in in spring", password(220, 300))
    yield fails("a password that was never used", password(None, 46))
    yield fails("a new password, but no sign-in since", password(60, 3))
    yield fails("exactly at the limit", password(45, 300))
    yield fails("a key that was never used", password(7, 300, key(1, None, 80), key(2, 1, 30)))
    yield fails("a key that was made active again, and is not used", password(7, 300, key(1, 200, 2)))
    yield passes("a new key, not used yet", password(7, 300, key(1, None, 10)))
    yield fails(
        "an unused key, password unknown",
        sample(
            User,
            "ci-deploy",
            password_enabled=denied(User.password_enabled),
            password_last_used=denied(User.password_last_used),
            password_last_changed=denied(User.password_last_changed),
            access_keys=Known((key(1, 120, 700),)),
        ),
    )
    never = sample(User, "minho", password_enabled=Known(True), password_last_used=Known(None), access_keys=Known(()))
    yield unknown("never used, and its age is not known", never)
    yield unknown("the key's dates are not told", password(7, 300, key(1, None, None)))
    yield unknown("no credential report", sample(User, "new-hire", access_keys=denied(User.access_keys)))
