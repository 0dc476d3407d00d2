"""What a rule says of a resource."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date

import msgspec

from auditor.model.fact import Unknown
from auditor.model.money import Money


class Outcome(enum.Enum):
    """The verdicts there are. ``unknown`` is one of its own: neither good nor bad, but "could not look"."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    CRASH = "crash"
    PASS = "pass"
    NOT_APPLICABLE = "not-applicable"


class Severity(enum.IntEnum):
    """How bad it is if the verdict is right. In order."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """``high``: as it is written in configuration and reports."""
        return self.name.lower()


class Confidence(enum.Enum):
    """How sure the rule is that what it flags is wrong."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Audience(enum.Enum):
    """Who wants to see it: everyone, those who want every detail, or auditors."""

    REGULAR = "regular"
    PEDANTIC = "pedantic"
    AUDITOR = "auditor"


class Pillar(enum.Enum):
    """What it is about."""

    SECURITY = "security"
    COST = "cost"
    AVAILABILITY = "availability"


class Excerpt(msgspec.Struct, frozen=True):
    """The line of a document where a place begins, in three parts; the middle one is meant. What is left out is marked by ``…``."""

    before: str
    marked: str
    after: str


class Location(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a document of a resource: which one, JSON pointer, the line and column (from 1) where it begins, those where it ends
    (the column after the last character), and the line itself."""

    document: str
    pointer: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    excerpt: Excerpt | None = None


Evidence = str | int | float | bool | None | list["Evidence"] | dict[str, "Evidence"]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict of a rule on one resource (or on one place in it: ``key`` tells them apart and is stable between scans)."""

    outcome: Outcome
    because: str
    evidence: Mapping[str, Evidence] = {}
    missing: tuple[Unknown, ...] = ()
    key: str = ""
    location: Location | None = None
    controls: tuple[str, ...] | None = None
    """The controls of the rule that it is about; ``None``: all of them."""
    saving: Money | None = None
    """What fixing it would save in a month; ``None``: it is not about money."""
    cost: Money | None = None
    """What the resource costs in a month, where it is not said that any of it could be saved."""
    once: Money | None = None
    """What is paid once, such as requests or fees: never a part of what a month costs or saves, nor of a total."""


class Waived(msgspec.Struct, frozen=True):
    """The waiver that covers a finding."""

    owner: str
    reason: str
    expires: date


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with everything a report says of it. ``fingerprint`` depends on rule, resource and key only."""

    rule: str
    verdict: Outcome
    severity: Severity
    confidence: Confidence
    pillar: Pillar
    service: str
    region: str
    resource: str
    name: str
    location: Location | None
    because: str
    evidence: Mapping[str, Evidence]
    missing: tuple[Unknown, ...]
    controls: tuple[str, ...]
    waived: Waived | None
    fingerprint: str
    saving: Money | None = None
    cost: Money | None = None
    once: Money | None = None
