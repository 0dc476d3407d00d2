"""A rule's page as text."""

from __future__ import annotations

import inspect

import msgspec

from auditor.collect.permissions import actions
from auditor.collect.wanted import by_rules
from auditor.engine.registry import LoadedRule


def text(rule: LoadedRule) -> str:
    """The page: what it says, its dials, limits, reads and cases."""
    spec = rule.spec
    lines = [
        f"{rule.page.title}  ({rule.id})",
        "",
        f"{spec.severity.word} severity, {spec.confidence.value} confidence, {spec.pillar.value}, for {spec.audience.value} readers, "
        f"since {spec.since}, judges each {spec.over.NOUN}",
        "",
        "Why it matters",
        rule.page.why,
        "",
        "How to fix",
        rule.page.fix,
        "",
        "When it is fine",
        rule.page.fine,
        "",
    ]
    fields = msgspec.structs.fields(spec.limits)
    if fields:
        lines.append(f"Limits (set under [limits.{rule.id}] in awsaudit.toml)")
        lines += [f"  {field.name} = {field.default!r}" for field in fields]
        if about := inspect.getdoc(spec.limits):
            lines += ["", *(f"  {line}" for line in about.splitlines())]
        lines.append("")
    if spec.controls:
        lines += [f"Controls: {', '.join(spec.controls)}", ""]
    lines += [
        f"Reads: {', '.join(map(str, spec.reads)) or 'nothing but that they exist'}",
        f"Needs: {', '.join(actions(by_rules([spec])))}",
        "",
        "Cases",
        *(f"  {case.outcome.value:<14}  {case.title}" for case in rule.cases()),
    ]
    return "\n".join(lines)
