from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import jsonschema_rs
import pytest

from auditor.render import html as html_report
from auditor.render import json as json_report
from auditor.render.format import Format, formats
from auditor.render.view import View
from tests.render import synthetic
from tests.render.synthetic import HOSTILE

SCHEMA = Path(__file__).parents[2] / "reports" / "schema" / "report-1.schema.json"
FORMATS = list(formats().values())

HASHES = """
from tests.render import synthetic
from tests.render.test_formats import hashes
print("\\n".join(hashes(synthetic.small())))
"""


def hashes(view: View) -> list[str]:
    """What each format makes of it, as one line for each file."""
    return [
        f"{format.name} {name} {hashlib.sha256(content).hexdigest()}"
        for format in FORMATS
        for name, content in format.content(view).items()
    ]


def test_formats_are_found() -> None:
    assert {"html", "json"} <= {format.name for format in FORMATS}


def test_same_input_same_bytes_whatever_the_machine(small: View) -> None:
    """Another time zone, locale, hash seed and working directory give the same report as those of this process."""
    root = str(Path(__file__).parents[2])
    other = {"TZ": "America/St_Johns", "LC_ALL": "ko_KR.UTF-8", "PYTHONHASHSEED": "2", "PYTHONPATH": root}
    assert time.tzname[0] != "NST", "this machine is no other than that one"
    command = [sys.executable, "-W", "error", "-c", HASHES]
    run = subprocess.run(command, env={**os.environ, **other}, cwd="/", capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == hashes(small)


def test_the_schema_is_current() -> None:
    assert SCHEMA.read_bytes() == json_report.schema(), (
        "write `auditor.render.json.schema()` to reports/schema/report-1.schema.json"
    )


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_a_report_keeps_to_the_schema(name: str, request: pytest.FixtureRequest) -> None:
    view: View = request.getfixturevalue(name)
    report = json.loads(json_report.render(view))
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    assert [error.message for error in validator.iter_errors(report)] == []


def test_json_has_a_line_for_each_verdict(small: View) -> None:
    text = json_report.render(small).decode()
    lines = [line.rstrip(",") for line in text.splitlines() if line.startswith('{"rule":')]
    assert len(lines) == small.tally.total
    assert [json.loads(line)["fingerprint"] for line in lines] == [f.fingerprint for f in small.findings]
    report = json.loads(text)
    assert list(report) == [
        "format",
        "tool",
        "account",
        "taken_at",
        "summary",
        "verdicts",
        "rules",
        "frameworks",
        "controls",
        "gaps",
        "calls",
    ]
    assert report["format"] == 1
    assert report["taken_at"] == "2026-11-22T12:00:00Z"
    assert not report["summary"]["complete"]
    assert all("ms" not in call for call in report["calls"])


def test_json_keeps_names_as_they_are(hostile: View) -> None:
    raw = json_report.render(hostile)
    assert HOSTILE["korean"].encode() in raw
    report = json.loads(raw)
    assert {v["name"] for v in report["verdicts"]} >= set(HOSTILE.values())
    assert {v["evidence"]["owner"] for v in report["verdicts"] if v["verdict"] == "fail"} >= set(HOSTILE.values())


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._texts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self._texts.append(data)


def test_html_shows_hostile_names_as_text(hostile: View) -> None:
    html = html_report.render(hostile).decode()
    page = Text()
    page.feed(html)
    text = page.text
    assert "img" not in page.tags
    assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "style")}
    assert html.count("<script>") == html.count("<style>") == 1
    for name in ("script", "attribute", "style", "image", "jinja", "rich", "emoji", "korean", "arabic", "long"):
        assert HOSTILE[name] in text
    assert "invoiceU+202Efdp.exeU+2066" in text
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u2028"} & set(html)
    assert "javascript:" not in page.attributes
    assert 'href="javascript' not in html
    assert '<a href="https://example.com/">web</a>' in html


def test_html_says_each_rule_once(small: View) -> None:
    html = html_report.render(small).decode()
    for cause in small.causes:
        assert html.count(f'id="rule-{cause.rule.id}"') == 1
    assert "What we could not look at, we do not call good" in html


@pytest.mark.parametrize("format", FORMATS, ids=[f.name for f in FORMATS])
def test_a_report_of_nothing(format: Format) -> None:
    content = format.content(synthetic.empty())
    assert content
    assert all(made or name.endswith(".jsonl") for name, made in content.items()), "no lines is a file of lines, too"


def test_a_large_report_stays_small() -> None:
    view = synthetic.large()
    assert (view.tally.total, view.tally.failed, view.tally.unknown) == (25_000, 6_000, 3_000)
    started = time.process_time()
    html = html_report.render(view)
    assert time.process_time() - started < 5
    assert len(html) < 5_000_000
    assert len(json_report.render(view)) < 25_000_000
