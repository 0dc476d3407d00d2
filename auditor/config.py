"""``awsaudit.toml``: selection, thresholds, severities and waivers.

A configuration file never names a folder of code: rules of one's own come from ``--rules`` on the command line or an installed package,
so that checking out a repository and scanning cannot run code that it brought along.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from auditor import regular
from auditor.engine import frameworks as catalogues
from auditor.engine.context import Limits
from auditor.engine.controls import Attestation
from auditor.engine.frameworks import Framework
from auditor.engine.registry import LoadedRule
from auditor.engine.waivers import Waiver
from auditor.errors import ConfigError, UnknownRule, UsageError
from auditor.model.verdict import Audience, Severity
from auditor.money.settings import PriceSettings, PricesTable, settings
from auditor.policy.lint.suppress import LintTable

FILE = "awsaudit.toml"

SeverityWord = Literal["info", "low", "medium", "high", "critical"]
AudienceWord = Literal["regular", "pedantic", "auditor"]
Language = Literal["en", "ko"]
OptInWord = Literal["multipart-uploads", "upload-parts", "prefix-probes", "artifact-sizes", "object-acls", "service-buckets"]
"""The settings of :mod:`auditor.model.opt_in`."""


class _Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    audience: AudienceWord = "regular"


class _Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: str
    resource: str
    owner: str
    reason: str
    expires: date


class _Attestation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    control: str
    by: str
    on: date
    until: date
    evidence: str


class _Collect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    also: tuple[OptInWord, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    collect: _Collect = _Collect()
    rules: _Selection = _Selection()
    limits: dict[str, dict[str, object]] = {}
    severity: dict[str, SeverityWord] = {}
    waivers: tuple[_Waiver, ...] = ()
    attestations: tuple[_Attestation, ...] = ()
    lint: LintTable = LintTable()
    """For `awsaudit lint`, which reads it by itself."""
    prices: PricesTable = PricesTable()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a run judges and how. Rule ids in it are known to exist."""

    rules: tuple[LoadedRule, ...]
    known: tuple[LoadedRule, ...] = ()
    """Every rule there is: a control whose rules were not run is not good for that."""
    frameworks: tuple[Framework, ...] = ()
    """The frameworks to report on."""
    attestations: tuple[Attestation, ...] = ()
    language: Language = "en"
    """Of the pages of frameworks."""
    limits: Mapping[str, Limits] = {}
    severities: Mapping[str, Severity] = {}
    waivers: tuple[Waiver, ...] = ()
    notes: tuple[str, ...] = ()
    """What the file changed of how rules judge, for the reader of the report: a report must say by what it was judged."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    selection: tuple[str, ...] = ()
    """What is to be said of the file's ``select`` as long as it holds: ``--rule`` and ``--framework`` replace it."""
    left_out: tuple[str, ...] = ()
    """What is to be said of the file's ``ignore`` as long as it holds: ``--rule`` replaces it."""
    also: tuple[str, ...] = ()
    """What is read besides, call by call: names of :data:`auditor.model.opt_in.OPT_INS`."""
    settings: Mapping[str, str] = {}
    """By rule id, the limits that the file sets, as text: a control judged by them is not judged by the framework's own."""
    prices: PriceSettings = PriceSettings()


def load(path: Path | None, rules: Mapping[str, LoadedRule]) -> Config:
    """The configuration of a file; without ``path``, of ``awsaudit.toml`` in the current folder if there is one.

    Raises :class:`ConfigError`, naming the file and the place in it.
    """
    if path is None:
        path = Path(FILE)
        if not path.exists():
            return default(rules)
    try:
        content = regular.contents(path, regular.SETTINGS)
    except OSError as error:
        raise ConfigError(f"config `{path}` cannot be read: {error.strerror or error}; name another with --config") from error
    return parse(content, rules, str(path))


def default(rules: Mapping[str, LoadedRule]) -> Config:
    """The configuration without a file."""
    return configure(_File(), rules, FILE)


