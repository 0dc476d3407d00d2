"""Request and answer lines against the JSON Schemas that the package publishes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from auditor.policy.requests import answer, answer_schema, request_schema
from tests.policy.documented import ROWS, malformed
from tests.policy.documented.row import USER, Json, request

BROKEN = {row.id for row in malformed.ROWS}


def complaints(schema: dict[str, Any], lines: dict[str, Json]) -> list[str]:
    """What the schema finds wrong, by id."""
    checker = jsonschema_rs.validator_for(schema)
    return [
        f"{name}: {error.instance_path}: {error.message}"[:300]
        for name, line in lines.items()
        for error in checker.iter_errors(line)
    ]


@pytest.mark.parametrize("made", [request_schema, answer_schema])
def test_a_schema_is_one(made: Callable[[], dict[str, Any]]) -> None:
    schema = made()
    jsonschema_rs.meta.validate(schema)
    json.dumps(schema)


def test_every_documented_request_is_valid() -> None:
    # A malformed document may be anything at all: what is wrong with it, the answer says, with its place.
    wrong = complaints(request_schema(), {row.id: row.request for row in ROWS if row.id not in BROKEN})
    assert not wrong, "\n".join(wrong[:20])


def test_every_answer_is_valid() -> None:
    wrong = complaints(answer_schema(), {row.id: answer(row.request) for row in ROWS})
    assert not wrong, "\n".join(wrong[:20])


def test_an_answer_is_json_and_answering_changes_nothing() -> None:
    for row in ROWS:
        asked = copy.deepcopy(row.request)
        json.dumps(answer(asked))
        assert asked == row.request, row.id


BARE = {"id": "x", **request(USER)}


NONE: dict[str, Json] = {
    "misspelt": {**BARE, "principle": USER},
    "action-number": {**BARE, "action": 7},
    "action-null": {**BARE, "action": None},
    "context-list": {**BARE, "context": []},
    "context-object": {**BARE, "context": {"aws:SourceIp": {"x": 1}}},
    "unknown-text": {**BARE, "unknown_context": "yes"},
    "policies-list": {**BARE, "policies": []},
    "policies-misspelt": {**BARE, "policies": {"identities": []}},
    "scp-number": {**BARE, "policies": {"scp": [{"policies": 7}]}},
    "principal-type": {**BARE, "principal": {"type": "Nobody"}},
    "management-account-short": {**BARE, "management_account": "1234"},
    "management-account-number": {**BARE, "management_account": 123456789012},
    "principal-number": {**BARE, "principal": 7},
    "no-action": {name: value for name, value in BARE.items() if name != "action"},
    "no-principal": {name: value for name, value in BARE.items() if name != "principal"},
}


@pytest.mark.parametrize("line", NONE.values(), ids=NONE)
def test_a_line_that_is_none_is_refused_by_schema_and_engine(line: Json) -> None:
    assert complaints(request_schema(), {"x": line})
    got = answer(line)
    assert got["error"]
    assert "decision" not in got
    assert not complaints(answer_schema(), {"x": got})


@pytest.mark.parametrize("line", [None, 7, "x", [], {}], ids=str)
def test_what_is_no_line_gets_an_error_too(line: object) -> None:
    got = answer(line)
    assert got["error"]
    assert not complaints(answer_schema(), {"x": got})


def test_numbers_and_booleans_are_context_values() -> None:
    values = {"s": "x", "n": 1, "f": 1.5, "b": True, "l": ["a", 1, False], "absent": None, "empty": []}
    line = {**BARE, "context": {f"app:{name}": value for name, value in values.items()}}
    assert not complaints(request_schema(), {"x": line})
    assert "error" not in answer(line)


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "\u212ams:Decrypt"},  # the Kelvin sign, whose lower case is a k
        {"action": "s3:Get\u017fomething"},
        {"action": " s3:GetObject"},
        {"action": "s3:GetObject\n"},
        {"action": ":"},
        {"action": "s3:"},
        {"resource": ""},
        {"resource": ["*", ""]},
        {"context": {"aws:SourceIp": "10.0.0.1", "AWS:sourceip": "192.0.2.1"}},
        {"context": {"aws:SourceIp": "10.0.0.1", "AWS:sourceip": None}},
        {"role_arn": "arn:aws:iam::111122223333:role/app"},
        {"principal": "arn:aws:sts::111122223333:assumed-role/app/x", "role_arn": "arn:aws:iam::111122223333:role/path/other"},
        {"principal": "arn:aws:sts::111122223333:assumed-role/app/x", "role_arn": "arn:aws:iam::111122223333:user/app"},
    ],
)
def test_a_request_that_aws_cannot_get_has_no_answer(changed: dict[str, Json]) -> None:
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    found = answer({**BARE, "policies": {"identity": [everything]}, **changed})
    assert "error" in found
    assert "decision" not in found


def test_a_session_has_the_arn_of_its_role() -> None:
    own = {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/app"}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": own}
    line = {
        **BARE,
        "principal": "arn:aws:sts::111122223333:assumed-role/app/x",
        "policies": {"identity": [{"Version": "2012-10-17", "Statement": statement}]},
    }
    assert answer(line)["decision"] == "DENY"
    assert answer({**line, "role_arn": "arn:aws:iam::111122223333:role/team/app"})["decision"] == "ALLOW"
