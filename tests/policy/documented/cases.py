"""AWS's worked examples, and requests of which little is known that are decided all the same."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    EXPLICIT,
    FULL,
    IMPLICIT,
    QUEUE,
    SESSION,
    STRANGER,
    USER,
    Json,
    Row,
    allow,
    aws,
    deny,
    depends,
    policy,
    request,
    rows,
)

UNKNOWN = "How AWS enforcement code logic evaluates requests to allow or deny access; what no unknown key can change"
MULTIPLE = "Conditions with multiple context keys or values, Evaluation logic for multiple context keys or values (table)"
NEGATED = "Conditions with multiple context keys or values, Evaluation logic for negated matching condition operators (table)"
HOME = "IAM JSON policy elements: Condition operators, Example using a policy variable with a string condition operator"
ENTITY_BOUNDARY = "Permissions boundaries for IAM entities, Delegating responsibility to others using permissions boundaries"
MFA = "AWS global condition context keys, aws:MultiFactorAuthPresent"
NULL_EXAMPLE = "IAM JSON policy elements: Condition operators, Condition operator to check existence of condition keys"
TLS = "IAM JSON policy elements: Condition operators, Example boolean condition operator"

X = {"StringEquals": {"aws:PrincipalTag/x": "1"}}
MAYBE = policy(allow(when=X))
MAYBE_NOT = policy(deny(when=X))
SEND = policy(allow("sqs:SendMessage", QUEUE))
NEVER = policy(allow(when={**X, "Bool": {"aws:SecureTransport": "true"}}))

BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
CALLERS = ["arn:aws:iam::222222222222:user/one", "arn:aws:iam::222222222222:user/two"]


def lists(caller: str, operator: str, tags: Json, expect: Json) -> tuple[Json, Json]:
    """A user of 222222222222 lists the bucket of 111122223333, whose policy asks for a department, a role and (not) these callers."""
    when = {
        "StringEquals": {
            "aws:PrincipalTag/department": ["finance", "hr", "legal"],
            "aws:PrincipalTag/role": ["audit", "security"],
        },
        operator: {"aws:PrincipalArn": CALLERS},
    }
    granted = policy(allow("s3:ListBucket", BUCKET, to=aws("arn:aws:iam::222222222222:root"), when=when))
    context = {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}
    asked = request(
        f"arn:aws:iam::222222222222:user/{caller}", "s3:ListBucket", BUCKET, context=context, identity=[FULL], on_resource=granted
    )
    return asked, expect


HOME_POLICY = policy(
    allow(["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "arn:aws:s3:::*"),
    allow("s3:ListBucket", BUCKET, when={"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}}),
    allow("s3:*", [f"{BUCKET}/home/${{aws:username}}", f"{BUCKET}/home/${{aws:username}}/*"]),
)


def at_home(action: str, resource: str, expect: Json, prefix: str | None = None) -> tuple[Json, Json]:
    """A user works in the folder of the user's name."""
    return request(
        USER, action, resource, context={} if prefix is None else {"s3:prefix": prefix}, identity=[HOME_POLICY]
    ), expect


