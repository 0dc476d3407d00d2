"""The documents that are compared: AWS's managed policies, and flawed copies of them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any, TypeAlias

Statement: TypeAlias = "dict[str, Any]"
Fault: TypeAlias = "Callable[[dict[str, Any], Statement, random.Random], None]"

EACH = 20
"""How many documents get each fault."""
_OPERATORS = ("StringEqual", "StringLikes", "ForAnyValues:StringLike", "IPAddress", "stringequals", "NullIfExists", "BoolIfExist")
_STRANGE_KEYS = (
    "aws:SourceIpp",
    "s3:prefixx",
    "aws:PrincipalTag",
    "aws:ResourceTag/",
    "nosuch:key",
    "SourceIp",
    "aws:ResourceTag/team",
    "aws:requesttag/team",
)
_FOREIGN_KEYS = (
    "s3:prefix",
    "kms:ViaService",
    "ec2:Region",
    "iam:PassedToService",
    "sqs:x",
    "s3:x-amz-acl",
    "ec2:resourcetag/team",
)


def managed() -> dict[str, str]:
    """AWS's managed policies as moto ships them, by name, indented by four."""
    import moto.iam.aws_managed_policies as shipped

    return {name: json.dumps(one["Document"], indent=4) for name, one in json.loads(shipped.aws_managed_policies_data).items()}


