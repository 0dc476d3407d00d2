"""SARIF 2.1.0, for code scanning: ``findings.sarif``, a result on each line.

What fails is a result, waived or not (a waiver is a suppression that was accepted elsewhere). What could not be decided, or crashed, is
a result of the kind ``open``, which the standard has for too little information, without a level: a viewer that knows no kinds still
reads so in the message. What passes is left out, because code scanning would list it as an alert. Gaps, crashes and notes are
notifications of the invocation; controls are taxonomies.

An account has no files. A result lies in ``aws/<region>/<service>/<ARN>``, at the line of a policy document or, as GitHub insists on one,
at line 1. GitHub takes 25,000 results of a run, and 20 runs: what is more goes to further runs, each a category of its own. It shows
the 5,000 most severe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count, islice
from urllib.parse import quote

import msgspec

from auditor import __version__
from auditor.model.fact import Reason
from auditor.model.verdict import Confidence, Finding, Outcome, Pillar, Severity
from auditor.render import markdown, pages, reasons
from auditor.render.amounts import AmountView
from auditor.render.evidence import place
from auditor.render.format import File, Format
from auditor.render.json_line import line
from auditor.render.json_money import money
from auditor.render.standing import FrameworkView
from auditor.render.view import RuleView, View
from auditor.render.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000
"""Results of a run: GitHub refuses more."""
TAGS = 20
"""Tags of a rule: GitHub's limit. Taxonomies name every control."""

Json = dict[str, object]

_LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
"""The middle of each of GitHub's bands; without one a rule has no security severity."""
_PRECISION: Mapping[Confidence, str] = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_UNDECIDED = (Outcome.UNKNOWN, Outcome.CRASH)


def parts(view: View, most: int = RESULTS) -> Iterator[bytes]:
    """The log as UTF-8 JSON, line by line, with at most so many results to a run."""
    yield b'{"$schema":' + _json(SCHEMA) + b',"version":"2.1.0","runs":[\n'
    places = {rule.id: number for number, rule in enumerate(view.rules)}
    shown = (f for f in view.findings if f.verdict is Outcome.FAIL or f.verdict in _UNDECIDED)
    taxonomies = _Taxonomies(view.frameworks)
    for run in count(1):
        first = tuple(islice(shown, 1))
        if run > 1 and not first:
            break
        yield b"{" if run == 1 else b",{"
        yield from _head(view, run, places, taxonomies)
        yield b'"results":[\n'
        for number, finding in enumerate(chain(first, islice(shown, most - 1))):
            yield (b"," if number else b"") + line(_result(finding, places, taxonomies, view.money.of(finding)))
        yield b"]}\n"
    yield b"]}\n"


class _Taxonomies:
    """The frameworks, by their place in the run."""

    def __init__(self, frameworks: Iterable[FrameworkView]) -> None:
        self.views = tuple(frameworks)
        self._places = {
            control.name: (control.control.id, self._reference(number))
            for number, view in enumerate(self.views)
            for control in view.controls
        }
        self._rules: dict[str, list[Json]] = {}
        for view in self.views:
            for control in view.controls:
                for rule in control.rules:
                    target = self.of((control.name,))[0]
                    self._rules.setdefault(rule, []).append({"target": target, "kinds": ["relevant"]})

    def of(self, controls: Iterable[str]) -> list[Json]:
        """References to those of the controls that are in a framework that was asked for."""
        found = (self._places[control] for control in controls if control in self._places)
        return [{"id": id, "toolComponent": component} for id, component in found]

    def relationships(self, rule: str) -> list[Json]:
        """The controls that a rule decides, of older editions, too."""
        return self._rules.get(rule, [])

    def references(self) -> list[Json]:
        """All of them."""
        return [self._reference(number) for number in range(len(self.views))]

    def _reference(self, number: int) -> Json:
        return {"name": self.views[number].framework.id, "index": number}


def _head(view: View, run: int, places: Mapping[str, int], taxonomies: _Taxonomies) -> Iterator[bytes]:
    """A run up to its results."""
    driver = {
        "name": "awsaudit",
        "version": __version__,
        "supportedTaxonomies": taxonomies.references(),
    }
    yield b'"tool":{"driver":' + _json(driver)[:-1] + b',"rules":[\n'
    for number, rule in enumerate(view.rules):
        yield (b"," if number else b"") + line(_rule(rule, taxonomies))
    yield b"]}},\n"
    scope = view.scope
    category = f"awsaudit/{scope.account_id}" if run == 1 else f"awsaudit/{scope.account_id}/part-{run}"
    taken = f"{scope.taken_at:%Y-%m-%dT%H:%M:%SZ}"
    details = {"id": f"{category}/{taken}", "description": {"text": f"AWS account {scope.account_id} as it was at {taken}"}}
    yield b'"automationDetails":' + _json(details) + b',"columnKind":"unicodeCodePoints",\n'
    yield b'"invocations":[{"executionSuccessful":' + _json(scope.complete and view.tally.total > 0 and not view.crashes)
    yield b',"toolExecutionNotifications":[\n'
    for number, notification in enumerate(_notifications(view, places)):
        yield (b"," if number else b"") + line(notification)
    notes = [_notification("note", "note", note) for note in view.notes]
    yield b'],"toolConfigurationNotifications":' + _json(notes) + b"}],\n"
    yield b'"taxonomies":' + _json([_taxonomy(one) for one in taxonomies.views]) + b",\n"


