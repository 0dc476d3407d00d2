"""The families that need meaning, on AWS's own managed policies: no error, and no doubt about actions that the data has."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

from auditor.policy.actions import table
from auditor.policy.lint.check import Found, Kind, Level
from auditor.policy.lint.families import applicability
from tests.policy.lint.semantic import MODULES, found

_MOST = {
    "invalid-action": 100,
    "invalid-service-condition-key": 10,
    "unsupported-action-for-condition-key": 5,
    "forallvalues-with-single-valued-key": 10,
    "shadowed-statement": 5,
    "condition-never-true": 5,
    "allow-everything": 3,
    "privilege-escalation": 80,
    "credentials-exposure": 120,
    "data-exfiltration": 100,
    "resource-exposure": 150,
}
"""About twice as many as there are today: more would be noise, and AWS's documents are sound."""


@cache
def _documents() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return {name: one["Document"] for name, one in json.loads(aws_managed_policies_data).items()}


@cache
def _all() -> tuple[tuple[str, Found], ...]:
    return tuple((name, one) for name, document in _documents().items() for one in found(document, Kind.IDENTITY))


def test_no_errors() -> None:
    assert [(name, one.check.id, one.message) for name, one in _all() if one.check.level is Level.ERROR] == []


def test_few_findings_for_each_check() -> None:
    counts = Counter(one.check.id for _, one in _all())
    assert {id: count for id, count in counts.items() if count > _MOST.get(id, 400)} == {}


def test_no_doubt_about_known_actions() -> None:
    doubts = (applicability.INVALID_ACTION, applicability.UNKNOWN_SERVICE, applicability.RETIRED_ACTION)
    for name, one in _all():
        if one.check in doubts:
            value: Any = _documents()[name]
            for part in one.path:
                value = value[part]
            assert not table().expand(value), value


def test_paths_lead_to_values_and_messages_are_plain() -> None:
    for name, one in _all():
        value: Any = _documents()[name]
        for part in one.path:
            value = value[part]
        assert not one.message[:1].isupper()
        assert not one.message.endswith(".")
        assert one.fix or one.check.id == "action-resource-mismatch"


def test_checks_have_ids_of_their_own() -> None:
    ids = [check.id for module in MODULES for check in module.CHECKS]
    assert len(ids) == len(set(ids))
    assert all(check.why.endswith(".") and check.source for module in MODULES for check in module.CHECKS)


def test_no_document_breaks_a_check() -> None:
    """What is not of the right type is for other checks; these must live through it."""
    odd: tuple[Any, ...] = (
        None,
        7,
        True,
        "",
        "*",
        [],
        {},
        [None, 7, ["*"], {"AWS": 7}],
        {"AWS": ["*", 7], "x": {}},
        {"StringLike": 7},
    )
    for kind in Kind:
        for value in odd:
            for name in ("Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"):
                base = {
                    "Effect": "Allow",
                    "Action": ["iam:*", "s3:getobject"],
                    "Resource": "*",
                    "Principal": {"Service": "sns.amazonaws.com"},
                }
                statement = {**base, name: value}
                document = {"Statement": [statement, {**statement, "Effect": "Deny"}, base]}
                assert all(isinstance(one.path, tuple) for one in found(document, kind, "AWS::S3::BucketPolicy"))
        for value in odd:
            for key in ("aws:ResourceTag/a", "s3:prefix", "aws:SourceArn", "x:sub", "aws:TagKeys"):
                for operator in ("StringLike", "ForAllValues:StringEquals", "Null", "", "NotIpAddress"):
                    statement = {
                        "Effect": "Allow",
                        "Action": "s3:*",
                        "Principal": {"Federated": "arn:aws:iam::1:oidc-provider/x", "Service": "s3.amazonaws.com", "AWS": "*"},
                        "Condition": {operator: {key: value}},
                    }
                    list(found({"Statement": statement}, kind))
