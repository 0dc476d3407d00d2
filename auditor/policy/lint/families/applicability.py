"""Names that mean something: actions, services and condition keys that exist, and that go together.

A table of actions is never complete: AWS documents new ones after the fact, and some not at all. So an unknown name is a warning that
says as of when; it is an error only where it is plainly another name, misspelt.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import Named, roster
from auditor.policy.lint.sets import operator
from auditor.policy.lint.texts import wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown

_REFERENCE = "Service Authorization Reference"
_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"

INVALID_SERVICE_IN_ACTION = Check(
    id="invalid-service-in-action",
    level=Level.ERROR,
    title="misspelt service in an action",
    why="No service has this prefix, and one has nearly the same: the action is never allowed and never denied.",
    source=_ACCESS_ANALYZER,
)
UNKNOWN_SERVICE = Check(
    id="unknown-service-in-action",
    level=Level.WARNING,
    title="service that is not known",
    why="Unless the service is newer than the data, the action is never allowed and never denied.",
    source=_REFERENCE,
)
INVALID_ACTION = Check(
    id="invalid-action",
    level=Level.WARNING,
    title="action that is not known",
    why="Unless AWS added it after the data was read, or does not document it, nothing is allowed or denied by it.",
    source=_ACCESS_ANALYZER,
)
RETIRED_ACTION = Check(
    id="retired-action",
    level=Level.WARNING,
    title="action that AWS no longer lists",
    why="It belongs to a service or a feature that is gone: today it allows and denies nothing, or goes by another name.",
    source=_REFERENCE,
)
WILDCARD_IN_SERVICE_NAME = Check(
    id="wildcard-in-service-name",
    level=Level.SUGGESTION,
    title="wildcard in the service of an action",
    why="It takes in services that nobody thought of, and those that AWS adds later.",
    source=_ACCESS_ANALYZER,
)
INVALID_SERVICE_CONDITION_KEY = Check(
    id="invalid-service-condition-key",
    level=Level.WARNING,
    title="condition key that is not known",
    why="A key that no request has makes the condition false for ever, or with a negated operator true for ever.",
    source=_ACCESS_ANALYZER,
)
UNSUPPORTED_ACTION_FOR_CONDITION_KEY = Check(
    id="unsupported-action-for-condition-key",
    level=Level.WARNING,
    title="condition key that none of the actions has",
    why="Requests for these actions do not carry the key, so the condition is never met and the statement does nothing.",
    source=_ACCESS_ANALYZER,
)
IRRELEVANT_CONDITION_KEY = Check(
    id="irrelevant-condition-key-in-policy",
    level=Level.SUGGESTION,
    title="condition key that is the same for every request to this resource",
    why="The policy belongs to one resource, so what the key says of the resource cannot tell requests apart.",
    source=_ACCESS_ANALYZER,
)

CHECKS = (
    INVALID_SERVICE_IN_ACTION,
    UNKNOWN_SERVICE,
    INVALID_ACTION,
    RETIRED_ACTION,
    WILDCARD_IN_SERVICE_NAME,
    INVALID_SERVICE_CONDITION_KEY,
    UNSUPPORTED_ACTION_FOR_CONDITION_KEY,
    IRRELEVANT_CONDITION_KEY,
)

_NICKNAMES = {
    "alb": "elasticloadbalancing",
    "api-gateway": "apigateway",
    "asg": "autoscaling",
    "cloudwatch-logs": "logs",
    "cloudwatchlogs": "logs",
    "cognito": "cognito-idp",
    "cwl": "logs",
    "ddb": "dynamodb",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "kinesisfirehose": "firehose",
    "msk": "kafka",
    "secrets-manager": "secretsmanager",
    "sfn": "states",
    "stepfunctions": "states",
    "systems-manager": "ssm",
}
"""What people call services, and the prefix that AWS uses."""

_OF_THE_RESOURCE = frozenset({"s3:resourceaccount", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
_UNLISTED = frozenset({"aws-marketplace:productid"})
"""Keys that AWS's own managed policies use with actions whose documentation does not list them."""
_SHORTEST_TYPO = 5
"""Prefixes shorter than this differ by one letter from others that exist: ``ses``, ``sns``, ``sqs``."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Names of actions and of condition keys."""
    for clause, said in zip(policy.clauses, roster(policy, table).rows, strict=True):
        if said.wild or said.unmatched:
            yield from _actions(clause, said, table)
        if clause.tests:
            yield from _conditions(policy, clause, table)


def _actions(clause: Clause, said: Named, table: ActionTable) -> Iterator[Found]:
    for name, index, pattern in said.wild:
        prefix = pattern.partition(":")[0]
        if prefix == "*" and prefix != pattern and clause.kind is not Kind.SCP:
            yield Found(
                WILDCARD_IN_SERVICE_NAME,
                clause.at(name, index),
                f"{shown(pattern)} is about every service whose prefix matches {shown(prefix)}, also future ones",
                "write one pattern for each service that is meant",
            )
    for name, index, pattern in said.unmatched:
        if found := _strange(clause, name, index, pattern, table):
            yield found


