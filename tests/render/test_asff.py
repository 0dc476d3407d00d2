from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import botocore.session
import msgspec
import pytest
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.fact import Reason, Unknown
from auditor.model.resource import GLOBAL
from auditor.model.verdict import Confidence, Finding, Location, Outcome, Pillar, Severity, Waived
from auditor.render import asff
from auditor.render.asff_limits import BLANK, CUT, ELLIPSIS, LIMITS, fit, shortened, size, units
from auditor.render.resource_type import TYPES
from auditor.render.view import View, build
from tests.render import synthetic
from tests.render.synthetic import DENIED, HOSTILE, RULE, RULES, finding, snapshot

QUIET = snapshot()


@pytest.fixture(scope="module")
def service() -> ServiceModel:
    """AWS's own model of the API."""
    return botocore.session.get_session().get_service_model("securityhub")


@pytest.fixture(scope="module")
def operation(service: ServiceModel) -> OperationModel:
    return service.operation_model("BatchImportFindings")


def view(*findings: Finding, partition: str = "aws", regions: tuple[str, ...] = ("ap-northeast-2", "us-east-1")) -> View:
    header = msgspec.structs.replace(QUIET.header, partition=partition, regions=regions)
    return build(msgspec.structs.replace(QUIET, header=header), findings, RULES)


