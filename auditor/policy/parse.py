"""Policy documents: from JSON text to statements with places.

Strict where leniency would be a guess: what is not a policy gives :class:`Malformed` with the place, never an exception and never a
policy that means something else. Empty lists are allowed, as AWS allows them: they match nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NoReturn, TypeAlias, cast

import msgspec

from auditor.model.verdict import Location
from auditor.source.positions import BadText, Lines, Number, scan, shown

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


class Origin:
    """The text that statements come from: what is seldom asked (places, keys) is found when it is asked."""

    __slots__ = ("_keys", "_places", "statements", "text")

    def __init__(self, text: str) -> None:
        """``statements`` is filled once they are read."""
        self.text = text
        self.statements: tuple[Statement, ...] = ()
        self._keys: list[str] | None = None
        self._places: tuple[Location, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def key(self, index: int) -> str:
        """The key of a statement."""
        if self._keys is None:
            self._keys = _keys(self.statements)
        return self._keys[index]

    def location(self, index: int) -> Location:
        """Where a statement begins."""
        if self._places is None:
            self._places = tuple(_locations(self.text))
        return self._places[index]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. Of a pair such as ``actions`` and ``not_actions``, the one that is not written is ``None``.

    Trust policies have neither ``resources`` nor ``not_resources``, policies of identities neither principals.
    """

    index: int
    """Its place in the document, from 0. Not stable: use ``key``."""
    sid: str | None
    effect: Effect
    principals: Principals | None
    not_principals: Principals | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: Conditions
    origin: Origin

    @property
    def key(self) -> str:
        """What names it from scan to scan: its Sid if no other statement has it, else ``#`` and a hash of what it says."""
        return self.origin.key(self.index)

    @property
    def location(self) -> Location:
        """Where it begins in the text. ``document`` is empty, for the text does not know its name: see :meth:`at`."""
        return self.origin.location(self.index)

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


@lru_cache(maxsize=2048)
def parse(text: str) -> Document | Malformed:
    """The policy in ``text``. Never raises; the result is shared, so leave it as it is."""
    if len(text) > LONGEST:
        return Malformed(f"the document is longer than {LONGEST} characters", 1, 1)
    try:
        if not text.isascii() or "\\u" in text:
            scan(text)  # only such a text can hold half a surrogate pair
        return _document(_DECODER.decode(text), Origin(text))
    except (_Fault, ValueError, RecursionError) as error:
        return _malformed(text, error)


class _Fault(Exception):
    """The value at ``path`` breaks a rule of policies; with ``name``, the name of that member does."""

    def __init__(self, message: str, *path: str | int, name: bool = False) -> None:
        self.message = message
        self.path = path
        self.name = name
        super().__init__(message)


def _malformed(text: str, error: Exception) -> Malformed:
    """What is wrong, with its place: found only now that it is needed."""
    lines = Lines(text)
    try:
        node = scan(text)
    except BadText as bad:
        return Malformed(bad.message, *lines.place(bad.offset))
    if not isinstance(error, _Fault):
        raise error  # the two readers disagree on what JSON is: our own bug
    for step in error.path:
        if isinstance(node.value, dict) and step in node.value:
            node = node.value[str(step)]
        elif isinstance(node.value, tuple) and isinstance(step, int):
            node = node.value[step]
    return Malformed(error.message, *lines.place(node.name_at if error.name else node.at))


def _locations(text: str) -> Iterator[Location]:
    """Where the statements of a policy begin."""
    lines = Lines(text)
    top = scan(text).value
    listed = top["Statement"] if isinstance(top, dict) else None
    if listed is not None and isinstance(listed.value, tuple):
        for index, node in enumerate(listed.value):
            yield Location("", f"/Statement/{index}", *lines.place(node.at))
    elif listed is not None:
        yield Location("", "/Statement", *lines.place(listed.at))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Fault("a name occurs twice in one object")
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=Number, parse_int=Number, parse_constant=_constant)


def _document(root: object, origin: Origin) -> Document:
    top = _object(root, "a policy")
    _refuse_others(top, _DOCUMENT_ELEMENTS, "a policy")
    version = _string(top["Version"], "`Version`", "Version") if "Version" in top else None
    if version is not None and version not in VERSIONS:
        raise _Fault(f"`Version` is {shown(version)}; it must be `2012-10-17` or `2008-10-17`", "Version")
    if "Statement" not in top:
        raise _Fault("the policy has no `Statement`")
    listed = top["Statement"]
    if isinstance(listed, list):
        found = tuple(
            _statement(index, one, origin, "Statement", index) for index, one in enumerate(cast("list[object]", listed))
        )
    else:
        found = (_statement(0, listed, origin, "Statement"),)
    origin.statements = found
    return Document(version=version, id=_string(top["Id"], "`Id`", "Id") if "Id" in top else None, statements=found)


