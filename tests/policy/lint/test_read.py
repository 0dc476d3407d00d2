from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.actions import table
from auditor.policy.lint import report
from auditor.policy.lint.check import Kind
from auditor.policy.lint.read import Nothing, Written, guess, read
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Opaque
from auditor.source.json_source import Span, Unreadable

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (STATEMENT, Kind.IDENTITY),
        ({**STATEMENT, "Principal": "*"}, Kind.RESOURCE),
        ({**STATEMENT, "NotPrincipal": "*"}, Kind.RESOURCE),
        (TRUST["Statement"], Kind.TRUST),
        ({"Principal": "*", "Action": "sts:*", "Resource": "*"}, Kind.RESOURCE),
        ({"Principal": "*", "Action": "s3:*"}, Kind.RESOURCE),
        ("x", Kind.IDENTITY),
    ],
)
def test_the_type_is_guessed(statement: Any, kind: Kind) -> None:
    assert guess({"Statement": statement}) is kind
    assert guess({"Statement": [statement]}) is kind


def test_a_type_that_is_given_is_not_guessed() -> None:
    (one,) = read(json.dumps(POLICY), "p.json", Kind.SCP)
    assert one.kind is Kind.SCP


@pytest.mark.parametrize("text", ["[]", '"x"', "7", '{"a": 1}', "null", "a: 1\n", "[1, 2]", '{"Resources": {}}', ""])
def test_data_without_a_policy_is_told(text: str) -> None:
    name = "p.yaml" if text in ("a: 1\n", "") else "p.json"
    with pytest.raises(Nothing):
        read(text, name)


@pytest.mark.parametrize("text", ["[]", '"x"', "7", '{"a": 1}', "null"])
def test_with_a_type_all_data_are_taken_for_a_policy(text: str) -> None:
    (one,) = read(text, "p.json", Kind.IDENTITY)
    assert any(found.check.refused for found in lint(one.policy(), table()))


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {Service: !Sub "ec2.${AWS::URLSuffix}"}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - !If
                - Prod
                - {Effect: Allow, Action: "s3:*", Resource: "*"}
                - !Ref AWS::NoValue
              - Effect: Allow
                Action: s3:GetObject
                Resource: [!GetAtt Bucket.Arn, !Sub "arn:aws:s3:::plain", {"Fn::Join": ["", [a, b]]}]
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement: {Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*"}
  Scp:
    Type: AWS::Organizations::Policy
    Properties:
      Type: SERVICE_CONTROL_POLICY
      Content: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
  Rcp:
    Type: AWS::Organizations::Policy
    Properties:
      Type: RESOURCE_CONTROL_POLICY
      Content: '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
  Tags:
    Type: AWS::Organizations::Policy
    Properties: {Type: TAG_POLICY, Content: {Statement: [], Version: x}}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AWSLambdaExecute
        - Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]
        - Version: 2012-10-17
          Statement: [{Effect: Allow, Action: "sns:Publish", Resource: !Ref Topic}]
