"""Statements that allow more than anybody lists: everything, whole services, all but a list."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import Named, roster
from auditor.policy.lint.sets import everywhere
from auditor.policy.lint.texts import everything
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_GUIDE = "IAM User Guide: Security best practices"

ALLOW_EVERYTHING = Check(
    id="allow-everything",
    level=Level.SECURITY,
    title="every action on every resource",
    why="Whoever has it is an administrator, and so is whoever takes it over.",
    source=_GUIDE,
)
ALLOW_SENSITIVE_SERVICE = Check(
    id="allow-whole-sensitive-service",
    level=Level.SECURITY,
    title="every action of a service that gives out permissions or secrets, on every resource",
    why="Full access to identities, keys or secrets leads to everything else in the account.",
    source=_GUIDE,
)
ALLOW_WHOLE_SERVICE = Check(
    id="allow-whole-service",
    level=Level.SUGGESTION,
    title="every action of a service on every resource",
    why="It includes sharing and changing permissions, and what AWS adds to the service later.",
    source=_GUIDE,
)
ALLOW_NOT_ACTION = Check(
    id="allow-with-notaction",
    level=Level.SECURITY,
    title="all actions but a list are allowed",
    why="Everything that is not in the list is allowed, in all services, also those that come later.",
    source="IAM JSON policy elements: NotAction",
)
ALLOW_NOT_RESOURCE = Check(
    id="allow-with-notresource",
    level=Level.WARNING,
    title="all resources but a list are allowed",
    why="Everything that is not in the list is allowed, also resources that come later.",
    source="IAM JSON policy elements: NotResource",
)
ALLOW_NOT_PRINCIPAL = Check(
    id="allow-with-notprincipal",
    level=Level.SECURITY,
    title="everyone but a list is allowed",
    why="It lets in every account of AWS, and anonymous requests, unless they are in the list. AWS documents it with `Deny` only.",
    source="IAM Access Analyzer policy check reference; IAM User Guide, AWS JSON policy elements: NotPrincipal",
)

EMPTY_EXCEPTION = Check(
    id="allow-with-empty-exception",
    level=Level.SECURITY,
    title="all but an empty list is allowed",
    why="An empty list of exceptions excepts nothing, so everything is allowed; a list that a tool left empty looks like this.",
    source="IAM User Guide, IAM JSON policy elements: NotPrincipal, NotAction, NotResource",
)

CHECKS = (
    ALLOW_EVERYTHING,
    ALLOW_SENSITIVE_SERVICE,
    ALLOW_WHOLE_SERVICE,
    ALLOW_NOT_ACTION,
    ALLOW_NOT_RESOURCE,
    ALLOW_NOT_PRINCIPAL,
    EMPTY_EXCEPTION,
)
KINDS = (Kind.IDENTITY, Kind.RESOURCE, Kind.TRUST)

_EXCEPTIONS = {"NotPrincipal": "everybody", "NotAction": "every action", "NotResource": "every resource"}
SENSITIVE = frozenset({"iam", "kms", "organizations", "secretsmanager", "sso", "sts"})
"""Services whose permissions are the permissions of all the others, or whose contents are secrets."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Statements that allow. Guardrails (SCPs, RCPs, boundaries) allow nothing by themselves, so there breadth is their nature."""
    for clause, said in zip(policy.clauses, roster(policy, table).rows, strict=True):
        if not clause.allows or (clause.plain and not said.wild):
            continue
        if not clause.raw.keys().isdisjoint(_EXCEPTIONS):
            yield from _empty(clause)
        if "NotPrincipal" in clause.raw and clause.raw["NotPrincipal"] != {}:
            yield Found(
                ALLOW_NOT_PRINCIPAL,
                clause.at("NotPrincipal"),
                "`NotPrincipal` with `Allow` lets in everyone who is not listed",
                "name those who are meant in `Principal`",
                name=True,
            )
        if policy.kind is Kind.TRUST:
            continue
        if "NotResource" in clause.raw and "Resource" not in clause.raw and clause.raw["NotResource"] != []:
            yield from _not_resource(clause)
        if policy.kind is Kind.IDENTITY:
            if "NotAction" in clause.raw and "Action" not in clause.raw:
                yield from _not_action(clause) if clause.raw["NotAction"] != [] else ()
            elif everywhere(clause) and not clause.tests:
                yield from _wide(clause, said, table)


def _empty(clause: Clause) -> Iterator[Found]:
    for name, everything_else in _EXCEPTIONS.items():
        if clause.raw.get(name) in ([], {}):
            message = f"`{name}` is empty, so `Allow` is about {everything_else}"
            yield Found(EMPTY_EXCEPTION, clause.at(name), message, f"name what is meant in `{name.removeprefix('Not')}`")


def _not_resource(clause: Clause) -> Iterator[Found]:
    if any(everything(one) for _, one in clause.not_resources) or clause.tests:
        return
    yield Found(
        ALLOW_NOT_RESOURCE,
        clause.at("NotResource"),
        "`NotResource` with `Allow` allows every resource that is not listed",
        "name the resources that are meant in `Resource`, and deny the others if that is wanted",
        name=True,
    )


def _not_action(clause: Clause) -> Iterator[Found]:
    if any(everything(one) for _, one in clause.not_actions) or not everywhere(clause) or clause.tests:
        return
    yield Found(
        ALLOW_NOT_ACTION,
        clause.at("NotAction"),
        "`NotAction` with `Allow` allows every action that is not listed, of all services",
        "list the actions that are meant in `Action`",
        name=True,
    )


def _wide(clause: Clause, said: Named, table: ActionTable) -> Iterator[Found]:
    for name, index, pattern in said.wild:
        prefix, _, action = pattern.partition(":")
        if action and not everything(action):
            continue
        if everything(prefix):
            yield Found(
                ALLOW_EVERYTHING,
                clause.at(name, index),
                f"{shown(pattern)} allows every action on every resource",
                "list the actions and resources needed",
            )
        elif action and table.has_service(prefix):
            every = table.in_service(prefix)
            sensitive = prefix.lower() in SENSITIVE
            if not sensitive and not every & table.actions_of_level("Permissions management"):
                continue
            yield Found(
                ALLOW_SENSITIVE_SERVICE if sensitive else ALLOW_WHOLE_SERVICE,
                clause.at(name, index),
                f"{shown(pattern)} allows all {every.bit_count()} actions of {shown(prefix)} on every resource",
                "list the actions and resources needed",
            )