def flawed() -> dict[str, str]:
    """The same documents each time: short managed policies with one fault each, by fault and name of the policy."""
    short = {name: text for name, text in managed().items() if len(text) < 2500}
    found: dict[str, str] = {}
    for fault in FAULTS:
        chance = random.Random(fault.__name__)
        for name in chance.sample(sorted(short), EACH):
            document = json.loads(short[name])
            listed = document["Statement"]
            fault(document, listed[chance.randrange(len(listed))] if isinstance(listed, list) else listed, chance)
            found[f"{fault.__name__.strip('_')} in {name}"] = json.dumps(document, indent=4)
    chance = random.Random("cut")
    for name in chance.sample(sorted(short), EACH):
        found[f"cut in {name}"] = short[name][: chance.randrange(len(short[name]) // 2, len(short[name]) - 2)]
    return found


def _actions(statement: Statement) -> list[str]:
    name = "NotAction" if "NotAction" in statement else "Action"
    if isinstance(statement[name], str):
        statement[name] = [statement[name]]
    return statement[name]  # type: ignore[no-any-return]


def _condition(statement: Statement, operator: str, key: str, value: object) -> None:
    statement.setdefault("Condition", {}).setdefault(operator, {})[key] = value


def _misspelt_action(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    actions = _actions(statement)
    place = chance.randrange(len(actions))
    actions[place] = actions[place].rstrip("*") + "Qx"


def _swapped_letters(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    actions = _actions(statement)
    place = chance.randrange(len(actions))
    text = actions[place] if len(actions[place].partition(":")[2]) > 2 else "s3:GetObject"
    at = chance.randrange(text.index(":") + 1, len(text) - 1)
    actions[place] = text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _unknown_service(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _actions(statement).append(chance.choice(["s33:GetObject", "lambada:InvokeFunction", "nosuch:Describe*", "stepfunctions:*"]))


def _service_pattern(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _actions(statement).append(chance.choice(["*:Describe*", "s?:GetObject", "*:*", "ec2*:Describe*"]))


def _no_colon(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _actions(statement).append(
        chance.choice(["GetObject", "s3.GetObject", "s3:", ":GetObject", "s3:Get Object", "s3:Get:Object"])
    )


def _bad_arn(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("NotResource", None)
    statement["Resource"] = [
        chance.choice(
            [
                "s3:::bucket",
                "arn:aws:s3",
                "arn:aws:s3:::",
                "arn:amazon:s3:::bucket",
                "arn:aws:sqs:us-east-11:123456789012:queue",
                "arn:aws:sqs:us-east-1:12345678901:queue",
                "arn:aws:sqs:us-east-1:123456789012",
                "arn:aws:S3:::bucket/*",
                "arn:aws:s3:us-east-1:123456789012:bucket",
                "arn:aws:iam:us-east-1:123456789012:role/x",
                "bucket/*",
                "arn:aws:nosuch:us-east-1:123456789012:thing/x",
                "arn:aws*:s3:::bucket/*",
            ]
        )
    ]


def _other_resource(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("NotResource", None)
    statement["Effect"] = "Allow"
    statement["Resource"] = chance.choice(
        [
            "arn:aws:s3:::bucket",
            "arn:aws:s3:::bucket/*",
            "arn:aws:sqs:*:*:queue",
            "arn:aws:iam::123456789012:role/x",
            "arn:aws:kms:*:*:key/*",
            "arn:aws:ec2:*:*:instance/*",
            "arn:aws:logs:*:*:log-group:x:*",
        ]
    )


def _misspelt_operator(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _condition(
        statement,
        chance.choice(_OPERATORS),
        "aws:PrincipalAccount",
        "123456789012",
    )


def _wrong_operator(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _condition(
        statement,
        *chance.choice(
            [
                ("NumericEquals", "aws:username", "12"),
                ("StringEquals", "aws:SourceIp", "203.0.113.0/24"),
                ("IpAddress", "aws:SourceVpc", "203.0.113.0/24"),
                ("DateLessThan", "aws:MultiFactorAuthAge", "2026-01-01T00:00:00Z"),
                ("Bool", "aws:PrincipalArn", "true"),
                ("ArnLike", "aws:PrincipalTag/team", "arn:aws:iam::123456789012:role/x"),
                ("StringLike", "aws:SourceArn", "arn:aws:s3:::bucket"),
                ("StringEquals", "aws:SecureTransport", "true"),
                ("StringEquals", "aws:CurrentTime", "2026-01-01T00:00:00Z"),
                ("NumericLessThan", "aws:EpochTime", "1767225600"),
                ("NumericLessThan", "aws:CurrentTime", "1767225600"),
                ("BinaryEquals", "aws:userid", "QUlEQQ=="),
            ]
        ),
    )


def _unknown_key(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _condition(statement, "StringEquals", chance.choice(_STRANGE_KEYS), "x")


def _foreign_key(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("NotAction", None)
    statement["Action"] = ["sqs:SendMessage", "s3:ListBucket", "s3:GetObject"]
    key = chance.choice(_FOREIGN_KEYS)
    _condition(statement, chance.choice(["StringEquals", "StringEqualsIfExists"]), key, "x")


def _wrong_value(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    _condition(
        statement,
        *chance.choice(
            [
                ("IpAddress", "aws:SourceIp", "300.1.1.1"),
                ("IpAddress", "aws:SourceIp", "203.0.113.0/33"),
                ("IpAddress", "aws:SourceIp", "2001:db8::/32"),
                ("DateLessThan", "aws:CurrentTime", "tomorrow"),
                ("DateLessThan", "aws:CurrentTime", "2026-01-01"),
                ("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00+01:00"),
                ("DateLessThan", "aws:EpochTime", "1767225600"),
                ("Bool", "aws:SecureTransport", "yes"),
                ("Bool", "aws:SecureTransport", "True"),
                ("Bool", "aws:SecureTransport", False),
                ("Bool", "aws:SecureTransport", ["true", "false"]),
                ("Null", "aws:username", "maybe"),
                ("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
                ("NumericLessThan", "aws:MultiFactorAuthAge", 3600),
                ("NumericLessThan", "aws:MultiFactorAuthAge", "3600.5"),
                ("ArnLike", "aws:SourceArn", "bucket"),
                ("ArnLike", "aws:SourceArn", "*"),
            ]
        ),
    )


def _no_effect(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("Effect")
    if chance.random() < 0.5:
        statement["Effect"] = chance.choice(["allow", "Permit", "*"])


def _no_action(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("Action", None)
    statement.pop("NotAction", None)
    if chance.random() < 0.5:
        statement.update({"Action": ["s3:GetObject"], "NotAction": ["s3:PutObject"]})


def _no_resource(_: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement.pop("Resource", None)
    statement.pop("NotResource", None)
    if chance.random() < 0.5:
        statement.update({"Resource": ["*"], "NotResource": ["arn:aws:s3:::bucket/*"]})


def _other_element(document: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    if chance.random() < 0.3:
        document["Owner"] = "us"
    else:
        statement[chance.choice(["Actions", "resource", "Comment", "Principal"])] = "*"


def _bad_sid(document: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    statement["Sid"] = chance.choice(["with space", "under_score", "", "Ünder", "Same"])
    if isinstance(document["Statement"], list):
        document["Statement"].append(copy.deepcopy(statement))


def _bad_version(document: dict[str, Any], _: Statement, chance: random.Random) -> None:
    document.pop("Version", None)
    if chance.random() < 0.7:
        document["Version"] = chance.choice(["2012-10-18", "2008-10-17", "2012", 20121017])


def _wrong_types(document: dict[str, Any], statement: Statement, chance: random.Random) -> None:
    which = chance.randrange(4)
    if which == 0:
        document["Statement"] = "none"
    elif which == 1:
        statement["Resource"] = 7
    elif which == 2:
        statement["Condition"] = [{"Bool": {"aws:SecureTransport": "true"}}]
    else:
        document["Statement"] = []


FAULTS: tuple[Fault, ...] = (
    _misspelt_action,
    _swapped_letters,
    _unknown_service,
    _service_pattern,
    _no_colon,
    _bad_arn,
    _other_resource,
    _misspelt_operator,
    _wrong_operator,
    _unknown_key,
    _foreign_key,
    _wrong_value,
    _no_effect,
    _no_action,
    _no_resource,
    _other_element,
    _bad_sid,
    _bad_version,
    _wrong_types,
)
