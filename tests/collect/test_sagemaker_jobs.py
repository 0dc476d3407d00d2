"""SageMaker jobs over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from auditor.collect.sagemaker_jobs import instance_count, instance_type
from auditor.collect.wanted import Wanted, opted_in
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.opt_in import ARTIFACT_SIZES
from auditor.model.resource import field_ref
from auditor.model.sagemaker import ProcessingJob, StoredArtifact, TrainingJob
from tests.collect.helpers import scan
from tests.collect.stubs import answer, refuse
from tests.emulator import Emulator

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/training"
THEN = 1_760_000_000
DESCRIBE = "sagemaker.DescribeTrainingJob"
SWITCHES = {"EnableManagedSpotTraining": True, "EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": True}


def train(emulator: Emulator, name: str = "resnet-041") -> None:
    emulator.client("sagemaker").create_training_job(
        TrainingJobName=name,
        HyperParameters={"token": "hunter2"},
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn=ROLE,
        OutputDataConfig={"S3OutputPath": "s3://out/resnet", "KmsKeyId": "alias/out"},
        ResourceConfig={
            "InstanceType": "ml.p3.2xlarge",
            "InstanceCount": 2,
            "VolumeSizeInGB": 50,
            "VolumeKmsKeyId": "alias/volume",
        },
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        EnableManagedSpotTraining=True,
        EnableNetworkIsolation=False,
        EnableInterContainerTrafficEncryption=True,
        CheckpointConfig={"S3Uri": "s3://out/checkpoints"},
        VpcConfig={"Subnets": ["subnet-2", "subnet-1"], "SecurityGroupIds": ["sg-1"]},
        Environment={"TOKEN": "hunter2"},
    )


def process(emulator: Emulator) -> None:
    emulator.client("sagemaker").create_processing_job(
        ProcessingJobName="clean-07",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": "image", "ContainerArguments": ["--token", "hunter2"]},
        Environment={"TOKEN": "hunter2"},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 3, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}},
    )


def described(**more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": "resnet-041",
        "TrainingJobArn": f"{PREFIX}:training-job/resnet-041",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://out"},
        "TrainingJobStatus": "InProgress",
        "SecondaryStatus": "Training",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "ResourceConfig": {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {},
        "CreationTime": THEN,
        **SWITCHES,
        **more,
    }


def processed(**more: Any) -> dict[str, Any]:
    return {
        "ProcessingJobName": "clean-07",
        "ProcessingJobArn": f"{PREFIX}:processing-job/clean-07",
        "ProcessingJobStatus": "InProgress",
        "CreationTime": THEN,
        "AppSpecification": {"ImageUri": "image", "ContainerArguments": ["--token", "hunter2"]},
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 3, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        **more,
    }


def training(emulator: Emulator) -> TrainingJob:
    (found,) = scan(emulator, TrainingJob).section(TrainingJob, "us-east-1").items
    return found


def test_a_training_job_without_its_secrets(emulator: Emulator) -> None:
    train(emulator)
    job = training(emulator)
    assert (job.arn, job.id) == (f"{PREFIX}:training-job/resnet-041", "resnet-041")
    assert need(job.status) == "Completed"
    assert (need(job.type), need(job.instances)) == ("ml.p3.2xlarge", 2)
    assert need(job.spot) is True
    assert need(job.checkpoint) == "s3://out/checkpoints"
    assert need(job.max_runtime_seconds) == 3600
    assert need(job.role) == ROLE
    assert need(job.network_isolation) is False
    assert need(job.encrypted_traffic) is True
    assert need(job.subnets) == ("subnet-1", "subnet-2")
    assert (need(job.volume_key), need(job.output_key)) == ("alias/volume", "alias/out")
    assert need(job.output) == "s3://out/resnet"
    assert need(job.artifact) == "s3://out/resnet/resnet-041/output/model.tar.gz"
    assert need(job.created).tzinfo is UTC
    assert need(job.gpu) == ()
    assert b"hunter2" not in msgspec.json.encode(job)


def test_times_of_a_job_that_trained_are_no_data_when_aws_is_silent(emulator: Emulator) -> None:
    train(emulator)  # moto's jobs have started and ended, but it gives no times
    job = training(emulator)
    assert job.training_seconds == job.billable_seconds == Unknown(Reason.NO_DATA, DESCRIBE, "sagemaker:DescribeTrainingJob")


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ({}, (None, None)),
        ({"TrainingStartTime": THEN}, (None, None)),
        ({"TrainingEndTime": THEN}, (None, None)),
        (
            {
                "TrainingStartTime": THEN,
                "TrainingEndTime": THEN + 500,
                "TrainingTimeInSeconds": 500,
                "BillableTimeInSeconds": 100,
            },
            (500, 100),
        ),
        ({"TrainingStartTime": THEN, "TrainingTimeInSeconds": 30}, (30, None)),
    ],
)
def test_times(emulator: Emulator, more: dict[str, Any], seconds: tuple[int | None, int | None]) -> None:
    train(emulator)
    answer(emulator, DESCRIBE, described(**more))
    job = training(emulator)
    assert (need(job.training_seconds), need(job.billable_seconds)) == seconds
    assert need(job.max_runtime_seconds) is None


def test_a_switch_that_aws_leaves_out_is_not_off(emulator: Emulator) -> None:
    train(emulator)
    body = described()
    del body["EnableManagedSpotTraining"]
    answer(emulator, DESCRIBE, body)
    assert training(emulator).spot == Unknown(Reason.NO_DATA, DESCRIBE, "sagemaker:DescribeTrainingJob")


@pytest.mark.parametrize(
    ("cluster", "kind", "count"),
    [
        ({"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 4}, "ml.p4d.24xlarge", 4),
        ({"InstancePreferences": [{"InstanceType": "ml.m5.large"}]}, None, None),
        ({"SelectedInstanceType": "ml.m5.large", "SelectedInstanceCount": 2}, "ml.m5.large", 2),
        ({"InstanceGroups": [{"InstanceType": "a", "InstanceCount": 1}, {"InstanceType": "b", "InstanceCount": 2}]}, None, 3),
        ({"InstanceGroups": [{"InstanceType": "a", "InstanceCount": 1}, {"InstanceType": "a", "InstanceCount": 2}]}, "a", 3),
        ({}, None, None),
    ],
)
def test_clusters(cluster: dict[str, Any], kind: str | None, count: int | None) -> None:
    assert instance_type(cluster) == kind
    assert instance_count(cluster) == count


def test_a_processing_job_without_its_secrets(emulator: Emulator) -> None:
    process(emulator)
    answer(
        emulator,
        "sagemaker.DescribeProcessingJob",
        processed(
            RoleArn=ROLE,
            NetworkConfig={"EnableNetworkIsolation": True},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            Environment={"TOKEN": "hunter2"},
        ),
    )
    (job,) = scan(emulator, ProcessingJob).section(ProcessingJob, "us-east-1").items
    assert (job.arn, job.id) == (f"{PREFIX}:processing-job/clean-07", "clean-07")
    assert (need(job.type), need(job.instances)) == ("ml.m5.large", 3)
    assert need(job.role) == ROLE
    assert need(job.network_isolation) is True
    assert need(job.max_runtime_seconds) == 60
    assert b"hunter2" not in msgspec.json.encode(job)


def test_a_processing_job_without_options(emulator: Emulator) -> None:
    process(emulator)
    answer(emulator, "sagemaker.DescribeProcessingJob", processed())
    (job,) = scan(emulator, ProcessingJob).section(ProcessingJob, "us-east-1").items
    assert need(job.network_isolation) is False
    assert need(job.max_runtime_seconds) is None
    assert need(job.role) is None


@pytest.mark.parametrize(("days", "names"), [(0, ["resnet-041"]), (89, ["resnet-041"]), (91, [])])
def test_only_jobs_of_the_last_90_days_are_taken(emulator: Emulator, days: int, names: list[str]) -> None:
    train(emulator)
    snapshot = scan(emulator, TrainingJob, now=datetime.now(UTC) + timedelta(days=days))
    section = snapshot.section(TrainingJob, "us-east-1")
    assert section.complete
    assert [job.id for job in section.items] == names
    assert emulator.doorman.calls[DESCRIBE] == len(names)


@pytest.mark.parametrize("message", ["Requested resource not found.", "Could not find training job 'resnet-041'."])
def test_a_deleted_job_is_dropped_and_noted(emulator: Emulator, message: str) -> None:
    train(emulator)
    refuse(emulator, DESCRIBE, "ValidationException", message)
    snapshot = scan(emulator, TrainingJob)
    assert snapshot.section(TrainingJob, "us-east-1").items == ()
    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [(f"{PREFIX}:training-job/resnet-041", Reason.GONE)]


def test_another_validation_error_is_not_gone(emulator: Emulator) -> None:
    train(emulator)
    refuse(emulator, DESCRIBE, "ValidationException", "1 validation error detected")
    assert training(emulator).spot == Unknown(Reason.ERROR, DESCRIBE, "sagemaker:DescribeTrainingJob")


def test_denied_descriptions_and_lists_name_their_actions(emulator: Emulator) -> None:
    train(emulator)
    emulator.doorman.deny |= {DESCRIBE, "sagemaker.ListProcessingJobs"}
    snapshot = scan(emulator, TrainingJob, ProcessingJob)
    (job,) = snapshot.section(TrainingJob, "us-east-1").items
    assert job.spot == Unknown(Reason.DENIED, DESCRIBE, "sagemaker:DescribeTrainingJob")
    assert snapshot.section(ProcessingJob, "us-east-1").missing == (
        Unknown(Reason.DENIED, "sagemaker.ListProcessingJobs", "sagemaker:ListProcessingJobs"),
    )


def test_nothing_is_described_for_what_the_list_says(emulator: Emulator) -> None:
    train(emulator)
    scan(emulator, wanted=Wanted(frozenset({TrainingJob}), frozenset({field_ref(TrainingJob.ended)})))
    assert emulator.doorman.calls["sagemaker.ListTrainingJobs"] == 1
    assert emulator.doorman.calls[DESCRIBE] == 0


def test_gpu_use_comes_for_each_host_of_the_job(emulator: Emulator) -> None:
    train(emulator)
    for host in ("resnet-041/algo-1", "resnet-041/algo-2", "resnet-0411/algo-1"):
        emulator.client("cloudwatch").put_metric_data(
            Namespace="/aws/sagemaker/TrainingJobs",
            MetricData=[
                {
                    "MetricName": "GPUUtilization",
                    "Dimensions": [{"Name": "Host", "Value": host}],
                    "Timestamp": datetime.now(UTC) - timedelta(hours=5),
                    "Value": 180.0,
                }
            ],
        )
    first, second = need(training(emulator).gpu)
    assert first.dimensions == {"Host": "resnet-041/algo-1"}
    assert second.dimensions == {"Host": "resnet-041/algo-2"}
    assert first.present == (180.0,)


def test_a_region_without_sagemaker_says_so(emulator: Emulator) -> None:
    refuse(emulator, "sagemaker.ListTrainingJobs", "UnknownOperationException", "")
    section = scan(emulator, TrainingJob).section(TrainingJob, "us-east-1")
    assert [missing.reason for missing in section.missing] == [Reason.UNSUPPORTED]


ARTIFACT = "s3://models/resnet-041/output/model.tar.gz"


def ended(emulator: Emulator, artifact: str = ARTIFACT) -> None:
    train(emulator)
    answer(emulator, DESCRIBE, described(TrainingJobStatus="Completed", ModelArtifacts={"S3ModelArtifacts": artifact}))


def stored(emulator: Emulator) -> Any:
    wanted = opted_in(Wanted(frozenset({TrainingJob}), frozenset()), ARTIFACT_SIZES)
    (job,) = scan(emulator, wanted=wanted).section(TrainingJob, "us-east-1").items
    return job.stored_artifact


def put(emulator: Emulator, *keys: str) -> None:
    emulator.client("s3").create_bucket(Bucket="models")
    for key in keys:
        emulator.client("s3").put_object(Bucket="models", Key=key, Body=b"x" * 700, StorageClass="STANDARD_IA")


def test_what_a_job_made_is_looked_for_only_when_somebody_asks(emulator: Emulator) -> None:
    ended(emulator)
    (job,) = scan(emulator, TrainingJob, with_metrics=False).section(TrainingJob, "us-east-1").items
    assert job.stored_artifact == Unknown(Reason.NOT_COLLECTED, "s3.ListObjectsV2", "s3:ListBucket")
    assert not emulator.doorman.calls["s3.ListObjectsV2"]


def test_what_a_job_made_is_there_or_not(emulator: Emulator) -> None:
    ended(emulator)
    put(emulator)
    assert stored(emulator) == Known(None)
    key = ARTIFACT.removeprefix("s3://models/")
    for one in (key, f"{key}.asc"):
        emulator.client("s3").put_object(Bucket="models", Key=one, Body=b"x" * 700, StorageClass="STANDARD_IA")
    assert stored(emulator) == Known(StoredArtifact(700, "STANDARD_IA"))
    assert emulator.doorman.calls["s3.ListObjectsV2"] == 1


@pytest.mark.parametrize(
    ("artifact", "keys"),
    [
        (ARTIFACT, ["resnet-041/output/model.tar.gz.asc"]),
        ("s3://models/resnet-041/output/model/", ["resnet-041/output/model/weights.bin"]),
        ("s3://models", []),
        ("https://models/resnet", []),
    ],
)
def test_what_is_not_one_object_has_no_size(emulator: Emulator, artifact: str, keys: list[str]) -> None:
    ended(emulator, artifact)
    put(emulator, *keys)
    assert stored(emulator) == Unknown(Reason.NO_DATA, "s3.ListObjectsV2", "s3:ListBucket")


def test_a_bucket_that_is_not_there_or_may_not_be_listed(emulator: Emulator) -> None:
    ended(emulator)
    assert isinstance(stored(emulator), Unknown)
    put(emulator)
    emulator.doorman.deny.add("s3.ListObjectsV2")
    assert stored(emulator) == Unknown(Reason.DENIED, "s3.ListObjectsV2", "s3:ListBucket")


def test_a_job_that_made_nothing_is_not_asked_about(emulator: Emulator) -> None:
    train(emulator)
    answer(emulator, DESCRIBE, described(TrainingJobStatus="Failed", ModelArtifacts={"S3ModelArtifacts": ""}))
    assert stored(emulator) == Known(None)
    assert not emulator.doorman.calls["s3.ListObjectsV2"]


def test_a_bucket_of_another_region_is_not_an_empty_one(emulator: Emulator) -> None:
    ended(emulator)
    put(emulator)
    body = b"<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message><Bucket>models</Bucket></Error>"
    emulator.doorman.answers["s3.ListObjectsV2"] = ("301 Moved Permanently", body, "text/xml")
    assert isinstance(stored(emulator), Unknown)