def parse(content: bytes, rules: Mapping[str, LoadedRule], path: str) -> Config:
    """The configuration that a file holds; ``path`` is for messages. Raises :class:`ConfigError`."""
    try:
        data = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"config `{path}` is not valid TOML: {error}") from error
    except ValueError as error:  # Python reads whole numbers of 4,300 digits at most
        raise ConfigError(f"config `{path}`: a number in it has too many digits; write it shorter") from error
    try:
        parsed = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise ConfigError(f"config `{path}`: {_place(error, _File, _Selection, _Waiver, _Attestation, PricesTable)}") from error
    return configure(parsed, rules, str(path))


def configure(parsed: _File, rules: Mapping[str, LoadedRule], path: str) -> Config:
    """Check a parsed file against the rules that exist. Raises :class:`ConfigError`."""
    for rule_id in (*parsed.limits, *parsed.severity):
        if rule_id not in rules:
            raise ConfigError(f"config `{path}` names rule `{rule_id}`, which does not exist{_near(rule_id, rules)}")
    for waiver in parsed.waivers:
        if not any(fnmatchcase(rule_id, waiver.rule) for rule_id in rules):
            raise ConfigError(f"config `{path}` waives rule `{waiver.rule}`, which does not exist{_near(waiver.rule, rules)}")
        if not (waiver.owner.strip() and waiver.reason.strip() and waiver.resource.strip()):
            raise ConfigError(f"config `{path}`: the waiver for `{waiver.rule}` needs a resource, an owner and a reason")
    _check_attestations(parsed.attestations, path)
    limits: dict[str, Limits] = {}
    for rule_id, values in parsed.limits.items():
        try:
            limits[rule_id] = msgspec.convert(values, rules[rule_id].spec.limits)
        except msgspec.ValidationError as error:
            where = f"config `{path}` [limits.{rule_id}]"
            raise ConfigError(f"{where}: {_place(error, rules[rule_id].spec.limits)}") from error
        _check_range(limits[rule_id], f"config `{path}` [limits.{rule_id}]")
    return Config(
        known=tuple(rules.values()),
        attestations=tuple(
            Attestation(control=a.control, by=a.by, on=a.on, until=a.until, evidence=a.evidence) for a in parsed.attestations
        ),
        rules=select(rules, parsed.rules.select, parsed.rules.ignore, Audience(parsed.rules.audience), where=f"config `{path}`"),
        limits=limits,
        notes=tuple(_notes(parsed, Path(path).name)),
        select=parsed.rules.select,
        ignore=parsed.rules.ignore,
        also=parsed.collect.also,
        selection=_said("selects only", parsed.rules.select, path),
        left_out=_said("leaves out", parsed.rules.ignore, path),
        settings={rule_id: _settings(values) for rule_id, values in parsed.limits.items()},
        severities={rule_id: severity(word) for rule_id, word in parsed.severity.items()},
        prices=settings(parsed.prices, path),
        waivers=tuple(Waiver(w.rule, w.resource, w.owner, w.reason, w.expires) for w in parsed.waivers),
    )


