"""Findings as OCSF Compliance Findings (class 2003, schema 1.8.0, profile ``cloud``), an event a line: for a SIEM or a data lake.

It is a record of everything: every verdict is an event, also what passes and what does not apply. What could not be judged has the
compliance status and the severity Unknown, never Fail or Pass; what does not apply is Other. A waived failure stays a Fail, and its
event is Suppressed. How severe the rule calls a failure stands in ``unmapped`` for every verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from auditor import __version__
from auditor.engine.frameworks import Framework
from auditor.model.fact import Reason
from auditor.model.resource import GLOBAL
from auditor.model.verdict import Confidence, Finding, Outcome, Severity
from auditor.render import reasons
from auditor.render.amounts import AmountView
from auditor.render.format import File, Format
from auditor.render.json_line import line
from auditor.render.json_money import money
from auditor.render.resource_type import resource_type
from auditor.render.standing import ControlView
from auditor.render.view import RuleView, Scope, View

VERSION = "1.8.0"
CLASS = 2003
CREATE = 1
"""The activity: each scan tells what it found anew."""
RULE = 1
AWS_ACCOUNT = 10

Json = dict[str, object]

# Ids with the captions that the schema gives them.
COMPLIANCE: Mapping[Outcome, tuple[int, str]] = {
    Outcome.FAIL: (3, "Fail"),
    Outcome.PASS: (1, "Pass"),
    Outcome.UNKNOWN: (0, "Unknown"),
    Outcome.CRASH: (0, "Unknown"),
    Outcome.NOT_APPLICABLE: (99, "Not Applicable"),
}
SEVERITY: Mapping[Severity, tuple[int, str]] = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
NO_SEVERITY = (0, "Unknown")
CONFIDENCE: Mapping[Confidence, tuple[int, str]] = {
    Confidence.LOW: (1, "Low"),
    Confidence.MEDIUM: (2, "Medium"),
    Confidence.HIGH: (3, "High"),
}
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")
_LINK = re.compile(r"https://[^\s<>()\[\]\"'`]+")


def events(view: View) -> Iterator[bytes]:
    """Each finding as a line."""
    rules = {rule.id: rule for rule in view.rules}
    frameworks = {one.framework.id: one.framework for one in view.frameworks}
    controls = {control.name: control for one in view.frameworks for control in one.controls}
    for finding in view.findings:
        yield line(event(finding, rules[finding.rule], view, frameworks, controls))


def event(
    finding: Finding, rule: RuleView, view: View, frameworks: Mapping[str, Framework], controls: Mapping[str, ControlView]
) -> Json:
    """One finding of a view as an event. ``frameworks`` and ``controls`` are those that the report is about, for their names."""
    scope = view.scope
    time = (scope.taken_at - _EPOCH) // timedelta(milliseconds=1)
    severity_id, severity = _severity(finding)
    confidence_id, confidence = CONFIDENCE[finding.confidence]
    status_id, status = (3, "Suppressed") if finding.waived else (1, "New")
    return _filled(
        {
            "activity_id": CREATE,
            "activity_name": "Create",
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": CLASS,
            "class_name": "Compliance Finding",
            "type_uid": CLASS * 100 + CREATE,
            "type_name": "Compliance Finding: Create",
            "time": time,
            "severity_id": severity_id,
            "severity": severity,
            "confidence_id": confidence_id,
            "confidence": confidence,
            "status_id": status_id,
            "status": status,
            "status_detail": reasons.waived(finding.waived) if finding.waived else None,
            "message": finding.because,
            "metadata": {
                "version": VERSION,
                "product": {"name": "awsaudit", "vendor_name": "awsaudit", "version": __version__},
                "profiles": ["cloud"],
                "uid": f"{finding.fingerprint}-{time}",
                "event_code": finding.rule,
            },
            "finding_info": {
                "uid": finding.fingerprint,
                "title": rule.title,
                "desc": finding.because,
                "types": [finding.pillar.value],
                "created_time": time,
                "analytic": {"uid": finding.rule, "name": rule.title, "type_id": RULE, "type": "Rule"},
            },
            "compliance": _compliance(finding, rule, frameworks, controls),
            "resources": [_resource(finding, rule, scope)],
            "cloud": _cloud(finding, scope),
            "remediation": _remediation(finding, rule),
            "evidences": [{"data": dict(finding.evidence)}] if finding.evidence else [],
            "unmapped": _unmapped(finding, view.money.of(finding)),
        }
    )


def _filled(members: Json) -> Json:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _severity(finding: Finding) -> tuple[int, str]:
    if finding.verdict is Outcome.FAIL:
        return SEVERITY[finding.severity]
    return NO_SEVERITY if finding.verdict in (Outcome.UNKNOWN, Outcome.CRASH) else SEVERITY[Severity.INFO]


def _compliance(
    finding: Finding, rule: RuleView, frameworks: Mapping[str, Framework], controls: Mapping[str, ControlView]
) -> Json:
    status_id, status = COMPLIANCE[finding.verdict]
    ids = list(dict.fromkeys(name.partition(":")[0] for name in finding.controls))
    return _filled(
        {
            "control": finding.rule,
            "desc": rule.title,
            "category": finding.pillar.value,
            "standards": [_standard(id, frameworks) for id in ids],
            "requirements": list(finding.controls),
            "checks": [_check(name, finding, frameworks, controls) for name in finding.controls],
            "status_id": status_id,
            "status": status,
            "status_code": finding.verdict.value,
            "status_details": [finding.because, *map(reasons.missing, finding.missing)],
        }
    )


def _standard(id: str, frameworks: Mapping[str, Framework]) -> str:
    known = frameworks.get(id)
    return f"{known.name} {known.version}" if known else id


def _check(name: str, finding: Finding, frameworks: Mapping[str, Framework], controls: Mapping[str, ControlView]) -> Json:
    framework, _, id = name.partition(":")
    status_id, status = COMPLIANCE[finding.verdict]
    known = controls.get(name)
    return _filled(
        {
            "uid": id,
            "name": known.control.title if known else None,
            "standards": [_standard(framework, frameworks)],
            "status_id": status_id,
            "status": status,
        }
    )


def _resource(finding: Finding, rule: RuleView, scope: Scope) -> Json:
    known = resource_type(finding.resource)
    return _filled(
        {
            "uid": finding.resource,
            "name": finding.name,
            "type": known.cloudformation if known else rule.noun,
            "region": _region(finding),
            "cloud_partition": scope.partition,
        }
    )


def _cloud(finding: Finding, scope: Scope) -> Json:
    account: Json = {"uid": scope.account_id, "name": scope.alias, "type": "AWS Account", "type_id": AWS_ACCOUNT}
    return _filled(
        {"provider": "AWS", "region": _region(finding), "cloud_partition": scope.partition, "account": _filled(account)},
    )


def _region(finding: Finding) -> str | None:
    return None if finding.region == GLOBAL else finding.region


def _remediation(finding: Finding, rule: RuleView) -> Json:
    if finding.verdict is Outcome.FAIL:
        return _filled(
            {"desc": rule.fix, "references": list(dict.fromkeys(_LINK.findall("\n".join((rule.why, rule.fix, rule.fine)))))}
        )
    actions = dict.fromkeys(one.action for one in finding.missing if one.reason is Reason.DENIED and one.action)
    return {"desc": f"Allow {', '.join(actions)}, then scan again."} if actions else {}


def _unmapped(finding: Finding, amounts: tuple[AmountView, ...]) -> Json:
    return _filled(
        {
            "severity": finding.severity.word,
            "service": finding.service,
            "location": msgspec.to_builtins(finding.location),
            "missing": [{"reason": one.reason.value, "call": one.call, "action": one.action} for one in finding.missing],
            "waived": msgspec.to_builtins(finding.waived),
            "money": msgspec.to_builtins(money(amounts)),
        }
    )


FORMAT = Format(
    name="ocsf",
    about="every verdict as an OCSF Compliance Finding, for a SIEM",
    files=lambda view: (File("findings.ocsf.jsonl", events(view)),),
)
