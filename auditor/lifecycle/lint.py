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
from auditor.lifecycle.checks import open_values, refused_actions, refused_rules
from auditor.lifecycle.config import MANY, Config
from auditor.lifecycle.effect import Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.worlds import worlds
from auditor.source.positions import shown
from auditor.source.shape import Path, is_object

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


@cache
def _checking() -> tuple[Family, ...]:
    return tuple(check for check, _ in _families())


_OF_TEXT = (refused_rules.check, refused_actions.check, open_values.check)
"""The checks of what is written: they look at each value by itself, and leave out those that are open."""


def judge(config: Config) -> Judged:
    """All that the checks find in a configuration, and what follows."""
    what = Effects(config if len(config.rules) <= MANY else Config((), None, config.facts, raw=config.raw))
    found = _lint(config, what)
    valid = _valid(config, found)
    return Judged(valid, valid is not Valid.NO and _effective(config, what), found)


def _lint(config: Config, what: Effects) -> tuple[Found, ...]:
    if len(config.rules) > MANY:
        # S3 takes no such configuration, and hostile text must not hold up a build.
        return _by((refused_rules.check, refused_actions.check), config, what)
    some = () if config.complete else worlds(config)
    if not some:
        return _by(_checking(), config, what)
    written = _by([check for check in _checking() if check in _OF_TEXT], config, what)
    return (*written, *islice(_agreed(some), MOST - len(written)))


def _by(families: Sequence[Family], config: Config, what: Effects) -> tuple[Found, ...]:
    """What the checks of some families find, as far as it is told."""
    return tuple(islice(chain.from_iterable([check(config, what) for check in families]), MOST))


def _agreed(some: Sequence[Config]) -> Iterator[Found]:
    """What is found in all worlds; without the object that proves it where that is another in each."""
    families = [check for check in _checking() if check not in _OF_TEXT]
    told: dict[tuple[str, str, Path], tuple[Family, list[Found]]] = {}
    for number, world in enumerate(some):
        what = Effects(world)
        found: dict[tuple[str, str, Path], tuple[Family, Found]] = {}
        for check in families:
            for one in check(world, what):
                found.setdefault((one.check.id, one.rule, one.path), (check, one))
        if not number:
            told = {key: (check, [one]) for key, (check, one) in found.items()}
        told = {key: (check, [*ones, found[key][1]]) for key, (check, ones) in told.items() if key in found}
        # Most is lost soon; what is left may be asked for quickly.
        families = [check for check in families if any(check is other for other, _ in told.values())]
    yield from (_whatever(ones) for _, ones in told.values())


def _whatever(ones: Sequence[Found]) -> Found:
    """A finding of all worlds."""
    first = ones[0]
    if all((one.message, one.fix, one.proof) == (first.message, first.fix, first.proof) for one in ones):
        return first
    about = first.path[1] if len(first.path) > 1 else ""
    name = f"rule {shown(first.rule)}" if first.rule and first.rule != f"rule {about}" else first.rule or "the configuration"
    message = f"{name}: {first.check.title}, whatever is put in for what is open"
    return msgspec.structs.replace(first, message=message, fix="", part=first.check.id, proof=None)


def _valid(config: Config, found: Sequence[Found]) -> Valid:
    refused = [one.check.refused for one in found]
    if Refused.YES in refused:
        return Valid.NO
    return Valid.DEPENDS if not config.complete or Refused.DEPENDS in refused else Valid.YES


def _effective(config: Config, what: Effects) -> bool:
    """Something happens to some object, upload or delete marker."""
    for effect in what:
        if effect.reason is Reason.WORKS or effect.reason is Reason.UNTRIED:
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
