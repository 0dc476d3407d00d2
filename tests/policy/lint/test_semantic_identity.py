"""Checks of policies of identities: one document that has the fault, where exactly, and one that nearly has it."""

from __future__ import annotations

import pytest

from auditor.policy.lint.check import Kind
from tests.policy.lint.semantic import Case, allow, deny

ROLE = "arn:aws:iam::111122223333:role/app"
ANY_ROLE = "arn:aws:iam::111122223333:role/*"
BUCKET = "arn:aws:s3:::my-bucket"
TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
TO_ECS = {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}
ID = Kind.IDENTITY

CASES = (
    # applicability
    Case("invalid-service-in-action", ID, [allow("dynamodbb:GetItem")], (0, "Action"), [allow("dynamodb:GetItem")]),
    Case(
        "invalid-service-in-action", ID, [allow(["s3:GetObject", "eventbridge:PutRule"])], (0, "Action", 1), [allow("sqsx:Get")]
    ),
    Case("unknown-service-in-action", ID, [allow("brandnewservice:Get")], (0, "Action"), [allow("s3:GetObject")]),
    Case("invalid-action", ID, [allow(["s3:GetObject", "s3:GetObjct"])], (0, "Action", 1), [allow(["s3:getobject"])]),
    Case("invalid-action", ID, [deny(None, NotAction=["iam:Frobnicate*"])], (0, "NotAction", 0), [allow("iam:Get*")]),
    Case("retired-action", ID, [allow("deeplens:*")], (0, "Action"), [allow("lambda:*")]),
    Case("wildcard-in-service-name", ID, [allow(["*:Describe*"])], (0, "Action", 0), [allow("*")]),
    Case(
        "invalid-service-condition-key",
        ID,
        [allow("s3:GetObject", f"{BUCKET}/*", {"StringEquals": {"s3:NoSuchKey": "x"}})],
        (0, "Condition", "StringEquals", "s3:NoSuchKey"),
        [allow("s3:GetObject", f"{BUCKET}/*", {"StringEquals": {"s3:ExistingObjectTag/team": "x"}})],
    ),
    Case(
        "unsupported-action-for-condition-key",
        ID,
        [allow(["sqs:SendMessage"], "*", {"StringEquals": {"s3:prefix": "x"}})],
        (0, "Condition", "StringEquals", "s3:prefix"),
        [allow(["sqs:SendMessage", "s3:ListBucket"], "*", {"StringEquals": {"s3:prefix": "x"}})],
    ),
    Case(
        "unsupported-action-for-condition-key",
        ID,
        [allow("ec2:DescribeVpcs", "*", {"StringEquals": {"ec2:InstanceType": "t3.micro"}})],
        (0, "Condition", "StringEquals", "ec2:InstanceType"),
        [allow("ec2:DescribeVpcs", "*", {"StringEqualsIfExists": {"ec2:InstanceType": "t3.micro"}})],
    ),
    # targets
    Case(
        "action-resource-mismatch",
        ID,
        [allow("sqs:SendMessage", BUCKET)],
        (0, "Action"),
        [allow("sqs:SendMessage", "arn:aws:sqs:*:*:q")],
    ),
    Case(
        "resource-less-action-on-resource",
        ID,
        [allow(["ec2:RunInstances", "ec2:DescribeInstances"], "arn:aws:ec2:*:*:instance/*")],
        (0, "Action", 1),
        [allow(["ec2:DescribeInstances"], ["arn:aws:ec2:*:*:instance/*", "*"])],
    ),
    Case(
        "s3-bucket-action-on-object-arn",
        ID,
        [allow(["s3:GetObject", "s3:ListBucket"], f"{BUCKET}/*")],
        (0, "Action", 1),
        [allow(["s3:GetObject", "s3:ListBucket"], f"{BUCKET}*")],
    ),
    Case(
        "s3-object-action-on-bucket-arn",
        ID,
        [allow(["s3:GetObject"], BUCKET)],
        (0, "Action", 0),
        [allow(["s3:GetObject", "s3:ListBucket"], [BUCKET, f"{BUCKET}/${{aws:username}}/*"])],
    ),
    # redundancy
    Case(
        "redundant-action",
        ID,
        [allow(["s3:Get*", "S3:GetObject"], BUCKET)],
        (0, "Action", 1),
        [allow(["s3:Get*", "s3:PutObject"], BUCKET)],
    ),
    Case(
        "redundant-action",
        ID,
        [deny(None, NotAction=["iam:Get*", "iam:Get*"])],
        (0, "NotAction", 1),
        [allow(["iam:Get*", "iam:List*"])],
    ),
    Case(
        "redundant-resource",
        ID,
        [allow("s3:GetObject", [f"{BUCKET}/a/*", f"{BUCKET}/*"])],
        (0, "Resource", 0),
        [allow("s3:*", [BUCKET, f"{BUCKET}/*"])],
    ),
    Case(
        "redundant-condition-pattern",
        ID,
        [allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": ["a/*", "a/b"]}})],
        (0, "Condition", "StringLike", "s3:prefix", 1),
        [allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": ["a/${aws:username}*", "a/b"]}})],
    ),
    Case(
        "redundant-condition-pattern",
        ID,
        [allow("s3:ListBucket", BUCKET, {"IpAddress": {"aws:SourceIp": ["192.0.2.7/32", "192.0.2.0/24"]}})],
        (0, "Condition", "IpAddress", "aws:SourceIp", 0),
        [allow("s3:ListBucket", BUCKET, {"IpAddress": {"aws:SourceIp": ["192.0.3.7/32", "192.0.2.0/24"]}})],
    ),
    Case(
        "redundant-statement",
        ID,
        [allow("s3:Get*", f"{BUCKET}/*"), allow("s3:GetObject", f"{BUCKET}/a", TO_EC2)],
        (1,),
        [allow("s3:Get*", f"{BUCKET}/*", TO_EC2), allow("s3:GetObject", f"{BUCKET}/a")],
    ),
    Case(
        "redundant-statement",
        ID,
        [allow("s3:GetObject", BUCKET), allow("s3:GetObject", BUCKET)],
        (1,),
        [allow("s3:GetObject", BUCKET)],
    ),
    Case(
        "shadowed-statement",
        ID,
        [allow("s3:GetObject", BUCKET), deny("s3:*")],
        (0,),
        [allow("s3:GetObject", BUCKET), deny("s3:*", "*", TO_EC2)],
    ),
    Case(
        "redundant-key-due-to-wildcard-in-condition",
        ID,
        [allow("s3:GetObject", BUCKET, {"StringLikeIfExists": {"aws:PrincipalTag/team": "*"}})],
        (0, "Condition", "StringLikeIfExists", "aws:PrincipalTag/team"),
        [allow("s3:GetObject", BUCKET, {"StringLike": {"aws:PrincipalTag/team": "*"}})],
    ),
    Case(
        "condition-never-true",
        ID,
        [allow("s3:GetObject", BUCKET, {"StringEquals": {"aws:PrincipalTag/a": "x"}, "Null": {"aws:PrincipalTag/a": "true"}})],
        (0, "Condition", "StringEquals", "aws:PrincipalTag/a"),
        [allow("s3:GetObject", BUCKET, {"StringEquals": {"aws:PrincipalTag/a": "x"}, "Null": {"aws:PrincipalTag/a": "false"}})],
    ),
    Case(
        "condition-never-true",
        ID,
        [
            deny(
                "s3:GetObject",
                BUCKET,
                {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
            )
        ],
        (0, "Condition", "StringNotEquals", "aws:RequestedRegion"),
        [
            deny(
                "s3:GetObject",
                BUCKET,
                {
                    "StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]},
                    "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"},
                },
            )
        ],
    ),
    # breadth
    Case("allow-everything", ID, [allow(["*"])], (0, "Action", 0), [allow("*", BUCKET)]),
    Case("allow-whole-sensitive-service", ID, [allow(["kms:*"])], (0, "Action", 0), [allow("kms:*", "arn:aws:kms:*:*:key/1")]),
    Case("allow-whole-service", ID, [allow("s3:*")], (0, "Action"), [allow("s3:Get*")]),
    Case("allow-with-notaction", ID, [allow(None, NotAction=["iam:*"])], (0, "NotAction"), [deny(None, NotAction=["iam:*"])]),
    Case(
        "allow-with-notresource",
        ID,
        [allow("s3:*", None, NotResource=BUCKET)],
        (0, "NotResource"),
        [deny("s3:*", None, NotResource=BUCKET)],
    ),
    Case("allow-with-empty-exception", ID, [allow(None, NotAction=[])], (0, "NotAction"), [allow(None, NotAction=["iam:*"])]),
    Case(
        "allow-with-empty-exception",
        ID,
        [allow("s3:GetObject", None, NotResource=[])],
        (0, "NotResource"),
        [deny("s3:GetObject", None, NotResource=[])],
    ),
    # passrole
    Case(
        "pass-role-with-star-in-resource",
        ID,
        [allow("iam:PassRole", [ANY_ROLE])],
        (0, "Resource", 0),
        [allow("iam:PassRole", ANY_ROLE, TO_EC2)],
    ),
    Case("pass-role-with-star-in-action-and-resource", ID, [allow("iam:Pass*")], (0, "Resource"), [allow("iam:Get*")]),
    Case(
        "pass-role-with-star-in-resource-and-notaction",
        ID,
        [allow(None, NotAction="s3:*")],
        (0, "Resource"),
        [allow(None, NotAction="iam:*")],
    ),
    Case(
        "pass-role-with-notresource",
        ID,
        [allow("iam:PassRole", None, NotResource=ROLE)],
        (0, "NotResource"),
        [deny("iam:PassRole", None, NotResource=ROLE)],
    ),
    Case(
        "pass-role-with-star-in-action-and-notresource",
        ID,
        [allow("iam:*", None, NotResource=ROLE)],
        (0, "NotResource"),
        [allow("iam:Get*", None, NotResource=ROLE)],
    ),
    Case(
        "pass-role-with-notaction-and-notresource",
        ID,
        [allow(None, None, NotAction="s3:*", NotResource=ROLE)],
        (0, "NotResource"),
        [allow(None, None, NotAction="iam:P*", NotResource=ROLE)],
    ),
    Case(
        "pass-role-without-passed-to-service",
        ID,
        [allow("iam:PassRole", "arn:aws:iam::*:role/app-*")],
        (0, "Resource"),
        [allow("iam:PassRole", ROLE)],
    ),
    Case(
        "create-slr-with-star-in-resource",
        ID,
        [allow("iam:CreateServiceLinkedRole")],
        (0, "Resource"),
        [allow("iam:CreateServiceLinkedRole", "*", TO_ECS)],
    ),
    Case("create-slr-with-star-in-action-and-resource", ID, [allow("iam:Create*")], (0, "Resource"), [allow("iam:CreateRole")]),
    Case(
        "create-slr-with-star-in-resource-and-notaction",
        ID,
        [allow(None, NotAction="s3:*")],
        (0, "Resource"),
        [allow(None, ROLE, NotAction="s3:*")],
    ),
    Case(
        "create-slr-with-notresource",
        ID,
        [allow("iam:CreateServiceLinkedRole", None, NotResource=ROLE)],
        (0, "NotResource"),
        [allow("iam:GetRole", None, NotResource=ROLE)],
    ),
    Case(
        "create-slr-with-star-in-action-and-notresource",
        ID,
        [allow("iam:C*", None, NotResource=ROLE)],
        (0, "NotResource"),
        [allow("iam:C*", None, TO_ECS, NotResource=ROLE)],
    ),
    Case(
        "create-slr-with-notaction-and-notresource",
        ID,
        [allow(None, None, NotAction="s3:*", NotResource=ROLE)],
        (0, "NotResource"),
        [deny(None, None, NotAction="s3:*", NotResource=ROLE)],
    ),
    # tags
    Case(
        "allow-with-unsupported-tag-condition-key-for-service",
        ID,
        [allow(["ec2:StopInstances", "pricing:GetProducts"], "*", {"StringEquals": {"aws:ResourceTag/team": "a"}})],
        (0, "Condition", "StringEquals", "aws:ResourceTag/team"),
        [allow(["ec2:StopInstances", "pricing:GetProducts"], "*", {"StringEqualsIfExists": {"aws:ResourceTag/team": "a"}})],
    ),
    Case(
        "deny-with-unsupported-tag-condition-key-for-service",
        ID,
        [deny("pricing:GetProducts", "*", {"StringEquals": {"aws:ResourceTag/team": "a"}})],
        (0, "Condition", "StringEquals", "aws:ResourceTag/team"),
        [deny("ec2:StopInstances", "*", {"StringEquals": {"aws:ResourceTag/team": "a"}})],
    ),
    Case(
        "deny-notaction-with-unsupported-tag-condition-key-for-service",
        ID,
        [deny(None, NotAction="iam:*", condition={"StringEquals": {"aws:ResourceTag/team": "a"}})],
        (0, "Condition", "StringEquals", "aws:ResourceTag/team"),
        [deny(None, NotAction="iam:*", condition={"StringEquals": {"aws:PrincipalTag/team": "a"}})],
    ),
    Case(
        "allow-notaction-with-unsupported-tag-condition-key-for-service",
        ID,
        [allow(None, NotAction="iam:*", condition={"StringEquals": {"aws:ResourceTag/team": "a"}})],
        (0, "Condition", "StringEquals", "aws:ResourceTag/team"),
        [allow(None, NotAction="iam:*", condition={"StringNotEquals": {"aws:ResourceTag/team": "a"}})],
    ),
    Case(
        "forallvalues-with-single-valued-key",
        ID,
        [allow("s3:GetObject", BUCKET, {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
        (0, "Condition", "ForAllValues:StringEquals", "aws:PrincipalOrgID"),
        [allow("s3:GetObject", BUCKET, {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/*"}})],
    ),
    Case(
        "forallvalues-matches-absent-key",
        ID,
        [allow("s3:GetObject", BUCKET, {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}})],
        (0, "Condition", "ForAllValues:StringLike", "aws:PrincipalOrgPaths"),
        [
            allow(
                "s3:GetObject",
                BUCKET,
                {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}, "Null": {"aws:PrincipalOrgPaths": "false"}},
            )
        ],
    ),
    Case(
        "forallvalues-tag-keys-without-null-check",
        ID,
        [allow("ec2:RunInstances", "*", {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})],
        (0, "Condition", "ForAllValues:StringEquals", "aws:TagKeys"),
        [allow("ec2:CreateTags", "*", {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})],
    ),
    Case(
        "tag-key-case-collision",
        ID,
        [
            allow(
                "ec2:CreateTags",
                "*",
                {"StringEquals": {"aws:RequestTag/team": "a"}, "ForAnyValue:StringEquals": {"aws:TagKeys": ["Team"]}},
            )
        ],
        (0, "Condition", "ForAnyValue:StringEquals", "aws:TagKeys", 0),
        [
            allow(
                "ec2:CreateTags",
                "*",
                {"StringEquals": {"aws:RequestTag/team": "a"}, "ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}},
            )
        ],
    ),
    # exposure
    Case(
        "credentials-exposure",
        ID,
        [allow(["s3:GetObject", "iam:CreateAccessKey"])],
        (0, "Action", 1),
        [allow("iam:CreateAccessKey", "arn:aws:iam::*:user/me")],
    ),
    Case("data-exfiltration", ID, [allow(["s3:Get*"])], (0, "Action", 0), [allow(["s3:Get*"]), deny("s3:GetObject*")]),
    Case(
        "resource-exposure", ID, [allow(["s3:ListBucket", "s3:PutBucket*"])], (0, "Action", 1), [allow(["s3:PutBucket*"], BUCKET)]
    ),
    Case(
        "privilege-escalation",
        ID,
        [allow("iam:PassRole"), allow("ec2:RunInstances")],
        (0, "Action"),
        [allow("iam:PassRole", "*", TO_EC2), allow("ec2:RunInstances")],
    ),
    # storage
    Case(
        "s3-prefix-in-negative-context",
        ID,
        [deny("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": "secret/*"}})],
        (0, "Condition", "StringLike", "s3:prefix"),
        [deny("s3:ListBucket", BUCKET, {"StringNotLike": {"s3:prefix": "public/*"}})],
    ),
    Case(
        "dynamodb-attributes-without-select",
        ID,
        [allow("dynamodb:Query", "arn:aws:dynamodb:*:*:table/t", {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}})],
        (0, "Condition", "ForAllValues:StringEquals", "dynamodb:Attributes"),
        [
            allow(
                "dynamodb:Query",
                "arn:aws:dynamodb:*:*:table/t",
                {
                    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
                    "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
                },
            )
        ],
    ),
    # guardrails
    Case("deny-everything", ID, [deny("*")], (0, "Action"), [deny("*", "*", {"Bool": {"aws:SecureTransport": "false"}})]),
    Case(
        "deny-by-network-hits-services",
        ID,
        [deny("*", "*", {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})],
        (0, "Condition", "NotIpAddress", "aws:SourceIp"),
        [deny("*", "*", {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:ViaAWSService": "false"}})],
    ),
    Case(
        "missing-paired-condition-keys",
        ID,
        [allow("s3:*", BUCKET, {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})],
        (0, "Condition", "IpAddress", "aws:VpcSourceIp"),
        [
            allow(
                "s3:*",
                BUCKET,
                {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
            )
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.id}" for n, case in enumerate(CASES)])
def test_check_strikes_there_and_only_there(case: Case) -> None:
    assert case.at(case.bad) == [case.path]
    assert case.at(case.good) == []
