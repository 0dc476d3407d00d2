"""The values of conditions: numbers, dates, addresses and text, as their operators read them."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.families.conditions import TYPE_MISMATCH, together
from auditor.policy.lint.operators import Operator, Scalar, Values, operator, placed
from auditor.policy.lint.view import Policy, Test
from auditor.policy.values import binary, date, network, number
from auditor.source.positions import shown
from auditor.source.shape import Path

_OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"
_CHECKS = "IAM User Guide, IAM policy validation check reference"
_SOURCE_IP = "IAM User Guide, AWS global condition context keys: aws:SourceIp"

TYPE_MISMATCH_NUMBER = Check(
    id="type-mismatch-number",
    level=Level.WARNING,
    title="a numeric operator with what is no number",
    why="What cannot be read as a number equals no number.",
    source=_OPERATORS,
)
TYPE_MISMATCH_BOOLEAN = Check(
    id="type-mismatch-boolean",
    level=Level.WARNING,
    title="a Boolean operator with another value than `true` or `false`",
    why="Requests have `true` or `false` there, so another value never matches.",
    source=_OPERATORS,
)
TYPE_MISMATCH_DATE = Check(
    id="type-mismatch-date",
    level=Level.WARNING,
    title="a date operator with what is no date",
    why="What cannot be read as a date is before and after none.",
    source=_OPERATORS,
)
TYPE_MISMATCH_IP_RANGE = Check(
    id="type-mismatch-ip-range",
    level=Level.WARNING,
    title="an address operator with what is no address",
    why="What is neither an address nor a range in CIDR form has no address in it.",
    source=_OPERATORS,
)
TYPE_MISMATCH_STRING = Check(
    id="type-mismatch-string",
    level=Level.WARNING,
    title="a string operator with a number or a Boolean",
    why="JSON may drop digits of a number, such as the zero at the front of an account id; text keeps them.",
    source=_OPERATORS,
)
TYPE_MISMATCH_BINARY = Check(
    id="type-mismatch-binary",
    level=Level.WARNING,
    title="a binary operator with what is not base64",
    why="What cannot be read as base64 equals nothing.",
    source=_OPERATORS,
)
INVALID_DATE_VALUE = Check(
    id="invalid-date-value",
    level=Level.WARNING,
    title="a date as a mere number",
    why="It is read as seconds since 1970, and four digits as a year; a date with hyphens cannot be misread.",
    source=_OPERATORS,
)
MIXED_TYPES = Check(
    id="invalid-condition-data-type",
    level=Level.ERROR,
    title="values of several JSON types in one condition",
    why="One list compares with one key, so its values are of one type.",
    source=_CHECKS,
)
MULTIPLE_BOOLEAN = Check(
    id="invalid-condition-multiple-boolean",
    level=Level.ERROR,
    title="several values for a Boolean",
    why="With both `true` and `false` the condition says nothing.",
    source=_CHECKS,
)
WILDCARD_WITHOUT_LIKE = Check(
    id="wildcard-without-like-operator",
    level=Level.WARNING,
    title="a wildcard with an operator that takes it literally",
    why="`StringEquals` compares `*` and `?` as characters; only `StringLike` matches with them.",
    source=_OPERATORS,
)
IMPROVE_IP_RANGE = Check(
    id="improve-ip-range",
    level=Level.SUGGESTION,
    title="a range that does not begin at its own beginning",
    why="The bits behind the prefix do not count, so the range is wider than it reads.",
    source=_CHECKS,
)
PRIVATE_IP = Check(
    id="private-ip-address",
    level=Level.ERROR,
    title="`aws:SourceIp` within private addresses only",
    why="Requests come from public addresses, or have no `aws:SourceIp` when they come through an endpoint: it never holds.",
    source=_SOURCE_IP,
)
PRIVATE_IP_SUBSET = Check(
    id="private-ip-address-subset",
    level=Level.SUGGESTION,
    title="`aws:SourceIp` within private addresses, among others",
    why="No request comes from a private address, so these values do nothing.",
    source=_SOURCE_IP,
)
PRIVATE_NOT_IP = Check(
    id="private-notipaddress",
    level=Level.ERROR,
    title="`aws:SourceIp` outside of private addresses only",
    why="No request comes from a private address, so it holds for every request that has the key.",
    source=_SOURCE_IP,
)
PRIVATE_NOT_IP_SUBSET = Check(
    id="private-notipaddress-subset",
    level=Level.SUGGESTION,
    title="`aws:SourceIp` outside of private addresses, among others",
    why="No request comes from a private address, so these values do nothing.",
    source=_SOURCE_IP,
)
INVALID_VPC = Check(
    id="invalid-vpc-format",
    level=Level.ERROR,
    title="`aws:SourceVpc` with what is no VPC",
    why="The key holds the id of a VPC, `vpc-` and hexadecimal digits; nothing else ever matches.",
    source="IAM User Guide, AWS global condition context keys: aws:SourceVpc",
)
INVALID_VPCE = Check(
    id="invalid-vpce-format",
    level=Level.ERROR,
    title="`aws:SourceVpce` with what is no VPC endpoint",
    why="The key holds the id of a VPC endpoint, `vpce-` and hexadecimal digits; nothing else ever matches.",
    source="IAM User Guide, AWS global condition context keys: aws:SourceVpce",
)
REDUNDANT_NUMBER = Check(
    id="redundant-condition-value-num",
    level=Level.SUGGESTION,
    title="several numbers where one decides",
    why="One value of the list is enough for the condition to hold, so the others do nothing.",
    source=_CHECKS,
)
REDUNDANT_VALUE = Check(
    id="redundant-condition-value",
    level=Level.SUGGESTION,
    title="a value that stands twice",
    why="The second does nothing.",
    source="awsaudit",
)

CHECKS = (
    TYPE_MISMATCH_NUMBER,
    TYPE_MISMATCH_BOOLEAN,
    TYPE_MISMATCH_DATE,
    TYPE_MISMATCH_IP_RANGE,
    TYPE_MISMATCH_STRING,
    TYPE_MISMATCH_BINARY,
    INVALID_DATE_VALUE,
    MIXED_TYPES,
    MULTIPLE_BOOLEAN,
    WILDCARD_WITHOUT_LIKE,
    IMPROVE_IP_RANGE,
    PRIVATE_IP,
    PRIVATE_IP_SUBSET,
    PRIVATE_NOT_IP,
    PRIVATE_NOT_IP_SUBSET,
    INVALID_VPC,
    INVALID_VPCE,
    REDUNDANT_NUMBER,
    REDUNDANT_VALUE,
)
CONDITIONAL = True

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

_LITERAL = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_IDS = {"aws:sourcevpc": (INVALID_VPC, "vpc", "a VPC"), "aws:sourcevpce": (INVALID_VPCE, "vpce", "a VPC endpoint")}
_ID = re.compile(r"(vpce?)-[0-9a-f]{8,17}\Z")
_PRIVATE = tuple(
    (family, ipaddress.ip_network(one))
    for family, one in (
        (4, "10.0.0.0/8"),
        (4, "172.16.0.0/12"),
        (4, "192.168.0.0/16"),
        (4, "127.0.0.0/8"),
        (4, "169.254.0.0/16"),
        (6, "fc00::/7"),
        (6, "fe80::/10"),
    )
)


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What is wrong with the values of conditions. With an operator for another type than the key's, nothing is said of the values."""
    for clause in policy.conditional:
        for test in clause.tests:
            found = operator(test.operator)
            if found is None or (found.family == "String" and _is_plain_text(test, found)):
                continue
            if not any(one is TYPE_MISMATCH for one, _, _ in together(test.operator, test.key, table)):
                yield from _test(test, found, placed(clause, test))


