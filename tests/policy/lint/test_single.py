"""One fault, one finding."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.policy.actions import table
from auditor.policy.lint.check import Kind
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy
from tests.policy.lint.semantic import allow, deny

BUCKET = "arn:aws:s3:::models"


def found(statement: dict[str, Any], kind: Kind) -> list[str]:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return [one.check.id for one in lint(Policy(document, kind), table())]


@pytest.mark.parametrize(
    ("statement", "kind", "checks"),
    [
        (allow("*"), Kind.IDENTITY, ["allow-everything"]),
        (allow("s3:Get:Object", f"{BUCKET}/*"), Kind.IDENTITY, ["invalid-action-format"]),
        (allow("s*:GetObject", f"{BUCKET}/*"), Kind.IDENTITY, ["invalid-action-format"]),
        (allow("s?:GetObject"), Kind.SCP, ["invalid-action-format"]),
        (allow("*:GetObject"), Kind.SCP, ["scp-syntax-error-action-wildcard"]),
        (allow("*:GetObject", f"{BUCKET}/*"), Kind.IDENTITY, ["wildcard-in-service-name"]),
        (allow("s3:GetObject", "arn:aws:s3:::"), Kind.IDENTITY, ["empty-arn-resource"]),
        (allow("s3:ListBucket", "arn:aws:s3:::"), Kind.IDENTITY, ["empty-arn-resource"]),
        (allow("sqs:SendMessage", None, NotResource=[]), Kind.IDENTITY, ["allow-with-empty-exception"]),
        (allow(None, BUCKET, NotAction=[]), Kind.IDENTITY, ["allow-with-empty-exception"]),
        (allow("s3:GetObject", f"{BUCKET}/*", NotPrincipal={}), Kind.RESOURCE, ["allow-with-empty-exception"]),
        (allow("s3:GetObject", None, NotResource=[]), Kind.SCP, ["empty-array-resource"]),
        (deny("s3:GetObject", f"{BUCKET}/*", NotPrincipal={}), Kind.RESOURCE, ["empty-object-principal"]),
        (allow("s3:ListBucket", BUCKET, {"StringEquals": {"s3:max-keys": "ten"}}), Kind.IDENTITY, ["type-mismatch"]),
        (allow("s3:ListBucket", BUCKET, {"NumericEquals": {"aws:username": "ten"}}), Kind.IDENTITY, ["type-mismatch"]),
        (allow("s3:ListBucket", BUCKET, {"NumericEquals": {"s3:max-keys": "ten"}}), Kind.IDENTITY, ["type-mismatch-number"]),
    ],
)
def test_a_fault_is_told_once(statement: dict[str, Any], kind: Kind, checks: list[str]) -> None:
    assert found(statement, kind) == checks


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        (["iam:*", "apprunner:*"], "`iam:CreatePolicyVersion` on every resource leads"),
        (["iam:PassRole", "lambda:*"], "`lambda:UpdateFunctionCode` on every resource leads"),
        (["iam:PassRole", "ec2:RunInstances", "apprunner:*"], "`iam:PassRole` and `ec2:RunInstances` on every resource lead"),
        (
            ["iam:PassRole", "glue:Create*", "glue:StartJobRun"],
            "`iam:PassRole` and `glue:CreateDevEndpoint` on every resource lead",
        ),
    ],
)
def test_the_way_up_is_the_one_that_is_written(actions: list[str], words: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow(actions)]}
    (one,) = [one for one in lint(Policy(document, Kind.IDENTITY), table()) if one.check.id == "privilege-escalation"]
    assert one.message.startswith(words)


@pytest.mark.parametrize("everything", ["*", "**"])
def test_what_is_allowed_by_name_beside_everything_is_not_told(everything: str) -> None:
    raw = {"Version": "2012-10-17", "Statement": [allow("iam:CreateAccessKey"), allow(everything)]}
    told = {one.check.id for one in lint(Policy(raw, Kind.IDENTITY), table())}
    assert "allow-everything" in told
    assert "credentials-exposure" not in told


@pytest.mark.parametrize("arn", ["arn:", "arn:*", "arn:aws"])
def test_an_arn_that_ends_early_in_a_policy_of_a_resource(arn: str) -> None:
    raw = {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", arn, Principal={"AWS": "111122223333"})]}
    told = {one.check.id for one in lint(Policy(raw, Kind.RESOURCE, attached_to="AWS::S3::Bucket"), table())}
    assert "unsupported-resource-arn-in-policy" not in told
