"""What a product of AWS's price list is the price of. Pure.

It stands in its usage type, after a prefix for the region; some usage types have several prices, which the operation tells apart. Most
products of S3 have no family, so that nothing is asked of it there.

Sources: *AWS Price List* in the Billing user guide for the shape; *Understanding your AWS billing and usage reports for Amazon S3* for
the usage types of S3. Of the class GLACIER the list of S3 has the prices; that of Amazon Glacier is of vaults, another service. Of Deep
Archive the storage and the uploads stand in a list of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

_PREFIX = re.compile(r"^[A-Z]{2,4}\d{0,2}-")
"""``APN2-``, ``EUC1-``, ``EU-``; us-east-1 has none or ``USE1-``."""
_ML = re.compile(r"(Host|Train|Notebk):(ml\.[\w.-]+)")
_ML_KINDS = {"Host": "sagemaker-hosting-hour", "Train": "sagemaker-training-hour", "Notebk": "sagemaker-notebook-hour"}
_STORAGE = {
    "TimedStorage-ByteHrs": "STANDARD",
    "TimedStorage-SIA-ByteHrs": "STANDARD_IA",
    "TimedStorage-ZIA-ByteHrs": "ONEZONE_IA",
    "TimedStorage-GIR-ByteHrs": "GLACIER_IR",
    "TimedStorage-GlacierByteHrs": "GLACIER",
    "TimedStorage-GDA-ByteHrs": "DEEP_ARCHIVE",
    "TimedStorage-RRS-ByteHrs": "REDUCED_REDUNDANCY",
    "TimedStorage-XZ-ByteHrs": "EXPRESS_ONEZONE",
    **{f"TimedStorage-INT-{tier}-ByteHrs": f"INTELLIGENT_TIERING_{tier}" for tier in ("FA", "IA", "AIA", "AA", "DAA")},
}
"""What is staged for an archive, and objects below the smallest size that is billed, have usage types of their own."""
_REQUESTS = {
    "": ("STANDARD", "REDUCED_REDUNDANCY"),
    "SIA-": ("STANDARD_IA",),
    "ZIA-": ("ONEZONE_IA",),
    "GIR-": ("GLACIER_IR",),
    "INT-": ("INTELLIGENT_TIERING",),
    "GLACIER-": ("GLACIER",),
    "GDA-": ("DEEP_ARCHIVE",),
    "XZ-": ("EXPRESS_ONEZONE",),
}
_UPLOADS = ("PutObject", "PostObject")
"""Operations whose price is that of a write to an archive, the surest first."""
_TRANSITIONS = {
    "S3-GlacierTransition": "GLACIER",
    "S3-GDATransition": "DEEP_ARCHIVE",
    "S3-GIRTransition": "GLACIER_IR",
    "S3-INTTransition": "INTELLIGENT_TIERING",
    "S3-SIATransition": "STANDARD_IA",
    "S3-ZIATransition": "ONEZONE_IA",
}
_TIER4 = ("INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA")
"""What a transition without an operation of its own moves objects into."""
_RETRIEVALS = {"Retrieval-SIA": "STANDARD_IA", "Retrieval-ZIA": "ONEZONE_IA", "Retrieval-GIR": "GLACIER_IR"}
_RESTORES = {
    ("Expedited-Retrieval-Bytes", ""): "GLACIER#expedited",
    ("Standard-Retrieval-Bytes", "RestoreObject"): "GLACIER#standard",
    ("Bulk-Retrieval-Bytes", "RestoreObject"): "GLACIER#bulk",
    ("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject"): "DEEP_ARCHIVE#standard",
    ("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject"): "DEEP_ARCHIVE#bulk",
}
_RESTORE_REQUESTS = {
    ("Requests-Tier3", "RestoreObject"): "GLACIER#standard",
    ("Requests-Tier5", ""): "GLACIER#bulk",
    ("Requests-Tier6", ""): "GLACIER#expedited",
    ("Requests-GDA-Tier3", ""): "DEEP_ARCHIVE#standard",
    ("Requests-GDA-Tier5", ""): "DEEP_ARCHIVE#bulk",
}
"""By usage type, and the operation where the usage type alone does not say it."""
_IOPS = {"gp3": "gp3", "piops": "io1", "io2": "io2", "io2.tier2": "io2#32000IOPS", "io2.tier3": "io2#64000IOPS"}
_ORDINARY = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}


class Match(msgspec.Struct, frozen=True):
    """A product is the price of this. Of several products for an item, those of the lowest ``rank`` say it best."""

    kind: str
    item: str
    rank: int = 0


def matches(service: str, family: str, attributes: Mapping[str, str]) -> Iterator[Match]:
    """What a product is the price of: nothing that we ask for, or several items that have one price."""
    usage = _PREFIX.sub("", attributes.get("usagetype", ""))
    if service == "AmazonEC2":
        yield from _ec2(attributes, family, usage)
    elif service == "AmazonVPC":
        if usage in ("PublicIPv4:InUseAddress", "PublicIPv4:IdleAddress"):
            yield Match("ipv4-hour", "public")
    elif service == "AmazonSageMaker":
        if used := _ML.fullmatch(usage):
            yield Match(_ML_KINDS[used[1]], used[2])
    elif service in ("AmazonS3", "AmazonS3GlacierDeepArchive"):
        yield from _s3(attributes.get("operation", ""), attributes.get("group", ""), usage)


def _ec2(attributes: Mapping[str, str], family: str, usage: str) -> Iterator[Match]:
    if family.startswith("Compute Instance"):
        if all(attributes.get(name, value) == value for name, value in _ORDINARY.items()):
            yield Match("ec2-hour", attributes.get("instanceType", ""))
    elif family == "Dedicated Host" and usage.startswith("HostUsage:"):
        yield Match("ec2-host-hour", attributes.get("instanceType", ""))
    elif family == "Storage" and usage.startswith("EBS:VolumeUsage"):
        yield Match("ebs-storage", attributes.get("volumeApiName", ""))
    elif usage.startswith("EBS:VolumeP-IOPS."):
        if item := _IOPS.get(usage.removeprefix("EBS:VolumeP-IOPS.")):
            yield Match("ebs-iops", item)
    elif usage == "EBS:VolumeP-Throughput.gp3":
        yield Match("ebs-throughput", "gp3")
    elif usage == "EBS:SnapshotUsage":
        yield Match("ebs-snapshot", "standard")
    elif usage == "EBS:SnapshotArchiveStorage":
        yield Match("ebs-snapshot", "archive")
    elif usage == "NatGateway-Hours":
        yield Match("nat-hour", "gateway")


def _s3(operation: str, group: str, usage: str) -> Iterator[Match]:
    if group.startswith("INT-"):
        return  # to restore from an archive tier of Intelligent-Tiering has the usage types of the archives
    if usage in _STORAGE:
        if not operation:  # else it is an overhead, or a copy that was restored
            yield Match("s3-storage", _STORAGE[usage])
    elif item := _RESTORES.get((usage, operation)):
        yield Match("s3-retrieval", item)
    elif usage in _RETRIEVALS:
        yield Match("s3-retrieval", _RETRIEVALS[usage])
    elif usage == "Monitoring-Automation-INT":
        yield Match("s3-monitoring", "INTELLIGENT_TIERING")
    elif item := _RESTORE_REQUESTS.get((usage, operation)) or _RESTORE_REQUESTS.get((usage, "")):
        yield Match("s3-request-restore", item)
    elif usage in ("Requests-Tier3", "Requests-Tier4"):
        if operation in _TRANSITIONS:
            yield Match("s3-transition", _TRANSITIONS[operation])
        elif usage == "Requests-Tier4" and not operation:
            yield from (Match("s3-transition", item, rank=1) for item in _TIER4)
    elif used := re.fullmatch(r"Requests-([A-Z]+-|)Tier([12])", usage):
        yield from _requests(used[1], used[2], operation)


def _requests(of: str, tier: str, operation: str) -> Iterator[Match]:
    items = _REQUESTS.get(of, ())
    if tier == "1" and of in ("GLACIER-", "GDA-"):
        # Archives have several prices for the same usage type: to write an object is the one that is meant.
        if operation in _UPLOADS:
            yield from (Match("s3-request-write", item, rank=_UPLOADS.index(operation)) for item in items)
    elif not operation:
        yield from (Match("s3-request-write" if tier == "1" else "s3-request-read", item) for item in items)
