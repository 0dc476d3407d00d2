"""policyuniverse, behind one door: ARNs, and a second opinion on what actions and principals a statement names.

It is imported when it is first asked, because it reads 2 MB of data at import. Its table of actions ends in November 2023, so
its expansions are for comparing in tests and for reading out, never for a verdict.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from auditor.policy.parse import Statement


class Arn(msgspec.Struct, frozen=True):
    """The parts of an ARN. ``region`` and ``account`` are empty where the service leaves them out."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return ":".join(("arn", self.partition, self.service, self.region, self.account, self.resource))


@lru_cache(maxsize=16384)
def parse_arn(text: str) -> Arn | None:
    """The parts of the ARN, or ``None`` when the text is none.

    Wildcards stay what they are. policyuniverse also reads bare account numbers and service principals, and overlooks a final
    line break and digits of other scripts in the account; here, what does not come out as it went in is no ARN.
    """
    raw = _policyuniverse("arn", "ARN")(text)
    if raw.error or raw.partition is None:
        return None
    arn = Arn(raw.partition, raw.tech, raw.region, raw.account_number, raw.name)
    return arn if str(arn) == text and arn.account.isascii() else None


def expanded_actions(statement: Statement) -> frozenset[str]:
    """The actions a statement names, in lower case, as policyuniverse expands them: of its table, and unknown ones as written."""
    expand = cast("Callable[[object], set[str]]", _policyuniverse("expander_minimizer", "get_actions_from_statement"))
    return frozenset(action.lower() for action in expand(_plain(statement)))


def named_principals(statement: Statement) -> frozenset[str]:
    """The principals a statement names, as policyuniverse sees them: without canonical users, and none for NotPrincipal."""
    return frozenset(_policyuniverse("statement", "Statement")(_plain(statement)).principals)


def seems_open(statement: Statement) -> bool:
    """Whether policyuniverse takes the statement to allow anyone: it knows a dozen narrowing keys and skips negated operators."""
    return bool(_policyuniverse("statement", "Statement")(_plain(statement)).is_internet_accessible())


@cache
def old_actions() -> frozenset[str]:
    """The actions that AWS documented in November 2023, in lower case."""
    return frozenset(cast("set[str]", _policyuniverse("expander_minimizer", "all_permissions")))


@cache
def old_services() -> frozenset[str]:
    """The prefixes of the services that AWS documented in November 2023, in lower case."""
    return frozenset(action.partition(":")[0] for action in old_actions())


def _plain(statement: Statement) -> dict[str, object]:
    """The statement in AWS's own form."""
    principals = None if statement.principals is None else {k: list(v) for k, v in statement.principals.items()}
    not_principals = None if statement.not_principals is None else {k: list(v) for k, v in statement.not_principals.items()}
    parts: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": statement.effect,
        "Principal": "*" if principals and "*" in principals else principals,
        "NotPrincipal": "*" if not_principals and "*" in not_principals else not_principals,
        "Action": statement.actions and list(statement.actions),
        "NotAction": statement.not_actions and list(statement.not_actions),
        "Resource": statement.resources and list(statement.resources),
        "NotResource": statement.not_resources and list(statement.not_resources),
        "Condition": {operator: {k: list(v) for k, v in keys.items()} for operator, keys in statement.conditions.items()},
    }
    return {name: value for name, value in parts.items() if value is not None}


@cache
def _policyuniverse(module: str, name: str) -> Any:
    import importlib

    with warnings.catch_warnings():
        # It leaves the file of its table open for the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        return getattr(importlib.import_module(f"policyuniverse.{module}"), name)