def batches(view: View) -> list[list[dict[str, Any]]]:
    [content] = asff.FORMAT.content(view).values()
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def findings(view: View) -> list[dict[str, Any]]:
    return [finding for batch in batches(view) for finding in batch]


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path, as the table of limits writes paths."""
    yield path, value
    if isinstance(value, list):
        for item in value:
            yield from paths(item, f"{path}[]")
    elif isinstance(value, dict):
        for name, item in value.items():
            if f"{path}.*" in LIMITS:
                yield f"{path}.{{}}", name
                yield from paths(item, f"{path}.*")
            else:
                yield from paths(item, f"{path}.{name}".removeprefix("."))


def broken(finding: dict[str, Any]) -> list[str]:
    """The limits that a finding does not keep."""
    over = [
        path
        for path, value in paths(finding)
        if path in LIMITS and (units(value) if isinstance(value, str) else len(value)) > LIMITS[path].most
    ]
    blank = [path for path, value in paths(finding) if isinstance(value, str) and not value.strip()]
    large = ["size"] if len(json.dumps(finding).encode()) > 240_000 else []
    return over + blank + large


def check(found: list[list[dict[str, Any]]], operation: OperationModel) -> None:
    for batch in found:
        assert operation.input_shape is not None
        report = ParamValidator().validate({"Findings": batch}, operation.input_shape)
        assert not report.has_errors(), report.generate_report()
        assert 1 <= len(batch) <= 100
        assert len(json.dumps({"Findings": batch}).encode()) <= 6_000_000
        assert len({one["ProductArn"] for one in batch}) == 1
        for one in batch:
            assert broken(one) == []
            assert not any(name.startswith("aws/") for name in one["ProductFields"])


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_every_batch_is_a_valid_request(name: str, operation: OperationModel, request: pytest.FixtureRequest) -> None:
    view: View = request.getfixturevalue(name)
    found = batches(view)
    check(found, operation)
    ids = {one["Id"] for batch in found for one in batch}
    assert ids == {f"awsaudit/{view.scope.account_id}/{one.fingerprint}" for one in view.findings}


def test_the_checks_would_see_a_mistake(operation: OperationModel) -> None:
    [[one]] = batches(view(finding("a")))
    for wrong in (
        {**one, "Title": "x" * 257},
        {**one, "Title": " "},
        {**one, "Titel": "x"},
        {**one, "Resources": [{"Id": "x"}]},
        {**one, "ProductFields": {str(number): "x" for number in range(51)}},
        {**one, "Description": 7},
    ):
        with pytest.raises(AssertionError):
            check([[wrong]], operation)


def test_the_table_names_what_the_api_has(service: ServiceModel) -> None:
    attribute = {"[]": "member", "{}": "key", "*": "value"}
    for path in LIMITS:
        shape: Any = service.shape_for("AwsSecurityFinding")
        for step in path.replace("[]", ".[]").split("."):
            shape = getattr(shape, attribute[step]) if step in attribute else shape.members[step]


def test_enumerations_are_those_of_the_api(service: ServiceModel) -> None:
    def words(name: str) -> set[str]:
        shape: Any = service.shape_for(name)
        return set(shape.enum)

    assert set(asff.COMPLIANCE.values()) <= words("ComplianceStatus")
    assert set(asff.LABEL.values()) == words("SeverityLabel")
    assert set(asff.PARTITIONS.values()) <= words("Partition")
    assert {"ACTIVE", "ARCHIVED"} == words("RecordState")
    assert {"NEW", "SUPPRESSED"} <= words("WorkflowStatus")
    types = {type.security_hub for type in TYPES.values()} - {"AwsAccount", "Other"}
    details: Any = service.shape_for("ResourceDetails")
    assert types <= set(details.members)


def test_a_failure_in_full() -> None:
    one = msgspec.structs.replace(finding("data"), severity=Severity.HIGH, evidence={"count": 0, "rules": ["a", "b"]})
    [[made]] = batches(view(one))
    text = made.pop("Remediation")["Recommendation"]["Text"]
    assert text.startswith("Add a lifecycle rule that moves objects to S3 Intelligent-Tiering")
    assert text.endswith(" More: awsaudit rules show s3-no-tier-policy")
    assert made == {
        "SchemaVersion": "2018-10-08",
        "Id": f"awsaudit/123456789012/{one.fingerprint}",
        "ProductArn": "arn:aws:securityhub:ap-northeast-2:123456789012:product/123456789012/default",
        "ProductName": "awsaudit",
        "CompanyName": "awsaudit",
        "GeneratorId": "awsaudit/s3-no-tier-policy",
        "AwsAccountId": "123456789012",
        "CreatedAt": "2026-11-22T12:00:00.000Z",
        "UpdatedAt": "2026-11-22T12:00:00.000Z",
        "FindingProviderFields": {
            "Severity": {"Label": "HIGH", "Original": "high"},
            "Confidence": 60,
            "Types": ["Software and Configuration Checks/Cost"],
        },
        "Title": RULES[RULE].page.title,
        "Description": "data: no rule moves the objects of data",
        "ProductFields": {
            "awsaudit/rule": "s3-no-tier-policy",
            "awsaudit/verdict": "fail",
            "awsaudit/pillar": "cost",
            "awsaudit/tool": view().scope.tool,
            "awsaudit/controls": "fsbp:S3.13",
            "awsaudit/location": "bucket policy line 3 column 7 /Statement/data",
            "awsaudit/evidence/count": "0",
            "awsaudit/evidence/rules": "a, b",
        },
        "Resources": [
            {
                "Type": "AwsS3Bucket",
                "Id": "arn:aws:s3:::data",
                "Partition": "aws",
                "Region": "ap-northeast-2",
                "Details": {"Other": {"Name": "data"}},
            }
        ],
        "Compliance": {"Status": "FAILED", "RelatedRequirements": ["fsbp:S3.13"]},
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
    }


@pytest.mark.parametrize(
    ("outcome", "status", "state", "reasons"),
    [
        (Outcome.FAIL, "FAILED", "ACTIVE", []),
        (Outcome.PASS, "PASSED", "ACTIVE", []),
        (Outcome.UNKNOWN, "NOT_AVAILABLE", "ACTIVE", ["DENIED"]),
        (Outcome.CRASH, "NOT_AVAILABLE", "ACTIVE", ["RULE_CRASHED"]),
        (Outcome.NOT_APPLICABLE, "NOT_AVAILABLE", "ARCHIVED", ["NOT_APPLICABLE"]),
    ],
)
def test_each_verdict_has_its_status(outcome: Outcome, status: str, state: str, reasons: list[str]) -> None:
    [made] = findings(view(msgspec.structs.replace(finding("a", outcome), severity=Severity.CRITICAL)))
    assert made["Compliance"]["Status"] == status
    assert made["RecordState"] == state
    assert [reason["ReasonCode"] for reason in made["Compliance"].get("StatusReasons", [])] == reasons
    label = "CRITICAL" if outcome is Outcome.FAIL else "INFORMATIONAL"
    assert made["FindingProviderFields"]["Severity"] == {"Label": label, "Original": "critical"}
    assert ("Remediation" in made) == (outcome is Outcome.FAIL)


def test_what_is_missing_is_said_and_how_to_get_it() -> None:
    silent = Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
    [made] = findings(view(msgspec.structs.replace(finding("a", Outcome.UNKNOWN), missing=(DENIED, silent))))
    assert made["Compliance"]["StatusReasons"] == [
        {
            "ReasonCode": "DENIED",
            "Description": "s3.GetBucketLifecycleConfiguration: denied, s3:GetLifecycleConfiguration would allow it",
        },
        {"ReasonCode": "NO_DATA", "Description": "cloudwatch.GetMetricData: no data"},
    ]
    assert made["ProductFields"]["awsaudit/missing"].endswith("; cloudwatch.GetMetricData: no data")


def test_an_unknown_without_missing_facts_has_a_reason() -> None:
    [made] = findings(view(msgspec.structs.replace(finding("a", Outcome.UNKNOWN), missing=())))
    assert made["Compliance"]["StatusReasons"] == [{"ReasonCode": "UNKNOWN", "Description": "no rule moves the objects of a"}]


def test_a_waived_failure_comes_in_as_suppressed() -> None:
    waiver = Waived("data-platform", "rewritten every day", date(2027, 3, 31))
    [made] = findings(view(msgspec.structs.replace(finding("a"), waived=waiver)))
    said = "waived by data-platform until 2027-03-31: rewritten every day"
    assert made["Workflow"] == {"Status": "SUPPRESSED"}
    assert made["Note"] == {"Text": said, "UpdatedBy": "data-platform", "UpdatedAt": "2026-11-22T12:00:00.000Z"}
    assert made["ProductFields"]["awsaudit/waived"] == said
    assert made["Compliance"]["Status"] == "FAILED"


def test_frameworks_are_types_of_the_taxonomy() -> None:
    controls = ("cis-aws-7.0:2.8", "kisa-isms-p-2023:2.5.1")
    [made] = findings(view(msgspec.structs.replace(finding("a"), controls=controls, pillar=Pillar.SECURITY)))
    base = "Software and Configuration Checks/"
    assert made["FindingProviderFields"]["Types"] == [
        f"{base}AWS Security Best Practices",
        f"{base}Industry and Regulatory Standards/CIS AWS Foundations Benchmark",
        f"{base}Industry and Regulatory Standards/K-ISMS Controls (Korea)",
    ]
    assert made["Compliance"]["RelatedRequirements"] == list(controls)


@pytest.mark.parametrize(
    ("partition", "regions", "home"),
    [
        ("aws", ("ap-northeast-2", "us-east-1"), "us-east-1"),
        ("aws", ("ap-northeast-2", "eu-central-1"), "ap-northeast-2"),
        ("aws", (), "us-east-1"),
        ("aws-cn", ("cn-north-1", "cn-northwest-1"), "cn-north-1"),
        ("aws-us-gov", ("us-gov-east-1", "us-gov-west-1"), "us-gov-west-1"),
    ],
)
def test_what_is_global_goes_to_one_region(partition: str, regions: tuple[str, ...], home: str) -> None:
    [made] = findings(view(finding("a", region=GLOBAL), partition=partition, regions=regions))
    assert made["ProductArn"] == f"arn:{partition}:securityhub:{home}:123456789012:product/123456789012/default"
    assert "Region" not in made["Resources"][0]
    assert made["Resources"][0]["Partition"] == partition


def test_a_partition_that_the_format_has_no_word_for_is_left_out() -> None:
    [made] = findings(view(finding("a"), partition="aws-eusc", regions=("eusc-de-east-1",)))
    assert "Partition" not in made["Resources"][0]


def test_a_batch_is_of_one_region_and_holds_a_hundred_at_most(operation: OperationModel) -> None:
    regions = ("eu-west-1", "us-east-1")
    many = [finding(f"b-{number:03}", region=regions[number % 2]) for number in range(450)]
    found = batches(view(*many))
    check(found, operation)
    assert [len(batch) for batch in found] == [100, 100, 100, 100, 25, 25]
    assert len({one["Id"] for batch in found for one in batch}) == 450


def test_a_batch_keeps_below_six_megabytes(operation: OperationModel) -> None:
    evidence: dict[str, Any] = {f"field_{number}": "학" * 2048 for number in range(15)}
    many = [msgspec.structs.replace(finding(f"b-{number}"), evidence=evidence) for number in range(70)]
    found = batches(view(*many))
    check(found, operation)
    assert sum(map(len, found)) == 70
    assert len(found) > 1
    assert all(len(json.dumps({"Findings": batch})) > 5_700_000 for batch in found[:-1])


def test_a_finding_that_is_too_large_loses_its_last_evidence_and_says_so(operation: OperationModel) -> None:
    evidence: dict[str, Any] = {f"field_{number:02}": "학" * 3000 for number in range(60)}
    [made] = findings(view(msgspec.structs.replace(finding("a"), evidence=evidence)))
    check([[made]], operation)
    kept = [name for name in made["ProductFields"] if "/evidence/" in name]
    assert kept == [f"awsaudit/evidence/field_{number:02}" for number in range(len(kept))]
    assert 10 < len(kept) < 50
    assert made["ProductFields"][kept[0]] == "학" * 2047 + ELLIPSIS
    assert made["ProductFields"][CUT] == "ProductFields"


def test_many_small_values_are_cut_at_fifty() -> None:
    evidence: dict[str, Any] = {f"field_{number:02}": number for number in range(60)}
    [made] = findings(view(msgspec.structs.replace(finding("a"), evidence=evidence)))
    assert len(made["ProductFields"]) == 50
    assert made["ProductFields"][CUT] == "ProductFields"
    assert made["ProductFields"]["awsaudit/rule"] == RULE


def test_names_of_fields_hold_only_what_names_may() -> None:
    [made] = findings(view(msgspec.structs.replace(finding("a"), evidence={"a<b>": 1, "a{b}": 2, "n" * 200: 3, "blank": " "})))
    fields = made["ProductFields"]
    assert fields["awsaudit/evidence/a_b_"] == "1"
    assert fields["awsaudit/evidence/" + "n" * 107 + "..."] == "3"
    assert fields["awsaudit/evidence/blank"] == BLANK
    assert fields[CUT] == "ProductFields"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("", 3, BLANK[:2] + "…"),
        (" \n\t", 10, BLANK),
        ("학습데이터", 3, "학습…"),
        ("🪣🪣", 4, "🪣🪣"),
        ("🪣🪣🪣", 4, "🪣…"),
        ("ab👩‍🔬cd", 6, "ab…"),
        ("abe\u0301fgh", 4, "ab…"),
        ("e" + "\u0301" * 50, 10, "e" + "\u0301" * 8 + "…"),
        ("👍🏽👍🏽", 6, "👍🏽…"),
    ],
)
def test_text_is_cut_between_characters(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short


@given(st.text(max_size=80), st.integers(min_value=12, max_value=40))
def test_cut_text_keeps_the_limit_and_its_beginning(text: str, most: int) -> None:
    short = shortened(text, most)
    assert units(short) <= most
    short.encode()
    if text.strip().strip("\ufeff"):
        assert text == short or (short.endswith(ELLIPSIS) and text.startswith(short[:-1]))
    else:
        assert short == BLANK


ODD = st.text(max_size=40) | st.text(max_size=4).map(lambda text: text * 900) | st.sampled_from(list(HOSTILE.values()))
EVIDENCE = st.recursive(
    st.none() | st.booleans() | st.integers() | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def odd_findings(draw: st.DrawFn) -> Finding:
    text = draw(ODD)
    outcome = draw(st.sampled_from(Outcome))
    waived = Waived(draw(ODD), draw(ODD), date(2027, 1, 1)) if draw(st.booleans()) else None
    missing = st.builds(Unknown, st.sampled_from(Reason), ODD, ODD)
    return Finding(
        rule=RULE,
        verdict=outcome,
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.sampled_from(Confidence)),
        pillar=draw(st.sampled_from(Pillar)),
        service="s3",
        region=draw(st.sampled_from((GLOBAL, "eu-west-1"))),
        resource=f"arn:aws:s3:::{draw(ODD)}",
        name=text,
        location=Location(draw(ODD), draw(ODD), 1, 1) if draw(st.booleans()) else None,
        because=draw(ODD),
        evidence=draw(st.dictionaries(ODD, EVIDENCE, max_size=6)),
        missing=tuple(draw(st.lists(missing, max_size=30))),
        controls=tuple(draw(st.lists(ODD, max_size=40))),
        waived=waived,
        fingerprint=draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
    )


@settings(max_examples=25, deadline=None)
@given(found=st.lists(odd_findings(), max_size=4))
def test_whatever_the_text_a_request_is_valid(operation: OperationModel, found: list[Finding]) -> None:
    made = batches(view(*found))
    check(made, operation)
    assert sum(map(len, made)) == len(found)


def test_the_largest_finding_there_can_be_is_fitted() -> None:
    huge = "학" * 5000
    made = fit(
        {
            "Id": huge,
            "Title": huge,
            "Description": huge,
            "Remediation": {"Recommendation": {"Text": huge}},
            "ProductFields": {f"awsaudit/{number}": huge for number in range(80)},
            "Resources": [{"Id": huge, "Type": "Other", "Details": {"Other": {"Name": huge}}}],
            "Compliance": {
                "RelatedRequirements": [huge] * 40,
                "StatusReasons": [{"ReasonCode": huge, "Description": huge}] * 30,
            },
            "Note": {"Text": huge, "UpdatedBy": huge},
        }
    )
    assert size(made) <= 240_000
    assert broken(made) == []
    fields = made["ProductFields"]
    assert isinstance(fields, dict)
    assert fields[CUT] == "Compliance.RelatedRequirements, Compliance.StatusReasons, ProductFields"


def test_hostile_text_is_inert_and_intact(hostile: View) -> None:
    [content] = asff.FORMAT.content(hostile).values()
    text = content.decode()
    assert len(text.splitlines()) == text.count("\n")
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u2028"} & set(text)
    assert {one["Resources"][0]["Details"]["Other"]["Name"] for one in findings(hostile)} >= set(HOSTILE.values())
    assert HOSTILE["korean"] in text
    assert HOSTILE["emoji"] in text


def test_korean_names_stay_readable() -> None:
    [content] = asff.FORMAT.content(synthetic.korean()).values()
    assert '"Description":"학습-데이터-0-보관소-서울: no rule moves the objects of 학습-데이터-0-보관소-서울"' in content.decode()


def test_nothing_checked_is_an_empty_file() -> None:
    assert asff.FORMAT.content(synthetic.empty()) == {"findings.asff.jsonl": b""}


def test_a_batch_comes_as_soon_as_it_is_full() -> None:
    taken = 0

    def counted() -> Iterator[Finding]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield finding(f"bucket-{number}")

    lazy = msgspec.structs.replace(view(), findings=counted())
    parts = iter(asff.lines(lazy))
    assert len(json.loads(next(parts))) == 100
    assert taken == 101
    assert sum(1 for _ in parts) == 9


def test_the_loop_of_the_docstring_sends_each_batch_to_its_region(hostile: View, tmp_path: Path) -> None:
    """With a stand-in for the AWS command line that keeps what it is given."""
    extra = [finding(f"b-{number}", region=("eu-west-1", GLOBAL)[number % 2]) for number in range(230)]
    mixed = build(QUIET, [*hostile.findings, *extra], synthetic.hostile_rules())
    (tmp_path / "findings.asff.jsonl").write_bytes(asff.FORMAT.content(mixed)["findings.asff.jsonl"])
    command = tmp_path / "aws"
    command.write_text('#!/bin/sh\necho "$4" >> regions\ncat "${6#file://}" >> sent\necho >> sent\n')
    command.chmod(0o755)
    document = asff.__doc__ or ""
    loop = document[document.index("    while read") : document.index("    done <")] + "    done < findings.asff.jsonl\n"
    for shell in ("sh", "bash"):
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        subprocess.run([shell, "-eu", "-c", loop], cwd=tmp_path, env=environment, check=True)
        sent = [json.loads(line) for line in (tmp_path / "sent").read_text("utf-8").split("\n")[:-1]]
        assert sent == batches(mixed)
        regions = [batch[0]["ProductArn"].split(":")[3] for batch in sent]
        assert (tmp_path / "regions").read_text().split() == regions
        assert set(regions) == {"ap-northeast-2", "eu-west-1"}
        for name in ("sent", "regions"):
            (tmp_path / name).unlink()
