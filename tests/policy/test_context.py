"""Condition keys and their case."""

from __future__ import annotations

import pytest

from auditor.policy.actions import table
from auditor.policy.context import context, folded
from auditor.policy.global_keys import global_key

KELVIN = "aws:To\u212aenIssueTime"


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("aws:TokenIssueTime", "aws:tokenissuetime"),
        (KELVIN, "aws:to\u212aenissuetime"),
        ("aws:PrincipalTag/\ud300", "aws:principaltag/\ud300"),
        ("aws:PrincipalTag/\u00c9", "aws:principaltag/\u00e9"),
    ],
)
def test_keys_are_compared_without_case(key: str, plain: str) -> None:
    assert folded(key) == plain


def test_the_kelvin_sign_is_no_k() -> None:
    assert context({KELVIN: "x"}).get("aws:tokenissuetime") == ()
    assert global_key(KELVIN) is None
    assert table().key(KELVIN) is None
