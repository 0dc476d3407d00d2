"""Principal and NotPrincipal: every type of principal on both sides, and the keys that follow from who asks."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    ANONYMOUS,
    EXPLICIT,
    FEDERATED,
    FULL,
    IMPLICIT,
    OBJECT,
    OTHER,
    QUEUE,
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    STRANGER_ROLE,
    STRANGER_SESSION,
    USER,
    Json,
    Row,
    allow,
    aws,
    deny,
    policy,
    request,
    rows,
)

PAGE = "AWS JSON policy elements: Principal"
NOT = "AWS JSON policy elements: NotPrincipal"
KEYS = "AWS global condition context keys"
VALUES = "IAM policy elements: Variables and tags, Principal key values"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
SNS = "sns.amazonaws.com"


def named(who: str | Json, principal: object, expect: Json) -> tuple[Json, Json]:
    """A request from the queue's own account that only the queue's policy can allow."""
    return request(who, on_resource=policy(allow("sqs:SendMessage", QUEUE, to=principal))), expect


def abroad(who: str | Json, principal: object, expect: Json) -> tuple[Json, Json]:
    """A request from another account, whose identity policies allow everything."""
    return request(who, identity=[FULL], on_resource=policy(allow("sqs:SendMessage", QUEUE, to=principal))), expect


def denied_but(who: str | Json, spared: object, expect: Json, *, boundary: list[Json] | None = None) -> tuple[Json, Json]:
    """A request that all may make but for a Deny with this NotPrincipal."""
    everyone = allow("sqs:*", QUEUE, to="*")
    statement: Json = {"Effect": "Deny", "NotPrincipal": spared, "Action": "sqs:*", "Resource": QUEUE}
    return request(who, identity=[FULL], on_resource=policy(everyone, statement), boundary=boundary), expect


def knows(
    who: str | Json, operator: str, key: str, value: object, expect: Json, *, derive: bool | None = None
) -> tuple[Json, Json]:
    """A request that the queue's policy grants to all for which the key has the value."""
    session = [FULL] if who == FEDERATED else None
    granted = policy(allow("sqs:SendMessage", QUEUE, to="*", when={operator: {key: value}}))
    return request(who, derive=derive, session=session, on_resource=granted), expect


def root_knows(operator: str, key: str, value: object) -> tuple[Json, Json]:
    """A request of the root user, denied where the key has not the value: the negated operator also holds where it is absent."""
    return request(ROOT, on_resource=policy(deny(to="*", when={operator: {key: value}}))), ALLOW