def _check_attestations(attestations: Sequence[_Attestation], path: str) -> None:
    if not attestations:
        return  # nobody needs the catalogues, which take a while to read
    known = {f"{framework.id}:{control.id}" for framework in catalogues.load().values() for control in framework.controls}
    seen: set[str] = set()
    for one in attestations:
        if one.control not in known:
            near = difflib.get_close_matches(one.control, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "a control is named as in `cis-aws-7.0:2.2`"
            raise ConfigError(f"config `{path}` attests control `{one.control}`, which does not exist; {hint}")
        if not (one.by.strip() and one.evidence.strip()):
            raise ConfigError(f"config `{path}`: the attestation of `{one.control}` must say by whom and on what evidence")
        if one.until < one.on:
            raise ConfigError(f"config `{path}`: the attestation of `{one.control}` ends before it begins")
        if one.control in seen:
            raise ConfigError(f"config `{path}` attests `{one.control}` twice; keep the one that holds")
        seen.add(one.control)


def _check_range(limits: Limits, where: str) -> None:
    """Limits are finite and not negative, shares at most 1, lists not empty: anything else would judge by accident."""
    for name, value in msgspec.structs.asdict(limits).items():
        if isinstance(value, (int, float)) and not (math.isfinite(value) and value >= 0):
            raise ConfigError(f"{where}: `{name}` is {value}; it must be a finite number, 0 or more")
        if name.endswith("coverage") and value > 1:
            raise ConfigError(f"{where}: `{name}` is {value}; it is a share, from 0 to 1")
        if isinstance(value, (tuple, list)) and not value:
            raise ConfigError(f"{where}: `{name}` is empty; the rule would judge nothing. Put it under `ignore` instead")


def _notes(parsed: _File, file: str) -> Iterable[str]:
    for rule_id, values in sorted(parsed.limits.items()):
        yield f"`{file}` sets limits of `{rule_id}`: {_settings(values)}"
    for rule_id, word in sorted(parsed.severity.items()):
        yield f"`{file}` sets the severity of `{rule_id}` to {word}"


def _said(does: str, patterns: tuple[str, ...], path: str) -> tuple[str, ...]:
    return (f"`{Path(path).name}` {does} the rules {', '.join(f'`{p}`' for p in patterns)}",) if patterns else ()


def _settings(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))


def language_of(word: str) -> Language:
    """The language of that code. Raises :class:`UsageError`."""
    for code in get_args(Language):
        if code == word:
            return cast("Language", code)
    raise UsageError(f"`{word}` is not a language of reports; there are {', '.join(get_args(Language))}")


def severity(word: str) -> Severity:
    """The severity of that name. Raises :class:`UsageError`."""
    try:
        return Severity[word.upper()]
    except KeyError:
        raise UsageError(f"`{word}` is not a severity; use one of {', '.join(s.word for s in Severity)}") from None


def select(
    rules: Mapping[str, LoadedRule], wanted: Iterable[str], unwanted: Iterable[str], audience: Audience, *, where: str
) -> tuple[LoadedRule, ...]:
    """Rules by patterns (``s3-*``). A rule that is named in full is selected whatever its audience.

    Raises :class:`UnknownRule` for a pattern that matches no rule.
    """
    order = list(Audience)
    wanted, unwanted = tuple(wanted), tuple(unwanted)
    for pattern in (*wanted, *unwanted):
        if not any(fnmatchcase(rule_id, pattern) for rule_id in rules):
            raise UnknownRule(f"{where}: there is no rule `{pattern}`{_near(pattern, rules)}")
    return tuple(
        rule
        for rule_id, rule in rules.items()
        if rule_id in wanted
        or (
            (not wanted or any(fnmatchcase(rule_id, p) for p in wanted))
            and not any(fnmatchcase(rule_id, p) for p in unwanted)
            and order.index(rule.spec.audience) <= order.index(audience)
        )
    )


def _near(rule_id: str, rules: Mapping[str, LoadedRule]) -> str:
    near = difflib.get_close_matches(rule_id, rules, n=1)
    return f"; did you mean `{near[0]}`?" if near else "; `awsaudit rules list` shows all ids"


def _place(error: msgspec.ValidationError, *settings: type[msgspec.Struct]) -> str:
    """msgspec's message, in the terms of the file: ``$.limits...`` is a path. The nearest of ``settings`` for one that there is not."""
    message, _, where = str(error).partition(" - at `$.")
    text = message.replace("Object contains unknown field", "there is no setting").replace(
        "Object missing required field", "it lacks"
    )
    text = text[:1].lower() + text[1:]
    unknown = re.search("unknown field `(.*)`", message)
    names = [name for one in settings for name in one.__struct_fields__]
    near = difflib.get_close_matches(unknown.group(1), names, n=1) if unknown else []
    return text + (f" in `{where.rstrip('`')}`" if where else "") + (f"; did you mean `{near[0]}`?" if near else "")
