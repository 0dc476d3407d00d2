"""Conditions of S3 and DynamoDB that look like a limit and are none."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Level
from auditor.policy.lint.sets import operator, tests_of
from auditor.policy.lint.view import Policy
from auditor.source.positions import shown

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"

S3_PREFIX = Check(
    id="s3-prefix-in-negative-context",
    level=Level.SECURITY,
    title="prefixes that shall not be listed",
    why="Whoever asks for a shorter prefix, or none, does not match and sees them all the same.",
    source=_ACCESS_ANALYZER,
)
DYNAMODB_SELECT = Check(
    id="dynamodb-attributes-without-select",
    level=Level.SECURITY,
    title="limited attributes, but requests for all of them are let through",
    why="A read that names no attributes returns the whole item: only dynamodb:Select makes it name them.",
    source=_ACCESS_ANALYZER,
)

CHECKS = (S3_PREFIX, DYNAMODB_SELECT)
CONDITIONAL = True

_READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Conditions by key."""
    for clause in policy.conditional:
        mine = tests_of(clause)
        for test in mine.get("s3:prefix", ()):
            kind = operator(test.operator)
            if not kind.base.startswith("string") or kind.negated == clause.denies or test.values == ("",):
                continue
            yield Found(
                S3_PREFIX,
                test.path,
                f"{shown(test.operator)} on {shown(test.key)} with {'Deny' if clause.denies else 'Allow'} does not hold for a shorter"
                " prefix, with which the same objects are listed",
                'allow with "StringLike", or deny with "StringNotLike", and list the prefixes that may be seen',
                name=True,
            )
        attributes = mine.get("dynamodb:attributes", ())
        if attributes and clause.allows and "dynamodb:select" not in mine:
            reads = 0
            for name in _READS:
                reads |= table.expand(name)
            if any(table.expand(pattern) & reads for _, pattern in clause.actions):
                yield Found(
                    DYNAMODB_SELECT,
                    attributes[0].path,
                    f"{shown(attributes[0].key)} does not hold back a read that names no attributes",
                    'add "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}',
                    name=True,
                )
