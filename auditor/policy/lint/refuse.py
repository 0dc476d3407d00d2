"""Whether AWS takes a document at all: what it refuses cannot be evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.lint.check import Found
from auditor.policy.lint.families import arns, conditions, elements, grammar, organizations, principals_form, roles
from auditor.policy.lint.view import Policy


def refusal(policy: Policy) -> Found | None:
    """The first fault for which AWS does not save the document; ``None`` if it takes it.

    Does not need to know the actions. What AWS looks up when it saves (whether a principal exists) cannot be known here.
    """
    return next((found for found in _form(policy) if found.check.refused), None)


def _form(policy: Policy) -> Iterator[Found]:
    yield from grammar.frame(policy)
    yield from elements.simple(policy)
    yield from arns.form(policy)
    yield from conditions.form(policy)
    yield from principals_form.written(policy)
    yield from roles.trust(policy)
    yield from organizations.form(policy)
