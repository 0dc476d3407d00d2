"""Action, NotAction, Resource, NotResource: case, wildcards, segments, and actions that know no resources."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    EXPLICIT,
    IMPLICIT,
    OTHER,
    USER,
    Json,
    Row,
    allow,
    deny,
    policy,
    request,
    rows,
)

ACTION = "IAM JSON policy elements: Action"
NOT_ACTION = "IAM JSON policy elements: NotAction"
RESOURCE = "IAM JSON policy elements: Resource, Using wildcards in resource ARNs"
NOT_RESOURCE = "IAM JSON policy elements: NotResource"
NO_RESOURCE = "IAM JSON policy elements: Resource, Note (services without resource-level permissions)"
SIMULATED = "IAM API Reference, SimulateCustomPolicy, ResourceArns (not provided: *)"
BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:pay"
TABLE = f"arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/books_table"


def acts(action: str, pattern: object, expect: Json) -> tuple[Json, Json]:
    """A request for the action under a statement of these actions."""
    return request(USER, action, None, identity=[policy(allow(pattern))]), expect


def touches(resource: str, pattern: object, expect: Json, action: str = "s3:GetObject") -> tuple[Json, Json]:
    """A request for the resource under a statement of these resources."""
    return request(USER, action, resource, identity=[policy(allow("*", pattern))]), expect


def others(action: str, effect: str, not_actions: object, expect: Json) -> tuple[Json, Json]:
    """A request under a NotAction; one that denies stands beside full access."""
    statement: Json = {"Effect": effect, "NotAction": not_actions, "Resource": "*"}
    first = [allow()] if effect == "Deny" else []
    return request(USER, action, None, identity=[policy(*first, statement)]), expect


def elsewhere(resource: str, effect: str, not_resources: object, expect: Json) -> tuple[Json, Json]:
    """A request under a NotResource; one that denies stands beside full access."""
    statement: Json = {"Effect": effect, "Action": "s3:*", "NotResource": not_resources}
    first = [allow()] if effect == "Deny" else []
    return request(USER, "s3:GetObject", resource, identity=[policy(*first, statement)]), expect


TESTS = f"{BUCKET}/*/test/*"

ROWS: tuple[Row, ...] = (
    *rows(
        ACTION,
        ("action-same", *acts("iam:ListAccessKeys", "iam:ListAccessKeys", ALLOW)),
        ("action-case", *acts("iam:ListAccessKeys", "IAM:listaccesskeys", ALLOW)),
        ("action-case-of-the-request", *acts("IAM:LISTACCESSKEYS", "iam:ListAccessKeys", ALLOW)),
        ("action-other", *acts("iam:ListUsers", "iam:ListAccessKeys", IMPLICIT)),
        ("action-service-wildcard", *acts("iam:ListUsers", "iam:*", ALLOW)),
        ("action-everything", *acts("iam:ListUsers", "*", ALLOW)),
        ("action-part", *acts("iam:CreateAccessKey", "iam:*AccessKey*", ALLOW)),
        ("action-part-plural", *acts("iam:ListAccessKeys", "iam:*AccessKey*", ALLOW)),
        ("action-part-other", *acts("iam:CreateUser", "iam:*AccessKey*", IMPLICIT)),
        ("action-part-case", *acts("iam:CreateAccessKey", "iam:*accesskey*", ALLOW)),
        ("action-prefix", *acts("iam:ListUsers", "iam:List*", ALLOW)),
        ("action-prefix-other", *acts("iam:GetUser", "iam:List*", IMPLICIT)),
        ("action-question", *acts("iam:GetUser", "iam:?etUser", ALLOW)),
        ("action-question-none", *acts("iam:GetUser", "iam:GetUser?", IMPLICIT)),
        ("action-other-service", *acts("iam:ListUsers", "s3:*", IMPLICIT)),
        ("action-one-of", *acts("iam:ListUsers", ["s3:ListAllMyBuckets", "iam:ListUsers"], ALLOW)),
    ),
    *rows(
        NOT_ACTION,
        ("not-action-allows-others", *others("sqs:ListQueues", "Allow", "iam:*", ALLOW)),
        ("not-action-leaves-out", *others("iam:ListUsers", "Allow", "iam:*", IMPLICIT)),
        ("not-action-leaves-out-case", *others("iam:ListUsers", "Allow", "IAM:LIST*", IMPLICIT)),
        ("not-action-denies-others", *others("sqs:ListQueues", "Deny", "iam:*", EXPLICIT)),
        ("not-action-spares", *others("iam:ListUsers", "Deny", ["iam:*", "sts:*"], ALLOW)),
    ),
    *rows(
        RESOURCE,
        ("resource-same", *touches(f"{BUCKET}/a", f"{BUCKET}/a", ALLOW)),
        ("resource-everything", *touches(f"{BUCKET}/a", "*", ALLOW)),
        ("resource-items", *touches(f"{BUCKET}/a/b", f"{BUCKET}/*", ALLOW)),
        ("resource-items-not-bucket", *touches(BUCKET, f"{BUCKET}/*", IMPLICIT, "s3:ListBucket")),
        ("resource-bucket-not-items", *touches(f"{BUCKET}/a", BUCKET, IMPLICIT)),
        ("resource-one-of", *touches(TABLE, [TABLE, TABLE.replace("books", "magazines")], ALLOW, "dynamodb:GetItem")),
        ("resource-none-of", *touches(TABLE + "2", [TABLE], IMPLICIT, "dynamodb:GetItem")),
        (
            "resource-path",
            *touches(f"arn:aws:iam::{ACCOUNT}:user/accounting/x", "arn:aws:iam::*:user/accounting/*", ALLOW, "iam:GetUser"),
        ),
        ("resource-user-case", *touches(USER, USER.replace("reader", "Reader"), IMPLICIT, "iam:GetUser")),
        ("resource-nested-1", *touches(f"{BUCKET}/1/test/object.jpg", TESTS, ALLOW)),
        ("resource-nested-2", *touches(f"{BUCKET}/1/2/test/object.jpg", TESTS, ALLOW)),
        ("resource-nested-3", *touches(f"{BUCKET}/1/2/test/3/object.jpg", TESTS, ALLOW)),
        ("resource-nested-4", *touches(f"{BUCKET}/1/2/3/test/4/object.jpg", TESTS, ALLOW)),
        ("resource-nested-5", *touches(f"{BUCKET}/1///test///object.jpg", TESTS, ALLOW)),
        ("resource-nested-6", *touches(f"{BUCKET}/1/test/.jpg", TESTS, ALLOW)),
        ("resource-nested-7", *touches(f"{BUCKET}//test/object.jpg", TESTS, ALLOW)),
        ("resource-nested-8", *touches(f"{BUCKET}/1/test/", TESTS, ALLOW)),
        ("resource-nested-no-1", *touches(f"{BUCKET}/1-test/object.jpg", TESTS, IMPLICIT)),
        ("resource-nested-no-2", *touches(f"{BUCKET}/test/object.jpg", TESTS, IMPLICIT)),
        ("resource-nested-no-3", *touches(f"{BUCKET}/1/2/test.jpg", TESTS, IMPLICIT)),
        ("resource-question", *touches(f"{BUCKET}/a1", f"{BUCKET}/a?", ALLOW)),
        ("resource-question-none", *touches(f"{BUCKET}/a", f"{BUCKET}/a?", IMPLICIT)),
        ("resource-question-two", *touches(f"{BUCKET}/a12", f"{BUCKET}/a?", IMPLICIT)),
        ("resource-any-region", *touches(FUNCTION, f"arn:aws:lambda:*:{ACCOUNT}:function:pay", ALLOW, "lambda:InvokeFunction")),
        (
            "resource-part-of-region",
            *touches(FUNCTION, f"arn:aws:lambda:us-*-1:{ACCOUNT}:function:pay", ALLOW, "lambda:InvokeFunction"),
        ),
        ("resource-last-star-over-colons", *touches(f"{FUNCTION}:PROD", f"{FUNCTION[:-3]}*", ALLOW, "lambda:InvokeFunction")),
        ("resource-star-ends-segment", *touches(TABLE, "arn:aws:dynamodb:*:table/books_*", ALLOW, "dynamodb:GetItem")),
        ("resource-star-ends-segment-other", *touches(TABLE, "arn:aws:dynamodb:*:table/films_*", IMPLICIT, "dynamodb:GetItem")),
        (
            "resource-star-within-segment",
            *touches(
                f"arn:aws:lambda:us-east-1:{OTHER}:function:f-1:{ACCOUNT}:function:pay",
                f"arn:aws:lambda:us-*-1:{ACCOUNT}:function:pay",
                IMPLICIT,
                "lambda:InvokeFunction",
            ),
        ),
        ("resource-partition", *touches(f"{BUCKET}/a", "arn:aws-cn:s3:::amzn-s3-demo-bucket/*", IMPLICIT)),
    ),
    *rows(
        NOT_RESOURCE,
        ("not-resource-allows-others", *elsewhere("arn:aws:s3:::amzn-s3-demo-other/a", "Allow", f"{BUCKET}/*", ALLOW)),
        ("not-resource-leaves-out", *elsewhere(f"{BUCKET}/a", "Allow", f"{BUCKET}/*", IMPLICIT)),
        (
            "not-resource-denies-others",
            *elsewhere("arn:aws:s3:::amzn-s3-demo-other/a", "Deny", [BUCKET, f"{BUCKET}/*"], EXPLICIT),
        ),
        ("not-resource-spares", *elsewhere(f"{BUCKET}/a", "Deny", [BUCKET, f"{BUCKET}/*"], ALLOW)),
    ),
    *rows(
        NO_RESOURCE,
        (
            "resourceless-star",
            request(USER, "ec2:DescribeInstances", None, owner=None, identity=[policy(allow("ec2:Describe*"))]),
            ALLOW,
        ),
        (
            "resourceless-asked-with-star",
            request(USER, "ec2:DescribeInstances", "*", identity=[policy(allow("ec2:Describe*"))]),
            ALLOW,
        ),
        (
            "resourceless-specific",
            request(USER, "ec2:DescribeInstances", None, identity=[policy(allow("ec2:*", "arn:aws:ec2:*:*:instance/*"))]),
            IMPLICIT,
        ),
        (
            "resourceless-specific-user",
            request(USER, "iam:ListUsers", None, identity=[policy(allow("iam:*", f"arn:aws:iam::{ACCOUNT}:user/*"))]),
            IMPLICIT,
        ),
        (
            "resourceless-specific-deny",
            request(
                USER,
                "ec2:DescribeInstances",
                None,
                identity=[policy(allow(), deny("ec2:*", "arn:aws:ec2:*:*:instance/i-1234567890abcdef0"))],
            ),
            ALLOW,
        ),
    ),
    *rows(
        SIMULATED,
        ("no-resource-given", request(USER, "sqs:SendMessage", None, identity=[policy(allow("sqs:SendMessage"))]), ALLOW),
    ),
)
