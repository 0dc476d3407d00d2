"""Generated documents and requests, within the language of the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

ONE, TWO = "111122223333", "444455556666"
CALLERS: tuple[str | Json, ...] = (
    f"arn:aws:iam::{ONE}:user/a",
    f"arn:aws:iam::{ONE}:user/a",
    f"arn:aws:sts::{ONE}:assumed-role/r/s",
    f"arn:aws:sts::{ONE}:assumed-role/r/s",
    f"arn:aws:iam::{ONE}:root",
    f"arn:aws:iam::{TWO}:user/a",
    f"arn:aws:sts::{TWO}:assumed-role/r/s",
    "sns.amazonaws.com",
    {"type": "Anonymous"},
)
NAMES: tuple[Json | str, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": ONE},
    {"AWS": f"arn:aws:iam::{ONE}:root"},
    {"AWS": [f"arn:aws:iam::{ONE}:user/a", f"arn:aws:iam::{TWO}:user/a"]},
    {"AWS": f"arn:aws:iam::{ONE}:user/b"},
    {"AWS": f"arn:aws:iam::{ONE}:role/r"},
    {"AWS": [f"arn:aws:sts::{ONE}:assumed-role/r/s", f"arn:aws:iam::{TWO}:role/r"]},
    {"AWS": TWO, "Service": "sns.amazonaws.com"},
    {"Service": ["sns.amazonaws.com", "ec2.amazonaws.com"]},
)
SPARED: tuple[Json, ...] = (
    {"AWS": [f"arn:aws:iam::{ONE}:user/a", ONE]},
    {"AWS": [f"arn:aws:sts::{TWO}:assumed-role/r/s", f"arn:aws:iam::{TWO}:role/r", f"arn:aws:iam::{TWO}:root"]},
    {"AWS": [f"arn:aws:iam::{ONE}:root"], "Service": "sns.amazonaws.com"},
)

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "sqs": ("sqs:SendMessage", "sqs:ReceiveMessage"),
    "kms": ("kms:Decrypt", "kms:Encrypt"),
    "sts": ("sts:AssumeRole",),
    "iam": ("iam:GetUser",),
}
RESOURCES: Mapping[str, str] = {
    "sqs": f"arn:aws:sqs:us-east-1:{ONE}:a-queue",
    "kms": f"arn:aws:kms:us-east-1:{ONE}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "sts": f"arn:aws:iam::{ONE}:role/q",
    "iam": f"arn:aws:iam::{ONE}:user/a",
}
ACTION_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "sqs": ("*", "sqs:*", "SQS:sendmessage", "sqs:*Message", "sqs:Receive?essage", "kms:*"),
    "kms": ("*", "kms:*", "kms:*crypt", "KMS:De?rypt", "kms:Encrypt", "sqs:*"),
    "sts": ("*", "sts:*", "sts:AssumeRole*", "sts:assumerole", "sts:TagSession"),
    "iam": ("*", "iam:*", "iam:Get*", "IAM:GETUSER", "iam:List*"),
}
RESOURCE_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "sqs": (
        "*",
        f"arn:aws:sqs:*:{ONE}:a-*",
        "arn:aws:sqs:us-*:${aws:username}-queue",
        f"arn:aws:sqs:*:{TWO}:*",
        "arn:aws:kms:*:*:key/*",
    ),
    "kms": (
        "*",
        "arn:aws:kms:us-*-1:*:key/1234*",
        "arn:aws:kms:*",
        "arn:aws:sqs:*:*:*",
        f"arn:aws:kms:us-east-1:{ONE}:key/${{*}}",
    ),
    "sts": ("*", f"arn:aws:iam::{ONE}:role/?", "arn:aws:iam::*:role/${aws:PrincipalTag/t}", "arn:aws:iam::*:user/*"),
    "iam": (
        "*",
        "arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::*:user/${aws:PrincipalTag/t, 'a'}",
        "arn:aws:iam::*:role/*",
    ),
}

TAG, KEYS, COUNT, TIME, TLS = "aws:PrincipalTag/t", "aws:TagKeys", "s3:max-keys", "aws:CurrentTime", "aws:SecureTransport"
BYTES, FROM, SOURCE, SOURCES, CALLER = (
    "app:key",
    "aws:SourceIp",
    "aws:SourceArn",
    "logs:LogGeneratingResourceArns",
    "aws:PrincipalArn",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:t"

STRINGS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
COMPARE = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
ARNS = ("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    TAG: STRINGS,
    KEYS: STRINGS,
    COUNT: tuple("Numeric" + one for one in COMPARE),
    TIME: tuple("Date" + one for one in COMPARE),
    TLS: ("Bool",),
    BYTES: ("BinaryEquals",),
    FROM: ("IpAddress", "NotIpAddress"),
    SOURCE: ARNS,
    SOURCES: ARNS,
    CALLER: ARNS,
}
WRITTEN: Mapping[str, tuple[Any, ...]] = {
    TAG: ("a", "A", "a*", "?b", "q", "${aws:username}", "${aws:ResourceAccount}", "x${*}", ""),
    KEYS: ("a", "B", "a*", "*b"),
    COUNT: ("1", "10", 10.5, "-2"),
    TIME: ("2020-01-01T00:00:00Z", "2020-01-01T09:00:00+09:00", "1577836801", "2020-01-02"),
    TLS: ("true", "false", True, False),
    BYTES: ("YQ==", "YWI="),
    FROM: ("203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0"),
    SOURCE: (TOPIC, "arn:aws:sns:*:111122223333:*", "arn:aws:sns:us-????-1:*:${aws:username}", "arn:aws:s3:*:*:*"),
    SOURCES: (TOPIC, "arn:aws:sns:*:*:t*", "arn:aws:s3:::*"),
    CALLER: (f"arn:aws:iam::{ONE}:user/*", f"arn:aws:iam::{ONE}:role/r", f"arn:aws:iam::{TWO}:*"),
}
HELD: Mapping[str, tuple[Any, ...]] = {
    TAG: ("a", "A", "ab", "q", "x*", "xy", ONE, "fresh"),
    KEYS: (["a"], ["a", "b"], ["B", "xb"], ["fresh"], []),
    COUNT: ("1", 10, "10.50", "-2.0", 11, "99"),
    TIME: ("2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2019-12-31T23:59:59Z", 1577836800, "2031-01-01T00:00:00Z"),
    TLS: ("true", "false", True),
    BYTES: ("YQ==", "YWI=", "ZnJlc2g="),
    FROM: ("203.0.113.7", "203.0.113.8", "198.51.100.1", "2001:db8::1"),
    SOURCE: (TOPIC, TOPIC[:-1] + "a", "arn:aws:sns:eu-west-1:444455556666:t", "arn:aws:s3:::t"),
    SOURCES: ([TOPIC], [TOPIC, "arn:aws:s3:::t"], ["arn:aws:iam::1:fresh"], []),
}
"""What the context of a request may have, and what unknown keys are tried with."""
MULTIVALUED = (KEYS, SOURCES)


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    """A Condition element of one or two lines."""
    made: Json = {}
    for key in draw(st.lists(st.sampled_from(sorted(OPERATORS)), min_size=1, max_size=2, unique=True)):
        if draw(st.integers(0, 5)) == 0:
            made.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false", True]))
            continue
        operator = draw(st.sampled_from(OPERATORS[key])) + draw(st.sampled_from(["", "", "IfExists"]))
        if key in MULTIVALUED:
            operator = draw(st.sampled_from(["ForAllValues:", "ForAnyValue:"])) + operator
        bool_like = key == TLS
        values = draw(st.lists(st.sampled_from(WRITTEN[key]), min_size=1, max_size=1 if bool_like else 2))
        made.setdefault(operator, {})[key] = values if len(values) > 1 or draw(st.booleans()) else values[0]
    return made


def likely(who: str | Json) -> list[Json | str]:
    """Principals that name the caller, twice over, and all others."""
    if not isinstance(who, str):
        naming = [one for one in NAMES if "*" in str(one)]
    elif who.startswith("arn:"):
        naming = [one for one in NAMES if who.split(":")[4] in str(one)]
    else:
        naming = [one for one in NAMES if who in str(one)]
    return [*NAMES, *naming, *naming]


@st.composite
def statements(
    draw: st.DrawFn,
    service: str,
    *,
    named: bool,
    who: str | Json = "",
    conditional: bool = False,
    effects: tuple[str, ...] = ("Allow", "Allow", "Allow", "Allow", "Deny"),
) -> Json:
    """A statement about the service; ``named``, with principals; ``conditional``, mostly with a Condition."""
    made: Json = {"Effect": draw(st.sampled_from(effects))}
    patterns = draw(st.lists(st.sampled_from(ACTION_PATTERNS[service]), min_size=1, max_size=2))
    made["NotAction" if draw(st.integers(0, 7)) == 7 else "Action"] = patterns
    if not (named and service == "sts"):
        made["NotResource" if draw(st.integers(0, 7)) == 7 else "Resource"] = draw(st.sampled_from(RESOURCE_PATTERNS[service]))
    if named:
        if made["Effect"] == "Deny" and service != "sts" and draw(st.integers(0, 3)) == 0:
            made["NotPrincipal"] = draw(st.sampled_from(SPARED))
        else:
            made["Principal"] = draw(st.sampled_from([one for one in likely(who) if service != "sts" or one != "*"]))
    if draw(st.integers(0, 3)) >= (1 if conditional else 3):
        made["Condition"] = draw(conditions())
    return made


@st.composite
def documents(draw: st.DrawFn, service: str, *, named: bool = False, who: str | Json = "", conditional: bool = False) -> Json:
    """A document of up to three statements."""
    made: Json = {
        "Statement": draw(st.lists(statements(service, named=named, who=who, conditional=conditional), min_size=1, max_size=3))
    }
    if draw(st.integers(0, 5)):
        made["Version"] = "2012-10-17"
    return made


FULL: Json = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
RCP_FULL: Json = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


@st.composite
def guards(draw: st.DrawFn, service: str) -> Json:
    """A resource control policy of the customer's: it only denies, all principals, actions of a service."""
    statement: Json = {"Effect": "Deny", "Principal": "*", "Action": f"{service}:*", "Resource": "*"}
    if draw(st.integers(0, 4)):
        statement["Condition"] = draw(conditions())
    return {"Version": "2012-10-17", "Statement": [statement]}


