"""Account whose IAM password policy is weak or missing

## Why it matters
The password policy says how hard the console passwords of IAM users are to guess. Without one, AWS's default asks for no more than
eight characters and lets people go back to old passwords. Length counts for more than special characters.

## How to fix
Set an IAM password policy that asks for at least 14 characters and remembers the last 24 passwords:

    aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 \\
      --require-uppercase-characters --require-lowercase-characters --require-numbers --require-symbols \\
      --allow-users-to-change-password

Settings that are left out go back to their defaults, so give all that you want. Console: IAM, *Account settings*, *Password policy*,
*Edit*. Length and reuse are checked when a password is next changed: passwords that exist stay as they are. Terraform:
`aws_iam_account_password_policy`.

## When it is fine
No IAM user has a console password, because people sign in through IAM Identity Center or another identity provider. Setting the
policy costs nothing then, and is there when the first password is made.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    PasswordPolicy,
    Pillar,
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


class Passwords(Limits, frozen=True):
    minimum_length: int = 14
    """Characters that a password must have at least. Default: CIS AWS Foundations Benchmark 7.0, 2.8."""
    reuse_prevention: int = 24
    """Former passwords that may not be used again; AWS remembers 24 at the most. Default: CIS AWS Foundations Benchmark 7.0, 2.9."""


@rule(
    over=Account,
    reads=(Account.password_policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.8", "securityhub:IAM.15", "cis-aws-7.0:2.9", "securityhub:IAM.16"),
    limits=Passwords,
)
def check(account: Account, about: Context[Passwords]) -> Iterator[Verdict]:
    policy = need(account.password_policy)
    if policy is None:
        yield flag("no IAM password policy is set, so AWS's default applies", password_policy=None)
        return
    wanted = about.limits
    length, reuse = policy.minimum_length, policy.reuse_prevention or 0
    judge = ok if length >= wanted.minimum_length else flag
    yield judge(
        "minimum password length is {minimum_length} (wanted: {wanted})",
        key="minimum-length",
        controls=("cis-aws-7.0:2.8", "securityhub:IAM.15"),
        minimum_length=length,
        wanted=wanted.minimum_length,
    )
    judge = ok if reuse >= wanted.reuse_prevention else flag
    yield judge(
        "number of old passwords that cannot be reused is {reuse_prevention} (wanted: {wanted})",
        key="reuse-prevention",
        controls=("cis-aws-7.0:2.9", "securityhub:IAM.16"),
        reuse_prevention=reuse,
        wanted=wanted.reuse_prevention,
    )


def cases() -> Iterator[Case[Account]]:
    def account(minimum_length: int, reuse_prevention: int | None = None) -> Account:
        policy = PasswordPolicy(minimum_length=minimum_length, reuse_prevention=reuse_prevention)
        return sample(Account, password_policy=Known(policy))

    yield passes("as CIS wants it", account(minimum_length=14, reuse_prevention=24))
    yield passes("longer than needed", account(minimum_length=32, reuse_prevention=24))
    yield passes("own limits", account(minimum_length=12), limits=Passwords(minimum_length=12, reuse_prevention=0))
    yield fails("no policy", sample(Account, password_policy=Known(None)))
    yield fails("too short", account(minimum_length=8, reuse_prevention=24))
    yield fails("passwords may come back", account(minimum_length=14))
    yield unknown("the policy may not be read", sample(Account, password_policy=denied(Account.password_policy)))
