"""Root user with a virtual MFA device

## Why it matters
A virtual device (an authenticator app) keeps its secret on a phone, where it can be copied, backed up to a cloud or phished as a
six-digit code. A security key or passkey cannot be used on a look-alike page, and a hardware token cannot be copied. For the one
identity that nothing can limit, the stronger kind is worth it.

## How to fix
Assign a security key, passkey or hardware token to the root user, and then remove the virtual device.

Sign in as the root user, account menu, *Security credentials*, *Assign MFA device*, and choose *Passkey or security key* or *Hardware
TOTP token*. Register two and keep them in different places. As long as the virtual device is there, it can be used to sign in.

## When it is fine
A virtual device is far better than none. Keep it if your threats and your auditors do not ask for hardware.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Root,
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
    skip,
    skips,
    unknown,
)


@rule(
    over=Root,
    reads=(Root.mfa_enabled, Root.virtual_mfa),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:2.6", "fsbp:IAM.6"),
)
def check(root: Root, about: Context[Limits]) -> Iterator[Verdict]:
    if not need(root.mfa_enabled):
        yield skip("MFA is not enabled")
    elif need(root.virtual_mfa):
        yield flag("a virtual MFA device is assigned to the root user", arn=root.arn)
    else:
        yield ok("MFA is enabled, and not with a virtual device", arn=root.arn)


def cases() -> Iterator[Case[Root]]:
    on, off = Known(True), Known(False)
    yield passes("a security key", sample(Root, mfa_enabled=on, virtual_mfa=off))
    yield fails("an authenticator app", sample(Root, mfa_enabled=on, virtual_mfa=on))
    yield skips("no MFA", sample(Root, mfa_enabled=off, virtual_mfa=off))
    yield skips("no MFA, and the devices may not be listed", sample(Root, mfa_enabled=off, virtual_mfa=denied(Root.virtual_mfa)))
    yield unknown("the devices may not be listed", sample(Root, mfa_enabled=on, virtual_mfa=denied(Root.virtual_mfa)))
