"""The report in a terminal: how we stand, what to do first, what we could not see, and where the rest is.

Data is printed as :class:`rich.text.Text`, never as markup, and without the characters that a terminal obeys.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.model.verdict import Severity
from auditor.render.pages import opening, plain
from auditor.render.standing import share
from auditor.render.view import Cause, View, count_of
from auditor.render.visible import visible

STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "blue",
    Severity.INFO: "dim",
}
UNKNOWN = "magenta"
NAMED = 3
"""How many resources of a cause are named."""
BLIND = 5
"""How many reasons for not seeing are named."""
WIDTH = 100
"""Lines longer than this are hard to read, however wide the terminal."""


def print_report(view: View, console: Console, files: Sequence[str] = ()) -> None:
    """Print the report. ``files`` are where the full reports were written, for the last line."""
    width = min(console.width, WIDTH)
    for part in filter(None, (_stand(view), _frameworks(view), _first(view), _unseen(view))):
        for line in part:
            console.print(line, width=width, highlight=False, emoji=False, markup=False)
        console.print()
    for note in view.notes:
        console.print(_text(f"note: {note}", "dim"), width=width, highlight=False)
    if files:
        console.print(_text(f"Full report: {', '.join(files)}"), width=width, highlight=False, soft_wrap=True)


def _text(text: str, style: str = "") -> Text:
    return Text(visible(text), style=style)


def _stand(view: View) -> list[RenderableType]:
    scope = view.scope
    alias = f" ({scope.alias})" if scope.alias else ""
    lines: list[RenderableType] = [
        _text(f"Account {scope.account_id}{alias}, {scope.taken_at:%Y-%m-%d %H:%M} UTC", "dim"),
        _text(view.headline, "bold"),
    ]
    if view.incomplete:
        because = ". ".join(f"{reason[0].upper()}{reason[1:]}" for reason in view.incomplete)
        lines.append(
            Text.assemble(
                ("INCOMPLETE.", f"bold {UNKNOWN}"), " ", _text(f"{because}. What we could not look at, we do not call good.")
            )
        )
    else:
        lines.append(Text.assemble(("Complete.", "bold green"), " All that the selected rules ask for could be read."))
    for place, sentence in enumerate(view.money.sentences):
        lines.append(_text(f"{sentence}.", "" if place == 0 else "dim"))
    figures = Table.grid(padding=(0, 2))
    for _ in range(2):
        figures.add_column()
        figures.add_column(justify="right")
    failing = [at for at in view.severities if at.rules or at.severity is not Severity.INFO]
    left = [
        (Text(at.severity.word, STYLES[at.severity] if at.rules else "dim"), count_of(at.resources, "resource")) for at in failing
    ]
    right = [(Text(word), f"{number:,}") for word, number in _checks(view)]
    for place in range(max(len(left), len(right))):
        one = left[place] if place < len(left) else (Text(), "")
        other = right[place] if place < len(right) else (Text(), "")
        figures.add_row(one[0], one[1], Text.assemble("   ", other[0]), other[1])
    return [*lines, Text(), _indented(figures)]


def _checks(view: View) -> list[tuple[str, int]]:
    tally = view.tally
    always = [
        ("passed", tally.passed),
        ("failed", tally.failed),
        ("unknown", tally.unknown),
        ("do not apply", tally.not_applicable),
    ]
    return always + [(word, number) for word, number in (("waived", tally.waived), ("crashed", tally.crashed)) if number]


def _frameworks(view: View) -> list[RenderableType]:
    if not view.frameworks:
        return []
    lines: list[RenderableType] = [_text("Frameworks", "bold")]
    for one in view.frameworks:
        standing = one.standing
        counts = [
            (standing.failed, "fail"),
            (standing.unknown, "unknown"),
            (standing.excepted, "excepted"),
            (standing.not_assessed, "not assessed"),
        ]
        lines += [
            _indented(_text(f"{one.framework.name} {one.framework.version}", "bold")),
            _indented(
                _text(
                    f"{share(standing.decided, standing.total)} controls are decided; of these {share(standing.met, standing.decided)} "
                    "are met" + (f" ({standing.in_part} in part)" if standing.in_part else "")
                )
            ),
            _indented(_text(", ".join(f"{number} {word}" for number, word in counts if number), "dim")),
        ]
    return lines


def _first(view: View) -> list[RenderableType]:
    lines: list[RenderableType] = [_text("What to do first", "bold")]
    if not view.first:
        return [*lines, _indented(_text(f"{view.headline}."))]
    table = _table("right", "left", "left")
    for number, cause in enumerate(view.first, 1):
        table.add_row(
            f"{number}",
            Text(cause.rule.severity.word, STYLES[cause.rule.severity]),
            _cause(cause, view.money.rules.get(cause.rule.id)),
        )
    lines.append(_indented(table))
    if rest := len(view.causes) - len(view.first):
        lines.append(_indented(_text(f"and {count_of(rest, 'more cause')}", "dim")))
    return lines


def _cause(cause: Cause, saving: str | None) -> Text:
    names = list(dict.fromkeys(visible(finding.name) for finding in cause.findings))
    named = ", ".join(names[:NAMED])
    rest = f" and {cause.resources - NAMED:,} more" if cause.resources > NAMED else ""
    fix = plain(opening(cause.rule.fix))
    saves = f", {saving} a month" if saving else ""
    return Text.assemble(
        _text(cause.rule.title, "bold"),
        "  ",
        _text(cause.rule.id, "dim"),
        f"\n{count_of(cause.resources, 'resource')}{saves}: {named}{rest}\n",
        _text(fix, "dim"),
    )


def _unseen(view: View) -> list[RenderableType]:
    lines: list[RenderableType] = [_text("What we could not see", "bold")]
    if not view.blind:
        lines += [_indented(_text(reason)) for reason in view.incomplete or ("nothing that the selected rules ask for",)]
    table = _table("right", "left", "left")
    for one in view.blind[:BLIND]:
        table.add_row(count_of(one.checks, "check"), _text(one.label), _text(one.word, UNKNOWN))
    if view.blind:
        lines.append(_indented(table))
    if len(view.blind) > BLIND:
        lines.append(_indented(_text(f"and {count_of(len(view.blind) - BLIND, 'more reason')}", "dim")))
    for one in {one.reason: one for one in view.blind}.values():
        lines.append(_indented(Text.assemble(_text(f"{one.word}: ", UNKNOWN), _text(one.remedy, "dim"))))
    if view.actions:
        what = f"{count_of(len(view.actions), 'IAM action')} would decide {view.resolvable:,} of the {view.tally.unknown:,} unknown checks"
        lines.append(_indented(_text(f"{what}: {', '.join(view.actions)}")))
    if view.gaps:
        more = f" and {len(view.gaps) - NAMED:,} more" if len(view.gaps) > NAMED else ""
        lines.append(
            _indented(
                _text(f"{count_of(len(view.gaps), 'gap')}: {', '.join(gap.what for gap in view.gaps[:NAMED])}{more}", "dim")
            )
        )
    return lines


def _table(*justify: JustifyMethod) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in justify:
        table.add_column(justify=one, overflow="fold")
    return table


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 2), expand=False)
