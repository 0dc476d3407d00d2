"""How broad one statement is, from its own words.

These helpers read a single statement. Whether somebody can really do something also depends on every other policy that counts: that
is for the evaluator. Where a condition may or may not hold for everyone, the answer is ``None``: it cannot be told.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypeAlias

from auditor.policy.adapter import parse_arn
from auditor.policy.parse import Document, Malformed, Statement

Answer: TypeAlias = "bool | None"
"""``None``: it cannot be told from the statement."""
Reach: TypeAlias = Literal["all", "unclear", "narrow"]

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
_ALSO_AFFIRMS = re.compile(r"(foranyvalue:)?(bool|numericequals|dateequals|binaryequals)")

_OF_THE_CALLER = (
    "aws:principal",
    "aws:resourceaccount",
    "aws:resourceorg",
    "aws:source",
    "aws:user",
    "aws:federatedprovider",
    "sts:",
)
"""How the keys begin that may hold for all that one caller does: one's own account, organisation, ARN or tag."""
_ALWAYS_THERE = frozenset({"aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:userid"})
"""Condition keys, in lower case, that every signed request has: any value at all is no condition."""

_ACTIONS = ("s3:GetObject", "iam:PassRole", "qq:zzzzzz", "xx:yyyyyy")
_ARNS = tuple(
    tuple(
        f"arn:{partition}:{rest}"
        for rest in ("s3:::xyz", "iam::123456789012:user/q", "ec2:us-west-2:210987654321:instance/i-0", "qq:zz:987:kk")
    )
    for partition in ("aws", "aws-cn", "aws-us-gov")
)
"""Actions and, by partition, ARNs that have nothing in common but their form: what matches all of them matches about anything."""

