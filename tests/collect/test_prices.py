"""Fetching prices: AWS's answers in their documented shapes, put in at the wire, below the SDK."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from auditor.cli.progress import Bars
from auditor.collect.door import Door
from auditor.collect.prices import QUERIES, Refreshed, refresh
from auditor.collect.quiet import Silent
from auditor.collect.session import Connection, Target, WriteRefused
from auditor.model.fact import Reason
from auditor.model.snapshot import CallRecord
from auditor.money import fetched
from tests.collect.helpers import Hurried
from tests.collect.price_products import SEOUL, machine

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JSON, XML = "application/x-amz-json-1.1", "text/xml"

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
