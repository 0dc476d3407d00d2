"""Rules that cover several controls: which of them each case is about, and policies of AWS in every partition."""

from __future__ import annotations

import msgspec
import pytest

from auditor.engine.cases import case_snapshot, sample
from auditor.engine.evaluate import judge, worst
from auditor.engine.frameworks import load as load_frameworks
from auditor.engine.registry import load
from auditor.model.fact import Known
from auditor.model.iam import AttachedPolicy, Role
from auditor.model.resource import GLOBAL
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Outcome

RULES = load()

READ, WRITE = "fsbp:S3.2", "fsbp:S3.3"
AT_45 = {"cis-aws-7.0:2.11", "securityhub:IAM.22"}
LENGTH, REUSE = {"cis-aws-7.0:2.8", "securityhub:IAM.15"}, {"cis-aws-7.0:2.9", "securityhub:IAM.16"}
FAILED = [
    ("s3-public-acl", "everyone has READ", {READ}),
    ("s3-public-acl", "everyone has WRITE_ACP", {WRITE}),
    ("s3-public-acl", "everyone has FULL_CONTROL", {READ, WRITE}),
    ("s3-public-acl", "everyone may list and any AWS account may write", {READ, WRITE}),
    ("s3-public-policy", "everyone may read", {READ}),
    ("s3-public-policy", "everyone may write", {WRITE}),
    ("s3-public-policy", "everyone may do everything", {READ, WRITE}),
    ("s3-public-policy", "everyone may read, under a condition that AWS takes for none", {READ}),
    ("s3-public-policy", "everyone may read, and write under a condition", {READ}),
    ("iam-user-unused-credentials", "a password that was never used", AT_45),
    ("iam-user-unused-credentials", "exactly at the limit", AT_45),
    ("iam-user-unused-credentials", "last sign-in in spring", AT_45 | {"fsbp:IAM.8"}),
    ("account-password-policy", "too short", LENGTH),
    ("account-password-policy", "passwords may come back", REUSE),
    ("account-password-policy", "no policy", LENGTH | REUSE),
    ("ec2-volume-unencrypted", "not encrypted", {"fsbp:EC2.3"}),
    ("ec2-volume-unencrypted", "not encrypted, attached to nothing", set()),
    ("s3-no-tier-policy", "no lifecycle configuration", {"fsbp:S3.13"}),
    ("s3-no-tier-policy", "rules only tidy uploads", set()),
    ("s3-mfa-delete-off", "versioning alone", {"cis-aws-7.0:3.1.2", "securityhub:S3.20"}),
    ("s3-mfa-delete-off", "versioning alone, and lifecycle rules", {"cis-aws-7.0:3.1.2"}),
    ("s3-mfa-delete-off", "versioning alone, and the lifecycle may not be read", {"cis-aws-7.0:3.1.2"}),
    ("s3-mfa-delete-off", "versioning is suspended", {"cis-aws-7.0:3.1.2"}),
    ("s3-versioned-no-noncurrent-expiry", "the rule is disabled", {"securityhub:S3.10"}),
    ("s3-versioned-no-noncurrent-expiry", "only current versions expire", set()),
    ("s3-public-policy", "everyone may do something else", set()),
    ("s3-directory-bucket-no-lifecycle", "no rules", {"fsbp:S3.25"}),
    ("s3-directory-bucket-no-lifecycle", "rules only tidy uploads, and the size is not known", set()),
    ("iam-root-no-mfa", "a password and no MFA", {"cis-aws-7.0:2.5", "cis-aws-7.0:2.6", "fsbp:IAM.6", "securityhub:IAM.9"}),
]
# Other frameworks may name the same rules: their controls are not what is tested here.
TOLD_APART = ("cis-aws-7.0:", "fsbp:", "securityhub:")


def snapshot_of(rule: str, title: str) -> Snapshot:
    return case_snapshot(next(case for case in RULES[rule].cases() if case.title == title))


def controls_of(rule: str, title: str, outcome: Outcome) -> set[str]:
    findings = [one for one in judge(snapshot_of(rule, title), [RULES[rule]]) if one.verdict is outcome]
    return {control for one in findings for control in one.controls if control.startswith(TOLD_APART)}


@pytest.mark.parametrize(("rule", "title", "controls"), FAILED)
def test_a_failure_is_about_the_controls_that_it_fails(rule: str, title: str, controls: set[str]) -> None:
    assert controls_of(rule, title, Outcome.FAIL) == controls


def test_what_a_public_policy_does_not_tell_is_unknown_for_that_control_only() -> None:
    assert controls_of("s3-public-policy", "everyone may read, and write under a condition", Outcome.UNKNOWN) == {WRITE}
    assert controls_of("s3-public-policy", "everyone may do something else", Outcome.UNKNOWN) == {READ, WRITE}
    assert not controls_of("s3-public-policy", "everyone may read", Outcome.UNKNOWN)


def test_where_the_lifecycle_is_not_known_mfa_delete_is_unknown_for_the_control_that_asks_for_it() -> None:
    title = "versioning alone, and the lifecycle may not be read"
    assert controls_of("s3-mfa-delete-off", title, Outcome.UNKNOWN) == {"securityhub:S3.20"}


@pytest.mark.parametrize("framework", ["fsbp", "securityhub"])
def test_every_control_of_security_hub_on_s3_has_a_rule(framework: str) -> None:
    asked = {control.id for control in load_frameworks()[framework].controls if control.id.startswith("S3.")}
    judged = {control.removeprefix(f"{framework}:") for rule in RULES.values() for control in rule.spec.controls}
    assert asked
    assert asked <= judged


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
@pytest.mark.parametrize(
    ("rule", "policy", "outcome"),
    [
        ("iam-no-support-role", "AWSSupportAccess", Outcome.PASS),
        ("iam-cloudshell-full-access", "AWSCloudShellFullAccess", Outcome.FAIL),
    ],
)
def test_policies_of_aws_are_known_in_every_partition(partition: str, rule: str, policy: str, outcome: Outcome) -> None:
    arn = f"arn:{partition}:iam::aws:policy/{policy}"
    elsewhere = "aws" if partition != "aws" else "aws-cn"
    found = judge(with_role(partition, AttachedPolicy(arn, policy)), [RULES[rule]])
    other = judge(with_role(elsewhere, AttachedPolicy(arn, policy)), [RULES[rule]])
    assert worst([one.verdict for one in found]) is outcome
    assert worst([one.verdict for one in other]) is (Outcome.PASS if outcome is Outcome.FAIL else Outcome.FAIL)


def with_role(partition: str, policy: AttachedPolicy) -> Snapshot:
    """A snapshot of an account in a partition whose one role has the policy."""
    snapshot = snapshot_of("iam-no-support-role", "no role")
    role = Role.KIND, GLOBAL
    section = msgspec.structs.replace(snapshot.sections[role], items=(sample(Role, "incident", attached=Known((policy,))),))
    return msgspec.structs.replace(
        snapshot,
        header=msgspec.structs.replace(snapshot.header, partition=partition),
        sections={**snapshot.sections, role: section},
    )
