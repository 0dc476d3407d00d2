"""CloudWatch of the emulated account: two weeks of what services and agents would have published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.demo import answers_s3, seed_ec2, seed_s3, seed_sagemaker
from auditor.demo.seed_ec2 import Load
from auditor.demo.site import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKS = 14
"""Days of metrics: as many as the collectors ask for."""
QUARTER = 90
"""Days of counted requests: as many as are asked for."""
BATCH = 1000
"""Datapoints that one PutMetricData request takes, at most."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A series: one value a period, never above ``level``, for the last ``days``."""

    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    level: float
    period: timedelta = DAY
    days: float = WEEKS
    region: str = ""
    """Where it is published, if not where the others are."""
    steady: bool = False
    """Grows a little every day instead of going up and down."""


def seed(site: Site) -> None:
    """Publish everything."""
    curves = [*_buckets(), *_instances(site), *_volumes(site), *_endpoints(), *_jobs(), *_notebooks()]
    publish(site, curves)


def publish(site: Site, curves: list[Curve]) -> None:
    """Put the datapoints of these series, as many in one request as it takes."""
    by_place: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for curve in curves:
        by_place.setdefault((curve.region, curve.namespace), []).extend(_data(curve, site.clock.now))
    for (region, namespace), data in by_place.items():
        cloudwatch = site.client("cloudwatch", region)
        for start in range(0, len(data), BATCH):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + BATCH])


def _data(curve: Curve, now: datetime) -> Iterator[Mapping[str, Any]]:
    dimensions = [{"Name": name, "Value": value} for name, value in curve.dimensions.items()]
    seconds = int(curve.period.total_seconds())
    newest = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    # The first and last period are not whole; one more before them, for a scan that begins a while after the seeding.
    for place in range(int(curve.days * DAY / curve.period) + 1):
        wave = 1 - 0.002 * place if curve.steady else 0.6 + 0.1 * (place * 7 % 5)
        yield {
            "MetricName": curve.metric,
            "Dimensions": dimensions,
            "Timestamp": newest - place * curve.period,
            "Value": round(curve.level * wave, 3),
        }


def load(number: str, type: str, name: str, load: Load, days: float) -> Iterator[Curve]:
    """What an instance publishes that has been running for ``days``."""
    mine, since = {"InstanceId": number}, min(days, WEEKS)
    yield Curve(namespace="AWS/EC2", metric="CPUUtilization", dimensions=mine, level=load.cpu, period=HOUR, days=since)
    for metric in ("NetworkIn", "NetworkOut"):
        yield Curve(namespace="AWS/EC2", metric=metric, dimensions=mine, level=load.network / 2, days=since)
    for index, percent in enumerate(load.gpus):
        yield Curve(
            namespace="CWAgent",
            metric="nvidia_smi_utilization_gpu",
            dimensions={**mine, "InstanceType": type, "host": name, "index": str(index), "name": "NVIDIA L4"},
            level=percent,
            period=HOUR,
            days=min(days, 8),
        )


def _buckets() -> Iterator[Curve]:
    for name, size in answers_s3.EXPRESS.items():
        names = {"BucketName": name, "StorageType": "ExpressOneZone"}
        yield Curve(namespace="AWS/S3", metric="BucketSizeBytes", dimensions=names, level=size, days=4, steady=True)
    for bucket in seed_s3.BUCKETS:
        yield from _requests(bucket)
        for storage, size in bucket.sizes.items():
            names = {"BucketName": bucket.name, "StorageType": storage}
            yield Curve(
                namespace="AWS/S3",
                metric="BucketSizeBytes",
                dimensions=names,
                level=size,
                days=4,
                steady=True,
                region=bucket.region,
            )
        names = {"BucketName": bucket.name, "StorageType": "AllStorageTypes"}
        yield Curve(
            namespace="AWS/S3",
            metric="NumberOfObjects",
            dimensions=names,
            level=bucket.objects,
            days=4,
            steady=True,
            region=bucket.region,
        )


def _requests(bucket: seed_s3.DemoBucket) -> Iterator[Curve]:
    if bucket.used is None:
        return
    counts = {"AllRequests": bucket.used.requests, "GetRequests": bucket.used.gets, "BytesDownloaded": bucket.used.downloaded}
    names = {"BucketName": bucket.name, "FilterId": answers_s3.FILTER}
    for metric, level in counts.items():
        if level:  # S3 publishes no zeros
            yield Curve(namespace="AWS/S3", metric=metric, dimensions=names, level=level, days=QUARTER, region=bucket.region)


def _instances(site: Site) -> Iterator[Curve]:
    ids = {
        tag["Value"]: instance["InstanceId"]
        for reservation in site.client("ec2").describe_instances()["Reservations"]
        for instance in reservation["Instances"]
        for tag in instance.get("Tags", ())
        if tag["Key"] == "Name"
    }
    for machine in seed_ec2.MACHINES:
        if machine.stopped is None:
            yield from load(ids[machine.name], machine.type, machine.name, machine.load, machine.started)


def _volumes(site: Site) -> Iterator[Curve]:
    operations = {disk.name: disk.operations for disk in seed_ec2.DISKS}
    for volume in site.client("ec2").describe_volumes()["Volumes"]:
        if not volume["Attachments"]:
            continue
        name = next((tag["Value"] for tag in volume.get("Tags", ()) if tag["Key"] == "Name"), "")
        for metric in ("VolumeReadOps", "VolumeWriteOps"):
            mine = {"VolumeId": volume["VolumeId"]}
            yield Curve(namespace="AWS/EBS", metric=metric, dimensions=mine, level=operations.get(name, 2600))


def _endpoints() -> Iterator[Curve]:
    for endpoint in seed_sagemaker.ENDPOINTS:
        names = {"EndpointName": endpoint.name, "VariantName": "AllTraffic"}
        # SageMaker publishes no zeros.
        if endpoint.calls:
            yield Curve(namespace="AWS/SageMaker", metric="Invocations", dimensions=names, level=endpoint.calls)
        for metric, percent in (("CPUUtilization", endpoint.cpu), ("GPUUtilization", endpoint.gpu)):
            if percent is not None:
                yield Curve(namespace="/aws/sagemaker/Endpoints", metric=metric, dimensions=names, level=percent)


def _jobs() -> Iterator[Curve]:
    for job in seed_sagemaker.JOBS:
        if not job.type.startswith("ml.m") and job.ended < WEEKS:
            for host in range(1, job.instances + 1):
                names = {"Host": f"{job.name}/algo-{host}"}
                yield Curve(
                    namespace="/aws/sagemaker/TrainingJobs",
                    metric="GPUUtilization",
                    dimensions=names,
                    level=92,
                    period=HOUR,
                    days=1,
                )


def _notebooks() -> Iterator[Curve]:
    for name, percent in (("research-gpu-notebook", 3.0), ("secure-analytics", 40.0)):
        names = {"NotebookInstanceName": name}
        yield Curve(
            namespace="/aws/sagemaker/NotebookInstances", metric="CPUUtilization", dimensions=names, level=percent, period=HOUR
        )