def _is_plain_text(test: Test, found: Operator) -> bool:
    """Texts that are compared with a text, as in most conditions: there is nothing to be said of the values."""
    values = test.values
    if test.lower in _IDS or len(set(values)) < len(values):
        return False
    try:
        joined = "".join(values)  # the quickest way to see that all are strings
    except TypeError:
        return False
    return not ("*" in joined or "?" in joined) or found.name not in _LITERAL


def _test(test: Test, found: Operator, values: Values) -> Iterator[Found]:
    if len(values) > 1:
        yield from _several(test, found, values)
    reads = _READS.get(found.family)
    for path, value in values:
        if found.family == "String":
            yield from _text(test, found, path, value)
        elif reads is not None and not (isinstance(value, str) and "${" in value):
            fault = reads(value)
            if fault:
                check, message, fix = fault
                yield Found(check, path, message, fix)
            elif found.family == "IpAddress":
                yield from _range(path, value)
    if found.family == "IpAddress" and not test.opaque and test.lower == "aws:sourceip":
        yield from _private(test, found, values)


def _several(test: Test, found: Operator, values: Values) -> Iterator[Found]:
    if len({_word(value) for _, value in values}) > 1:
        yield Found(MIXED_TYPES, test.path, f"the values of {shown(test.key)} are of several types", "write them all as strings")
    if found.family == "Bool":
        yield Found(MULTIPLE_BOOLEAN, test.path, f"{shown(test.key)} is compared with several values", "keep one")
    if len({value for _, value in values}) < len(values):
        seen: set[object] = set()
        for path, value in values:
            if value in seen:
                yield Found(REDUNDANT_VALUE, path, f"{shown(_said(value))} stands twice", "remove it", Edit(path, remove=True))
            seen.add(value)
    elif found.family == "Numeric" and found.name not in ("NumericEquals", "NumericNotEquals") and not test.opaque:
        yield from _numbers(test, found, values)


