"""Running all checks on a configuration."""

from __future__ import annotations

import enum
import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice

import msgspec

from auditor.lifecycle import checks
from auditor.lifecycle.check import Check, Family, Found, Refused
from auditor.lifecycle.checks import refused_actions, refused_rules
from auditor.lifecycle.config import MANY, Config
from auditor.lifecycle.effects import Effects, Reason
from auditor.lifecycle.read import rules_of
from auditor.source.shape import is_object

MOST = 1000
"""Findings in one configuration that are told."""


class Valid(enum.Enum):
    """Whether S3 takes a configuration."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    """On the version of the API, or on values that are not known yet."""


class Judged(msgspec.Struct, frozen=True):
    """What came of it: whether S3 takes the configuration, whether it does anything, and what the checks found."""

    valid: Valid
    effective: bool
    found: tuple[Found, ...]


@cache
def _families() -> tuple[tuple[Family, tuple[Check, ...]], ...]:
    """Every module of :mod:`auditor.lifecycle.checks`, in the order of their names: a new one is found by itself."""
    names = sorted(found.name for found in pkgutil.iter_modules(checks.__path__))
    modules = [importlib.import_module(f"{checks.__name__}.{name}") for name in names]
    return tuple((module.check, module.CHECKS) for module in modules)


@cache
def all_checks() -> Mapping[str, Check]:
    """Every check by its id."""
    return {check.id: check for _, some in _families() for check in some}


def judge(config: Config) -> Judged:
    """All that the checks find in a configuration, and what follows."""
    what = Effects(config if len(config.rules) <= MANY else Config((), None, config.facts, raw=config.raw))
    found = tuple(islice(_lint(config, what), MOST))
    valid = _valid(config, found)
    return Judged(valid, valid is not Valid.NO and _effective(config, what), found)


def _lint(config: Config, what: Effects) -> Iterator[Found]:
    if len(config.rules) > MANY:
        # S3 takes no such configuration, and hostile text must not hold up a build.
        return chain(refused_rules.check(config, what), refused_actions.check(config, what))
    return chain.from_iterable(check(config, what) for check, _ in _families())


def _valid(config: Config, found: Sequence[Found]) -> Valid:
    if any(one.check.refused is Refused.YES for one in found):
        return Valid.NO
    return Valid.DEPENDS if not config.complete or any(one.check.refused is Refused.DEPENDS for one in found) else Valid.YES


def _effective(config: Config, what: Effects) -> bool:
    """Something happens to some object, upload or delete marker."""
    if any(effect.reason in (Reason.WORKS, Reason.UNTRIED) for effect in what):
        return True
    for one in config.enabled:
        if one.rule.abort_multipart_days is not None:
            return True
        if one.rule.expiration is not None and one.rule.expiration.delete_markers and config.versioned:
            return True
    known = {one.path[1] for one in config.rules}
    raws = rules_of(config.raw)
    # What is not known is taken to act.
    return (not raws and not config.complete) or any(
        number not in known and not (is_object(raw) and raw.get("Status") == "Disabled") for number, raw in enumerate(raws)
    )
