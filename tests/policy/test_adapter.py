"""policyuniverse behind its adapter, and what it and we say of the same statements."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.adapter import Arn, expanded_actions, named_principals, parse_arn, seems_open
from auditor.policy.breadth import every_action, names_action, names_everyone
from auditor.policy.parse import Document, Statement, parse


def statement(**elements: Any) -> Statement:
    result = parse(json.dumps({"Statement": {"Effect": "Allow", **elements}}))
    assert isinstance(result, Document), result
    return result.statements[0]


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("arn:aws:iam::123456789012:root", Arn("aws", "iam", "", "123456789012", "root")),
        ("arn:aws-cn:s3:::bucket/a:b", Arn("aws-cn", "s3", "", "", "bucket/a:b")),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", Arn("aws", "iam", "", "aws", "policy/ReadOnlyAccess")),
        ("arn:aws:iam::*:role/읽기", Arn("aws", "iam", "", "*", "role/읽기")),
        ("arn:aws:iam::123456789012:root\n", None),
        ("arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:root", None),
        ("arn:aws:iam::12345678901:root", None),
        ("123456789012", None),
        ("ec2.amazonaws.com", None),
        ("*", None),
        ("", None),
    ],
)
def test_arns(text: str, arn: Arn | None) -> None:
    assert parse_arn(text) == arn


@given(st.text())
def test_an_arn_comes_out_as_it_went_in(text: str) -> None:
    arn = parse_arn(f"arn:aws:iam::123456789012:{text}")
    assert arn is None or str(arn) == f"arn:aws:iam::123456789012:{text}"


def test_importing_the_policy_package_does_not_import_policyuniverse() -> None:
    code = "import sys, auditor.sdk; sys.exit('policyuniverse' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("patterns", ["s3:Get*", ["iam:*User", "ec2:Describe*"], "*", "S3:GETOBJECT", ["s3:*", "sts:AssumeRole"]])
def test_we_match_what_it_expands(patterns: Any) -> None:
    known = expanded_actions(statement(Action="*"))
    assert len(known) > 15_000
    for ours in (statement(Action=patterns), statement(NotAction=patterns)):
        theirs = expanded_actions(ours)
        assert {action for action in known if names_action(ours, action)} == {action for action in known if action in theirs}


def test_where_it_differs() -> None:
    """A question mark without a star is no wildcard to it, brackets are one, and it cannot match actions newer than its table."""
    assert expanded_actions(statement(Action="s3:GetObjec?")) == {"s3:getobjec?"}
    assert names_action(statement(Action="s3:GetObjec?"), "s3:GetObject")
    assert "s3:getobject" in expanded_actions(statement(Action="s3:[gh]etObject*"))
    assert not names_action(statement(Action="s3:[gh]etObject*"), "s3:GetObject")
    assert "new:Thing" not in expanded_actions(statement(Action="*"))
    assert names_action(statement(Action="*"), "new:Thing")


@pytest.mark.parametrize("pattern", ["*", "*:*", "**", "?*", "*?", "**:*"])
def test_what_is_every_action_to_us_is_to_it(pattern: str) -> None:
    assert every_action((pattern,))
    assert len(expanded_actions(statement(Action=pattern))) == len(expanded_actions(statement(Action="*")))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ["123456789012", "*"]},
        {"AWS": "123456789012"},
        {"Service": "ec2.amazonaws.com"},
        {"Federated": "x"},
    ],
)
def test_who_is_everyone(principal: Any) -> None:
    ours = statement(Principal=principal, Action="sts:AssumeRole")
    assert names_everyone(ours) == seems_open(ours) == ("*" in named_principals(ours))


def test_not_principal_is_everyone_else() -> None:
    ours = statement(NotPrincipal={"AWS": "123456789012"}, Action="s3:GetObject", Resource="*")
    assert names_everyone(ours)
    assert seems_open(ours)
    assert named_principals(ours) == frozenset()
