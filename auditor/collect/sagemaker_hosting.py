"""SageMaker hosting: endpoints, endpoint configurations and models.

Three lists for a region, and one description each if a rule reads what only that has. Of a model's environment only the names of the
variables are kept: people put secrets in the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.collect.door import Answer
from auditor.collect.shapes import Raw, flag, flag_or_false, moment, number_or_none, part, parts, text_or_none, texts
from auditor.collect.visit import Collector, Metric, Visit
from auditor.model import calls
from auditor.model.fact import Unknown
from auditor.model.sagemaker import ConfiguredVariant, Endpoint, EndpointConfig, Model, Variant

PRODUCTION, SHADOW = "ProductionVariants", "ShadowProductionVariants"


def hosting(visit: Visit) -> None:
    """What is hosted, or could be, in a region."""
    if visit.lists(Endpoint):
        visit.add_each(Endpoint, visit.pages(calls.LIST_ENDPOINTS, "Endpoints"), lambda entry: _endpoint(visit, entry))
    if visit.lists(EndpointConfig):
        visit.add_each(
            EndpointConfig,
            visit.pages(calls.LIST_ENDPOINT_CONFIGS, "EndpointConfigs"),
            lambda entry: _endpoint_config(visit, entry),
        )
    if visit.lists(Model):
        visit.add_each(Model, visit.pages(calls.LIST_MODELS, "Models"), lambda entry: _model(visit, entry))


def _endpoint(visit: Visit, entry: Answer) -> Endpoint:
    name = str(entry.raw["EndpointName"])
    call = calls.DESCRIBE_ENDPOINT
    described = visit.when(visit.wanted.gives(Endpoint, call), call, {"EndpointName": name}, of=name)
    return Endpoint(
        arn=str(entry.raw["EndpointArn"]),
        id=name,
        region=visit.region,
        status=entry.take(lambda r: str(r["EndpointStatus"])),
        created=entry.take(lambda r: moment(r["CreationTime"])),
        modified=entry.take(lambda r: moment(r["LastModifiedTime"])),
        # An endpoint that was never deployed has neither: then nothing is known of what it would run.
        config=described.take(lambda r: str(r["EndpointConfigName"])),
        variants=described.take(lambda r: (*_variants(r[PRODUCTION]), *_variants(parts(r, SHADOW), shadow=True))),
        asynchronous=described.take(lambda r: bool(r.get("AsyncInferenceConfig"))),
        data_capture=described.take(lambda r: flag_or_false(part(r, "DataCaptureConfig"), "EnableCapture")),
    )


def _variants(raw: Iterable[Raw], *, shadow: bool = False) -> tuple[Variant, ...]:
    return tuple(
        Variant(str(one["VariantName"]), number_or_none(one, "CurrentInstanceCount"), shadow=shadow)
        if not one.get("CurrentServerlessConfig")
        else Variant(str(one["VariantName"]), serverless=True, shadow=shadow)
        for one in raw
    )


def _endpoint_config(visit: Visit, entry: Answer) -> EndpointConfig:
    name = str(entry.raw["EndpointConfigName"])
    call = calls.DESCRIBE_ENDPOINT_CONFIG
    described = visit.when(visit.wanted.gives(EndpointConfig, call), call, {"EndpointConfigName": name}, of=name)
    return EndpointConfig(
        arn=str(entry.raw["EndpointConfigArn"]),
        id=name,
        region=visit.region,
        created=entry.take(lambda r: moment(r["CreationTime"])),
        variants=described.take(
            lambda r: (
                *(_configured(one) for one in r[PRODUCTION]),
                *(_configured(one, shadow=True) for one in parts(r, SHADOW)),
            )
        ),
        key=described.take(lambda r: text_or_none(r, "KmsKeyId")),
        # An option beside the isolation of each model, and younger than many configurations: those that do not name it never took it.
        network_isolation=described.take(lambda r: flag_or_false(r, "EnableNetworkIsolation")),
    )


def _configured(raw: Raw, *, shadow: bool = False) -> ConfiguredVariant:
    return ConfiguredVariant(
        name=str(raw["VariantName"]),
        model=text_or_none(raw, "ModelName"),
        type=text_or_none(raw, "InstanceType"),
        instances=number_or_none(raw, "InitialInstanceCount"),
        serverless=bool(raw.get("ServerlessConfig")),
        accelerator=text_or_none(raw, "AcceleratorType"),
        shadow=shadow,
    )


def _model(visit: Visit, entry: Answer) -> Model:
    name = str(entry.raw["ModelName"])
    call = calls.DESCRIBE_MODEL
    described = visit.when(visit.wanted.gives(Model, call), call, {"ModelName": name}, of=name)
    return Model(
        arn=str(entry.raw["ModelArn"]),
        id=name,
        region=visit.region,
        created=entry.take(lambda r: moment(r["CreationTime"])),
        role=described.take(lambda r: text_or_none(r, "ExecutionRoleArn")),
        network_isolation=described.take(lambda r: flag(r, "EnableNetworkIsolation")),
        subnets=described.take(lambda r: texts(part(r, "VpcConfig"), "Subnets")),
        artifacts=described.take(lambda r: tuple(dict.fromkeys(uri for one in _containers(r) for uri in _artifacts(one)))),
        images=described.take(lambda r: tuple(dict.fromkeys(str(one["Image"]) for one in _containers(r) if one.get("Image")))),
        environment=described.take(
            lambda r: tuple(sorted({str(key) for one in _containers(r) for key in part(one, "Environment")}))
        ),
    )


def _containers(raw: Raw) -> list[Raw]:
    """The containers of a model: one, or those of a pipeline in their order."""
    primary = part(raw, "PrimaryContainer")
    return [*([primary] if primary else []), *parts(raw, "Containers")]


def _artifacts(container: Raw) -> list[str]:
    """Where a container's model data is. AWS names compressed data twice, by the old key and by the new one."""
    sources = [part(container, "ModelDataSource"), *parts(container, "AdditionalModelDataSources")]
    found = [text_or_none(container, "ModelDataUrl"), *(text_or_none(part(one, "S3DataSource"), "S3Uri") for one in sources)]
    return [uri for uri in found if uri]


