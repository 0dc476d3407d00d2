"""IAM user with a console password and no MFA

## Why it matters
The password alone opens the account, with all that the user may do. Passwords are guessed, phished and reused; a second factor is
what makes that not enough.

## How to fix
Register an MFA device for the user, or delete the password and let the person sign in through IAM Identity Center:

    aws iam delete-login-profile --user-name USER

The user registers a device in the console: account menu, *Security credentials*, *Assign MFA device*, a passkey or security key if
possible. To make sure of it, deny everything but the MFA set-up while `aws:MultiFactorAuthPresent` is false (with `BoolIfExists`).

## When it is fine
A sealed break-glass user whose second factor is elsewhere, such as a password split between two people. Waive it by name.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    User,
    Verdict,
    any_of,
    denied,
    fails,
    flag,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=User,
    reads=(User.password_enabled, User.mfa_active),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.10", "fsbp:IAM.5", "kisa-isms-p-2023:2.5.3"),
)
def check(user: User, about: Context[Limits]) -> Iterator[Verdict]:
    if any_of((user.password_enabled.map(lambda enabled: not enabled), user.mfa_active)):
        active = isinstance(user.mfa_active, Known) and user.mfa_active.value
        yield ok("an MFA device is active" if active else "no console password is enabled", mfa_active=active)
    else:
        yield flag("a console password is enabled and no MFA device is active", password_enabled=True, mfa_active=False)


def cases() -> Iterator[Case[User]]:
    on, off = Known(True), Known(False)
    yield passes("password and MFA", sample(User, "jisoo", password_enabled=on, mfa_active=on))
    yield passes("no password", sample(User, "ci-deploy", password_enabled=off, mfa_active=off))
    yield passes("no password, MFA unknown", sample(User, "ci-test", password_enabled=off, mfa_active=denied(User.mfa_active)))
    yield passes("MFA, password unknown", sample(User, "minho", password_enabled=denied(User.password_enabled), mfa_active=on))
    yield fails("password only", sample(User, "contractor", password_enabled=on, mfa_active=off))
    yield unknown("password, MFA unknown", sample(User, "new-hire", password_enabled=on, mfa_active=denied(User.mfa_active)))
