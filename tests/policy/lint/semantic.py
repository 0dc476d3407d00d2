"""The families of checks that need meaning, run on small documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from auditor.policy.actions import table
from auditor.policy.lint.check import Check, Found, Kind
from auditor.policy.lint.families import (
    applicability,
    breadth,
    confused_deputy,
    exposure,
    guardrails,
    keys,
    passrole,
    redundancy,
    storage,
    tags,
    targets,
    trust_accounts,
    trust_federation,
)
from auditor.policy.lint.families.principals_form import RECOMMENDED_KEY
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy
from auditor.source.shape import Path

MODULES = (
    applicability,
    breadth,
    confused_deputy,
    exposure,
    guardrails,
    keys,
    passrole,
    redundancy,
    storage,
    tags,
    targets,
    trust_accounts,
    trust_federation,
)


def checks() -> dict[str, Check]:
    """The checks of these families by id."""
    return {check.id: check for module in MODULES for check in module.CHECKS}


def found(document: object, kind: Kind, attached_to: str = "") -> Iterator[Found]:
    """What these families find in a document, if they are asked of it at all."""
    own = {*checks(), RECOMMENDED_KEY.id}  # which two families tell
    return (one for one in lint(Policy(document, kind, attached_to=attached_to), table()) if one.check.id in own)


class Case(msgspec.Struct, frozen=True):
    """Statements that have a fault at a path below ``Statement``, and statements that nearly have it."""

    id: str
    kind: Kind
    bad: list[dict[str, Any]]
    path: Path
    good: list[dict[str, Any]]
    attached_to: str = ""

    def at(self, statements: list[dict[str, Any]]) -> list[Path]:
        """Where the check strikes."""
        document = {"Version": "2012-10-17", "Statement": statements}
        return [one.path[1:] for one in found(document, self.kind, self.attached_to) if one.check.id == self.id]


def allow(action: object, resource: object = "*", condition: object = None, **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return _statement("Allow", action, resource, condition, more)


def deny(action: object, resource: object = "*", condition: object = None, **more: Any) -> dict[str, Any]:
    """A statement that denies."""
    return _statement("Deny", action, resource, condition, more)


def trust(principal: object, action: object = "sts:AssumeRole", condition: object = None) -> dict[str, Any]:
    """A statement of a trust policy."""
    return _statement("Allow", action, None, condition, {"Principal": principal})


def _statement(effect: str, action: object, resource: object, condition: object, more: dict[str, Any]) -> dict[str, Any]:
    parts = {"Effect": effect, "Action": action, "Resource": resource, "Condition": condition, **more}
    return {name: value for name, value in parts.items() if value is not None}