def _by_variant(endpoint: Endpoint) -> list[Mapping[str, str]] | Unknown:
    if isinstance(endpoint.variants, Unknown):
        return endpoint.variants
    return [{"EndpointName": endpoint.id, "VariantName": one.name} for one in endpoint.variants.value]


def _of_endpoint(endpoint: Endpoint, dimensions: Mapping[str, str]) -> bool:
    # Enhanced metrics are published once more for each instance and GPU: only the sums by variant are taken.
    return dimensions.get("EndpointName") == endpoint.id and set(dimensions) == {"EndpointName", "VariantName"}


COLLECTORS = (
    Collector(
        label="SageMaker hosting",
        kinds=(Endpoint, EndpointConfig, Model),
        run=hosting,
        metrics={
            Endpoint: (
                Metric(
                    field="invocations",
                    namespace="AWS/SageMaker",
                    name="Invocations",
                    stat="Sum",
                    period=86400,
                    days=14,
                    dimensions=_by_variant,
                ),
                Metric(
                    field="cpu",
                    namespace="/aws/sagemaker/Endpoints",
                    name="CPUUtilization",
                    stat="Maximum",
                    period=86400,
                    days=14,
                    dimensions=_by_variant,
                ),
                Metric(
                    field="gpu",
                    namespace="/aws/sagemaker/Endpoints",
                    name="GPUUtilization",
                    stat="Maximum",
                    period=86400,
                    days=14,
                    # An endpoint does not say whether it has GPUs; CloudWatch does.
                    discover=True,
                    belongs=_of_endpoint,
                ),
            )
        },
    ),
)