ROWS: tuple[Row, ...] = (
    *rows(
        f"{PAGE}, IAM user principals",
        ("principal-user", *named(USER, aws(USER), ALLOW)),
        ("principal-user-other", *named(USER, aws(USER + "2"), IMPLICIT)),
        ("principal-user-case", *named(USER, aws(USER.replace("reader", "Reader")), IMPLICIT)),
        ("principal-user-one-of", *named(USER, aws(USER + "2", USER), ALLOW)),
        ("principal-user-path", *named(f"arn:aws:iam::{ACCOUNT}:user/division/reader", aws(USER), IMPLICIT)),
        ("principal-deleted-user", *named(USER, aws("AIDAJQABLZS4A3QDU576Q"), IMPLICIT)),
        ("principal-user-abroad", *abroad(STRANGER, aws(STRANGER), ALLOW)),
        ("principal-user-abroad-other", *abroad(STRANGER, aws(USER), IMPLICIT)),
    ),
    *rows(
        f"{PAGE}, AWS account principals",
        ("principal-account-abroad", *abroad(STRANGER, aws(OTHER), ALLOW)),
        ("principal-account-arn-abroad", *abroad(STRANGER, aws(f"arn:aws:iam::{OTHER}:root"), ALLOW)),
        ("principal-account-role-abroad", *abroad(STRANGER_ROLE, aws(OTHER), ALLOW)),
        ("principal-account-session-abroad", *abroad(STRANGER_SESSION, aws(OTHER), ALLOW)),
        ("principal-other-account-abroad", *abroad(STRANGER, aws("999999999999"), IMPLICIT)),
        ("principal-accounts-abroad", *abroad(STRANGER, aws("999999999999", OTHER), ALLOW)),
        ("principal-own-account-delegates", *named(USER, aws(ROOT), IMPLICIT)),
        ("principal-own-account-id-delegates", *named(USER, aws(ACCOUNT), IMPLICIT)),
        (
            "principal-own-account-delegated",
            request(
                identity=[policy(allow("sqs:SendMessage", QUEUE))], on_resource=policy(allow("sqs:*", QUEUE, to=aws(ACCOUNT)))
            ),
            ALLOW,
        ),
        (
            "principal-account-denied",
            request(identity=[FULL], on_resource=policy(deny("sqs:*", QUEUE, to=aws(ROOT)))),
            EXPLICIT,
        ),
        (
            "principal-account-denied-session",
            request(SESSION, identity=[FULL], on_resource=policy(deny("sqs:*", QUEUE, to=aws(ACCOUNT)))),
            EXPLICIT,
        ),
        (
            "principal-canonical-anonymous",
            request(
                ANONYMOUS,
                "s3:GetObject",
                OBJECT,
                on_resource=policy(allow("s3:GetObject", OBJECT, to={"CanonicalUser": CANONICAL})),
            ),
            IMPLICIT,
        ),
        (
            "principal-canonical-and-user",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                on_resource=policy(allow("s3:GetObject", OBJECT, to={"AWS": USER, "CanonicalUser": CANONICAL})),
            ),
            ALLOW,
        ),
    ),
    *rows(
        f"{PAGE}, IAM role principals",
        ("principal-role-session", *named(SESSION, aws(ROLE), ALLOW)),
        ("principal-role", *named(ROLE, aws(ROLE), ALLOW)),
        ("principal-role-other", *named(SESSION, aws(ROLE + "2"), IMPLICIT)),
        ("principal-role-abroad", *abroad(STRANGER_SESSION, aws(STRANGER_ROLE), ALLOW)),
        ("principal-role-is-no-user", *named(f"arn:aws:iam::{ACCOUNT}:user/app", aws(ROLE), IMPLICIT)),
        ("principal-role-denied-session", request(SESSION, identity=[FULL], on_resource=policy(deny(to=aws(ROLE)))), EXPLICIT),
    ),
    *rows(
        f"{PAGE}, Role session principals",
        ("principal-session", *named(SESSION, aws(SESSION), ALLOW)),
        ("principal-session-other", *named(SESSION, aws(SESSION + "2"), IMPLICIT)),
        ("principal-session-other-role", *named(SESSION, aws(SESSION.replace("/app/", "/web/")), IMPLICIT)),
        ("principal-session-abroad", *abroad(STRANGER_SESSION, aws(STRANGER_SESSION), ALLOW)),
    ),
    *rows(
        f"{PAGE}, AWS STS federated user session principals",
        ("principal-federated-user", *named(FEDERATED, aws(FEDERATED), ALLOW)),
        ("principal-federated-user-other", *named(FEDERATED, aws(FEDERATED + "2"), IMPLICIT)),
    ),
    *rows(
        f"{PAGE}, AWS service principals",
        ("principal-service", *named(SNS, {"Service": SNS}, ALLOW)),
        ("principal-service-other", *named("events.amazonaws.com", {"Service": SNS}, IMPLICIT)),
        ("principal-service-one-of", *named("events.amazonaws.com", {"Service": [SNS, "events.amazonaws.com"]}, ALLOW)),
        ("principal-service-is-no-user", *named(USER, {"Service": SNS}, IMPLICIT)),
        ("principal-user-is-no-service", *named(SNS, aws(USER), IMPLICIT)),
        ("principal-service-or-user", *named(SNS, {"AWS": USER, "Service": SNS}, ALLOW)),
        (
            "principal-service-denied",
            request(SNS, on_resource=policy(allow(to={"Service": SNS}), deny(to={"Service": SNS}))),
            EXPLICIT,
        ),
        (
            "principal-service-source",
            request(
                SNS,
                context={"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:TOPIC-ID"},
                on_resource=policy(
                    allow(
                        "SQS:SendMessage",
                        QUEUE,
                        to={"Service": SNS},
                        when={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:TOPIC-ID"}},
                    )
                ),
            ),
            ALLOW,
        ),
        (
            "principal-service-other-source",
            request(
                SNS,
                context={"aws:SourceArn": "arn:aws:sns:us-east-1:777788889999:TOPIC-ID"},
                on_resource=policy(
                    allow(
                        "SQS:SendMessage",
                        QUEUE,
                        to={"Service": SNS},
                        when={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:TOPIC-ID"}},
                    )
                ),
            ),
            IMPLICIT,
        ),
    ),
    *rows(
        f"{PAGE}, All principals",
        ("principal-all-anonymous", *named(ANONYMOUS, "*", ALLOW)),
        ("principal-all-aws-anonymous", *named(ANONYMOUS, {"AWS": "*"}, ALLOW)),
        ("principal-all-user", *named(USER, "*", ALLOW)),
        ("principal-all-aws-user", *named(USER, {"AWS": "*"}, ALLOW)),
        ("principal-all-session", *named(SESSION, "*", ALLOW)),
        ("principal-all-abroad", *abroad(STRANGER, "*", ALLOW)),
        ("principal-all-abroad-without-identity", *named(STRANGER, "*", IMPLICIT)),
        ("principal-anonymous-named-user", *named(ANONYMOUS, aws(USER), IMPLICIT)),
        ("principal-anonymous-account", *named(ANONYMOUS, aws(ACCOUNT), IMPLICIT)),
        ("principal-anonymous-denied", request(ANONYMOUS, on_resource=policy(allow(to="*"), deny(to="*"))), EXPLICIT),
        ("principal-anonymous-no-policy", request(ANONYMOUS), IMPLICIT),
        (
            "principal-all-denied-but-one",
            request(
                identity=[FULL],
                on_resource=policy(deny("sqs:*", QUEUE, to="*", when={"ArnNotEquals": {"aws:PrincipalArn": USER}})),
            ),
            ALLOW,
        ),
        (
            "principal-all-denied-but-another",
            request(
                identity=[FULL],
                on_resource=policy(deny("sqs:*", QUEUE, to="*", when={"ArnNotEquals": {"aws:PrincipalArn": USER + "2"}})),
            ),
            EXPLICIT,
        ),
        (
            "principal-all-denied-anonymous",
            request(
                ANONYMOUS,
                on_resource=policy(allow(to="*"), deny(to="*", when={"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}})),
            ),
            EXPLICIT,
        ),
    ),
    *rows(
        f"{NOT}, Key points",
        ("not-principal-spares", *denied_but(USER, aws(USER, ROOT), ALLOW)),
        ("not-principal-denies", *denied_but(USER + "2", aws(USER, f"arn:aws:iam::{OTHER}:root"), EXPLICIT)),
        ("not-principal-denies-abroad", *denied_but(STRANGER, aws(USER, ROOT), EXPLICIT)),
        ("not-principal-spares-session", *denied_but(SESSION, aws(SESSION, ROLE, ROOT), ALLOW)),
        ("not-principal-denies-anonymous", *denied_but(ANONYMOUS, aws(USER, ROOT), EXPLICIT)),
        ("not-principal-with-boundary", *denied_but(USER, aws(USER, ROOT), EXPLICIT, boundary=[FULL])),
        ("not-principal-with-boundary-role", *denied_but(SESSION, aws(SESSION, ROLE, ROOT), EXPLICIT, boundary=[FULL])),
        (
            "not-principal-alternative",
            request(
                SESSION,
                identity=[FULL],
                boundary=[FULL],
                on_resource=policy(deny("sqs:*", QUEUE, to="*", when={"ArnNotEquals": {"aws:PrincipalArn": ROLE}})),
            ),
            ALLOW,
        ),
    ),
    *rows(
        f"{KEYS}, aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalIsAWSService, aws:PrincipalServiceName, aws:ResourceAccount",
        ("key-arn-user", *knows(USER, "ArnEquals", "aws:PrincipalArn", USER, ALLOW)),
        ("key-arn-session-is-role", *knows(SESSION, "ArnEquals", "aws:PrincipalArn", ROLE, ALLOW)),
        ("key-arn-session-is-not-itself", *knows(SESSION, "ArnEquals", "aws:PrincipalArn", SESSION, IMPLICIT)),
        ("key-arn-like", *knows(SESSION, "ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*", ALLOW)),
        ("key-arn-federated", *knows(FEDERATED, "ArnEquals", "aws:PrincipalArn", FEDERATED, ALLOW)),
        ("key-arn-root", *root_knows("ArnNotEquals", "aws:PrincipalArn", ROOT)),
        ("key-account", *knows(USER, "StringEquals", "aws:PrincipalAccount", ACCOUNT, ALLOW)),
        ("key-account-session", *knows(SESSION, "StringEquals", "aws:PrincipalAccount", ACCOUNT, ALLOW)),
        ("key-account-anonymous", *knows(ANONYMOUS, "StringEquals", "aws:PrincipalAccount", ACCOUNT, IMPLICIT)),
        ("key-is-service-user", *knows(USER, "Bool", "aws:PrincipalIsAWSService", "false", ALLOW)),
        ("key-is-service-user-true", *knows(USER, "Bool", "aws:PrincipalIsAWSService", "true", IMPLICIT)),
        (
            "key-is-service",
            request(
                SNS,
                on_resource=policy(allow(to={"Service": SNS}, when={"Bool": {"aws:PrincipalIsAWSService": "true"}})),
            ),
            ALLOW,
        ),
        (
            "key-service-name",
            request(
                SNS,
                on_resource=policy(allow(to={"Service": SNS}, when={"StringEquals": {"aws:PrincipalServiceName": SNS}})),
            ),
            ALLOW,
        ),
        ("key-resource-account", *knows(USER, "StringEquals", "aws:ResourceAccount", ACCOUNT, ALLOW)),
        ("key-resource-account-other", *knows(USER, "StringEquals", "aws:ResourceAccount", OTHER, IMPLICIT)),
        (
            "key-given-wins",
            request(
                context={"aws:PrincipalArn": USER + "2"},
                on_resource=policy(allow(to="*", when={"ArnEquals": {"aws:PrincipalArn": USER + "2"}})),
            ),
            ALLOW,
        ),
        ("key-not-derived", *knows(USER, "ArnEquals", "aws:PrincipalArn", USER, IMPLICIT, derive=False)),
    ),
    *rows(
        VALUES,
        ("type-user", *knows(USER, "StringEquals", "aws:PrincipalType", "User", ALLOW)),
        ("type-session", *knows(SESSION, "StringEquals", "aws:PrincipalType", "AssumedRole", ALLOW)),
        ("type-federated", *knows(FEDERATED, "StringEquals", "aws:PrincipalType", "FederatedUser", ALLOW)),
        ("type-root", *root_knows("StringNotEquals", "aws:PrincipalType", "Account")),
        ("type-anonymous", *knows(ANONYMOUS, "StringEquals", "aws:PrincipalType", "Anonymous", ALLOW)),
        ("username-user", *knows(USER, "StringEquals", "aws:username", "reader", ALLOW)),
        ("username-session", *knows(SESSION, "Null", "aws:username", "true", ALLOW)),
        ("username-anonymous", *knows(ANONYMOUS, "Null", "aws:username", "true", ALLOW)),
        ("userid-anonymous", *knows(ANONYMOUS, "StringEquals", "aws:userid", "anonymous", ALLOW)),
        ("userid-root", *root_knows("StringNotEquals", "aws:userid", ACCOUNT)),
        ("userid-federated", *knows(FEDERATED, "StringEquals", "aws:userid", f"{ACCOUNT}:reader", ALLOW)),
    ),
)
