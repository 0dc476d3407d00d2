"""The compliance report: a page of one framework as an auditor reads it, on a screen and on paper, in English or Korean.

Its Content-Security-Policy allows the one style sheet that is in it, by hash, and nothing else: there is no script. What rules say
stays in English, and is marked so for readers aloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from markupsafe import Markup

from auditor.engine.controls import State, Why
from auditor.engine.frameworks import Framework, Titled
from auditor.model.fact import Reason, Unknown
from auditor.model.verdict import Finding, Outcome
from auditor.render import blind, evidence, templates
from auditor.render.language import SOURCE, Language, language, marked
from auditor.render.standing import ControlView, FrameworkView, Standing, percent
from auditor.render.view import View

SHOWN = 25
"""So many findings of a sort are shown of a control at once, and printed."""
FOLDED = 500
"""So many more are folded. What is beyond is counted: no browser opens what a large account would give."""
OPEN = 5
"""So many findings of a control are not folded."""
BAR = 1000
"""The length of the bar in its own units."""

STATES: Mapping[State, tuple[str, str]] = {
    State.PASS: (
        marked("Pass"),
        marked(
            "Every check of every rule of the control passes or does not apply, or there is nothing to check. “In part” means that "
            "rules can judge only some of what the control asks: the rest is left to a person."
        ),
    ),
    State.ATTESTED: (
        marked("Attested"),
        marked("A person says that the control is met, until a date and on evidence that is named. awsaudit did not check it."),
    ),
    State.EXCEPTED: (
        marked("Excepted"),
        marked("Checks fail, and somebody answers for each of these failures, with a reason and until a date. It is not met."),
    ),
    State.FAIL: (marked("Fail"), marked("At least one check fails, and no exception covers it.")),
    State.UNKNOWN: (
        marked("Unknown"),
        marked("No check fails, but something that is needed to decide could not be looked at. It is neither good nor bad."),
    ),
    State.NOT_ASSESSED: (
        marked("Not assessed"),
        marked("No rule that was run decides it, and nobody attests it. Nothing is said of it, and it never counts as met."),
    ),
}
"""The states as people read them, the good ones first, and what each means."""

WHY: Mapping[Why, str] = {
    Why.NO_RULE: marked("Its settings could be read, but no rule decides it yet"),
    Why.MANUAL: marked("Only a person can say, and nobody attests it"),
    Why.NOT_RUN: marked("It has rules that were not run"),
    Why.REGIONS: marked("The regions could not be listed, so there may be resources that were not seen"),
}
"""Why a control is not assessed or cannot be decided, as people read it."""

REASONS: Mapping[Reason, str] = {
    Reason.DENIED: marked("denied"),
    Reason.THROTTLED: marked("throttled"),
    Reason.UNSUPPORTED: marked("not offered"),
    Reason.REGION_OFF: marked("region is off"),
    Reason.NO_DATA: marked("no data"),
    Reason.NOT_COLLECTED: marked("not collected"),
    Reason.GONE: marked("deleted meanwhile"),
    Reason.ERROR: marked("error"),
}
"""Why something is not known, in a word or two."""

REMEDIES: Mapping[Reason, str] = {
    **blind.REMEDIES,
    Reason.ERROR: marked("scan again; if it stays, look up the call in report.html"),
}
"""What resolves it, on a page that lists no calls."""

MODES: Mapping[str, str] = {"automated": marked("automated"), "manual": marked("manual")}
"""What frameworks call the assessment of a control."""

_HEADER = ("regions", "scan", "snapshot")
"""Gaps that the scope says already."""
_NOT_PLAIN = re.compile(r"[^\w .,:-]", re.ASCII)


class Group(msgspec.Struct, frozen=True):
    """Neighbours of one section, under its heading and those of the sections around it that begin with it."""

    headings: tuple[Titled, ...]
    controls: tuple[ControlView, ...]
    continued: bool
    """Its section was there before, and others of that section's own came between."""


class Exempt(msgspec.Struct, frozen=True, kw_only=True):
    """An exception, and what it covers here."""

    rule: str
    owner: str
    reason: str
    until: date
    resources: int
    controls: tuple[str, ...]


class Unseen(msgspec.Struct, frozen=True):
    """Something that could not be looked at, and the controls about which it says something."""

    what: blind.Blind
    controls: tuple[str, ...]


