"""``[prices]`` in the configuration, and the book that it opens."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.config import load
from auditor.errors import ConfigError, PriceFileError
from auditor.money import fetched
from auditor.money.fetched import Fetch
from auditor.money.settings import PriceSettings, open_book
from tests.money.made import price

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def prices(tmp_path: Path, text: str) -> PriceSettings:
    (tmp_path / "awsaudit.toml").write_text(f"[prices]\n{text}\n")
    return load(tmp_path / "awsaudit.toml", {}).prices


def test_what_it_may_say(tmp_path: Path) -> None:
    found = prices(tmp_path, 'file = "prices.csv"\nelsewhere = "us-east-1"\ncurrency = "KRW"\nrate = 1480.5')
    assert found.file == tmp_path / "prices.csv", "beside the configuration"
    assert found.elsewhere == "us-east-1"
    assert (found.display.currency, found.display.rate) == ("KRW", Decimal("1480.5"))
    assert prices(tmp_path, 'currency = "JPY"\nrate = "150.25"').display.rate == Decimal("150.25")
    assert prices(tmp_path, "") == PriceSettings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'currency = "KRW"\nrate = {"9" * 5000}', "a number in it has too many digits"),
        ('currency = "KRW"', "`currency` and `rate` go together"),
        ("rate = 1480", "`currency` and `rate` go together"),
        ('currency = "USD"\nrate = 1', "`currency` and `rate` go together"),
        ('currency = "won"\nrate = 1480', "`currency` must be a code of three capital letters"),
        *(
            (f'currency = "KRW"\nrate = {rate}', "`rate` must be a figure above 0")
            for rate in ("0", "-1", "nan", "inf", '"x"', '"sNaN"', "1e99", '"1e-999999"', f'"0.{"1" * 5000}"')
        ),
        ('elsewhere = "Virginia"', "`elsewhere` must be a region"),
        ('files = "x"', "there is no setting `files`; did you mean `file`?".replace("; did", " in `prices`; did")),
    ],
)
def test_what_is_said_of_it(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        prices(tmp_path, text)
    assert says in str(error.value)


def test_the_layers_of_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSAUDIT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "mine.csv").write_text("kind,region,item,amount,as_of\nec2-hour,us-east-1,m5.large,0.05,2026-11-01\n")
    fetched.save([Fetch("us-east-1", NOW, (price("m5.large", "0.06"), price("c5.large", "0.07")))])
    book = open_book(PriceSettings(file=tmp_path / "mine.csv"), NOW)
    found = {item: book.find("ec2-hour", "us-east-1", item) for item in ("m5.large", "c5.large", "r5.large")}
    assert {item: str(one.amount) for item, one in found.items() if one} == {
        "m5.large": "0.05",
        "c5.large": "0.07",
        "r5.large": "0.126",
    }
    assert book.find("ec2-hour", "us-east-1", "m5.huge") is None


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("/dev/zero")
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(10**12)  # of holes: it takes no room, and would take all memory
    for name, says in {
        "none.csv": "No such file or directory",
        "pipe.csv": "it is not a regular file",
        ".": "Is a directory",
        "link.csv": "it is not a regular file",
        "/dev/zero": "it is not a regular file",
        "big.csv": "it is larger than 8 MiB",
        "a\0b.csv": "embedded null byte",
    }.items():
        with pytest.raises(PriceFileError) as error:
            open_book(PriceSettings(file=tmp_path / name), NOW)
        where = tmp_path / name
        assert str(error.value) == f"price file `{where}` cannot be read: {says}; name another with --prices or under [prices]"
