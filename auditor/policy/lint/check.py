"""What a check is, and what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from auditor.source.shape import Path

if TYPE_CHECKING:
    from auditor.policy.actions import ActionTable
    from auditor.policy.lint.view import Policy


class Kind(enum.Enum):
    """The types of policies: what they are attached to decides what may stand in them."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"
    SESSION = "session"


class Level(enum.Enum):
    """How a check is meant, the worst first."""

    ERROR = "error"
    """AWS refuses the document, or the part does nothing."""
    SECURITY = "security"
    """It allows more than is safe."""
    WARNING = "warning"
    """It probably does not do what it looks like."""
    SUGGESTION = "suggestion"
    """It can be said better."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check.

    ``id`` is in kebab case and for ever; ``title`` the pattern seen; ``why`` one or two sentences on why it matters; ``source`` the AWS
    document that says so, by its title. ``refused``: AWS does not take a document that has it, so nothing can be evaluated.
    """

    id: str
    level: Level
    title: str
    why: str
    source: str
    refused: bool = False


class Edit(msgspec.Struct, frozen=True):
    """A mechanical change that leaves the meaning as it is or as it was plainly meant: the value at ``path`` becomes ``value``
    (plain JSON data); with ``remove`` it goes, together with its name."""

    path: Path
    value: object = None
    remove: bool = False


class Found(msgspec.Struct, frozen=True):
    """What a check found, where. ``message`` is lower case, plain, with foreign text in backticks (:func:`auditor.source.positions.shown`).

    ``fix`` is a corrected snippet or one imperative clause; ``edit`` makes it mechanical. ``name``: the fault is in the name of the
    member at ``path``, not in its value.
    """

    check: Check
    path: Path
    message: str
    fix: str = ""
    edit: Edit | None = None
    name: bool = False


Family: TypeAlias = "Callable[[Policy, ActionTable], Iterator[Found]]"
"""A module of checks has ``CHECKS``, a tuple of :class:`Check`, and ``check``, a function of this type.

It may say of which documents it has nothing to say, so that it is not asked: ``KINDS`` are the types of policies that it speaks of (all
of them, if it does not say), and with ``CONDITIONAL = True`` it speaks of conditions only.
"""