class Segment(msgspec.Struct, frozen=True):
    """The place of a state in the bar."""

    state: State
    begin: int
    length: int


def file_name(framework: Framework, language: str) -> str:
    """``compliance-cis-aws-7.0.html``, ``compliance-cis-aws-7.0.ko.html``."""
    return f"compliance-{framework.id}.html" if language == SOURCE else f"compliance-{framework.id}.{language}.html"


def render(view: View, framework: FrameworkView) -> bytes:
    """The page as UTF-8 HTML."""
    say = language(view.language)
    style = templates.asset("report.css") + templates.asset("compliance.css") + _foot(view, framework.framework)
    page = templates.translated(view.language).get_template("compliance.html.j2").render(_context(view, framework, say, style))
    return page.encode()


def _context(view: View, one: FrameworkView, say: Language, style: Markup) -> Mapping[str, Any]:
    undecided = {finding.fingerprint: finding for control in one.controls for finding in control.undecided}
    unseen = blind.group(finding for finding in undecided.values() if finding.verdict is Outcome.UNKNOWN)
    return {
        "view": view,
        "one": one,
        "code": say.code,
        "say": say,
        "style": style,
        "style_hash": templates.digest(style),
        "states": [(state, say.text(label), say.text(meaning), _count(one, state)) for state, (label, meaning) in STATES.items()],
        "labels": {state: say.text(label) for state, (label, _) in STATES.items()},
        "bar": _bar(one),
        "bar_length": BAR,
        "standing": standing_text(one.standing, say),
        "incomplete": _incomplete(view, say),
        "groups": _groups(one),
        "titles": {rule.id: rule.title for rule in view.rules},
        "checks": {control.name: ", ".join(_checks(control, say)) for control in one.controls},
        "whys": {why: say.text(text) for why, text in WHY.items()},
        "reasons": {reason: say.text(text) for reason, text in REASONS.items()},
        "remedies": {reason: say.text(text) for reason, text in REMEDIES.items()},
        "modes": {mode: say.text(text) for mode, text in MODES.items()},
        "exempt": _exempt(one),
        "open": [(why, found) for why in Why if (found := [c for c in one.in_state(State.NOT_ASSESSED) if c.why is why])],
        "unseen": _unseen(one, unseen),
        "policy": templates.lines(blind.policy(blind.denied_actions(unseen))),
        "evidence": evidence.folded,
        "place": evidence.place,
        "taken_at": f"{view.scope.taken_at:%Y-%m-%d %H:%M} UTC",
        "taken_day": f"{view.scope.taken_at:%Y-%m-%d}",
        "shown_rows": SHOWN,
        "folded_rows": FOLDED,
        "open_rows": OPEN,
    }


def standing_text(standing: Standing, say: Language) -> tuple[str, ...]:
    """How the account stands, in sentences: a percentage never comes without its denominator."""
    decided = {"decided": f"{standing.decided:,}", "percent": str(percent(standing.decided, standing.total))}
    met = {"met": f"{standing.met:,}", "percent": str(percent(standing.met, standing.decided))}
    found = [
        say.many(
            "%(decided)s of %(number)s control is decided (%(percent)s%%).",
            "%(decided)s of %(number)s controls are decided (%(percent)s%%).",
            standing.total,
            decided,
        )
    ]
    if standing.decided:
        found.insert(
            0,
            say.many(
                "%(met)s of %(number)s decided control is met (%(percent)s%%);",
                "%(met)s of %(number)s decided controls are met (%(percent)s%%);",
                standing.decided,
                met,
            ),
        )
    if standing.in_part:
        found.append(
            say.many(
                "Of those that are met, %(number)s is met as far as rules can say.",
                "Of those that are met, %(number)s are met as far as rules can say.",
                standing.in_part,
            )
        )
    return tuple(found)


