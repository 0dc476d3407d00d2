"""Policy variables: ``${aws:username}``, ``${aws:PrincipalTag/team, 'none'}``, ``${*}``.

Source: IAM User Guide, *IAM policy elements: Variables and tags*. They count only in documents of version 2012-10-17, in ``Resource`` and
``NotResource`` and in the values of conditions. What a variable stands for is literal: a ``*`` in it is no wildcard.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

import msgspec

from auditor.policy.arns import Parts
from auditor.policy.context import Context, folded

_VARIABLE = re.compile(r"\$\{\s*(?:([*?$])|([^{}',]+?)\s*(?:,\s*'([^']*)'\s*)?)\s*\}")


class Variable(msgspec.Struct, frozen=True):
    """A variable: the key as written, and what it stands for when the request does not have it (``None``: nothing)."""

    key: str
    default: str | None


Template: TypeAlias = "tuple[str | tuple[str] | Variable, ...]"
"""Text with variables: text whose wildcards count, literal text (in a tuple of its own), and variables."""


@lru_cache(maxsize=16384)
def template(text: str) -> Template | None:
    """The template in a text; ``None`` when it holds no variable."""
    if "${" not in text:
        return None
    found: list[str | tuple[str] | Variable] = []
    at = 0
    for one in _VARIABLE.finditer(text):
        if one.start() > at:
            found.append(text[at : one.start()])
        char, key, default = one.groups()
        found.append((char,) if char else Variable(key, default))
        at = one.end()
    if not found:
        return None
    if at < len(text):
        found.append(text[at:])
    return tuple(found)


class Resolved(msgspec.Struct, frozen=True):
    """The text for a request, in parts. ``unknown``: the keys that are not known; a wildcard stands for each, so what the text does not
    match it would not match with any value."""

    parts: Parts
    unknown: frozenset[str] = frozenset()


def resolve(template: Template, context: Context) -> Resolved | None:
    """The text for a request; ``None`` when a variable stands for nothing.

    A key with several values stands for nothing: such keys cannot be used as variables.
    """
    parts: list[tuple[bool, str]] = []
    unknown: set[str] = set()
    for one in template:
        if isinstance(one, str):
            parts.append((False, one))
        elif isinstance(one, tuple):
            parts.append((True, one[0]))
        else:
            values = context.get(folded(one.key))
            if values is None:
                unknown.add(one.key)
                parts.append((False, "*"))
            elif len(values) == 1:
                parts.append((True, values[0]))
            elif one.default is not None and not values:
                parts.append((True, one.default))
            else:
                return None
    return Resolved(tuple(parts), frozenset(unknown))


def without_value(template: Template, context: Context) -> tuple[str, ...]:
    """The variables that stand for nothing: their keys are absent, or have several values."""
    found: list[str] = []
    for one in template:
        if isinstance(one, Variable):
            values = context.get(folded(one.key))
            if values is not None and len(values) != 1 and (values or one.default is None):
                found.append(one.key)
    return tuple(found)


def literal(parts: Parts) -> str:
    """The resolved text, where wildcards mean nothing."""
    return "".join(text for _, text in parts)
