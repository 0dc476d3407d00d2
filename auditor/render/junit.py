"""JUnit XML, for the test view of a CI server: ``junit.xml``.

A suite is a rule, as servers show suites with their counts; a test is the rule on one resource. Its name ends with the beginning of the
fingerprint: a rule can say several things of one resource, and GitLab drops all but the first test of a name. What fails is a failure.
What could not be decided, or crashed, is an error: GitLab, Jenkins and the reporters for GitHub show errors red beside failures, but
skipped tests grey or green, and unknown is never green. A waived failure is skipped, with the waiver. What a rule does not apply to is no
test. The first suite has one test, that the picture is complete; so a scan that saw nothing is not green, either.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from auditor.model.verdict import Finding, Outcome
from auditor.render import pages, reasons
from auditor.render.amounts import AmountView
from auditor.render.evidence import pairs, place
from auditor.render.format import File, Format
from auditor.render.view import RuleView, Tally, View
from auditor.render.visible import visible


def parts(view: View) -> Iterator[bytes]:
    """The file, test by test."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    for line in _suites(view):
        yield f"{line}\n".encode()


def _suites(view: View) -> Iterator[str]:
    tally = view.tally
    failures, errors, skipped = tally.failed, tally.unknown + tally.crashed, tally.waived
    incomplete = int(bool(view.incomplete))
    tests = failures + errors + skipped + tally.passed
    yield (
        f'<testsuites name={_quoted(f"awsaudit {view.scope.account_id}")} tests="{tests + 1}" failures="{failures}" '
        f'errors="{errors + incomplete}" skipped="{skipped}" time="0">'
    )
    yield from _scan(view)
    known = {rule.id: (rule, tally) for rule, tally in view.tallies}
    tested = (finding for finding in view.findings if finding.verdict is not Outcome.NOT_APPLICABLE)
    for id, findings in groupby(tested, key=lambda finding: finding.rule):
        yield from _suite(view, *known[id], findings)
    yield "</testsuites>"


def _scan(view: View) -> Iterator[str]:
    incomplete = int(bool(view.incomplete))
    yield (
        f'<testsuite name="the scan" tests="1" failures="0" errors="{incomplete}" skipped="0" time="0" timestamp="{_time(view)}">'
    )
    yield '<testcase classname="awsaudit.scan" name="the picture is complete" time="0">'
    if view.incomplete:
        gaps = [f"{gap.what}: {gap.detail} ({gap.reason.value.replace('_', ' ')})" for gap in view.gaps]
        yield _answer("error", "incomplete", "; ".join(view.incomplete), [*view.incomplete, *gaps])
    yield "</testcase>"
    if view.notes:
        yield f"<system-out>{_text(view.notes)}</system-out>"
    yield "</testsuite>"


def _suite(view: View, rule: RuleView, tally: Tally, findings: Iterator[Finding]) -> Iterator[str]:
    errors = tally.unknown + tally.crashed
    tests = tally.failed + errors + tally.waived + tally.passed
    yield (
        f'<testsuite name={_quoted(f"{rule.id}: {rule.title}")} tests="{tests}" failures="{tally.failed}" errors="{errors}" '
        f'skipped="{tally.waived}" time="0" timestamp="{_time(view)}">'
    )
    fix = pages.plain(pages.opening(rule.fix))
    for finding in findings:
        yield from _test(finding, fix, view.money.of(finding))
    yield "</testsuite>"


def _test(finding: Finding, fix: str, amounts: tuple[AmountView, ...]) -> Iterator[str]:
    start = (
        f"<testcase classname={_quoted(f'awsaudit.{finding.service}.{finding.rule}')} "
        f'name={_quoted(f"{finding.resource} [{finding.fingerprint[:8]}]")} time="0"'
    )
    if finding.verdict is Outcome.PASS:
        yield f"{start}/>"
        return
    yield f"{start}>"
    if finding.waived:
        yield f"<skipped message={_quoted(reasons.waived(finding.waived))}/>"
    elif finding.verdict is Outcome.FAIL:
        yield _answer("failure", finding.severity.word, finding.because, _details(finding, fix, amounts))
    elif finding.verdict is Outcome.UNKNOWN:
        yield _answer("error", "unknown", f"could not be decided: {finding.because}", _details(finding, "", amounts))
    else:
        yield _answer("error", "crash", f"the rule crashed: {finding.because}", _details(finding, "", amounts))
    yield "</testcase>"


def _details(finding: Finding, fix: str, amounts: tuple[AmountView, ...]) -> list[str]:
    lines = [finding.because, f"resource: {finding.resource}", f"name: {finding.name}", f"region: {finding.region}"]
    if finding.location:
        lines.append(f"at: {place(finding.location)}")
    lines += [f"{name}: {value}" for name, value in pairs(finding.evidence)]
    lines += [f"{one.sense}: {one.whole}" for one in amounts]
    lines += [f"missing: {reasons.missing(missing)}" for missing in finding.missing]
    lines.append(f"severity: {finding.severity.word}, confidence: {finding.confidence.value}")
    if finding.controls:
        lines.append(f"controls: {', '.join(finding.controls)}")
    if fix:
        lines.append(f"fix: {fix}")
    return [*lines, f"fingerprint: {finding.fingerprint}"]


def _answer(tag: str, kind: str, message: str, lines: list[str]) -> str:
    return f'<{tag} type="{kind}" message={_quoted(message)}>{_text(lines)}</{tag}>'


def _time(view: View) -> str:
    return f"{view.scope.taken_at:%Y-%m-%dT%H:%M:%S}"


def _text(lines: list[str] | tuple[str, ...]) -> str:
    return escape("\n".join(visible(line) for line in lines))


def _quoted(text: str) -> str:
    return f'"{_text([text])}"'


FORMAT = Format(
    name="junit",
    about="JUnit XML for the test view of a CI server; unknown is an error there",
    files=lambda view: (File("junit.xml", parts(view)),),
)
