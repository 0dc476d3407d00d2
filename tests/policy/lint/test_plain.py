"""Checks do not look at some things of what is plain, or written as the grammar wants it: they must find the same when they do."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.policy.actions import table
from auditor.policy.lint.check import Kind
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy


def few(*values: str) -> st.SearchStrategy[Any]:
    """One of these, or a list of some."""
    one = st.sampled_from(values)
    return one | st.lists(one, max_size=4)


ACTIONS = few(
    "s3:GetObject", "s3:*", "s3:getobject", "iam:PassRole", "s3:GetObjekt", "nope:Foo", "*", "s3:${x}", "", "s3:Get Object"
)
RESOURCES = few(
    "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::${aws:usernam}/x", "", "b", "arn:aws:s3:::"
)
CONDITIONS: tuple[Any, ...] = (
    {},
    [],
    {"StringLike": {"s3:prefix": ["a", "${aws:username}"]}},
    {"Foo": {"bar": "x"}},
    {"Bool": {"aws:SecureTransport": "maybe"}},
    {"NumericEquals": {"s3:max-keys": "${aws:username}"}},
    {"StringEquals": {"aws:username": {"a": 1}}},
    {"StringEquals": {}},
    {"StringEquals": {"aws:username": ["a", "a"], "aws:USERNAME": []}},
    {"StringEquals": {"aws:username": ["a*", "b", 1], "aws:SourceVpc": "vpc-x"}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": ["a*", "b"]}, "Null": {"aws:TagKeys": "false"}},
    {"NullIfExists": {"aws:username": True}, "StringNotEquals": "x"},
)
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": ACTIONS, "Resource": RESOURCES},
    optional={"Sid": st.sampled_from(["A", "a b", "", "x" * 70, "A\n"]), "Condition": st.sampled_from(CONDITIONS)},
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(STATEMENT, min_size=1, max_size=3),
    st.sampled_from(["2012-10-17", "2008-10-17"]),
    st.sampled_from([Kind.IDENTITY, Kind.RESOURCE, Kind.SCP]),
)
def test_a_statement_that_is_plain_is_not_judged_otherwise(statements: list[Any], version: str, kind: Kind) -> None:
    raw = {"Version": version, "Statement": statements}

    def found(*, plain: bool) -> list[Any]:
        policy = Policy(raw, kind, text=json.dumps(raw))
        if not plain:
            vars(policy)["has_variables"] = True  # as if it had been worked out so
            for clause in policy.clauses:
                clause.plain = False
                clause.well_conditioned = "Condition" not in clause.raw
        return list(lint(policy, table()))

    assert found(plain=True) == found(plain=False)