def rarely(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, three times of four."""
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else st.none())


@st.composite
def requests(draw: st.DrawFn, *, unknown: bool = False) -> Json:
    """A request line."""
    service = draw(st.sampled_from(sorted(ACTIONS)))
    who = draw(st.sampled_from(CALLERS))
    given: Json = {}
    for key in draw(st.lists(st.sampled_from(sorted(HELD)), max_size=2 if unknown else 6, unique=True)):
        given[key] = draw(st.one_of(st.none(), st.sampled_from(HELD[key])))
    document = documents(service, conditional=unknown)
    session = isinstance(who, str) and ":assumed-role/" in who
    member = isinstance(who, str) and who.startswith("arn:") and not who.endswith(":root")
    return {
        "id": "x",
        "principal": who,
        "action": draw(st.sampled_from(ACTIONS[service])),
        "resource": RESOURCES[service],
        "resource_account": ONE,
        "context": given,
        "unknown_context": unknown,
        "policies": {
            "identity": draw(
                st.lists(document if unknown else st.one_of(st.just(FULL), document, document), min_size=1, max_size=2)
            )
            if member
            else [],
            "resource": draw(documents(service, named=True, who=who, conditional=unknown))
            if service != "iam" and draw(st.integers(0, 5))
            else None,
            "boundary": draw(rarely(st.lists(document, min_size=1, max_size=1))) if member else None,
            "scp": [
                {"target": f"ou-{n}", "policies": [draw(document)] if draw(st.integers(0, 2)) == 2 else [FULL, draw(document)]}
                for n in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
            ],
            "rcp": [
                {"target": f"ou-{n}", "policies": [RCP_FULL, draw(guards(service))]}
                for n in range(draw(st.sampled_from([0, 0, 0, 1])))
            ],
            "session": draw(rarely(st.lists(document, min_size=1, max_size=1))) if session else None,
            "vpc_endpoint": draw(
                rarely(st.lists(documents(service, named=True, who=who, conditional=unknown), min_size=1, max_size=1))
            )
            if service != "sts"
            else None,
        },
    }
