"""Reading AWS's price list: what each product is the price of, and what is none of ours."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.collect.price_list import read
from auditor.money.kinds import fault
from tests.collect.price_products import SEOUL, machine, product

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def found(*products: str) -> dict[str, str]:
    return {f"{one.kind} {one.item}": f"{one.amount}" for one in read(products, SEOUL, NOW.date()).prices}


def test_what_each_product_is_a_price_of() -> None:
    ebs, s3 = "AmazonEC2", "AmazonS3"
    gb = {"unit": "GB-Mo"}
    assert found(
        machine("g5.xlarge", "1.2370000000", gpu="1"),
        product(ebs, "Dedicated Host", "APN2-HostUsage:mac2", ("0", "0.7990000000"), instanceType="mac2"),
        product(ebs, "Storage", "APN2-EBS:VolumeUsage.gp3", ("0", "0.0912000000"), volumeApiName="gp3", **gb),
        product(ebs, "System Operation", "APN2-EBS:VolumeP-IOPS.gp3", ("0", "0.0057000000"), unit="IOPS-Mo"),
        product(ebs, "System Operation", "APN2-EBS:VolumeP-IOPS.piops", ("0", "0.0666000000"), unit="IOPS-Mo"),
        product(ebs, "System Operation", "APN2-EBS:VolumeP-IOPS.io2.tier2", ("0", "0.0466000000"), unit="IOPS-Mo"),
        product(ebs, "Provisioned Throughput", "APN2-EBS:VolumeP-Throughput.gp3", ("0", "46.6944000000"), unit="GiBps-mo"),
        product(ebs, "Storage Snapshot", "APN2-EBS:SnapshotUsage", ("0", "0.0500000000"), **gb),
        product(ebs, "Storage Snapshot", "APN2-EBS:SnapshotArchiveStorage", ("0", "0.0125000000"), **gb),
        product(ebs, "NAT Gateway", "APN2-NatGateway-Hours", ("0", "0.0590000000")),
        product("AmazonVPC", "IP Address Management", "APN2-PublicIPv4:IdleAddress", ("0", "0.0050000000")),
        product("AmazonVPC", "IP Address Management", "APN2-PublicIPv4:InUseAddress", ("0", "0.0050000000")),
        product("AmazonSageMaker", "ML Instance", "APN2-Host:ml.g5.xlarge", ("0", "1.7320000000")),
        product("AmazonSageMaker", "ML Instance", "APN2-Notebk:ml.t3.medium", ("0", "0.0620000000")),
        product("AmazonSageMaker", "ML Instance", "APN2-Train:ml.p4d.24xlarge", ("0", "37.0000000000")),
        product(
            s3,
            "Storage",
            "APN2-TimedStorage-ByteHrs",
            ("0", "0.0250000000"),
            ("51200", "0.0240000000"),
            ("512000", "0.0230000000"),
            **gb,
        ),
        product(s3, "Storage", "APN2-TimedStorage-INT-AIA-ByteHrs", ("0", "0.0050000000"), **gb),
        product(s3, "", "APN2-TimedStorage-GlacierByteHrs", ("0", "0.0045000000"), **gb),
        product("AmazonS3GlacierDeepArchive", "Storage", "APN2-TimedStorage-GDA-ByteHrs", ("0", "0.0020000000"), **gb),
        product(s3, "API Request", "APN2-Requests-Tier1", ("0", "0.0000045000"), unit="Requests"),
        product(s3, "API Request", "APN2-Requests-SIA-Tier2", ("0", "0.0000010000"), unit="Requests"),
        product(s3, "API Request", "APN2-Requests-GLACIER-Tier1", ("0", "0.0000335"), unit="Requests", operation="PutObject"),
        product(s3, "API Request", "APN2-Requests-Tier3", ("0", "0.0000335"), unit="Requests", operation="S3-GlacierTransition"),
        product(s3, "API Request", "APN2-Requests-Tier3", ("0", "0.00005"), unit="Requests", operation="RestoreObject"),
        product(s3, "API Request", "APN2-Requests-Tier5", ("0", "0.0000000000"), unit="Requests"),
        product(
            s3, "API Request", "APN2-Requests-GDA-Tier3", ("0", "0.0001"), unit="Requests", operation="DeepArchiveRestoreObject"
        ),
        product(s3, "API Request", "APN2-Requests-Tier4", ("0", "0.00001"), unit="Requests"),
        product(s3, "Fee", "APN2-Monitoring-Automation-INT", ("0", "0.0000025000"), unit="Objects"),
        product(s3, "Fee", "APN2-Retrieval-SIA", ("0", "0.0100000000"), unit="GB"),
        product(s3, "Fee", "APN2-Bulk-Retrieval-Bytes", ("0", "0.0000000000"), unit="GB", operation="RestoreObject"),
        product(
            "AmazonS3GlacierDeepArchive",
            "Fee",
            "APN2-Standard-Retrieval-Bytes",
            ("0", "0.022"),
            unit="GB",
            operation="DeepArchiveRestoreObject",
        ),
    ) == {
        "ec2-hour g5.xlarge": "1.237",
        "ec2-host-hour mac2": "0.799",
        "ebs-storage gp3": "0.0912",
        "ebs-iops gp3": "0.0057",
        "ebs-iops io1": "0.0666",
        "ebs-iops io2#32000IOPS": "0.0466",
        "ebs-throughput gp3": "0.0456",
        "ebs-snapshot standard": "0.05",
        "ebs-snapshot archive": "0.0125",
        "nat-hour gateway": "0.059",
        "ipv4-hour public": "0.005",
        "sagemaker-hosting-hour ml.g5.xlarge": "1.732",
        "sagemaker-notebook-hour ml.t3.medium": "0.062",
        "sagemaker-training-hour ml.p4d.24xlarge": "37",
        "s3-storage STANDARD": "0.025",
        "s3-storage STANDARD#50TB": "0.024",
        "s3-storage STANDARD#500TB": "0.023",
        "s3-storage INTELLIGENT_TIERING_AIA": "0.005",
        "s3-storage GLACIER": "0.0045",
        "s3-storage DEEP_ARCHIVE": "0.002",
        "s3-request-write STANDARD": "0.0045",
        "s3-request-write REDUCED_REDUNDANCY": "0.0045",
        "s3-request-read STANDARD_IA": "0.001",
        "s3-request-write GLACIER": "0.0335",
        "s3-transition GLACIER": "0.0335",
        "s3-transition INTELLIGENT_TIERING": "0.01",
        "s3-transition ONEZONE_IA": "0.01",
        "s3-transition STANDARD_IA": "0.01",
        "s3-request-restore GLACIER#standard": "0.05",
        "s3-request-restore GLACIER#bulk": "0",
        "s3-request-restore DEEP_ARCHIVE#standard": "0.1",
        "s3-monitoring INTELLIGENT_TIERING": "0.0025",
        "s3-retrieval STANDARD_IA": "0.01",
        "s3-retrieval GLACIER#bulk": "0",
        "s3-retrieval DEEP_ARCHIVE#standard": "0.022",
    }


@pytest.mark.parametrize(
    "other",
    [
        machine("m5.large", "9", operatingSystem="Windows"),
        machine("m5.large", "9", tenancy="Dedicated"),
        machine("m5.large", "9", preInstalledSw="SQL Std"),
        machine("m5.large", "9", capacitystatus="UnusedCapacityReservation"),
        machine("m5.large", "9", marketoption="CapacityBlock"),
        machine("m5.large", "0.0000000000"),
        machine("m5.large", "9", regionCode="us-east-1"),
        machine("m5.large", "9", locationType="AWS Local Zone"),
        machine("m5.large", "much"),
        machine("m5.large", "NaN"),
        machine("m5.large", "sNaN"),
        machine("m5.large", "1e999999"),
        machine("m5.large", "1e-999999"),
        machine("m5.large", "9" * 10_000),
        product("AmazonS3", "API Request", "APN2-Requests-Tier1", ("0", "1e999999"), unit="Requests"),
        machine("m5.large", "-1"),
        product("AmazonEC2", "Dedicated Host", "APN2-ReservedHostUsage:m5.large", ("0", "9"), instanceType="m5.large"),
        product("AmazonS3", "Storage", "APN2-Tables-TimedStorage-ByteHrs", ("0", "9"), unit="GB-Mo"),
        product("AmazonS3", "Storage", "APN2-TimedStorage-ByteHrs", ("0", "9"), unit="GB-Mo", operation="INTAAS3ObjectOverhead"),
        product("AmazonS3", "Storage", "APN2-TimedStorage-ByteHrs", ("0", "9"), unit="Byte-Hrs"),
        product("AmazonS3", "API Request", "APN2-Requests-Tier3", ("0", "9"), unit="Requests", operation="S3-NewTransition"),
        product("AmazonS3", "", "APN2-TimedStorage-GDA-Staging", ("0", "9"), unit="GB-Mo"),
        product("AmazonS3", "", "APN2-Expedited-Retrieval-Bytes", ("0", "9"), unit="GB", group="INT-AA-RestoreObject"),
        product("AmazonGlacier", "Storage", "APN2-TimedStorage-ByteHrs", ("0", "9"), unit="GB-Mo"),
        product("AmazonSageMaker", "ML Instance", "APN2-AsyncInf:ml.m5.large", ("0", "9")),
        "",
        "[]",
        '{"product": 5}',
        "[" * 100_000,
    ],
)
def test_what_is_no_price_of_ours_is_passed_over(other: str) -> None:
    assert found(other) == {}
    assert found(other, machine("c5.large", "0.096"))["ec2-hour c5.large"] == "0.096"


def test_machines_with_gpus_or_chips_for_learning_are_accelerated() -> None:
    one = read(
        [
            machine("m5.large", "1", gpu="NA", instanceFamily="General purpose"),
            machine("g5.xlarge", "1", gpu="1", instanceFamily="GPU instance"),
            machine("p5.48xlarge", "1", gpu="8"),
            machine("trn1.32xlarge", "1", instanceFamily="Machine Learning ASIC Instances"),
        ],
        SEOUL,
        NOW.date(),
    )
    assert one.accelerated == ("g5.xlarge", "p5.48xlarge", "trn1.32xlarge")


def test_an_item_with_two_prices_has_none() -> None:
    one = read([machine("m5.large", "0.118"), machine("m5.large", "0.120"), machine("c5.large", "0.096")], SEOUL, NOW.date())
    assert [price.item for price in one.prices] == ["c5.large"]
    assert one.ambiguous == ("ec2-hour m5.large",)
    same = read([machine("m5.large", "0.118"), machine("m5.large", "0.1180000000")], SEOUL, NOW.date())
    assert [f"{price.amount}" for price in same.prices] == ["0.118"]
    assert same.ambiguous == ()


def test_a_price_in_another_unit_or_from_elsewhere_on_is_said_and_not_taken() -> None:
    hours = product("AmazonS3", "Storage", "APN2-TimedStorage-SIA-ByteHrs", ("0", "9"), unit="GB-Hrs")
    later = product("AmazonS3", "", "APN2-Requests-GIR-Tier2", ("0", "0.0000000000"), ("100", "0.03"), unit="Requests")
    assert read([hours, later], SEOUL, NOW.date()).unusual == (
        "s3-request-read GLACIER_IR (from 100 on)",
        "s3-storage STANDARD_IA (per GB-Hrs, not per GB-month)",
    )
    sound = product("AmazonS3", "Storage", "APN2-TimedStorage-SIA-ByteHrs", ("0", "0.0138"), unit="GB-Mo")
    both = read([hours, sound], SEOUL, NOW.date())
    assert [f"{price.amount}" for price in both.prices] == ["0.0138"]
    assert both.unusual == ()


def test_a_transition_of_its_own_goes_before_that_of_several_classes() -> None:
    several = product("AmazonS3", "", "APN2-Requests-Tier4", ("0", "0.00001"), unit="Requests")
    own = product("AmazonS3", "", "APN2-Requests-Tier4", ("0", "0.00002"), unit="Requests", operation="S3-INTTransition")
    assert found(several, own) == {
        "s3-transition INTELLIGENT_TIERING": "0.02",
        "s3-transition ONEZONE_IA": "0.01",
        "s3-transition STANDARD_IA": "0.01",
    }


def test_to_upload_to_an_archive_is_the_price_of_a_write() -> None:
    def write(operation: str, amount: str) -> str:
        return product("AmazonS3", "", "APN2-Requests-GLACIER-Tier1", ("0", amount), unit="Requests", operation=operation)

    assert found(write("PutObject", "0.00003"), write("PostObject", "0.00004"), write("ListBucket", "0.000005")) == {
        "s3-request-write GLACIER": "0.03"
    }
    assert found(write("PostObject", "0.00004"), write("ListBucket", "0.000005")) == {"s3-request-write GLACIER": "0.04"}


def test_the_currency_and_where_it_is_from() -> None:
    (price,) = read([machine("m5.large", "0.7").replace('"USD"', '"CNY"')], SEOUL, NOW.date()).prices
    assert (price.currency, price.as_of, price.basis) == ("CNY", date(2026, 11, 22), "list")
    assert price.source == "AWS Price List API, published 2026-11-20"
    assert price.verified


@settings(max_examples=30)
@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_answer_breaks_it_and_no_price_is_unsound(value: object) -> None:
    texts = [json.dumps(value), json.dumps({"product": value}), json.dumps({"product": {"attributes": value}, "terms": value})]
    for price in read([*texts, machine("m5.large", "1")], SEOUL, NOW.date()).prices:
        assert fault(price) is None
