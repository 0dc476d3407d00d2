"""The emulated account through the real pipeline: every weakness it is known for is found, and nothing leaves the process."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.models import botocore_stubber

from auditor.collect.run import Scan, Scope
from auditor.collect.wanted import Wanted, by_rules, everything
from auditor.config import Config
from auditor.demo.account import emulated_account
from auditor.demo.clock import Standing
from auditor.demo.seed import seed
from auditor.demo.seed_ec2 import HOSTILE
from auditor.demo.site import Site
from auditor.engine import registry
from auditor.model.account import Account, RegionSettings, Root
from auditor.model.compute import Instance
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.iam import Role, User
from auditor.model.opt_in import OPT_INS
from auditor.model.resource import fact_fields
from auditor.model.s3 import Bucket
from auditor.model.sagemaker import App, Space, TrainingJob
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Outcome, Severity
from auditor.pipeline import Result, render, weigh
from tests.collect.helpers import Silence
from tests.emulator import Emulator

NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
USERS_OWN = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    "AWS_PROFILE": "no-such-profile",
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "the-users-own",
    "AWS_SECRET_ACCESS_KEY": "the-users-own",
    "AWS_SESSION_TOKEN": "the-users-own",
}

WEAK = (
    ("s3-intelligent-tiering-archive-unused", "example-ml-raw-data"),
    ("s3-intelligent-tiering-archives-urgent", "example-ml-training-data"),
    ("s3-intelligent-tiering-small-objects", "example-ml-embeddings"),
    ("s3-lifecycle-request-shock", "example-ml-clips"),
    ("s3-lifecycle-no-effect", "example-ml-experiments"),
    ("s3-lifecycle-prefix-empty", "example-ml-experiments"),
    ("s3-directory-access-point-other-accounts", "shards-lab--use1-az4--xa-s3"),
    ("s3-directory-access-point-public-access-block-off", "shards-lab--use1-az4--xa-s3"),
    ("s3-object-acl-public", "example-legacy-web"),
    ("s3-service-bucket-taken", "us-east-1"),
    ("s3-training-output-no-expiry", "example-ml-checkpoints"),
    ("s3-training-output-public", "example-ml-public-datasets"),
    ("s3-training-output-unversioned", "example-ml-public-datasets"),
    ("s3-lifecycle-deletes-early", "example-ml-experiments"),
    ("s3-lifecycle-wasteful", "example-ml-experiments"),
    ("s3-lifecycle-small-objects", "example-ml-experiments"),
    ("s3-lifecycle-blocked-by-object-lock", "example-ml-experiments"),
    ("s3-delete-markers-kept", "example-ml-training-data"),
    ("account-no-security-contact", "123456789012"),
    ("account-password-policy", "123456789012"),
    ("account-s3-public-access-block-off", "123456789012"),
    ("ec2-address-unassociated", "old-vpn"),
    ("ec2-capacity-reservation-unused", "llm-2025q3"),
    ("ec2-dedicated-host-empty", "licensed-db-standby"),
    ("ec2-ebs-default-encryption-off", "us-east-1"),
    ("ec2-gpu-idle", "train-llm-01"),
    ("ec2-gpu-no-telemetry", "labeling-gpu"),
    ("ec2-image-public", "ml-workshop-2025"),
    ("ec2-imdsv1-allowed", "old-dashboard"),
    ("ec2-instance-idle", "etl-scheduler"),
    ("ec2-instance-previous-generation", "old-dashboard"),
    ("ec2-instance-previous-generation", "experiment-bert"),
    ("ec2-instance-stopped-long", "experiment-bert"),
    ("ec2-network-acl-open-admin-port", "default fence"),
    ("ec2-network-acl-unused", "lockdown 2024"),
    ("ec2-peering-route-wide", "ml-private to all of data-lake"),
    ("ec2-public-admin-port", "bastion"),
    ("ec2-reserved-instances-expiring", "feature-store"),
    ("ec2-security-group-open-admin-port", "ssh-from-anywhere"),
    ("ec2-security-group-open-smb", "labeling-share"),
    ("ec2-snapshot-public", "bert-datasets-share"),
    ("ec2-volume-gp2", "bert-datasets"),
    ("ec2-volume-idle", "feature-store-scratch"),
    ("ec2-volume-unattached", "bert-datasets"),
    ("ec2-volume-unencrypted", "bert-datasets"),
    ("ec2-vpc-no-endpoint", "default"),
    ("ec2-vpc-no-flow-log", "data-lake"),
    ("ec2-vpc-no-flow-log", "default"),
    ("iam-admin-policy-everything", "everything-for-now"),
    ("iam-group-inline-everything", "platform-admins"),
    ("iam-policy-allow-not-action", "all-but-billing"),
    ("iam-role-inline-everything", "legacy-admin"),
    ("iam-role-trust-unclear", "external-labeling"),
    ("iam-role-trusts-everyone", "partner-export"),
    ("iam-root-access-key", "root"),
    ("iam-root-heavy-use", "root"),
    ("iam-root-no-mfa", "root"),
    ("iam-root-recent-use", "root"),
    ("iam-server-certificate-expired", "legacy-api-2024"),
    ("iam-user-console-no-mfa", "notebook-sharing"),
    ("iam-user-direct-policy", "data-pipeline"),
    ("iam-user-inline-everything", "annotation-vendor"),
    ("iam-user-inline-policy", "annotation-vendor"),
    ("iam-user-stale-access-key", "data-pipeline"),
    ("iam-user-two-active-keys", "ml-train-ci"),
    ("iam-user-unused-credentials", "notebook-sharing"),
    ("s3-access-logging-off", "example-ml-raw-data"),
    ("s3-acls-enabled", "example-legacy-web"),
    ("s3-encryption-not-kms", "example-ml-raw-data"),
    ("s3-lifecycle-only-disabled", "example-ml-checkpoints"),
    ("s3-mfa-delete-off", "example-ml-raw-data"),
    ("s3-no-default-encryption", "example-legacy-web"),
    ("s3-no-multipart-abort", "example-ml-public-datasets"),
    ("s3-no-tier-policy", "example-ml-raw-data"),
    ("s3-no-tls-only-policy", "example-ml-raw-data"),
    ("s3-public-access-block-off", "example-ml-public-datasets"),
    ("s3-public-acl", "example-legacy-web"),
    ("s3-public-policy", "example-ml-public-datasets"),
    ("s3-stale-uploads", "example-ml-raw-data"),
    ("s3-versioned-no-noncurrent-expiry", "example-ml-checkpoints"),
    ("s3-versioning-off", "example-ml-raw-data"),
    ("sagemaker-domain-no-idle-shutdown", "d-studio-research"),
    ("sagemaker-domain-public-internet", "d-studio-research"),
    ("sagemaker-endpoint-config-no-kms", "fraud-canary"),
    ("sagemaker-endpoint-gpu-idle", "embedding-gpu"),
    ("sagemaker-endpoint-idle", "fraud-canary"),
    ("sagemaker-endpoint-single-instance", "fraud-canary"),
    ("sagemaker-model-no-network-isolation", "embedding-e5"),
    ("sagemaker-model-no-vpc", "embedding-e5"),
    ("sagemaker-notebook-always-on", "research-gpu-notebook"),
    ("sagemaker-notebook-direct-internet", "research-gpu-notebook"),
    ("sagemaker-notebook-no-kms", "research-gpu-notebook"),
    ("sagemaker-notebook-no-vpc", "research-gpu-notebook"),
    ("sagemaker-notebook-root-access", "research-gpu-notebook"),
    ("sagemaker-training-no-spot", "llm-finetune-20b"),
    ("sagemaker-training-spot-no-checkpoint", "speech-ko-asr"),
    ("sagemaker-training-unencrypted-traffic", "llm-finetune-20b"),
    ("s3-access-point-public-access-block-off", "public-mirror"),
    ("s3-access-point-public-policy", "public-mirror"),
    ("s3-bucket-abandoned", "example-legacy-web"),
    ("s3-cold-data-in-standard", "example-ml-checkpoints"),
    ("s3-directory-bucket-no-lifecycle", "example-shards--use1-az4--x-s3"),
    ("s3-express-data", "example-shards--use1-az4--x-s3"),
    ("s3-hot-data-in-infrequent-access", "example-ml-model-registry"),
    ("s3-kms-no-bucket-key", "example-ml-training-data"),
    ("s3-multi-region-access-point-public-access-block-off", "mirror"),
    ("s3-multi-region-access-point-public-policy", "mirror"),
    ("s3-no-cross-region-replication", "example-ml-raw-data"),
    ("s3-no-event-notifications", "example-ml-raw-data"),
    ("s3-no-object-lock", "example-ml-checkpoints"),
    ("s3-one-zone-data", "example-ml-public-datasets"),
    ("s3-policy-other-account-control", "example-ml-raw-data"),
    ("s3-policy-other-accounts", "example-ml-raw-data"),
    ("s3-reduced-redundancy", "example-legacy-web"),
    ("s3-replication-gap", "example-ml-checkpoints"),
    ("s3-sagemaker-default-bucket-no-expiry", "sagemaker-us-east-1-123456789012"),
    ("sagemaker-model-artifacts-public", "embedding-e5"),
    ("sagemaker-model-artifacts-unversioned", "embedding-e5"),
    ("sagemaker-training-output-unused", "hpo-asr-017"),
)

SOUND = (
    ("ec2-address-unassociated", "frontend"),
    ("ec2-capacity-reservation-unused", "train-llm"),
    ("ec2-dedicated-host-empty", "licensed-db"),
    ("ec2-default-security-group-open", "ml-private default"),
    ("ec2-gpu-idle", "train-vision-02"),
    ("ec2-gpu-no-telemetry", "train-llm-01"),
    ("ec2-image-public", "ml-base-2024"),
    ("ec2-imdsv1-allowed", "feature-store-api"),
    ("ec2-instance-idle", "feature-store-api"),
    ("ec2-instance-previous-generation", "feature-store-api"),
    ("ec2-instance-stopped-long", "weekend-batch"),
    ("ec2-network-acl-open-admin-port", "ml-private fence"),
    ("ec2-network-acl-unused", "ml-private fence"),
    ("ec2-peering-route-wide", "ml-private"),
    ("ec2-public-admin-port", "demo-frontend"),
    ("ec2-reserved-instances-expiring", "batch"),
    ("ec2-security-group-open-admin-port", "labeling-share"),
    ("ec2-security-group-open-admin-port", "ml-internal"),
    ("ec2-security-group-open-smb", "ml-internal"),
    ("ec2-snapshot-public", "bert-datasets-weekly"),
    ("ec2-volume-idle", "feature-store-data"),
    ("ec2-volume-unattached", "hpo-scratch-new"),
    ("ec2-vpc-no-endpoint", "ml-private"),
    ("ec2-vpc-no-flow-log", "ml-private"),
    ("iam-admin-policy-everything", "ml-engineering"),
    ("iam-group-inline-everything", "ml-engineers"),
    ("iam-role-trusts-everyone", "org-reader"),
    ("iam-role-trust-unclear", "org-reader"),
    ("iam-server-certificate-expired", "internal-api"),
    ("iam-user-console-no-mfa", "ops-console"),
    ("iam-user-stale-access-key", "deploy-bot"),
    ("iam-user-two-active-keys", "data-pipeline"),
    ("iam-user-unused-credentials", "ops-console"),
    ("s3-lifecycle-only-disabled", "example-ml-training-data"),
    ("s3-mfa-delete-off", "example-ml-model-registry"),
    ("s3-no-multipart-abort", "example-ml-training-data"),
    ("s3-no-tier-policy", "example-ml-training-data"),
    ("s3-no-tls-only-policy", "example-ml-training-data"),
    ("s3-public-access-block-off", "example-ml-training-data"),
    # Nothing of the vault's ACL could be read, but ACLs are off: that decides without it.
    ("s3-public-acl", "vault-finance-archive"),
    ("s3-public-policy", "example-ml-training-data"),
    ("sagemaker-domain-no-idle-shutdown", "d-studio-product"),
    ("sagemaker-endpoint-gpu-idle", "search-rerank-gpu"),
    ("sagemaker-endpoint-idle", "churn-realtime"),
    ("sagemaker-model-no-network-isolation", "churn-xgboost"),
    ("sagemaker-notebook-always-on", "secure-analytics"),
    ("sagemaker-notebook-direct-internet", "secure-analytics"),
    ("sagemaker-training-spot-no-checkpoint", "vision-segmentation"),
    ("sagemaker-training-unencrypted-traffic", "vision-segmentation"),
    ("s3-access-point-public-access-block-off", "dataset-readers"),
    ("s3-access-point-public-policy", "dataset-readers"),
    ("s3-bucket-abandoned", "example-ml-checkpoints"),
    ("s3-cold-data-in-standard", "example-ml-training-data"),
    ("s3-directory-bucket-no-lifecycle", "example-scratch--use1-az6--x-s3"),
    ("s3-express-data", "example-scratch--use1-az6--x-s3"),
    ("s3-hot-data-in-infrequent-access", "example-ml-public-datasets"),
    ("s3-kms-no-bucket-key", "example-ml-model-registry"),
    ("s3-multi-region-access-point-public-access-block-off", "registry-worldwide"),
    ("s3-no-cross-region-replication", "example-ml-model-registry"),
    ("s3-no-event-notifications", "example-ml-training-data"),
    ("s3-no-object-lock", "example-ml-model-registry"),
    ("s3-one-zone-data", "example-ml-checkpoints"),
    ("s3-policy-other-account-control", "example-ml-training-data"),
    ("s3-reduced-redundancy", "example-ml-checkpoints"),
    ("s3-replication-gap", "example-ml-model-registry"),
    ("s3-sagemaker-default-bucket-no-expiry", "sagemaker-us-west-2-123456789012"),
    ("sagemaker-model-artifacts-public", "churn-xgboost"),
    ("sagemaker-model-artifacts-unversioned", "churn-xgboost"),
    ("sagemaker-training-output-unused", "churn-nightly"),
)

UNDECIDED = {
    ("ec2-gpu-idle", "labeling-gpu"): Reason.NO_DATA,
    ("iam-role-trust-unclear", "github-deploy"): Reason.NO_DATA,
    ("iam-role-trusts-everyone", "external-labeling"): Reason.NO_DATA,
    ("iam-role-trusts-everyone", "github-deploy"): Reason.NO_DATA,
    ("s3-no-tls-only-policy", "vault-finance-archive"): Reason.DENIED,
    ("s3-policy-lint", "vault-finance-archive"): Reason.DENIED,
    ("s3-public-policy", "vault-finance-archive"): Reason.DENIED,
    # The bucket whose requests nobody counts.
    ("s3-bucket-abandoned", "example-ml-raw-data"): Reason.NO_DATA,
    ("s3-cold-data-in-standard", "example-ml-raw-data"): Reason.NO_DATA,
    ("s3-policy-other-account-control", "vault-finance-archive"): Reason.DENIED,
    ("s3-policy-other-accounts", "vault-finance-archive"): Reason.DENIED,
}

# Of the second AWS documents that its public access block is always on.
NEVER_FAILS = {"iam-root-virtual-mfa", "s3-object-lambda-access-point-public-policy"}
"""Rules that do not apply here: the root user has no MFA device at all."""


def scanned(wanted: Wanted, now: datetime = NOW) -> Snapshot:
    with emulated_account(now=now) as connection:
        scope = Scope(wanted=wanted, regions=(connection.region,))
        return Scan(connection, scope, journal=Silence(), progress=Silence(), now=lambda: now).run()


def every_rule() -> Config:
    return Config(rules=tuple(registry.load(None).values()))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """The account as the rules read it, without a network and with the user's own AWS settings in the environment."""

    def no_network(*_: object) -> NoReturn:
        raise AssertionError("the demo reached for the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", no_network)
        patch.setattr(socket, "getaddrinfo", no_network)
        for name, value in USERS_OWN.items():
            patch.setenv(name, value)
        before = dict(os.environ)
        found = scanned(by_rules([rule.spec for rule in every_rule().rules], OPT_INS))
        assert dict(os.environ) == before
    return found


