"""SageMaker training and processing jobs of the last 90 days.

AWS keeps jobs for ever, and each costs a description, so that a scan takes the recent ones only: what was decided about older ones can no
longer be changed. Hyperparameters, arguments and environments are never kept: people put secrets in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from auditor.collect.door import Answer
from auditor.collect.shapes import (
    Raw,
    flag,
    flag_or_false,
    moment,
    moment_or_none,
    number_or_none,
    part,
    parts,
    text,
    text_or_none,
    texts,
)
from auditor.collect.visit import Collector, Metric, Visit
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread
from auditor.model.sagemaker import ProcessingJob, StoredArtifact, TrainingJob

RECENT = timedelta(days=90)
"""Jobs created longer before the scan are not listed."""


def jobs(visit: Visit) -> None:
    """The recent jobs of a region."""
    recent = {"CreationTimeAfter": visit.taken_at - RECENT}
    if visit.lists(TrainingJob):
        visit.add_each(
            TrainingJob,
            visit.pages(calls.LIST_TRAINING_JOBS, "TrainingJobSummaries", recent),
            lambda entry: _training(visit, entry),
        )
    if visit.lists(ProcessingJob):
        visit.add_each(
            ProcessingJob,
            visit.pages(calls.LIST_PROCESSING_JOBS, "ProcessingJobSummaries", recent),
            lambda entry: _processing(visit, entry),
        )


def _training(visit: Visit, entry: Answer) -> TrainingJob:
    name = str(entry.raw["TrainingJobName"])
    call = calls.DESCRIBE_TRAINING_JOB
    described = visit.when(visit.wanted.gives(TrainingJob, call), call, {"TrainingJobName": name}, of=name)
    artifact = described.take(lambda r: text_or_none(part(r, "ModelArtifacts"), "S3ModelArtifacts"))
    return TrainingJob(
        arn=str(entry.raw["TrainingJobArn"]),
        id=name,
        region=visit.region,
        status=entry.take(lambda r: str(r["TrainingJobStatus"])),
        created=entry.take(lambda r: moment(r["CreationTime"])),
        ended=entry.take(lambda r: moment_or_none(r.get("TrainingEndTime"))),
        started=described.take(lambda r: moment_or_none(r.get("TrainingStartTime"))),
        type=described.take(lambda r: instance_type(part(r, "ResourceConfig"))),
        instances=described.take(lambda r: instance_count(part(r, "ResourceConfig"))),
        # AWS always gives the three switches.
        spot=described.take(lambda r: flag(r, "EnableManagedSpotTraining")),
        network_isolation=described.take(lambda r: flag(r, "EnableNetworkIsolation")),
        encrypted_traffic=described.take(lambda r: flag(r, "EnableInterContainerTrafficEncryption")),
        checkpoint=described.take(lambda r: text_or_none(part(r, "CheckpointConfig"), "S3Uri")),
        training_seconds=described.take(lambda r: _seconds(r, "TrainingTimeInSeconds")),
        billable_seconds=described.take(lambda r: _seconds(r, "BillableTimeInSeconds")),
        max_runtime_seconds=described.take(lambda r: number_or_none(r["StoppingCondition"], "MaxRuntimeInSeconds")),
        role=described.take(lambda r: text_or_none(r, "RoleArn")),
        subnets=described.take(lambda r: texts(part(r, "VpcConfig"), "Subnets")),
        volume_key=described.take(lambda r: text_or_none(part(r, "ResourceConfig"), "VolumeKmsKeyId")),
        output_key=described.take(lambda r: text_or_none(part(r, "OutputDataConfig"), "KmsKeyId")),
        output=described.take(lambda r: text_or_none(part(r, "OutputDataConfig"), "S3OutputPath")),
        artifact=artifact,
        stored_artifact=_stored(visit, artifact, name),
    )


def _stored(visit: Visit, artifact: Fact[str | None], job: str) -> Fact[StoredArtifact | None]:
    """What lies where the job put its model: a listing of one entry, for of all keys that begin so the exact one comes first.

    It is asked in the region of the job, where its bucket usually is; of one elsewhere nothing is known."""
    call = calls.LIST_OBJECTS
    if not visit.wants(TrainingJob.stored_artifact):
        return unread(call)
    if isinstance(artifact, Unknown):
        return artifact
    if artifact.value is None:
        return Known(None)
    bucket, slash, key = artifact.value.removeprefix("s3://").partition("/")
    if not (bucket and slash and key and artifact.value.startswith("s3://")):
        return Unknown(Reason.NO_DATA, call.name, call.action)
    found = visit.read(call, {"Bucket": bucket, "Prefix": key, "MaxKeys": 1}, of=job)
    return found.take(lambda raw: _entry(raw, key))


def _entry(raw: Raw, key: str) -> StoredArtifact | None:
    first = next(iter(parts(raw, "Contents")), None)
    if first is None:
        if flag(raw, "IsTruncated"):
            raise KeyError(key)
        return None
    if text(first["Key"]) != key:
        raise KeyError(key)  # many objects under a prefix, or only longer names
    return StoredArtifact(int(first["Size"]), text_or_none(first, "StorageClass") or "STANDARD")


def _seconds(raw: Raw, key: str) -> int | None:
    """A time that AWS gives of every job that has trained: only for the others is there none to give."""
    trained = raw.get("TrainingStartTime") is not None and raw.get("TrainingEndTime") is not None
    return int(raw[key]) if trained else number_or_none(raw, key)


def instance_type(cluster: Raw) -> str | None:
    """The one instance type of a job's cluster, as asked for or as SageMaker chose it; ``None`` when there is not one."""
    types = {str(group["InstanceType"]) for group in parts(cluster, "InstanceGroups")}
    single = text_or_none(cluster, "InstanceType") or text_or_none(cluster, "SelectedInstanceType")
    return single or (types.pop() if len(types) == 1 else None)


