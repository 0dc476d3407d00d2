"""The linter in rules: keys that stay, places, and the line with the fault marked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine.linting import LONGEST, WINDOW, LintLimits, excerpt, lint_verdicts
from auditor.model.iam import ManagedPolicy
from auditor.model.verdict import Outcome, Verdict
from auditor.policy.lint.check import Kind
from auditor.source.json_source import JsonPlaces, Span

PASS_ANY = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
LIST = {"Sid": "List", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}


def verdicts(text: str, level: Any = "security") -> list[Verdict]:
    limits = LintLimits(level=level)
    return list(lint_verdicts(ManagedPolicy.document, "the policy", text, Kind.IDENTITY, limits, key="p/"))


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def test_a_finding_has_its_line_with_the_fault_marked() -> None:
    text = policy(LIST, PASS_ANY)
    (found,) = verdicts(text)
    assert found.outcome is Outcome.FAIL
    assert found.location is not None
    assert found.location.pointer == "/Statement/1/Resource"
    assert text.split("\n")[(found.location.line or 0) - 1].strip() == '"Resource": "*"'
    shown = found.location.excerpt
    assert shown is not None
    assert (shown.before, shown.marked, shown.after) == ('"Resource": ', '"*"', "")
    assert found.evidence["check"] == "pass-role-with-star-in-resource"


def test_keys_stay_when_other_statements_come_and_go() -> None:
    (alone,) = verdicts(policy(PASS_ANY))
    (beside,) = verdicts(policy(LIST, PASS_ANY))
    assert alone.key == beside.key == "p/pass-role-with-star-in-resource/Pass/Resource"
    twins = [one.key for one in verdicts(policy({**PASS_ANY, "Sid": ""}, {**PASS_ANY, "Sid": ""}))]
    assert len(set(twins)) == len(twins)


def test_levels_are_the_users_choice() -> None:
    text = policy({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"})
    assert not verdicts(text)
    assert [one.evidence["level"] for one in verdicts(text, "warning")] == ["warning"]


@pytest.mark.parametrize("odd", ["{0}", "{", "}", "{name}", "%s"])
def test_braces_in_policies_are_no_places_for_evidence(odd: str) -> None:
    for found in verdicts(policy({**PASS_ANY, "Action": ["iam:PassRole", f"s3:{odd}"]}), "suggestion"):
        assert found.because.startswith("the policy: ")


def test_a_text_that_is_no_policy_is_unknown() -> None:
    (found,) = verdicts('{"Statement": [')
    assert found.outcome is Outcome.UNKNOWN
    assert found.location is not None
    assert found.location.line == 1


def test_long_lines_are_cut_around_the_fault() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [*[LIST] * 20, PASS_ANY, *[LIST] * 20]})
    shown = excerpt(text, JsonPlaces(text).span(("Statement", 20, "Resource")))
    assert shown.marked == '"*"'
    assert shown.before.startswith("…")
    assert shown.after.endswith("…")
    assert max(len(shown.before), len(shown.after)) == WINDOW + 1


@given(st.text(), st.integers(1, 5), st.integers(1, 50), st.integers(0, 3), st.integers(1, 50))
def test_an_excerpt_is_never_long_and_never_fails(text: str, line: int, column: int, more: int, end: int) -> None:
    shown = excerpt(text, Span(line, column, line + more, end))
    assert len(shown.before) <= WINDOW + 1
    assert len(shown.marked) <= LONGEST + 1
    assert len(shown.after) <= WINDOW + 1
