"""Where a price is found: the user's file, what was fetched not long ago, what is bundled, or nowhere."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.money import fetched
from auditor.money.book import Book, Table
from auditor.money.fetched import Fetch
from tests.money.made import price

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINE, FRESH, BUNDLED = (Table([price("m5.large", amount)]) for amount in ("0.07", "0.08", "0.096"))


def amount(book: Book, region: str = "us-east-1", item: str = "m5.large") -> str | None:
    found = book.find("ec2-hour", region, item)
    return str(found.amount) if found else None


def test_the_first_layer_that_knows_a_price_has_it() -> None:
    assert amount(Book((MINE, FRESH, BUNDLED))) == "0.07"
    assert amount(Book((Table([]), FRESH, BUNDLED))) == "0.08"
    assert amount(Book((Table([]), Table([price("m6i.large")]), BUNDLED))) == "0.096"
    assert amount(Book(())) is None


def test_another_region_only_when_asked_for_and_marked() -> None:
    layers = (Table([price("p5.48xlarge", "90")]), BUNDLED)
    assert amount(Book(layers), "af-south-1") is None
    found = Book(layers, elsewhere="us-east-1").find("ec2-hour", "af-south-1", "m5.large")
    assert found is not None
    assert (found.region, found.elsewhere) == ("us-east-1", "af-south-1")
    assert amount(Book(layers, elsewhere="eu-west-1"), "af-south-1") is None
    own = Book(layers, elsewhere="us-east-1").find("ec2-hour", "us-east-1", "m5.large")
    assert own is not None
    assert own.elsewhere is None


def test_a_region_s_own_price_goes_before_another_s_in_any_layer() -> None:
    layers = (MINE, Table([price("m5.large", "0.12", region="af-south-1")]))
    assert amount(Book(layers, elsewhere="us-east-1"), "af-south-1") == "0.12"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "prices-1.json"


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (timedelta(0), True),
        (timedelta(days=30), True),
        (timedelta(days=30, seconds=1), False),
        (timedelta(hours=-20), True),
        (timedelta(days=-2), False),
    ],
)
def test_what_was_fetched_is_fresh_for_thirty_days(age: timedelta, found: bool) -> None:
    table = fetched.fresh([Fetch("us-east-1", NOW - age, (price("m5.large"),))], NOW)
    assert (table.find("ec2-hour", "us-east-1", "m5.large") is not None) is found


def test_what_is_saved_is_loaded_and_other_regions_stay(cache: Path) -> None:
    assert fetched.load() == ()
    assert fetched.save([Fetch("us-east-1", NOW, (price("m5.large"), price("c5.large")))]) == cache
    assert fetched.save([Fetch("eu-west-1", NOW, (price("m5.large", region="eu-west-1"),))]) == cache
    assert [(fetch.region, [row.item for row in fetch.rows]) for fetch in fetched.load()] == [
        ("eu-west-1", ["m5.large"]),
        ("us-east-1", ["c5.large", "m5.large"]),
    ]
    fetched.save([Fetch("us-east-1", NOW, ())])
    assert [len(fetch.rows) for fetch in fetched.load()] == [1, 0]
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert sorted(path.name for path in cache.parent.iterdir()) == [cache.name, "prices-1.lock"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"format":2,"fetches":[]}',
        b'{"format":1,"fetches":[{"region":"us-east-1","at":"2026-11-22T12:00:00","rows":[]}]}',
    ],
)
def test_whatever_is_wrong_with_the_file_it_counts_as_not_there(cache: Path, content: bytes) -> None:
    cache.parent.mkdir()
    cache.write_bytes(content)
    assert fetched.load() == ()


@pytest.mark.parametrize(
    ("old", "new"), [(b'"1"', b'"-1"'), (b'"1"', b'"NaN"'), (b"ec2-hour", b"ec9-hour"), (b'"hour"', b'"day"')]
)
def test_a_row_that_cannot_be_right_spoils_the_file(cache: Path, old: bytes, new: bytes) -> None:
    fetched.save([Fetch("us-east-1", NOW, (price("m5.large"),))])
    assert len(fetched.load()) == 1
    cache.write_bytes(cache.read_bytes().replace(old, new))
    assert fetched.load() == ()


def test_a_file_that_others_may_write_is_not_trusted(cache: Path) -> None:
    fetched.save([Fetch("us-east-1", NOW, (price("m5.large"),))])
    cache.chmod(0o666)
    assert fetched.load() == ()


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert fetched.save([Fetch("us-east-1", NOW, ())]) is None
