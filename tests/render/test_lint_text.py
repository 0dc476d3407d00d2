from __future__ import annotations

import msgspec
import pytest

from auditor.policy.lint.report import Finding, Report
from auditor.render.lint_text import summary, text

FINDING = Finding(
    file="p.json",
    type="identity",
    check="invalid-effect",
    level="error",
    pointer="/Statement/0/Effect",
    line=1,
    column=3,
    end_line=1,
    end_column=5,
    message="what is wrong",
    why="Because.",
    fix="",
)


def report(*findings: Finding) -> Report:
    return Report(findings=findings, files=1, policies=2)


def shown(source: str, **changes: object) -> list[str]:
    return list(text(report(msgspec.structs.replace(FINDING, **changes)), {"p.json": source}))


@pytest.mark.parametrize(
    ("source", "changes", "line", "mark"),
    [
        ("abcdef", {}, "1 | abcdef", "  |   ^^"),
        ("\tbcdef", {}, "1 |  bcdef", "  |   ^^"),
        ("漢bcdef", {}, "1 | 漢bcdef", "  |    ^^"),
        ("ab\x1bdef", {}, "1 | ab<U+001B>def", "  |   ^^^^^^^^^"),
        ("abc", {"end_line": 2}, "1 | abc", "  |   ^"),
        ("ab", {"end_column": 3}, "1 | ab", "  |   ^"),
        ("x" * 300, {"column": 201, "end_column": 203}, f"1 | …{'x' * 119}…", f"  | {' ' * 41}^^"),
        ("x" * 300, {"column": 1, "end_column": 301}, f"1 | {'x' * 120}…", f"  | {'^' * 121}"),
    ],
)
def test_the_fault_is_marked(source: str, changes: dict[str, object], line: str, mark: str) -> None:
    assert shown(source, **changes)[1:3] == [line, mark]


def test_without_the_text_the_rest_is_said() -> None:
    assert list(text(report(FINDING), {})) == [
        "p.json:1:3: error[invalid-effect]: what is wrong",
        "  = why: Because.",
        "",
        "1 error in 1 file; 2 policies in 1 file checked",
    ]


def test_colors() -> None:
    first, *_ = text(report(FINDING), {}, color=True)
    assert first == "\x1b[1mp.json:1:3\x1b[0m: \x1b[1;31merror[invalid-effect]\x1b[0m: what is wrong"


def test_the_summary() -> None:
    security = msgspec.structs.replace(FINDING, level="security", file="q.json")
    hidden = msgspec.structs.replace(FINDING, suppressed="known", file="r.json")
    read = "2 policies in 1 file checked"
    assert summary(report()) == f"no findings; {read}"
    assert summary(report(hidden)) == f"no findings; 1 suppressed; {read}"
    assert summary(report(FINDING, security, security, hidden)) == (
        f"1 error, 2 security findings in 2 files; 1 suppressed; {read}"
    )
    assert summary(Report(findings=(), files=1200, policies=1)) == "no findings; 1 policy in 1,200 files checked"
