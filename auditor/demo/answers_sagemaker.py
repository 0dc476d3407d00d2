"""What moto cannot say of SageMaker: Studio's user profiles, spaces and apps, and how long jobs ran on what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from auditor.demo.emulator import amend, reply
from auditor.demo.seed_sagemaker import JOBS, MODELS, ROLE

Raw = Mapping[str, Any]


class Studio(msgspec.Struct, frozen=True):
    """What a person has in Studio: a user profile, a private space of the same name, and the app in it.

    ``started`` and ``active`` are days since the app was started and last used.
    """

    profile: str
    type: str
    started: float
    active: float


Entry = Callable[[Studio, datetime, str], Raw]

STUDIO = (
    Studio("asr-research", "ml.g5.4xlarge", 19, 16),
    Studio("reranking", "ml.t3.medium", 1.2, 0.05),
)


def answer_for(session: Any, now: datetime, region: str) -> None:
    """Answer in the session as AWS would at the time ``now``."""
    domain = _Domain(session, region)

    def listed(key: str, entry: Entry) -> Callable[[Raw, str], Raw]:
        def give(_: Raw, asked: str) -> Raw:
            return {key: [entry(one, now, domain.id()) for one in STUDIO] if asked == region else []}

        return give

    def described(entry: Entry, name: str) -> Callable[[Raw, str], Raw]:
        by_name = {one.profile: one for one in STUDIO}

        def give(params: Raw, _: str) -> Raw:
            return entry(by_name[params[name]], now, domain.id())

        return give

    reply(session, "sagemaker.ListUserProfiles", listed("UserProfiles", _profile))
    reply(session, "sagemaker.DescribeUserProfile", described(_profile, "UserProfileName"))
    reply(session, "sagemaker.ListSpaces", listed("Spaces", _space))
    reply(session, "sagemaker.DescribeSpace", described(_space, "SpaceName"))
    reply(session, "sagemaker.ListApps", listed("Apps", _app))
    reply(session, "sagemaker.DescribeApp", described(_app, "SpaceName"))
    amend(session, "sagemaker.DescribeModel", lambda _, parsed: _isolated(parsed))
    amend(session, "sagemaker.DescribeTrainingJob", lambda _, parsed: _trained(parsed))
    amend(session, "sagemaker.ListTrainingJobs", lambda _, parsed: _ended(parsed))
    amend(session, "sagemaker.DescribeProcessingJob", lambda _, parsed: _processed(parsed))


class _Domain:
    """The first domain: its id is moto's choice."""

    def __init__(self, session: Any, region: str) -> None:
        self._session = session
        self._region = region
        self._id = ""

    def id(self) -> str:
        if not self._id:
            domains = self._session.client("sagemaker", region_name=self._region).list_domains()["Domains"]
            self._id = min(domains, key=lambda domain: domain["CreationTime"])["DomainId"]
        return self._id


def _profile(one: Studio, now: datetime, domain: str) -> Raw:
    return {
        "DomainId": domain,
        "UserProfileName": one.profile,
        "Status": "InService",
        "CreationTime": now - timedelta(days=90),
        "UserSettings": {"ExecutionRole": ROLE},
    }


def _space(one: Studio, now: datetime, domain: str) -> Raw:
    storage = {"SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": 200}}}
    return {
        "DomainId": domain,
        "SpaceName": one.profile,
        "Status": "InService",
        "CreationTime": now - timedelta(days=80),
        "OwnershipSettingsSummary": {"OwnerUserProfileName": one.profile},
        "SpaceSettingsSummary": {"AppType": "JupyterLab", **storage},
        "SpaceSettings": {"AppType": "JupyterLab", **storage},
    }


def _app(one: Studio, now: datetime, domain: str) -> Raw:
    return {
        "DomainId": domain,
        "SpaceName": one.profile,
        "AppType": "JupyterLab",
        "AppName": "default",
        "Status": "InService",
        "CreationTime": now - timedelta(days=one.started),
        "ResourceSpec": {"InstanceType": one.type},
        "LastUserActivityTimestamp": now - timedelta(days=one.active),
        "LastHealthCheckTimestamp": now - timedelta(minutes=2),
    }


def _isolated(parsed: dict[str, Any]) -> None:
    # moto takes EnableNetworkIsolation and forgets it.
    parsed["EnableNetworkIsolation"] = MODELS.get(parsed["ModelName"], False)


def _seconds(name: str) -> int:
    return next((int(job.hours * 3600) for job in JOBS if job.name == name), 1800)


def _trained(parsed: dict[str, Any]) -> None:
    seconds = _seconds(parsed["TrainingJobName"])
    parsed["TrainingEndTime"] = parsed["TrainingStartTime"] + timedelta(seconds=seconds)
    parsed["TrainingTimeInSeconds"] = seconds
    # Spot capacity is billed for less time than the training took.
    parsed["BillableTimeInSeconds"] = int(seconds * 0.35) if parsed["EnableManagedSpotTraining"] else seconds


def _ended(parsed: dict[str, Any]) -> None:
    for job in parsed["TrainingJobSummaries"]:
        job["TrainingEndTime"] = job["CreationTime"] + timedelta(seconds=_seconds(job["TrainingJobName"]))


def _processed(parsed: dict[str, Any]) -> None:
    cluster = {"InstanceCount": 2, "InstanceType": "ml.m5.4xlarge", "VolumeSizeInGB": 200}
    parsed.setdefault("ProcessingResources", {"ClusterConfig": cluster})