_FIXED = re.compile(r"[^*?$]*")
_NARROW = 10
"""Characters before the first wildcard or variable that it takes to mean one organisation, account, user or network."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_WIDEST: Mapping[int, int] = {4: 2 ** (32 - 8), 6: 2 ** (128 - 16)}
"""Addresses, by IP version, that a restriction may have at most: as many as a /8 of IPv4 or a /16 of IPv6 has. The limit is ours: more
than the largest network that was ever given to one organisation is no restriction."""
_SHARED_ISSUERS = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io")
"""Identity providers that issue tokens to anybody: there the audience says nothing, only the subject says who it is."""
_FEDERATED_ACTIONS = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


def every_action(patterns: tuple[str, ...] | None) -> bool:
    """One of the patterns matches every action there is: ``*`` or ``*:*``. ``None`` (NotAction is written) does not count."""
    return any(all(_matches(pattern, action) for action in _ACTIONS) for pattern in patterns or ())


def every_resource(patterns: tuple[str, ...] | None) -> bool:
    """One of the patterns matches every ARN of a partition: ``*``, ``arn:*``, ``arn:aws:*``.

    Actions that know no resources are only allowed on ``*``; ``arn:aws:*`` is everything but those.
    """
    return any(all(_matches(pattern, arn) for arn in arns) for arns in _ARNS for pattern in patterns or ())


def condition_keys(statement: Statement) -> frozenset[str]:
    """The condition keys that a statement tests, in lower case, as AWS compares them."""
    return frozenset(key.lower() for keys in statement.conditions.values() for key in keys)


def reach(statement: Statement) -> Reach:
    """How far the conditions let a statement reach: ``all`` that it names, something ``narrow``, or ``unclear``.

    :data:`CIRCUMSTANCES` do not narrow. Only an operator that asks for fixed values does, on a key that says what is done to what.
    Negated operators, ``IfExists``, ``ForAllValues``, ``Null`` and keys that say who asks may hold for everyone.
    """
    reaches = {
        _reach(operator.lower(), key.lower(), values)
        for operator, keys in statement.conditions.items()
        for key, values in keys.items()
    }
    return "narrow" if "narrow" in reaches else "unclear" if "unclear" in reaches else "all"


def narrowed(statement: Statement) -> bool:
    """A condition may limit what is allowed, on what or to whom: the statement does not plainly reach all that it names."""
    return reach(statement) != "all"


def grants_everything(statement: Statement) -> Answer:
    """The statement allows every action on every resource (or all but a list of them), perhaps under some circumstances (with MFA)."""
    return statement.effect == "Allow" and every_action(statement.actions) and _everywhere(statement) and _answer(statement)


def grants_all_but(statement: Statement) -> Answer:
    """The statement allows all actions except a list (NotAction) on every resource, or on every resource except a list.

    A Deny with NotAction is the opposite, and a NotAction on named resources stays within them.
    """
    return (
        statement.effect == "Allow"
        and statement.not_actions is not None
        and not every_action(statement.not_actions)
        and _everywhere(statement)
        and _answer(statement)
    )


def grants_about_everything(statement: Statement) -> Answer:
    """The statement grants everything, or all but some actions."""
    return grants_everything(statement) if statement.not_actions is None else grants_all_but(statement)


def names_action(statement: Statement, action: str) -> bool:
    """The statement is about ``action``: one of its patterns matches, or none of those of its NotAction does."""
    if statement.actions is not None:
        return any(_matches(pattern.lower(), action.lower()) for pattern in statement.actions)
    return not any(_matches(pattern.lower(), action.lower()) for pattern in statement.not_actions or ())


def names_everyone(statement: Statement) -> bool:
    """The statement allows any principal of any account: ``Principal: "*"``, ``{"AWS": "*"}``, which means the same, or NotPrincipal.

    Conditions are not looked at.
    """
    return statement.effect == "Allow" and _everyone(statement)


def other_accounts(statement: Statement, *ours: str) -> tuple[str, ...]:
    """The numbers of the accounts that the principals of a statement are of, but for ``ours``. Sorted.

    Identities of AWS itself (CloudFront's, those of services) and the ids that stand for deleted principals are of no account.
    """
    arns = [(name, parse_arn(name)) for name in (statement.principals or {}).get("AWS", ())]
    named = {arn.account if arn else name for name, arn in arns}
    return tuple(sorted(account for account in named - set(ours) if _ACCOUNT.fullmatch(account)))


def says_who(statement: Statement) -> bool:
    """A condition asks for certain principals, accounts, organisations, networks or an external id, so "everyone" is not everyone.

    All conditions of a statement must hold, so one that does it is enough. Values that match about anything do not count.
    """
    return any(
        key.lower() in _WHO and values and _pinned(key.lower(), values)
        for operator, keys in statement.conditions.items()
        if _AFFIRMS.fullmatch(operator.lower())
        for key, values in keys.items()
    )


def opens_trust(statement: Statement) -> Answer:
    """A statement of a trust policy lets principals of any account take the role, and none of its conditions says who.

    It cannot be told for a principal with a wildcard in it, and for federated sign-in where no condition says whose tokens are taken.
    """
    if statement.effect != "Allow" or says_who(statement):
        return False
    everyone = _everyone(statement)
    assumes = names_action(statement, "sts:AssumeRole")
    if everyone and assumes:
        return True
    federated = any(names_action(statement, action) for action in _FEDERATED_ACTIONS)
    principals = statement.principals or {}
    if (
        (assumes or federated)
        and any("*" in name or "?" in name for names in principals.values() for name in names)
        and not everyone
    ):
        return None
    if federated and (everyone or principals.get("Federated")) and not _says_whose_tokens(statement):
        return None
    return False


def denies(policy: Document | Malformed, action: str, *, but: Collection[str] = ()) -> bool:
    """Some statement denies the action to everyone, under some condition: what the others allow is not the whole truth.

    A Deny for named principals does not count: it keeps out nobody else. Nor does one that only tests the keys ``but`` (in lower case),
    such as whether the request came over TLS: everyone can do it right.
    """
    return isinstance(policy, Document) and any(
        s.effect == "Deny"
        and _everyone(s)
        and names_action(s, action)
        and not (condition_keys(s) and condition_keys(s) <= frozenset(but))
        for s in policy.statements
    )


def _everywhere(statement: Statement) -> bool:
    if statement.not_resources is not None:
        return not any(_any(pattern) for pattern in statement.not_resources)
    return every_resource(statement.resources)


def _answer(statement: Statement) -> Answer:
    answers: dict[Reach, Answer] = {"all": True, "unclear": None, "narrow": False}
    return answers[reach(statement)]


def _everyone(statement: Statement) -> bool:
    principals = statement.principals or {}
    return "*" in principals or any(_any(name) for name in principals.get("AWS", ())) or statement.not_principals is not None


def _any(pattern: str) -> bool:
    return bool(pattern) and not pattern.strip("*")


def _reach(operator: str, key: str, values: tuple[str, ...]) -> Reach:
    if key in CIRCUMSTANCES:
        return "all"
    if not (_AFFIRMS.fullmatch(operator) or _ALSO_AFFIRMS.fullmatch(operator)):
        return "unclear"
    if key in _ALWAYS_THERE and "like" in operator and any(_any(value) for value in values):
        return "all"
    if key.startswith(_OF_THE_CALLER) or not values:
        return "unclear"
    # Only `true` narrows: nearly every request has some flag that is false.
    flag = operator.endswith("bool")
    return "narrow" if all(value.lower() == "true" if flag else _fixes(key, value) for value in values) else "unclear"


def _fixes(key: str, value: str) -> bool:
    """Not every value of the key matches."""
    return bool(value.strip("*?")) and not every_resource((value,)) and f"${{{key}" not in value.lower()


def _says_whose_tokens(statement: Statement) -> bool:
    issuers = (statement.principals or {}).get("Federated", ())
    shared = not issuers or any(issuer.endswith(_SHARED_ISSUERS) for issuer in issuers)
    return any(
        (key.lower().endswith(":sub") or (not shared and key.lower().endswith(":aud")))
        and values
        and all(_fixed(value) > len("repo:") for value in values)
        for operator, keys in statement.conditions.items()
        if _AFFIRMS.fullmatch(operator.lower())
        for key, values in keys.items()
    )


def _pinned(key: str, values: tuple[str, ...]) -> bool:
    return _few_addresses(values) if key == "aws:sourceip" else all(_pins(key, value) for value in values)


def _pins(key: str, value: str) -> bool:
    if key in ("aws:principalarn", "aws:sourcearn"):
        arn = parse_arn(value)
        return arn is not None and _ACCOUNT.fullmatch(arn.account) is not None
    if key in ("aws:principalaccount", "aws:sourceaccount"):
        return _ACCOUNT.fullmatch(value) is not None
    if key == "sts:externalid":
        return bool(value) and _fixed(value) == len(value)
    return _fixed(value) >= _NARROW


def _fixed(value: str) -> int:
    """How many characters stand before the first wildcard or variable."""
    found = _FIXED.match(value)
    return found.end() if found else 0


def _few_addresses(values: Iterable[str]) -> bool:
    """The networks have no more addresses together than :data:`_WIDEST`; overlaps count once, and what is no network is any."""
    try:
        networks = [ipaddress.ip_network(value, strict=False) for value in values]
    except ValueError:
        return False
    four = ipaddress.collapse_addresses(n for n in networks if isinstance(n, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(n for n in networks if isinstance(n, ipaddress.IPv6Network))
    counts: Mapping[int, int] = {4: sum(n.num_addresses for n in four), 6: sum(n.num_addresses for n in six)}
    return all(count <= _WIDEST[version] for version, count in counts.items())


def _matches(pattern: str, text: str) -> bool:
    """The pattern matches the whole text; ``*`` is any characters, ``?`` is one.

    By hand, in at most their lengths multiplied: a regular expression of a hostile pattern takes for ever.
    """
    at = place = 0
    star = resume = -1
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")