def _numbers(test: Test, found: Operator, values: Values) -> Iterator[Found]:
    read = [(number(str(value)), value) for _, value in values if not isinstance(value, bool)]
    numbers = [(one, value) for one, value in read if one is not None]
    if len(numbers) < len(values):
        return
    _, kept = (max if "Less" in found.name else min)(numbers, key=lambda pair: pair[0])
    message = f"{shown(test.operator)} needs one value: with {shown(_said(kept))} the others decide nothing"
    yield Found(REDUNDANT_NUMBER, test.path, message, json.dumps(kept), Edit(test.path, kept))


def _text(test: Test, found: Operator, path: Path, value: Scalar) -> Iterator[Found]:
    if not isinstance(value, str):
        said = _said(value)
        kind = "a Boolean" if isinstance(value, bool) else "a number"
        message = f"{shown(said)} is {kind}, but {shown(test.operator)} compares text"
        yield Found(TYPE_MISMATCH_STRING, path, message, f'"{said}"', Edit(path, said))
        return
    if ("*" in value or "?" in value) and found.name in _LITERAL and not _allowed(value):
        like = test.operator.replace(found.name, "StringNotLike" if found.negated else "StringLike")
        message = f"{shown(test.operator)} takes the wildcard in {shown(value)} literally"
        yield Found(WILDCARD_WITHOUT_LIKE, path, message, f"use `{like}`")
    form = _IDS.get(test.lower)
    if form and not ("*" in value or "?" in value or "${" in value):
        check, kind, what = form
        match = _ID.match(value)
        if match is None or match[1] != kind:
            yield Found(check, path, f"{shown(value)} is not the id of {what}", f"write it as in `{kind}-0a1b2c3d`")


def _word(value: object) -> str:
    return "bool" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "text"


def _allowed(value: str) -> bool:
    plain = _VARIABLE.sub("", value)
    return not ("*" in plain or "?" in plain)


Fault: TypeAlias = "tuple[Check, str, str] | None"


def _number(value: object) -> Fault:
    if isinstance(value, bool) or number(str(value)) is None:
        return TYPE_MISMATCH_NUMBER, f"{shown(_said(value))} is no number", "write digits"
    return None


def _bool(value: object) -> Fault:
    if _said(value).lower() not in ("true", "false"):
        return TYPE_MISMATCH_BOOLEAN, f"{shown(_said(value))} is neither `true` nor `false`", "write `true` or `false`"
    return None


def _date(value: object) -> Fault:
    said = _said(value)
    if isinstance(value, bool) or date(said) is None:
        return TYPE_MISMATCH_DATE, f"{shown(said)} is no date", "write it as in `2026-01-31T00:00:00Z`"
    if said.lstrip("-").isdigit():
        return (
            INVALID_DATE_VALUE,
            f"{shown(said)} is read as a year or as seconds since 1970",
            "write it as in `2026-01-31T00:00:00Z`",
        )
    return None


def _address(value: object) -> Fault:
    if not isinstance(value, str) or network(value) is None:
        return (
            TYPE_MISMATCH_IP_RANGE,
            f"{shown(_said(value))} is neither an address nor a range",
            "write it as in `203.0.113.0/24`",
        )
    return None


def _base64(value: object) -> Fault:
    if not isinstance(value, str) or binary(value) is None:
        return TYPE_MISMATCH_BINARY, f"{shown(_said(value))} is not base64", "encode the bytes as base64"
    return None


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_READS: dict[str, Callable[[object], Fault]] = {
    "Numeric": _number,
    "Bool": _bool,
    "Null": _bool,
    "Date": _date,
    "IpAddress": _address,
    "Binary": _base64,
}


def _range(path: Path, value: Scalar) -> Iterator[Found]:
    if isinstance(value, str) and "/" in value:
        read = network(value)
        if read is not None and ipaddress.ip_address(value.split("/")[0].strip()) != read.network_address:
            yield Found(IMPROVE_IP_RANGE, path, f"{shown(value)} is the range `{read}`", f'"{read}"', Edit(path, str(read)))


def _private(test: Test, found: Operator, values: Values) -> Iterator[Found]:
    read = [(path, value, network(value)) for path, value in values if isinstance(value, str)]
    private = [(path, value) for path, value, one in read if one is not None and _is_private(one)]
    if private and len(private) == len(values):
        check = PRIVATE_NOT_IP if found.negated else PRIVATE_IP
        message = "no request comes from these private addresses"
        yield Found(check, test.path, message, "use `aws:VpcSourceIp`, or public addresses")
        return
    check = PRIVATE_NOT_IP_SUBSET if found.negated else PRIVATE_IP_SUBSET
    for path, value in private:
        message = f"no request comes from the private addresses {shown(value)}"
        yield Found(check, path, message, "remove it, or use `aws:VpcSourceIp`")


def _is_private(one: Network) -> bool:
    if isinstance(one, ipaddress.IPv4Network):
        return any(isinstance(other, ipaddress.IPv4Network) and one.subnet_of(other) for _, other in _PRIVATE)
    return any(isinstance(other, ipaddress.IPv6Network) and one.subnet_of(other) for _, other in _PRIVATE)
