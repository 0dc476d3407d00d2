"""SageMaker hosting over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from auditor.collect.wanted import Wanted, with_needs
from auditor.model import calls
from auditor.model.fact import Reason, Unknown, need
from auditor.model.resource import field_ref, kinds
from auditor.model.sagemaker import ConfiguredVariant, Endpoint, EndpointConfig, Model, Variant
from tests.collect.helpers import scan
from tests.collect.stubs import answer, refuse
from tests.emulator import Emulator

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/serving"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1"
THEN = 1_760_000_000
DESCRIBE = "sagemaker.DescribeEndpoint"


def create(emulator: Emulator, name: str = "fraud", *, variants: Iterable[str] = ("AllTraffic",)) -> None:
    client = emulator.client("sagemaker")
    client.create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": f"s3://models/{name}.tar.gz",
            "Environment": {"API_TOKEN": "hunter2-secret", "WORKERS": "4"},
        },
    )
    client.create_endpoint_config(
        EndpointConfigName=f"{name}-config",
        ProductionVariants=[
            {
                "VariantName": variant,
                "ModelName": name,
                "InitialInstanceCount": 2,
                "InstanceType": "ml.g4dn.xlarge",
                "InitialVariantWeight": 1,
            }
            for variant in variants
        ],
    )
    client.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-config")


def publish(emulator: Emulator, namespace: str, name: str, value: float, **dimensions: str) -> None:
    emulator.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
                "Timestamp": datetime.now(UTC) - timedelta(days=2),
                "Value": value,
            }
        ],
    )


def endpoint(emulator: Emulator, **more: Any) -> Endpoint:
    (found,) = scan(emulator, Endpoint, **more).section(Endpoint, "us-east-1").items
    return found


def description(**more: Any) -> dict[str, Any]:
    return {
        "EndpointName": "fraud",
        "EndpointArn": f"{PREFIX}:endpoint/fraud",
        "EndpointStatus": "InService",
        "CreationTime": THEN,
        "LastModifiedTime": THEN,
        **more,
    }


def test_a_model_is_kept_without_the_values_of_its_environment(emulator: Emulator) -> None:
    create(emulator)
    (model,) = scan(emulator, Model).section(Model, "us-east-1").items
    assert (model.arn, model.id) == (f"{PREFIX}:model/fraud", "fraud")
    assert need(model.role) == ROLE
    assert need(model.network_isolation) is False
    assert need(model.subnets) == ()
    assert need(model.images) == (IMAGE,)
    assert need(model.artifacts) == ("s3://models/fraud.tar.gz",)
    assert need(model.environment) == ("API_TOKEN", "WORKERS")
    assert b"hunter2" not in msgspec.json.encode(model)


def test_a_pipeline_of_models(emulator: Emulator) -> None:
    create(emulator)
    answer(
        emulator,
        "sagemaker.DescribeModel",
        {
            "ModelName": "fraud",
            "ModelArn": f"{PREFIX}:model/fraud",
            "CreationTime": THEN,
            "ExecutionRoleArn": ROLE,
            "EnableNetworkIsolation": True,
            "VpcConfig": {"Subnets": ["subnet-2", "subnet-1"], "SecurityGroupIds": ["sg-1"]},
            "Containers": [
                {"Image": "first", "Environment": {"B": "hunter2", "A": "hunter2"}},
                {
                    "Image": "second",
                    "Environment": {"A": "hunter2"},
                    "ModelDataUrl": "s3://models/old.tar.gz",
                    "ModelDataSource": {
                        "S3DataSource": {"S3Uri": "s3://models/old.tar.gz", "S3DataType": "S3Object", "CompressionType": "Gzip"}
                    },
                    "AdditionalModelDataSources": [
                        {
                            "ChannelName": "draft",
                            "S3DataSource": {"S3Uri": "s3://models/draft/", "S3DataType": "S3Prefix", "CompressionType": "None"},
                        }
                    ],
                },
            ],
        },
    )
    (model,) = scan(emulator, Model).section(Model, "us-east-1").items
    assert need(model.images) == ("first", "second")
    assert need(model.artifacts) == ("s3://models/old.tar.gz", "s3://models/draft/")
    assert need(model.environment) == ("A", "B")
    assert need(model.subnets) == ("subnet-1", "subnet-2")
    assert need(model.network_isolation) is True


def test_an_endpoint_configuration(emulator: Emulator) -> None:
    create(emulator)
    (config,) = scan(emulator, EndpointConfig).section(EndpointConfig, "us-east-1").items
    assert (config.arn, config.id) == (f"{PREFIX}:endpoint-config/fraud-config", "fraud-config")
    assert need(config.variants) == (ConfiguredVariant("AllTraffic", "fraud", "ml.g4dn.xlarge", 2),)
    assert need(config.key) is None
    assert need(config.network_isolation) is False


def test_serverless_shadow_and_component_variants(emulator: Emulator) -> None:
    create(emulator)
    answer(
        emulator,
        "sagemaker.DescribeEndpointConfig",
        {
            "EndpointConfigName": "fraud-config",
            "EndpointConfigArn": f"{PREFIX}:endpoint-config/fraud-config",
            "CreationTime": THEN,
            "KmsKeyId": "alias/serving",
            "EnableNetworkIsolation": True,
            "ProductionVariants": [
                {"VariantName": "small", "ModelName": "fraud", "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}},
                {"VariantName": "parts", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1},
                {
                    "VariantName": "old",
                    "ModelName": "fraud",
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1,
                    "AcceleratorType": "ml.eia2.medium",
                },
            ],
            "ShadowProductionVariants": [
                {"VariantName": "next", "ModelName": "fraud-v2", "InstanceType": "ml.m5.large", "InitialInstanceCount": 3}
            ],
        },
    )
    (config,) = scan(emulator, EndpointConfig).section(EndpointConfig, "us-east-1").items
    assert need(config.variants) == (
        ConfiguredVariant("small", "fraud", serverless=True),
        ConfiguredVariant("parts", None, "ml.g5.xlarge", 1),
        ConfiguredVariant("old", "fraud", "ml.m5.large", 1, accelerator="ml.eia2.medium"),
        ConfiguredVariant("next", "fraud-v2", "ml.m5.large", 3, shadow=True),
    )
    assert need(config.key) == "alias/serving"
    assert need(config.network_isolation) is True


def test_an_endpoint(emulator: Emulator) -> None:
    create(emulator)
    found = endpoint(emulator)
    assert (found.arn, found.id) == (f"{PREFIX}:endpoint/fraud", "fraud")
    assert need(found.status) == "InService"
    assert need(found.config) == "fraud-config"
    assert need(found.variants) == (Variant("AllTraffic", 2),)
    assert need(found.asynchronous) is False
    assert need(found.data_capture) is False
    assert need(found.created).tzinfo is UTC


def test_an_endpoint_in_the_shape_that_aws_documents(emulator: Emulator) -> None:
    create(emulator)
    answer(
        emulator,
        DESCRIBE,
        description(
            EndpointConfigName="fraud-config",
            ProductionVariants=[
                {"VariantName": "a", "CurrentServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}},
                {"VariantName": "b", "CurrentInstanceCount": 0},
            ],
            ShadowProductionVariants=[{"VariantName": "c", "CurrentInstanceCount": 1}],
            AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://out"}},
            DataCaptureConfig={
                "EnableCapture": True,
                "CaptureStatus": "Started",
                "CurrentSamplingPercentage": 100,
                "DestinationS3Uri": "s3://captured",
                "KmsKeyId": "",
            },
        ),
    )
    found = endpoint(emulator)
    assert need(found.variants) == (Variant("a", None, serverless=True), Variant("b", 0), Variant("c", 1, shadow=True))
    assert need(found.asynchronous) is True
    assert need(found.data_capture) is True


def test_metrics_come_for_each_variant_in_one_request(emulator: Emulator) -> None:
    create(emulator, variants=("blue", "green"))
    of = {"EndpointName": "fraud", "VariantName": "blue"}
    publish(emulator, "AWS/SageMaker", "Invocations", 12, **of)
    publish(emulator, "/aws/sagemaker/Endpoints", "CPUUtilization", 50, **of)
    publish(emulator, "/aws/sagemaker/Endpoints", "GPUUtilization", 75, **of)
    publish(emulator, "/aws/sagemaker/Endpoints", "GPUUtilization", 75, InstanceId="i-1", **of)
    publish(emulator, "/aws/sagemaker/Endpoints", "GPUUtilization", 99, EndpointName="another", VariantName="blue")
    found = endpoint(emulator)
    blue, green = need(found.invocations)
    assert (blue.dimensions["VariantName"], blue.total, len(blue.values)) == ("blue", 12, 14)
    assert (green.dimensions["VariantName"], green.total) == ("green", None)
    assert [series.maximum for series in need(found.cpu)] == [50, None]
    (gpu,) = need(found.gpu)
    assert gpu.dimensions == of
    assert gpu.maximum == 75
    assert emulator.doorman.calls["cloudwatch.GetMetricData"] == 1
    assert emulator.doorman.calls["cloudwatch.ListMetrics"] == 1


def test_metrics_of_unknown_variants_are_unknown_not_empty(emulator: Emulator) -> None:
    create(emulator)
    emulator.doorman.deny.add(DESCRIBE)
    found = endpoint(emulator)
    denied = Unknown(Reason.DENIED, DESCRIBE, "sagemaker:DescribeEndpoint")
    assert found.variants == found.invocations == found.cpu == denied
    assert need(found.gpu) == ()


def test_an_endpoint_that_was_never_deployed_has_unknown_variants(emulator: Emulator) -> None:
    create(emulator)
    answer(emulator, DESCRIBE, description(EndpointStatus="Failed"))
    found = endpoint(emulator)
    assert found.variants == found.config == found.invocations == Unknown(Reason.NO_DATA, DESCRIBE, "sagemaker:DescribeEndpoint")


def test_wanting_invocations_is_wanting_the_variants() -> None:
    fields = with_needs({field_ref(Endpoint.invocations)})
    assert fields == {field_ref(Endpoint.invocations), field_ref(Endpoint.variants)}
    assert calls.DESCRIBE_ENDPOINT in Wanted(frozenset({Endpoint}), fields).calls()


def test_only_fields_that_exist_depend_on_each_other() -> None:
    for kind in kinds().values():
        for name, needed in kind.DEPENDS.items():
            for each in (name, *needed):
                field_ref(getattr(kind, each))


def test_deleted_endpoints_are_dropped_and_noted(emulator: Emulator) -> None:
    create(emulator, "stays")
    create(emulator, "vanishes")

    @cache
    def delete() -> None:
        emulator.client("sagemaker").delete_endpoint(EndpointName="vanishes")

    def vanish(operation: str) -> None:
        if operation == DESCRIBE:
            with lock:  # descriptions are asked for at once: none is answered before the endpoint is deleted
                delete()

    lock = threading.Lock()
    emulator.doorman.on_call = vanish
    snapshot = scan(emulator, Endpoint)
    assert [item.id for item in snapshot.section(Endpoint, "us-east-1").items] == ["stays"]
    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [(f"{PREFIX}:endpoint/vanishes", Reason.GONE)]


def test_denied_lists_are_unknown_and_name_the_action(emulator: Emulator) -> None:
    create(emulator)
    emulator.doorman.deny.add("sagemaker.*")
    snapshot = scan(emulator, Endpoint, EndpointConfig, Model)
    for kind, operation in ((Endpoint, "ListEndpoints"), (EndpointConfig, "ListEndpointConfigs"), (Model, "ListModels")):
        section = snapshot.section(kind, "us-east-1")
        assert section.missing == (Unknown(Reason.DENIED, f"sagemaker.{operation}", f"sagemaker:{operation}"),)


def test_lists_once_a_region_and_descriptions_once_an_item(emulator: Emulator) -> None:
    for name in ("one", "two", "three"):
        create(emulator, name)
    scan(emulator, Endpoint, EndpointConfig, Model, regions=("eu-west-1", "us-east-1"), with_metrics=False)
    assert {name: count for name, count in emulator.doorman.calls.items() if name.startswith("sagemaker.")} == {
        "sagemaker.ListEndpoints": 2,
        "sagemaker.ListEndpointConfigs": 2,
        "sagemaker.ListModels": 2,
        "sagemaker.DescribeEndpoint": 3,
        "sagemaker.DescribeEndpointConfig": 3,
        "sagemaker.DescribeModel": 3,
    }


def test_more_than_a_page(emulator: Emulator) -> None:
    client = emulator.client("sagemaker")
    for number in range(103):
        client.create_model(ModelName=f"m{number}", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})
    listed = Wanted(frozenset({Model}), frozenset({field_ref(Model.created)}))
    assert len(scan(emulator, wanted=listed).section(Model, "us-east-1").items) == 103
    assert emulator.doorman.calls["sagemaker.DescribeModel"] == 0


def test_a_region_without_sagemaker_says_so(emulator: Emulator) -> None:
    refuse(emulator, "sagemaker.ListModels", "UnknownOperationException", "")
    section = scan(emulator, Model).section(Model, "us-east-1")
    assert [missing.reason for missing in section.missing] == [Reason.UNSUPPORTED]
