"""ForAllValues and ForAnyValue: which values, none, absent and unknown keys, negated operators, with every operator family."""

from __future__ import annotations

from collections.abc import Mapping

from tests.policy.documented.row import Row, conditions

PAGE = "Single-valued vs. multivalued context keys, Set operators for multivalued context keys"
EXAMPLES = "IAM JSON policy elements: Condition operators, Example using ForAnyValue with a string condition operator"
STRINGS = "IAM JSON policy elements: Condition operators, Multivalued string condition operators"
ARNS = "IAM JSON policy elements: Condition operators, Multivalued ARN condition operators"
BOOLS = "IAM JSON policy elements: Condition operators, Boolean condition operators (ForAllValues:Bool, ForAnyValue:Bool)"
TAGS = "Multivalued context key examples, Deny policy with condition set operator ForAllValues"
NULL = "IAM JSON policy elements: Condition operators, Condition operator to check existence of condition keys"

ATTRIBUTES = "dynamodb:Attributes"
THREAD = ["PostDateTime", "Message", "Tags"]
KEYS = "aws:TagKeys"
LOGS = "logs:LogGeneratingResourceArns"
CLOUDFRONT = [
    "arn:aws:cloudfront::123456789012:distribution/costcenter*",
    "arn:aws:cloudfront::123456789012:distribution/support*",
]
TAGGED: Mapping[str, Mapping[str, object]] = {
    "StringEqualsIgnoreCase": {"aws:RequestTag/environment": ["preprod", "storage"]},
    "ForAnyValue:StringEquals": {KEYS: "environment"},
}

