"""What our linter says, as answers to the questions that the peers answer, too.

A question is about a statement and a subject, in lower case:

``syntax``
    is the document well formed? ``json``, ``version``, ``statement``, ``element``, ``effect``, ``sid``, ``sids``, ``types``
``action``
    is this an action that exists? As written
``arn``
    is this a resource's name in form? As written
``resource``
    can this action be on the resources of its statement? The action
``key``
    do requests for this action have this condition key? Key and action, with a space between
``operator``
    does this operator suit this condition key? Operator and key
``value``
    can this condition key have such values? The key

The linter speaks once for all actions of a statement, the peers of each: so for ``resource`` and ``key`` it is asked about one action at
a time.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from auditor.policy.actions import table
from auditor.policy.lint.check import Found, Kind
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Clause, Policy
from auditor.source.json_source import Unreadable, data, size

_FRAME: Mapping[str, str] = {
    "missing-version": "version",
    "invalid-version": "version",
    "missing-statement": "statement",
    "invalid-policy-element": "element",
    "duplicate-keys-with-different-case": "element",
    "unsupported-element-combination": "element",
    "missing-action": "element",
    "missing-resource": "element",
    "missing-principal": "element",
    "unsupported-principal": "element",
    "data-type-mismatch": "types",
    "missing-effect": "effect",
    "invalid-effect": "effect",
    "unsupported-sid": "sid",
    "unique-sids-required": "sids",
    "unique-sids-recommended": "sids",
}
_ACTION = {
    "invalid-action",
    "invalid-action-format",
    "invalid-service-in-action",
    "retired-action",
    "unknown-service-in-action",
    "wildcard-in-service-name",
}
_ARN = {
    "arn-account-not-allowed",
    "arn-region-not-allowed",
    "empty-arn-resource",
    "invalid-arn-account",
    "invalid-arn-prefix",
    "invalid-arn-region",
    "invalid-arn-resource",
    "invalid-arn-service-case",
    "invalid-partition",
    "invalid-region",
    "invalid-service",
    "missing-arn-field",
    "missing-arn-region",
    "unknown-partition-in-arn",
    "unknown-service-in-arn",
}
_RESOURCE = {
    "action-resource-mismatch",
    "resource-less-action-on-resource",
    "s3-bucket-action-on-object-arn",
    "s3-object-action-on-bucket-arn",
}
_KEY = {
    "allow-with-unsupported-tag-condition-key-for-service",
    "deny-with-unsupported-tag-condition-key-for-service",
    "deprecated-global-condition-key",
    "invalid-condition-key-format",
    "invalid-global-condition-key",
    "invalid-service-condition-key",
    "missing-tag-key-in-condition",
    "unsupported-action-for-condition-key",
    "unsupported-global-condition-key",
}
_OPERATOR = {"invalid-condition-operator", "null-with-if-exists", "type-mismatch"}
_VALUE = {
    "invalid-condition-data-type",
    "invalid-condition-multiple-boolean",
    "invalid-date-value",
    "type-mismatch-arn",
    "type-mismatch-binary",
    "type-mismatch-boolean",
    "type-mismatch-date",
    "type-mismatch-ip-range",
    "type-mismatch-number",
    "type-mismatch-string",
}

Place = tuple[int, str, str]
"""Statement (-1: the whole document), question, subject."""


def answers(text: str) -> dict[Place, str]:
    """Every fault, and the id of the check that finds it."""
    try:
        raw = data(text)
    except Unreadable:
        return {(-1, "syntax", "json"): "json-syntax-error"}
    policy = Policy(raw, Kind.IDENTITY, size=size(text))
    told: dict[Place, str] = {}
    suspects: set[int] = set()
    for found in lint(policy, table()):
        if found.check.id in _RESOURCE:
            suspects.add(_statement(found))
        for place in _places(found, raw):
            told.setdefault(place, found.check.id)
    for clause in policy.clauses:
        if clause.index in suspects:
            told |= {(clause.index, "resource", action): said for action, said in _resources(policy, clause)}
        if clause.tests:
            told |= {(clause.index, "key", f"{key} {action}"): said for key, action, said in _keys(policy, clause)}
    return told


def _statement(found: Found) -> int:
    path = found.path
    if path[:1] != ("Statement",) or len(path) == 1:
        return -1
    return path[1] if isinstance(path[1], int) else 0


def _places(found: Found, raw: Any) -> Iterator[Place]:
    check, statement = found.check.id, _statement(found)
    if check in _FRAME:
        yield -1 if _FRAME[check] == "sids" else statement, "syntax", _FRAME[check]
    elif check in _ACTION or check in _ARN:
        value = _at(raw, found.path)
        yield statement, "action" if check in _ACTION else "arn", str(value).lower()
    elif check in _OPERATOR or check in _VALUE:
        place = found.path.index("Condition")
        inner = [str(part) for part in found.path[place + 1 :]]
        if check in _VALUE:
            yield statement, "value", inner[1].lower()
        else:
            keys = inner[1:2] or list(_at(raw, found.path))
            for key in keys:
                yield statement, "operator", f"{inner[0]} {key}".lower()


def _at(raw: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        raw = raw[part]
    return raw


def _resources(policy: Policy, clause: Clause) -> Iterator[tuple[str, str]]:
    for _, action in clause.actions:
        if said := _alone(policy, clause, action, _RESOURCE):
            yield action.lower(), said


def _keys(policy: Policy, clause: Clause) -> Iterator[tuple[str, str, str]]:
    for test in clause.tests:
        for _, action in clause.actions:
            if said := _key(test.operator, test.key, action, clause.allows, policy.version):
                yield test.key.lower(), action.lower(), said


@lru_cache(maxsize=65536)
def _key(operator: str, key: str, action: str, allows: bool, version: str) -> str:
    statement = {"Effect": "Allow" if allows else "Deny", "Action": action, "Resource": "*", "Condition": {operator: {key: "x"}}}
    return _said({"Version": version, "Statement": statement}, _KEY)


def _alone(policy: Policy, clause: Clause, action: str, checks: set[str]) -> str:
    statement = {**copy.copy(clause.raw), "Action": action}
    return _said({"Version": policy.version, "Statement": statement}, checks)


def _said(document: dict[str, Any], checks: set[str]) -> str:
    return next((found.check.id for found in lint(Policy(document, Kind.IDENTITY), table()) if found.check.id in checks), "")
