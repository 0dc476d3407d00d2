"""AWS's own managed policies: what AWS has saved is no error of form, and is not refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from auditor.policy.actions import table
from auditor.policy.glob import covers
from auditor.policy.lint.check import Kind, Level
from auditor.policy.lint.mend import mend
from auditor.policy.lint.refuse import refusal
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy
from auditor.source.json_source import data, size
from tests.policy.lint.test_forms import FAMILIES


@cache
def documents() -> dict[str, str]:
    managed: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {name: json.dumps(policy["Document"], indent=2) for name, policy in managed.items()}


def test_no_error_of_form_in_aws_own_policies() -> None:
    assert len(documents()) > 1500
    counted: Counter[str] = Counter()
    for name, text in documents().items():
        policy = Policy(data(text), Kind.IDENTITY, size=size(text))
        for family in FAMILIES:
            for found in family.check(policy, table()):
                assert found.check.level is not Level.ERROR, (name, found.message)
                counted[found.check.id] += 1
    # Some are longer than customers' may be, some name resources that AWS does not document, one has a key that is not documented, and one
    # an ARN that ends with its account.
    assert set(counted) <= {
        "policy-size-exceeds-identity-policy-quota",
        "invalid-arn-resource",
        "deprecated-global-condition-key",
        "empty-arn-resource",
    }


def test_none_of_aws_own_policies_is_refused() -> None:
    for name, text in documents().items():
        assert refusal(Policy(data(text), Kind.IDENTITY)) is None, name


def test_fixes_take_nothing_away_and_add_nothing() -> None:
    changed = 0
    for name, text in list(documents().items())[::8]:
        mended = text
        for _ in range(20):
            policy = Policy(data(mended), Kind.IDENTITY, size=size(mended))
            mended, count = mend(mended, [found.edit for found in lint(policy, table()) if found.edit is not None])
            if not count:
                break
        if mended != text:
            changed += 1
            before, after = list(said(text)), list(said(mended))
            assert all(covered(one, after) for one in before), name
            assert all(covered(one, before) for one in after), name
    assert changed


Said = tuple[str, str, dict[tuple[str, str], frozenset[str]], int]


def said(text: str) -> Iterator[Said]:
    """Effect, resource, conditions and actions of each statement and resource."""
    for clause in Policy(data(text), Kind.IDENTITY).clauses:
        actions = 0
        for _, action in clause.actions or clause.not_actions:
            actions |= table().expand(action)
        if not clause.actions:
            actions = table().all & ~actions
        conditions = {(test.operator, test.key): frozenset(map(str, test.values)) for test in clause.tests}
        for _, resource in clause.resources or ((0, json.dumps(clause.raw.get("NotResource"))),):
            yield str(clause.raw["Effect"]), resource, conditions, actions


def covered(one: Said, others: list[Said]) -> bool:
    """What one says, others say at least: on as much, under no more conditions."""
    effect, resource, conditions, actions = one
    for other in others:
        asks_no_more = all(
            name in conditions and (conditions[name] <= values or conditions[name] >= values) for name, values in other[2].items()
        )
        if other[0] == effect and asks_no_more and covers(other[1], resource):
            actions &= ~other[3]
    return not actions
