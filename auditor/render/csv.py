"""Every verdict as a row of a spreadsheet: ``findings.csv``, RFC 4180.

It begins with a byte order mark, without which Excel reads Hangul as the code page of the machine; programs read it as ``utf-8-sig``.
Account ids have the console's dashes, as spreadsheets drop leading zeros. What a spreadsheet would run as a formula has an apostrophe
before it, also after a semicolon, which separates cells where a comma is the decimal mark. A record for auditors: all verdicts are in
it, passes and waived failures, too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping

from auditor.model.verdict import Finding
from auditor.render import reasons
from auditor.render.evidence import pairs, place
from auditor.render.format import File, Format
from auditor.render.json_money import figure
from auditor.render.view import View
from auditor.render.visible import visible

LONGEST = 32_767
"""Characters of a cell, in UTF-16 units: Excel's limit."""
_CUT = " … cut here, the JSON report has it all"
_FORMULA = re.compile(r"""(^|;)(?=[\s"'\u200c\u200d]*[=+\-@\uff0b\uff0d\uff1d\uff20])""")
"""Where a cell can begin that is a formula, behind white space and quotes, too; Excel takes full-width signs for the same."""

_Cell = Callable[[View, Finding, Mapping[str, str]], str]
_CELLS: Mapping[str, _Cell] = {
    "account": lambda view, _f, _t: _dashed(view.scope.account_id),
    "taken_at": lambda view, _f, _t: f"{view.scope.taken_at:%Y-%m-%dT%H:%M:%SZ}",
    "rule": lambda _v, finding, _t: finding.rule,
    "title": lambda _v, finding, titles: titles[finding.rule],
    "verdict": lambda _v, finding, _t: finding.verdict.value,
    "severity": lambda _v, finding, _t: finding.severity.word,
    "confidence": lambda _v, finding, _t: finding.confidence.value,
    "pillar": lambda _v, finding, _t: finding.pillar.value,
    "service": lambda _v, finding, _t: finding.service,
    "region": lambda _v, finding, _t: finding.region,
    "resource": lambda _v, finding, _t: finding.resource,
    "name": lambda _v, finding, _t: finding.name,
    "location": lambda _v, finding, _t: place(finding.location) if finding.location else "",
    "because": lambda _v, finding, _t: finding.because,
    "evidence": lambda _v, finding, _t: "; ".join(f"{name}: {value}" for name, value in pairs(finding.evidence)),
    "missing": lambda _v, finding, _t: "; ".join(map(reasons.missing, finding.missing)),
    "missing_actions": lambda _v, finding, _t: " ".join(dict.fromkeys(m.action for m in finding.missing if m.action)),
    "controls": lambda _v, finding, _t: " ".join(finding.controls),
    "waived_by": lambda _v, finding, _t: finding.waived.owner if finding.waived else "",
    "waived_because": lambda _v, finding, _t: finding.waived.reason if finding.waived else "",
    "waived_until": lambda _v, finding, _t: f"{finding.waived.expires}" if finding.waived else "",
    "fingerprint": lambda _v, finding, _t: finding.fingerprint,
    "saving": lambda view, finding, _t: _amount(view, finding, "saving"),
    "cost": lambda view, finding, _t: _amount(view, finding, "cost"),
    "currency": lambda view, finding, _t: " ".join(dict.fromkeys(one.money.currency for one in view.money.of(finding))),
    "counted": lambda view, finding, _t: " ".join(one.counted.value for one in view.money.of(finding) if one.counted),
    "money": lambda view, finding, _t: "; ".join(one.whole for one in view.money.of(finding)),
    "once": lambda view, finding, _t: _amount(view, finding, "once"),
}
"""The columns, and what stands in them."""


def _amount(view: View, finding: Finding, sense: str) -> str:
    """The exact amount, in a month or once, for a spreadsheet to add up: unknown is an empty cell, never zero."""
    return next(
        (figure(one.money.amount) for one in view.money.of(finding) if one.sense == sense and one.money.amount is not None), ""
    )


class _Line:
    """What the writer writes to: it hands each line back, so that none is kept."""

    def write(self, line: str) -> str:
        return line


def parts(view: View) -> Iterator[bytes]:
    """The file line by line, the header first."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    titles = {rule.id: rule.title for rule in view.rules}
    yield b"\xef\xbb\xbf" + writer.writerow(_CELLS).encode()
    for finding in view.findings:
        yield writer.writerow(cell(of(view, finding, titles)) for of in _CELLS.values()).encode()


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet runs, breaks at a control character or refuses as too long."""
    shown = _FORMULA.sub(r"\1'", visible(text))
    return shown if len(shown) * 2 <= LONGEST else _cut(shown)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST:
        return text
    # Half of a pair at the end is dropped.
    return units[: (LONGEST - len(_CUT)) * 2].decode("utf-16-le", "ignore") + _CUT


def _dashed(account: str) -> str:
    return f"{account[:4]}-{account[4:8]}-{account[8:]}" if len(account) == 12 else account


FORMAT = Format(
    name="csv",
    about="a row for every verdict, safe to open in a spreadsheet",
    files=lambda view: (File("findings.csv", parts(view)),),
)
