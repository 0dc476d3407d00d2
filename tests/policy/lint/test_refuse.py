from __future__ import annotations

import pytest

from auditor.policy.lint.check import Kind
from auditor.policy.lint.refuse import refusal
from auditor.policy.lint.run import checks
from auditor.policy.lint.view import Policy
from auditor.source.json_source import data
from tests.policy.lint.marked import unmarked
from tests.policy.lint.test_forms import OK, ROWS, Row, doc

REFUSED = [row for row in ROWS if checks()[row.check].refused]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{number}-{row.check}" for number, row in enumerate(REFUSED)])
def test_what_aws_does_not_save_is_refused(row: Row) -> None:
    text, _ = unmarked(row.bad)
    found = refusal(Policy(data(text), row.kind))
    assert found is not None
    assert found.check.refused
    assert refusal(Policy(data(row.good), row.kind)) is None


def test_what_only_does_nothing_is_not_refused() -> None:
    assert refusal(Policy(data(OK), Kind.IDENTITY)) is None
    odd = doc('"Effect": "Allow"', '"Action": "s3:NoSuch"', '"Resource": "arn:aws:nosuch:::x"', version="")
    assert refusal(Policy(data(odd), Kind.IDENTITY)) is None
