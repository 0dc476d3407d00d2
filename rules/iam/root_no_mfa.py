"""Root user without MFA

## Why it matters
The root user can do everything in the account, and no IAM policy of the account can limit it. Without multi-factor authentication
its password alone, or access to its mailbox to reset that password, is enough to take the account over.

## How to fix
Sign in as the root user and assign an MFA device: account menu, *Security credentials*, *Assign MFA device*.

Register a second device as well, in case the first is lost: the root user can have up to eight. No IAM user or role can do it for
the root user.

In an organisation, the management account can take the root user's credentials away from member accounts altogether: IAM console,
*Root access management*.

## When it is fine
The root user has neither password nor access key, because root access is managed centrally: then there is nothing to sign in with.
The rule does not apply to such an account.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Root,
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
    skip,
    skips,
    unknown,
)


@rule(
    over=Root,
    reads=(Root.mfa_enabled, Root.keys_present, Account.summary),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    # Without any device there is no hardware device either; root-virtual-mfa is about what kind it is.
    controls=(
        "cis-aws-7.0:2.5",
        "cis-aws-7.0:2.6",
        "fsbp:IAM.6",
        "securityhub:IAM.9",
        "kisa-isms-p-2023:2.5.3",
        "kisa-isms-p-2023:2.10.2",
    ),
)
def check(root: Root, about: Context[Limits]) -> Iterator[Verdict]:
    if need(root.mfa_enabled):
        yield ok("MFA is enabled")
        return
    # Absent from the answer of older endpoints: only a known 0 says that there is no password.
    passwords = about.account.summary.map(lambda summary: summary.get("AccountPasswordPresent"))
    if any_of((passwords.map(lambda count: count != 0), root.keys_present.map(lambda count: count > 0))):
        yield flag(
            "no MFA device is enabled for the root user",
            mfa_enabled=False,
            passwords=passwords.value if isinstance(passwords, Known) else None,
            keys=root.keys_present.value if isinstance(root.keys_present, Known) else None,
        )
    else:
        yield skip("the root user has no password and no access key", passwords=0, keys=0)


def cases() -> Iterator[Case[Root]]:
    off, on = Known(False), Known(True)
    password = sample(Account, summary=Known({"AccountMFAEnabled": 0, "AccountPasswordPresent": 1}))
    central = sample(Account, summary=Known({"AccountMFAEnabled": 0, "AccountPasswordPresent": 0}))
    silent = sample(Account, summary=Known({"AccountMFAEnabled": 0}))
    yield passes("MFA is on", sample(Root, mfa_enabled=on), password)
    yield fails("a password and no MFA", sample(Root, mfa_enabled=off), password)
    yield fails("AWS does not tell about the password", sample(Root, mfa_enabled=off), silent)
    yield fails("no password, but a key", sample(Root, mfa_enabled=off, keys_present=Known(1)), central)
    yield skips("root access is managed centrally", sample(Root, mfa_enabled=off, keys_present=Known(0)), central)
    yield unknown("the summary may not be read", sample(Root, mfa_enabled=denied(Root.mfa_enabled)), password)
    yield unknown(
        "off, but there may be no password", sample(Root, mfa_enabled=off), sample(Account, summary=denied(Account.summary))
    )
