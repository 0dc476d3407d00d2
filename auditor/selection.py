"""What to judge: the configuration, narrowed or replaced by what a command or an event says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

import msgspec

from auditor.config import Config, language_of, select
from auditor.engine import frameworks as catalogues
from auditor.engine.controls import rules_of
from auditor.engine.registry import LoadedRule
from auditor.errors import UsageError
from auditor.model.opt_in import OPT_INS
from auditor.model.resource import FieldRef, kinds
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Audience


def choose(
    config: Config,
    *,
    rules: Sequence[str] | None = None,
    services: Sequence[str] | None = None,
    audience: str | None = None,
    frameworks: Sequence[str] | None = None,
    language: str = "en",
) -> Config:
    """The configuration with other choices than its own. A framework brings all its rules; together with ``rules`` or ``audience`` it
    is only reported on.

    Raises :class:`UsageError` or one of its kinds.
    """
    known = {rule.id: rule for rule in config.known}
    chosen = of_frameworks(config, frameworks or (), everything=not (rules or audience))
    chosen = msgspec.structs.replace(chosen, language=language_of(language))
    if rules or audience:
        if audience and audience not in [a.value for a in Audience]:
            raise UsageError(f"`{audience}` is not an audience; use one of {', '.join(a.value for a in Audience)}")
        level = Audience(audience or "regular")
        if rules:
            chosen = msgspec.structs.replace(
                chosen, rules=select(known, rules, (), level, where="--rule"), selection=(), left_out=()
            )
        else:
            chosen = msgspec.structs.replace(chosen, rules=select(known, chosen.select, chosen.ignore, level, where="config"))
    if services:
        offered = sorted({rule.service for rule in known.values()})
        for service in services:
            if service not in offered:
                raise UsageError(f"there are no rules for service `{service}`; services with rules are {', '.join(offered)}")
        chosen = msgspec.structs.replace(chosen, rules=tuple(rule for rule in chosen.rules if rule.service in services))
    if not chosen.rules:
        raise UsageError("no rule is left to judge by; widen --rule, --service or [rules] in the configuration")
    return chosen


def of_frameworks(config: Config, wanted: Collection[str], *, everything: bool = True) -> Config:
    """The configuration with frameworks to report on. ``everything``: judge by all their rules, whoever they are for, but for those
    that the file leaves out; else the rules stay as they are.

    Raises :class:`UnknownFramework`.
    """
    if not wanted:
        return msgspec.structs.replace(config, frameworks=())
    known = catalogues.load()
    chosen = catalogues.pick(known, wanted)
    if everything and chosen:
        ids = {rule.id for one in chosen for rules in rules_of(known, one, config.known).values() for rule in rules}
        meant = tuple(r for r in config.known if r.id in ids and not any(fnmatchcase(r.id, p) for p in config.ignore))
        config = msgspec.structs.replace(config, rules=meant, selection=())
    return msgspec.structs.replace(config, frameworks=chosen)


def opted(config: Config, also: Collection[str], named: Collection[str] = ()) -> Config:
    """The configuration without the rules that live on what none of the settings ``also`` has read: they could only say "unknown".

    Raises :class:`UsageError` when one of those is ``named`` in full, here or in the file, or no other rule is left; and for a setting
    that there is not.
    """
    check_opt_ins(also)
    kept: list[LoadedRule] = []
    for rule in config.rules:
        vital = [ref for ref in rule.spec.reads if ref not in rule.spec.surer_with]
        settings = [setting for setting in OPT_INS if any(ref.opt_in == setting for ref in vital)]
        if not settings or any(setting in also for setting in settings):
            kept.append(rule)
        elif rule.id in named or rule.id in config.select or len(config.rules) == 1:
            raise UsageError(
                f"rule `{rule.id}` needs {OPT_INS[settings[0]]}, which costs calls of its own; ask for them with --also {settings[0]}, "
                "or with `also` under [collect] in the configuration"
            )
    return msgspec.structs.replace(config, rules=tuple(kept))


def check_opt_ins(also: Collection[str]) -> None:
    """Raises :class:`UsageError` for a setting that there is not."""
    for setting in also:
        if setting not in OPT_INS:
            raise UsageError(f"`{setting}` is not something to read as well; there are {', '.join(OPT_INS)}")


def opt_ins(snapshot: Snapshot) -> tuple[str, ...]:
    """The settings that a snapshot was taken with."""
    fields = set(snapshot.header.fields)
    refs = [FieldRef(kind, name) for kind in kinds().values() for name in kind.OPT_IN]
    return tuple(setting for setting in OPT_INS if any(ref.opt_in == setting and str(ref) in fields for ref in refs))


def covered(config: Config, snapshot: Snapshot) -> Config:
    """The rules for which the snapshot was taken: its scan set out to read all that they read. The others are named in a note.

    If it was taken for none of them, all of them.
    """
    fields, listed = set(snapshot.header.fields), set(snapshot.header.kinds)
    meant: list[LoadedRule] = []
    others: list[str] = []
    for rule in config.rules:
        needed = {rule.spec.over.KIND, *(kind.KIND for kind in rule.spec.kinds), *(ref.kind.KIND for ref in rule.spec.reads)}
        if needed <= listed and {str(ref) for ref in rule.spec.reads if ref.opt_in is None and not ref.given} <= fields:
            meant.append(rule)
        else:
            others.append(rule.id)
    if not meant:
        return config  # better a page of unknowns, each with what it lacks, than nothing
    note = f"{len(others)} rules read more than the snapshot was taken for and were left out: {', '.join(others)}"
    notes = (*config.notes, note) if others else config.notes
    return msgspec.structs.replace(config, rules=tuple(meant), notes=notes)
