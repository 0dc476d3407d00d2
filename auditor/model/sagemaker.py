"""SageMaker AI: notebooks, Studio, endpoints, models and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.opt_in import ARTIFACT_SIZES
from auditor.model.resource import Resource, unread
from auditor.model.series import Series


class _SageMaker(Resource, frozen=True, kw_only=True):
    SERVICE: ClassVar[str] = "sagemaker"


_METRICS = unread(calls.GET_METRIC_DATA)


class NotebookInstance(_SageMaker, frozen=True, kw_only=True):
    """A notebook instance. ``id`` is its name."""

    KIND: ClassVar[str] = "sagemaker-notebook-instance"
    NOUN: ClassVar[str] = "notebook instance"
    LISTED_BY: ClassVar[Call] = calls.LIST_NOTEBOOK_INSTANCES

    status: Fact[str] = unread(calls.LIST_NOTEBOOK_INSTANCES)
    type: Fact[str] = unread(calls.LIST_NOTEBOOK_INSTANCES)
    created: Fact[datetime] = unread(calls.LIST_NOTEBOOK_INSTANCES)
    modified: Fact[datetime] = unread(calls.LIST_NOTEBOOK_INSTANCES)
    """The last start, stop or change."""
    lifecycle_config: Fact[str | None] = unread(calls.LIST_NOTEBOOK_INSTANCES)
    role: Fact[str] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    subnet: Fact[str | None] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    """``None``: not in a VPC of the customer's."""
    security_groups: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    direct_internet: Fact[bool] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    root_access: Fact[bool] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    key: Fact[str | None] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    """The customer's KMS key of its volume."""
    volume_gib: Fact[int | None] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    platform: Fact[str | None] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    minimum_imds_version: Fact[str | None] = unread(calls.DESCRIBE_NOTEBOOK_INSTANCE)
    """``1`` or ``2``; ``None``: none was chosen, which AWS documents to mean 1."""
    cpu: Fact[tuple[Series, ...]] = _METRICS
    """``/aws/sagemaker/NotebookInstances CPUUtilization``, hourly maximum over 14 days, for each published dimension set."""


class IdleSettings(msgspec.Struct, frozen=True):
    """Idle shutdown of Studio apps, over all app types that can be shut down when idle (JupyterLab and Code Editor).

    AWS sets it for each app type; this is the weakest of them, so that "on" is never said of a type that runs on. ``enabled`` for a
    domain: both types are on, and one that was never set is not. For a user profile: all that it sets itself are on; the others
    follow the domain. For a space, which has no switch but only a time of its own: always, though it counts only where the profile or
    domain has it on.
    """

    enabled: bool
    minutes: int | None = None
    """Without activity until shutdown, the longest of the app types; ``None`` when not set."""
    app_types: tuple[str, ...] = ()
    """The types for which it is set, on or off."""


class Domain(_SageMaker, frozen=True, kw_only=True):
    """A SageMaker domain (Studio). ``id`` is the domain id."""

    KIND: ClassVar[str] = "sagemaker-domain"
    NOUN: ClassVar[str] = "SageMaker domain"
    LISTED_BY: ClassVar[Call] = calls.LIST_DOMAINS

    domain_name: Fact[str] = unread(calls.LIST_DOMAINS)
    status: Fact[str] = unread(calls.LIST_DOMAINS)
    created: Fact[datetime] = unread(calls.LIST_DOMAINS)
    auth: Fact[str] = unread(calls.DESCRIBE_DOMAIN)
    """``IAM`` or ``SSO``."""
    network: Fact[str] = unread(calls.DESCRIBE_DOMAIN)
    """``PublicInternetOnly`` or ``VpcOnly``."""
    vpc: Fact[str | None] = unread(calls.DESCRIBE_DOMAIN)
    key: Fact[str | None] = unread(calls.DESCRIBE_DOMAIN)
    role: Fact[str | None] = unread(calls.DESCRIBE_DOMAIN)
    """The default execution role."""
    idle: Fact[IdleSettings | None] = unread(calls.DESCRIBE_DOMAIN)
    """What its users start with; ``None``: never set. The separate defaults of shared spaces are not read."""


class UserProfile(_SageMaker, frozen=True, kw_only=True):
    """A user profile of a domain. ``id`` is ``<domain>/<profile>``."""

    KIND: ClassVar[str] = "sagemaker-user-profile"
    NOUN: ClassVar[str] = "user profile"
    LISTED_BY: ClassVar[Call] = calls.LIST_USER_PROFILES

    status: Fact[str] = unread(calls.LIST_USER_PROFILES)
    created: Fact[datetime | None] = unread(calls.LIST_USER_PROFILES)
    role: Fact[str | None] = unread(calls.DESCRIBE_USER_PROFILE)
    """``None``: the domain's."""
    idle: Fact[IdleSettings | None] = unread(calls.DESCRIBE_USER_PROFILE)
    """``None``: the domain's."""


