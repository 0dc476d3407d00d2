"""AWSCloudShellFullAccess attached to a user, group or role

## Why it matters
CloudShell is a shell inside the browser, with internet access and a button to download files. With AWS's policy
`AWSCloudShellFullAccess` whoever can sign in can carry data out of the account that way, past every proxy and every control on their
own machine, and install what they like to do it.

## How to fix
Detach the policy, and give those who need CloudShell one of your own that leaves out file transfer:

    aws iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess
    aws iam detach-group-policy --group-name GROUP --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess
    aws iam detach-user-policy --user-name USER --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess

In that policy allow `cloudshell:*` and deny `cloudshell:GetFileDownloadUrls` and `cloudshell:GetFileUploadUrls`. A role of IAM
Identity Center gets its policies from its permission set: change it there.

## When it is fine
A role that few administrators assume, who could take the data some other way as well. Other policies that allow `cloudshell:*`, such
as `AdministratorAccess`, are not looked at.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    AttachedPolicy,
    Audience,
    Case,
    Confidence,
    Context,
    Group,
    Known,
    Limits,
    Pillar,
    Role,
    Severity,
    User,
    Verdict,
    all_of,
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


@rule(
    over=Account,
    reads=(User.attached, Group.attached, Role.attached),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:2.20", "securityhub:IAM.27"),
)
def check(account: Account, about: Context[Limits]) -> Iterator[Verdict]:
    yield from together(*(_attached(kind, about) for kind in (User, Group, Role)))


def _attached(kind: type[User] | type[Group] | type[Role], about: Context[Limits]) -> Iterator[Verdict]:
    """One verdict for each identity of the kind that has the policy, or one for all of them when none has."""
    full = f"arn:{about.partition}:iam::aws:policy/AWSCloudShellFullAccess"

    def has_it(policies: tuple[AttachedPolicy, ...]) -> bool:
        return any(policy.arn == full for policy in policies)

    identities: tuple[User | Group | Role, ...] = need(about.all(kind))
    for one in identities:
        if isinstance(one.attached, Known) and has_it(one.attached.value):
            yield flag(
                "AWSCloudShellFullAccess is attached to {kind} {name}",
                key=one.arn,
                kind=one.NOUN,
                name=one.name,
                identity=one.arn,
                policy=full,
            )
    lacking = [one.attached.map(lambda policies: not has_it(policies)) for one in identities]
    if all_of(lacking):
        yield ok("AWSCloudShellFullAccess is attached to no {kind}", key=kind.KIND, kind=kind.NOUN, count=len(identities))


def cases() -> Iterator[Case[Account]]:
    full = AttachedPolicy("arn:aws:iam::aws:policy/AWSCloudShellFullAccess", "AWSCloudShellFullAccess")
    read = AttachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess")
    own = AttachedPolicy("arn:aws:iam::123456789012:policy/AWSCloudShellFullAccess", "AWSCloudShellFullAccess")
    account = sample(Account)
    readers = sample(Group, "readers", attached=Known((read,)))
    vault = sample(User, "vault", attached=denied(User.attached))
    yield passes("nobody there", account)
    yield passes("other policies", account, readers, sample(Role, "shell", attached=Known((own,))))
    yield fails("a user", account, readers, sample(User, "jisoo", attached=Known((full,))))
    yield fails("a group", account, sample(Group, "developers", attached=Known((read, full))))
    yield fails(
        "two roles",
        account,
        sample(Role, "admin", attached=Known((full,))),
        sample(Role, "데이터팀", attached=Known((full,))),
    )
    yield fails("a group, and one user may not be read", account, vault, sample(Group, "developers", attached=Known((full,))))
    yield unknown("one user may not be read", account, readers, vault)
    yield unknown("one group may not be read", account, sample(Group, "hidden", attached=denied(Group.attached)))
    yield unknown("one role may not be read", account, sample(Role, "hidden", attached=denied(Role.attached)))
    yield unknown("the roles may not be listed", account, readers, unlisted=(Role,))
