"""A second opinion: IAM's documented decisions over a small part of the policy language, as simply and slowly as can be.

It shares no code with :mod:`auditor.policy`. Patterns match by trying every split, sets of possible answers come from trying every
value. What AWS's documents leave open raises :class:`Open`, so that no comparison rests on a guess.
"""

from __future__ import annotations

import base64
import itertools
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from ipaddress import ip_address
from typing import Any

Json = dict[str, Any]
Context = Mapping[str, list[str] | None]
"""Values by key in lower case; ``None`` is known to be absent, as is a key that is not there."""

RESOURCE_POLICY_NEEDED = ("kms:", "sts:")
RCP_SERVICES = ("sqs:", "kms:", "sts:", "s3:")


class Open(Exception):
    """AWS's documents do not say."""


# Patterns are lists of pairs: ("is", character), ("one", "") and ("many", "").
Pattern = list[tuple[str, str]]


def fill(text: str, context: Context, *, variables: bool) -> Pattern | None:
    """The pattern that a value means: its variables filled in, as plain characters. None if one of them has no value."""
    made: Pattern = []
    place = 0
    while place < len(text):
        found = re.match(r"\$\{([^}]*)\}", text[place:]) if variables else None
        if found is None:
            char = text[place]
            made.append({"*": ("many", ""), "?": ("one", "")}.get(char, ("is", char)))
            place += 1
            continue
        place += found.end()
        inner = found.group(1)
        if inner in ("*", "?", "$"):
            made.append(("is", inner))
            continue
        key, comma, default = inner.partition(", ")
        values = context.get(key.lower())
        if values is not None and len(values) != 1:
            raise Open("a variable of several values")
        if values is None and not comma:
            return None
        made.extend(("is", char) for char in (default.strip("'") if values is None else values[0]))
    return made


def like(pattern: Pattern, text: str) -> bool:
    """The pattern matches all of the text, by trying every split."""
    if not pattern:
        return text == ""
    (kind, char), rest = pattern[0], pattern[1:]
    if kind == "many":
        return any(like(rest, text[cut:]) for cut in range(len(text) + 1))
    return text != "" and (kind == "one" or text[0] == char) and like(rest, text[1:])


def same(pattern: Pattern, text: str) -> bool:
    """Equal, wildcards being plain characters."""
    return "".join({"many": "*", "one": "?"}.get(kind, char) for kind, char in pattern) == text


def like_arn(pattern: Pattern, text: str) -> bool:
    """Each of the six parts matches its own."""
    parts: list[Pattern] = [[]]
    for token in pattern:
        if token == ("is", ":") and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    values = text.split(":", 5)
    if len(parts) != 6 or len(values) != 6:
        raise Open("an ARN of fewer than six parts")
    return all(like(part, value) for part, value in zip(parts, values, strict=True))


def like_resource(pattern: Pattern, text: str) -> bool:
    """As ``like``, but a star stays within its segment unless it ends it. (Whether a colon within the sixth part begins a segment, the
    documents do not say: no resource of the language has one.)"""
    if not pattern:
        return text == ""
    (kind, char), rest = pattern[0], pattern[1:]
    if kind == "many":
        ends = not rest or rest[0] == ("is", ":")
        return any(like_resource(rest, text[cut:]) for cut in range(len(text) + 1) if ends or ":" not in text[:cut])
    return text != "" and (kind == "one" or text[0] == char) and like_resource(rest, text[1:])


def instant(text: str) -> Fraction:
    """Seconds since 1970."""
    if re.fullmatch(r"-?\d+", text):
        return Fraction(text)
    read = datetime.fromisoformat(text)
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    since = read - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(since.days * 86400 + since.seconds) + Fraction(since.microseconds, 10**6)


def bits(address: str) -> str:
    """An address as text of zeros and ones."""
    read = ip_address(address)
    return format(int(read), f"0{read.max_prefixlen}b")


def within(network: str, address: str) -> bool:
    """The address is of the network."""
    start, _, length = network.partition("/")
    one, other = bits(start), bits(address)
    size = int(length) if length else len(one)
    return len(one) == len(other) and one[:size] == other[:size]


ORDER = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}


def test(operator: str, written: str, value: str, context: Context, *, variables: bool) -> bool | None:
    """Whether one value of the request meets one of the policy under a positive operator. None: a variable has no value."""
    family = next(name for name in ("String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn") if operator.startswith(name))
    if family in ("String", "Arn"):
        pattern = fill(written, context, variables=variables)
        if pattern is None:
            return None
        if operator == "StringEquals":
            return same(pattern, value)
        if operator == "StringEqualsIgnoreCase":
            return same([(kind, char.lower()) for kind, char in pattern], value.lower())
        return like_arn(pattern, value) if family == "Arn" else like(pattern, value)
    if family == "Numeric":
        return bool(ORDER[operator.removeprefix("Numeric")](Fraction(value), Fraction(written)))
    if family == "Date":
        return bool(ORDER[operator.removeprefix("Date")](instant(value), instant(written)))
    if family == "Binary":
        return base64.b64decode(written) == base64.b64decode(value)
    return within(written, value) if family == "Ip" else written == value


NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def holds(operator: str, key: str, written: Sequence[str], context: Context, *, variables: bool) -> bool:
    """One line of a Condition."""
    values = context.get(key.lower())
    if operator == "Null":
        if values == []:
            raise Open("Null of a key without values")
        return (values is None) == (written[0] == "true")
    quantity, _, operator = operator.rpartition(":")
    if operator.endswith("IfExists"):
        if values is None:
            return True
        if values == [] and quantity != "ForAllValues":
            raise Open("IfExists of a key without values")
        operator = operator.removesuffix("IfExists")
    negated = operator in NEGATED
    operator = NEGATED.get(operator, operator)
    if values is None:
        if quantity == "ForAnyValue" and negated:
            raise Open("ForAnyValue, negated, of an absent key")
        return quantity == "ForAllValues" or (negated and quantity == "")

    def meets(value: str) -> bool:
        found = [test(operator, one, value, context, variables=variables) for one in written]
        if negated and None in found and True not in found:
            raise Open("a negated operator with a variable of no value")
        return any(found) != negated

    if quantity == "ForAllValues":
        return all(meets(value) for value in values)
    if quantity == "ForAnyValue":
        return any(meets(value) for value in values)
    if len(values) != 1:
        raise Open("several values without a set operator")
    return meets(values[0])


class Caller:
    """Who asks: its account, the ARN of its role if it is a session, and the keys that follow."""

    def __init__(self, given: str | Json) -> None:
        self.arn = given if isinstance(given, str) else ""
        self.service = self.arn.endswith(".amazonaws.com")
        self.anonymous = not self.arn
        self.account = "" if self.service or self.anonymous else self.arn.split(":")[4]
        self.role = ""
        self.root = self.arn.endswith(":root")
        keys: dict[str, list[str] | None] = {}
        if self.account:
            kind = self.arn.split(":", 5)[5].split("/")
            if kind[0] == "assumed-role":
                self.role = f"arn:aws:iam::{self.account}:role/{kind[1]}"
            keys["aws:principalarn"] = [self.role or self.arn]
            keys["aws:principalaccount"] = [self.account]
            if kind[0] == "user":
                keys["aws:username"] = [kind[-1]]
        self.keys = keys


def many(value: object) -> list[str]:
    """A value or a list of them, as texts."""
    return [{True: "true", False: "false"}.get(one, str(one)) if isinstance(one, bool) else str(one) for one in listed(value)]


def listed(value: object) -> list[Any]:
    """A value or a list of them."""
    return value if isinstance(value, list) else [value]


def grade(principal: object, who: Caller) -> str:
    """How a Principal element names the caller: not at all (""), by itself, its role, its account, as a service, or as anyone."""
    found = set()
    for kind, names in {"AWS": principal}.items() if principal == "*" else dict(principal).items():  # type: ignore[call-overload]
        for name in listed(names):
            if name == "*":
                found.add("anyone")
            elif kind == "Service" and who.service and name == who.arn:
                found.add("service")
            elif kind == "AWS" and who.account:
                if name in (who.account, f"arn:aws:iam::{who.account}:root"):
                    found.add("account")
                elif name == who.arn:
                    found.add("itself")
                elif who.role and name == who.role:
                    found.add("role")
    return next((one for one in ("itself", "role", "service", "anyone", "account") if one in found), "")


class Asked:
    """A request line with all that is known of it."""

    def __init__(self, line: Json, extra: Context) -> None:
        self.who = Caller(line["principal"])
        self.action: str = line["action"]
        self.resource: str = line["resource"]
        self.owner: str = line["resource_account"]
        self.policies: Json = line["policies"]
        context: dict[str, list[str] | None] = dict(self.who.keys)
        context["aws:resourceaccount"] = [self.owner]
        for key, value in line["context"].items():
            context[key.lower()] = None if value is None else many(value)
        context.update(extra)
        self.context = context

    def applies(self, statement: Json, version: str | None) -> bool:
        """The statement's action, resource and conditions are of this request."""
        variables = version == "2012-10-17"

        def in_actions(names: object) -> bool:
            return any(like(list(fill(n.lower(), {}, variables=False) or []), self.action.lower()) for n in many(names))

        def in_resources(names: object) -> bool:
            patterns = [fill(name, self.context, variables=variables) for name in many(names)]
            if None in patterns and "NotResource" in statement:
                raise Open("NotResource with a variable of no value")
            return any(p is not None and like_resource(p, self.resource) for p in patterns)

        if "Action" in statement and not in_actions(statement["Action"]):
            return False
        if "NotAction" in statement and in_actions(statement["NotAction"]):
            return False
        if "Resource" in statement and not in_resources(statement["Resource"]):
            return False
        if "NotResource" in statement and in_resources(statement["NotResource"]):
            return False
        return all(
            holds(operator, key, many(written), self.context, variables=variables)
            for operator, keys in statement.get("Condition", {}).items()
            for key, written in keys.items()
        )

    def found(self, documents: Iterable[Json], effect: str) -> Iterator[Json]:
        """The statements of an effect that apply, whomever they name."""
        for document in documents:
            for statement in listed(document["Statement"]):
                if statement["Effect"] == effect and self.applies(statement, document.get("Version")):
                    yield statement

    def names(self, statement: Json) -> str:
        """How the statement names the caller; by name when it has no Principal, as policies of identities."""
        if "NotPrincipal" in statement:
            return "" if self.spared(statement["NotPrincipal"]) else "anyone"
        return grade(statement["Principal"], self.who) if "Principal" in statement else "itself"

    def spared(self, listed_principals: Json) -> bool:
        """A NotPrincipal leaves the caller out. One with a boundary it never does; to name the account with the rest is required."""
        if self.who.account and self.policies["boundary"] is not None:
            return False
        if grade(listed_principals, self.who) == "":
            return False
        names = [name for names in listed_principals.values() for name in listed(names)]
        needed = {self.who.account, f"arn:aws:iam::{self.who.account}:root"}
        if self.who.account and not needed.intersection(names):
            raise Open("NotPrincipal without the account")
        if self.who.arn not in names or (self.who.role and self.who.role not in names):
            raise Open("NotPrincipal without the principal itself")
        return True


