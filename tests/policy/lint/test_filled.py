"""ARNs of which a template fills in parts."""

from __future__ import annotations

import json

import pytest

from auditor.policy.actions import table
from auditor.policy.lint.read import read
from auditor.policy.lint.run import lint


def found(action: object, *arns: object) -> list[str]:
    resources = [{"Fn::Sub": one} if isinstance(one, str) and "${" in one else one for one in arns]
    statement = {"Effect": "Allow", "Action": action, "Resource": resources}
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    text = json.dumps({"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy}}})
    (written,) = read(text, "t.json")
    return [one.check.id for one in lint(written.policy(), table())]


HERE = "${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("action", "arn", "checks"),
    [
        ("sqs:SendMessage", f"arn:aws:dynamodb:{HERE}:table/${{Table}}", ["action-resource-mismatch"]),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/${{Table}}", []),
        ("sqs:SendMessage", f"arn:aws:sqs:{HERE}:${{Queue}}", []),
        ("s3:ListBucket", "arn:aws:s3:::${Bucket}/*", ["s3-bucket-action-on-object-arn"]),
        ("s3:GetObject", "arn:aws:s3:::${Bucket}", []),
        ("sqs:SendMessage", f"arn:aws:sqss:{HERE}:${{Queue}}", ["invalid-service"]),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-11:${AWS::AccountId}:${Queue}", ["invalid-region"]),
        ("sqs:SendMessage", "arn:${AWS::Partition}:sqs:${Rest}", []),
        ("ec2:RunInstances", f"arn:aws:ec2:{HERE}:instanse/*", ["invalid-arn-resource", "action-resource-mismatch"]),
    ],
)
def test_what_is_written_out_is_judged(action: str, arn: str, checks: list[str]) -> None:
    assert sorted(found(action, arn)) == sorted(checks)


def test_beside_what_is_not_known_at_all_nothing_is_said() -> None:
    mixed: tuple[object, ...] = (f"arn:aws:dynamodb:{HERE}:table/${{Table}}", {"Fn::GetAtt": ["Queue", "Arn"]})
    assert found("sqs:SendMessage", *mixed) == []
