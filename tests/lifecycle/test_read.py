"""One configuration in every language that it may be written in, and hostile files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.lint import Valid, judge
from auditor.lifecycle.read import Nothing, read
from auditor.model.s3 import Expiration, Filter, LifecycleRule, NoncurrentExpiration, NoncurrentTransition, Transition
from auditor.source.json_source import Unreadable

TODAY = Facts(today=datetime(2026, 11, 27, tzinfo=UTC))

TIER = LifecycleRule(
    id="tier",
    enabled=True,
    filter=Filter("로그/", {"class": "a b", "x": ""}, 500, 64000),
    transitions=(Transition("STANDARD_IA", 30), Transition("GLACIER", 90)),
    expiration=Expiration(days=365),
    abort_multipart_days=None,
)
OLD = LifecycleRule(
    id="old",
    enabled=False,
    noncurrent_transitions=(NoncurrentTransition("GLACIER_IR", 30, 2),),
    noncurrent_expiration=NoncurrentExpiration(365, 3),
    abort_multipart_days=7,
)
DATED = LifecycleRule(id="dated", enabled=True, expiration=Expiration(date=datetime(2030, 1, 1, tzinfo=UTC)))
RULES = (TIER, OLD, DATED)

API: dict[str, Any] = {
    "Rules": [
        {
            "ID": "tier",
            "Status": "Enabled",
            "Filter": {
                "And": {
                    "Prefix": "로그/",
                    "Tags": [{"Key": "class", "Value": "a b"}, {"Key": "x", "Value": ""}],
                    "ObjectSizeGreaterThan": 500,
                    "ObjectSizeLessThan": 64000,
                }
            },
            "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
            "Expiration": {"Days": 365},
        },
        {
            "ID": "old",
            "Status": "Disabled",
            "Filter": {},
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER_IR", "NewerNoncurrentVersions": 2}],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 365, "NewerNoncurrentVersions": 3},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        {"ID": "dated", "Status": "Enabled", "Filter": {}, "Expiration": {"Date": "2030-01-01T00:00:00+00:00"}},
    ]
}

XML = """<?xml version="1.0" encoding="UTF-8"?>
<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Rule>
    <ID>tier</ID>
    <Filter><And>
      <Prefix>로그/</Prefix>
      <Tag><Key>class</Key><Value>a b</Value></Tag><Tag><Key>x</Key><Value></Value></Tag>
      <ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan>
    </And></Filter>
    <Status>Enabled</Status>
    <Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>
    <Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>
    <Expiration><Days>365</Days></Expiration>
  </Rule>
  <Rule>
    <ID>old</ID><Filter/><Status>Disabled</Status>
    <NoncurrentVersionTransition>
      <NoncurrentDays>30</NoncurrentDays><StorageClass>GLACIER_IR</StorageClass>
      <NewerNoncurrentVersions>2</NewerNoncurrentVersions>
    </NoncurrentVersionTransition>
    <NoncurrentVersionExpiration>
      <NoncurrentDays>365</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions>
    </NoncurrentVersionExpiration>
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>
  </Rule>
  <Rule><ID>dated</ID><Filter/><Status>Enabled</Status><Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration></Rule>
</LifecycleConfiguration>
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: data
      VersioningConfiguration: {Status: Suspended}
      ObjectLockConfiguration: {Rule: {DefaultRetention: {Mode: GOVERNANCE, Years: 1}}}
      LifecycleConfiguration:
        Rules:
          - Id: tier
            Status: Enabled
            Prefix: 로그/
            TagFilters: [{Key: class, Value: a b}, {Key: x, Value: ''}]
            ObjectSizeGreaterThan: "500"
            ObjectSizeLessThan: 64000
            Transitions:
              - {TransitionInDays: 30, StorageClass: STANDARD_IA}
              - {TransitionInDays: 90, StorageClass: Glacier}
            ExpirationInDays: 365
          - Id: old
            Status: Disabled
            NoncurrentVersionTransitions:
              - {TransitionInDays: 30, StorageClass: GLACIER_IR, NewerNoncurrentVersions: 2}
            NoncurrentVersionExpiration: {NoncurrentDays: 365, NewerNoncurrentVersions: 3}
            AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}
          - {Id: dated, Status: Enabled, ExpirationDate: "2030-01-01T00:00:00.000Z"}
  Topic: {Type: AWS::SNS::Topic}
