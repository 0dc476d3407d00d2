"""What clauses and policies name, against the sets of the table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.action_names import ones
from auditor.policy.actions import table
from auditor.policy.lint.check import Kind
from auditor.policy.lint.named import NOWHERE, WILD, named, roster, within
from auditor.policy.lint.view import Clause, Opaque, Policy

PATTERNS = (
    "s3:GetObject",
    "S3:getobject",
    "s3:PutObject",
    "sqs:SendMessage",
    "s3:Get*",
    "s3:*Object",
    "s3:?etObject",
    "sqs:*",
    "*",
    "s3:MadeUp",
    "s3:MadeUp*",
    "nowhere:Do",
    "GetObject",
)
SOME = frozenset(ones(table().expand("s3:*Object*") | table().expand("sqs:*")))

patterns = st.lists(st.sampled_from(PATTERNS), max_size=4)
statements = st.tuples(patterns, st.booleans())


def clause(said: tuple[list[str], bool]) -> Clause:
    name = "NotAction" if said[1] else "Action"
    return Clause(Kind.IDENTITY, {"Effect": "Allow", name: said[0], "Resource": "*"}, 0, ("Statement", 0))


def meant(said: tuple[list[str], bool]) -> int:
    bits = 0
    for pattern in said[0]:
        bits |= table().expand(pattern)
    return table().all & ~bits if said[1] else bits


@given(statements)
def test_a_clause_is_about_what_its_patterns_match(said: tuple[list[str], bool]) -> None:
    row, bits = named(clause(said), table()), meant(said)
    assert row.bits == bits
    assert row.among(SOME) == {bit for bit in SOME if bits >> bit & 1}
    assert row.may_have(SOME) or not row.among(SOME)
    assert row.one == -1 if not bits else bits >> row.one & 1
    for pattern, place in zip(said[0], row.places, strict=True):
        known = table().bit(pattern)
        assert place == (WILD if "*" in pattern or "?" in pattern else NOWHERE if known is None else known)
    shared = any(table().expand(one) & table().expand(other) for at, one in enumerate(said[0]) for other in said[0][:at])
    assert row.overlap or not shared


@given(statements, statements)
def test_a_clause_is_within_another_that_has_all_its_actions(one: tuple[list[str], bool], other: tuple[list[str], bool]) -> None:
    assert within(named(clause(one), table()), named(clause(other), table())) == (not meant(one) & ~meant(other))


@given(st.lists(statements, max_size=3))
def test_a_policy_may_have_what_one_of_its_statements_has(some: list[tuple[list[str], bool]]) -> None:
    policy = Policy({"Statement": [clause(said).raw for said in some]}, Kind.IDENTITY)
    found = roster(policy, table())
    assert [row.bits for row in found.rows] == [meant(said) for said in some]
    assert found.may_have(SOME) == any(row.may_have(SOME) for row in found.rows)
    assert roster(policy, table()) is found


def test_of_exceptions_that_are_not_known_nothing_is_said() -> None:
    raw = {"Effect": "Allow", "NotAction": ["s3:GetObject", Opaque("Name")], "Resource": "*"}
    row = named(Clause(Kind.IDENTITY, raw, 0, ()), table())
    assert (row.bits, row.inverse, row.exact) == (0, False, True)


def test_the_actions_of_a_service_are_spelled_as_aws_does() -> None:
    known = table()
    for prefix in ("s3", "iam", "elasticloadbalancing"):
        spelled = known.spelled(prefix)
        assert list(spelled) == known.names(known.in_service(prefix))
        assert all(known.bit(name) == place for name, place in spelled.items())
    assert known.spelled("nowhere") == {}
