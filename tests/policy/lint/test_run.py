"""Documents far longer than AWS takes: a few findings on their frame, and no work that grows with their square."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.policy.actions import table
from auditor.policy.lint.check import Kind
from auditor.policy.lint.run import LARGEST, MOST, lint
from auditor.policy.lint.view import Policy
from auditor.source.json_source import size


def document(statements: int) -> dict[str, Any]:
    one = {"Effect": "Allow", "Action": ["s3:*a*b", "s3:*b*a"], "Resource": ["arn:aws:s3:::*x*y", "arn:aws:s3:::*y*x"]}
    return {"Version": "2012-10-17", "Statement": [{**one, "Sid": f"s{n}"} for n in range(statements)]}


@pytest.mark.parametrize("known", [True, False])
def test_a_document_that_aws_would_never_take_is_only_looked_at_from_outside(known: bool) -> None:
    raw = document(4000)
    count = size(json.dumps(raw)) if known else 0
    assert not known or count > LARGEST
    found = list(lint(Policy(raw, Kind.IDENTITY, size=count), table()))
    assert len(found) <= MOST
    assert {one.check.id for one in found} <= {"policy-size-exceeds-identity-policy-quota"}


def test_one_of_ordinary_length_is_checked_whole() -> None:
    found = {one.check.id for one in lint(Policy(document(3), Kind.IDENTITY), table())}
    assert "redundant-statement" in found