"""

PLAN: dict[str, Any] = {
    "planned_values": {
        "root_module": {
            "child_modules": [
                {
                    "resources": [
                        {
                            "address": "module.a.aws_s3_bucket_lifecycle_configuration.this",
                            "type": "aws_s3_bucket_lifecycle_configuration",
                            "values": {
                                "bucket": "data",
                                "transition_default_minimum_object_size": "varies_by_storage_class",
                                "rule": [
                                    {
                                        "id": "tier",
                                        "status": "Enabled",
                                        "prefix": "",
                                        "filter": [
                                            {
                                                "and": [
                                                    {
                                                        "prefix": "로그/",
                                                        "tags": {"class": "a b", "x": ""},
                                                        "object_size_greater_than": 500,
                                                        "object_size_less_than": 64000,
                                                    }
                                                ],
                                                "prefix": "",
                                                "tag": [],
                                                "object_size_greater_than": None,
                                                "object_size_less_than": "",
                                            }
                                        ],
                                        "transition": [
                                            {"days": 30, "date": None, "storage_class": "STANDARD_IA"},
                                            {"days": 90, "date": None, "storage_class": "GLACIER"},
                                        ],
                                        "expiration": [{"days": 365, "date": None, "expired_object_delete_marker": False}],
                                        "noncurrent_version_expiration": [],
                                    },
                                    {
                                        "id": "old",
                                        "status": "Disabled",
                                        "filter": [{"prefix": ""}],
                                        "noncurrent_version_transition": [
                                            {"noncurrent_days": 30, "newer_noncurrent_versions": 2, "storage_class": "GLACIER_IR"}
                                        ],
                                        "noncurrent_version_expiration": [
                                            {"noncurrent_days": 365, "newer_noncurrent_versions": 3}
                                        ],
                                        "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
                                    },
                                    {
                                        "id": "dated",
                                        "status": "Enabled",
                                        "filter": [],
                                        "expiration": [
                                            {"days": 0, "date": "2030-01-01T00:00:00Z", "expired_object_delete_marker": None}
                                        ],
                                    },
                                ],
                            },
                        },
                        {
                            "address": "module.a.aws_s3_bucket_versioning.this",
                            "type": "aws_s3_bucket_versioning",
                            "values": {"bucket": "data", "versioning_configuration": [{"status": "Suspended"}]},
                        },
                        {
                            "address": "module.a.aws_s3_bucket_object_lock_configuration.this",
                            "type": "aws_s3_bucket_object_lock_configuration",
                            "values": {"bucket": "data", "rule": [{"default_retention": [{"days": 0, "years": 1}]}]},
                        },
                    ]
                }
            ]
        }
    }
}


def rules(text: str, name: str) -> tuple[LifecycleRule, ...]:
    (source,) = read(text, name)
    config = written(source, TODAY)
    assert config.complete
    assert judge(config).valid is not Valid.NO, judge(config).found
    return tuple(one.rule for one in config.rules)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (json.dumps(API), "a.json"),
        (json.dumps(API, ensure_ascii=False, indent=1), "-"),
        (json.dumps({"Bucket": "data", "LifecycleConfiguration": API}), "put.json"),
        (json.dumps(API, ensure_ascii=False), "a.yaml"),
        (XML, "a.xml"),
        (XML, "-"),
        (TEMPLATE, "template.yaml"),
        (json.dumps(PLAN), "plan.json"),
    ],
)
def test_one_configuration_in_every_language(text: str, name: str) -> None:
    assert rules(text, name) == RULES


def test_what_a_template_says_of_the_bucket() -> None:
    for text, name, within in (
        (TEMPLATE, "t.yaml", "Data"),
        (json.dumps(PLAN), "p.json", "module.a.aws_s3_bucket_lifecycle_configuration.this"),
    ):
        (source,) = read(text, name)
        assert (source.name, source.bucket, source.versioning, source.lock_days) == (within, "data", "Suspended", 365)
        assert written(source, TODAY).versioning == "Suspended"
        assert written(source, Facts(today=TODAY.today, versioning="Enabled")).versioning == "Enabled"


def test_places_lead_into_the_source() -> None:
    def at(text: str, name: str, path: tuple[str | int, ...]) -> str:
        (source,) = read(text, name)
        span = source.places.span(path)
        line = text.split("\n")[span.line - 1]
        assert span.end_line == span.line
        return line[span.column - 1 : span.end_column - 1]

    second: tuple[str | int, ...] = ("Rules", 0, "Transitions", 1, "Days")
    assert at(json.dumps(API, ensure_ascii=False), "a.json", second) == "90"
    assert at(XML, "a.xml", second) == "<Days>90</Days>"
    assert at(TEMPLATE, "a.yaml", second) == "90"
    assert at(json.dumps(PLAN, ensure_ascii=False), "p.json", second) == "90"
    assert at(TEMPLATE, "a.yaml", ("Rules", 0, "Expiration", "Days")) == "365"
    assert at(TEMPLATE, "a.yaml", ("Rules", 0, "Filter", "And", "Tags", 1)) == "{Key: x, Value: ''}"
    assert (
        at(XML, "a.xml", ("Rules", 2, "Expiration", "Days")) == "<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>"
    )
    (source,) = read(TEMPLATE, "a.yaml")
    assert source.places.pointer(second) == (
        "/Resources/Data/Properties/LifecycleConfiguration/Rules/0/Transitions/1/TransitionInDays"
    )


def test_old_blocks_of_terraform() -> None:
    block = {
        "id": "log",
        "enabled": True,
        "prefix": "log/",
        "tags": {"a": "b"},
        "abort_incomplete_multipart_upload_days": 0,
        "expiration": [{"days": 90, "date": "", "expired_object_delete_marker": False}],
        "transition": [{"days": 30, "date": "", "storage_class": "STANDARD_IA"}],
        "noncurrent_version_expiration": [{"days": 9}],
        "noncurrent_version_transition": [{"days": 0, "storage_class": "GLACIER"}],
    }
    bucket = {
        "address": "aws_s3_bucket.b",
        "type": "aws_s3_bucket",
        "values": {"bucket": "b", "lifecycle_rule": [block], "versioning": [{"enabled": True}]},
    }
    (source,) = read(json.dumps({"planned_values": {"root_module": {"resources": [bucket]}}}), "p.json")
    config = written(source, TODAY)
    assert [one.rule for one in config.rules] == [
        LifecycleRule(
            id="log",
            enabled=True,
            filter=Filter("log/", {"a": "b"}),
            transitions=(Transition("STANDARD_IA", 30),),
            expiration=Expiration(days=90),
            noncurrent_transitions=(NoncurrentTransition("GLACIER", 0),),
            noncurrent_expiration=NoncurrentExpiration(9),
        )
    ]
    assert config.versioning == "Enabled"


def test_what_is_known_after_deployment_only_is_not_guessed() -> None:
    template = TEMPLATE.replace("ExpirationInDays: 365", "ExpirationInDays: !Ref Days").replace(
        "Id: old", "Id: !Sub '${Env}-old'"
    )
    (source,) = read(template, "t.yaml")
    config = written(source, TODAY)
    judged = judge(config)
    assert [one.rule.id for one in config.rules] == ["${Env}-old", "dated"]
    assert (judged.valid, judged.effective, config.complete) == (Valid.DEPENDS, True, False)
    assert not [one for one in judged.found if one.proof is not None]
    (later,) = (one for one in judged.found if one.check.id == "value-known-later")
    assert (later.path, later.rule, later.message) == (
        ("Rules", 0, "Expiration", "Days"),
        "tier",
        "rule `tier`: `Expiration.Days` is known only when it is deployed",
    )
    several = template.replace("Status: Enabled", "Status: !If [Prod, Enabled, Disabled]")
    (source,) = read(several, "t.yaml")
    (first, *_) = (one for one in judge(written(source, TODAY)).found if one.check.id == "value-known-later")
    assert first.message == "rule `tier`: `Status` and `Expiration.Days` are known only when it is deployed"
    whole = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      LifecycleConfiguration: !If [a, b, c]\n"
    (source,) = read(whole, "w.yaml")
    judged = judge(written(source, TODAY))
    assert (judged.valid, judged.effective) == (Valid.DEPENDS, True)
    assert [(one.path, one.message) for one in judged.found] == [
        ((), "the configuration: all of it is known only when it is deployed")
    ]
    plan = json.loads(json.dumps(PLAN))
    plan["resource_changes"] = [
        {
            "address": "module.a.aws_s3_bucket_lifecycle_configuration.this",
            "change": {"after_unknown": {"id": True, "rule": [{"transition": [{}, {"days": True}]}, {}, {}]}},
        }
    ]
    (source,) = read(json.dumps(plan), "p.json")
    assert judge(written(source, TODAY)).valid is Valid.DEPENDS
    assert [one.path for one in judge(written(source, TODAY)).found if one.check.id == "value-known-later"] == [
        ("Rules", 0, "Transitions", 1, "Days")
    ]
    assert len(written(source, TODAY).rules) == 2


def test_several_buckets_and_several_documents() -> None:
    two = TEMPLATE + TEMPLATE[TEMPLATE.index("  Data:") : TEMPLATE.index("  Topic:")].replace("  Data:", "  Other:")
    assert [one.name for one in read(two, "t.yaml")] == ["Data", "Other"]
    (first, second) = read(f"{json.dumps(API)}\n---\n{json.dumps(API)}\n", "a.yaml")
    assert second.places.pointer(("Rules", 0)) == "/1/Rules/0"
    assert first.places.span(("Rules", 0)).line == 1
    assert second.places.span(("Rules", 0)).line == 3


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("<LifecycleConfiguration><Rule></LifecycleConfiguration>", "a.xml", "not XML: mismatched tag"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><LifecycleConfiguration>&a;</LifecycleConfiguration>', "a.xml", "is refused"),
        ('<!DOCTYPE x SYSTEM "file:///etc/hostname"><LifecycleConfiguration/>', "-", "is refused"),
        ("<LifecycleConfiguration>&a;</LifecycleConfiguration>", "a.xml", "undefined entity"),
        ("<Replication/>", "a.xml", "not of a LifecycleConfiguration"),
        ("<LifecycleConfiguration><Rule><ID>a</ID><ID>b</ID></Rule></LifecycleConfiguration>", "a.xml", "occurs twice"),
        (
            "<LifecycleConfiguration><Rules>a</Rules><Rule><ID>a</ID></Rule></LifecycleConfiguration>",
            "a.xml",
            "`Rules` occurs twice in one LifecycleConfiguration",
        ),
        ("<a>" * 100, "a.xml", "nest deeper"),
        ('{"Rules": [}', "a.json", "expected a value"),
        ('{"Rules": [], "Rules": []}', "a.json", "occurs twice"),
        ("Rules: [", "a.yaml", "not YAML"),
        ("", "a.xml", "not XML"),
    ],
)
def test_hostile_and_broken_files_are_told_with_their_place(text: str, name: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(text, name)


@pytest.mark.parametrize("text", ['"a"', "[]", "{}", "12", '{"Rules": [], "Role": "replication"}', '{"Resources": {}}'])
def test_data_without_a_configuration(text: str) -> None:
    with pytest.raises(Nothing):
        read(text, "a.json")


@pytest.mark.parametrize(
    "raw",
    [
        {"Rules": None},
        {"Rules": {}},
        {"Rules": [None, 1, "x", [], {}]},
        {"Rules": [{"Filter": [], "Status": 1, "ID": 3, "Transitions": {}, "Expiration": []}]},
        {"Rules": [{"Filter": {"And": 1}, "Transitions": [1], "NoncurrentVersionExpiration": 5}]},
        {"Rules": [{"Filter": {"Tag": 1, "Prefix": 2, "ObjectSizeLessThan": "x"}, "Transition": []}]},
        {"Rules": [{"Filter": {"And": {"Tags": {"Key": 1}}}, "Expiration": {"Days": [], "Date": {}}}]},
        {"Rules": [{"Prefix": 4, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": None}}]},
        {"Rules": [{"Filter": {"And": {"Tags": [{"Key": None}]}}, "Transitions": [{"StorageClass": [], "Days": True}]}]},
        {"TransitionDefaultMinimumObjectSize": 4, "Rules": [{"Expiration": {"Days": 10**30}}]},
    ],
)
def test_any_data_is_judged_without_a_fault(raw: Any) -> None:
    (source,) = read(json.dumps(raw), "a.json")
    judged = judge(written(source, TODAY))
    assert judged.valid is Valid.NO
    assert judged.found
    for one in judged.found:
        assert source.places.span(one.path, name=one.name).line == 1
