"""How broad one statement is, from its own words.

These helpers read a single statement. Whether somebody can really do something also depends on every other policy that counts: that
is for the evaluator.
"""

from __future__ import annotations

import re

from auditor.policy.adapter import parse_arn
from auditor.policy.parse import Document, Malformed, Statement

CIRCUMSTANCES = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceip",
        "aws:tokenissuetime",
        "aws:useragent",
    }
)
"""Condition keys, in lower case, that say when, where and how a request is made, but not what it may do to what."""

_WHO = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "sts:externalid",
    }
)
"""Condition keys, in lower case, that an outsider cannot set as they like: AWS sets them, or (sts:ExternalId) they are agreed upon."""

_AFFIRMS = re.compile(r"(foranyvalue:)?(string(equals|like|equalsignorecase)|arn(equals|like)|ipaddress)")
"""Operators, in lower case, that ask for one of the listed values, and are false when the key is absent (IfExists, ForAllValues and
the negated ones are true then)."""

_ANY = r"(?=\??\*)\**\??\**"
_EVERYTHING = re.compile(_ANY)
_EVERY_ACTION = re.compile(f"{_ANY}(:{_ANY})?")
_ANY_ADDRESS = re.compile(r"[0-9a-fA-F.:]*/0+")
_FIXED = re.compile(r"[^*?$]*")
_NARROW = 10
"""Characters before the first wildcard or variable that it takes to mean one organisation, account, user or network."""


def every_action(patterns: tuple[str, ...] | None) -> bool:
    """One of the patterns matches every action there is: ``*`` or ``*:*``. ``None`` (NotAction is written) does not count."""
    return any(_EVERY_ACTION.fullmatch(pattern) for pattern in patterns or ())


def every_resource(patterns: tuple[str, ...] | None) -> bool:
    """One of the patterns is ``*``. ``arn:aws:*`` is not: actions that know no resources are only allowed on ``*``."""
    return any(_EVERYTHING.fullmatch(pattern) for pattern in patterns or ())


def condition_keys(statement: Statement) -> frozenset[str]:
    """The condition keys that a statement tests, in lower case, as AWS compares them."""
    return frozenset(key.lower() for keys in statement.conditions.values() for key in keys)


def narrowed(statement: Statement) -> bool:
    """A condition may limit what is allowed on what: its keys are not all :data:`CIRCUMSTANCES`."""
    return not condition_keys(statement) <= CIRCUMSTANCES


def grants_everything(statement: Statement) -> bool:
    """The statement allows every action on every resource, perhaps only under some circumstances (with MFA, from a network)."""
    return (
        statement.effect == "Allow"
        and every_action(statement.actions)
        and every_resource(statement.resources)
        and not narrowed(statement)
    )


def grants_all_but(statement: Statement) -> bool:
    """The statement allows all actions except a list (NotAction) on every resource, or on every resource except a list.

    A Deny with NotAction is the opposite, and a NotAction on named resources stays within them.
    """
    return (
        statement.effect == "Allow"
        and statement.not_actions is not None
        and (every_resource(statement.resources) or statement.not_resources is not None)
        and not narrowed(statement)
    )


def names_action(statement: Statement, action: str) -> bool:
    """The statement is about ``action``: one of its patterns matches, or none of those of its NotAction does."""
    if statement.actions is not None:
        return any(_matches(pattern, action) for pattern in statement.actions)
    return not any(_matches(pattern, action) for pattern in statement.not_actions or ())


def names_everyone(statement: Statement) -> bool:
    """The statement allows any principal of any account: ``Principal: "*"``, ``{"AWS": "*"}``, which means the same, or NotPrincipal.

    Conditions are not looked at.
    """
    principals = statement.principals or {}
    everyone = "*" in principals or "*" in principals.get("AWS", ()) or statement.not_principals is not None
    return statement.effect == "Allow" and everyone


def says_who(statement: Statement) -> bool:
    """A condition asks for certain principals, accounts, organisations, networks or an external id, so "everyone" is not everyone.

    All conditions of a statement must hold, so one that does it is enough. Values that match about anything do not count.
    """
    return any(
        key.lower() in _WHO and values and all(_pins(key.lower(), value) for value in values)
        for operator, keys in statement.conditions.items()
        if _AFFIRMS.fullmatch(operator.lower())
        for key, values in keys.items()
    )


def opens_trust(statement: Statement) -> bool:
    """A statement of a trust policy lets principals of any account take the role, and none of its conditions says who."""
    return names_everyone(statement) and names_action(statement, "sts:AssumeRole") and not says_who(statement)


def denies(policy: Document | Malformed, action: str) -> bool:
    """Some statement denies the action, to somebody, under some condition: what the others allow is not the whole truth."""
    return isinstance(policy, Document) and any(s.effect == "Deny" and names_action(s, action) for s in policy.statements)


def _pins(key: str, value: str) -> bool:
    if key in ("aws:principalarn", "aws:sourcearn"):
        arn = parse_arn(value)
        return arn is not None and arn.account.isdecimal()
    if key == "aws:sourceip":
        return not _ANY_ADDRESS.fullmatch(value)
    if key == "sts:externalid":
        return bool(value.strip("*?")) and not value.startswith("${")
    fixed = _FIXED.match(value)
    return fixed is not None and len(fixed.group()) >= _NARROW


def _matches(pattern: str, action: str) -> bool:
    # One star does what many do, and many in a row would let a hostile pattern take for ever.
    plain = re.sub(r"\*+", "*", pattern.lower())
    regex = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in plain)
    return re.fullmatch(regex, action.lower(), re.DOTALL) is not None
