from __future__ import annotations

from datetime import date
from itertools import islice, repeat
from xml.etree import ElementTree

import junitparser
import msgspec
import pytest

from auditor.model.verdict import Outcome, Waived
from auditor.render.junit import FORMAT, parts
from auditor.render.view import View, build
from tests.render import synthetic
from tests.render.synthetic import HOSTILE, RULE, RULES, finding


def read(view: View) -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(FORMAT.content(view)["junit.xml"])


def cases_of(view: View) -> list[tuple[junitparser.TestSuite, junitparser.TestCase]]:
    return [(suite, test) for suite in read(view) for test in suite]


def tiny(*outcomes: Outcome) -> View:
    findings = [finding(outcome.value, outcome) for outcome in outcomes]
    taken = msgspec.structs.replace(synthetic.snapshot(), gaps=())
    return build(taken, findings, {RULE: RULES[RULE]})


def test_exactly() -> None:
    text = FORMAT.content(tiny(Outcome.UNKNOWN, Outcome.PASS))["junit.xml"].decode()
    print_of = {f.name: f.fingerprint for f in tiny(Outcome.UNKNOWN, Outcome.PASS).findings}
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="awsaudit 123456789012" tests="3" failures="0" errors="2" skipped="0" time="0">\n'
        '<testsuite name="the scan" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-11-22T12:00:00">\n'
        '<testcase classname="awsaudit.scan" name="the picture is complete" time="0">\n'
        '<error type="incomplete" message="1 of 2 checks could not be decided">1 of 2 checks could not be decided</error>\n'
        "</testcase>\n"
        "</testsuite>\n"
        '<testsuite name="s3-no-tier-policy: Bucket without a lifecycle rule that moves or expires objects" tests="2" failures="0" '
        'errors="1" skipped="0" time="0" timestamp="2026-11-22T12:00:00">\n'
        '<testcase classname="awsaudit.s3.s3-no-tier-policy" '
        f'name="arn:aws:s3:::pass [{print_of["pass"][:8]}]" time="0"/>\n'
        '<testcase classname="awsaudit.s3.s3-no-tier-policy" '
        f'name="arn:aws:s3:::unknown [{print_of["unknown"][:8]}]" time="0">\n'
        '<error type="unknown" message="could not be decided: no rule moves the objects of unknown">'
        "no rule moves the objects of unknown\n"
        "resource: arn:aws:s3:::unknown\n"
        "name: unknown\n"
        "region: ap-northeast-2\n"
        "missing: s3.GetBucketLifecycleConfiguration: denied, s3:GetLifecycleConfiguration would allow it\n"
        "severity: low, confidence: medium\n"
        f"controls: {', '.join(RULES[RULE].spec.controls)}\n"
        f"fingerprint: {print_of['unknown']}</error>\n"
        "</testcase>\n"
        "</testsuite>\n"
        "</testsuites>\n"
    )


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.FAIL, junitparser.Failure),
        (Outcome.UNKNOWN, junitparser.Error),
        (Outcome.CRASH, junitparser.Error),
        (Outcome.PASS, None),
    ],
)
def test_only_a_pass_is_green(outcome: Outcome, kind: type | None) -> None:
    (_, test) = cases_of(tiny(outcome))[1]
    assert [type(result) for result in test.result] == ([kind] if kind else [])


def test_what_does_not_apply_is_no_test() -> None:
    assert len(cases_of(tiny(Outcome.NOT_APPLICABLE))) == 1


def test_a_waived_failure_is_skipped_with_its_reason() -> None:
    waived = msgspec.structs.replace(finding("old"), waived=Waived("data", "rewritten every day", date(2027, 3, 31)))
    (_, test) = cases_of(build(synthetic.snapshot(), [waived], {RULE: RULES[RULE]}))[1]
    (skipped,) = test.result
    assert isinstance(skipped, junitparser.Skipped)
    assert skipped.message == "waived by data until 2027-03-31: rewritten every day"


def test_a_scan_that_saw_nothing_is_not_green() -> None:
    ((_, test),) = cases_of(synthetic.empty())
    assert isinstance(test.result[0], junitparser.Error)
    assert "nothing was checked" in test.result[0].message


def test_a_complete_scan_is_green() -> None:
    assert cases_of(tiny(Outcome.PASS))[0][1].is_passed


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_the_counts_are_those_of_the_tests(name: str, request: pytest.FixtureRequest) -> None:
    view: View = request.getfixturevalue(name)
    report = read(view)
    told = report.tests, report.failures, report.errors, report.skipped
    suites = [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in report]
    report.update_statistics()  # type: ignore[no-untyped-call]
    assert told == (report.tests, report.failures, report.errors, report.skipped)
    assert suites == [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in report]
    assert report.errors == view.tally.unknown + view.tally.crashed + 1
    assert report.tests == view.tally.total - view.tally.not_applicable + 1
    tests = [(test.classname, test.name) for suite in report for test in suite]
    assert len(set(tests)) == len(tests)


def test_hostile_names_are_text(hostile: View) -> None:
    root = ElementTree.fromstring(FORMAT.content(hostile)["junit.xml"])
    known = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}
    assert {element.tag for element in root.iter()} == known
    told = "".join(element.text or "" for element in root.iter())
    for key in ("script", "attribute", "image", "jinja", "emoji", "korean", "arabic", "long"):
        assert f"name: {HOSTILE[key]}\n" in told
    assert "name: invoice<U+202E>fdp.exe<U+2066>\n" in told


def test_what_xml_cannot_hold_is_shown() -> None:
    view = build(synthetic.snapshot(), [finding("a\x00b\ufffec\uffffd]]>")], {RULE: RULES[RULE]})
    root = ElementTree.fromstring(FORMAT.content(view)["junit.xml"])
    assert "name: a<U+0000>b<U+FFFE>c<U+FFFF>d]]>\n" in "".join(element.text or "" for element in root.iter())


def test_korean_stays() -> None:
    assert "arn:aws:s3:::학습-데이터-3-보관소-서울" in FORMAT.content(synthetic.korean())["junit.xml"].decode()


def test_tests_are_made_as_they_are_asked_for() -> None:
    endless = msgspec.structs.replace(tiny(Outcome.PASS), findings=repeat(finding("logs")))
    assert len(list(islice(parts(endless), 40))) == 40
