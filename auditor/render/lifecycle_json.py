"""The lifecycle linter's report as JSON, format 1: a configuration on a line of its own. Fields are only ever added within a format."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from auditor.lifecycle.report import Report
from auditor.render.json_line import inert, line


def parts(report: Report) -> Iterator[bytes]:
    """The report as UTF-8 JSON, line by line."""
    yield b'{"files":[\n'
    for number, one in enumerate(report.files):
        yield (b"," if number else b"") + line(one)
    yield b'],"notes":' + inert(msgspec.json.encode(report.notes).decode()).encode()
    yield b',"advice":' + line(report.advice).rstrip(b"\n") + b"}\n"


def schema() -> bytes:
    """The JSON Schema, as it stands in ``reports/schema/lifecycle-1.schema.json``."""
    from auditor.render.json import published  # the report's own format: not needed to lint

    return published("awsaudit lifecycle, format 1", msgspec.json.schema(Report))