NEW_USERS = policy(
    allow(["s3:*", "cloudwatch:*", "ec2:*", "dynamodb:*"]),
    allow(["iam:ListUsers", "iam:GetAccountPasswordPolicy"]),
    allow(["iam:*AccessKey*", "iam:ChangePassword", "iam:GetUser"], "arn:aws:iam::*:user/${aws:username}"),
    deny("s3:*", ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]),
    deny("ec2:*", "arn:aws:ec2:*:*:instance/i-1234567890abcdef0"),
)
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/"
NEEDS_MFA = policy(
    allow(),
    {
        "Effect": "Deny",
        "NotAction": ["iam:GetUser", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    },
)
TEMPORARY = policy(allow("ec2:*", when={"Null": {"aws:TokenIssueTime": "false"}}))
OVER_TLS = policy(allow(), deny("s3:ReplicateObject", [BUCKET, f"{BUCKET}/*"], when={"Bool": {"aws:SecureTransport": "false"}}))


def bounded(action: str, resource: str | None, expect: Json) -> tuple[Json, Json]:
    """A user with full access within the boundary."""
    return request(USER, action, resource, identity=[FULL], boundary=[NEW_USERS]), expect


ROWS: tuple[Row, ...] = (
    *rows(
        UNKNOWN,
        ("decided-allow", request(unknown=True, identity=[SEND, MAYBE]), ALLOW),
        ("decided-explicit", request(unknown=True, identity=[MAYBE, policy(deny("sqs:*"))]), EXPLICIT),
        ("decided-explicit-with-other-deny", request(unknown=True, identity=[FULL, MAYBE_NOT, policy(deny("sqs:*"))]), EXPLICIT),
        ("decided-implicit", request(unknown=True, identity=[policy(allow("s3:*", when=X))]), IMPLICIT),
        (
            "decided-false-and-unknown",
            request(context={"aws:SecureTransport": "false"}, unknown=True, identity=[NEVER]),
            IMPLICIT,
        ),
        ("decided-absent-and-unknown", request(context={"aws:SecureTransport": None}, unknown=True, identity=[NEVER]), IMPLICIT),
        ("decided-known-key", request(context={"aws:PrincipalTag/x": "1"}, unknown=True, identity=[MAYBE]), ALLOW),
        ("decided-known-absent", request(context={"aws:PrincipalTag/x": None}, unknown=True, identity=[MAYBE]), IMPLICIT),
        (
            "decided-known-key-denies",
            request(context={"aws:PrincipalTag/x": "1"}, unknown=True, identity=[FULL, MAYBE_NOT]),
            EXPLICIT,
        ),
        (
            "decided-derived-key",
            request(unknown=True, identity=[policy(allow(when={"StringEquals": {"aws:username": "reader"}}))]),
            ALLOW,
        ),
        ("decided-by-boundary", request(unknown=True, identity=[MAYBE], boundary=[policy(allow("s3:*"))]), IMPLICIT),
        (
            "decided-by-scp",
            request(unknown=True, identity=[MAYBE], scp=[{"target": "r", "policies": [policy(allow("s3:*"))]}]),
            IMPLICIT,
        ),
        ("decided-by-session", request(SESSION, unknown=True, identity=[MAYBE], session=[policy(allow("s3:*"))]), IMPLICIT),
        ("decided-by-direct-grant", request(unknown=True, identity=[MAYBE], on_resource=policy(allow(to=aws(USER)))), ALLOW),
        (
            "decided-cross-account",
            request(STRANGER, unknown=True, identity=[MAYBE], on_resource=policy(allow(to=aws(USER)))),
            IMPLICIT,
        ),
        ("open-allow", request(unknown=True, identity=[MAYBE]), depends("aws:PrincipalTag/x")),
        ("open-deny", request(unknown=True, identity=[FULL, MAYBE_NOT]), depends("aws:PrincipalTag/x")),
        ("open-boundary", request(unknown=True, identity=[SEND], boundary=[MAYBE]), depends("aws:PrincipalTag/x")),
        ("open-session", request(SESSION, unknown=True, identity=[SEND], session=[MAYBE]), depends("aws:PrincipalTag/x")),
        (
            "open-scp",
            request(unknown=True, identity=[SEND], scp=[{"target": "r", "policies": [MAYBE]}]),
            depends("aws:PrincipalTag/x"),
        ),
        (
            "open-grant",
            request(unknown=True, on_resource=policy(allow(to=aws(USER), when=X))),
            depends("aws:PrincipalTag/x"),
        ),
        (
            "open-cross-account",
            request(STRANGER, unknown=True, identity=[SEND], on_resource=policy(allow(to=aws(STRANGER), when=X))),
            depends("aws:PrincipalTag/x"),
        ),
        (
            "open-two-policies",
            request(unknown=True, identity=[MAYBE], boundary=[policy(allow(when={"Bool": {"aws:SecureTransport": "true"}}))]),
            depends("aws:PrincipalTag/x", "aws:SecureTransport"),
        ),
    ),
    *rows(
        MULTIPLE,
        ("and-all", *lists("two", "ArnLike", {"department": "legal", "role": "audit"}, ALLOW)),
        ("and-other-caller", *lists("three", "ArnLike", {"department": "hr", "role": "audit"}, IMPLICIT)),
        ("and-other-role", *lists("two", "ArnLike", {"department": "hr", "role": "payroll"}, IMPLICIT)),
        ("and-no-role", *lists("two", "ArnLike", {"department": "hr"}, IMPLICIT)),
        ("and-no-tags", *lists("two", "ArnLike", {}, IMPLICIT)),
    ),
    *rows(
        NEGATED,
        ("nor-all", *lists("three", "ArnNotLike", {"department": "legal", "role": "audit"}, ALLOW)),
        ("nor-listed-caller", *lists("two", "ArnNotLike", {"department": "hr", "role": "audit"}, IMPLICIT)),
        ("nor-other-role", *lists("three", "ArnNotLike", {"department": "hr", "role": "payroll"}, IMPLICIT)),
        ("nor-no-role", *lists("three", "ArnNotLike", {"department": "hr"}, IMPLICIT)),
        ("nor-no-tags", *lists("three", "ArnNotLike", {}, IMPLICIT)),
    ),
    *rows(
        HOME,
        ("home-list-top", *at_home("s3:ListBucket", BUCKET, ALLOW, "")),
        ("home-list-homes", *at_home("s3:ListBucket", BUCKET, ALLOW, "home/")),
        ("home-list-own", *at_home("s3:ListBucket", BUCKET, ALLOW, "home/reader/")),
        ("home-list-other", *at_home("s3:ListBucket", BUCKET, IMPLICIT, "home/writer/")),
        ("home-list-no-prefix", *at_home("s3:ListBucket", BUCKET, IMPLICIT)),
        ("home-write-own", *at_home("s3:PutObject", f"{BUCKET}/home/reader/a", ALLOW)),
        ("home-write-other", *at_home("s3:PutObject", f"{BUCKET}/home/writer/a", IMPLICIT)),
        ("home-name-is-whole", *at_home("s3:PutObject", f"{BUCKET}/home/reader2", IMPLICIT)),
    ),
    *rows(
        ENTITY_BOUNDARY,
        ("delegate-dynamodb", *bounded("dynamodb:GetItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t", ALLOW)),
        ("delegate-users", *bounded("iam:ListUsers", None, ALLOW)),
        ("delegate-create-user", *bounded("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/new", IMPLICIT)),
        ("delegate-own-keys", *bounded("iam:CreateAccessKey", USER, ALLOW)),
        ("delegate-other-keys", *bounded("iam:CreateAccessKey", USER + "2", IMPLICIT)),
        ("delegate-logs", *bounded("s3:GetObject", "arn:aws:s3:::logs/a", EXPLICIT)),
        ("delegate-instance", *bounded("ec2:StopInstances", INSTANCE + "i-1234567890abcdef0", EXPLICIT)),
        ("delegate-other-instance", *bounded("ec2:StopInstances", INSTANCE + "i-0000000000abcdef0", ALLOW)),
    ),
    *rows(
        MFA,
        ("mfa-long-term-keys", request(identity=[NEEDS_MFA]), EXPLICIT),
        ("mfa-without", request(identity=[NEEDS_MFA], context={"aws:MultiFactorAuthPresent": "false"}), EXPLICIT),
        ("mfa-with", request(identity=[NEEDS_MFA], context={"aws:MultiFactorAuthPresent": "true"}), ALLOW),
        ("mfa-spared", request(USER, "iam:GetUser", USER, identity=[NEEDS_MFA]), ALLOW),
    ),
    *rows(
        NULL_EXAMPLE,
        (
            "temporary",
            request(
                SESSION,
                "ec2:StopInstances",
                INSTANCE + "i-1",
                context={"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
                identity=[TEMPORARY],
            ),
            ALLOW,
        ),
        ("not-temporary", request(USER, "ec2:StopInstances", INSTANCE + "i-1", identity=[TEMPORARY]), IMPLICIT),
    ),
    *rows(
        TLS,
        (
            "tls-off",
            request(USER, "s3:ReplicateObject", f"{BUCKET}/a", context={"aws:SecureTransport": "false"}, identity=[OVER_TLS]),
            EXPLICIT,
        ),
        (
            "tls-on",
            request(USER, "s3:ReplicateObject", f"{BUCKET}/a", context={"aws:SecureTransport": "true"}, identity=[OVER_TLS]),
            ALLOW,
        ),
        (
            "tls-other-action",
            request(USER, "s3:GetObject", f"{BUCKET}/a", context={"aws:SecureTransport": "false"}, identity=[OVER_TLS]),
            ALLOW,
        ),
    ),
)
