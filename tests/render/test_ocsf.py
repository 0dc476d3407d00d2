from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from ocsf_json_schema import (  # type: ignore[import-untyped]
    OcsfJsonSchemaEmbedded,
    get_ocsf_schema,
    get_packaged_versions,
)

from auditor import __version__
from auditor.engine.controls import assess
from auditor.engine.frameworks import Assess, Control, Framework
from auditor.model.fact import Reason, Unknown
from auditor.model.verdict import Finding, Outcome, Severity, Waived
from auditor.render import ocsf
from auditor.render.standing import Judged
from auditor.render.view import View, build
from tests.render import synthetic
from tests.render.synthetic import DENIED, HOSTILE, RULE, RULES, finding, snapshot

WAIVER = Waived("data-platform", "rewritten every day", date(2027, 3, 31))


@pytest.fixture(scope="module")
def official() -> jsonschema_rs.Draft202012Validator:
    """The official schema of the class, with the profile that events claim."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(ocsf.VERSION)).get_class_schema("compliance_finding", ["cloud"])
    return jsonschema_rs.Draft202012Validator(schema)


def view(*findings: Finding) -> View:
    return build(snapshot(), findings, RULES)


def events(view: View) -> list[dict[str, Any]]:
    [content] = ocsf.FORMAT.content(view).values()
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def test_the_schema_is_the_newest_stable_one() -> None:
    stable = [version for version in get_packaged_versions() if "-" not in version]
    assert max(stable, key=lambda version: tuple(map(int, version.split(".")))) == ocsf.VERSION


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_every_event_keeps_to_the_official_schema(
    name: str, official: jsonschema_rs.Draft202012Validator, request: pytest.FixtureRequest
) -> None:
    view: View = request.getfixturevalue(name)
    found = events(view)
    assert len(found) == len(view.findings)
    assert {error.message for event in found for error in official.iter_errors(event)} == set()


def test_the_validator_would_see_a_mistake(official: jsonschema_rs.Draft202012Validator) -> None:
    [event] = events(view(finding("a")))
    assert official.is_valid(event)
    assert not official.is_valid({**event, "severity_id": 7})
    assert not official.is_valid({**event, "colour": "red"})
    assert not official.is_valid({name: value for name, value in event.items() if name != "cloud"})


def test_a_failure_in_full() -> None:
    one = msgspec.structs.replace(finding("data"), severity=Severity.HIGH, evidence={"count": 0})
    [event] = events(view(one))
    remediation = event.pop("remediation")
    assert remediation == {"desc": RULES[RULE].page.fix}
    title = RULES[RULE].page.title
    assert event == {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": 1795348800000,
        "severity_id": 4,
        "severity": "High",
        "confidence_id": 2,
        "confidence": "Medium",
        "status_id": 1,
        "status": "New",
        "message": "no rule moves the objects of data",
        "metadata": {
            "version": "1.8.0",
            "product": {"name": "awsaudit", "vendor_name": "awsaudit", "version": __version__},
            "profiles": ["cloud"],
            "uid": f"{one.fingerprint}-1795348800000",
            "event_code": RULE,
        },
        "finding_info": {
            "uid": one.fingerprint,
            "title": title,
            "desc": "no rule moves the objects of data",
            "types": ["cost"],
            "created_time": 1795348800000,
            "analytic": {"uid": RULE, "name": title, "type_id": 1, "type": "Rule"},
        },
        "compliance": {
            "control": RULE,
            "desc": title,
            "category": "cost",
            "standards": ["fsbp"],
            "requirements": ["fsbp:S3.13"],
            "checks": [{"uid": "S3.13", "standards": ["fsbp"], "status_id": 3, "status": "Fail"}],
            "status_id": 3,
            "status": "Fail",
            "status_code": "fail",
            "status_details": ["no rule moves the objects of data"],
        },
        "resources": [
            {
                "uid": "arn:aws:s3:::data",
                "name": "data",
                "type": "AWS::S3::Bucket",
                "region": "ap-northeast-2",
                "cloud_partition": "aws",
            }
        ],
        "cloud": {
            "provider": "AWS",
            "region": "ap-northeast-2",
            "cloud_partition": "aws",
            "account": {"uid": "123456789012", "type": "AWS Account", "type_id": 10},
        },
        "evidences": [{"data": {"count": 0}}],
        "unmapped": {
            "severity": "high",
            "service": "s3",
            "location": {"document": "bucket policy", "pointer": "/Statement/data", "line": 3, "column": 7},
        },
    }


@pytest.mark.parametrize(
    ("outcome", "compliance", "severity"),
    [
        (Outcome.FAIL, (3, "Fail"), "Low"),
        (Outcome.PASS, (1, "Pass"), "Informational"),
        (Outcome.UNKNOWN, (0, "Unknown"), "Unknown"),
        (Outcome.CRASH, (0, "Unknown"), "Unknown"),
        (Outcome.NOT_APPLICABLE, (99, "Not Applicable"), "Informational"),
    ],
)
def test_each_verdict_has_its_status(outcome: Outcome, compliance: tuple[int, str], severity: str) -> None:
    [event] = events(view(finding("a", outcome)))
    said = event["compliance"]
    assert (said["status_id"], said["status"]) == compliance
    assert said["status_code"] == outcome.value
    assert {(check["status_id"], check["status"]) for check in said["checks"]} == {compliance}
    assert event["severity"] == severity
    assert event["unmapped"]["severity"] == "low"
    assert (event["status_id"], event["status"]) == (1, "New")


def test_what_is_missing_is_said_and_how_to_get_it() -> None:
    silent = Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
    [event] = events(view(msgspec.structs.replace(finding("a", Outcome.UNKNOWN), missing=(DENIED, silent))))
    assert event["compliance"]["status_details"][1:] == [
        "s3.GetBucketLifecycleConfiguration: denied, s3:GetLifecycleConfiguration would allow it",
        "cloudwatch.GetMetricData: no data",
    ]
    assert event["remediation"] == {"desc": "Allow s3:GetLifecycleConfiguration, then scan again."}
    assert event["unmapped"]["missing"] == [
        {"reason": "denied", "call": "s3.GetBucketLifecycleConfiguration", "action": "s3:GetLifecycleConfiguration"},
        {"reason": "no_data", "call": "cloudwatch.GetMetricData", "action": "cloudwatch:GetMetricData"},
    ]


def test_a_waived_failure_still_fails() -> None:
    [event] = events(view(msgspec.structs.replace(finding("a"), waived=WAIVER)))
    assert (event["status_id"], event["status"]) == (3, "Suppressed")
    assert event["status_detail"] == "waived by data-platform until 2027-03-31: rewritten every day"
    assert event["compliance"]["status"] == "Fail"
    assert event["unmapped"]["waived"] == {
        "owner": "data-platform",
        "reason": "rewritten every day",
        "expires": "2027-03-31",
    }


def test_what_is_global_has_no_region() -> None:
    [event] = events(view(finding("a", region="global")))
    assert "region" not in event["cloud"]
    assert "region" not in event["resources"][0]


def test_names_of_frameworks_and_controls_where_the_report_is_about_them() -> None:
    control = Control(id="S3.13", title="Buckets have lifecycle rules", assess=Assess.AUTO)
    framework = Framework(id="fsbp", name="Best practices", version="1.0", publisher="AWS", controls=(control,))
    found = [finding("a")]
    known = tuple(RULES.values())
    assessed = assess(snapshot(), {"fsbp": framework}, framework, known=known, ran=set(RULES), findings=found)
    [event] = events(build(snapshot(), found, RULES, judged=[Judged(framework=framework, controls=assessed)]))
    assert event["compliance"]["standards"] == ["Best practices 1.0"]
    assert event["compliance"]["checks"] == [
        {
            "uid": "S3.13",
            "name": "Buckets have lifecycle rules",
            "standards": ["Best practices 1.0"],
            "status_id": 3,
            "status": "Fail",
        }
    ]


def test_hostile_text_is_inert_and_intact(hostile: View) -> None:
    [content] = ocsf.FORMAT.content(hostile).values()
    text = content.decode()
    assert len(text.splitlines()) == text.count("\n") == len(hostile.findings)
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u2028"} & set(text)
    names = {event["resources"][0]["name"] for event in events(hostile)}
    assert names >= set(HOSTILE.values())
    assert HOSTILE["korean"] in text
    assert HOSTILE["emoji"] in text
    links = {link for event in events(hostile) for link in event.get("remediation", {}).get("references", [])}
    assert "https://example.com/" in links
    assert all(link.startswith("https://") for link in links)


def test_korean_names_stay_readable() -> None:
    [content] = ocsf.FORMAT.content(synthetic.korean()).values()
    assert content.decode().count('"name":"학습-데이터-0-보관소-서울"') == 1


def test_nothing_checked_is_an_empty_file() -> None:
    assert ocsf.FORMAT.content(synthetic.empty()) == {"findings.ocsf.jsonl": b""}


def test_events_come_one_by_one() -> None:
    taken = 0

    def counted() -> Iterator[Finding]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield finding(f"bucket-{number}")

    lazy = msgspec.structs.replace(view(), findings=counted())
    parts = iter(ocsf.events(lazy))
    assert json.loads(next(parts))["resources"][0]["name"] == "bucket-0"
    assert taken == 1
    assert sum(1 for _ in parts) == 999
