"""Policy variables: ``${aws:username}`` where it counts, and where it is just text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from auditor.policy.actions import ActionTable
from auditor.policy.global_keys import GLOBAL_KEYS, global_key
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.operators import operator, placed
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown
from auditor.source.shape import Path

_VARIABLES = "IAM User Guide, IAM policy elements: Variables and tags"

MISSING_BRACE = Check(
    id="missing-brace-in-variable",
    level=Level.ERROR,
    title="a policy variable without its closing brace",
    why="Without it the text is taken literally.",
    source=_VARIABLES,
)
MISSING_QUOTE = Check(
    id="missing-quote-in-variable",
    level=Level.ERROR,
    title="a default of a policy variable without its quotes",
    why="A default stands in single quotes; without them the text is taken literally.",
    source=_VARIABLES,
)
UNSUPPORTED_SPACE = Check(
    id="unsupported-space-in-variable",
    level=Level.ERROR,
    title="a policy variable with a space in it",
    why="The name of a variable has no spaces, so no request has a value for it.",
    source=_VARIABLES,
)
EMPTY_VARIABLE = Check(
    id="empty-variable",
    level=Level.ERROR,
    title="an empty policy variable",
    why="It names no key, so it stands for nothing.",
    source=_VARIABLES,
)
IN_ELEMENT = Check(
    id="variable-unsupported-in-element",
    level=Level.ERROR,
    title="a policy variable in an element that has none",
    why="Variables count in resources and in the values of conditions; elsewhere they are plain text.",
    source=_VARIABLES,
)
IN_VERSION = Check(
    id="variable-unsupported-in-version",
    level=Level.ERROR,
    title="a policy variable in a document of the older language",
    why="Without `2012-10-17` for its `Version`, a document has no variables: the text is taken literally.",
    source=_VARIABLES,
)
FOR_OPERATOR = Check(
    id="invalid-variable-for-operator",
    level=Level.ERROR,
    title="a policy variable with an operator that has none",
    why="Variables count with the operators for strings and ARNs only.",
    source=_VARIABLES,
)

UNKNOWN = Check(
    id="unknown-variable",
    level=Level.WARNING,
    title="a policy variable that looks like a misspelt key",
    why="No request has a value for it, so what holds it matches nothing.",
    source=_VARIABLES,
)

CHECKS = (UNKNOWN, MISSING_BRACE, MISSING_QUOTE, UNSUPPORTED_SPACE, EMPTY_VARIABLE, IN_ELEMENT, IN_VERSION, FOR_OPERATOR)

_VARIABLE = re.compile(r"\$\{([^}]*)(\}?)")
_DEFAULT = re.compile(r"[^,]*,\s*'[^']*'\s*\Z")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """What is wrong with the variables."""
    if not policy.has_variables:
        return
    old = policy.version != "2012-10-17"
    told = False
    for clause in policy.clauses:
        if clause.plain and not (clause.variables("Resource") or clause.variables("Action")):
            some = _conditions(clause, old) if clause.tests else ()
        else:
            some = _clause(clause, old)
        for found in some:
            if found.check is IN_VERSION:
                if told:
                    continue
                told = True
            yield found


def _clause(clause: Clause, old: bool) -> Iterator[Found]:
    for name in ("Resource", "NotResource"):
        if name in clause.raw and clause.variables(name):
            for index, text in clause.strings(name):
                if "${" in text:
                    yield from _placed(text, clause.at(name, index), old)
    if clause.sid and "${" in clause.sid:
        yield _elsewhere(clause.at("Sid"), "Sid", clause.sid)
    for name in ("Action", "NotAction"):
        if name in clause.raw and clause.variables(name):
            for index, text in clause.strings(name):
                if "${" in text:
                    yield _elsewhere(clause.at(name, index), name, text)
    for name in ("Principal", "NotPrincipal"):
        if name in clause.raw:
            for listed in clause.principals(name).values():
                for path, text in listed:
                    if "${" in text:
                        yield _elsewhere(path, name, text)
    if "Condition" in clause.raw:
        yield from _conditions(clause, old)


def _elsewhere(path: Path, name: str, text: str) -> Found:
    return Found(IN_ELEMENT, path, f"{shown(text)} is plain text in `{name}`", "write what is meant")


def _conditions(clause: Clause, old: bool) -> Iterator[Found]:
    for test in clause.tests:
        if "${" not in "".join(map(str, test.values)):
            continue
        known = operator(test.operator)
        for path, value in placed(clause, test):
            if not (isinstance(value, str) and "${" in value):
                continue
            if known is not None and known.family not in ("String", "Arn"):
                yield Found(
                    FOR_OPERATOR, path, f"{shown(value)} is plain text with {shown(test.operator)}", "write the value itself"
                )
            else:
                yield from _placed(value, path, old)


def _placed(text: str, path: Path, old: bool) -> Iterator[Found]:
    for check, message, fix, meant in _faults(text):
        yield Found(check, path, message, fix, Edit(path, meant) if meant else None)
    if old:
        yield Found(
            IN_VERSION, path, f"{shown(text)} is plain text without `2012-10-17` for the `Version`", '"Version": "2012-10-17"'
        )


@lru_cache(maxsize=8192)
def _faults(text: str) -> tuple[tuple[Check, str, str, str], ...]:
    found: list[tuple[Check, str, str, str]] = []
    for one in _VARIABLE.finditer(text):
        inner, brace = one.groups()
        whole = one.group()
        if not brace:
            found.append((MISSING_BRACE, f"{shown(whole)} has no closing brace", "add `}`", ""))
        elif not inner.strip():
            found.append((EMPTY_VARIABLE, f"{shown(whole)} names no key", "name a key, as in `${aws:username}`", ""))
        elif "," in inner:
            if not _DEFAULT.match(inner):
                found.append(
                    (MISSING_QUOTE, f"the default in {shown(whole)} has no single quotes", "write `${key, 'default'}`", "")
                )
            elif " " in inner.split(",", 1)[0]:
                found.append((UNSUPPORTED_SPACE, f"there is a space in {shown(whole)}", "remove it", ""))
        elif "'" in inner:
            found.append((MISSING_QUOTE, f"{shown(whole)} has a quote, but no comma before it", "write `${key, 'default'}`", ""))
        elif " " in inner:
            meant = text.replace(whole, "${" + inner.replace(" ", "") + "}")
            found.append((UNSUPPORTED_SPACE, f"there is a space in {shown(whole)}", "remove it", meant))
        elif (near := _near(inner)) is not None:
            found.append(
                (UNKNOWN, f"{shown(whole)} is no key that is known; did you mean `${{{near}}}`?", f"write `${{{near}}}`", "")
            )
    return tuple(found)


def _near(key: str) -> str | None:
    """The global key that was meant by one that there is not; ``None`` when it exists, or nothing is near."""
    lower = key.lower()
    if not lower.startswith("aws:") or "/" in key or global_key(key) is not None:
        return None
    near = difflib.get_close_matches(lower, GLOBAL_KEYS, n=1, cutoff=0.85)
    return GLOBAL_KEYS[near[0]].name if near else None
