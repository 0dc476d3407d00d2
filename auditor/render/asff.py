"""Findings in the AWS Security Finding Format, as requests that Security Hub takes.

Each line is an array that one ``BatchImportFindings`` takes, of findings of one region, for the account that was scanned:

    while read -r batch; do
        region=${batch#*:securityhub:}
        printf %s "$batch" | aws securityhub batch-import-findings --region "${region%%:*}" --findings file:///dev/stdin
    done < findings.asff.jsonl

Security Hub takes a finding only in the region that its product ARN names. That is the resource's own; what is global goes to the region
where the partition keeps its global services, or, if that was not scanned, to the first that was.

Every verdict is there: a pass resolves what an earlier import opened. What could not be judged is ``NOT_AVAILABLE`` with its reasons,
never failed or passed; what does not apply is ``NOT_AVAILABLE``, too, and archived, as Security Hub does with its own. As AWS asks,
only failures have a severity above informational; the rule's own stands beside it. A waived failure comes in as suppressed with a note,
but only the first time: Security Hub leaves workflow and note to its users, so the waiver is also a product field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.model.resource import GLOBAL
from auditor.model.verdict import Confidence, Finding, Outcome, Pillar, Severity
from auditor.render import evidence, pages, reasons
from auditor.render.amounts import AmountView
from auditor.render.asff_limits import Json, Value, batches, fit
from auditor.render.format import File, Format
from auditor.render.json_line import line
from auditor.render.resource_type import resource_type
from auditor.render.view import RuleView, Scope, View

COMPLIANCE: Mapping[Outcome, str] = {
    Outcome.FAIL: "FAILED",
    Outcome.PASS: "PASSED",
    Outcome.UNKNOWN: "NOT_AVAILABLE",
    Outcome.CRASH: "NOT_AVAILABLE",
    Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
}
LABEL: Mapping[Severity, str] = {
    Severity.INFO: "INFORMATIONAL",
    Severity.LOW: "LOW",
    Severity.MEDIUM: "MEDIUM",
    Severity.HIGH: "HIGH",
    Severity.CRITICAL: "CRITICAL",
}
CONFIDENCE: Mapping[Confidence, int] = {Confidence.HIGH: 90, Confidence.MEDIUM: 60, Confidence.LOW: 30}
"""Our three steps on the scale of 0 to 100: an order, not a measurement."""
TYPES: Mapping[Pillar, str] = {
    Pillar.SECURITY: "Software and Configuration Checks/AWS Security Best Practices",
    Pillar.COST: "Software and Configuration Checks/Cost",
    Pillar.AVAILABILITY: "Software and Configuration Checks/Availability",
}
"""The taxonomy of ASFF has a category for security only; namespaces are fixed, categories are free."""
STANDARDS: Mapping[str, str] = {
    "cis-aws-": "Software and Configuration Checks/Industry and Regulatory Standards/CIS AWS Foundations Benchmark",
    "kisa-isms-p-": "Software and Configuration Checks/Industry and Regulatory Standards/K-ISMS Controls (Korea)",
}
"""The taxonomy's words for frameworks, by how their ids begin."""
PARTITIONS: Mapping[str, str] = {
    "aws": "aws",
    "aws-cn": "aws-cn",
    "aws-us-gov": "aws-us-gov",
    "aws-iso": "aws-us-iso",
    "aws-iso-b": "aws-us-iso-b",
}
"""What ASFF calls the partitions of ARNs. It has no word for others."""
HOME: Mapping[str, str] = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Where each partition keeps its global services."""


def lines(view: View) -> Iterator[bytes]:
    """The batches, a line each. One unfinished batch a region is held in memory, no more."""
    for batch in batches(_findings(view)):
        yield line(batch)


def asff(finding: Finding, rule: RuleView, view: View, region: str) -> Json:
    """One finding of a view, not yet within the limits. ``region`` is where it is imported."""
    scope = view.scope
    account, when = scope.account_id, scope.taken_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made: Json = {
        "SchemaVersion": "2018-10-08",
        "Id": f"awsaudit/{account}/{finding.fingerprint}",
        "ProductArn": f"arn:{scope.partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "awsaudit",
        "CompanyName": "awsaudit",
        "GeneratorId": f"awsaudit/{finding.rule}",
        "AwsAccountId": account,
        "CreatedAt": when,
        "UpdatedAt": when,
        "FindingProviderFields": {
            "Severity": {
                "Label": LABEL[finding.severity if finding.verdict is Outcome.FAIL else Severity.INFO],
                "Original": finding.severity.word,
            },
            "Confidence": CONFIDENCE[finding.confidence],
            "Types": _types(finding),
        },
        "Title": rule.title,
        "Description": f"{finding.name}: {finding.because}",
        "ProductFields": _product_fields(finding, scope, view.money.of(finding)),
        "Resources": [_resource(finding, scope)],
        "Compliance": _compliance(finding),
        "RecordState": "ARCHIVED" if finding.verdict is Outcome.NOT_APPLICABLE else "ACTIVE",
        "Workflow": {"Status": "SUPPRESSED" if finding.waived else "NEW"},
    }
    if finding.verdict is Outcome.FAIL:
        fix = f"{pages.plain(pages.opening(rule.fix))} More: awsaudit rules show {finding.rule}"
        made["Remediation"] = {"Recommendation": {"Text": fix}}
    if finding.waived:
        made["Note"] = {"Text": reasons.waived(finding.waived), "UpdatedBy": finding.waived.owner, "UpdatedAt": when}
    return made


def _findings(view: View) -> Iterator[tuple[str, Json]]:
    rules = {rule.id: rule for rule in view.rules}
    home = _home(view.scope)
    for finding in view.findings:
        region = home if finding.region == GLOBAL else finding.region
        yield region, fit(asff(finding, rules[finding.rule], view, region))


def _home(scope: Scope) -> str:
    home = HOME.get(scope.partition)
    if home and (home in scope.regions or not scope.regions):
        return home
    return scope.regions[0] if scope.regions else HOME["aws"]


def _types(finding: Finding) -> list[Value]:
    standards = [type for prefix, type in STANDARDS.items() if any(control.startswith(prefix) for control in finding.controls)]
    return [TYPES[finding.pillar], *standards]


def _product_fields(finding: Finding, scope: Scope, amounts: tuple[AmountView, ...]) -> Json:
    fields: Json = {
        "awsaudit/rule": finding.rule,
        "awsaudit/verdict": finding.verdict.value,
        "awsaudit/pillar": finding.pillar.value,
        "awsaudit/tool": scope.tool,
    }
    if finding.waived:
        fields["awsaudit/waived"] = reasons.waived(finding.waived)
    if finding.controls:
        fields["awsaudit/controls"] = ", ".join(finding.controls)
    for amount in amounts:
        fields[f"awsaudit/{amount.sense}"] = amount.whole
    if finding.missing:
        fields["awsaudit/missing"] = "; ".join(map(reasons.missing, finding.missing))
    if finding.location:
        fields["awsaudit/location"] = evidence.place(finding.location)
    return fields | {f"awsaudit/evidence/{name}": evidence.value_text(value) for name, value in finding.evidence.items()}


def _resource(finding: Finding, scope: Scope) -> Json:
    known = resource_type(finding.resource)
    made: Json = {"Type": known.security_hub if known else "Other", "Id": finding.resource}
    if scope.partition in PARTITIONS:
        made["Partition"] = PARTITIONS[scope.partition]
    if finding.region != GLOBAL:
        made["Region"] = finding.region
    return {**made, "Details": {"Other": {"Name": finding.name}}}


def _compliance(finding: Finding) -> Json:
    made: Json = {"Status": COMPLIANCE[finding.verdict]}
    if finding.controls:
        made["RelatedRequirements"] = [*finding.controls]
    why = _why(finding)
    return {**made, "StatusReasons": why} if why else made


def _why(finding: Finding) -> list[Value]:
    if finding.verdict is Outcome.CRASH:
        return [{"ReasonCode": "RULE_CRASHED", "Description": finding.because}]
    if finding.verdict is Outcome.NOT_APPLICABLE:
        return [{"ReasonCode": "NOT_APPLICABLE", "Description": finding.because}]
    if finding.verdict is Outcome.UNKNOWN:
        named: list[Value] = [
            {"ReasonCode": one.reason.value.upper(), "Description": reasons.missing(one)} for one in finding.missing
        ]
        return named or [{"ReasonCode": "UNKNOWN", "Description": finding.because}]
    return []


FORMAT = Format(
    name="asff",
    about="every verdict in batches for AWS Security Hub",
    files=lambda view: (File("findings.asff.jsonl", lines(view)),),
)