class Space(_SageMaker, frozen=True, kw_only=True):
    """A space of a domain. ``id`` is ``<domain>/<space>``."""

    KIND: ClassVar[str] = "sagemaker-space"
    NOUN: ClassVar[str] = "space"
    LISTED_BY: ClassVar[Call] = calls.LIST_SPACES

    status: Fact[str] = unread(calls.LIST_SPACES)
    created: Fact[datetime | None] = unread(calls.LIST_SPACES)
    owner: Fact[str | None] = unread(calls.LIST_SPACES)
    app_type: Fact[str | None] = unread(calls.LIST_SPACES)
    volume_gib: Fact[int | None] = unread(calls.LIST_SPACES)
    idle: Fact[IdleSettings | None] = unread(calls.DESCRIBE_SPACE)
    """``None``: it has no time of its own."""


class App(_SageMaker, frozen=True, kw_only=True):
    """A Studio app, but for deleted ones, which AWS lists for a while. ``id`` is ``<domain>/<profile or space>/<type>/<name>``."""

    KIND: ClassVar[str] = "sagemaker-app"
    NOUN: ClassVar[str] = "Studio app"
    LISTED_BY: ClassVar[Call] = calls.LIST_APPS

    status: Fact[str] = unread(calls.LIST_APPS)
    app_type: Fact[str] = unread(calls.LIST_APPS)
    type: Fact[str | None] = unread(calls.LIST_APPS)
    """The instance type."""
    created: Fact[datetime | None] = unread(calls.LIST_APPS)
    last_user_activity: Fact[datetime | None] = unread(calls.DESCRIBE_APP)
    """Health checks move it too: equal to ``last_health_check`` it says nothing of a person. ``None``: there was none yet."""
    last_health_check: Fact[datetime | None] = unread(calls.DESCRIBE_APP)


class Variant(msgspec.Struct, frozen=True):
    """A variant of an endpoint as it runs."""

    name: str
    instances: int | None = None
    """``None`` for serverless, and where AWS does not say."""
    serverless: bool = False
    shadow: bool = False
    """It is paid for and gets a copy of the production traffic, but its answers reach nobody."""


class Endpoint(_SageMaker, frozen=True, kw_only=True):
    """A hosting endpoint. ``id`` is its name."""

    KIND: ClassVar[str] = "sagemaker-endpoint"
    NOUN: ClassVar[str] = "endpoint"
    LISTED_BY: ClassVar[Call] = calls.LIST_ENDPOINTS
    # Invocations are published by variant, under names that only the description has.
    DEPENDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"invocations": ("variants",), "cpu": ("variants",)}

    status: Fact[str] = unread(calls.LIST_ENDPOINTS)
    created: Fact[datetime] = unread(calls.LIST_ENDPOINTS)
    modified: Fact[datetime] = unread(calls.LIST_ENDPOINTS)
    config: Fact[str] = unread(calls.DESCRIBE_ENDPOINT)
    """The name of its endpoint configuration."""
    variants: Fact[tuple[Variant, ...]] = unread(calls.DESCRIBE_ENDPOINT)
    asynchronous: Fact[bool] = unread(calls.DESCRIBE_ENDPOINT)
    """It has an ``AsyncInferenceConfig``: such an endpoint publishes no ``Invocations``."""
    data_capture: Fact[bool] = unread(calls.DESCRIBE_ENDPOINT)
    invocations: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/SageMaker Invocations {EndpointName, VariantName}``, daily sum over 14 days: a series for each variant.

    SageMaker publishes no zeros: an empty series alone does not say that nobody called. ``cpu`` does, as a positive control."""
    cpu: Fact[tuple[Series, ...]] = _METRICS
    """``/aws/sagemaker/Endpoints CPUUtilization``, daily maximum over 14 days, 0 to 100 for each vCPU: a series for each variant."""
    gpu: Fact[tuple[Series, ...]] = _METRICS
    """``/aws/sagemaker/Endpoints GPUUtilization``, daily maximum over 14 days, 0 to 100 for each GPU: a series for each variant that
    publishes it, so none for an endpoint without GPUs."""


class ConfiguredVariant(msgspec.Struct, frozen=True):
    """A production variant of an endpoint configuration."""

    name: str
    model: str | None
    """``None``: its models are deployed as inference components."""
    type: str | None = None
    """The instance type; ``None`` for serverless, and for a pool of several types."""
    instances: int | None = None
    serverless: bool = False
    accelerator: str | None = None
    """An Elastic Inference accelerator, which AWS no longer offers."""
    shadow: bool = False
    """A shadow variant: see :class:`Variant`."""


class EndpointConfig(_SageMaker, frozen=True, kw_only=True):
    """An endpoint configuration. ``id`` is its name."""

    KIND: ClassVar[str] = "sagemaker-endpoint-config"
    NOUN: ClassVar[str] = "endpoint configuration"
    LISTED_BY: ClassVar[Call] = calls.LIST_ENDPOINT_CONFIGS

    created: Fact[datetime] = unread(calls.LIST_ENDPOINT_CONFIGS)
    variants: Fact[tuple[ConfiguredVariant, ...]] = unread(calls.DESCRIBE_ENDPOINT_CONFIG)
    key: Fact[str | None] = unread(calls.DESCRIBE_ENDPOINT_CONFIG)
    network_isolation: Fact[bool] = unread(calls.DESCRIBE_ENDPOINT_CONFIG)


class Model(_SageMaker, frozen=True, kw_only=True):
    """A model. ``id`` is its name."""

    KIND: ClassVar[str] = "sagemaker-model"
    NOUN: ClassVar[str] = "model"
    LISTED_BY: ClassVar[Call] = calls.LIST_MODELS

    created: Fact[datetime] = unread(calls.LIST_MODELS)
    role: Fact[str | None] = unread(calls.DESCRIBE_MODEL)
    network_isolation: Fact[bool] = unread(calls.DESCRIBE_MODEL)
    subnets: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_MODEL)
    """Empty: not in a VPC of the customer's."""
    artifacts: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_MODEL)
    """S3 URIs of the model data of its containers."""
    images: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_MODEL)
    environment: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_MODEL)
    """The names of the environment variables: the values may be secrets and are not kept."""


