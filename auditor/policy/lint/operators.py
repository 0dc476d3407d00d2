"""Condition operators, taken apart, and the values that they compare with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import msgspec

from auditor.policy.lint.view import Clause, Test
from auditor.source.shape import Path, is_list

Scalar: TypeAlias = str | int | float | bool
Values: TypeAlias = "list[tuple[Path, Scalar]]"
"""Values with their paths."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "String": (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ),
    "Numeric": (
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ),
    "Date": ("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"),
    "Bool": ("Bool",),
    "Binary": ("BinaryEquals",),
    "IpAddress": ("IpAddress", "NotIpAddress"),
    "Arn": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "Null": ("Null",),
}
"""The operators by the type of their values. Source: IAM User Guide, IAM JSON policy elements: Condition operators."""


class Operator(msgspec.Struct, frozen=True):
    """``ForAnyValue:StringLikeIfExists``: quantifier, name and family, and whether it says no and ``IfExists``."""

    quantifier: str
    name: str
    family: str
    negated: bool
    if_exists: bool


NAMES: Mapping[str, tuple[str, str]] = {name.lower(): (name, family) for family, names in FAMILIES.items() for name in names}
_QUANTIFIERS = ("", "ForAllValues:", "ForAnyValue:")


@lru_cache(maxsize=1024)
def operator(text: str) -> Operator | None:
    """The operator in a text; ``None`` if it is none. The case of its name does not matter."""
    over, colon, rest = text.rpartition(":")
    base = rest.removesuffix("IfExists")
    known = NAMES.get(base.lower()) if base.isascii() and over + colon in _QUANTIFIERS else None
    if known is None:
        return None
    name, family = known
    return Operator(over, name, family, "Not" in name, base != rest)


def placed(clause: Clause, test: Test) -> Values:
    """The known values of a test with their paths, which count those that are not known, too."""
    written = clause.raw["Condition"][test.operator][test.key]
    if not is_list(written):
        return [(test.path, value) for value in test.values]
    return [((*test.path, index), value) for index, value in enumerate(written) if isinstance(value, (str, int, float))]
