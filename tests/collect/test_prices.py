"""Fetching prices: AWS's answers in their documented shapes, put in at the wire, below the SDK."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.core.botocore_stubber import MockRawResponse

from auditor.cli.progress import Bars
from auditor.collect.door import Door
from auditor.collect.price_list import read
from auditor.collect.prices import QUERIES, Refreshed, refresh
from auditor.collect.quiet import Silent
from auditor.collect.session import Connection, Target, WriteRefused
from auditor.model.fact import Reason
from auditor.model.snapshot import CallRecord
from auditor.money import fetched
from auditor.money.kinds import fault
from tests.collect.helpers import Hurried

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEOUL = "ap-northeast-2"
JSON, XML = "application/x-amz-json-1.1", "text/xml"


def product(
    service: str,
    family: str,
    usage: str,
    *tiers: tuple[str, str],
    unit: str = "Hrs",
    published: str = "2026-11-20T08:00:00Z",
    **more: str,
) -> str:
    """A product as the price list has it; ``tiers`` are where a price begins, and the price of ten decimals."""
    dimensions: dict[str, Any] = {
        f"SKU.JRTCKXETXF.{number}": {
            "unit": unit,
            "endRange": "Inf",
            "beginRange": begin,
            "description": "$ per unit",
            "appliesTo": [],
            "rateCode": f"SKU.JRTCKXETXF.{number}",
            "pricePerUnit": {"USD": amount},
        }
        for number, (begin, amount) in enumerate(tiers)
    }
    attributes = {
        "servicecode": service,
        "usagetype": usage,
        "regionCode": SEOUL,
        "locationType": "AWS Region",
        "operation": "",
        **more,
    }
    return json.dumps(
        {
            "product": {"productFamily": family, "attributes": attributes, "sku": "SKU"},
            "serviceCode": service,
            "terms": {"OnDemand": {"SKU.JRTCKXETXF": {"priceDimensions": dimensions, "sku": "SKU", "termAttributes": {}}}},
            "version": "20261120080000",
            "publicationDate": published,
        }
    )


def machine(type: str, amount: str, **more: str) -> str:
    usual = {
        "instanceType": type,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "operation": "RunInstances",
    }
    return product("AmazonEC2", "Compute Instance", f"APN2-BoxUsage:{type}", ("0", amount), **{**usual, **more})


def found(*products: str) -> dict[str, str]:
    return {f"{one.kind} {one.item}": f"{one.amount}" for one in read(products, SEOUL, NOW.date()).prices}


# --- the price list


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
        product("AmazonS3", "API Request", "APN2-Requests-Tier3", ("0", "9"), unit="Requests", operation="RestoreObject"),
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


# --- the calls

Give = Callable[[str, Mapping[str, Any]], tuple[int, bytes]]


class Wire:
    """A session whose requests this test answers: from the region and the body of each."""

    def __init__(self, products: Give, spot: Give | None = None) -> None:
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self.records: list[CallRecord] = []
        session: Any = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=SEOUL)

        def answer(request: Any, status: int, kind: str, body: bytes) -> AWSResponse:
            headers: Any = {"Content-Type": kind}
            return AWSResponse(request.url, status, headers, MockRawResponse(body))

        def before_send(request: Any, **_: Any) -> AWSResponse:
            region = str(request.headers["Authorization"]).split("/")[2]
            body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
            if "X-Amz-Target" in request.headers:
                params: Mapping[str, Any] = json.loads(body)
                self.asked.append(("GetProducts", region, params))
                status, said = products(region, params)
                return answer(request, status, JSON, said)
            params = {name: values[0] for name, values in parse_qs(body).items()}
            self.asked.append((params["Action"], region, params))
            status, said = (spot or nothing_on_spot)(region, params)
            return answer(request, status, XML, said)

        session.events.register("before-send", before_send)
        identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:role/audit"}
        self.connection = Connection(session, Target(), identity)

    def refresh(self, region: str = SEOUL) -> Refreshed:
        return refresh(Door(self.connection, self.records.append, Hurried()), region, NOW, Silent())

    def calls(self) -> Counter[tuple[str, str]]:
        return Counter((operation, region) for operation, region, _ in self.asked)


def nothing_on_spot(region: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
    return 200, b"<DescribeSpotPriceHistoryResponse><spotPriceHistorySet/><nextToken/></DescribeSpotPriceHistoryResponse>"


def page(*products: str, then: str | None = None) -> tuple[int, bytes]:
    return 200, json.dumps({"FormatVersion": "aws_v1", "PriceList": products, **({"NextToken": then} if then else {})}).encode()


def refusal(code: str) -> tuple[int, bytes]:
    return 400, json.dumps({"__type": code, "Message": "no"}).encode()


def of(params: Mapping[str, Any]) -> dict[str, str]:
    return {"ServiceCode": params["ServiceCode"], **{one["Field"]: one["Value"] for one in params["Filters"]}}


def test_only_what_is_needed_is_asked_page_by_page() -> None:
    def products(region: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
        assert all(one["Type"] == "TERM_MATCH" for one in params["Filters"])
        assert params["MaxResults"] == 100
        if of(params).get("operatingSystem") == "Linux":
            if "NextToken" not in params:
                return page(machine("m5.large", "0.118"), then="two")
            assert params["NextToken"] == "two"
            return page(machine("g5.xlarge", "1.237", gpu="1"))
        return page()

    def spot(region: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
        assert params["InstanceType.1"] == "g5.xlarge"
        assert "InstanceType.2" not in params
        assert params["ProductDescription.1"] == "Linux/UNIX"
        items = "".join(
            f"<item><instanceType>g5.xlarge</instanceType><productDescription>Linux/UNIX</productDescription>"
            f"<spotPrice>{amount}</spotPrice><timestamp>2026-11-22T11:00:00.000Z</timestamp>"
            f"<availabilityZone>ap-northeast-2{zone}</availabilityZone></item>"
            for zone, amount in (("a", "0.41"), ("b", "0.52"), ("c", "0.44"))
        )
        return 200, (
            f"<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>{items}</spotPriceHistorySet><nextToken/>"
            "</DescribeSpotPriceHistoryResponse>"
        ).encode()

    wire = Wire(products, spot)
    done = wire.refresh()
    assert done.complete
    assert done.missing == ()
    assert {(one.kind, one.item): f"{one.amount}" for one in done.fetch.rows} == {
        ("ec2-hour", "g5.xlarge"): "1.237",
        ("ec2-hour", "m5.large"): "0.118",
        ("ec2-spot-hour", "g5.xlarge"): "0.44",
    }
    (one,) = (row for row in done.fetch.rows if row.kind == "ec2-spot-hour")
    assert (one.basis, one.source, one.region) == (
        "spot",
        "EC2 spot price history, the median of 7 days in 3 zones, from 0.41 to 0.52",
        SEOUL,
    )
    assert wire.calls() == {
        ("GetProducts", "ap-south-1"): len(QUERIES) + 1,
        ("DescribeSpotPriceHistory", SEOUL): 1,
    }, "each thing once, at the nearest endpoint"
    assert all(of(params)["regionCode"] == SEOUL for operation, _, params in wire.asked if operation == "GetProducts")
    assert len({json.dumps(of(p), sort_keys=True) for operation, _, p in wire.asked if operation == "GetProducts"}) == len(
        QUERIES
    )
    assert {record.operation for record in wire.records} == {"GetProducts", "DescribeSpotPriceHistory"}


def test_how_far_it_is_shows_on_a_terminal() -> None:
    wire = Wire(lambda at, params: page(machine("m5.large", "0.118")))
    shown = Bars()
    with shown.bars:
        assert refresh(Door(wire.connection, wire.records.append, Hurried()), SEOUL, NOW, shown).complete
        (bar,) = shown.bars.tasks
        assert (bar.description, bar.completed, bar.total) == ("Prices", len(QUERIES) + 1, len(QUERIES) + 1)
        shown.finished("nothing that has begun", SEOUL)


@pytest.mark.parametrize(
    ("region", "near"), [("eu-west-1", "eu-central-1"), ("us-west-2", "us-east-1"), ("me-south-1", "ap-south-1")]
)
def test_the_nearest_endpoint_is_asked(region: str, near: str) -> None:
    wire = Wire(lambda at, params: page())
    assert wire.refresh(region).fetch.rows == ()
    assert set(wire.calls()) == {("GetProducts", near)}, "and no spot prices of no types"


def test_an_endpoint_that_does_not_answer_is_left_for_the_next_and_not_asked_again() -> None:
    wire = Wire(lambda at, params: (503, b"") if at == "ap-south-1" else page(machine("m5.large", "0.118")))
    done = wire.refresh()
    assert done.complete
    assert [row.item for row in done.fetch.rows] == ["m5.large"]
    asked = wire.calls()
    assert asked["GetProducts", "us-east-1"] == len(QUERIES)
    assert asked["GetProducts", "ap-south-1"] < len(QUERIES)


def test_a_refusal_is_said_once_with_what_would_resolve_it() -> None:
    wire = Wire(lambda at, params: refusal("AccessDeniedException"))
    done = wire.refresh()
    assert not done.complete
    assert [(one.reason, one.call, one.action) for one in done.missing] == [
        (Reason.DENIED, "pricing.GetProducts", "pricing:GetProducts")
    ]
    assert set(wire.calls()) == {("GetProducts", "ap-south-1")}, "another endpoint would refuse, too"


def test_a_page_that_is_lost_makes_it_incomplete() -> None:
    def products(region: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
        if "NextToken" in params:
            return refusal("ExpiredNextTokenException")
        return page(machine("m5.large", "0.118"), then="two")

    assert not Wire(products).refresh().complete


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal("ThrottlingException"), Reason.THROTTLED),
        ((200, b"<!DOCTYPE html><html>a proxy</html>"), Reason.ERROR),
        ((200, b""), Reason.ERROR),
        ((200, b'{"PriceList": ["{}"'), Reason.ERROR),
        ((503, b""), Reason.ERROR),
        (refusal("ExpiredTokenException"), Reason.NOT_COLLECTED),
    ],
)
def test_what_else_may_go_wrong_on_the_way(answer: tuple[int, bytes], reason: Reason) -> None:
    def products(region: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
        return answer if "NextToken" in params else page(machine("m5.large", "0.118"), then="two")

    done = Wire(products).refresh()
    assert not done.complete
    assert done.fetch.rows == (), "half a list would look like a whole one"
    assert (done.failed, [one.reason for one in done.missing]) == (QUERIES[0].label, [reason])


def test_spot_prices_that_are_refused_are_missing_and_the_list_is_complete() -> None:
    body = b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>"
    wire = Wire(lambda at, params: page(machine("g5.xlarge", "1.237", gpu="1")), lambda at, params: (403, body))
    done = wire.refresh()
    assert done.complete
    assert [(one.reason, one.action) for one in done.missing] == [(Reason.DENIED, "ec2:DescribeSpotPriceHistory")]


def test_a_spot_price_that_is_no_figure_is_passed_over() -> None:
    held = "<timestamp>2026-11-20T11:00:00.000Z</timestamp>"
    items = "".join(
        f"<item><instanceType>g5.xlarge</instanceType><spotPrice>{amount}</spotPrice>{at}"
        "<availabilityZone>ap-northeast-2a</availabilityZone></item>"
        for at, amount in (
            (held, "NaN"),
            (held, "sNaN"),
            ("", "0.40"),
            (held, "0.41"),
        )
    )
    body = (
        f"<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>{items}</spotPriceHistorySet></DescribeSpotPriceHistoryResponse>"
    )
    done = Wire(
        lambda at, params: page(machine("g5.xlarge", "1.237", gpu="1")), lambda at, params: (200, body.encode())
    ).refresh()
    assert [f"{one.amount}" for one in done.fetch.rows if one.kind == "ec2-spot-hour"] == ["0.41"]


def test_the_client_can_only_read() -> None:
    client = Wire(lambda at, params: page()).connection.client("pricing", "us-east-1")
    with pytest.raises(WriteRefused):
        client.get_price_list_file_url(PriceListArn="arn:aws:pricing:::price-list/x", FileFormat="json")


def test_what_was_fetched_goes_into_the_cache_and_comes_back(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path))
    done = Wire(lambda at, params: page(machine("m5.large", "0.118"))).refresh()
    fetched.save([done.fetch])
    table = fetched.fresh(fetched.load(), NOW)
    price = table.find("ec2-hour", SEOUL, "m5.large")
    assert price is not None
    assert price.amount == Decimal("0.118")
