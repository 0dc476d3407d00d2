"""Passing roles to services, and creating service-linked roles: on which roles, to which services.

The names of the checks are those of IAM Access Analyzer: by how the action comes in (by name, by a wildcard, by NotAction) and how far
the resources reach (a star, NotResource).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import roster
from auditor.policy.lint.sets import asks_about, binds, everywhere
from auditor.policy.lint.texts import everything, wild
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown
from auditor.source.shape import Path

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"
_PASS_WHY = "A role that can be passed to a service works for whoever passes it: passing any role means having the rights of the strongest."
_SLR_WHY = "It lets a caller set up service-linked roles for services that nobody meant to use."

_WORDS = {
    "notresource": "by name, on all resources but a list",
    "star-in-action-and-notresource": "by a wildcard, on all resources but a list",
    "notaction-and-notresource": "by `NotAction`, on all resources but a list",
    "star-in-resource": "by name, on any role",
    "star-in-action-and-resource": "by a wildcard, on any role",
    "star-in-resource-and-notaction": "by `NotAction`, on any role",
}


def _six(start: str, what: str, level: Level, why: str) -> dict[str, Check]:
    return {
        end: Check(id=f"{start}-with-{end}", level=level, title=f"{what} is allowed {words}", why=why, source=_ACCESS_ANALYZER)
        for end, words in _WORDS.items()
    }


class _Subject(msgspec.Struct, frozen=True):
    """An action, the conditions that narrow it, and its six checks."""

    action: str
    keys: tuple[str, ...]
    checks: dict[str, Check]
    key: str
    """The key to recommend."""
    start: str
    """How the names of these roles begin, if they all begin alike."""


_PASS = _Subject(
    "iam:PassRole",
    ("iam:passedtoservice", "iam:associatedresourcearn", "aws:resourcetag/", "iam:resourcetag/"),
    _six("pass-role", "passing roles", Level.SECURITY, _PASS_WHY),
    '"iam:PassedToService": "ec2.amazonaws.com"',
    "role/",
)
_PSEUDO = re.compile(r"(?<=arn:)\$\{AWS::Partition\}|\$\{AWS::AccountId\}")
_SLR = _Subject(
    "iam:CreateServiceLinkedRole",
    ("iam:awsservicename",),
    _six("create-slr", "creating service-linked roles", Level.WARNING, _SLR_WHY),
    '"iam:AWSServiceName": "autoscaling.amazonaws.com"',
    "role/aws-service-role/",
)

PASS_ROLE_TO_ANY_SERVICE = Check(
    id="pass-role-without-passed-to-service",
    level=Level.SUGGESTION,
    title="roles may be passed to any service",
    why="The role's own trust policy is then the only thing that says which services get it.",
    source="IAM User Guide: Grant a user permissions to pass a role to an AWS service",
)

CHECKS = (*_PASS.checks.values(), *_SLR.checks.values(), PASS_ROLE_TO_ANY_SERVICE)
KINDS = (Kind.IDENTITY,)


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What identities are allowed. Guardrails allow nothing by themselves."""
    subjects = _subjects(table)
    wanted = frozenset(subjects)
    said = roster(policy, table)
    if not said.may_have(wanted):
        return
    for clause, row in zip(policy.clauses, said.rows, strict=True):
        if clause.allows and (allowed := row.among(wanted)) and not _is_everything(clause):
            for bit, subject in subjects.items():
                if bit in allowed:
                    yield from _about(clause, subject, table)


@lru_cache(maxsize=4)
def _subjects(table: ActionTable) -> Mapping[int, _Subject]:
    """What is looked for, by the place of the action."""
    return {bit: subject for subject in (_PASS, _SLR) if (bit := table.bit(subject.action)) is not None}


