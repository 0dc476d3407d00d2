"""Documents with the place of the fault marked: ``«`` and ``»`` stand around it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from auditor.policy.actions import table
from auditor.policy.lint import report
from auditor.policy.lint.check import Found, Kind
from auditor.policy.lint.read import Written, guess
from auditor.policy.lint.report import Finding
from auditor.policy.lint.run import checks, lint
from auditor.source.json_source import JsonPlaces, Span, data, size


def unmarked(text: str) -> tuple[str, Span | None]:
    """The text without the marks, and the place between them."""
    if "«" not in text:
        return text, None
    before, _, rest = text.partition("«")
    marked, _, after = rest.partition("»")
    return before + marked + after, Span(*_place(before), *_place(before + marked))


def _place(text: str) -> tuple[int, int]:
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def findings(text: str, kind: Kind | None = None, attached_to: str = "") -> list[Finding]:
    """What all checks find in a document."""
    raw = data(text)
    written = Written(
        raw=raw, kind=kind or guess(raw), places=JsonPlaces(text), size=size(text), attached_to=attached_to, text=text
    )
    return report.findings("p.json", written, found(written))


def found(written: Written) -> Iterable[Found]:
    return lint(written.policy(), table())


@cache
def known() -> frozenset[str]:
    return frozenset(checks())
