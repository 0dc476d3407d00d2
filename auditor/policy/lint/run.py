"""Running all checks on a document."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, islice
from typing import NamedTuple

from auditor.policy.actions import ActionTable
from auditor.policy.lint import families
from auditor.policy.lint.check import Check, Family, Found, Kind
from auditor.policy.lint.families import grammar, sizes
from auditor.policy.lint.view import Policy
from auditor.source.shape import is_list, is_object


class _Module(NamedTuple):
    """A module of checks, and of what it speaks."""

    check: Family
    checks: tuple[Check, ...]
    kinds: tuple[Kind, ...]
    conditional: bool


@cache
def _families() -> tuple[_Module, ...]:
    """Every module of :mod:`auditor.policy.lint.families`, in the order of their names: a new one is found by itself."""
    names = sorted(found.name for found in pkgutil.iter_modules(families.__path__))
    modules = [importlib.import_module(f"{families.__name__}.{name}") for name in names]
    return tuple(
        _Module(module.check, module.CHECKS, getattr(module, "KINDS", tuple(Kind)), getattr(module, "CONDITIONAL", False))
        for module in modules
    )


@cache
def _concerned(kind: Kind, conditional: bool) -> tuple[Family, ...]:
    """The families that may have something to say of documents of a type, with conditions or without."""
    return tuple(one.check for one in _families() if kind in one.kinds and (conditional or not one.conditional))


@cache
def checks() -> Mapping[str, Check]:
    """Every check by its id."""
    return {check.id: check for one in _families() for check in one.checks}


LARGEST = 102_400
"""Characters of a document of which everything is checked: five times what AWS takes of its longest policies. Of a longer one only the
frame is, for the other checks compare all with all, and hostile text must not hold up a build."""
MOST = 1000
"""Findings in such a document that are told."""


def lint(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """All that the checks find in a document, family by family."""
    if (policy.at_most or LARGEST + 1) > LARGEST and (policy.size or _weight(policy.raw)) > LARGEST:
        return islice(chain(sizes.check(policy, table), grammar.check(policy, table)), MOST)
    concerned = _concerned(policy.kind, bool(policy.conditional))
    return chain.from_iterable([check(policy, table) for check in concerned])


def _weight(raw: object) -> int:
    """About how many characters a document of unknown size has."""
    count, todo = 0, [raw]
    while todo:
        one = todo.pop()
        if is_object(one):
            todo += one.values()
            count += sum(map(len, one))
        elif is_list(one):
            todo += one
        else:
            count += len(one) + 3 if isinstance(one, str) else 5
    return count
