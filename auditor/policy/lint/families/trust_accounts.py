"""Who of AWS is let in: anybody, other accounts, principals that are gone or named twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.sets import asks_about, binds
from auditor.policy.lint.texts import everything
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown
from auditor.source.shape import Path

TRUST_ANYONE = Check(
    id="trust-open-to-anybody",
    level=Level.SECURITY,
    title="role that anybody can take",
    why="A principal of any account in the world can take the role and has its permissions.",
    source="IAM User Guide: AWS JSON policy elements: Principal",
)
ALLOW_ANYONE = Check(
    id="resource-open-to-anybody",
    level=Level.SECURITY,
    title="resource that anybody can use",
    why="Every account in the world, and for some services also requests without credentials, may do what the statement allows.",
    source="IAM User Guide: AWS JSON policy elements: Principal",
)
EXTERNAL_ID = Check(
    id="trust-account-without-external-id",
    level=Level.SUGGESTION,
    title="role for another account without an external id",
    why="If the other account serves several customers, one of them can have it take this role. An external id prevents that.",
    source="IAM User Guide: Access to AWS accounts owned by third parties",
)
TWICE = Check(
    id="redundant-principal",
    level=Level.SUGGESTION,
    title="principal that is named twice",
    why="The number of an account and the ARN of its root are the same principal; the second changes nothing.",
    source="IAM User Guide: AWS JSON policy elements: Principal",
)
CROSS_PARTITION = Check(
    id="cross-partition-principal",
    level=Level.WARNING,
    title="principal of another partition than the resource",
    why="Partitions (aws, aws-cn, aws-us-gov) share no identities: the principal can never make such a request.",
    source="AWS Fault Isolation Boundaries: Partitions",
)

CHECKS = (TRUST_ANYONE, ALLOW_ANYONE, EXTERNAL_ID, TWICE, CROSS_PARTITION)
KINDS = (Kind.RESOURCE, Kind.TRUST)

WHO = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourcevpcarn",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:principaltag/",
    "iam:resourcetag/",
    "kms:calleraccount",
    "kms:viaservice",
    "lambda:eventsourcetoken",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "aws:referer",
    "elasticfilesystem:accessedviamounttarget",
    "sts:externalid",
)
"""Keys, in lower case, that say who asks or from where; how well is for the exact analysis, not for the linter."""
_ACCOUNT = re.compile(r"(?:arn:[^:]+:iam::)?([0-9]{12})(?::root)?\Z")
_OF_ACCOUNT = re.compile(r"(?:arn:([^:]+):(?:iam|sts)::)?([0-9]{12})(?::.*)?\Z", re.DOTALL)


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Principals of AWS in policies that have some."""
    assumes = table.expand("sts:AssumeRole")
    for clause in policy.clauses:
        principals = clause.principals()
        aws = (*principals.get("*", ()), *principals.get("AWS", ()))
        yield from _twice(aws)
        yield from _partitions(policy, clause, aws)
        if not clause.allows:
            continue
        yield from _anyone(policy, clause, aws)
        if policy.kind is Kind.TRUST and any(table.expand(pattern) & assumes for _, pattern in clause.actions):
            yield from _strangers(policy, clause, aws)


def _anyone(policy: Policy, clause: Clause, aws: tuple[tuple[Path, str], ...]) -> Iterator[Found]:
    if binds(clause, WHO):
        return
    for path, name in aws:
        if everything(name):
            if policy.kind is Kind.TRUST:
                yield Found(
                    TRUST_ANYONE,
                    path,
                    f"{shown(name)} lets principals of any account take this role",
                    '"Principal": {"AWS": "arn:aws:iam::<account>:role/<role>"}',
                )
            else:
                yield Found(
                    ALLOW_ANYONE,
                    path,
                    f"{shown(name)} lets anybody do this, and no condition says who",
                    'name the principals, or add "Condition": {"StringEquals": {"aws:PrincipalOrgID": "<your organisation>"}}',
                )
            return


def _strangers(policy: Policy, clause: Clause, aws: tuple[tuple[Path, str], ...]) -> Iterator[Found]:
    own = policy.attached_to.split(":")[4] if policy.attached_to.count(":") >= 5 else ""
    if asks_about(clause, WHO) or asks_about(clause, ("aws:multifactorauthpresent", "aws:multifactorauthage")):
        return
    for path, name in aws:
        found = _ACCOUNT.match(name) if not own else _OF_ACCOUNT.match(name)
        account = found.group(found.re.groups) if found else ""
        if account and account != own:
            yield Found(
                EXTERNAL_ID,
                path,
                f"the account {shown(account)} can take this role without an external id{'' if own else ', if it is another account'}",
                'add "Condition": {"StringEquals": {"sts:ExternalId": "<agreed with the other side>"}}',
            )


def _twice(aws: tuple[tuple[Path, str], ...]) -> Iterator[Found]:
    if len(aws) < 2:
        return
    seen: set[str] = set()
    for path, name in aws:
        account = _ACCOUNT.match(name)
        same = account.group(1) if account else name
        if same not in seen:
            seen.add(same)
            continue
        message = f"{shown(name, 70)} is in the list already"
        yield Found(TWICE, path, message, f'remove "{name}"', Edit(path, remove=True))


def _partitions(policy: Policy, clause: Clause, aws: tuple[tuple[Path, str], ...]) -> Iterator[Found]:
    texts = [policy.attached_to, *(text for _, text in clause.resources)]
    here = {text.split(":", 2)[1] for text in texts if text.startswith("arn:aws") and text.count(":") >= 5}
    if len(here) != 1 or "*" in next(iter(here)) or "$" in next(iter(here)):
        return
    mine = next(iter(here))
    for path, name in aws:
        if (
            name.startswith("arn:aws")
            and name.count(":") >= 5
            and name.split(":", 2)[1] != mine
            and "*" not in name.split(":", 2)[1]
        ):
            yield Found(
                CROSS_PARTITION,
                path,
                f"{shown(name, 70)} is of another partition than `{mine}`, so it can never ask for this",
                f'"arn:{mine}:{name.split(":", 2)[2]}"',
            )