@pytest.fixture(scope="module")
def result(snapshot: Snapshot) -> Result:
    return weigh(snapshot, every_rule(), fail_on=Severity.HIGH, strict=False)


def outcomes(findings: tuple[Finding, ...]) -> Mapping[tuple[str, str], set[Outcome]]:
    found: dict[tuple[str, str], set[Outcome]] = {}
    for finding in findings:
        found.setdefault((finding.rule, finding.name), set()).add(finding.verdict)
    return found


@pytest.mark.parametrize(("rule", "name"), WEAK)
def test_weaknesses_are_found(result: Result, rule: str, name: str) -> None:
    assert Outcome.FAIL in outcomes(result.findings)[rule, name]


@pytest.mark.parametrize(("rule", "name"), SOUND)
def test_sound_resources_pass(result: Result, rule: str, name: str) -> None:
    assert outcomes(result.findings)[rule, name] == {Outcome.PASS}


def test_only_what_could_not_be_looked_at_is_unknown(result: Result) -> None:
    unknown = {(f.rule, f.name): f for f in result.findings if f.verdict is Outcome.UNKNOWN}
    assert {key: {missing.reason for missing in f.missing} for key, f in unknown.items()} == {
        key: {reason} for key, reason in UNDECIDED.items()
    }
    assert not [f for f in result.findings if f.verdict is Outcome.CRASH]


