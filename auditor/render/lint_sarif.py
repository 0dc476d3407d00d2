"""The linter's findings as SARIF 2.1.0, for code scanning. What is suppressed is a result with its suppression."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import msgspec

from auditor import __version__
from auditor.policy.lint.check import Check, Level
from auditor.policy.lint.report import Finding, LevelWord, Report
from auditor.render.json_line import line
from auditor.render.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000
"""Results of a run: GitHub refuses more."""

Json = dict[str, object]

_LEVELS: Mapping[LevelWord, str] = {"error": "error", "security": "error", "warning": "warning", "suggestion": "note"}


def parts(report: Report, checks: Mapping[str, Check]) -> Iterator[bytes]:
    """The log as UTF-8 JSON, a result on each line."""
    used = [checks[name] for name in sorted({one.check for one in report.findings})]
    places = {check.id: number for number, check in enumerate(used)}
    yield b'{"$schema":' + _json(SCHEMA) + b',"version":"2.1.0","runs":[\n'
    seen: Counter[str] = Counter()
    for number in range(0, max(len(report.findings), 1), RESULTS):
        yield b"," if number else b""
        yield b'{"tool":{"driver":{"name":"awsaudit","version":' + _json(__version__) + b',"rules":[\n'
        for index, check in enumerate(used):
            yield (b"," if index else b"") + line(_rule(check))
        yield b']}},"columnKind":"unicodeCodePoints","invocations":' + _json([_invocation(report.notes)]) + b',"results":[\n'
        for index, finding in enumerate(report.findings[number : number + RESULTS]):
            yield (b"," if index else b"") + line(_result(finding, places, seen))
        yield b'],"properties":{"files":%d,"policies":%d}}\n' % (report.files, report.policies)
    yield b"]}\n"


def _invocation(notes: Sequence[str]) -> Json:
    noted = [{"level": "note", "message": {"text": _message(note)}} for note in notes]
    return {"executionSuccessful": True, "toolConfigurationNotifications": noted}


def _rule(check: Check) -> Json:
    properties: Json = {"tags": ["iam", check.level.value]}
    if check.level is Level.SECURITY:
        properties["security-severity"] = "7.0"
    return {
        "id": check.id,
        "name": "".join(part.capitalize() for part in check.id.split("-")),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {"text": f"{check.why}\n\nSource: {check.source}"},
        "defaultConfiguration": {"level": _LEVELS[check.level.value]},
        "properties": properties,
    }


def _result(one: Finding, places: Mapping[str, int], seen: Counter[str]) -> Json:
    text = f"{one.within}: {one.message}" if one.within else one.message
    text += f"; fix: {one.fix}" if one.fix else ""
    # Lines move; what stands where in the document, and the how manieth it is, stay.
    print_ = hashlib.sha256(f"{one.file}\0{one.check}\0{one.pointer}\0{one.message}".encode("utf-8", "replace")).hexdigest()[:32]
    seen[print_] += 1
    result: Json = {
        "ruleId": one.check,
        "ruleIndex": places[one.check],
        "level": _LEVELS[one.level],
        "message": {"text": _message(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(one.file)},
                    "region": {
                        "startLine": one.line,
                        "startColumn": one.column,
                        "endLine": one.end_line,
                        "endColumn": max(one.end_column, one.column) if one.end_line == one.line else one.end_column,
                    },
                },
                "logicalLocations": [
                    {"fullyQualifiedName": visible(one.pointer), "kind": "value"},
                    *([{"fullyQualifiedName": visible(one.within), "kind": "resource"}] if one.within else ()),
                ],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{print_}:{seen[print_]}", "awsaudit/v1": f"{print_}:{seen[print_]}"},
        "properties": {"type": one.type, "level": one.level},
    }
    if one.suppressed is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _message(one.suppressed)}]
    return result


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/").removeprefix("./"), safe="/") or "stdin"


def _message(text: str) -> str:
    """The text as a message that has no placeholders (braces are doubled, as the standard has it) and no links."""
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", r"]\(")


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
