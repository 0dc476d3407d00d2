"""How far rules cover a framework, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from auditor.engine.controls import rules_of
from auditor.engine.frameworks import Assess, Control, Framework, Titled
from auditor.engine.registry import LoadedRule
from auditor.render.language import Language

WIDTH = 100


def summary(frameworks: Mapping[str, Framework], rules: Sequence[LoadedRule]) -> str:
    """A line for each framework."""
    rows = [("id", "controls", "decided", "in part", "by people", "name")]
    for framework in frameworks.values():
        of = rules_of(frameworks, framework, rules)
        ruled = [control for control in framework.controls if of[control.id]]
        rows.append(
            (
                framework.id,
                str(len(framework.controls)),
                str(sum(control.assess is Assess.AUTO for control in ruled)),
                str(sum(control.assess is not Assess.AUTO for control in ruled)),
                str(sum(control.assess is Assess.MANUAL for control in framework.controls)),
                f"{framework.name} {framework.version}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *figures, last = row
    padded = [f"{cell:>{width}}" for cell, width in zip(figures, widths[1:-1], strict=True)]
    return "  ".join([f"{first:<{widths[0]}}", *padded, last])


def matrix(frameworks: Mapping[str, Framework], framework: Framework, rules: Sequence[LoadedRule], language: Language) -> str:
    """Every control with what decides it."""
    of = rules_of(frameworks, framework, rules)
    ruled = sum(bool(of[control.id]) for control in framework.controls)
    lines = [
        f"{language.control_text(framework.name)} {framework.version} ({framework.publisher})",
        f"{ruled} of {len(framework.controls)} controls have rules",
    ]
    lines += textwrap.wrap(language.control_text(framework.note), WIDTH)
    section: Titled | None = None
    width = max(len(control.id) for control in framework.controls)
    for control in framework.controls:
        inside = framework.section(control)
        if inside is not section:
            section = inside
            lines += ["", f"{inside.id} {language.title(inside)}".rstrip() if inside else ""]
        lines.append(f"  {control.id:<{width}}  {control.level:<2}  {language.title(control)}".rstrip())
        lines += textwrap.wrap(
            _decided_by(control, of[control.id]), WIDTH, initial_indent=" " * (width + 8), subsequent_indent=" " * (width + 8)
        )
    return "\n".join(lines)


def _decided_by(control: Control, rules: Sequence[LoadedRule]) -> str:
    if rules:
        named = ", ".join(rule.id for rule in rules)
        return f"{named} (in part: {control.part})" if control.assess is Assess.PARTIAL else named
    if control.assess is Assess.MANUAL:
        return "a person attests it"
    return "no rule yet" if control.assess is Assess.AUTO else "no rule yet, and then in part"