def decide(line: Json, extra: Context | None = None) -> tuple[str, bool]:
    """The decision of a request of which all is known (keys not given are absent), and whether it is an explicit denial."""
    asked = Asked(line, extra or {})
    who, policies = asked.who, asked.policies
    on_resource = [policies["resource"]] if policies["resource"] is not None else []
    scps = [level["policies"] for level in policies["scp"]] if who.account else []
    rcps = [level["policies"] for level in policies["rcp"]] if asked.action.startswith(RCP_SERVICES) else []
    endpoint = policies["vpc_endpoint"]
    layers = [
        policies["identity"],
        on_resource,
        policies["boundary"] or [],
        policies["session"] or [],
        endpoint or [],
        *scps,
        *rcps,
    ]
    denials = [statement for layer in layers for statement in asked.found(layer, "Deny")]
    if any(asked.names(statement) for statement in denials):
        return "DENY", True

    def allows(documents: Iterable[Json]) -> bool:
        return any(asked.names(statement) for statement in asked.found(documents, "Allow"))

    if not all(allows(level) for level in (*scps, *rcps)):
        return "DENY", False
    if endpoint is not None and not allows(endpoint):
        return "DENY", False
    granted: set[str] = set()
    for statement in asked.found(on_resource, "Allow"):
        how = asked.names(statement)
        by_arn = any(
            key.lower() == "aws:principalarn" and operator.removesuffix("IfExists") in ("ArnEquals", "ArnLike", "StringEquals")
            for operator, keys in statement.get("Condition", {}).items()
            for key in keys
        )
        granted.add("by-arn" if how == "anyone" and by_arn else how)
    granted.discard("")
    return ("ALLOW" if allowed(asked, granted, allows) else "DENY"), False


def allowed(asked: Asked, granted: set[str], allows: Any) -> bool:
    """Nothing denies; the organization and the endpoint allow. Do the others?"""
    who, policies = asked.who, asked.policies
    if who.service and granted and "service" not in granted:
        raise Open("a grant to all principals, and a service")
    if not who.account:
        return bool(granted)
    bounded = policies["boundary"] is None or allows(policies["boundary"])
    in_session = policies["session"] is None or allows(policies["session"])
    needed = asked.action.startswith(RESOURCE_POLICY_NEEDED)
    if who.account != asked.owner:
        if who.root:
            raise Open("the root user abroad")
        return bool(granted) and allows(policies["identity"]) and bounded and in_session
    if who.root:
        # It has full access, but to a key only what the key's policy says, and it cannot assume roles.
        return not asked.action.startswith("sts:") and (bool(granted) or not needed)
    if "itself" in granted or "by-arn" in granted:
        return True
    if granted.intersection(("role", "anyone")) and bounded and in_session:
        return True
    own = allows(policies["identity"]) and bounded and in_session
    if own and (not needed or "account" in granted):
        return True
    if "anyone" in granted:
        raise Open("all principals and a boundary or session policy that does not allow")
    return False


def outcomes(line: Json, values: Mapping[str, Sequence[list[str] | None]], most: int) -> tuple[set[str], bool]:
    """The decisions that are possible when each of these keys (in lower case) has any one of its values, and whether all
    combinations were tried: if there are more than ``most``, so many are drawn."""
    number = math.prod(len(some) for some in values.values())
    chance = random.Random(number)
    tried: Iterable[Sequence[list[str] | None]] = (
        itertools.product(*values.values())
        if number <= most
        else ([chance.choice(some) for some in values.values()] for _ in range(most))
    )
    found = set()
    for chosen in tried:
        try:
            found.add(decide(line, dict(zip(values, chosen, strict=True)))[0])
        except Open:
            continue
    return found, number <= most