def instance_count(cluster: Raw) -> int | None:
    """How many instances a job's cluster has, over all its groups; ``None`` when it does not say."""
    groups = sum(int(group["InstanceCount"]) for group in parts(cluster, "InstanceGroups"))
    return number_or_none(cluster, "InstanceCount") or number_or_none(cluster, "SelectedInstanceCount") or groups or None


def _processing(visit: Visit, entry: Answer) -> ProcessingJob:
    name = str(entry.raw["ProcessingJobName"])
    call = calls.DESCRIBE_PROCESSING_JOB
    described = visit.when(visit.wanted.gives(ProcessingJob, call), call, {"ProcessingJobName": name}, of=name)
    return ProcessingJob(
        arn=str(entry.raw["ProcessingJobArn"]),
        id=name,
        region=visit.region,
        status=entry.take(lambda r: str(r["ProcessingJobStatus"])),
        created=entry.take(lambda r: moment(r["CreationTime"])),
        ended=entry.take(lambda r: moment_or_none(r.get("ProcessingEndTime"))),
        type=described.take(lambda r: instance_type(r["ProcessingResources"]["ClusterConfig"])),
        instances=described.take(lambda r: instance_count(r["ProcessingResources"]["ClusterConfig"])),
        role=described.take(lambda r: text_or_none(r, "RoleArn")),
        # The whole of the network settings is optional: a job without them is not isolated.
        network_isolation=described.take(lambda r: flag_or_false(part(r, "NetworkConfig"), "EnableNetworkIsolation")),
        max_runtime_seconds=described.take(lambda r: number_or_none(part(r, "StoppingCondition"), "MaxRuntimeInSeconds")),
    )


def _of_job(job: TrainingJob, dimensions: Mapping[str, str]) -> bool:
    # Hosts are named <job>/algo-1, <job>/algo-2 …; job names hold no slash.
    return dimensions.get("Host", "").rpartition("/")[0] == job.id and set(dimensions) == {"Host"}


COLLECTORS = (
    Collector(
        label="SageMaker jobs",
        kinds=(TrainingJob, ProcessingJob),
        run=jobs,
        metrics={
            TrainingJob: (
                Metric(
                    field="gpu",
                    namespace="/aws/sagemaker/TrainingJobs",
                    name="GPUUtilization",
                    stat="Average",
                    period=3600,
                    days=14,
                    discover=True,
                    belongs=_of_job,
                ),
            )
        },
    ),
)
