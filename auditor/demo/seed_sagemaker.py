"""SageMaker of the emulated account: notebooks, Studio domains, models, endpoints and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.demo.emulator import ACCOUNT
from auditor.demo.site import TEAM, Site, role_arn, tags

ROLE = role_arn("sagemaker-execution")
SUBNET, GROUP, VPC = "subnet-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718"
IN_VPC: Mapping[str, Any] = {"Subnets": [SUBNET], "SecurityGroupIds": [GROUP]}
STOP_WHEN_IDLE = "stop-when-idle"


class Hosted(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with one variant, and its configuration. ``calls`` a day; ``cpu`` and ``gpu`` in percent, ``None``: not published."""

    name: str
    model: str
    made: float
    type: str | None
    """``None`` for serverless."""
    instances: int = 1
    kms: bool = False
    calls: float = 0
    cpu: float | None = None
    gpu: float | None = None


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """A training job that ended. ``ended`` days ago."""

    name: str
    ended: float
    hours: float
    type: str = "ml.g5.12xlarge"
    instances: int = 1
    spot: bool = False
    checkpoint: bool = False
    encrypted: bool = False
    store: str = "example-ml-checkpoints"
    """The bucket that it writes to."""


MODELS: Mapping[str, bool] = {"churn-xgboost": True, "fraud-xgboost": True, "embedding-e5": False, "search-rerank": False}
"""Models, and whether they are in the VPC and isolated from the network."""

STORES: Mapping[str, str] = {"embedding-e5": "example-ml-public-datasets"}
"""Models whose data is not where it should be."""

ENDPOINTS = (
    Hosted(
        name="churn-realtime", model="churn-xgboost", made=140, type="ml.m5.large", instances=2, kms=True, calls=81_000, cpu=64
    ),
    Hosted(name="fraud-canary", model="fraud-xgboost", made=66, type="ml.m5.xlarge", cpu=1.4),
    Hosted(name="embedding-gpu", model="embedding-e5", made=48, type="ml.g4dn.2xlarge", calls=40, cpu=6, gpu=0.6),
    Hosted(
        name="search-rerank-gpu", model="search-rerank", made=30, type="ml.g4dn.xlarge", instances=2, calls=52_000, cpu=55, gpu=71
    ),
    Hosted(name="docs-serverless", model="churn-xgboost", made=25, type=None, kms=True, calls=300),
)

JOBS = (
    Training(name="llm-finetune-20b", ended=6, hours=31, type="ml.p4d.24xlarge", instances=4),
    Training(name="vision-segmentation", ended=12, hours=9, instances=2, spot=True, checkpoint=True, encrypted=True),
    Training(name="speech-ko-asr", ended=20, hours=14, spot=True, store="example-ml-public-datasets"),
    Training(name="hpo-asr-017", ended=44, hours=3, spot=True, checkpoint=True, encrypted=True),
    Training(name="churn-nightly", ended=0.4, hours=0.2, type="ml.m5.xlarge"),
)

PROCESSING = ("dedup-web-corpus", "tokenise-ko-corpus")


def seed(site: Site) -> None:
    """Everything of SageMaker, each as old as its table says."""
    _notebooks(site)
    _domains(site)
    for model, isolated in MODELS.items():
        add_model(site, model, isolated=isolated)
    for endpoint in ENDPOINTS:
        add_endpoint(site, endpoint)
    for job in JOBS:
        add_training(site, job)
    for days, name in enumerate(PROCESSING, start=15):
        site.clock.ago(days)
        site.client("sagemaker").create_processing_job(
            ProcessingJobName=name,
            ProcessingResources={"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.4xlarge", "VolumeSizeInGB": 200}},
            AppSpecification={"ImageUri": _image("processing", site.region)},
            RoleArn=ROLE,
        )


def key_arn(site: Site) -> str:
    """ARN of the KMS key that the careful ones use."""
    return f"arn:aws:kms:{site.region}:{ACCOUNT}:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def _image(name: str, region: str) -> str:
    return f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{name}:1"


