"""A rule's page as text."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise

import msgspec

from auditor.collect.permissions import actions
from auditor.collect.wanted import by_rules
from auditor.engine.context import Limits
from auditor.engine.registry import LoadedRule
from auditor.model.opt_in import OPT_INS


def _field_docs(limits: type[Limits]) -> dict[str, str]:
    """The docstring below each field, which Python itself does not keep."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(limits))).body
    found: dict[str, str] = {}
    if isinstance(body, ast.ClassDef):
        for field, below in pairwise(body.body):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
                value = below.value.value if isinstance(below.value, ast.Constant) else None
                found[field.target.id] = inspect.cleandoc(str(value or ""))
    return found


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
        about = _field_docs(spec.limits)
        lines.append(f"Limits (set under [limits.{rule.id}] in awsaudit.toml)")
        for field in fields:
            default: object = msgspec.to_builtins(field.default)
            lines += [f"  {field.name} = {default!r}", *(f"      {line}" for line in about.get(field.name, "").splitlines())]
        lines.append("")
    if spec.controls:
        lines += [f"Controls: {', '.join(spec.controls)}", ""]
    lines += [
        f"Reads: {', '.join(map(str, spec.reads)) or 'nothing but that they exist'}",
        f"Needs: {', '.join(actions(by_rules([spec], OPT_INS)))}",
        "",
        "Cases",
        *(f"  {case.outcome.value:<14}  {case.title}" for case in rule.cases()),
    ]
    return "\n".join(lines)
