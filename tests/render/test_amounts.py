"""Money in reports: the total is the sum of what is shown as counted, and nothing is counted twice, guessed or hidden."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from auditor.cli.text import print_report
from auditor.model.fact import Reason, Unknown
from auditor.model.money import Money, Part, Unpriced, unknown_money
from auditor.model.price import Price
from auditor.model.verdict import Finding, Outcome, Waived
from auditor.money.shown import Display
from auditor.render import html, markdown
from auditor.render import json as json_report
from auditor.render.amounts import Counted
from auditor.render.csv import FORMAT as CSV
from auditor.render.format import formats
from auditor.render.view import View, build
from tests.render.synthetic import HOSTILE, RULE, RULES, finding, snapshot

RULES_HERE = {id: RULES[id] for id in (RULE, "s3-no-multipart-abort", "ec2-volume-gp2")}
WAIVED = Waived("data", "kept on purpose", date(2027, 3, 31))
DENIED = Unknown(Reason.DENIED, "ec2.DescribeVolumes", "ec2:DescribeVolumes")


def price(amount: str = "1", **more: Any) -> Price:
    row = Price(
        kind="ebs-storage",
        region="us-east-1",
        item="gp3",
        amount=Decimal(amount),
        per="GB-month",
        as_of=date(2026, 11, 1),
        source="a list",
    )
    return msgspec.structs.replace(row, **more)


def money(total: str, of: str = "", /, **more: Any) -> Money:
    one = price(**more)
    return Money(amount=Decimal(total), currency=one.currency, parts=(Part(quantity=Decimal(total), price=one, of=of),))


def saving(name: str, amount: str | Money, *, rule: str = RULE, waived: bool = False, of: str = "", **more: Any) -> Finding:
    made = amount if isinstance(amount, Money) else money(amount, of, **more)
    return msgspec.structs.replace(finding(name, rule=rule), saving=made, waived=WAIVED if waived else None)


def view(*findings: Finding, display: Display | None = None) -> View:
    return build(snapshot(), findings, RULES_HERE, display=display)


def states(made: View) -> dict[str, str]:
    return {f.name: one.counted.value for f in made.findings for one in made.money.of(f) if one.counted}


def report(made: View) -> Any:
    return json.loads(json_report.render(made))


def test_the_total_is_the_sum_of_what_is_counted() -> None:
    made = view(
        saving("a", "10.005"),
        saving("b", "20.5"),
        saving("waived", "1000", waived=True),
        saving("loose", "300", verified=False),
        saving("borrowed", "70", elsewhere="af-south-1"),
        saving("unknown", unknown_money("nobody knows")),
        finding("no money"),
    )
    assert states(made) == {
        "a": "counted",
        "b": "counted",
        "waived": "waived",
        "loose": "unverified",
        "borrowed": "unverified",
        "unknown": "unknown",
    }
    (total,) = made.money.totals
    assert (total.amount, total.currency, total.findings, total.shown) == (Decimal("30.505"), "USD", 2, "30.51 USD")
    (left,) = made.money.unverified
    assert left.amount == 370
    assert made.money.sentences == (
        "30.51 USD a month could be saved, at list prices",
        "Not in it: 370.00 USD at prices that are not verified, 1 saving of unknown size, 1 saving under a waiver",
    )


def test_of_several_savings_on_one_resource_the_largest_counts() -> None:
    """Whoever deletes it does not make it cheaper, too."""
    made = view(saving("disk", "5"), saving("disk", "40", rule="s3-no-multipart-abort"), saving("other", "1"))
    assert [(f.rule, one.counted) for f in made.findings for one in made.money.of(f) if f.name == "disk"] == [
        ("s3-no-multipart-abort", Counted.COUNTED),
        (RULE, Counted.OVERLAPS),
    ]
    assert made.money.totals[0].amount == 41
    assert "1 saving beside a larger one on the same resource" in made.money.sentences[1]


def test_a_resource_that_is_a_part_of_another_finding_is_not_counted_again() -> None:
    disk = "arn:aws:s3:::disk"
    whole = view(saving("machine", "100", of=disk), saving("disk", "20"))
    assert states(whole) == {"machine": "counted", "disk": "overlaps"}
    assert whole.money.totals[0].amount == 100
    part = view(saving("machine", "100", of=disk), saving("disk", "120"))
    assert states(part) == {"machine": "overlaps", "disk": "counted"}


def test_an_object_is_a_part_of_its_bucket_and_not_of_another_object() -> None:
    """Whoever deletes an object does not move it to a cheaper class, too; two objects can both be deleted."""
    one, other = "arn:aws:s3:::models/a/model.tar.gz", "arn:aws:s3:::models/b/model.tar.gz"
    jobs = (saving("job-a", "4", of=one), saving("job-b", "3", of=other), saving("job-c", "2", of=one))
    states_of_jobs = {"job-a": "counted", "job-b": "counted", "job-c": "overlaps"}
    assert states(view(*jobs)) == states_of_jobs
    assert states(view(*jobs, saving("models", "1"), saving("models-2", "1"))) == states_of_jobs | {
        "models": "overlaps",
        "models-2": "counted",
    }
    whole = view(*jobs, saving("models", "50"))
    assert states(whole) == {"models": "counted", "job-a": "overlaps", "job-b": "overlaps", "job-c": "overlaps"}
    assert whole.money.totals[0].amount == 50


def test_what_passes_or_is_unknown_saves_nothing() -> None:
    passing = msgspec.structs.replace(finding("p", Outcome.PASS), saving=money("50"))
    undecided = msgspec.structs.replace(finding("u", Outcome.UNKNOWN), cost=money("70"))
    made = view(passing, undecided)
    assert made.money.totals == ()
    assert not made.money.any
    assert made.money.sentences == ()


def test_an_unknown_amount_is_never_zero_and_says_what_would_resolve_it() -> None:
    unpriced = Money(amount=None, unpriced=(Unpriced("ec2-hour", "us-east-1", "zz9.large"),))
    made = view(saving("a", unpriced), saving("b", unknown_money("", DENIED)), saving("c", unknown_money("a spot instance")))
    said = {f.name: made.money.of(f)[0].said for f in made.findings}
    assert said == {
        "a": "saves an unknown amount: the price of zz9.large (ec2-hour) in us-east-1 is not known; "
        "awsaudit prices refresh before the next scan, or a price file, would tell",
        "b": "saves an unknown amount: ec2.DescribeVolumes: denied, ec2:DescribeVolumes would allow it",
        "c": "saves an unknown amount: a spot instance",
    }
    assert made.money.sentences[0] == "No saving could be counted"
    lines = report(made)["verdicts"]
    assert [line["money"]["saving"]["amount"] for line in lines] == [None, None, None]
    assert report(made)["summary"]["money"]["saving"] == []
    for name, content in {k: v for one in formats().values() for k, v in one.content(made).items()}.items():
        assert b"0.00 USD" not in content, name


def test_the_top_of_the_page_leads_to_what_saves_most() -> None:
    other = "s3-no-multipart-abort"
    made = view(
        saving("a", "10"), saving("b", "15"), saving("c", "20", rule=other), saving("d", "900", rule=other, verified=False)
    )
    assert made.money.largest == (RULE, other)
    assert [made.money.rules[rule] for rule in made.money.largest] == ["25.00 USD", "20.00 USD"]
    page = html.render(made).decode()
    assert page.index(f'<a href="#rule-{RULE}">') < page.index(f'<a href="#rule-{other}">') < page.index("What to do first")
    assert view(saving("a", "10"), saving("c", "7000", currency="CNY")).money.largest == ()
    assert "The largest: " not in html.render(view(finding("no money"))).decode()


def test_two_currencies_have_two_totals() -> None:
    made = view(saving("a", "10"), saving("b", "5"), saving("c", "7000", currency="CNY"))
    assert [(one.currency, f"{one.amount}") for one in made.money.totals] == [("USD", "15"), ("CNY", "7000")]
    assert made.money.sentences[0] == "15.00 USD and 7,000.00 CNY a month could be saved, at list prices"


@pytest.mark.parametrize(("as_of", "stale"), [(date(2026, 8, 24), False), (date(2026, 8, 23), True)])
def test_a_banner_when_prices_are_over_ninety_days_old(as_of: date, stale: bool) -> None:
    """The snapshot is of 2026-11-22."""
    made = view(saving("a", "1"), saving("b", "1", as_of=as_of))
    assert made.money.stale is stale
    assert report(made)["summary"]["money"]["stale"] is stale
    banner = f"Prices are up to 91 days old (the oldest is of {as_of}): run awsaudit prices refresh before the next scan"
    assert (banner in made.money.sentences) is stale
    assert (b"Prices are up to 91 days old" in html.render(made)) is stale


def test_the_user_s_currency_is_shown_with_the_rate_and_the_figures_stay() -> None:
    made = view(saving("a", "100"), display=Display("KRW", Decimal("1480.5")))
    assert made.money.sentences == (
        "148,050 KRW a month could be saved, at list prices",
        "Shown at 1 USD = 1,480.5 KRW, the rate in the configuration",
    )
    summary = report(made)["summary"]["money"]
    assert summary["saving"] == [{"currency": "USD", "amount": "100", "findings": 1}]
    assert (summary["currency"], summary["rate"]) == ("KRW", "1480.5")
    page = html.render(made).decode()
    assert "148,050 KRW a month could be saved" in page
    assert "1 USD = 1,480.5 KRW" in page


def test_every_amount_comes_with_price_date_basis_and_source() -> None:
    one = money("730", amount="0.096", item="m5.large", kind="ec2-hour", per="hour")
    one = msgspec.structs.replace(one, amount=Decimal("70.08"))
    made = view(saving("a", one), msgspec.structs.replace(finding("b"), cost=one))
    text = "730 × m5.large at 0.096 USD per hour (list, 2026-11-01; a list) = 70.08 USD"
    assert [amount.parts for f in made.findings for amount in made.money.of(f)] == [(text,), (text,)]
    page, lines = html.render(made).decode(), b"".join(markdown.parts(made)).decode()
    assert page.count(text) == 2
    assert "saves 70.08 USD a month" in page
    assert "costs 70.08 USD a month" in page
    assert "<dt>Money<dd>" in page
    for word in ("0.096", "2026-11-01", "list", "70.08"):
        assert word in lines
    rows = list(csv.DictReader(io.StringIO(CSV.content(made)["findings.csv"].decode("utf-8-sig"))))
    assert [(row["saving"], row["cost"], row["currency"], row["counted"]) for row in rows] == [
        ("70.08", "", "USD", "counted"),
        ("", "70.08", "USD", ""),
    ]
    assert all(text in row["money"] for row in rows)
    (part,) = report(made)["verdicts"][0]["money"]["saving"]["parts"]
    assert part["price"] == {
        "kind": "ec2-hour",
        "region": "us-east-1",
        "item": "m5.large",
        "amount": "0.096",
        "currency": "USD",
        "per": "hour",
        "basis": "list",
        "as_of": "2026-11-01",
        "source": "a list",
        "verified": True,
        "elsewhere": None,
    }
    by_name = {name: content.decode() for one in formats().values() for name, content in one.content(made).items()}
    for name in ("findings.asff.jsonl", "findings.ocsf.jsonl", "findings.sarif", "junit.xml"):
        assert "70.08" in by_name[name], name
        assert "0.096" in by_name[name], name
        assert "2026-11-01" in by_name[name], name


def test_the_terminal_says_the_total_and_what_each_cause_saves() -> None:
    console = Console(record=True, width=100, file=io.StringIO())
    print_report(view(saving("a", "1234.5"), saving("b", "1", verified=False)), console)
    text = console.export_text()
    assert "1,234.50 USD a month could be saved, at list prices." in text
    assert "Not in it: 1.00 USD at prices that are not verified." in text
    assert "2 resources, 1,234.50 USD a month: " in text


def test_hostile_words_in_prices_do_nothing() -> None:
    names = list(HOSTILE.values())
    made = view(
        *(saving(f"p{n}", "1", source=name, item=name, region=name) for n, name in enumerate(names)),
        *(saving(f"w{n}", unknown_money(name, Unknown(Reason.DENIED, name, name))) for n, name in enumerate(names)),
        *(saving(f"u{n}", Money(amount=None, unpriced=(Unpriced(name, name, name),))) for n, name in enumerate(names)),
    )
    page = html.render(made).decode()
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u2028"} & set(page)
    for one in formats().values():
        for name, content in one.content(made).items():
            assert not {"\u202e", "\x1b", "\x07", "\x9b"} & set(content.decode()), name
    for row in csv.reader(io.StringIO(CSV.content(made)["findings.csv"].decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)


NAMES = st.sampled_from(["a", "b", "c", "d"])
AMOUNTS = st.decimals(min_value=Decimal("0.0001"), max_value=10**6, places=4)


@settings(max_examples=40, deadline=None)
@given(
    data=st.lists(
        st.tuples(NAMES, AMOUNTS, st.booleans(), st.booleans(), st.sampled_from(list(RULES_HERE)), st.one_of(st.just(""), NAMES)),
        max_size=8,
        unique_by=lambda one: (one[0], one[4]),
    )
)
def test_the_total_is_what_the_lines_say_and_no_resource_is_in_it_twice(data: list[Any]) -> None:
    findings = [
        saving(name, f"{amount}", rule=rule, waived=waived, verified=verified, of=f"arn:aws:s3:::{of}" if of else "")
        for name, amount, waived, verified, rule, of in data
    ]
    made = report(view(*findings))
    counted = [line for line in made["verdicts"] if line["money"] and line["money"]["saving"]["counted"] == "counted"]
    sums = sum(Decimal(line["money"]["saving"]["amount"]) for line in counted)
    assert sum(Decimal(one["amount"]) for one in made["summary"]["money"]["saving"]) == sums
    assert sum(one["findings"] for one in made["summary"]["money"]["saving"]) == len(counted)
    touched = [{line["resource"], *(part["of"] for part in line["money"]["saving"]["parts"] if part["of"])} for line in counted]
    assert sum(map(len, touched)) == len(set().union(*touched)), "a resource is in the total twice"
    assert all(line["waived"] is None and line["money"]["saving"]["verified"] for line in counted)
    assert view(*reversed(findings)).money == view(*findings).money


def test_what_is_paid_once_is_in_no_total() -> None:
    fee = msgspec.structs.replace(money("900"), per="once")
    one = msgspec.structs.replace(saving("a", "10"), once=fee)
    alone = msgspec.structs.replace(finding("b"), once=fee)
    open_ = msgspec.structs.replace(finding("c"), once=msgspec.structs.replace(unknown_money("nobody counted"), per="once"))
    nothing = msgspec.structs.replace(finding("d"), once=Money(amount=Decimal(0), per="once"))
    made = view(one, alone, open_, nothing)
    assert [total.amount for total in made.money.totals] == [Decimal(10)]
    assert made.money.unknown == 0
    assert [[amount.said for amount in made.money.of(f)] for f in made.findings] == [
        ["saves 10.00 USD a month", "costs 900.00 USD once"],
        ["costs 900.00 USD once"],
        ["costs an unknown amount once: nobody counted"],
        ["costs nothing"],
    ]
    verdicts = [row["money"] for row in report(made)["verdicts"]]
    assert (verdicts[0]["saving"]["per"], verdicts[0]["once"]["per"], verdicts[0]["once"]["amount"]) == ("month", "once", "900")
    assert (verdicts[1]["saving"], verdicts[1]["cost"], verdicts[1]["once"]["counted"]) == (None, None, None)
    assert report(made)["summary"]["money"]["saving"] == [{"currency": "USD", "amount": "10", "findings": 1}]
    (csv_file,) = CSV.files(made)
    rows = list(csv.DictReader(io.StringIO(b"".join(csv_file.parts).decode("utf-8-sig"))))
    assert [(row["saving"], row["once"]) for row in rows] == [("10", "900"), ("", "900"), ("", ""), ("", "0")]


def test_what_is_agreed_with_aws_is_no_list_price() -> None:
    made = view(saving("a", "10"), saving("b", "5", basis="agreement <of> 2026"))
    assert made.money.sentences[0] == "15.00 USD a month could be saved, at the prices that stand beside each"
    assert "agreement &lt;of&gt; 2026" in html.render(made).decode()
    left_out = view(saving("a", "10"), saving("b", "5", basis="agreement", verified=False))
    assert left_out.money.sentences[0] == "10.00 USD a month could be saved, at list prices"
