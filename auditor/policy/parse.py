"""Policy documents: from JSON text to statements with places.

Strict where leniency would be a guess: what is not a policy gives :class:`Malformed` with the place, never an exception and never a
policy that means something else. Empty lists are allowed, as AWS allows them: they match nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from auditor.model.verdict import Location
from auditor.policy.positions import BadText, Lines, Node, Number, scan, shown

Effect: TypeAlias = Literal["Allow", "Deny"]
Principals: TypeAlias = Mapping[str, tuple[str, ...]]
"""Principals by type: ``AWS``, ``Service``, ``Federated``, ``CanonicalUser``. The bare ``"*"`` is ``{"*": ("*",)}``."""
Conditions: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Values by operator and key, as written. Booleans are ``true`` and ``false``, numbers keep their digits."""

VERSIONS = ("2012-10-17", "2008-10-17")
"""The versions of the policy language. A document without one is of the older."""

LONGEST = 200_000
"""Characters a document may have. AWS's largest, a bucket policy, has 20,480 bytes; the limit is ours, against hostile text."""

_EFFECTS: Mapping[str, Effect] = {"Allow": "Allow", "Deny": "Deny"}
_DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. Of a pair such as ``actions`` and ``not_actions``, the one that is not written is ``None``.

    Trust policies have neither ``resources`` nor ``not_resources``, policies of identities neither principals.
    """

    index: int
    """Its place in the document, from 0. Not stable: use ``key``."""
    key: str
    """What names it from scan to scan: its Sid if no other statement has it, else ``#`` and a hash of what it says."""
    sid: str | None
    effect: Effect
    principals: Principals | None
    not_principals: Principals | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: Conditions
    location: Location
    """Where it begins in the text. ``document`` is empty, for the text does not know its name: see :meth:`at`."""

    def at(self, document: str) -> Location:
        """Where it begins, in the document of that name."""
        return msgspec.structs.replace(self.location, document=document)


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A policy. ``version`` is ``None`` when it is not written, which means 2008-10-17."""

    version: str | None
    id: str | None
    statements: tuple[Statement, ...]


class Malformed(msgspec.Struct, frozen=True):
    """Text that is not a policy: what is wrong, and the line and column (from 1) where."""

    message: str
    line: int
    column: int

    def at(self, document: str) -> Location:
        """Where it is wrong, in the document of that name."""
        return Location(document, "", self.line, self.column)


@lru_cache(maxsize=512)
def parse(text: str) -> Document | Malformed:
    """The policy in ``text``. Never raises; the result is shared, so leave it as it is."""
    if len(text) > LONGEST:
        return Malformed(f"the document is longer than {LONGEST} characters", 1, 1)
    lines = Lines(text)
    try:
        return _document(lines, scan(text))
    except BadText as error:
        return Malformed(error.message, *lines.place(error.offset))


def _document(lines: Lines, root: Node) -> Document:
    top = _object(root, "a policy")
    _refuse_others(top, _DOCUMENT_ELEMENTS, "a policy")
    version = _string(top["Version"], "`Version`") if "Version" in top else None
    if version is not None and version not in VERSIONS:
        raise BadText(f"`Version` is {shown(version)}; it must be `2012-10-17` or `2008-10-17`", top["Version"].at)
    if "Statement" not in top:
        raise BadText("the policy has no `Statement`", root.at)
    listed = top["Statement"]
    pointer = "/Statement/{}" if isinstance(listed.value, tuple) else "/Statement"
    found = [
        _statement(index, node, Location("", pointer.format(index), *lines.place(node.at)))
        for index, node in enumerate(_many(listed))
    ]
    return Document(
        version=version,
        id=_string(top["Id"], "`Id`") if "Id" in top else None,
        statements=tuple(msgspec.structs.replace(statement, key=key) for statement, key in zip(found, _keys(found), strict=True)),
    )


def _statement(index: int, node: Node, location: Location) -> Statement:
    parts = _object(node, "a statement")
    _refuse_others(parts, _STATEMENT_ELEMENTS, "a statement")
    for one in ("Principal", "Action", "Resource"):
        if one in parts and f"Not{one}" in parts:
            second = max(parts[one].name_at, parts[f"Not{one}"].name_at)
            raise BadText(f"the statement has both `{one}` and `Not{one}`", second)
    if "Effect" not in parts:
        raise BadText("the statement has no `Effect`", node.at)
    written = _string(parts["Effect"], "`Effect`")
    effect = _EFFECTS.get(written)
    if effect is None:
        raise BadText(f"`Effect` is {shown(written)}; it must be `Allow` or `Deny`", parts["Effect"].at)
    if "Action" not in parts and "NotAction" not in parts:
        raise BadText("the statement has neither `Action` nor `NotAction`", node.at)
    return Statement(
        index=index,
        key="",
        sid=_string(parts["Sid"], "`Sid`") if "Sid" in parts else None,
        effect=effect,
        principals=_principals(parts, "Principal"),
        not_principals=_principals(parts, "NotPrincipal"),
        actions=_strings(parts, "Action"),
        not_actions=_strings(parts, "NotAction"),
        resources=_strings(parts, "Resource"),
        not_resources=_strings(parts, "NotResource"),
        conditions=_conditions(parts["Condition"]) if "Condition" in parts else {},
        location=location,
    )


def _object(node: Node, what: str) -> Mapping[str, Node]:
    if not isinstance(node.value, dict):
        raise BadText(f"{what} must be an object", node.at)
    return node.value


def _refuse_others(parts: Mapping[str, Node], allowed: Iterable[str], what: str) -> None:
    for name, node in parts.items():
        if name not in allowed:
            raise BadText(f"{shown(name)} is no element of {what}", node.name_at)


def _string(node: Node, what: str) -> str:
    if not isinstance(node.value, str):
        raise BadText(f"{what} must be a string", node.at)
    return node.value


def _many(node: Node) -> tuple[Node, ...]:
    return node.value if isinstance(node.value, tuple) else (node,)


def _strings(parts: Mapping[str, Node], name: str) -> tuple[str, ...] | None:
    if name not in parts:
        return None
    return tuple(_string(node, f"each value of `{name}`") for node in _many(parts[name]))


def _principals(parts: Mapping[str, Node], name: str) -> Principals | None:
    if name not in parts:
        return None
    node = parts[name]
    if node.value == "*":
        return {"*": ("*",)}
    if isinstance(node.value, str):
        raise BadText(f"`{name}` is {shown(node.value)}; a string must be `*`, all else an object such as `AWS`", node.at)
    kinds = _object(node, f"`{name}`")
    _refuse_others(kinds, _PRINCIPAL_TYPES, f"`{name}`")
    return {kind: tuple(_string(one, f"each value of `{kind}`") for one in _many(listed)) for kind, listed in kinds.items()}


def _conditions(node: Node) -> Conditions:
    # AWS takes `[]` for "no condition" and calls it needless (its check "empty array condition").
    if node.value == ():
        return {}
    return {
        operator: {
            key: tuple(_condition_value(value) for value in _many(values))
            for key, values in _object(keys, f"condition operator {shown(operator)}").items()
        }
        for operator, keys in _object(node, "`Condition`").items()
    }


def _condition_value(node: Node) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(node.value, Number):
        return node.value.text
    if isinstance(node.value, str):
        return node.value
    raise BadText("a condition value must be a string, a number or a boolean", node.at)


def _keys(statements: Iterable[Statement]) -> list[str]:
    """One key per statement. Twins that say the same are counted, so that two verdicts never share a key."""
    statements = tuple(statements)
    sids = Counter(statement.sid for statement in statements)
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for statement in statements:
        sid = statement.sid
        key = sid if sid and sids[sid] == 1 and "#" not in sid else _hash(statement)
        seen[key] += 1
        keys.append(f"{key}#{seen[key]}" if seen[key] > 1 else key)
    return keys


def _hash(statement: Statement) -> str:
    """A hash of what a statement says: the order of values and of members, and a list around a single value, do not matter."""
    says = {
        "sid": statement.sid,
        "effect": statement.effect,
        "principals": _sorted(statement.principals),
        "not_principals": _sorted(statement.not_principals),
        "actions": statement.actions and sorted(statement.actions),
        "not_actions": statement.not_actions and sorted(statement.not_actions),
        "resources": statement.resources and sorted(statement.resources),
        "not_resources": statement.not_resources and sorted(statement.not_resources),
        "conditions": {operator: _sorted(keys) for operator, keys in statement.conditions.items()},
    }
    canonical = json.dumps(says, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "#" + hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _sorted(values: Mapping[str, tuple[str, ...]] | None) -> Mapping[str, list[str]] | None:
    return None if values is None else {name: sorted(some) for name, some in values.items()}