"""


def test_a_template_in_yaml() -> None:
    found = read(TEMPLATE, "t.template")
    assert [(one.name, one.kind, one.attached_to) for one in found] == [
        ("Role AssumeRolePolicyDocument", Kind.TRUST, "AWS::IAM::Role"),
        ("Role PolicyDocument", Kind.IDENTITY, "AWS::IAM::Role"),
        ("BucketPolicy PolicyDocument", Kind.RESOURCE, "AWS::S3::BucketPolicy"),
        ("Scp Content", Kind.SCP, "AWS::Organizations::Policy"),
        ("Rcp Content", Kind.RCP, "AWS::Organizations::Policy"),
        ("Function Policies", Kind.IDENTITY, "AWS::Serverless::Function"),
        ("Function Policies", Kind.IDENTITY, "AWS::Serverless::Function"),
    ]
    inline = found[1]
    assert isinstance(inline.raw["Statement"][0], Opaque)
    first, second, third = inline.raw["Statement"][1]["Resource"]
    assert isinstance(first, Opaque)
    assert second == "arn:aws:s3:::plain"
    assert isinstance(third, Opaque)
    path = ("Statement", 1, "Action")
    assert inline.places.pointer(path) == "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement/1/Action"
    assert inline.places.span(path) == Span(22, 25, 22, 37)


def test_functions_of_a_template_are_no_faults() -> None:
    for one in read(TEMPLATE, "t.yaml"):
        assert [found for found in lint(one.policy(), table()) if found.check.refused] == []


def test_values_that_are_not_known_count_in_paths() -> None:
    text = json.dumps(
        {
            "Resources": {
                "P": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": {**STATEMENT, "Condition": {"StringEquals": {"s3:prefix": [{"Ref": "X"}, "a*"]}}},
                        }
                    },
                }
            }
        }
    )
    (one,) = read(text, "t.json")
    pointers = {f.check: f.pointer for f in report.findings("t.json", one, lint(one.policy(), table()))}
    assert pointers["wildcard-without-like-operator"].endswith("/s3:prefix/1")


def test_a_template_in_json() -> None:
    text = json.dumps(
        {
            "Resources": {
                "Key": {
                    "Type": "AWS::KMS::Key",
                    "Properties": {
                        "KeyPolicy": {
                            "Version": "2012-10-17",
                            "Statement": [{**STATEMENT, "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}"}}, "Efect": 1}],
                        }
                    },
                },
                "Odd": {"Type": 7},
                "Odder": [],
            }
        },
        indent=2,
    )
    (one,) = read(text, "t.json")
    assert (one.kind, one.attached_to) == (Kind.RESOURCE, "AWS::KMS::Key")
    (finding,) = [f for f in report.findings("t.json", one, lint(one.policy(), table())) if f.check == "invalid-policy-element"]
    assert finding.pointer == "/Resources/Key/Properties/KeyPolicy/Statement/0/Efect"
    assert text.splitlines()[finding.line - 1][finding.column - 1 :].startswith('"Efect"')


def plan(policy: object) -> str:
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {
                "root_module": {
                    "resources": [
                        {"address": "aws_s3_bucket_policy.b", "type": "aws_s3_bucket_policy", "values": {"policy": policy}},
                        {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "values": {"bucket": "b"}},
                        {"address": "x.y", "type": "x_y", "values": None},
                    ],
                    "child_modules": [
                        {
                            "resources": [
                                {
                                    "address": "module.m.aws_iam_role.r",
                                    "type": "aws_iam_role",
                                    "values": {
                                        "assume_role_policy": json.dumps(TRUST),
                                        "inline_policy": [{"name": "p", "policy": json.dumps(POLICY)}],
                                    },
                                },
                                {
                                    "address": "o",
                                    "type": "aws_organizations_policy",
                                    "values": {"type": "RESOURCE_CONTROL_POLICY", "content": json.dumps(POLICY)},
                                },
                                {
                                    "address": "t",
                                    "type": "aws_organizations_policy",
                                    "values": {"type": "TAG_POLICY", "content": json.dumps(POLICY)},
                                },
                            ]
                        }
                    ],
                }
            },
        },
        indent=2,
    )


def test_a_plan_of_terraform() -> None:
    text = plan('{"Version": "2012-10-17",\n "Statement": [{"Effect": "allów"}]}')
    found = read(text, "plan.json")
    assert [(one.name, one.kind, one.attached_to) for one in found] == [
        ("aws_s3_bucket_policy.b policy", Kind.RESOURCE, "AWS::S3::BucketPolicy"),
        ("module.m.aws_iam_role.r assume_role_policy", Kind.TRUST, "AWS::IAM::Role"),
        ("module.m.aws_iam_role.r policy", Kind.IDENTITY, "AWS::IAM::Role"),
        ("o content", Kind.RCP, ""),
    ]
    places = found[0].places
    assert places.pointer(("Statement", 0)) == "/planned_values/root_module/resources/0/values/policy"
    span = places.span(("Statement", 0, "Effect"))
    line = text.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == '\\"all\\u00f3w\\"'


def test_a_broken_policy_in_a_plan_is_told_with_its_place() -> None:
    text = plan('{"Version": "2012-10-17", "Statement": [}')
    first, *others = read(text, "plan.json")
    assert first.broken is not None
    assert text.splitlines()[first.broken.span.line - 1].lstrip().startswith('"policy"')
    assert first.places.pointer(()) == "/planned_values/root_module/resources/0/values/policy"
    assert [one.broken for one in others] == [None, None, None]


def test_an_answer_of_aws() -> None:
    (one,) = read(json.dumps({"PolicyVersion": {"Document": POLICY, "VersionId": "v1"}}), "-")
    assert one.name == "PolicyVersion/Document"
    assert one.text is None


def test_yaml_documents_are_numbered() -> None:
    text = "---\nVersion: 2012-10-17\nStatement: []\n---\nVersion: 2012-10-17\nStatement: [{Effect: x}]\n"
    first, second = read(text, "p.yml")
    assert first.places.pointer(("Statement",)) == "/0/Statement"
    assert second.places.pointer(("Statement", 0, "Effect")) == "/1/Statement/0/Effect"
    assert second.places.span(("Statement", 0, "Effect")) == Span(6, 22, 6, 23)


def test_json_in_a_yaml_file_and_yaml_from_a_pipe() -> None:
    assert read(json.dumps(POLICY), "p.yaml")[0].raw == POLICY
    assert read("Version: 2012-10-17\nStatement: []\n", "-")[0].raw == {"Version": "2012-10-17", "Statement": []}


def names() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "Version",
            "Id",
            "Statement",
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
            "AWS",
            "Service",
            "Federated",
            "StringEquals",
            "ForAllValues:NumericLessThanIfExists",
            "IpAddress",
            "Null",
            "DateLessThan",
            "Bool",
            "aws:SourceIp",
            "aws:TagKeys",
            "s3:prefix",
            "Ref",
            "Fn::Sub",
            "Resources",
            "Properties",
            "Type",
            "planned_values",
            "root_module",
            "resources",
            "child_modules",
            "values",
            "type",
            "policy",
            "",
            "x",
        ]
    )


def texts() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "*",
            "Allow",
            "Deny",
            "s3:GetObject",
            "iam:*",
            "arn:aws:s3:::b/*",
            "arn:aws:iam::111122223333:role/*",
            "arn:",
            "::::::",
            "${",
            "${}",
            "10.0.0.1/8",
            "::/0",
            "2026-01-01",
            "-1",
            "true",
            "lambda",
            "AROAEXAMPLEEXAMPLE12",
            "2012-10-17",
            "${aws:username, 'x'}",
            '{"Statement": [{"Effect": 1}]}',
            '{"Statement": [}',
            "AWS::IAM::Role",
            "aws_iam_role",
        ]
    ) | st.text(max_size=5)


SHAPE = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | texts(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names(), inner, max_size=6),
    max_leaves=25,
)


@given(SHAPE, st.sampled_from([None, *Kind]), st.sampled_from(["p.json", "p.yaml"]))
def test_whatever_is_written_gives_findings_with_places(value: Any, kind: Kind | None, name: str) -> None:
    text = json.dumps(value)
    try:
        found = read(text, name, kind)
    except (Nothing, Unreadable):
        return
    for one in found:
        if one.broken is None:
            check_places(one, text)


def policies() -> st.SearchStrategy[Any]:
    statement = st.fixed_dictionaries(
        {"Effect": texts(), "Action": SHAPE, "Resource": SHAPE}, optional={"Sid": texts(), "Principal": SHAPE, "Condition": SHAPE}
    )
    return st.fixed_dictionaries({"Statement": st.lists(statement, max_size=3)}, optional={"Version": texts()})


@given(policies(), st.sampled_from(list(Kind)))
def test_whatever_a_policy_says_gives_findings_with_places(value: Any, kind: Kind) -> None:
    text = json.dumps(value, indent=1)
    for one in read(text, "p.json", kind):
        check_places(one, text)


def check_places(one: Written, text: str) -> None:
    lines = text.split("\n")
    for finding in report.findings("p", one, lint(one.policy(), table())):
        assert 1 <= finding.line <= finding.end_line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert finding.message
