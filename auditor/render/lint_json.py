"""The linter's findings as JSON, format 1: a finding on a line of its own. Fields are only ever added within a format."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from auditor.policy.lint.report import Report
from auditor.render.json_line import inert, line


def parts(report: Report) -> Iterator[bytes]:
    """The report as UTF-8 JSON, line by line."""
    yield b'{"findings":[\n'
    for number, finding in enumerate(report.findings):
        yield (b"," if number else b"") + line(finding)
    yield b'],"notes":' + inert(msgspec.json.encode(report.notes).decode()).encode()
    yield b',"files":%d,"policies":%d}\n' % (report.files, report.policies)


def schema() -> bytes:
    """The JSON Schema, as it stands in ``reports/schema/lint-1.schema.json``."""
    from auditor.render.json import published  # the report's own format: not needed to lint

    return published("awsaudit lint, format 1", msgspec.json.schema(Report))