def _notebooks(site: Site) -> None:
    sagemaker, clock = site.client("sagemaker"), site.clock
    clock.ago(300)
    sagemaker.create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=STOP_WHEN_IDLE, OnStart=[{"Content": "IyEvYmluL2Jhc2g="}]
    )
    careful = {
        "SubnetId": SUBNET,
        "SecurityGroupIds": [GROUP],
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "KmsKeyId": key_arn(site),
        "LifecycleConfigName": STOP_WHEN_IDLE,
    }
    careless = {"DirectInternetAccess": "Enabled", "RootAccess": "Enabled"}
    for name, type, days, settings in (
        ("research-gpu-notebook", "ml.p3.2xlarge", 63, careless),
        ("secure-analytics", "ml.t3.medium", 90, careful),
        ("old-tutorial", "ml.t3.medium", 280, careless),
    ):
        clock.ago(days)
        sagemaker.create_notebook_instance(
            NotebookInstanceName=name,
            InstanceType=type,
            RoleArn=ROLE,
            VolumeSizeInGB=50,
            Tags=tags(**{TEAM: "리서치"}),
            **settings,
        )
    clock.ago(200)
    sagemaker.stop_notebook_instance(NotebookInstanceName="old-tutorial")


def _domains(site: Site) -> None:
    sagemaker, clock = site.client("sagemaker"), site.clock
    idle = {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 90}}}
    for name, days, network, settings in (
        ("studio-research", 380, "PublicInternetOnly", {}),
        ("studio-product", 150, "VpcOnly", {"JupyterLabAppSettings": idle, "CodeEditorAppSettings": idle}),
    ):
        clock.ago(days)
        sagemaker.create_domain(
            DomainName=name,
            AuthMode="IAM",
            DefaultUserSettings={"ExecutionRole": ROLE, **settings},
            SubnetIds=[SUBNET],
            VpcId=VPC,
            AppNetworkAccessType=network,
            Tags=tags(**{TEAM: "리서치"}),
        )


def add_model(site: Site, name: str, *, isolated: bool) -> None:
    """A model."""
    site.clock.ago(160)
    site.client("sagemaker").create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": _image(name, site.region),
            "ModelDataUrl": f"s3://{STORES.get(name, 'example-ml-model-registry')}/{name}/model.tar.gz",
            "Environment": {"MODEL_NAME": name},
        },
        EnableNetworkIsolation=isolated,
        **({"VpcConfig": IN_VPC} if isolated else {}),
    )


def add_endpoint(site: Site, endpoint: Hosted) -> None:
    """An endpoint and its configuration, of the same name."""
    sagemaker = site.client("sagemaker")
    site.clock.ago(endpoint.made)
    runs: Mapping[str, Any] = (
        {"InstanceType": endpoint.type, "InitialInstanceCount": endpoint.instances}
        if endpoint.type
        else {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName=endpoint.name,
        ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": endpoint.model, "InitialVariantWeight": 1.0, **runs}],
        **({"KmsKeyId": key_arn(site)} if endpoint.kms else {}),
    )
    sagemaker.create_endpoint(EndpointName=endpoint.name, EndpointConfigName=endpoint.name)


def add_training(site: Site, job: Training) -> None:
    """A training job. moto ends a job at once, so its clock says when it began."""
    site.clock.ago(job.ended + job.hours / 24)
    bucket = f"s3://{job.store}"
    site.client("sagemaker").create_training_job(
        TrainingJobName=job.name,
        AlgorithmSpecification={"TrainingImage": _image("training", site.region), "TrainingInputMode": "File"},
        RoleArn=ROLE,
        OutputDataConfig={"S3OutputPath": f"{bucket}/output"},
        ResourceConfig={"InstanceType": job.type, "InstanceCount": job.instances, "VolumeSizeInGB": 500},
        StoppingCondition={
            "MaxRuntimeInSeconds": 172_800,
            **({"MaxWaitTimeInSeconds": 259_200} if job.spot else {}),
        },
        EnableManagedSpotTraining=job.spot,
        EnableNetworkIsolation=job.encrypted,
        EnableInterContainerTrafficEncryption=job.encrypted,
        **({"CheckpointConfig": {"S3Uri": f"{bucket}/{job.name}"}} if job.checkpoint else {}),
    )