def _statement(index: int, raw: object, origin: Origin, *path: str | int) -> Statement:
    parts = _object(raw, "a statement", *path)
    _refuse_others(parts, _STATEMENT_ELEMENTS, "a statement", *path)
    for one in ("Principal", "Action", "Resource"):
        if one in parts and f"Not{one}" in parts:
            names = list(parts)
            second = max(one, f"Not{one}", key=names.index)
            raise _Fault(f"the statement has both `{one}` and `Not{one}`", *path, second, name=True)
    if "Effect" not in parts:
        raise _Fault("the statement has no `Effect`", *path)
    written = _string(parts["Effect"], "`Effect`", *path, "Effect")
    effect = _EFFECTS.get(written)
    if effect is None:
        raise _Fault(f"`Effect` is {shown(written)}; it must be `Allow` or `Deny`", *path, "Effect")
    if "Action" not in parts and "NotAction" not in parts:
        raise _Fault("the statement has neither `Action` nor `NotAction`", *path)
    return Statement(
        index=index,
        sid=_string(parts["Sid"], "`Sid`", *path, "Sid") if "Sid" in parts else None,
        effect=effect,
        principals=_principals(parts, "Principal", *path),
        not_principals=_principals(parts, "NotPrincipal", *path),
        actions=_strings(parts, "Action", *path),
        not_actions=_strings(parts, "NotAction", *path),
        resources=_strings(parts, "Resource", *path),
        not_resources=_strings(parts, "NotResource", *path),
        conditions=_conditions(parts["Condition"], *path, "Condition") if "Condition" in parts else {},
        origin=origin,
    )


def _object(raw: object, what: str, *path: str | int) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise _Fault(f"{what} must be an object", *path)
    return cast("dict[str, object]", raw)


def _refuse_others(parts: Mapping[str, object], allowed: Iterable[str], what: str, *path: str | int) -> None:
    for name in parts:
        if name not in allowed:
            raise _Fault(f"{shown(name)} is no element of {what}", *path, name, name=True)


def _string(raw: object, what: str, *path: str | int) -> str:
    if not isinstance(raw, str):
        raise _Fault(f"{what} must be a string", *path)
    return raw


def _listed(raw: object, what: str, *path: str | int) -> tuple[str, ...]:
    if isinstance(raw, str):
        return (raw,)
    if not isinstance(raw, list):
        return (_string(raw, what, *path),)
    many = tuple(cast("list[str]", raw))
    for index, one in enumerate(many):
        if type(one) is not str:
            raise _Fault(f"{what} must be a string", *path, index)
    return many


def _strings(parts: Mapping[str, object], name: str, *path: str | int) -> tuple[str, ...] | None:
    found = parts.get(name)
    if type(found) is str:
        return (found,)
    return _listed(found, f"each value of `{name}`", *path, name) if name in parts else None


def _principals(parts: Mapping[str, object], name: str, *path: str | int) -> Principals | None:
    if name not in parts:
        return None
    raw = parts[name]
    if raw == "*":
        return {"*": ("*",)}
    if isinstance(raw, str):
        raise _Fault(f"`{name}` is {shown(raw)}; a string must be `*`, all else an object such as `AWS`", *path, name)
    kinds = _object(raw, f"`{name}`", *path, name)
    _refuse_others(kinds, _PRINCIPAL_TYPES, f"`{name}`", *path, name)
    return {kind: _listed(listed, f"each value of `{kind}`", *path, name, kind) for kind, listed in kinds.items()}


def _conditions(raw: object, *path: str | int) -> Conditions:
    # AWS takes `[]` for "no condition" and calls it needless (its check "empty array condition").
    if raw == []:
        return {}
    return {
        operator: {
            key: _condition_values(listed, *path, operator, key)
            for key, listed in _object(keys, f"condition operator {shown(operator)}", *path, operator).items()
        }
        for operator, keys in _object(raw, "`Condition`", *path).items()
    }


def _condition_values(raw: object, *path: str | int) -> tuple[str, ...]:
    if not isinstance(raw, list):
        return (_condition_value(raw, *path),)
    many = cast("list[object]", raw)
    return tuple(one if isinstance(one, str) else _condition_value(one, *path, index) for index, one in enumerate(many))


def _condition_value(raw: object, *path: str | int) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Number):
        return raw.text
    if isinstance(raw, str):
        return raw
    raise _Fault("a condition value must be a string, a number or a boolean", *path)


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
