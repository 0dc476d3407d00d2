"""Root user with an access key

## Why it matters
An access key of the root user gives programs full power over the account, without MFA and beyond the reach of every IAM policy. It
tends to lie in a configuration file or a script. Almost nothing needs one: an IAM role does the work with limits and short-lived
credentials.

## How to fix
Sign in as the root user and delete the access key: account menu, *Security credentials*, *Access keys*.

Find out first what uses it (CloudTrail: events with the user identity type `Root`, field `accessKeyId`) and move that to a role. Then
deactivate the key, wait a few days, and delete it.

In an organisation, the management account can delete root access keys of member accounts: IAM console, *Root access management*.

## When it is fine
Never for long. An inactive key counts too, since one click makes it work again.
"""

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
    RootKey,
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


@rule(
    over=Root,
    reads=(Root.keys_present, Root.keys),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.4", "fsbp:IAM.4", "kisa-isms-p-2023:2.5.5", "kisa-isms-p-2023:2.10.2"),
)
def check(root: Root, about: Context[Limits]) -> Iterator[Verdict]:
    count = need(root.keys_present)
    if count == 0:
        yield ok("the root user has no access key")
    elif isinstance(root.keys, Known):
        yield flag("the root user has access keys: {told}", count=count, told=_told(root.keys.value), keys=root.keys.value)
    else:
        yield flag("the root user has access keys ({count})", count=count)


def _told(keys: tuple[RootKey, ...]) -> str:
    return ", ".join(f"key {key.slot} is {'active' if key.active else 'inactive'} and {_use(key)}" for key in keys)


def _use(key: RootKey) -> str:
    return "was never used" if key.last_used is None else f"was last used on {key.last_used.date().isoformat()}"


def cases() -> Iterator[Case[Root]]:
    made, used = CASE_TIME - timedelta(days=1200), CASE_TIME - timedelta(days=3)
    active = RootKey(1, active=True, last_rotated=made, last_used=used)
    inactive = RootKey(2, active=False, last_rotated=made)
    yield passes("no key", sample(Root, keys_present=Known(0), keys=Known(())))
    yield passes("no key, and no credential report", sample(Root, keys_present=Known(0), keys=denied(Root.keys)))
    yield fails("a key that is in use", sample(Root, keys_present=Known(1), keys=Known((active,))))
    yield fails("an active and an inactive key", sample(Root, keys_present=Known(2), keys=Known((active, inactive))))
    yield fails("an inactive key", sample(Root, keys_present=Known(1), keys=Known((inactive,))))
    yield fails("a key, and no credential report", sample(Root, keys_present=Known(1), keys=denied(Root.keys)))
    yield unknown("the summary may not be read", sample(Root, keys_present=denied(Root.keys_present), keys=Known((active,))))
