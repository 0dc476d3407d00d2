"""Prices from the user's own file, and what is said of one that is wrong: which file, which line, what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from auditor.errors import PriceFileError
from auditor.money.user import parse

TOML = """
source = "agreement of 2026"
as_of = 2026-11-01
basis = "negotiated"

[[price]]
kind = "ec2-hour"
region = "ap-northeast-2"
item = "p5.48xlarge"
amount = 31.20

[[price]]
kind = "s3-storage"
region = "ap-northeast-2"
item = "STANDARD"
amount = "32.5"
currency = "KRW"
as_of = 2026-10-01
verified = false
"""
CSV = """\ufeffkind,region,item,amount,as_of,source
ec2-hour,ap-northeast-2,p5.48xlarge,31.20,2026-11-01,"협약, 2026년"

s3-storage,ap-northeast-2,STANDARD,0.024,2026-11-01,
"""


def said(content: str, name: str) -> str:
    with pytest.raises(PriceFileError) as error:
        parse(content.encode(), name)
    text = str(error.value)
    assert text.startswith(f"price file `{name}`")
    assert "\n" not in text
    return text


def test_toml() -> None:
    first, second = parse(TOML.encode(), "prices.toml")
    assert (first.amount, first.per, first.basis, first.source) == (Decimal("31.20"), "hour", "negotiated", "agreement of 2026")
    assert str(first.amount) == "31.20", "digit by digit"
    assert first.verified
    assert (second.currency, second.as_of, second.verified) == ("KRW", date(2026, 10, 1), False)


def test_csv() -> None:
    first, second = parse(CSV.encode(), "prices.csv")
    assert (first.amount, first.source, first.as_of) == (Decimal("31.20"), "협약, 2026년", date(2026, 11, 1))
    assert (second.per, second.source, second.basis) == ("GB-month", "prices.csv", "list")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "ec2-hour"', 'kind = "ec2-hours"', "line 6: `ec2-hours` is not a kind of price; did you mean `ec2-hour`?"),
        ("amount = 31.20", "amount = -1", "line 6: the amount `-1` is not a figure from 0 to"),
        ("amount = 31.20", "amount = nan", "line 6: the amount `NaN`"),
        ("amount = 31.20", 'amount = "1,200.5"', "line 6: its amount `1,200.5` is not a figure; write it as 1234.56"),
        ("amount = 31.20", "amount = true", "line 6: its `amount` must be a figure"),
        ("amount = 31.20", "amount = 1e300", "line 6: the amount"),
        ("amount = 31.20", "price = 31.20", "line 6: there is no setting `price`"),
        ("amount = 31.20\n", "", "line 6: it does not say its `amount`"),
        ('item = "p5.48xlarge"', "item = 5", "line 6: its `item` must be a text, in quotes"),
        ('item = "p5.48xlarge"', 'item = ""', "line 6: its item must be a text of 1 to 200 characters"),
        ("as_of = 2026-11-01", 'as_of = "soon"', "line 6: its `as_of` must be a date"),
        ("as_of = 2026-11-01\n", "\n", "line 6: it does not say its `as_of`"),
        ('currency = "KRW"', 'currency = "won"', "line 12: `won` is not a currency code"),
        ('currency = "KRW"', 'per = "hour"', "line 12: a price of `s3-storage` is per GB-month, not per `hour`"),
        ("verified = false", 'verified = "perhaps"', "line 12: its `verified` must be yes or no"),
        ('kind = "s3-storage"\nregion = "ap-northeast-2"\nitem = "STANDARD"', "kind = 's3-storage'", "line 12: it does not say"),
        ("[[price]]", "[price]", "is not valid TOML"),
        ("amount = 31.20", "amount = 1e99999999999999999999", "a figure in it is too large"),
        ("amount = 31.20", f"amount = {'9' * 5000}", "line 10: it has more than 1,000 characters"),
        ("amount = 31.20", f"amount = 0x{'f' * 300_000}", "line 10: it has more than 1,000 characters"),
        ("amount = 31.20", f"amount.{'a.' * 2_000}a = 1", "line 10: it has more than 1,000 characters"),
        ("amount = 31.20", f"amount = {(('[' * 900) + chr(10)) * 5}", "its values nest too deep"),
        ('source = "agreement of 2026"', 'from = "x"', "there is no setting `from`"),
    ],
)
def test_what_is_said_of_toml(old: str, new: str, says: str) -> None:
    assert old in TOML
    assert says in said(TOML.replace(old, new, 1), "prices.toml")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("amount,", "price,", "line 1: the heading lacks `amount`"),
        ("0.024", "zero", "line 4: its amount `zero` is not a figure"),
        ("STANDARD,0.024", "0.024", "line 4: it has 5 cells and the heading 6; quote commas"),
        ("s3-storage,", "s3-store,", "line 4: `s3-store` is not a kind of price; did you mean `s3-storage`?"),
        ("2026-11-01,\n", "2026-13-01,\n", "line 4: its `as_of` must be a date"),
        ('"협약', '"협약"x', "line 2"),
    ],
)
def test_what_is_said_of_csv(old: str, new: str, says: str) -> None:
    assert old in CSV
    assert says in said(CSV.replace(old, new, 1), "prices.csv")


def test_a_price_that_is_there_twice() -> None:
    row = "ec2-hour,us-east-1,m5.large,1,2026-11-01\n"
    assert "line 3: `ec2-hour us-east-1 m5.large` is there twice, first in line 2; keep the one that holds" in said(
        f"kind,region,item,amount,as_of\n{row}{row}", "prices.csv"
    )


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "prices.json", "is neither .toml nor .csv"),
        ("price = 5", "prices.toml", "write each price as a table, under a line `[[price]]`"),
        ("", "prices.csv", "line 1: the heading lacks `kind`"),
        ("as_of = 2026-01-01", "prices.toml", None),
    ],
)
def test_other_files(content: str, name: str, says: str | None) -> None:
    if says is None:
        assert parse(content.encode(), name) == ()
    else:
        assert says in said(content, name)


def test_the_line_of_each_of_many_tables() -> None:
    one = '# {0}\n[[price]]\nkind = "ec2-hour"\nregion = "us-east-1"\nitem = "m{0}"\namount = 1\nas_of = 2026-11-01\n'
    many = "".join(one.format(number) for number in range(50))
    assert len(parse(many.encode(), "prices.toml")) == 50
    assert "line 345: `ec2-hours`" in said(
        many.replace('"ec2-hour"', '"ec2-hours"', 50).replace("hours", "hour", 49), "prices.toml"
    )


def test_a_file_that_is_not_text() -> None:
    with pytest.raises(PriceFileError, match="is not UTF-8 text"):
        parse(b"\xff\xfe", "prices.csv")


def test_no_line_is_better_than_a_wrong_one() -> None:
    content = 'note = 1\nsource = """\n[[price]]\n"""\n'.replace("note = 1\n", "") + TOML.replace(
        'source = "agreement of 2026"', ""
    )
    text = said(content.replace("amount = 31.20", "amount = -1"), "prices.toml")
    assert "line" not in text.partition(": ")[0]
