"""Documents that AWS rejects: such a line is answered with an error, never with a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.policy.documented.row import (
    ERROR,
    FULL,
    QUEUE,
    RCP_FULL,
    SESSION,
    USER,
    Json,
    Row,
    allow,
    aws,
    level,
    policy,
    request,
    rows,
)

GRAMMAR = "Grammar of the IAM JSON policy language"
CHECKS = "IAM Access Analyzer policy check reference"
ELEMENTS = "IAM JSON policy elements reference"


def of_identity(source: str, *facts: tuple[str, Any]) -> Iterator[Row]:
    """Rows of identity policies that are none."""
    return rows(source, *((f"malformed-{name}", request(identity=[document]), ERROR) for name, document in facts))


def of_resource(source: str, *facts: tuple[str, Any]) -> Iterator[Row]:
    """Rows of resource policies that are none."""
    return rows(
        source, *((f"malformed-{name}", request(identity=[FULL], on_resource=document), ERROR) for name, document in facts)
    )


def without(key: str) -> Json:
    """A policy whose statement lacks an element."""
    return policy({name: value for name, value in allow().items() if name != key})


def having(**elements: object) -> Json:
    """A policy whose statement has these elements too, or instead."""
    return policy({**allow(), **elements})


def sparing(principal: Json) -> Json:
    """A policy that denies all but some to send."""
    return policy({"Effect": "Deny", "NotPrincipal": principal, "Action": "sqs:*", "Resource": "*"})


def when(operator: str, key: str = "aws:SourceIp", value: object = "x") -> Json:
    """A policy with this condition."""
    return policy(allow(when={operator: {key: value}}))


ROWS: tuple[Row, ...] = (
    *of_identity(
        f"{GRAMMAR}, Grammar",
        ("no-effect", without("Effect")),
        ("no-action", without("Action")),
        ("no-resource", without("Resource")),
        ("no-statement", {"Version": "2012-10-17"}),
        ("effect-case", having(Effect="allow")),
        ("effect-other", having(Effect="Maybe")),
        ("effect-list", having(Effect=["Allow"])),
        ("version-other", policy(allow(), version="2012-10-18")),
        ("version-number", {"Version": 2012, "Statement": [allow()]}),
        ("element-other", having(Actions="*")),
        ("element-case", having(action="*")),
        ("element-of-document", {**FULL, "Comment": "x"}),
        ("action-and-not-action", having(NotAction="s3:*")),
        ("resource-and-not-resource", having(NotResource="*")),
        ("statement-text", {"Version": "2012-10-17", "Statement": "Allow"}),
        ("document-list", [allow()]),
        ("document-number", 7),
        ("action-number", having(Action=7)),
        ("action-object", having(Action={"s3": "*"})),
        ("resource-null", having(Resource=None)),
        ("condition-text", having(Condition="x")),
        ("condition-operator-text", having(Condition={"StringEquals": "x"})),
        ("condition-value-object", having(Condition={"StringEquals": {"aws:SourceIp": {"x": "y"}}})),
        ("condition-value-null", having(Condition={"StringEquals": {"aws:SourceIp": None}})),
        ("sid-number", having(Sid=1)),
    ),
    *of_identity(
        f"{CHECKS}, Invalid condition operator",
        ("operator-other", when("StringMatches")),
        ("operator-qualifier", when("ForSomeValues:StringEquals")),
        ("operator-none", when("")),
        ("operator-bool-not", when("BoolNotEquals", "aws:SecureTransport", "true")),
        ("operator-if-exists-alone", when("IfExists")),
    ),
    *of_identity(f"{CHECKS}, Null with if exists", ("null-if-exists", when("NullIfExists", value="true"))),
    *of_identity(f"{CHECKS}, Invalid ARN prefix", ("resource-not-an-arn", having(Resource="amzn-s3-demo-bucket/*"))),
    *of_identity(
        f"{CHECKS}, Invalid action; IAM JSON policy elements: Action", ("action-without-service", having(Action="ListBucket"))
    ),
    *of_identity(
        "AWS JSON policy elements: Principal, Identity-based policies cannot have it; Unsupported principal",
        ("principal-in-identity", having(Principal="*")),
        ("not-principal-in-identity", having(NotPrincipal={"AWS": USER})),
    ),
    *of_identity(
        "IAM JSON policy elements: Sid (unique within a policy)",
        ("sid-twice", policy({**allow(), "Sid": "A"}, {**allow(), "Sid": "A"})),
    ),
    *of_resource(
        f"{CHECKS}, Missing principal; Invalid principal key; Invalid principal format",
        ("no-principal", FULL),
        ("principal-text", policy(allow(to=USER))),
        ("principal-type", policy(allow(to={"Aws": USER}))),
        ("principal-number", policy(allow(to={"AWS": 111122223333}))),
        ("principal-list", policy(allow(to=["*"]))),
    ),
    *of_resource(
        "AWS JSON policy elements: Principal, Note (no wildcard for part of a name or ARN); Unsupported wildcard in principal",
        ("principal-wildcard-users", policy(allow(to=aws("arn:aws:iam::111122223333:user/*")))),
        ("principal-wildcard-sessions", policy(allow(to=aws("arn:aws:sts::111122223333:assumed-role/app/*")))),
        ("principal-wildcard-account", policy(allow(to=aws("arn:aws:iam::*:role/app")))),
    ),
    *of_resource(
        f"{GRAMMAR}, Policy grammar notes (one of each pair)",
        ("principal-and-not-principal", policy({**allow(to="*"), "NotPrincipal": {"AWS": USER}})),
    ),
    *rows(
        "AWS Organizations User Guide, RCP syntax; AWS JSON policy elements: NotPrincipal, Key points",
        ("malformed-rcp-not-principal", request(identity=[FULL], rcp=[level(RCP_FULL, sparing(aws(USER)))]), ERROR),
        ("malformed-scp-not-principal", request(identity=[FULL], scp=[level(FULL, sparing(aws(USER)))]), ERROR),
    ),
    *rows(
        f"{GRAMMAR}, Grammar (the other places of a request line)",
        ("malformed-boundary", request(identity=[FULL], boundary=[without("Effect")]), ERROR),
        ("malformed-session", request(SESSION, identity=[FULL], session=[without("Action")]), ERROR),
        ("malformed-scp", request(identity=[FULL], scp=[level(FULL), level(without("Effect"))]), ERROR),
        ("malformed-scp-principal", request(identity=[FULL], scp=[level(having(Principal="*"))]), ERROR),
        ("malformed-rcp", request(identity=[FULL], rcp=[level(without("Action"))]), ERROR),
        ("malformed-endpoint", request(identity=[FULL], endpoint=[having(Effect="allow", Principal="*")]), ERROR),
        ("malformed-though-denied", request(identity=[policy(allow(effect="Deny")), without("Effect")]), ERROR),
        ("malformed-though-other-resource", request(USER, "sqs:SendMessage", QUEUE, identity=[FULL, without("Resource")]), ERROR),
    ),
)
