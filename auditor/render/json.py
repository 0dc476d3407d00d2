"""The JSON report, format 1: every verdict on a line of its own, so that two reports can be compared with a diff.

Fields are only ever added within a format; ``reports/schema/report-1.schema.json`` describes it and is written by :func:`schema`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from auditor import __version__
from auditor.engine.controls import Attestation, State, Why
from auditor.engine.frameworks import Assess
from auditor.model.fact import Reason
from auditor.model.verdict import Audience, Confidence, Finding, Location, Outcome, Pillar, Severity, Waived
from auditor.render import templates
from auditor.render.amounts import AmountView
from auditor.render.called import CallCount
from auditor.render.format import File, Format
from auditor.render.json_line import inert
from auditor.render.json_money import MissingFact, MoneyInfo, MoneySummary, missing, money, summary
from auditor.render.standing import ControlView, FrameworkView
from auditor.render.view import RuleView, Tally, View

SeverityWord = Literal["info", "low", "medium", "high", "critical"]
_WORDS: Mapping[Severity, SeverityWord] = {
    Severity.INFO: "info",
    Severity.LOW: "low",
    Severity.MEDIUM: "medium",
    Severity.HIGH: "high",
    Severity.CRITICAL: "critical",
}


class Tool(msgspec.Struct, frozen=True):
    """What judged, and what took the snapshot."""

    name: str
    version: str
    snapshot: str


class AccountInfo(msgspec.Struct, frozen=True):
    """The account that was scanned, by whom and where. ``alias`` is null when there is none or it could not be read."""

    id: str
    alias: str | None
    partition: str
    caller: str
    regions: tuple[str, ...]
    regions_unknown: bool


class SeveritySummary(msgspec.Struct, frozen=True):
    """What fails at one severity; waived findings do not count."""

    rules: int
    resources: int
    findings: int


class Summary(msgspec.Struct, frozen=True):
    """How the account stands. ``complete`` is false when anything could not be seen, and ``incomplete`` says why."""

    complete: bool
    incomplete: tuple[str, ...]
    verdicts: Tally
    failing: dict[SeverityWord, SeveritySummary]
    resources_failing: int
    actions: Annotated[tuple[str, ...], Meta(description="IAM actions that would resolve what was denied")]
    resolvable: Annotated[int, Meta(description="unknown verdicts that those actions alone would decide")]
    money: MoneySummary
    notes: tuple[str, ...]


class VerdictLine(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict of a rule on a resource."""

    rule: str
    verdict: Outcome
    severity: SeverityWord
    confidence: Confidence
    pillar: Pillar
    service: str
    region: str
    resource: Annotated[str, Meta(description="the ARN")]
    name: str
    location: Location | None
    because: str
    evidence: dict[str, Any]
    missing: tuple[MissingFact, ...]
    money: MoneyInfo | None
    controls: tuple[str, ...]
    waived: Waived | None
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of itself; ``why``, ``fix`` and ``fine`` are Markdown."""

    id: str
    title: str
    why: str
    fix: str
    fine: str
    severity: SeverityWord
    confidence: Confidence
    audience: Audience
    pillar: Pillar
    service: str
    since: str
    controls: tuple[str, ...]
    reads: tuple[str, ...]
    actions: tuple[str, ...]
    verdicts: Tally


class FrameworkInfo(msgspec.Struct, frozen=True, kw_only=True):
    """How the account stands against a framework that was asked for. ``complete`` is false for an extract of a longer list.

    ``decided`` are the controls with an answer, ``met`` those of them that pass or are attested; ``in_part`` of those that pass do so
    as far as rules can say.
    """

    id: str
    name: str
    version: str
    publisher: str
    complete: bool
    total: int
    decided: int
    met: int
    passed: int
    in_part: int
    attested: int
    excepted: int
    failed: int
    unknown: int
    not_assessed: int


class ControlInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one control. ``title`` is null where only the id is known; ``why`` says why it is not assessed or unknown.

    Findings are named by their fingerprints.
    """

    control: str
    title: str | None
    level: str
    mode: str
    assess: Assess
    state: State
    in_part: bool
    part: str
    why: Why | None
    rules: tuple[str, ...]
    not_run: tuple[str, ...]
    passed: int
    not_applicable: int
    failing: tuple[str, ...]
    excepted: tuple[str, ...]
    undecided: tuple[str, ...]
    settings: Annotated[tuple[str, ...], Meta(description="limits of its rules that the configuration set, not the framework")]
    attestation: Attestation | None


