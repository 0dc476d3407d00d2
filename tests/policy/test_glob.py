"""Patterns: matching against a plain reference, comparing against brute force over short texts, and no pattern that takes for ever."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy import arns, glob

patterns = st.text("ab*?", max_size=6)
TEXTS = ["".join(one) for size in range(6) for one in itertools.product("abc", repeat=size)]


def naive(pattern: str, text: str) -> bool:
    """By definition."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@given(patterns, st.text("abc", max_size=8))
def test_matches_as_defined(pattern: str, text: str) -> None:
    assert glob.matches(pattern, text) == naive(pattern, text)
    assert glob.matches(glob.normal(pattern), text) == naive(pattern, text)


@given(patterns, patterns)
def test_what_covers_matches_all_that_the_other_matches(wide: str, narrow: str) -> None:
    if glob.covers(wide, narrow):
        assert all(naive(wide, text) for text in TEXTS if naive(narrow, text))


@given(st.text("ab*", max_size=5), st.text("ab?", max_size=5))
def test_covering_misses_nothing_of_what_has_no_star(wide: str, narrow: str) -> None:
    inside = all(naive(wide, text) for text in TEXTS if naive(narrow, text))
    assert glob.covers(wide, narrow) == inside


SHORT = ["".join(one) for size in range(9) for one in itertools.product("ab", repeat=size)]
"""If two patterns of four characters overlap at all, one of these is matched by both."""


@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_overlap_is_exact(one: str, other: str) -> None:
    assert glob.overlap(one, other) == any(naive(one, text) and naive(other, text) for text in SHORT)


@pytest.mark.parametrize("pattern", ["*a" * 400 + "b", "a*" * 400, "?*" * 400 + "x", "*" * 2000 + "z"])
def test_hostile_patterns_take_no_time(pattern: str) -> None:
    """A matcher that tries all ways would not come back in this life."""
    assert glob.matches(pattern, "a" * 5000) == (not pattern.endswith(("b", "x", "z")))
    assert glob.covers(pattern, pattern)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:s3:::b/k", True),
        ("*", "*", True),
        ("arn:aws:s3:::b/*", "*", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b/c", True),
        ("arn:aws:s3:::b/*x", "arn:aws:s3:::b/a:bx", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::B", False),
        ("arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", True),
        ("arn:aws:ec2:us-*-1:*:instance/*", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", True),
        # A star within a part stays within it; one that ends a part runs over colons.
        ("arn:aws:ec2:us-*2:instance/i-0", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", False),
        ("arn:aws:ec2:us-*:instance/i-0", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", True),
        ("arn:aws:ec2:us-east-?:1*:instance/i-0", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", True),
        ("arn:aws:ec2:us-east-1?123456789012:instance/i-0", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", False),
        ("arn:aws:ec2:*", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", True),
        ("arn:aws:ec2", "arn:aws:ec2:us-east-1:123456789012:instance/i-0", False),
    ],
)
def test_resources(pattern: str, arn: str, expected: bool) -> None:
    """Source: IAM User Guide, *IAM JSON policy elements: Resource*, using wildcards in resource ARNs."""
    assert bool(arns.plain_resource(pattern)(arn)) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:sns:*:123456789012:*", "arn:aws:sns:us-east-1:123456789012:topic", True),
        ("arn:aws:s3:*:*:logs", "arn:aws:s3:::logs", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/a:b", True),
        # Part by part: a star does not run over colons here.
        ("arn:aws:*:role/x", "arn:aws:iam::123456789012:role/x", False),
        ("arn:aws:iam:*", "arn:aws:iam::123456789012:role/x", True),
        ("arn:aws:iam", "arn:aws:iam::123456789012:role/x", False),
        ("*", "arn:aws:iam::123456789012:role/x", True),
        ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/X", False),
    ],
)
def test_arn_operators(pattern: str, arn: str, expected: bool) -> None:
    """Source: IAM User Guide, *condition operators*, Amazon Resource Name (ARN) condition operators."""
    assert bool(arns.arn_like(((False, pattern),))(arn)) is expected


def test_what_a_variable_stands_for_is_literal() -> None:
    starred = arns.resource(((False, "arn:aws:s3:::b/"), (True, "*"), (False, "/x*")))
    assert starred("arn:aws:s3:::b/*/x1")
    assert not starred("arn:aws:s3:::b/any/x1")
