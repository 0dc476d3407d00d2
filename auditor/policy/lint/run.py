"""Running all checks on a document."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

from auditor.policy.actions import ActionTable
from auditor.policy.lint import families
from auditor.policy.lint.check import Check, Family, Found
from auditor.policy.lint.view import Policy


@cache
def _families() -> tuple[tuple[Family, tuple[Check, ...]], ...]:
    """Every module of :mod:`auditor.policy.lint.families`, in the order of their names: a new one is found by itself."""
    names = sorted(found.name for found in pkgutil.iter_modules(families.__path__))
    modules = [importlib.import_module(f"{families.__name__}.{name}") for name in names]
    return tuple((module.check, module.CHECKS) for module in modules)


@cache
def checks() -> Mapping[str, Check]:
    """Every check by its id."""
    return {check.id: check for _, some in _families() for check in some}


def lint(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """All that the checks find in a document, family by family."""
    for check, _ in _families():
        yield from check(policy, table)