def _rule(rule: RuleView, taxonomies: _Taxonomies) -> Json:
    properties: Json = {
        "tags": list(dict.fromkeys((rule.pillar.value, rule.service, *rule.controls)))[:TAGS],
        "precision": _PRECISION[rule.confidence],
        "problem.severity": {"error": "error", "warning": "warning"}.get(_LEVELS[rule.severity], "recommendation"),
    }
    if rule.pillar is Pillar.SECURITY and rule.severity in _SCORES:
        properties["security-severity"] = _SCORES[rule.severity]
    page = (("Why it matters", rule.why), ("How to fix", rule.fix), ("When it is fine", rule.fine))
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": visible(rule.title)},
        "fullDescription": {"text": pages.plain(pages.opening(rule.why))},
        "help": {
            "text": "\n\n".join(f"{title}\n{_lines(text)}" for title, text in page),
            "markdown": "\n\n".join(f"## {title}\n\n{markdown.page(text)}" for title, text in page),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "relationships": taxonomies.relationships(rule.id),
        "properties": properties,
    }


def _result(finding: Finding, places: Mapping[str, int], taxonomies: _Taxonomies, amounts: tuple[AmountView, ...]) -> Json:
    undecided = finding.verdict in _UNDECIDED
    properties: Json = {
        "verdict": finding.verdict.value,
        "severity": finding.severity.word,
        "confidence": finding.confidence.value,
        "pillar": finding.pillar.value,
        "region": finding.region,
        "resource": finding.resource,
        "controls": list(finding.controls),
    }
    if finding.evidence:
        properties["evidence"] = dict(finding.evidence)
    if amounts:
        properties["money"] = msgspec.to_builtins(money(amounts))
    if finding.missing:
        properties["missing"] = [{"reason": m.reason.value, "call": m.call, "action": m.action} for m in finding.missing]
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "kind": "open" if undecided else "fail",
        "level": "none" if undecided else _LEVELS[finding.severity],
        "message": {"text": message(_sentence(finding))},
        "locations": [_location(finding)],
        # GitHub tells alerts apart by the first, and would else hash a file that does not exist.
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint, "awsaudit/v1": finding.fingerprint},
        "taxa": taxonomies.of(finding.controls),
        "properties": properties,
    }
    if finding.waived:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": message(reasons.waived(finding.waived))}
        ]
    return result


def _sentence(finding: Finding) -> str:
    if finding.verdict is Outcome.UNKNOWN:
        said = f"{finding.name}: could not be decided: {finding.because}"
        actions = dict.fromkeys(m.action for m in finding.missing if m.action and m.reason is Reason.DENIED)
        return f"{said}; needs {', '.join(actions)}" if actions else said
    if finding.verdict is Outcome.CRASH:
        return f"{finding.name}: could not be decided, the rule crashed: {finding.because}"
    return f"{finding.name}: {finding.because}"


def _location(finding: Finding) -> Json:
    at = finding.location
    region: Json = {"startLine": at.line if at and at.line else 1}
    if at and at.line and at.column:
        region["startColumn"] = at.column
    logical = [{"name": visible(finding.name), "fullyQualifiedName": visible(finding.resource), "kind": "resource"}]
    location: Json = {
        "physicalLocation": {"artifactLocation": {"uri": uri(finding)}, "region": region},
        "logicalLocations": logical,
    }
    if at:
        location["message"] = {"text": message(place(at))}
    return location


def uri(finding: Finding) -> str:
    """Where a result lies: a relative reference that leads to nothing else, whatever the name."""
    return "/".join(("aws", *map(_segment, (finding.region, finding.service, finding.resource))))


def message(text: str) -> str:
    """The text as a message that has no placeholders (braces are doubled, as the standard has it) and no links."""
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", r"]\(")


def _segment(text: str) -> str:
    # Segments of dots lead upwards even when they are encoded.
    return quote(text, safe=":") if text.strip(".") else "_" * (len(text) or 1)


def _notifications(view: View, places: Mapping[str, int]) -> Iterator[Json]:
    for reason in view.incomplete:
        yield _notification("incomplete", "warning", reason)
    for gap in view.gaps:
        level = "note" if gap.reason is Reason.GONE else "warning"
        yield _notification("gap", level, f"{gap.what}: {gap.detail} ({gap.reason.value.replace('_', ' ')})")
    for cause in view.crashes:
        for finding in cause.findings:
            crash = _notification("crash", "error", _sentence(finding))
            yield {
                **crash,
                "associatedRule": {"id": finding.rule, "index": places[finding.rule]},
                "locations": [_location(finding)],
            }


def _notification(id: str, level: str, text: str) -> Json:
    return {"descriptor": {"id": id}, "level": level, "message": {"text": message(text)}}


def _taxonomy(view: FrameworkView) -> Json:
    framework = view.framework
    return {
        "name": framework.id,
        "version": visible(framework.version),
        "organization": visible(framework.publisher),
        "shortDescription": {"text": visible(f"{framework.name} {framework.version}")},
        "isComprehensive": framework.complete,
        "taxa": [
            {"id": one.control.id, **({"shortDescription": {"text": visible(one.control.title)}} if one.control.title else {})}
            for one in view.controls
        ],
    }


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.strip("\n").split("\n")))


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


FORMAT = Format(
    name="sarif",
    about="SARIF 2.1.0 for code scanning: what fails or is unknown",
    files=lambda view: (File("findings.sarif", parts(view)),),
)
