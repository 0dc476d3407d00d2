"""Conditions: operators, keys, and how the two go together. What the values must look like: :mod:`.condition_values`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from auditor.policy.actions import ActionTable
from auditor.policy.global_keys import GLOBAL_KEYS, global_key
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.operators import NAMES, Operator, operator
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown
from auditor.source.shape import is_object

_CONDITION = "IAM User Guide, IAM JSON policy elements: Condition"
_OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"
_CHECKS = "IAM User Guide, IAM policy validation check reference"
_GLOBAL = "IAM User Guide, AWS global condition context keys"
_SETS = "IAM User Guide, Set operators for multivalued context keys"

INVALID_OPERATOR = Check(
    id="invalid-condition-operator",
    level=Level.ERROR,
    title="a condition operator that there is not",
    why="AWS does not save a condition whose operator it does not know.",
    source=_OPERATORS,
    refused=True,
)
INVALID_KEY_FORMAT = Check(
    id="invalid-condition-key-format",
    level=Level.ERROR,
    title="a condition key that is not written `service:name`",
    why="AWS does not save a condition key without the service, or `aws`, in front.",
    source=_CONDITION,
    refused=True,
)
INVALID_GLOBAL_KEY = Check(
    id="invalid-global-condition-key",
    level=Level.ERROR,
    title="a global condition key that there is not",
    why="No request has it, so the condition never holds, or always with `IfExists` or a negation.",
    source=_GLOBAL,
)
UNSUPPORTED_GLOBAL_KEY = Check(
    id="unsupported-global-condition-key",
    level=Level.ERROR,
    title="a global condition key under an old name",
    why="Requests do not have it under this name, so the condition never holds.",
    source=_CHECKS,
)
DEPRECATED_GLOBAL_KEY = Check(
    id="deprecated-global-condition-key",
    level=Level.WARNING,
    title="a global condition key that AWS advises against, or no longer documents",
    why="AWS has replaced it; requests may come without it one day.",
    source=_GLOBAL,
)
MISSING_TAG_KEY = Check(
    id="missing-tag-key-in-condition",
    level=Level.ERROR,
    title="a condition on a tag that does not say which",
    why="The name of the tag is a part of the key, after the slash; without it no request has the key.",
    source="IAM User Guide, Controlling access to AWS resources using tags",
)
TYPE_MISMATCH = Check(
    id="type-mismatch",
    level=Level.WARNING,
    title="an operator of another type than the condition key",
    why="An operator reads the value of the key as its own type; a value that cannot be read so matches nothing.",
    source=_OPERATORS,
)
MISSING_QUALIFIER = Check(
    id="missing-qualifier",
    level=Level.ERROR,
    title="a key of several values without `ForAllValues` or `ForAnyValue`",
    why="A request has several values of it; without saying whether all or any must match, the condition is not compared as meant.",
    source=_SETS,
)
NULL_WITH_IF_EXISTS = Check(
    id="null-with-if-exists",
    level=Level.ERROR,
    title="`Null` with `IfExists`",
    why="`Null` asks whether the key exists; AWS refuses to ask so only if it does.",
    source=_OPERATORS,
    refused=True,
)
NULL_WITH_QUALIFIER = Check(
    id="null-with-qualifier",
    level=Level.SUGGESTION,
    title="`Null` with `ForAllValues` or `ForAnyValue`",
    why="Whether a key exists does not depend on its values.",
    source=_OPERATORS,
)
EMPTY_OBJECT_CONDITION = Check(
    id="empty-object-condition",
    level=Level.SUGGESTION,
    title="an empty condition",
    why="It holds for every request, so it may be left out, unless something is missing in it.",
    source=_CHECKS,
)
EMPTY_ARRAY_CONDITION = Check(
    id="empty-array-condition",
    level=Level.SUGGESTION,
    title="a condition without values",
    why="No value of the request can match none, so it never holds; with a negation it always does.",
    source=_CHECKS,
)
EMPTY_ARRAY_FORALLVALUES = Check(
    id="empty-array-condition-forallvalues",
    level=Level.SUGGESTION,
    title="`ForAllValues` without values",
    why="It holds only when the request does not have the key: `Null` says that plainly.",
    source=_CHECKS,
)
EMPTY_ARRAY_FORANYVALUE = Check(
    id="empty-array-condition-foranyvalue",
    level=Level.SUGGESTION,
    title="`ForAnyValue` without values",
    why="No value of the request is one of none, so it never holds.",
    source=_CHECKS,
)
EMPTY_ARRAY_IFEXISTS = Check(
    id="empty-array-condition-ifexists",
    level=Level.SUGGESTION,
    title="`IfExists` without values",
    why="It holds only when the request does not have the key: `Null` says that plainly.",
    source=_CHECKS,
)

CHECKS = (
    INVALID_OPERATOR,
    INVALID_KEY_FORMAT,
    INVALID_GLOBAL_KEY,
    UNSUPPORTED_GLOBAL_KEY,
    DEPRECATED_GLOBAL_KEY,
    MISSING_TAG_KEY,
    TYPE_MISMATCH,
    MISSING_QUALIFIER,
    NULL_WITH_IF_EXISTS,
    NULL_WITH_QUALIFIER,
    EMPTY_OBJECT_CONDITION,
    EMPTY_ARRAY_CONDITION,
    EMPTY_ARRAY_FORALLVALUES,
    EMPTY_ARRAY_FORANYVALUE,
    EMPTY_ARRAY_IFEXISTS,
)
CONDITIONAL = True

_RENAMED: Mapping[str, str] = {"aws:arn": "aws:PrincipalArn"}
_OUTDATED: Mapping[str, str] = {"aws:principalorgmasteraccountid": "aws:PrincipalOrgID"}
"""Keys that policies of AWS's own still have, and that its documents do not."""
_SINGLE = ("events:",)
"""EventBridge documents its keys as arrays and compares them without a quantifier."""
_TAG_KEYS = re.compile(r"[a-z0-9-]+:(?:requesttag|resourcetag|principaltag|existingobjecttag|requestobjecttag)/?\Z")
_SUITS: Mapping[str, tuple[str, ...]] = {
    "String": ("String",),
    "ARN": ("Arn", "String"),
    "Bool": ("Bool", "String"),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
    "IPAddress": ("IpAddress",),
    "Binary": ("Binary", "String"),
}
"""Operator families that read a type of key. An ARN or a Boolean may be compared as text as well."""
_ADVISED: Mapping[str, str] = {
    "String": "StringEquals",
    "ARN": "ArnLike",
    "Bool": "Bool",
    "Numeric": "NumericEquals",
    "Date": "DateLessThan",
    "IPAddress": "IpAddress",
    "Binary": "BinaryEquals",
}


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What is wrong with the conditions, but for their values."""
    for clause in policy.conditional:
        if clause.well_conditioned and all(_is_silent(test.operator, test.key, table) for test in clause.tests):
            continue
        yield from _form(clause)
        for test in clause.tests:
            for check, message, fix in together(test.operator, test.key, table):
                yield Found(check, test.path, message, fix, name=True)


@lru_cache(maxsize=16384)
def _is_silent(text: str, key: str, table: ActionTable) -> bool:
    """There is nothing to be said of an operator with a key."""
    found = operator(text)
    if found is None or (found.family == "Null" and (found.if_exists or found.quantifier)) or ":" not in key[1:]:
        return False
    return not together(text, key, table)


def form(policy: Policy) -> Iterator[Found]:
    """What can be said without knowing the keys."""
    for clause in policy.conditional:
        yield from _form(clause)


def _form(clause: Clause) -> Iterator[Found]:
    condition = clause.raw["Condition"]
    path = clause.at("Condition")
    if condition == {} or condition == []:
        yield Found(EMPTY_OBJECT_CONDITION, path, "the condition is empty", "remove it", Edit(path, remove=True))
        return
    if not is_object(condition):
        return
    for text, keys in condition.items():
        found = operator(text)
        if found is None:
            near = difflib.get_close_matches(text.lower(), NAMES, n=1)
            yield Found(
                INVALID_OPERATOR,
                (*path, text),
                f"{shown(text)} is no condition operator" + (f"; did you mean `{NAMES[near[0]][0]}`?" if near else ""),
                f"write `{NAMES[near[0]][0]}`" if near else "write one such as `StringEquals`",
                name=True,
            )
            continue
        if found.family == "Null" and found.if_exists:
            yield Found(NULL_WITH_IF_EXISTS, (*path, text), "`Null` has no `IfExists`", "write `Null`", name=True)
        elif found.family == "Null" and found.quantifier:
            yield Found(NULL_WITH_QUALIFIER, (*path, text), f"`Null` needs no `{found.quantifier}`", "write `Null`", name=True)
        if keys == {}:
            yield Found(
                EMPTY_OBJECT_CONDITION,
                (*path, text),
                f"the operator {shown(text)} has no keys",
                "remove it",
                Edit((*path, text), remove=True) if len(condition) > 1 else Edit(path, remove=True),
            )
        elif is_object(keys):
            for key, values in keys.items():
                if values == []:
                    yield _empty((*path, text, key), key, found)
                if ":" not in key[1:]:
                    yield Found(
                        INVALID_KEY_FORMAT,
                        (*path, text, key),
                        f"the condition key {shown(key)} has no service in front",
                        "write it as in `aws:SourceIp`",
                        name=True,
                    )


def _empty(path: tuple[str | int, ...], key: str, found: Operator) -> Found:
    what = f"{shown(key)} is compared with no value"
    if found.quantifier:
        check = EMPTY_ARRAY_FORALLVALUES if found.quantifier == "ForAllValues" else EMPTY_ARRAY_FORANYVALUE
    else:
        check = EMPTY_ARRAY_IFEXISTS if found.if_exists else EMPTY_ARRAY_CONDITION
    return Found(check, path, what, "name values, or remove the key")


@lru_cache(maxsize=16384)
def together(text: str, key: str, table: ActionTable) -> tuple[tuple[Check, str, str], ...]:
    """What is to be said of an operator with a key, whatever the values."""
    return tuple(_pair(text, key, table))


def _pair(text: str, key: str, table: ActionTable) -> Iterator[tuple[Check, str, str]]:
    lower = key.lower()
    if _TAG_KEYS.match(lower):
        yield MISSING_TAG_KEY, f"{shown(key)} does not say which tag", f"write `{key.rstrip('/')}/name-of-the-tag`"
        return
    if lower in _RENAMED:
        yield UNSUPPORTED_GLOBAL_KEY, f"{shown(key)} is called `{_RENAMED[lower]}` now", f"write `{_RENAMED[lower]}`"
        return
    if lower in _OUTDATED:
        yield DEPRECATED_GLOBAL_KEY, f"{shown(key)} is no longer documented", f"use `{_OUTDATED[lower]}`"
        return
    known = table.key(key)
    one = global_key(key)
    if known is None and one is None:
        if lower.startswith("aws:"):
            near = difflib.get_close_matches(lower, GLOBAL_KEYS, n=1)
            name = GLOBAL_KEYS[near[0]].name if near else ""
            hint = f"; did you mean `{name}`?" if near else ""
            yield INVALID_GLOBAL_KEY, f"{shown(key)} is no global condition key{hint}", f"write `{name}`" if near else "remove it"
        return
    if one is not None and one.deprecated:
        yield DEPRECATED_GLOBAL_KEY, f"{shown(key)} is deprecated", "use the key that AWS names in its place"
    found = operator(text)
    if found is None or found.family == "Null":
        return
    type_ = known.type if known is not None else one.type if one is not None else ""
    single = type_.removeprefix("ArrayOf")
    suits = _SUITS.get(single)
    # What the user names himself (tags, encryption contexts) may hold ARNs.
    if suits and found.family not in suits and not (found.family == "Arn" and known is not None and "$" in known.name):
        yield TYPE_MISMATCH, f"{shown(key)} is of type {single}, but {shown(text)} is for another", f"use `{_ADVISED[single]}`"
    several = (type_.startswith("ArrayOf") and not lower.startswith(_SINGLE)) or (one is not None and one.multivalued)
    if several and not found.quantifier:
        message = f"{shown(key)} has several values in a request; {shown(text)} does not say whether all or any must match"
        yield MISSING_QUALIFIER, message, f"write `ForAnyValue:{text}` or `ForAllValues:{text}`"