class StoredArtifact(msgspec.Struct, frozen=True):
    """The object that a job made: ``bytes`` in ``storage_class``, as S3 lists it."""

    bytes: int
    storage_class: str


class TrainingJob(_SageMaker, frozen=True, kw_only=True):
    """A training job. ``id`` is its name. Training jobs are kept by AWS for ever; a scan takes those of the last 90 days."""

    KIND: ClassVar[str] = "sagemaker-training-job"
    NOUN: ClassVar[str] = "training job"
    LISTED_BY: ClassVar[Call] = calls.LIST_TRAINING_JOBS
    DEPENDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"stored_artifact": ("artifact",)}
    OPT_IN: ClassVar[Mapping[str, str]] = {"stored_artifact": ARTIFACT_SIZES}
    MOST: ClassVar[Mapping[str, int]] = {"stored_artifact": 1}

    status: Fact[str] = unread(calls.LIST_TRAINING_JOBS)
    created: Fact[datetime] = unread(calls.LIST_TRAINING_JOBS)
    ended: Fact[datetime | None] = unread(calls.LIST_TRAINING_JOBS)
    started: Fact[datetime | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    type: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """The instance type; ``None`` for a serverless job, a cluster of several types, and one not chosen yet."""
    instances: Fact[int | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    spot: Fact[bool] = unread(calls.DESCRIBE_TRAINING_JOB)
    """Managed spot training is on."""
    checkpoint: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """S3 URI of the checkpoints."""
    training_seconds: Fact[int | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """``None``: it still runs, or ended before it began to train. Of a job that trained and ended, AWS's silence is *no data*."""
    billable_seconds: Fact[int | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    max_runtime_seconds: Fact[int | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """``None``: not set, and a default of AWS's applies."""
    role: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    network_isolation: Fact[bool] = unread(calls.DESCRIBE_TRAINING_JOB)
    encrypted_traffic: Fact[bool] = unread(calls.DESCRIBE_TRAINING_JOB)
    """Traffic between its containers is encrypted."""
    subnets: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_TRAINING_JOB)
    volume_key: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    output_key: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    output: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """S3 URI of the output."""
    artifact: Fact[str | None] = unread(calls.DESCRIBE_TRAINING_JOB)
    """S3 URI of the model that it made; ``None``: it made none, or not yet."""
    stored_artifact: Fact[StoredArtifact | None] = unread(calls.LIST_OBJECTS)
    """What lies there now; ``None``: nothing. *No data* where it is not one object but many under a prefix."""
    gpu: Fact[tuple[Series, ...]] = _METRICS
    """``/aws/sagemaker/TrainingJobs GPUUtilization {Host}``, hourly average over 14 days: a series for each host published."""


class ProcessingJob(_SageMaker, frozen=True, kw_only=True):
    """A processing job. ``id`` is its name. A scan takes those of the last 90 days."""

    KIND: ClassVar[str] = "sagemaker-processing-job"
    NOUN: ClassVar[str] = "processing job"
    LISTED_BY: ClassVar[Call] = calls.LIST_PROCESSING_JOBS

    status: Fact[str] = unread(calls.LIST_PROCESSING_JOBS)
    created: Fact[datetime] = unread(calls.LIST_PROCESSING_JOBS)
    ended: Fact[datetime | None] = unread(calls.LIST_PROCESSING_JOBS)
    type: Fact[str | None] = unread(calls.DESCRIBE_PROCESSING_JOB)
    instances: Fact[int | None] = unread(calls.DESCRIBE_PROCESSING_JOB)
    role: Fact[str | None] = unread(calls.DESCRIBE_PROCESSING_JOB)
    network_isolation: Fact[bool] = unread(calls.DESCRIBE_PROCESSING_JOB)
    max_runtime_seconds: Fact[int | None] = unread(calls.DESCRIBE_PROCESSING_JOB)
