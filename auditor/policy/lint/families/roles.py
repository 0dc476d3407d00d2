"""Trust policies: what may stand in the policy of who may assume a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.glob import matches
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_TRUST = "IAM User Guide, Roles terms and concepts: Role trust policy"
_CHECKS = "IAM User Guide, IAM policy validation check reference"

NOTPRINCIPAL = Check(
    id="role-trust-policy-syntax-error-notprincipal",
    level=Level.ERROR,
    title="`NotPrincipal` in a trust policy",
    why="Who may assume a role is named; AWS does not save a trust policy that names who may not.",
    source=_CHECKS,
    refused=True,
)
RESOURCE = Check(
    id="role-trust-policy-syntax-error-resource",
    level=Level.ERROR,
    title="a resource in a trust policy",
    why="The role is the resource; AWS does not save a trust policy that names one.",
    source=_CHECKS,
    refused=True,
)
WILDCARD = Check(
    id="role-trust-policy-unsupported-wildcard-in-principal",
    level=Level.ERROR,
    title="`*` for the principal of a trust policy",
    why="It opens the role to everyone, whatever their account, as far as conditions do not say else.",
    source=_CHECKS,
)
FEDERATED = Check(
    id="invalid-federated-principal-syntax-in-role-trust-policy",
    level=Level.ERROR,
    title="an identity provider in another form than AWS's",
    why="A provider is named by the ARN of its SAML or OIDC provider in IAM, or by the domain of a public one.",
    source="IAM User Guide, AWS JSON policy elements: Principal",
)
MISSING_ACTION = Check(
    id="missing-action-for-condition-key",
    level=Level.ERROR,
    title="a condition on what only another action sets",
    why="Tags of a session and its source identity are set by actions of their own; without them the request is refused.",
    source="IAM User Guide, Pass session tags in AWS STS",
)
REDUNDANT = Check(
    id="redundant-principal-in-role-trust-policy",
    level=Level.SUGGESTION,
    title="a session next to the role that it is of",
    why="The role as a principal includes its sessions.",
    source=_CHECKS,
)

CHECKS = (NOTPRINCIPAL, RESOURCE, WILDCARD, FEDERATED, MISSING_ACTION, REDUNDANT)
KINDS = (Kind.TRUST,)

_PROVIDER = re.compile(r"arn:aws[a-z0-9-]*:iam::[0-9]{12}:(?:saml-provider|oidc-provider)/[^*?]+\Z")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+\Z")
_SESSION = re.compile(r"arn:([a-z0-9-]+):sts::([0-9]{12}):assumed-role/([^/]+)/.+\Z")
_ROLE = re.compile(r"arn:([a-z0-9-]+):iam::([0-9]{12}):role/(?:.*/)?([^/]+)\Z")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """What may not stand in a trust policy."""
    return trust(policy)


def trust(policy: Policy) -> Iterator[Found]:
    """All of it: none of these checks needs to know the actions."""
    if policy.kind is Kind.TRUST:
        for clause in policy.clauses:
            yield from _clause(clause)


def _clause(clause: Clause) -> Iterator[Found]:
    raw = clause.raw
    if "NotPrincipal" in raw:
        path = clause.at("NotPrincipal")
        yield Found(
            NOTPRINCIPAL, path, "`NotPrincipal` may not stand in a trust policy", "name who may with `Principal`", name=True
        )
    for name in ("Resource", "NotResource"):
        if name in raw:
            path = clause.at(name)
            yield Found(
                RESOURCE, path, f"`{name}` may not stand in a trust policy", "remove it", Edit(path, remove=True), name=True
            )
    if raw.get("Principal") == "*" and clause.allows:
        yield Found(
            WILDCARD, clause.at("Principal"), "`*` as the principal of a trust policy is everyone", "name who may assume the role"
        )
    principals = clause.principals()
    for path, text in principals.get("Federated", ()):
        if "${" not in text and not (_PROVIDER.match(text) or _DOMAIN.match(text)):
            message = f"{shown(text)} is neither the ARN of an identity provider nor a domain"
            yield Found(FEDERATED, path, message, "write it as in `cognito-identity.amazonaws.com`, or the ARN of the provider")
    named = principals.get("AWS", ())
    roles = {found.groups() for _, text in named if (found := _ROLE.match(text))}
    for path, text in named:
        session = _SESSION.match(text)
        if session and session.groups() in roles:
            yield Found(
                REDUNDANT, path, f"the role of {shown(text)} is a principal already", "remove it", Edit(path, remove=True)
            )
    if clause.allows and "Condition" in raw:
        yield from _needed(clause)


def _needed(clause: Clause) -> Iterator[Found]:
    if clause.opaque("Action") or "Action" not in clause.raw:
        return
    for test in clause.tests:
        key = test.lower
        if key.startswith("aws:requesttag/") or key in ("sts:transitivetagkeys", "aws:tagkeys"):
            needed = "sts:TagSession"
        elif key == "sts:sourceidentity":
            needed = "sts:SetSourceIdentity"
        else:
            continue
        if not any(matches(action.lower(), needed.lower()) for _, action in clause.actions):
            message = f"{shown(test.key)} is set by `{needed}`, which the statement does not allow"
            yield Found(MISSING_ACTION, test.path, message, f"add `{needed}` to the actions", name=True)