ROWS: tuple[Row, ...] = (
    *conditions(
        PAGE,
        ("all-inside", {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}}, {ATTRIBUTES: ["Message", "Tags"]}, True),
        (
            "all-one-outside",
            {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}},
            {ATTRIBUTES: ["PostDateTime", "UserName"]},
            False,
        ),
        ("all-single", {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}}, {ATTRIBUTES: "Tags"}, True),
        ("all-absent", {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}}, {}, True),
        ("all-empty-list", {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}}, {ATTRIBUTES: []}, True),
        ("any-one-inside", {"ForAnyValue:StringEquals": {ATTRIBUTES: ["ID", "PostDateTime"]}}, {ATTRIBUTES: THREAD}, True),
        (
            "any-none-inside",
            {"ForAnyValue:StringEquals": {ATTRIBUTES: ["ID", "PostDateTime"]}},
            {ATTRIBUTES: ["UserName"]},
            False,
        ),
        ("any-absent", {"ForAnyValue:StringEquals": {ATTRIBUTES: ["ID"]}}, {}, False),
        ("any-empty-list", {"ForAnyValue:StringEquals": {ATTRIBUTES: ["ID"]}}, {ATTRIBUTES: []}, False),
        ("any-case", {"ForAnyValue:StringEquals": {KEYS: "environment"}}, {KEYS: ["Environment"]}, False),
        ("all-unknown", {"ForAllValues:StringEquals": {ATTRIBUTES: THREAD}}, {}, (ATTRIBUTES,)),
        ("any-unknown", {"ForAnyValue:StringEquals": {ATTRIBUTES: THREAD}}, {}, (ATTRIBUTES,)),
    ),
    *conditions(
        EXAMPLES,
        ("tags-match", TAGGED, {KEYS: ["environment"], "aws:RequestTag/environment": "preprod"}, True),
        ("tags-match-case", TAGGED, {KEYS: ["environment", "costcenter"], "aws:RequestTag/environment": "PreProd"}, True),
        ("tags-key-case", TAGGED, {KEYS: ["Environment"], "aws:RequestTag/Environment": "preprod"}, False),
        ("tags-other-key", TAGGED, {KEYS: ["costcenter"], "aws:RequestTag/environment": "preprod"}, False),
        ("tags-no-keys", TAGGED, {"aws:RequestTag/environment": "storage"}, False),
        ("tags-no-value", TAGGED, {KEYS: ["environment"]}, False),
        ("tags-nothing", TAGGED, {}, False),
    ),
    *conditions(
        STRINGS,
        ("all-like", {"ForAllValues:StringLike": {KEYS: ["key1*", "key2*"]}}, {KEYS: ["key1:legal", "key2:hr"]}, True),
        ("all-like-one-outside", {"ForAllValues:StringLike": {KEYS: ["key1*", "key2*"]}}, {KEYS: ["key1:legal", "other"]}, False),
        ("any-like", {"ForAnyValue:StringLike": {KEYS: ["key1*"]}}, {KEYS: ["other", "key1:legal"]}, True),
        ("any-like-none", {"ForAnyValue:StringLike": {KEYS: ["key1*"]}}, {KEYS: ["other"]}, False),
        ("all-ignore-case", {"ForAllValues:StringEqualsIgnoreCase": {KEYS: ["team"]}}, {KEYS: ["Team", "TEAM"]}, True),
        ("any-ignore-case", {"ForAnyValue:StringEqualsIgnoreCase": {KEYS: ["team"]}}, {KEYS: ["other", "TEAM"]}, True),
        ("all-not-equals", {"ForAllValues:StringNotEquals": {KEYS: ["a", "b"]}}, {KEYS: ["c", "d"]}, True),
        ("all-not-equals-one", {"ForAllValues:StringNotEquals": {KEYS: ["a", "b"]}}, {KEYS: ["c", "b"]}, False),
        ("any-not-equals", {"ForAnyValue:StringNotEquals": {KEYS: ["a", "b"]}}, {KEYS: ["a", "c"]}, True),
        ("any-not-equals-all-listed", {"ForAnyValue:StringNotEquals": {KEYS: ["a", "b"]}}, {KEYS: ["a", "b"]}, False),
        ("all-not-like", {"ForAllValues:StringNotLike": {KEYS: ["key1*"]}}, {KEYS: ["key2", "key3"]}, True),
        ("all-not-like-one", {"ForAllValues:StringNotLike": {KEYS: ["key1*"]}}, {KEYS: ["key2", "key1"]}, False),
        ("any-not-like", {"ForAnyValue:StringNotLike": {KEYS: ["key1*"]}}, {KEYS: ["key1", "key2"]}, True),
        ("any-not-like-none", {"ForAnyValue:StringNotLike": {KEYS: ["key1*"]}}, {KEYS: ["key1", "key11"]}, False),
        ("all-not-ignore-case", {"ForAllValues:StringNotEqualsIgnoreCase": {KEYS: ["team"]}}, {KEYS: ["TEAM"]}, False),
        ("any-not-ignore-case", {"ForAnyValue:StringNotEqualsIgnoreCase": {KEYS: ["team"]}}, {KEYS: ["TEAM", "x"]}, True),
    ),
    *conditions(
        TAGS,
        (
            "all-and-present",
            {"Null": {KEYS: "false"}, "ForAllValues:StringLike": {KEYS: ["key1*", "key2*"]}},
            {KEYS: ["key1:x"]},
            True,
        ),
        ("all-and-present-absent", {"Null": {KEYS: "false"}, "ForAllValues:StringLike": {KEYS: ["key1*", "key2*"]}}, {}, False),
        (
            "all-and-present-other",
            {"Null": {KEYS: "false"}, "ForAllValues:StringLike": {KEYS: ["key1*", "key2*"]}},
            {KEYS: ["key1:x", "key3"]},
            False,
        ),
    ),
    *conditions(
        ARNS,
        (
            "all-arn",
            {"ForAllValues:ArnLike": {LOGS: CLOUDFRONT}},
            {LOGS: [CLOUDFRONT[0][:-1], CLOUDFRONT[1][:-1] + "2025"]},
            True,
        ),
        (
            "all-arn-one-outside",
            {"ForAllValues:ArnLike": {LOGS: CLOUDFRONT}},
            {LOGS: [CLOUDFRONT[0][:-1], "arn:aws:cloudfront::123456789012:distribution/admin"]},
            False,
        ),
        (
            "all-arn-account",
            {"ForAllValues:ArnLike": {LOGS: CLOUDFRONT}},
            {LOGS: ["arn:aws:cloudfront::777788889999:distribution/costcenter"]},
            False,
        ),
        ("all-arn-absent", {"ForAllValues:ArnLike": {LOGS: CLOUDFRONT}}, {}, True),
        ("any-arn", {"ForAnyValue:ArnEquals": {LOGS: CLOUDFRONT}}, {LOGS: ["arn:aws:s3:::x", CLOUDFRONT[1][:-1]]}, True),
        ("any-arn-none", {"ForAnyValue:ArnEquals": {LOGS: CLOUDFRONT}}, {LOGS: ["arn:aws:s3:::x"]}, False),
        ("all-not-arn", {"ForAllValues:ArnNotLike": {LOGS: CLOUDFRONT}}, {LOGS: ["arn:aws:s3:::x", CLOUDFRONT[0][:-1]]}, False),
        ("any-not-arn", {"ForAnyValue:ArnNotEquals": {LOGS: CLOUDFRONT}}, {LOGS: ["arn:aws:s3:::x", CLOUDFRONT[0][:-1]]}, True),
    ),
    *conditions(
        BOOLS,
        ("all-bool", {"ForAllValues:Bool": {"app:flags": "true"}}, {"app:flags": [True, True]}, True),
        ("all-bool-one", {"ForAllValues:Bool": {"app:flags": "true"}}, {"app:flags": [True, False]}, False),
        ("any-bool", {"ForAnyValue:Bool": {"app:flags": "true"}}, {"app:flags": [False, True]}, True),
        ("any-bool-none", {"ForAnyValue:Bool": {"app:flags": "true"}}, {"app:flags": ["false"]}, False),
        ("all-bool-absent", {"ForAllValues:Bool": {"app:flags": "true"}}, {}, True),
    ),
    *conditions(
        f"{PAGE}; {NULL}",
        ("any-null-list-present", {"Null": {KEYS: "false"}}, {KEYS: ["a", "b"]}, True),
    ),
)
