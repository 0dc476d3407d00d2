"""What is called redundant can go without a change: asked of the evaluator, for every request of a small world."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.policy import glob
from auditor.policy.actions import table
from auditor.policy.context import context
from auditor.policy.evaluate import Outcome, Policies, evaluate
from auditor.policy.lint.check import Found, Kind
from auditor.policy.lint.families import redundancy
from auditor.policy.lint.view import Opaque, Policy
from auditor.policy.parse import Document, parse
from auditor.policy.principals import principal
from auditor.policy.statements import Request, policy
from tests.policy.lint.semantic import allow, deny, found

ONE = "111122223333"
ACTIONS = ("s3:getobject", "s3:putobject", "s3:getmadeup", "sqs:sendmessage")
RESOURCES = ("*", "arn:aws:s3:::a/x", "arn:aws:s3:::a/xy", "arn:aws:s3:::b/x", f"arn:aws:sqs:eu-west-1:{ONE}:a")
CONTEXTS: tuple[dict[str, Any], ...] = (
    {},
    {"aws:PrincipalTag/t": "a", "aws:SourceIp": "192.0.2.1"},
    {"aws:PrincipalTag/t": "ab", "aws:SourceIp": "192.0.3.1", "aws:TagKeys": ["k"]},
    {"aws:PrincipalTag/t": "*", "aws:TagKeys": ["k", "l"]},
)
ACTION_PATTERNS = (
    "*",
    "s3:*",
    "S3:Get*",
    "s3:GetObject",
    "s3:getobject",
    "s3:*Object",
    "s3:GetMadeUp",
    "sqs:SendMessage",
    "s?:Get*",
    "*:*",
)
RESOURCE_PATTERNS = (
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::?/x*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a/${aws:PrincipalTag/t}*",
    "arn:*:s3:::a/x",
    f"arn:aws:sqs:*:{ONE}:a",
    "arn:aws:*",
)
TAG_VALUES = ("a", "ab", "a*", "*", "?", "${*}", "${aws:PrincipalTag/t}", "${aws:PrincipalTag/t}*")
NETWORKS = ("192.0.2.0/24", "192.0.2.1/32", "192.0.2.1", "192.0.0.0/16", "0.0.0.0/0")


def _some(values: tuple[str, ...], most: int = 4) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most)


TESTS = st.one_of(
    st.tuples(
        st.sampled_from(("StringLike", "StringNotLike", "StringEquals", "StringLikeIfExists", "StringNotEquals")),
        st.just("aws:PrincipalTag/t"),
        _some(TAG_VALUES, 3),
    ),
    st.tuples(st.sampled_from(("IpAddress", "NotIpAddress", "IpAddressIfExists")), st.just("aws:SourceIp"), _some(NETWORKS, 3)),
    st.tuples(
        st.sampled_from(("ForAllValues:StringLike", "ForAnyValue:StringLike", "ForAnyValue:StringNotLike")),
        st.just("aws:TagKeys"),
        _some(("k", "*", "l", "k*"), 3),
    ),
    st.tuples(st.just("Null"), st.sampled_from(("aws:PrincipalTag/t", "aws:TagKeys")), st.sampled_from((["true"], ["false"]))),
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    conditions: dict[str, dict[str, list[str]]] = {}
    for operator, key, values in draw(st.lists(TESTS, max_size=2)):
        conditions.setdefault(operator, {})[key] = values
    parts: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "Action", "NotAction"))): draw(_some(ACTION_PATTERNS)),
        draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource"))): draw(_some(RESOURCE_PATTERNS)),
    }
    return {**parts, "Condition": conditions} if conditions else parts


def _decisions(document: dict[str, Any]) -> list[Outcome]:
    who = principal(f"arn:aws:iam::{ONE}:user/a")
    read = parse(json.dumps(document))
    assert who is not None
    assert isinstance(read, Document)
    ready = Policies(identity=policy([read]))
    return [
        evaluate(
            Request(principal=who, action=action, resource=resource, resource_account=ONE, context=context(given)), ready
        ).outcome
        for action, resource, given in itertools.product(ACTIONS, RESOURCES, CONTEXTS)
    ]


def _without(document: dict[str, Any], gone: list[tuple[str | int, ...]]) -> dict[str, Any]:
    """The document without the values at these paths, removed from the end so that places stay right."""
    after = copy.deepcopy(document)
    for path in sorted(
        gone, key=lambda path: [(0, part, "") if isinstance(part, int) else (1, 0, part) for part in path], reverse=True
    ):
        value: Any = after
        for part in path[:-1]:
            value = value[part]
        del value[path[-1]]
    return after


def _redundant(document: dict[str, Any]) -> list[Found]:
    return list(redundancy.check(Policy(document, Kind.IDENTITY), table()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(statements(), min_size=1, max_size=4))
def test_what_is_redundant_can_go(listed: list[dict[str, Any]]) -> None:
    document = {"Version": "2012-10-17", "Statement": listed}
    faults = _redundant(document)
    statements_gone = [one.path for one in faults if one.check.id == "redundant-statement"]
    gone = [one.path for one in faults if one.edit is not None and one.edit.remove and one.path not in statements_gone]
    before = _decisions(document)
    assert _decisions(_without(document, gone)) == before, "values"
    assert _decisions(_without(document, statements_gone)) == before, "statements"
    assert (
        _decisions(_without(document, [path for path in gone if path[:2] not in statements_gone] + statements_gone)) == before
    ), "both"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(statements(), min_size=1, max_size=3))
def test_what_counts_for_nothing_can_go(listed: list[dict[str, Any]]) -> None:
    """A shadowed statement, one whose conditions exclude each other, and a condition that always holds."""
    document = {"Version": "2012-10-17", "Statement": listed}
    before = _decisions(document)
    for one in _redundant(document):
        if one.check.id == "shadowed-statement":
            assert _decisions(_without(document, [one.path])) == before
        if one.check.id == "condition-never-true":
            assert _decisions(_without(document, [one.path[:2]])) == before
        if one.check.id == "redundant-key-due-to-wildcard-in-condition":
            assert _decisions(_without(document, [one.path])) == before


def test_all_actions_of_today_are_not_all_of_tomorrow() -> None:
    """A list of everything that a pattern matches now does not make the pattern redundant."""
    names = table().names(table().expand("sqs:*"))
    document = {"Statement": [allow(names), allow("sqs:*")]}
    assert [one.path for one in found(document, Kind.IDENTITY) if one.check.id == "redundant-statement"] == [("Statement", 0)]


def test_of_two_that_mean_the_same_one_stays() -> None:
    document = {"Statement": [allow(["s3:Get*?", "s3:Get?*"], "arn:aws:s3:::a"), allow("sqs:*"), allow("sqs:*")]}
    assert [one.path for one in _redundant(document)] == [("Statement", 0, "Action", 1), ("Statement", 2)]


def test_nothing_is_proved_of_what_is_not_known() -> None:
    bucket = Opaque("!Ref Bucket")
    document = {"Statement": [allow("s3:*", [bucket]), allow("s3:GetObject", [bucket]), deny("s3:*", [bucket, "arn:aws:s3:::a"])]}
    assert _redundant(document) == []


@pytest.mark.parametrize(
    "texts",
    [
        ["s3:*"] * 5000,
        [f"s3:*{number}" for number in range(3000)],
        ["arn:aws:s3:::a/*"] * 3000,
        [f"arn:aws:s3:::*{number}*" for number in range(2000)],
    ],
    ids=["one", "ends", "resources", "parts"],
)
def test_long_lists_of_patterns_that_cover_each_other_are_not_compared_by_their_square(texts: list[str]) -> None:
    asked = 0

    def covers(wide: str, narrow: str) -> bool:
        nonlocal asked
        asked += 1
        return glob.covers(wide, narrow)

    found = redundancy._covered(texts, texts, covers)
    assert len(found) >= len(texts) - 10, "but for one of each, all are redundant"
    assert asked < 20 * len(texts), "and not a thousand times as often"


def test_what_aws_would_refuse_is_not_compared_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"s3:Ge*{number}" for number in range(200)]
    whole = redundancy._covered(texts, texts, glob.covers)
    assert whole
    monkeypatch.setattr(redundancy, "_MOST", 500)
    some = redundancy._covered(texts, texts, glob.covers)
    assert some.items() < whole.items()
