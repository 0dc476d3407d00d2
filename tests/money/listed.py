"""Products of AWS's price list as it has them: what the price book asks for, and what looks like it and is something else.

Most products of S3 have no family, the usage types begin with the region's own sign (none in us-east-1), and prices have ten decimals.
The figures are AWS's of 2026, where they matter; of another region than those of a row it has those of us-east-1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

SEOUL, TOKYO = "ap-northeast-2", "ap-northeast-1"
SIGNS = {
    "us-east-1": "",
    "us-east-2": "USE2-",
    "us-west-2": "USW2-",
    "eu-west-1": "EU-",
    "eu-central-1": "EUC1-",
    "ap-northeast-1": "APN1-",
    "ap-northeast-2": "APN2-",
    "ap-southeast-1": "APS1-",
}
"""What the usage types of a region begin with, of the regions that the book comes with prices of."""
LATE_SIGNS = {"us-east-1": "USE1-", "eu-west-1": "EUW1-"}
"""Services that are younger sign these two otherwise."""

S3 = "AmazonS3"
ARCHIVE = "AmazonS3GlacierDeepArchive"
_STORAGE: tuple[tuple[str, str, str, str], ...] = (
    # usage type, volume type, us-east-1, Seoul and Tokyo; a price for each tier
    ("TimedStorage-ByteHrs", "Standard", "0.023 0.022 0.021", "0.025 0.024 0.023"),
    ("TimedStorage-INT-FA-ByteHrs", "Intelligent-Tiering Frequent Access", "0.023 0.022 0.021", "0.025 0.024 0.023"),
    ("TimedStorage-INT-IA-ByteHrs", "Intelligent-Tiering Infrequent Access", "0.0125", "0.0138"),
    ("TimedStorage-INT-AIA-ByteHrs", "Intelligent-Tiering Archive Instant Access", "0.004", "0.005"),
    ("TimedStorage-INT-AA-ByteHrs", "IntelligentTieringArchiveAccess", "0.0036", "0.0045"),
    ("TimedStorage-INT-DAA-ByteHrs", "IntelligentTieringDeepArchiveAccess", "0.00099", "0.002"),
    ("TimedStorage-SIA-ByteHrs", "Standard - Infrequent Access", "0.0125", "0.0138"),
    ("TimedStorage-ZIA-ByteHrs", "One Zone - Infrequent Access", "0.01", "0.011"),
    ("TimedStorage-GIR-ByteHrs", "Glacier Instant Retrieval", "0.004", "0.005"),
    ("TimedStorage-GlacierByteHrs", "Amazon Glacier", "0.0036", "0.0045"),
    ("TimedStorage-RRS-ByteHrs", "Reduced Redundancy", "0.024", "0.0251"),
)
_DECOYS: tuple[tuple[str, str, str, str], ...] = (
    # usage type, operation, volume type, price: they end like those above, or begin like them, and are something else
    ("Tables-TimedStorage-ByteHrs", "", "Tables", "0.0265"),
    ("Annotation-TimedStorage-ByteHrs", "", "Annotations", "0.03"),
    ("Files-TimedStorage-ByteHrs", "", "Files", "0.04"),
    ("Vectors-TimedStorage-ByteHrs", "", "Vectors", "0.06"),
    ("Tables-TimedStorage-INT-FA-ByteHrs", "", "Tables", "0.0265"),
    ("TimedStorage-ByteHrs", "INTAAS3ObjectOverhead", "INTAAS3ObjectOverhead", "0.0215"),
    ("TimedStorage-GlacierStaging", "", "Amazon Glacier Staging", "0.021"),
    ("TimedStorage-GDA-Staging", "", "Glacier Deep Archive", "0.021"),
    ("TimedStorage-SIA-SmObjects", "", "Standard - Infrequent Access", "0.0125"),
    ("EarlyDelete-SIA", "", "Standard - Infrequent Access", "0.0125"),
)
_REQUESTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # usage type, operation, group, us-east-1, Seoul, Tokyo
    ("Requests-Tier1", "", "S3-API-Tier1", "0.000005", "0.0000045", "0.0000047"),
    ("Requests-Tier2", "", "S3-API-Tier2", "0.0000004", "0.00000035", "0.00000037"),
    ("Requests-INT-Tier1", "", "S3-API-INT-Tier1", "0.000005", "0.0000045", "0.0000047"),
    ("Requests-INT-Tier2", "", "S3-API-INT-Tier2", "0.0000004", "0.00000035", "0.00000037"),
    ("Requests-SIA-Tier1", "", "S3-API-SIA-Tier1", "0.00001", "0.00001", "0.00001"),
    ("Requests-SIA-Tier2", "", "S3-API-SIA-Tier2", "0.000001", "0.000001", "0.000001"),
    ("Requests-ZIA-Tier1", "", "S3-API-ZIA-Tier1", "0.00001", "0.00001", "0.00001"),
    ("Requests-ZIA-Tier2", "", "S3-API-ZIA-Tier2", "0.000001", "0.000001", "0.000001"),
    ("Requests-GIR-Tier1", "", "S3-API-GIR-Tier1", "0.00002", "0.00002", "0.00002"),
    ("Requests-GIR-Tier2", "", "S3-API-GIR-Tier2", "0.00001", "0.00001", "0.00001"),
    ("Requests-GLACIER-Tier1", "PutObject", "S3-API-GLACIER-Tier1", "0.00003", "0.00003258", "0.00003426"),
    ("Requests-GLACIER-Tier1", "PostObject", "S3-API-GLACIER-Tier1", "0.00003", "0.00003258", "0.00003426"),
    ("Requests-GLACIER-Tier1", "S3-GlacierTransition", "S3-API-GLACIER-Tier1", "0.00003", "0.00003258", "0.00003426"),
    ("Requests-GLACIER-Tier1", "ListBucket", "S3-API-GLACIER-Tier1", "0.000005", "0.0000045", "0.0000047"),
    ("Requests-GLACIER-Tier2", "", "S3-API-GLACIER-Tier2", "0.0000004", "0.00000035", "0.00000037"),
    ("Requests-GDA-Tier2", "", "S3-API-GDA-Tier2", "0.0000004", "0.00000035", "0.00000037"),
    ("Requests-Tier3", "RestoreObject", "S3-API-Tier3", "0.00005", "0.00006", "0.0000571"),
    ("Requests-Tier3", "S3-GlacierTransition", "S3-API-Tier3", "0.00003", "0.00003258", "0.00003426"),
    ("Requests-Tier3", "S3-GDATransition", "S3-API-Tier3", "0.00005", "0.00006", "0.000065"),
    ("Requests-Tier4", "", "S3-API-Tier4", "0.00001", "0.00001", "0.00001"),
    ("Requests-Tier4", "S3-INTTransition", "S3-API-Tier4", "0.00001", "0.00001", "0.00001"),
    ("Requests-Tier4", "S3-GIRTransition", "S3-API-GIR-Tier4", "0.00002", "0.00002", "0.00002"),
    ("Requests-Tier5", "", "S3-API-Tier5", "0.000025", "0.0000275", "0.0000275"),
    ("Requests-Tier6", "", "S3-API-Tier6", "0.01", "0.011", "0.01142"),
    ("Tables-Requests-Tier1", "", "S3-API-Tables-Tier1", "0.0000056", "0.000005", "0.0000052"),
)
_FEES: tuple[tuple[str, str, str, str, str, str], ...] = (
    # usage type, operation, group, fee code, us-east-1, Seoul and Tokyo
    ("Retrieval-SIA", "", "S3-API-SIA-Retrieval", "S3-SIA-Retrieval", "0.01", "0.01"),
    ("Retrieval-ZIA", "", "S3-API-ZIA-Retrieval", "S3-ZIA-Retrieval", "0.01", "0.01"),
    ("Retrieval-GIR", "", "S3-API-GIR-Retrieval", "S3-GIR-Retrieval", "0.03", "0.03"),
    ("Expedited-Retrieval-Bytes", "", "", "S3-Expedited-Retrieval", "0.03", "0.033"),
    ("Standard-Retrieval-Bytes", "RestoreObject", "", "S3-Standard-Retrieval", "0.01", "0.011"),
    ("Bulk-Retrieval-Bytes", "RestoreObject", "", "S3-Bulk-Retrieval", "0", "0"),
    ("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject", "", "S3-Standard-Retrieval", "0.02", "0.022"),
    ("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject", "", "S3-Bulk-Retrieval", "0.0025", "0.005"),
    ("Expedited-Retrieval-Bytes", "", "INT-AA-RestoreObject", "", "0.04", "0.044"),
)
_EXPRESS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", TOKYO)
"""Where there are directory buckets."""
_INSTANCES: tuple[tuple[str, str, str, str], ...] = (
    # type, GPUs, us-east-1, Seoul
    ("m5.large", "NA", "0.096", "0.118"),
    ("c6i.xlarge", "NA", "0.17", "0.192"),
    ("g5.xlarge", "1", "1.006", "1.237"),
    ("p4d.24xlarge", "8", "32.7726", "37.4482"),
)


def product(
    region: str,
    service: str,
    usage: str,
    prices: str,
    *,
    unit: str,
    operation: str = "",
    family: str = "",
    published: str = "2026-11-20T17:05:03Z",
    **more: str,
) -> dict[str, Any]:
    """A product; ``prices`` has one for each of the three tiers of S3, or only one. ``usage`` has no sign of the region yet."""
    signs = SIGNS if service in (S3, ARCHIVE, "AmazonEC2") else SIGNS | LATE_SIGNS
    written = signs[region] + usage
    sku = f"{crc32(repr((region, service, usage, operation, more)).encode()):08X}"
    starts = ("0", "51200", "512000")
    amounts = prices.split()
    dimensions: dict[str, Any] = {
        f"{sku}.JRTCKXETXF.{number}": {
            "unit": unit,
            "endRange": starts[number + 1] if number + 1 < len(amounts) else "Inf",
            "description": f"${amount} per {unit} of {written}",
            "appliesTo": [],
            "rateCode": f"{sku}.JRTCKXETXF.{number}",
            "beginRange": starts[number],
            "pricePerUnit": {"USD": f"{float(amount):.10f}"},
        }
        for number, amount in enumerate(amounts)
    }
    offer: dict[str, Any] = {
        "priceDimensions": dimensions,
        "sku": sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "offerTermCode": "JRTCKXETXF",
        "termAttributes": {},
    }
    about = {
        "regionCode": region,
        "servicecode": service,
        "usagetype": written,
        "locationType": "AWS Region",
        "operation": operation,
        **{name: value for name, value in more.items() if value},
    }
    return {
        "product": {**({"productFamily": family} if family else {}), "attributes": about, "sku": sku},
        "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": offer}},
        "version": "20261120170503",
        "publicationDate": published,
    }


def products(region: str) -> Iterator[dict[str, Any]]:
    """All that the list has of a region, of any service."""
    yield from _s3(region)
    yield from _archive(region)
    yield from _ec2(region)


def _s3(region: str) -> Iterator[dict[str, Any]]:
    asia = region in (SEOUL, TOKYO)
    for usage, volume, near, far in _STORAGE:
        family = "Storage" if usage == "TimedStorage-ByteHrs" else ""
        yield product(region, S3, usage, far if asia else near, unit="GB-Mo", family=family, volumeType=volume)
    for usage, operation, volume, price in _DECOYS:
        yield product(region, S3, usage, price, unit="GB-Mo", operation=operation, volumeType=volume)
    for usage, operation, group, near, seoul, tokyo in _REQUESTS:
        price = {SEOUL: seoul, TOKYO: tokyo}.get(region, near)
        yield product(region, S3, usage, price, unit="Requests", operation=operation, family="API Request", group=group)
    for usage, operation, group, fee, near, far in _FEES:
        yield product(region, S3, usage, far if asia else near, unit="GB", operation=operation, group=group, feeCode=fee)
    monitoring = "S3-Monitoring and Automation-ObjectCount"
    yield product(region, S3, "Monitoring-Automation-INT", "0.0000025", unit="Objects", family="Fee", feeCode=monitoring)
    if region in _EXPRESS:
        yield product(region, S3, "TimedStorage-XZ-ByteHrs", "0.11", unit="GB-Mo", volumeType="Express One Zone")
        yield product(region, S3, "Requests-XZ-Tier1", "0.00000113", unit="Requests", group="S3-API-XZ-Tier1")
        yield product(region, S3, "Requests-XZ-Tier2", "0.00000003", unit="Requests", group="S3-API-XZ-Tier2")


def _archive(region: str) -> Iterator[dict[str, Any]]:
    asia = region in (SEOUL, TOKYO)
    price = "0.002" if asia else "0.00099"
    write = {SEOUL: "0.00006", TOKYO: "0.000065"}.get(region, "0.00005")
    deep = "Glacier Deep Archive"
    yield product(region, ARCHIVE, "TimedStorage-GDA-ByteHrs", price, unit="GB-Mo", volumeType=deep)
    yield product(region, ARCHIVE, "EarlyDelete-GDA", price, unit="GB-Mo", volumeType=deep)
    for operation in ("PutObject", "PostObject", "CopyObject"):
        yield product(region, ARCHIVE, "Requests-GDA-Tier1", write, unit="Requests", operation=operation)
    yield product(region, ARCHIVE, "Requests-GDA-Tier3", "0.0001", unit="Requests", operation="DeepArchiveRestoreObject")
    restore = "DeepArchiveRestoreObject"
    yield product(region, ARCHIVE, "Requests-GDA-Tier5", "0.000025", unit="Requests", operation=restore)
    yield product(region, ARCHIVE, "Standard-Retrieval-Bytes", "0.022" if asia else "0.02", unit="GB", operation=restore)
    yield product(region, ARCHIVE, "Bulk-Retrieval-Bytes", "0.005" if asia else "0.0025", unit="GB", operation=restore)


def _ec2(region: str) -> Iterator[dict[str, Any]]:
    ec2 = "AmazonEC2"
    ordinary = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
    for type, gpus, near, far in _INSTANCES:
        price = far if region == SEOUL else near
        usual = {"instanceType": type, "gpu": gpus, "marketoption": "OnDemand", "licenseModel": "No License required"}
        for other, times in (({}, 1), ({"operatingSystem": "Windows"}, 2), ({"tenancy": "Dedicated"}, 1.1)):
            yield product(
                region,
                ec2,
                f"BoxUsage:{type}",
                f"{float(price) * times:.4f}",
                unit="Hrs",
                operation="RunInstances",
                family="Compute Instance",
                **usual,
                **{**ordinary, **other},
            )
    yield product(region, ec2, "HostUsage:mac2", "0.799", unit="Hrs", family="Dedicated Host", instanceType="mac2")
    for usage, api, price in (("EBS:VolumeUsage.gp3", "gp3", "0.0912"), ("EBS:VolumeUsage.gp2", "gp2", "0.114")):
        yield product(region, ec2, usage, price, unit="GB-Mo", family="Storage", volumeApiName=api)
    yield product(region, ec2, "EBS:VolumeP-IOPS.gp3", "0.0057", unit="IOPS-Mo", family="System Operation")
    yield product(region, ec2, "EBS:VolumeP-Throughput.gp3", "46.6944", unit="GiBps-mo", family="Provisioned Throughput")
    yield product(region, ec2, "EBS:SnapshotUsage", "0.05", unit="GB-Mo", family="Storage Snapshot")
    yield product(region, ec2, "NatGateway-Hours", "0.059", unit="Hrs", family="NAT Gateway")
    for usage in ("PublicIPv4:InUseAddress", "PublicIPv4:IdleAddress"):
        yield product(region, "AmazonVPC", usage, "0.005", unit="Hrs", group="VPCPublicIPv4Address")
    for usage, price in (("Host:ml.g5.xlarge", "1.732"), ("Notebk:ml.t3.medium", "0.062"), ("Train:ml.p4d.24xlarge", "43.06")):
        yield product(region, "AmazonSageMaker", usage, price, unit="Hrs", family="ML Instance")


def documents(*found: dict[str, Any]) -> list[str]:
    """Products as the API sends them: each as a text of JSON."""
    return [json.dumps(one) for one in found]
