"""``awsaudit prices refresh`` as a user runs it, against AWS's price list behind real HTTP."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import run
from auditor.collect import prices
from auditor.engine.cases import case_snapshot
from auditor.engine.evaluate import judge
from auditor.money import fetched
from auditor.money.bundled import blocks
from auditor.money.fetched import Fetch
from auditor.money.frozen import freeze
from auditor.money.kinds import KINDS
from auditor.money.settings import PriceSettings, open_book
from auditor.render.view import build
from tests.money import listed, price_server
from tests.money.listed import SEOUL, SIGNS, TOKYO
from tests.money.made import price
from tests.money.price_server import Params, PriceServer, Reply, json_error, xml_error
from tests.render.synthetic import RULES

Capture = pytest.CaptureFixture[str]
S3 = tuple(kind for kind in KINDS if kind.startswith("s3-"))


@pytest.fixture(scope="module")
def _server() -> Iterator[PriceServer]:
    with price_server.running() as server:
        server.products = {region: list(listed.products(region)) for region in SIGNS}
        yield server


@pytest.fixture
def server(_server: PriceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceServer:
    """The server, forgetful, and an environment in which the command finds it and an empty cache folder."""
    _server.calls.clear()
    _server.spot.clear()
    _server.page, _server.spot_page = 100, 1000
    _server.before = lambda operation, params: None
    for service in ("PRICING", "EC2", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", _server.url)
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return _server


def refresh(capsys: Capture, *arguments: str, code: int = 0) -> tuple[str, str]:
    """What the command prints, without progress."""
    assert run(["prices", "refresh", *arguments]) == code
    said = capsys.readouterr()
    return said.out, "".join(line for line in said.err.splitlines(keepends=True) if "read\n" not in line)


def shown(capsys: Capture, kind: str, region: str) -> dict[str, dict[str, Any]]:
    """What the book has of a kind in a region, by item."""
    assert run(["prices", "show", kind, "--region", region, "--format", "json"]) == 0
    return {one["item"]: one for one in json.loads(capsys.readouterr().out)["prices"]}


# --- a whole region


def test_a_region_is_fetched_page_by_page_and_kept(capsys: Capture, server: PriceServer, tmp_path: Path) -> None:
    server.page = 20
    out, err = refresh(capsys, "--region", SEOUL)
    lines = out.splitlines()
    assert lines[0].startswith(f"{SEOUL}: ")
    assert "s3-request-read 8" in lines[0]
    assert lines[1:] == [
        "  not in the list: EXPRESS_ONEZONE (s3-request-read, s3-request-write, s3-storage)",
        f"kept in {tmp_path / 'cache' / 'prices-1.json'}",
    ]
    assert err == ""
    assert server.calls["GetProducts"] > len(prices.QUERIES)
    assert set(server.calls) == {"GetCallerIdentity", "GetProducts", "DescribeSpotPriceHistory"}
    storage = shown(capsys, "s3-storage", SEOUL)
    assert {
        item: storage[item]["amount"] for item in ("STANDARD", "STANDARD#50TB", "STANDARD#500TB", "GLACIER", "DEEP_ARCHIVE")
    } == {
        "STANDARD": "0.025",
        "STANDARD#50TB": "0.024",
        "STANDARD#500TB": "0.023",
        "GLACIER": "0.0045",
        "DEEP_ARCHIVE": "0.002",
    }
    assert {one["verified"] for one in storage.values()} == {True}
    assert {one["source"] for one in storage.values()} == {"AWS Price List API, published 2026-11-20"}
    assert {item: one["amount"] for item, one in shown(capsys, "s3-transition", SEOUL).items()} == {
        "DEEP_ARCHIVE": "0.06",
        "GLACIER": "0.03258",
        "GLACIER_IR": "0.02",
        "INTELLIGENT_TIERING": "0.01",
        "ONEZONE_IA": "0.01",
        "STANDARD_IA": "0.01",
    }
    assert {
        item: one["amount"] for item, one in shown(capsys, "ec2-hour", SEOUL).items() if "Price List API" in one["source"]
    } == {
        "c6i.xlarge": "0.192",
        "g5.xlarge": "1.237",
        "m5.large": "0.118",
        "p4d.24xlarge": "37.4482",
    }


def test_of_every_bundled_region_all_prices_of_s3_are_had(capsys: Capture, server: PriceServer) -> None:
    refresh(capsys, *(argument for region in SIGNS for argument in ("--region", region)))
    kept = {fetch.region: {(row.kind, row.item): row for row in fetch.rows} for fetch in fetched.load()}
    assert set(kept) == set(SIGNS)
    assert set(SIGNS) == {region for block in blocks().values() for region in block.regions}, "these are the bundled regions"
    for region, rows in kept.items():
        lacking = {item for kind in S3 for item in blocks()[kind].rows if (kind, item) not in rows}
        assert lacking == ({"EXPRESS_ONEZONE"} if region in (SEOUL, "eu-central-1", "ap-southeast-1") else set()), region
    assert kept[TOKYO]["s3-transition", "DEEP_ARCHIVE"].amount.as_tuple() == price("x", "0.065").amount.as_tuple()
    assert {row.kind for row in kept["us-east-1"].values()} == set(KINDS) - {"ec2-spot-hour"}


def test_after_a_refresh_a_saving_on_s3_is_in_the_total(capsys: Capture, server: PriceServer) -> None:
    rule = RULES["s3-reduced-redundancy"]
    (case,) = (one for one in rule.cases() if one.title == "some of it")
    taken = case_snapshot(case)

    def totals() -> tuple[list[str], list[str]]:
        frozen = freeze(taken, open_book(PriceSettings(), datetime.now(UTC)))
        money = build(frozen, judge(frozen, [rule]), {rule.id: rule}).money
        return [one.shown for one in money.totals], [one.shown for one in money.unverified]

    assert case.resource.region == SEOUL
    assert totals() == ([], []), "what is bundled has no price of this class in Seoul"
    refresh(capsys, "--region", SEOUL)
    assert totals() == (["0.01 USD"], []), "100 GB at 0.0251, not at 0.025"


# --- not twice


def test_what_is_fresh_is_not_asked_for_again(capsys: Capture, server: PriceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", SEOUL)
    refresh(capsys)
    before = fetched.load()
    server.calls.clear()
    out, _ = refresh(capsys)
    assert out == f"{SEOUL}: {len(before[0].rows)} prices of {before[0].at:%Y-%m-%d}, not fetched again; --force does\n"
    assert not server.calls
    assert fetched.load() == before
    refresh(capsys, "--force")
    assert server.calls["GetProducts"]


def test_what_is_a_week_old_is(capsys: Capture, server: PriceServer) -> None:
    fetched.save([Fetch(SEOUL, datetime.now(UTC) - timedelta(days=7), (price("m5.large", region=SEOUL),))])
    out, _ = refresh(capsys, "--region", SEOUL, "--region", TOKYO)
    assert [line.split(":")[0] for line in out.splitlines() if not line.startswith((" ", "kept"))] == [SEOUL, TOKYO]
    server.calls.clear()
    out, _ = refresh(capsys, "--region", SEOUL, "--region", "us-west-2")
    assert "not fetched again" in out.splitlines()[0]
    assert server.calls["GetProducts"] == len(prices.QUERIES), "of the one that is due"


# --- spot prices


def test_a_spot_price_is_the_median_of_a_week(capsys: Capture, server: PriceServer) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for zone, changes in {
        "ap-northeast-2a": ((30, "0.30"), (6, "0.41")),  # the first of these held when the week began
        "ap-northeast-2c": ((2, "0.90"), (1, "0.5")),
    }.items():
        server.spot += [("g5.xlarge", zone, now - timedelta(days=days), amount) for days, amount in changes]
    server.spot_page = 2
    refresh(capsys, "--region", SEOUL)
    assert server.calls["DescribeSpotPriceHistory"] == 2
    (spot,) = shown(capsys, "ec2-spot-hour", SEOUL).values()
    # For 1 day 0.30, for 6 days 0.41, for 1 day 0.90, for 1 day 0.50.
    assert (spot["item"], spot["amount"], spot["basis"]) == ("g5.xlarge", "0.41", "spot")
    assert spot["as_of"] == f"{now.date()}"
    assert spot["source"] == "EC2 spot price history, the median of 7 days in 2 zones, from 0.3 to 0.9"
    assert run(["prices", "show", "ec2-spot-hour", "--region", SEOUL]) == 0
    table = capsys.readouterr().out
    assert "0.41 USD" in table
    assert "spot   EC2 spot price history, the median of 7 days in 2 zones, from 0.3 to 0.9" in table


def test_spot_prices_that_are_refused_leave_those_that_there_were(capsys: Capture, server: PriceServer) -> None:
    now = datetime.now(UTC)
    old = price("g5.xlarge", "0.4", kind="ec2-spot-hour", region=SEOUL, as_of=now.date() - timedelta(days=9), basis="spot")
    fetched.save([Fetch(SEOUL, now - timedelta(days=9), (old,))])
    server.before = lambda operation, params: xml_error("UnauthorizedOperation") if operation.startswith("Describe") else None
    out, _ = refresh(capsys, "--region", SEOUL)
    assert "  ec2.DescribeSpotPriceHistory: denied, ec2:DescribeSpotPriceHistory would allow it\n" in out
    assert shown(capsys, "ec2-spot-hour", SEOUL)["g5.xlarge"]["as_of"] == f"{old.as_of}"
    (fetch,) = fetched.load()
    late = fetched.fresh([Fetch(SEOUL, now, fetch.rows)], now + timedelta(days=22))
    assert late.find("ec2-spot-hour", SEOUL, "g5.xlarge") is None, "it is older than what it came through with"


def test_half_of_a_spot_history_is_none(capsys: Capture, server: PriceServer) -> None:
    now = datetime.now(UTC)
    server.spot += [("g5.xlarge", zone, now - timedelta(days=1), "0.4") for zone in ("ap-northeast-2a", "ap-northeast-2c")]
    server.spot_page = 1
    server.before = lambda operation, params: xml_error("InvalidParameterValue", 400) if params.get("NextToken") == "1" else None
    out, _ = refresh(capsys, "--region", SEOUL)
    assert "  ec2.DescribeSpotPriceHistory: error" in out
    assert "ec2-spot-hour" not in out


# --- what goes wrong


def kept_before() -> bytes:
    """Something that is there already, as it lies on the disk."""
    fetched.save([Fetch(SEOUL, datetime.now(UTC) - timedelta(days=20), (price("m5.large", "0.5", region=SEOUL),))])
    where = fetched.path()
    assert where is not None
    return where.read_bytes()


def nth(number: int, reply: Reply) -> Any:
    """Answer the nth question for products so, and all after it."""
    asked = 0

    def before(operation: str, params: Params) -> Reply | None:
        nonlocal asked
        asked += operation == "GetProducts"
        return reply if operation == "GetProducts" and asked >= number else None

    return before


@pytest.mark.parametrize(
    ("number", "reply", "says"),
    [
        (
            1,
            json_error("AccessDeniedException"),
            "AmazonEC2 Linux Shared NA Used:\n  pricing.GetProducts: denied, pricing:GetProducts would",
        ),
        (
            9,
            json_error("AccessDeniedException"),
            "AmazonSageMaker ML Instance:\n  pricing.GetProducts: denied, pricing:GetProducts would",
        ),
        (11, json_error("ExpiredNextTokenException"), "AmazonS3:\n  pricing.GetProducts: error; what answered cannot be used"),
    ],
    ids=["denied", "denied-later", "half-a-list"],
)
def test_a_region_that_is_not_had_whole_keeps_what_it_had(
    capsys: Capture, server: PriceServer, number: int, reply: Reply, says: str
) -> None:
    before = kept_before()
    server.page = 20
    server.before = nth(number, reply)
    out, err = refresh(capsys, "--region", SEOUL, code=3)
    assert f"{SEOUL}: could not be fetched whole, so that what was kept of it before stays; asking about {says}" in out
    assert err == ""
    where = fetched.path()
    assert where is not None
    assert where.read_bytes() == before


def test_quiet_is_quiet_but_for_trouble(capsys: Capture, server: PriceServer) -> None:
    assert refresh(capsys, "-q", "--region", SEOUL) == ("", "")
    assert refresh(capsys, "-q", "--region", SEOUL) == ("", "")
    server.before = nth(1, json_error("AccessDeniedException"))
    out, err = refresh(capsys, "-q", "--region", TOKYO, code=3)
    assert out == ""
    assert f"{TOKYO}: could not be fetched whole" in err
    assert "pricing:GetProducts would allow it" in err


def test_no_such_region_and_no_such_profile(capsys: Capture, server: PriceServer) -> None:
    out, _ = refresh(capsys, "--region", "xx-nowhere-1", code=3)
    assert out == "xx-nowhere-1: the price list has nothing for it; is it a region?\n"
    _, err = refresh(capsys, "--profile", "nobody", code=2)
    assert "there is no AWS profile `nobody`" in err
    assert fetched.load() == ()


def test_after_the_first_question_that_fails_no_other_is_put(capsys: Capture, server: PriceServer) -> None:
    server.before = nth(1, json_error("AccessDeniedException"))
    refresh(capsys, "--region", SEOUL, code=3)
    assert server.calls == {"GetCallerIdentity": 1, "GetProducts": 1}


def test_credentials_that_run_out_say_so_and_lose_nothing(capsys: Capture, server: PriceServer) -> None:
    server.before = nth(len(prices.QUERIES) + 3, json_error("ExpiredTokenException"))
    out, err = refresh(capsys, "--region", SEOUL, "--region", TOKYO, "--region", "us-west-2", code=3)
    assert f"{TOKYO}: could not be fetched whole" in out
    assert "us-west-2: not fetched; what was kept of it before stays\n" in out
    assert err == "awsaudit: the AWS credentials expired on the way; sign in again and repeat the command\n"
    assert [fetch.region for fetch in fetched.load()] == [SEOUL]


def test_an_interrupted_refresh_keeps_the_regions_that_are_whole(capsys: Capture, server: PriceServer) -> None:
    def interrupt(operation: str, params: Params) -> None:
        if operation == "GetProducts" and server.calls[operation] == len(prices.QUERIES) + 3:
            os.kill(os.getpid(), signal.SIGINT)

    server.before = interrupt
    assert threading.current_thread() is threading.main_thread()
    out, err = refresh(capsys, "--region", SEOUL, "--region", TOKYO, "--region", "us-west-2", code=3)
    assert out.splitlines()[2:] == [
        f"{TOKYO}: not fetched; what was kept of it before stays",
        "us-west-2: not fetched; what was kept of it before stays",
        f"kept in {fetched.path()}",
    ]
    assert err == "awsaudit: interrupted\n"
    assert [fetch.region for fetch in fetched.load()] == [SEOUL]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_asked(
    capsys: Capture, server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", "/proc/awsaudit")  # where not even root may write
    _, err = refresh(capsys, "--region", SEOUL, code=2)
    assert err == "awsaudit: the cache folder cannot be written; name another with AWSAUDIT_CACHE_DIR\n"
    assert not server.calls


def test_a_cache_folder_that_is_a_file_is_said_before_anything_is_asked(
    capsys: Capture, server: PriceServer, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("in the way")
    _, err = refresh(capsys, "--region", SEOUL, code=2)
    assert err == "awsaudit: the cache folder cannot be written; name another with AWSAUDIT_CACHE_DIR\n"
    assert not server.calls


def test_what_is_ambiguous_or_in_another_unit_is_said_and_left_out(
    capsys: Capture, server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = listed.product(SEOUL, listed.S3, "Retrieval-GIR", "0.05", unit="GB")
    odd = [
        listed.product(SEOUL, listed.S3, "TimedStorage-ZIA-ByteHrs", "0.0000151", unit="GB-Hrs")
        if "TimedStorage-ZIA-ByteHrs" in one["product"]["attributes"]["usagetype"]
        else one
        for one in server.products[SEOUL]
    ]
    monkeypatch.setitem(server.products, SEOUL, [*odd, twice])
    out, _ = refresh(capsys, "--region", SEOUL)
    assert "  left out, as the list has several prices: s3-retrieval GLACIER_IR\n" in out
    assert "  left out, as the list has another unit: s3-storage ONEZONE_IA (per GB-Hrs, not per GB-month)\n" in out
    assert not shown(capsys, "s3-storage", SEOUL)["ONEZONE_IA"]["verified"], "the bundled one stands, with its mark"
