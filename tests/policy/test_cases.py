"""Conditions that depend on each other: several on one key that is not known."""

from __future__ import annotations

import time
from typing import Any

import pytest

from auditor.policy.requests import answer

Json = dict[str, Any]
WHO = "arn:aws:iam::111122223333:user/a"
QUEUE = "arn:aws:sqs:us-east-1:111122223333:q"


def statement(effect: str, condition: Json) -> Json:
    return {"Effect": effect, "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def ask(identity: list[Json], **more: Any) -> Json:
    policies = {"identity": [document(*identity)], **more}
    found = answer(
        {"principal": WHO, "action": "sqs:SendMessage", "resource": QUEUE, "unknown_context": True, "policies": policies}
    )
    assert "error" not in found, found
    return found


def allow(condition: Json) -> Json:
    return statement("Allow", condition)


def deny(condition: Json) -> Json:
    return statement("Deny", condition)


REGION, IP, ARN, KEYS, TIME = "aws:RequestedRegion", "aws:SourceIp", "aws:SourceArn", "aws:TagKeys", "aws:CurrentTime"


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        pytest.param([allow({"StringEquals": {REGION: "a"}}), deny({"StringLike": {REGION: "a*"}})], "DENY", id="within"),
        pytest.param(
            [allow({"StringEquals": {REGION: ["a", "b"]}}), allow({"StringNotEquals": {REGION: ["b", "a"]}})],
            "ALLOW",
            id="either",
        ),
        pytest.param(
            [allow({"StringEquals": {REGION: "a"}}), deny({"StringNotEquals": {REGION: "b"}})], "DENY", id="other value"
        ),
        pytest.param(
            [allow({"StringLike": {REGION: "a*"}}), deny({"StringEquals": {REGION: "a"}})], "DEPENDS", id="more than one value"
        ),
        pytest.param(
            [allow({"Bool": {"aws:ViaAWSService": "true"}}), allow({"Bool": {"aws:ViaAWSService": "false"}})],
            "DEPENDS",
            id="a Boolean may be absent",
        ),
        pytest.param(
            [allow({"Bool": {"aws:ViaAWSService": "true"}}), allow({"BoolIfExists": {"aws:ViaAWSService": "false"}})],
            "DEPENDS",
            id="a Boolean may be anything",
        ),
        pytest.param([allow({"StringLikeIfExists": {REGION: "*"}})], "ALLOW", id="anything or nothing"),
        pytest.param([allow({"StringLikeIfExists": {REGION: "a*"}})], "DEPENDS", id="something or nothing"),
        pytest.param([allow({"Null": {REGION: "true"}}), allow({"Null": {REGION: "false"}})], "ALLOW", id="there or not"),
        pytest.param([allow({"Null": {REGION: "true"}}), allow({"StringLike": {REGION: "*"}})], "ALLOW", id="there or any"),
        pytest.param(
            [allow({"IpAddress": {IP: "203.0.113.0/25"}}), deny({"IpAddress": {IP: "203.0.113.0/24"}})], "DENY", id="network"
        ),
        pytest.param(
            [allow({"IpAddress": {IP: "203.0.113.0/24"}}), deny({"NotIpAddress": {IP: "198.51.100.0/24"}})], "DENY", id="networks"
        ),
        pytest.param(
            [allow({"DateLessThan": {TIME: "2026-01-01"}}), deny({"DateLessThanEquals": {TIME: "2026-01-01"}})],
            "DENY",
            id="dates",
        ),
        pytest.param(
            [allow({"DateGreaterThan": {TIME: "2026-01-01"}}), deny({"DateLessThanEquals": {TIME: "2026-01-02"}})],
            "DEPENDS",
            id="dates that leave some",
        ),
        pytest.param(
            [allow({"ArnLike": {ARN: "arn:aws:sns:*:111122223333:x*"}}), deny({"ArnNotLike": {ARN: "arn:aws:sns:*:*:*"}})],
            "DEPENDS",
            id="ARN within",
        ),
        pytest.param(
            [allow({"ArnLike": {ARN: "arn:aws:sns:*:111122223333:x*"}}), deny({"ArnNotLike": {ARN: "arn:aws:s3:::*"}})],
            "DENY",
            id="ARN apart",
        ),
        pytest.param(
            [allow({"ForAnyValue:StringEquals": {KEYS: "a"}}), deny({"ForAnyValue:StringEquals": {KEYS: ["a", "b"]}})],
            "DENY",
            id="any",
        ),
        pytest.param(
            [allow({"ForAnyValue:StringEquals": {KEYS: "a"}}), deny({"ForAllValues:StringEquals": {KEYS: "a"}})],
            "DEPENDS",
            id="a value, but not only",
        ),
        pytest.param(
            [allow({"ForAnyValue:StringEquals": {KEYS: "a"}}), deny({"ForAnyValue:StringNotEquals": {KEYS: "b"}})],
            "DENY",
            id="another value",
        ),
        pytest.param(
            [allow({"StringEquals": {REGION: "a", "aws:PrincipalOrgID": "o"}}), deny({"StringEquals": {REGION: "a"}})],
            "DENY",
            id="two keys",
        ),
        pytest.param(
            [allow({"StringEqualsIgnoreCase": {REGION: "A"}}), deny({"StringEqualsIgnoreCase": {REGION: "a"}})], "DENY", id="case"
        ),
        pytest.param(
            [allow({"StringEqualsIgnoreCase": {REGION: "A"}}), deny({"StringEquals": {REGION: "a"}})],
            "DEPENDS",
            id="case differs",
        ),
        pytest.param(
            [allow({"StringEquals": {REGION: "${aws:PrincipalTag/r}"}}), deny({"StringEquals": {REGION: "a"}})],
            "DEPENDS",
            id="a variable",
        ),
        pytest.param(
            [allow({"StringEquals": {"sqs:x": "a"}}), deny({"StringNotEquals": {"sqs:x": "a"}})], "DEPENDS", id="never both"
        ),
    ],
)
def test_conditions_on_one_key(statements: list[Json], decision: str) -> None:
    got = ask(statements)
    assert got["decision"] == decision
    assert bool(got["depends_on"]) == (decision == "DEPENDS")


