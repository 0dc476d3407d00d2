"""Parsing policy documents: exact, strict, with places, and never raising."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.verdict import Location
from auditor.policy.parse import LONGEST, Document, Malformed, Origin, Statement, parse
from auditor.source.positions import DEPTH

POLICY = """{
  "Version": "2012-10-17",
  "Id": "정책",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:role/읽기"], "Service": "ec2.amazonaws.com"},
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": "*",
      "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": [10, 2.50]}}
    },
    {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "iam:*", "NotResource": []}
  ]
}"""


def document(text: str) -> Document:
    result = parse(text)
    assert isinstance(result, Document), result
    return result


def keys(*statements: dict[str, Any]) -> list[str]:
    return [s.key for s in document(json.dumps({"Statement": list(statements)})).statements]


def test_a_whole_policy() -> None:
    policy = document(POLICY)
    read, deny = policy.statements
    assert (policy.version, policy.id) == ("2012-10-17", "정책")
    assert read == Statement(
        index=0,
        sid="Read",
        effect="Allow",
        principals={"AWS": ("123456789012", "arn:aws:iam::123456789012:role/읽기"), "Service": ("ec2.amazonaws.com",)},
        not_principals=None,
        actions=("s3:GetObject", "s3:ListBucket"),
        not_actions=None,
        resources=("*",),
        not_resources=None,
        conditions={"Bool": {"aws:SecureTransport": ("true",)}, "NumericLessThan": {"s3:max-keys": ("10", "2.50")}},
        origin=Origin(POLICY),
    )
    assert (read.key, read.location) == ("Read", Location("", "/Statement/0", 5, 5))
    assert (deny.effect, deny.principals, deny.not_principals) == ("Deny", None, {"*": ("*",)})
    assert (deny.actions, deny.not_actions, deny.resources, deny.not_resources) == (None, ("iam:*",), None, ())
    assert deny.at("policy") == Location("policy", "/Statement/1", 13, 5)


def test_a_single_statement_needs_no_list() -> None:
    (statement,) = document('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}').statements
    assert statement.location == Location("", "/Statement", 1, 15)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the text ends where a value is expected", 1, 1),
        ("[]", "a policy must be an object", 1, 1),
        ("null", "a policy must be an object", 1, 1),
        ("\ufeff{}", "unexpected `\\ufeff`, expected a value", 1, 1),
        ("{'a': 1}", "expected a name in double quotes", 1, 2),
        ('{"Statement": [],}', "expected a name in double quotes", 1, 18),
        ('{"Statement" []}', "expected `:` after `Statement`", 1, 14),
        ('{"Statement": []} x', "unexpected `x` after the end of the document", 1, 19),
        ('{"Statement": [', "the text ends where a value is expected", 1, 16),
        ('{"Statement": [1 2]}', "expected `,` or `]`", 1, 18),
        ('{"Statement": NaN}', "unexpected `N`, expected a value", 1, 15),
        ('{"Id": "a\nb"}', "invalid control character", 1, 10),
        ('{"Id": "a', "unterminated string", 1, 8),
        ('{"Id": "\\q"}', "invalid \\escape", 1, 9),
        ('{"Id": "\\ud800"}', "a string holds half of a surrogate pair", 1, 8),
        ("[" * 100_000, f"values nest deeper than {DEPTH} levels", 1, DEPTH + 2),
        ('{"Version": "2012-10-17"}', "the policy has no `Statement`", 1, 1),
        ('{"Version": "2012-10-18", "Statement": []}', "`Version` is `2012-10-18`; it must be", 1, 13),
        ('{"Version": 2012, "Statement": []}', "`Version` must be a string", 1, 13),
        ('{"Statement": [],\n "statement": []}', "`statement` is no element of a policy", 2, 2),
        ('{"Statement": [],\n  "Statement": []}', "`Statement` occurs twice in one object", 2, 3),
        ('{"Statement": ["x"]}', "a statement must be an object", 1, 16),
    ],
)
def test_what_is_no_policy(text: str, message: str, line: int, column: int) -> None:
    result = parse(text)
    assert isinstance(result, Malformed)
    assert result.message.startswith(message)
    assert (result.line, result.column) == (line, column)
    assert result.at("trust policy") == Location("trust policy", "", line, column)


@pytest.mark.parametrize(
    ("statement", "message", "column"),
    [
        ('{"Action": "a:b"}', "the statement has no `Effect`", 0),
        ('{"Effect": "allow", "Action": "a:b"}', "`Effect` is `allow`; it must be", 11),
        ('{"Effect": ["Allow"], "Action": "a:b"}', "`Effect` must be a string", 11),
        ('{"Effect": "Allow"}', "the statement has neither `Action` nor `NotAction`", 0),
        ('{"Effect": "Allow", "Action": "a:b", "NotAction": []}', "the statement has both `Action` and `NotAction`", 37),
        ('{"NotResource": [], "Effect": "Allow", "Action": "a:b", "Resource": "*"}', "the statement has both `Resource`", 56),
        ('{"Effect": "Allow", "Action": [["a:b"]]}', "each value of `Action` must be a string", 31),
        ('{"Effect": "Allow", "Action": null}', "each value of `Action` must be a string", 30),
        ('{"Effect": "Allow", "Action": "a:b", "Sid": 1}', "`Sid` must be a string", 44),
        ('{"Effect": "Allow", "Action": "a:b", "Actions": "c:d"}', "`Actions` is no element of a statement", 37),
        ('{"Effect": "Allow", "Action": "a:b", "Principal": "arn:x"}', "`Principal` is `arn:x`; a string must be `*`", 50),
        ('{"Effect": "Allow", "Action": "a:b", "Principal": ["*"]}', "`Principal` must be an object", 50),
        ('{"Effect": "Allow", "Action": "a:b", "Principal": {"Aws": "*"}}', "`Aws` is no element of `Principal`", 51),
        ('{"Effect": "Allow", "Action": "a:b", "Principal": {"AWS": 123456789012}}', "each value of `AWS` must be", 58),
        ('{"Effect": "Allow", "Action": "a:b", "Condition": "x"}', "`Condition` must be an object", 50),
        ('{"Effect": "Allow", "Action": "a:b", "Condition": {"Bool": []}}', "condition operator `Bool` must be an object", 59),
        ('{"Effect": "Allow", "Action": "a:b", "Condition": {"Bool": {"a": null}}}', "a condition value must be", 65),
    ],
)
def test_what_is_no_statement(statement: str, message: str, column: int) -> None:
    result = parse('{"Statement": [\n' + statement + "]}")
    assert isinstance(result, Malformed)
    assert result.message.startswith(message)
    assert (result.line, result.column) == (2, column + 1)


def test_what_aws_takes_though_it_means_nothing() -> None:
    (empty,) = document('{"Statement": [{"Effect": "Allow", "Action": [], "Principal": {}, "Condition": []}]}').statements
    assert (empty.actions, empty.principals, empty.conditions) == ((), {}, {})
    assert document('{"Statement": []}').statements == ()


def test_foreign_text_in_a_message_is_harmless() -> None:
    result = parse(json.dumps({"\x1b[31m\u202e`" + "x" * 500: 1}, ensure_ascii=False).replace("\\u001b", "\\u001B"))
    assert isinstance(result, Malformed)
    assert result.message.isprintable()
    assert len(result.message) < 100


def test_a_key_is_the_sid_or_says_what_the_statement_says() -> None:
    read = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    same = {"Resource": ["*"], "Action": ["s3:List*", "s3:Get*"], "Effect": "Allow"}
    write = {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}
    (key,) = keys(read)
    assert keys({**read, "Sid": "A"}, write)[0] == "A"
    assert keys(write, same) == [*keys(write), key], "neither its place nor how it is written matters"
    assert len(set(keys(read, write, {**read, "Effect": "Deny"}))) == 3


def test_keys_are_never_shared() -> None:
    read = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    (key,) = keys(read)
    assert keys(read, read, read) == [key, f"{key}#2", f"{key}#3"]
    twice = keys({**read, "Sid": "A"}, {**read, "Sid": "A", "Effect": "Deny"})
    assert len(set(twice)) == 2
    assert "A" not in twice
    forged = keys(read, {**read, "Sid": key}, {**read, "Sid": f"{key}#2"}, read)
    assert len(set(forged)) == 4
    assert keys({**read, "Sid": ""}) != [""]


words = st.text(max_size=8)
some = st.one_of(words, st.lists(words, max_size=3))
who = st.one_of(
    st.just("*"), st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]), some, max_size=3)
)
values = st.one_of(words, st.booleans(), st.integers(-(10**20), 10**20))
whens = st.dictionaries(words, st.dictionaries(words, st.one_of(values, st.lists(values, max_size=3)), max_size=2), max_size=2)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Deny"]))}
    made[draw(st.sampled_from(["Action", "NotAction"]))] = draw(some)
    for pair, strategy in ((("Resource", "NotResource"), some), (("Principal", "NotPrincipal"), who)):
        if draw(st.booleans()):
            made[draw(st.sampled_from(pair))] = draw(strategy)
    if draw(st.booleans()):
        made["Sid"] = draw(words)
    if draw(st.booleans()):
        made["Condition"] = draw(whens)
    return made


def listed(value: Any) -> tuple[Any, ...] | None:
    return None if value is None else tuple(value) if isinstance(value, list) else (value,)


def principals(value: Any) -> Any:
    return {"*": ("*",)} if value == "*" else value and {kind: listed(names) for kind, names in value.items()}


def written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(
    st.lists(statements(), max_size=4),
    st.sampled_from([None, "2012-10-17", "2008-10-17"]),
    st.booleans(),
    st.sampled_from([None, 2]),
)
def test_what_is_written_comes_back(
    made: list[dict[str, Any]], version: str | None, ascii_only: bool, indent: int | None
) -> None:
    policy = {"Statement": made} | ({"Version": version} if version else {})
    text = json.dumps(policy, ensure_ascii=ascii_only, indent=indent)
    read = document(text)
    assert read.version == version
    assert len(read.statements) == len(made)
    assert len({statement.key for statement in read.statements}) == len(made)
    for index, (got, want) in enumerate(zip(read.statements, made, strict=True)):
        assert (got.index, got.effect, got.sid) == (index, want["Effect"], want.get("Sid"))
        assert (got.actions, got.not_actions) == (listed(want.get("Action")), listed(want.get("NotAction")))
        assert (got.resources, got.not_resources) == (listed(want.get("Resource")), listed(want.get("NotResource")))
        assert (got.principals, got.not_principals) == (principals(want.get("Principal")), principals(want.get("NotPrincipal")))
        assert got.conditions == {
            operator: {key: tuple(written(v) for v in listed(some) or ()) for key, some in tested.items()}
            for operator, tested in want.get("Condition", {}).items()
        }
        line, column = got.location.line, got.location.column
        assert line is not None
        assert column is not None
        assert text.split("\n")[line - 1][column - 1] == "{"
        assert json.JSONDecoder().raw_decode("\n".join(text.split("\n")[line - 1 :])[column - 1 :])[0] == want


names = st.one_of(st.sampled_from(["Statement", "Effect", "Action", "Principal", "Condition"]), st.text())
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(names, inner)),
)


@given(st.one_of(st.text(), st.text(alphabet='{}[]":,\\u09+-.eEtrufalsn \n\ud800'), anything.map(json.dumps)))
def test_no_text_makes_it_raise(text: str) -> None:
    result = parse(text)
    if isinstance(result, Malformed):
        assert 1 <= result.line <= text.count("\n") + 1
        assert result.column >= 1
        assert result.message.isprintable()


@given(st.lists(statements(), min_size=1, max_size=2), st.data())
def test_a_policy_cut_short_is_no_policy(made: list[dict[str, Any]], data: st.DataObject) -> None:
    text = json.dumps({"Statement": made})
    assert isinstance(parse(text[: data.draw(st.integers(0, len(text) - 1))]), Malformed)


def test_long_documents_are_read_in_good_time_or_refused() -> None:
    one = '{"Effect": "Allow", "Action": "s3:GetObject"}'
    many = '{"Statement": [' + ",\n".join([one] * 4000) + "]}"
    start = time.perf_counter()
    assert document(many).statements[-1].location.line == 4000
    assert time.perf_counter() - start < 3
    refused = parse(many + " " * LONGEST)
    assert isinstance(refused, Malformed)
    assert refused == Malformed(f"the document is longer than {LONGEST} characters", 1, 1)