class GapInfo(msgspec.Struct, frozen=True):
    """A part of the account that was not seen."""

    what: str
    reason: Reason
    detail: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON report of awsaudit."""

    format: Literal[1]
    tool: Tool
    account: AccountInfo
    taken_at: datetime
    summary: Summary
    verdicts: tuple[VerdictLine, ...]
    rules: tuple[RuleInfo, ...]
    frameworks: tuple[FrameworkInfo, ...]
    controls: tuple[ControlInfo, ...]
    gaps: tuple[GapInfo, ...]
    calls: Annotated[tuple[CallCount, ...], Meta(description="how many calls, by service, operation, region and outcome")]


def report(view: View) -> Report:
    """The report as typed values."""
    scope = view.scope
    return Report(
        format=1,
        tool=Tool("awsaudit", __version__, scope.snapshot_tool),
        account=AccountInfo(scope.account_id, scope.alias, scope.partition, scope.caller, scope.regions, scope.regions_unknown),
        taken_at=scope.taken_at,
        summary=Summary(
            complete=not view.incomplete,
            incomplete=view.incomplete,
            verdicts=view.tally,
            failing={_WORDS[s.severity]: SeveritySummary(s.rules, s.resources, s.findings) for s in view.severities},
            resources_failing=view.resources_failing,
            actions=view.actions,
            resolvable=view.resolvable,
            money=summary(view.money),
            notes=view.notes,
        ),
        verdicts=tuple(_verdict(finding, view.money.of(finding)) for finding in view.findings),
        rules=tuple(_rule(rule, tally) for rule, tally in view.tallies),
        frameworks=tuple(map(_framework, view.frameworks)),
        controls=tuple(_control(control) for framework in view.frameworks for control in framework.controls),
        gaps=tuple(GapInfo(gap.what, gap.reason, gap.detail) for gap in view.gaps),
        calls=view.calls,
    )


def parts(view: View) -> Iterator[bytes]:
    """The report as UTF-8 JSON, a list's items on lines of their own."""
    encoder = msgspec.json.Encoder(order="deterministic")

    def one(value: object) -> str:
        return inert(encoder.encode(value).decode())

    template = templates.text().get_template("report.json.j2")
    for part in template.generate(report=report(view), one=one):
        yield part.encode()


def render(view: View) -> bytes:
    """The report, whole."""
    return b"".join(parts(view))


def schema() -> bytes:
    """The JSON Schema of the report, as it stands in ``reports/schema/report-1.schema.json``."""
    return published("awsaudit report, format 1", msgspec.json.schema(Report))


def published(title: str, schema: Mapping[str, Any]) -> bytes:
    """A schema as it stands in ``reports/schema``."""
    described = {**schema, "title": title, "$schema": "https://json-schema.org/draft/2020-12/schema"}
    return msgspec.json.format(msgspec.json.encode(described, order="sorted"), indent=2) + b"\n"


def _verdict(finding: Finding, amounts: tuple[AmountView, ...]) -> VerdictLine:
    return VerdictLine(
        rule=finding.rule,
        verdict=finding.verdict,
        severity=_WORDS[finding.severity],
        confidence=finding.confidence,
        pillar=finding.pillar,
        service=finding.service,
        region=finding.region,
        resource=finding.resource,
        name=finding.name,
        location=finding.location,
        because=finding.because,
        evidence=dict(finding.evidence),
        missing=tuple(map(missing, finding.missing)),
        money=money(amounts),
        controls=finding.controls,
        waived=finding.waived,
        fingerprint=finding.fingerprint,
    )


def _framework(view: FrameworkView) -> FrameworkInfo:
    framework, standing = view.framework, view.standing
    return FrameworkInfo(
        id=framework.id,
        name=framework.name,
        version=framework.version,
        publisher=framework.publisher,
        complete=framework.complete,
        total=standing.total,
        decided=standing.decided,
        met=standing.met,
        passed=standing.passed,
        in_part=standing.in_part,
        attested=standing.attested,
        excepted=standing.excepted,
        failed=standing.failed,
        unknown=standing.unknown,
        not_assessed=standing.not_assessed,
    )


def _control(view: ControlView) -> ControlInfo:
    control = view.control
    return ControlInfo(
        control=view.name,
        title=control.title or None,
        level=control.level,
        mode=control.mode,
        assess=control.assess,
        state=view.state,
        in_part=view.in_part,
        part=control.part,
        why=view.why,
        rules=view.rules,
        not_run=view.not_run,
        passed=view.passed,
        not_applicable=view.not_applicable,
        failing=tuple(finding.fingerprint for finding in view.failing),
        excepted=tuple(finding.fingerprint for finding in view.excepted),
        undecided=tuple(finding.fingerprint for finding in view.undecided),
        settings=view.settings,
        attestation=view.attestation,
    )


def _rule(rule: RuleView, tally: Tally) -> RuleInfo:
    return RuleInfo(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        fix=rule.fix,
        fine=rule.fine,
        severity=_WORDS[rule.severity],
        confidence=rule.confidence,
        audience=rule.audience,
        pillar=rule.pillar,
        service=rule.service,
        since=rule.since,
        controls=rule.controls,
        reads=rule.reads,
        actions=rule.actions,
        verdicts=tally,
    )


FORMAT = Format(
    name="json", about="every verdict, a line for each, by a schema", files=lambda view: (File("report.json", parts(view)),)
)