def test_policies_of_two_kinds() -> None:
    boundary = [document(allow({"StringEquals": {REGION: "b"}}))]
    got = ask([allow({"StringEquals": {REGION: "a"}})], boundary=boundary)
    assert (got["decision"], got["explicit"]) == ("DENY", False)


def test_explicit_where_every_case_is() -> None:
    assert ask([allow({"Null": {REGION: "true"}}), deny({"Null": {REGION: "true"}}), deny({"Null": {REGION: "false"}})])[
        "explicit"
    ]
    part = ask([allow({"StringEquals": {REGION: "a"}}), deny({"StringEquals": {REGION: "a"}})])
    assert (part["decision"], part["explicit"]) == ("DENY", False)
    assert [why.get("effect") for why in part["because"]] == [None, "Deny"]


def test_a_key_of_the_service_may_have_several_values() -> None:
    boundary = [document(allow({"StringEquals": {"sqs:x": "b"}}))]
    assert ask([allow({"StringEquals": {"sqs:x": "a"}})], boundary=boundary)["decision"] == "DEPENDS"


@pytest.mark.parametrize(("keys", "decision"), [(5, "DENY"), (60, "DEPENDS")])
def test_many_cases_are_left_alone(keys: int, decision: str) -> None:
    pairs = [{"StringEquals": {f"aws:PrincipalTag/{n}": "a", f"aws:PrincipalTag/{n + 1}": "a"}} for n in range(keys)]
    assert ask([*map(allow, pairs), *map(deny, pairs)])["decision"] == decision


def test_hostile_patterns_take_no_time() -> None:
    def patterns(key: str) -> list[str]:
        return [("*" + f"a{key[-1]}*" * (1 + n)).ljust(40, "*") for n in range(12)]

    keys = [f"aws:PrincipalTag/{n}" for n in range(120)]
    statements = [make({"StringLike": {key: patterns(key)[half::2]}}) for key in keys for half, make in enumerate((allow, deny))]
    began = time.process_time()
    assert ask(statements)["decision"] == "DEPENDS"
    assert time.process_time() - began < 5


def test_many_values_are_left_alone() -> None:
    values = [f"{'x' * n}*{n}" for n in range(60)]
    assert ask([allow({"StringLike": {REGION: values}}), deny({"StringLike": {REGION: values}})])["decision"] == "DEPENDS"
