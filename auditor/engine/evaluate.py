"""Judging a snapshot: every rule over every resource, purely.

One of the two places where ``except Exception`` stands: a rule that crashes gives a ``crash`` verdict and the run goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from auditor.engine.context import Context, Limits
from auditor.engine.registry import LoadedRule
from auditor.model.account import account_arn
from auditor.model.fact import Missing, Unknown
from auditor.model.resource import GLOBAL, Resource
from auditor.model.snapshot import Section, Snapshot
from auditor.model.verdict import Finding, Outcome, Severity, Verdict
from auditor.money.book import Table

UNLISTED = "unlisted"
"""The key of the verdict that stands for resources that could not be listed."""

_WORST = {outcome: place for place, outcome in enumerate(Outcome)}


def fingerprint(rule_id: str, arn: str, key: str) -> str:
    """What names a finding for ever: the same rule, resource and key give the same 32 hexadecimal digits."""
    return hashlib.sha256("\0".join((rule_id, arn, key)).encode()).hexdigest()[:32]


def judge(
    snapshot: Snapshot,
    rules: Iterable[LoadedRule],
    *,
    limits: Mapping[str, Limits] | None = None,
    severities: Mapping[str, Severity] | None = None,
) -> list[Finding]:
    """Every verdict of the rules on the snapshot, sorted by rule, region, resource and key.

    ``limits`` and ``severities`` override, by rule id, what the rules declare.
    """
    findings: list[Finding] = []
    index: dict[type[Resource], dict[tuple[str, str], Any]] = {}
    prices = Table(snapshot.prices)
    for rule in rules:
        context: Context[Any] = Context(snapshot, (limits or {}).get(rule.id) or rule.spec.limits(), index, prices)
        severity = (severities or {}).get(rule.id, rule.spec.severity)
        for scope in snapshot.scopes(rule.spec.over):
            section: Section[Resource] = snapshot.section(rule.spec.over, scope)
            for resource in section.items:
                for verdict in verdicts(rule, resource, context):
                    findings.append(_finding(rule, severity, resource.arn, resource.name, resource.region, verdict))
            if section.missing:
                findings.append(_finding(rule, severity, *_scope(snapshot, scope), scope, _unlisted(rule, section.missing)))
    findings.sort(key=lambda f: (f.rule, f.region, f.resource, f.fingerprint))
    return findings


def verdicts(rule: LoadedRule, resource: Resource, context: Context[Any]) -> Iterator[Verdict]:
    """What one rule says of one resource. A rule that says nothing gives a crash: silence is not a verdict."""
    said = False
    try:
        for verdict in rule.spec.check(resource, context):
            said = True
            yield verdict
    except Missing as missing:
        yield Verdict(
            outcome=Outcome.UNKNOWN, because=_could_not_look(missing.unknowns), missing=missing.unknowns, key=_keyed(said)
        )
    except Exception as error:  # noqa: BLE001  a crash in a rule is a verdict, not the end of the run
        why = f"the rule crashed ({type(error).__name__}: {str(error)[:200]}); tell whoever wrote it"
        yield Verdict(outcome=Outcome.CRASH, because=why, key=_keyed(said))
    else:
        if not said:
            yield Verdict(outcome=Outcome.CRASH, because="the rule gave no verdict; tell whoever wrote it")


def scope_arn(account_id: str, scope: str) -> str:
    """The resource that stands for what could not be listed in a scope."""
    return account_arn(account_id) if scope == GLOBAL else f"{account_arn(account_id)}/{scope}"


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The one that decides: fail, then unknown, crash, pass, not-applicable."""
    return min(outcomes, key=_WORST.__getitem__)


def _keyed(said: bool) -> str:
    return "undecided" if said else ""


def _could_not_look(unknowns: tuple[Unknown, ...]) -> str:
    calls = ", ".join(dict.fromkeys(f"{u.call} ({u.reason.value.replace('_', ' ')})" for u in unknowns))
    return f"could not look: {calls}"


def _unlisted(rule: LoadedRule, missing: tuple[Unknown, ...]) -> Verdict:
    return Verdict(
        outcome=Outcome.UNKNOWN,
        because=f"{rule.spec.over.NOUN} list is not complete, {_could_not_look(missing)}",
        missing=missing,
        key=UNLISTED,
    )


def _scope(snapshot: Snapshot, scope: str) -> tuple[str, str]:
    account = snapshot.header.account_id
    return scope_arn(account, scope), account if scope == GLOBAL else scope


def _finding(rule: LoadedRule, severity: Severity, arn: str, name: str, region: str, verdict: Verdict) -> Finding:
    return Finding(
        rule=rule.id,
        verdict=verdict.outcome,
        severity=severity,
        confidence=rule.spec.confidence,
        pillar=rule.spec.pillar,
        service=rule.service,
        region=region,
        resource=arn,
        name=name,
        location=verdict.location,
        because=verdict.because,
        evidence=verdict.evidence,
        missing=verdict.missing,
        controls=rule.spec.controls if verdict.controls is None else verdict.controls,
        waived=None,
        fingerprint=fingerprint(rule.id, arn, verdict.key),
        saving=verdict.saving,
        cost=verdict.cost,
        once=verdict.once,
    )
