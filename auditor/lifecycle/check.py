"""What a check of lifecycle rules is, and what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from auditor.lifecycle.days import Step
from auditor.lifecycle.subject import Subject
from auditor.source.shape import Path

if TYPE_CHECKING:
    from auditor.lifecycle.config import Config
    from auditor.lifecycle.effects import Effects


class Level(enum.Enum):
    """How a check is meant, the worst first."""

    ERROR = "error"
    """S3 refuses the configuration, or the rule does nothing."""
    WARNING = "warning"
    """It probably does not do what it looks like, or costs more than it saves."""
    SUGGESTION = "suggestion"
    """It can be said better, or something useful is missing."""


class Refused(enum.Enum):
    """Whether S3 takes a configuration that has what a check finds."""

    NO = "no"
    """It takes it."""
    YES = "yes"
    """AWS's documents say that it does not."""
    DEPENDS = "depends"
    """AWS's documents differ by their age, or do not say: the API is known to have answered either way."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check.

    ``id`` is in kebab case and for ever; ``alias`` the number of the finding in cost rule tables, if it has one; ``title`` the pattern
    seen; ``why`` one or two sentences on why it matters; ``source`` the AWS document that says so, by its title.
    """

    id: str
    level: Level
    title: str
    why: str
    source: str
    alias: str = ""
    refused: Refused = Refused.NO


class Proof(msgspec.Struct, frozen=True):
    """An object that shows a finding, and what happens to it under the whole configuration."""

    subject: Subject
    steps: tuple[Step, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, where: ``path`` is in the shape of the API.

    ``message`` is lower case, plain, with foreign text in backticks (:func:`auditor.source.positions.shown`); ``rule`` the name of the
    rule that it is about; ``part`` what tells it apart from other findings of the check in one rule, from time to time.
    """

    check: Check
    path: Path
    message: str
    fix: str = ""
    rule: str = ""
    part: str = ""
    name: bool = False
    proof: Proof | None = None


Family: TypeAlias = "Callable[[Config, Effects], Iterator[Found]]"
"""A module of checks has ``CHECKS``, a tuple of :class:`Check`, and ``check``, a function of this type."""