def test_every_rule_has_something_to_show(result: Result) -> None:
    fails = {f.rule for f in result.findings if f.verdict is Outcome.FAIL}
    passes = {f.rule for f in result.findings if f.verdict is Outcome.PASS}
    one_of_a_kind = {rule.id for rule in every_rule().rules if rule.spec.over in (Account, Root, RegionSettings)}
    every = {rule.id for rule in every_rule().rules}
    assert every - fails == NEVER_FAILS, "furnish the demo account with what these rules flag"
    assert every - passes <= one_of_a_kind, "furnish the demo account with what these rules pass"


def test_exit_is_that_of_findings(result: Result) -> None:
    assert int(result.exit) == 1


def test_hostile_names_do_not_become_markup(result: Result) -> None:
    assert any(finding.name == HOSTILE for finding in result.findings)
    text = b"".join(part for file in render(result.view, ("html",)) for part in file.parts).decode()
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)" in text


def test_ages_and_uses_are_real(snapshot: Snapshot) -> None:
    users = {user.id: user for user in snapshot.section(User, "global").items}
    assert users["data-pipeline"].created == Known(NOW - timedelta(days=640))
    assert users["ops-console"].tags == Known({"팀": "플랫폼"})
    machines = {machine.name: machine for machine in snapshot.section(Instance, "us-east-1").items}
    assert machines["weekend-batch"].state_since == Known(NOW - timedelta(days=3))
    assert isinstance(machines["etl-scheduler"].cpu, Known)
    assert [series.coverage for series in machines["etl-scheduler"].cpu.value] == [1.0]