def _incomplete(view: View, say: Language) -> tuple[str, ...]:
    """Why the picture is not complete, as sentences: what :attr:`View.incomplete` says, in the page's language."""
    tally, scope = view.tally, view.scope
    found: list[str] = []
    if not scope.complete:
        found.append(say.text("The scan was interrupted before its end, or the snapshot was cut short."))
    if scope.regions_unknown:
        found.append(say.text("The regions of the account could not be listed, so there may be more than were scanned."))
    if tally.unknown:
        found.append(
            say.many(
                "%(unknown)s of %(number)s check could not be decided.",
                "%(unknown)s of %(number)s checks could not be decided.",
                tally.total,
                {"unknown": f"{tally.unknown:,}"},
            )
        )
    if tally.crashed:
        found.append(say.many("%(number)s check crashed.", "%(number)s checks crashed.", tally.crashed))
    if gaps := sum(gap.reason is not Reason.GONE and gap.what not in _HEADER for gap in view.gaps):
        found.append(
            say.many(
                "%(number)s part of the account could not be seen.", "%(number)s parts of the account could not be seen.", gaps
            )
        )
    if not tally.total:
        found.append(say.text("Nothing was checked."))
    return tuple(found)


def _checks(control: ControlView, say: Language) -> Iterable[str]:
    if control.failing:
        yield say.many("%(number)s check fails", "%(number)s checks fail", len(control.failing))
    if control.excepted:
        yield say.many(
            "%(number)s check fails under an exception", "%(number)s checks fail under an exception", len(control.excepted)
        )
    if control.undecided:
        yield say.many("%(number)s check could not be decided", "%(number)s checks could not be decided", len(control.undecided))
    if control.passed:
        yield say.many("%(number)s check passes", "%(number)s checks pass", control.passed)
    if control.not_applicable:
        yield say.many("%(number)s check does not apply", "%(number)s checks do not apply", control.not_applicable)


def _count(one: FrameworkView, state: State) -> int:
    return len(one.in_state(state))


def _bar(one: FrameworkView) -> list[Segment]:
    """Where each state stands in the bar: ends are rounded, so that there is no gap."""
    done, found = 0, list[Segment]()
    for state in STATES:
        ends = [(done + count) * BAR // (one.standing.total or 1) for count in (0, _count(one, state))]
        done += _count(one, state)
        if ends[1] > ends[0]:
            found.append(Segment(state, ends[0], ends[1] - ends[0]))
    return found


def _groups(one: FrameworkView) -> list[Group]:
    found: list[Group] = []
    opened: set[str] = set()
    for _, among in groupby(one.controls, key=lambda control: control.section and control.section.id):
        controls = tuple(among)
        section = controls[0].section
        around = [s for s in one.framework.sections if section and section.id.startswith(f"{s.id}.") and s.id not in opened]
        headings = (*sorted(around, key=lambda s: len(s.id)), *([section] if section else ()))
        found.append(Group(headings, controls, continued=section is not None and section.id in opened))
        opened.update(heading.id for heading in headings)
    return found


def _exempt(one: FrameworkView) -> list[Exempt]:
    """The exceptions over all controls, each once."""
    found: dict[tuple[date, str, str, str], list[tuple[str, Finding]]] = {}
    for control in one.controls:
        for finding in control.excepted:
            if (waiver := finding.waived) is not None:
                key = (waiver.expires, finding.rule, waiver.owner, waiver.reason)
                found.setdefault(key, []).append((control.control.id, finding))
    return [
        Exempt(
            rule=rule,
            owner=owner,
            reason=reason,
            until=until,
            resources=len({finding.resource for _, finding in covered}),
            controls=tuple(dict.fromkeys(id for id, _ in covered)),
        )
        for (until, rule, owner, reason), covered in sorted(found.items(), key=lambda item: item[0])
    ]


def _unseen(one: FrameworkView, unseen: Iterable[blind.Blind]) -> list[Unseen]:
    about: dict[Unknown, dict[str, None]] = {}
    for control in one.controls:
        for finding in control.undecided:
            for missing in finding.missing:
                about.setdefault(missing, {})[control.control.id] = None
    return [Unseen(what, tuple(about[Unknown(what.reason, what.call, what.action)])) for what in unseen]


def _foot(view: View, framework: Framework) -> Markup:
    """The foot of each printed page. What goes into the style sheet loses everything that could end the string."""
    text = _NOT_PLAIN.sub("", f"awsaudit - {framework.id} - {view.scope.account_id} - {view.scope.taken_at:%Y-%m-%d}")
    return Markup(f'@media print {{ @page {{ @bottom-left {{ content: "{text}"; }} }} }}\n')  # noqa: S704  cleaned
