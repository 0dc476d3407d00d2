"""The forms of ARNs that AWS documents, as far as a pattern of resources can be compared with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from auditor.policy.actions import ActionTable
from auditor.policy.glob import overlap

_WORD = re.compile(r"[^/:]*[/:]")
"""The kind of resource, with what ends it: ``role/``."""
_VARIABLE = re.compile(r"\$\{[^}]*\}?")


class Form(NamedTuple):
    """The last field of the ARNs of a resource type: a pattern, and what stands before its first star."""

    begins: str
    pattern: str


def _form(template: str) -> Form:
    pattern = _VARIABLE.sub("*", template)
    return Form(pattern.partition("*")[0], pattern)


def may_be(resource: str, start: str, form: Form) -> bool:
    """Some resource is meant by both. Most pairs are told apart, or found alike, by how they begin."""
    begins, pattern = form
    if start.startswith(begins):
        if pattern[len(begins) :] == "*":
            return True
    elif not begins.startswith(start):
        return False
    return overlap(resource, pattern)


Type: TypeAlias = tuple[Form, bool, bool]
"""The last field of the ARNs of a resource type, and whether they have a region and an account."""


class Types(NamedTuple):
    """The ARNs of a service."""

    all: tuple[Type, ...]
    loose: tuple[Type, ...]
    """Those that begin with no word of their own."""
    words: Mapping[str, tuple[Type, ...]]
    """Those that begin with each word, and the loose ones."""

    def near(self, start: str) -> Sequence[Type]:
        """Those that may be meant by a pattern with this ``start``: services have up to a hundred, which differ in their first word."""
        word = _WORD.match(start)
        return self.words.get(word.group(), self.loose) if word else self.all


@lru_cache(maxsize=1024)
def types(service: str, table: ActionTable) -> Types:
    """The ARNs that a service documents."""
    found: dict[Type, None] = {}
    for one in table.resource_types(service):
        parts = one.arn.split(":", 5)
        if len(parts) == 6 and parts[2] == service:
            found[_form(parts[5]), bool(parts[3]), bool(parts[4])] = None
    words: dict[str, list[Type]] = {}
    for form, region, account in found:
        word = _WORD.match(form.begins)
        words.setdefault(word.group() if word else "", []).append((form, region, account))
    loose = tuple(words.pop("", ()))
    return Types(tuple(found), loose, {word: (*some, *loose) for word, some in words.items()})


@lru_cache(maxsize=1024)
def elsewhere(service: str, table: ActionTable) -> tuple[Form, ...]:
    """The last fields of the ARNs of a service that others document."""
    return tuple(_form(arn.split(":", 5)[5]) for arn in table.foreign_arns(service))


def example(resource: str, known: Sequence[Form]) -> str:
    """The documented form that begins most like the resource."""
    return max(known, key=lambda form: _alike(resource.lower(), form.begins.lower())).pattern


def _alike(one: str, other: str) -> int:
    """How many characters they begin alike with."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