def test_everything_can_be_read_of_it() -> None:
    """Also what no rule reads today: each field has a value, or a reason that the real account would give too."""
    full = scanned(everything(OPT_INS))
    odd = [
        (item.name, name, fact)
        for section in full.sections.values()
        for item in section.items
        for name in fact_fields(type(item))
        if isinstance(fact := getattr(item, name), Unknown) and fact.reason not in (Reason.DENIED, Reason.NOT_COLLECTED)
    ]
    assert odd == []
    assert all(section.complete for section in full.sections.values())
    assert {call.operation for call in full.calls if call.outcome not in ("ok", "absent")} == {
        "DescribeInstanceTypes",  # one instance is of a type that is retired: it is asked again without
        "GetBucketAcl",
        "GetBucketPolicy",
        "GetBucketPolicyStatus",
        "HeadBucket",  # of a name that another account has
    }
    for kind in (App, Space, TrainingJob, Role):
        assert full.section(kind, full.scopes(kind)[0]).items


def test_two_runs_give_the_same_findings(result: Result) -> None:
    again = weigh(
        scanned(by_rules([rule.spec for rule in every_rule().rules], OPT_INS)), every_rule(), fail_on=Severity.HIGH, strict=False
    )
    assert again.findings == result.findings


def test_nothing_is_left_behind() -> None:
    before = dict(os.environ), boto3.DEFAULT_SESSION
    with emulated_account() as connection:
        client = connection.client("sagemaker", "us-east-1")
        with pytest.raises(ClientError, match="UnknownOperation"):
            connection._session.client("sagemaker").list_inference_components()
        assert client.list_endpoints()["Endpoints"]
    assert (dict(os.environ), boto3.DEFAULT_SESSION) == before
    assert not botocore_stubber.enabled
    assert type(datetime.now(UTC)) is datetime


def test_nothing_is_left_behind_when_the_scan_fails() -> None:
    before = dict(os.environ)
    with pytest.raises(KeyboardInterrupt), emulated_account():
        raise KeyboardInterrupt
    assert dict(os.environ) == before


def test_a_larger_account() -> None:
    with emulated_account(2) as connection:
        assert len(connection.client("s3", "us-east-1").list_buckets()["Buckets"]) == 14 + 8
        details = connection.client("iam", "us-east-1").get_account_authorization_details(Filter=["User"])
        assert len(details["UserDetailList"]) == 7 + 6


def test_an_emulator_over_http_can_be_furnished_too(emulator: Emulator) -> None:
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    seed(Site(session, Standing(datetime.now(UTC)), "us-east-1", emulator.url))
    assert len(emulator.client("s3").list_buckets()["Buckets"]) == 14
    assert emulator.client("cloudwatch").list_metrics(Namespace="AWS/EC2")["Metrics"]


def test_vault_hides_what_it_hides(snapshot: Snapshot) -> None:
    vault = next(b for b in snapshot.section(Bucket, "global").items if b.id == "vault-finance-archive")
    for fact in (vault.policy, vault.policy_is_public, vault.acl):
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.DENIED
