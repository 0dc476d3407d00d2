"""The template of the Lambda function, as an attacker and an operator read it. Whether AWS takes it is for `make template` to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import auditor.request
from auditor.collect.permissions import actions
from auditor.collect.wanted import by_rules
from auditor.config import default
from auditor.engine import frameworks, registry
from auditor.selection import choose

TEMPLATE = Path(__file__).parents[2] / "deploy" / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as one-entry mappings: ``!Ref Bucket`` is ``{"Ref": "Bucket"}``."""


def _tagged(loader: Any, suffix: str, node: Any) -> Any:
    read = {"scalar": loader.construct_scalar, "sequence": loader.construct_sequence, "mapping": loader.construct_mapping}[
        node.id
    ]
    return {suffix: read(node)}


_loader: Any = Loader
_loader.add_multi_constructor("!", _tagged)


@pytest.fixture(scope="module")
def resources() -> Any:
    return yaml.load(TEMPLATE.read_text("utf-8"), Loader)["Resources"]


def statements(resources: Any, name: str) -> list[Any]:
    policies = {
        policy["PolicyName"]: policy["PolicyDocument"]["Statement"] for policy in resources["Role"]["Properties"]["Policies"]
    }
    return list(policies[name])


def test_the_role_may_read_what_any_framework_needs(resources: Any) -> None:
    allowed = {action for statement in statements(resources, "audit") for action in statement["Action"]}
    base = default(registry.load())
    for framework in frameworks.load():
        wanted = by_rules([rule.spec for rule in choose(base, frameworks=[framework]).rules])
        assert set(actions(wanted)) <= allowed, framework


def test_the_role_can_only_read_beside_its_own(resources: Any) -> None:
    audit = [action for statement in statements(resources, "audit") for action in statement["Action"]]
    assert all(re.match(r"[a-z0-9-]+:(Get|List|Describe|Lookup|GenerateCredentialReport$)", action) for action in audit), audit
    deliver = statements(resources, "deliver")
    assert all(statement["Effect"] == "Allow" for statement in deliver)
    assert not [statement for statement in deliver if statement["Resource"] == "*"]
    granted = [action for s in deliver for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])]
    assert not [action for action in granted if "*" in action]
    (put,) = [statement for statement in deliver if statement["Action"] == "s3:PutObject"]
    assert put["Resource"] == {"Sub": "${Bucket.Arn}/reports/*"}, "not the configuration, which says what to judge"


def test_no_role_has_a_name(resources: Any) -> None:
    """CAPABILITY_IAM, as the README has it, is not enough for one with a name."""
    assert not [name for name, one in resources.items() if "RoleName" in one.get("Properties", {})]


def test_what_another_stack_would_have_too_is_named_after_the_stack(resources: Any) -> None:
    function = resources["Function"]["Properties"]
    assert function["FunctionName"] == {"Ref": "AWS::StackName"}
    assert function["Events"]["Scheduled"]["Properties"]["Name"] == {"Ref": "AWS::StackName"}


def test_alarms_look_where_the_function_writes(resources: Any) -> None:
    alarms = {name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert set(alarms) == {"FailureAlarm", "LostAlarm", "IncompleteAlarm", "NotRunAlarm"}
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}]
    own = [alarm for alarm in alarms.values() if alarm["Namespace"] == "awsaudit"]
    assert all(alarm["Dimensions"] == [{"Name": "service", "Value": {"Ref": "Function"}}] for alarm in own)
    assert {alarm["MetricName"] for alarm in own} == {"Finished", "Complete"}


def test_cloudwatch_can_look_back_that_far(resources: Any) -> None:
    """A week for periods of an hour or more, a day for shorter ones."""
    most = yaml.load(TEMPLATE.read_text("utf-8"), Loader)["Parameters"]["HoursUntilMissed"]["MaxValue"]
    alarm = resources["NotRunAlarm"]["Properties"]
    assert alarm["EvaluationPeriods"] == {"Ref": "HoursUntilMissed"}
    assert alarm["Period"] * most <= 7 * 24 * 3600


def test_each_setting_is_one_that_the_function_knows(resources: Any) -> None:
    settings = set(resources["Function"]["Properties"]["Environment"]["Variables"])
    assert settings <= set(re.findall(r"``(AWSAUDIT_\w+)``", auditor.request.__doc__ or ""))


def test_everything_kept_is_encrypted_and_kept_from_plain_connections(resources: Any) -> None:
    bucket = resources["Bucket"]["Properties"]
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = {"GetAtt": "Key.Arn"}
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert (resources["Topic"]["Properties"]["KmsMasterKeyId"], resources["Logs"]["Properties"]["KmsKeyId"]) == (key, key)
    assert resources["DeadLetters"]["Properties"]["SqsManagedSseEnabled"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    for policy in ("BucketPolicy", "TopicPolicy", "DeadLettersPolicy"):
        document = resources[policy]["Properties"]["PolicyDocument"]
        assert [s["Condition"] for s in document["Statement"] if s["Sid"] == "OnlyTls"] == [
            {"Bool": {"aws:SecureTransport": "false"}}
        ]
