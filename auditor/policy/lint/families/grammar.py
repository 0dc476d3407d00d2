"""The frame of a document: which elements there are, which must be there, and of what type their values are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.view import Clause, Opaque, Policy
from auditor.source.positions import shown
from auditor.source.shape import Path, is_list, is_object

_GRAMMAR = "IAM User Guide, Grammar of the IAM JSON policy language"
_CHECKS = "IAM User Guide, IAM policy validation check reference"
_VERSION = "IAM User Guide, IAM JSON policy elements: Version"

JSON_SYNTAX_ERROR = Check(
    id="json-syntax-error",
    level=Level.ERROR,
    title="text that is not JSON or YAML",
    why="Nothing can read it, so nothing that it says holds.",
    source=_CHECKS,
    refused=True,
)
NO_POLICY = Check(
    id="no-policy-in-file",
    level=Level.ERROR,
    title="a file without a policy",
    why="It was named to be checked, and there is nothing in it to check.",
    source="awsaudit",
)
TOO_MANY_FINDINGS = Check(
    id="too-many-findings",
    level=Level.ERROR,
    title="a file with more findings than anybody reads",
    why="The rest of the file is not checked: hostile text must not hold up a build. It may have worse faults than those that are told.",
    source="awsaudit",
)
DATA_TYPE_MISMATCH = Check(
    id="data-type-mismatch",
    level=Level.ERROR,
    title="a value of the wrong type",
    why="AWS does not save a document in which an element has a value of another type than the grammar says.",
    source=_GRAMMAR,
    refused=True,
)
INVALID_POLICY_ELEMENT = Check(
    id="invalid-policy-element",
    level=Level.ERROR,
    title="an element that policies do not have",
    why="AWS does not save a document with an element that it does not know; the names are written with capitals.",
    source=_GRAMMAR,
    refused=True,
)
DUPLICATE_CASE = Check(
    id="duplicate-keys-with-different-case",
    level=Level.ERROR,
    title="two names that differ in case only",
    why="Case does not matter in these names, so one of the two is lost, and nobody says which.",
    source=_CHECKS,
)
MISSING_STATEMENT = Check(
    id="missing-statement",
    level=Level.ERROR,
    title="a policy without statements",
    why="Statements are all that a policy says; AWS does not save one without.",
    source=_GRAMMAR,
    refused=True,
)
MISSING_EFFECT = Check(
    id="missing-effect",
    level=Level.ERROR,
    title="a statement without an effect",
    why="There is no default: AWS does not save a statement that neither allows nor denies.",
    source="IAM User Guide, IAM JSON policy elements: Effect",
    refused=True,
)
MISSING_ACTION = Check(
    id="missing-action",
    level=Level.ERROR,
    title="a statement without actions",
    why="A statement must say of what actions it speaks, with `Action` or `NotAction`.",
    source="IAM User Guide, IAM JSON policy elements: Action",
    refused=True,
)
MISSING_RESOURCE = Check(
    id="missing-resource",
    level=Level.ERROR,
    title="a statement without resources",
    why="Outside of trust policies and some resource policies a statement must say of what resources it speaks.",
    source="IAM User Guide, IAM JSON policy elements: Resource",
    refused=True,
)
MISSING_RESOURCE_HERE = Check(
    id="missing-resource-in-resource-policy",
    level=Level.WARNING,
    title="a statement of a resource policy without resources",
    why="Most services refuse it: only a few take the resource that has the policy for the one that is meant.",
    source="IAM User Guide, IAM JSON policy elements: Resource",
)
MISSING_PRINCIPAL = Check(
    id="missing-principal",
    level=Level.ERROR,
    title="a statement that does not say for whom",
    why="What is attached to a resource must say whose requests it speaks of.",
    source="IAM User Guide, AWS JSON policy elements: Principal",
    refused=True,
)
UNSUPPORTED_PRINCIPAL = Check(
    id="unsupported-principal",
    level=Level.ERROR,
    title="a principal in a policy of an identity",
    why="Such a policy speaks of the identity that it is attached to; AWS does not save one that names principals.",
    source="IAM User Guide, AWS JSON policy elements: Principal",
    refused=True,
)
UNSUPPORTED_COMBINATION = Check(
    id="unsupported-element-combination",
    level=Level.ERROR,
    title="an element together with its opposite",
    why="Of `Action` and `NotAction`, and of the other such pairs, a statement may have one.",
    source=_GRAMMAR,
    refused=True,
)
MISSING_VERSION = Check(
    id="missing-version",
    level=Level.WARNING,
    title="no version of the policy language",
    why="Without it the older language of 2008 holds, in which policy variables are plain text.",
    source=_VERSION,
)
INVALID_VERSION = Check(
    id="invalid-version",
    level=Level.ERROR,
    title="a version of the policy language that there is not",
    why="It is not the date of the policy: there are two versions of the language, and AWS refuses any other.",
    source=_VERSION,
    refused=True,
)

CHECKS = (
    JSON_SYNTAX_ERROR,
    NO_POLICY,
    TOO_MANY_FINDINGS,
    DATA_TYPE_MISMATCH,
    INVALID_POLICY_ELEMENT,
    DUPLICATE_CASE,
    MISSING_STATEMENT,
    MISSING_EFFECT,
    MISSING_ACTION,
    MISSING_RESOURCE,
    MISSING_RESOURCE_HERE,
    MISSING_PRINCIPAL,
    UNSUPPORTED_PRINCIPAL,
    UNSUPPORTED_COMBINATION,
    MISSING_VERSION,
    INVALID_VERSION,
)

_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PAIRS = ("Principal", "Action", "Resource")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_OF_IDENTITIES = (Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION)
_WITH_RESOURCE = (*_OF_IDENTITIES, Kind.SCP, Kind.RCP)
_WITH_PRINCIPAL = (Kind.RESOURCE, Kind.TRUST, Kind.RCP)
_WITHOUT_RESOURCE = ("ecr:", "ecr-public:", "execute-api:", "sts:", "lambda:")
"""Services whose policies may leave out what is clear: the resource that has the policy."""
_VERSIONS = ("2012-10-17", "2008-10-17")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """What the grammar says of the frame."""
    return frame(policy)


def frame(policy: Policy) -> Iterator[Found]:
    """All of it: none of these checks needs to know the actions."""
    raw = policy.raw
    if isinstance(raw, Opaque):
        return
    if not is_object(raw):
        yield _mismatch((), "the policy", "an object", raw)
        return
    if not _DOCUMENT.issuperset(raw):
        yield from _unknown(raw, _DOCUMENT, (), "a policy")
    if raw.get("Version") != "2012-10-17":
        yield from _version(raw, policy.kind)
    if "Id" in raw and not isinstance(raw["Id"], (str, Opaque)):
        yield _mismatch(("Id",), "`Id`", "a string", raw["Id"])
    if "Statement" not in raw:
        yield Found(MISSING_STATEMENT, (), "the policy has no `Statement`", 'add "Statement": [ … ]')
        return
    listed = raw["Statement"]
    if is_list(listed):
        if len(policy.clauses) < len(listed):
            for index, one in enumerate(listed):
                if not isinstance(one, (dict, Opaque)):
                    yield _mismatch(("Statement", index), "a statement", "an object", one)
        if not listed:
            yield Found(MISSING_STATEMENT, ("Statement",), "`Statement` is empty", "add a statement, or remove the policy")
    elif not isinstance(listed, (dict, Opaque)):
        yield _mismatch(("Statement",), "`Statement`", "a list of objects", listed)
    to_whom = policy.kind in _WITH_PRINCIPAL
    for clause in policy.clauses if to_whom or policy.odd else policy.conditional:
        if to_whom or not clause.plain:
            yield from _statement(clause, policy.kind)
        elif not clause.well_conditioned:
            yield from _condition(clause.raw["Condition"], clause.at("Condition"))


def _version(raw: Mapping[str, Any], kind: Kind) -> Iterator[Found]:
    if "Version" not in raw:
        yield Found(
            MISSING_VERSION, (), "the policy has no `Version`, so the language of 2008 holds", 'add "Version": "2012-10-17"'
        )
        return
    version = raw["Version"]
    if isinstance(version, Opaque):
        return
    if not isinstance(version, str):
        yield _mismatch(("Version",), "`Version`", "a string", version)
    elif version not in _VERSIONS:
        yield Found(
            INVALID_VERSION,
            ("Version",),
            f"`Version` is {shown(version)}; it must be `2012-10-17`",
            '"Version": "2012-10-17"',
            Edit(("Version",), "2012-10-17"),
        )
    elif kind in (Kind.SCP, Kind.RCP) and version != "2012-10-17":
        yield Found(
            INVALID_VERSION,
            ("Version",),
            f"`Version` is {shown(version)}; a policy of an organization must have `2012-10-17`",
            '"Version": "2012-10-17"',
            Edit(("Version",), "2012-10-17"),
        )


def _unknown(raw: Mapping[str, Any], known: frozenset[str], path: Path, what: str) -> Iterator[Found]:
    for name in raw:
        if name in known or name.startswith("Fn::"):
            continue
        meant = next((one for one in known if one.lower() == name.lower()), None)
        if meant and meant in raw:
            yield Found(DUPLICATE_CASE, (*path, name), f"{shown(name)} and `{meant}` differ in case only", "keep one", name=True)
        yield Found(
            INVALID_POLICY_ELEMENT,
            (*path, name),
            f"{shown(name)} is no element of {what}" + (f"; it is written `{meant}`" if meant else ""),
            f"write `{meant}`" if meant else "remove it",
            name=True,
        )


def _statement(clause: Clause, kind: Kind) -> Iterator[Found]:
    raw, path = clause.raw, clause.path
    if not _STATEMENT.issuperset(raw):
        yield from _unknown(raw, _STATEMENT, path, "a statement")
    for name in _PAIRS:
        if name in raw and f"Not{name}" in raw:
            yield Found(
                UNSUPPORTED_COMBINATION,
                (*path, f"Not{name}"),
                f"the statement has both `{name}` and `Not{name}`",
                "keep one, or make two statements",
                name=True,
            )
    if "Effect" not in raw:
        yield Found(MISSING_EFFECT, path, "the statement has no `Effect`", 'add "Effect": "Allow" or "Effect": "Deny"')
    if "Action" not in raw and "NotAction" not in raw:
        yield Found(MISSING_ACTION, path, "the statement has neither `Action` nor `NotAction`", 'add "Action": [ … ]')
    if "Resource" not in raw and "NotResource" not in raw:
        yield from _no_resource(clause, kind)
    if "Principal" not in raw and "NotPrincipal" not in raw:
        if kind in _WITH_PRINCIPAL:
            yield Found(
                MISSING_PRINCIPAL, path, "the statement has neither `Principal` nor `NotPrincipal`", 'add "Principal": { … }'
            )
    else:
        yield from _principal(clause, kind)
    yield from _types(clause)


def _no_resource(clause: Clause, kind: Kind) -> Iterator[Found]:
    if kind in _WITH_RESOURCE:
        yield Found(
            MISSING_RESOURCE, clause.path, "the statement has neither `Resource` nor `NotResource`", 'add "Resource": [ … ]'
        )
    elif kind is Kind.RESOURCE and not all(action.lower().startswith(_WITHOUT_RESOURCE) for _, action in clause.actions):
        yield Found(
            MISSING_RESOURCE_HERE, clause.path, "the statement has neither `Resource` nor `NotResource`", 'add "Resource": [ … ]'
        )


def _principal(clause: Clause, kind: Kind) -> Iterator[Found]:
    for name in ("Principal", "NotPrincipal"):
        if name not in clause.raw:
            continue
        path = (*clause.path, name)
        if kind in _OF_IDENTITIES:
            yield Found(UNSUPPORTED_PRINCIPAL, path, f"`{name}` may not stand in a policy of an identity", "remove it", name=True)
        value = clause.raw[name]
        if is_object(value):
            for key, listed in value.items():
                if is_list(listed):
                    for index, one in enumerate(listed):
                        if not isinstance(one, (str, Opaque)):
                            yield _mismatch((*path, key, index), f"each value of {shown(key)}", "a string", one)
                elif not isinstance(listed, (str, Opaque)):
                    yield _mismatch((*path, key), shown(key), "a string or a list of strings", listed)
        elif not isinstance(value, (str, Opaque)):
            yield _mismatch(path, f"`{name}`", "`*` or an object", value)


def _types(clause: Clause) -> Iterator[Found]:
    raw, path = clause.raw, clause.path
    for name in ("Sid", "Effect"):
        if name in raw and not isinstance(raw[name], (str, Opaque)):
            yield _mismatch((*path, name), f"`{name}`", "a string", raw[name])
    for name in _LISTS:
        if name not in raw:
            continue
        value = raw[name]
        if is_list(value):
            if clause.all_strings(name):
                continue
            for index, one in enumerate(value):
                if not isinstance(one, (str, Opaque)):
                    yield _mismatch((*path, name, index), f"each value of `{name}`", "a string", one)
        elif not isinstance(value, (str, Opaque)):
            yield _mismatch((*path, name), f"`{name}`", "a string or a list of strings", value)
    if not clause.well_conditioned:
        yield from _condition(raw["Condition"], (*path, "Condition"))


def _condition(value: Any, path: Path) -> Iterator[Found]:
    if isinstance(value, Opaque) or value == []:
        return
    if not is_object(value):
        yield _mismatch(path, "`Condition`", "an object", value)
        return
    for operator, keys in value.items():
        if isinstance(keys, Opaque):
            continue
        if not is_object(keys):
            yield _mismatch((*path, operator), f"operator {shown(operator)}", "an object of keys and values", keys)
            continue
        if len(keys) > 1 and len({key.lower() for key in keys}) < len(keys):
            yield from _twins(keys, (*path, operator))
        for key, values in keys.items():
            if is_list(values):
                for index, one in enumerate(values):
                    if not isinstance(one, (str, int, float, bool, Opaque)):
                        yield _mismatch((*path, operator, key, index), "a condition value", "a string", one)
            elif not isinstance(values, (str, int, float, bool, Opaque)):
                yield _mismatch((*path, operator, key), "a condition value", "a string or a list of strings", values)


def _twins(keys: Mapping[str, Any], path: Path) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for key in keys:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            yield Found(
                DUPLICATE_CASE,
                (*path, key),
                f"{shown(first)} and {shown(key)} differ in case only",
                "put all values under one",
                name=True,
            )


def _mismatch(path: Path, what: str, wanted: str, value: object) -> Found:
    return Found(DATA_TYPE_MISMATCH, path, f"{what} must be {wanted}, not {_word(value)}")


def _word(value: object) -> str:
    if value is None:
        return "`null`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (int, float)):
        return f"the number {shown(str(value))}"
    if isinstance(value, str):
        return f"the string {shown(value)}"
    return "a list" if is_list(value) else "an object"