def _strange(clause: Clause, name: str, index: int, pattern: str, table: ActionTable) -> Found | None:
    """A pattern that matches nothing. What is not of the form ``service:action`` is for the checks of the grammar."""
    prefix, colon, action = pattern.partition(":")
    if not colon or not action or not prefix or wild(prefix) or ":" in action or not pattern.isascii() or "$" in pattern:
        return None
    path = clause.at(name, index)
    if not table.has_service(prefix):
        if table.retired(prefix):
            return Found(
                RETIRED_ACTION,
                path,
                f"{shown(pattern)} is of the service {shown(prefix)}, which AWS no longer lists",
                "remove it",
            )
        meant = _prefix_meant(prefix.lower(), table)
        if meant:
            return Found(
                INVALID_SERVICE_IN_ACTION,
                path,
                f"{shown(pattern)} names no service: the prefix {shown(prefix)} does not exist, {shown(meant)} does",
                f'"{meant}:{action}"',
            )
        return Found(
            UNKNOWN_SERVICE,
            path,
            f"{shown(pattern)} is of a service that is not known as of {table.updated.isoformat()}",
            "check the prefix in the Service Authorization Reference",
        )
    if table.retired(pattern):
        return Found(
            RETIRED_ACTION, path, f"{shown(pattern)} is an action that AWS no longer lists, so it does nothing today", "remove it"
        )
    if wild(action):
        message = f"no action that is known as of {table.updated.isoformat()} matches {shown(pattern)}, so it does nothing"
        return Found(INVALID_ACTION, path, message, "correct the pattern, or remove it")
    meant = _nearest(action, _names(table, prefix.lower()))
    message = f"{shown(pattern)} is no action of {shown(prefix)} that is known as of {table.updated.isoformat()}"
    if meant:
        return Found(INVALID_ACTION, path, f"{message}; {shown(f'{prefix}:{meant}')} is", f'"{prefix}:{meant}"')
    return Found(INVALID_ACTION, path, message, "check the name in the Service Authorization Reference")


@lru_cache(maxsize=512)
def _names(table: ActionTable, prefix: str) -> tuple[str, ...]:
    return tuple(name.partition(":")[2] for name in table.names(table.in_service(prefix)))


@lru_cache(maxsize=1024)
def _prefix_meant(prefix: str, table: ActionTable) -> str:
    if prefix in _NICKNAMES:
        return _NICKNAMES[prefix]
    return _nearest(prefix, table.services()) if len(prefix) >= _SHORTEST_TYPO else ""


def _nearest(name: str, names: tuple[str, ...]) -> str:
    """The first of the names that is one slip of the keyboard away, or empty."""
    lower = name.lower()
    for one in names:
        other = one.lower()
        if abs(len(other) - len(lower)) <= 1 and (other[:3] == lower[:3] or other[-3:] == lower[-3:]) and _one_slip(lower, other):
            return one
    return ""


def _one_slip(one: str, other: str) -> bool:
    """They differ by a letter too many, too few or wrong, or by two neighbours that are swapped."""
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_of_other = one[at:], other[at:]
    return (
        rest[1:] == rest_of_other[1:]
        or rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or (rest[:2] == rest_of_other[:2][::-1] and rest[2:] == rest_of_other[2:])
    )


def _conditions(policy: Policy, clause: Clause, table: ActionTable) -> Iterator[Found]:
    to_somebody = policy.kind in (Kind.RESOURCE, Kind.TRUST)
    for test in clause.tests:
        if to_somebody and test.lower in _OF_THE_RESOURCE:
            yield Found(
                IRRELEVANT_CONDITION_KEY,
                test.path,
                f"{shown(test.key)} is about the resource that this policy belongs to, so it is the same in every request",
                f"remove the condition on `{test.key}`, or use it in a policy of identities",
                name=True,
            )
        if not test.lower.startswith("aws:"):
            prefix, colon, _ = test.lower.partition(":")
            if colon and "." not in prefix and "/" not in prefix:
                yield from _service_key(policy, clause, test, prefix, table)


def _service_key(policy: Policy, clause: Clause, test: Test, prefix: str, table: ActionTable) -> Iterator[Found]:
    known = table.key(test.key)
    if known is None:
        if table.retired(prefix) or (policy.kind is Kind.TRUST and not table.has_service(prefix)):
            return
        yield Found(
            INVALID_SERVICE_CONDITION_KEY,
            test.path,
            f"{shown(test.key)} is no condition key that is known as of {table.updated.isoformat()}, so no request may have it",
            "use a condition key that the service documents",
            name=True,
        )
        return
    kind = operator(test.operator)
    if kind.binds and test.lower not in _UNLISTED and "NotAction" not in clause.raw and not clause.opaque("Action"):
        yield from _useless(clause, test, table)


def _useless(clause: Clause, test: Test, table: ActionTable) -> Iterator[Found]:
    """None of the actions has the key. One that has it, or that is not known, is enough to say nothing."""
    actions = clause.texts("Action")
    for pattern in actions:
        if wild(pattern) or _applies(table, test.lower, pattern):
            return
    if actions:
        first = actions[0]
        others = f" and the other {len(actions) - 1} actions" if len(actions) > 1 else ""
        does = "allowed" if clause.allows else "denied"
        verb = "does" if not others else "do"
        yield Found(
            UNSUPPORTED_ACTION_FOR_CONDITION_KEY,
            test.path,
            f"{shown(first)}{others} {verb} not know {shown(test.key)}, so nothing is {does} by this statement",
            f"remove the condition on `{test.key}`, or move these actions to a statement without it",
            name=True,
        )


@lru_cache(maxsize=65536)
def _applies(table: ActionTable, key: str, name: str) -> bool:
    action = table.action(name)
    return action is None or table.applies(key, action)