def _about(clause: Clause, subject: _Subject, table: ActionTable) -> Iterator[Found]:
    if binds(clause, subject.keys):
        return
    by = _by(clause, subject, table)
    path, reach = _reach(clause, subject)
    if not reach:
        if (
            subject is _PASS
            and "NotResource" not in clause.raw
            and not clause.opaque("Resource")
            and not asks_about(clause, ("iam:passedtoservice",))
        ):
            yield from _to_any_service(clause, by)
        return
    ends = {
        ("name", "not"): "notresource",
        ("star", "not"): "star-in-action-and-notresource",
        ("notaction", "not"): "notaction-and-notresource",
        ("name", "star"): "star-in-resource",
        ("star", "star"): "star-in-action-and-resource",
        ("notaction", "star"): "star-in-resource-and-notaction",
    }
    how = {
        "name": shown(subject.action),
        "star": f"a wildcard that includes {shown(subject.action)}",
        "notaction": "`NotAction`",
    }[by]
    where = "all resources but a list" if reach == "not" else shown(_text(clause, path))
    yield Found(
        subject.checks[ends[by, reach]],
        path,
        f"{how} on {where} allows {'passing any role' if subject is _PASS else 'creating any service-linked role'}",
        f'name the roles in `Resource`, and add "Condition": {{"StringEquals": {{{subject.key}}}}}',
    )


def _is_everything(clause: Clause) -> bool:
    """Every action on every resource is allowed, of which passing roles is the least: `allow-everything` says so."""
    return (
        not clause.tests
        and everywhere(clause)
        and any(everything(pattern) or pattern == "*:*" for pattern in clause.texts("Action"))
    )


def _by(clause: Clause, subject: _Subject, table: ActionTable) -> str:
    """How the action comes into the statement."""
    if "NotAction" in clause.raw:
        return "notaction"
    wanted = table.expand(subject.action)
    named = any(not wild(pattern) and table.expand(pattern) == wanted for _, pattern in clause.actions)
    return "name" if named else "star"


def _reach(clause: Clause, subject: _Subject) -> tuple[Path, str]:
    """Where the resources reach any role, and how: by NotResource (``not``), by a wildcard (``star``), or not (empty)."""
    if "NotResource" in clause.raw:
        narrow = clause.opaque("NotResource") or any(everything(one) for _, one in clause.not_resources)
        return clause.at("NotResource"), "" if narrow else "not"
    for index, pattern in (*clause.resources, *clause.templates("Resource")):
        if _any_role(_PSEUDO.sub("", pattern), subject.start):
            return clause.at("Resource", index), "star"
    return clause.at("Resource"), ""


@lru_cache(maxsize=8192)
def _any_role(pattern: str, start: str) -> bool:
    """The pattern says nothing about the name of the role, or not even that it is a role."""
    if everything(pattern):
        return True
    parts = pattern.split(":", 5)
    if parts[0] != "arn" or (len(parts) > 2 and parts[2] not in ("iam", "*")):
        return False
    if len(parts) < 6:
        return everything(parts[-1])
    rest = parts[5]
    for prefix in (start, "role/"):
        if rest.startswith(prefix):
            return everything(rest.removeprefix(prefix)) or rest == f"{prefix}*/*"
    return bool(rest) and (everything(rest) or rest in ("role*", "role/*"))


def _to_any_service(clause: Clause, by: str) -> Iterator[Found]:
    found = next(((index, text) for index, text in clause.resources if wild(text.split(":", 5)[-1])), None)
    if by == "notaction" or found is None:
        return
    index, pattern = found
    yield Found(
        PASS_ROLE_TO_ANY_SERVICE,
        clause.at("Resource", index),
        f"the roles that {shown(pattern, 60)} matches may be passed to any service",
        f'add "Condition": {{"StringEquals": {{{_PASS.key}}}}}',
    )


def _text(clause: Clause, path: Path) -> str:
    index = path[-1]
    some = (*clause.resources, *clause.templates("Resource"))
    return next((text for place, text in some if place == index), some[0][1] if some else "*")
