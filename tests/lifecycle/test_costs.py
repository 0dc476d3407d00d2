"""Break-even against plain arithmetic on fractions, day by day, and worked examples by hand."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from auditor.lifecycle.costs import SIZES, InMoney, Step, along, break_even, in_money
from auditor.lifecycle.subject import Subject, Usage
from auditor.lifecycle.timeline import timeline
from auditor.model.money import Unpriced
from tests.lifecycle.documented_examples import DOWN
from tests.lifecycle.rows import KB, day
from tests.lifecycle.shelf import FIGURES, REGION, shelf

GB = 2**30
LEAST_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
LEAST_SIZE = {"STANDARD_IA": 128 * KB, "ONEZONE_IA": 128 * KB, "GLACIER_IR": 128 * KB}
LAST = 3000
"""Days up to which the plain count goes."""

Figures = dict[tuple[str, str], Fraction]


def fractions(figures: dict[tuple[str, str], str]) -> Figures:
    return {key: Fraction(figure) for key, figure in figures.items()}


def kept(figures: Figures, name: str, size: int, first: int, last: int) -> Fraction:
    """What an object costs from the end of its day ``first`` in the class to that of day ``last``."""
    months = Fraction(last - first) * 24 / 730
    if name == "INTELLIGENT_TIERING":
        if size < 128 * KB:
            return months * size / GB * figures["s3-storage", "INTELLIGENT_TIERING_FA"]
        total = months * figures["s3-monitoring", "INTELLIGENT_TIERING"] / 1000
        for tier, start, end in (("FA", 0, 30), ("IA", 30, 90), ("AIA", 90, LAST * 2)):
            spent = len(range(max(first, start), min(last, end)))
            total += Fraction(spent * 24, 730) * size / GB * figures["s3-storage", f"INTELLIGENT_TIERING_{tier}"]
        return total
    billed = max(size, LEAST_SIZE.get(name, 0))
    extra = Fraction(0)
    if name in ("GLACIER", "DEEP_ARCHIVE"):
        billed += 32 * KB
        extra = Fraction(8 * KB, GB) * figures["s3-storage", "STANDARD"]
    return months * (Fraction(billed, GB) * figures["s3-storage", name] + extra)


def gain(figures: Figures, step: Step, size: int, days: int) -> Fraction:
    """By the definition."""
    cost = kept(figures, step.end, size, 0, max(days, LEAST_DAYS.get(step.end, 0)))
    cost += figures["s3-transition", step.end] / 1000
    cost += kept(figures, step.start, size, 0, max(0, LEAST_DAYS.get(step.start, 0) - step.spent))
    return kept(figures, step.start, size, step.spent, step.spent + days) - cost


def some_figures(pick: random.Random) -> dict[tuple[str, str], str]:
    """Prices by chance, about as they are."""
    return {key: str((Decimal(figure) * pick.randint(20, 300) / 100).normalize()) for key, figure in FIGURES.items()}


STEPS = [
    Step(start="STANDARD", end="STANDARD_IA", spent=30),
    Step(start="STANDARD", end="GLACIER", spent=0, stay=90),
    Step(start="STANDARD", end="DEEP_ARCHIVE", spent=10, stay=400),
    Step(start="STANDARD", end="INTELLIGENT_TIERING", spent=0),
    Step(start="STANDARD", end="GLACIER_IR", spent=0, stay=30),
    Step(start="STANDARD_IA", end="GLACIER", spent=5, stay=100),
    Step(start="STANDARD_IA", end="ONEZONE_IA", spent=40),
    Step(start="INTELLIGENT_TIERING", end="GLACIER_IR", spent=20),
    Step(start="INTELLIGENT_TIERING", end="ONEZONE_IA", spent=60, stay=60),
    Step(start="GLACIER", end="DEEP_ARCHIVE", spent=10),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.start}-{step.end}")
def test_days_and_sizes_are_those_of_a_plain_count(step: Step) -> None:
    pick = random.Random(step.start + step.end)
    for figures in ({**FIGURES}, some_figures(pick)):
        exact = fractions(figures)
        sizes = (1, 128 * KB - 1, 128 * KB, pick.randint(1, 10**7))
        found = break_even(step, shelf(figures), REGION, sizes)
        assert found.known
        for point in found.curve:
            late = sorted({1, 29, 30, 31, 59, 60, 89, 90, 91, 179, 180, 181, 400, 1000, LAST})
            if point.days is None:
                assert gain(exact, step, point.size, LAST) <= gain(exact, step, point.size, LAST - 1), point
                continue
            paying = [one for one in late if one > point.days] + [point.days]
            assert all(gain(exact, step, point.size, one) > 0 for one in paying), point
            assert point.days == 1 or gain(exact, step, point.size, point.days - 1) <= 0, point
        larger = [128 * KB - 1, 128 * KB, 10**6, 10**9, 10**12]
        if found.size is None:
            assert gain(exact, step, 10**12, step.within) <= 0
        else:
            assert all(gain(exact, step, one, step.within) > 0 for one in (found.size, *larger) if one >= found.size)
            assert found.size == 1 or gain(exact, step, found.size - 1, step.within) <= 0


def test_archiving_for_a_year_by_hand() -> None:
    # A year is 12 months of 730 hours. Saved by month: 0.023 - 0.0036 for each GB; added: 32 KB at 0.0036 and 8 KB at 0.023; 0.00003 once.
    # (0.00003 + 12 * (32 * 0.0036 + 8 * 0.023) / 1048576) / (12 * 0.0194) GB = 154,161.6 bytes.
    found = break_even(Step(start="STANDARD", end="GLACIER", spent=0), shelf(), REGION)
    assert found.size == 154_162
    assert [point.size for point in found.curve] == sorted(SIZES)
    assert found.curve[0].days is None
    assert found.verified


def test_steps_are_read_off_a_timeline() -> None:
    subject = Subject(key="logs/1", size=GB, created=day("2024-01-15 10:30"))
    assert along(subject, timeline(DOWN, subject, day("2030-01-01"))) == (
        Step(start="STANDARD", end="STANDARD_IA", spent=30, stay=60),
        Step(start="STANDARD_IA", end="GLACIER", spent=60, stay=275),
    )


def test_a_price_that_is_not_there_makes_it_unknown_and_says_which() -> None:
    step = Step(start="STANDARD", end="GLACIER", spent=0)
    found = break_even(step, shelf(without="s3-transition GLACIER"), REGION)
    assert (found.size, found.curve, found.known, found.verified) == (None, (), False, False)
    assert found.unpriced == (Unpriced("s3-transition", REGION, "GLACIER"),)
    money = in_money(step, Usage(bytes={"STANDARD": GB}, objects=1), shelf(without="s3-transition GLACIER"), REGION)
    assert (money.fee.amount, money.payback, money.shock) == (None, None, None)
    assert money.saving.amount is not None


def test_a_tier_whose_price_is_not_there_counts() -> None:
    step = Step(start="STANDARD", end="INTELLIGENT_TIERING", spent=0, stay=0)
    assert not break_even(step, shelf(without="s3-storage INTELLIGENT_TIERING_AIA"), REGION).known
    assert not break_even(step, shelf(without="s3-monitoring"), REGION).known


def test_a_price_by_another_unit_is_not_used() -> None:
    from auditor.model.price import Price
    from auditor.money.book import Table

    rows = [shelf().find(kind, REGION, item) for kind, item in FIGURES]
    wrong = Table(
        Price(
            kind=one.kind,
            region=one.region,
            item=one.item,
            amount=one.amount,
            per="1,000,000 requests" if one.kind == "s3-transition" else one.per,
            as_of=one.as_of,
            source=one.source,
        )
        for one in rows
        if one is not None
    )
    found = break_even(Step(start="STANDARD", end="GLACIER", spent=0), wrong, REGION)
    assert found.why == "the price of s3-transition GLACIER is per 1,000,000 requests, and not per 1,000 requests"


def test_what_is_not_verified_is_said_to_be_so() -> None:
    found = break_even(Step(start="STANDARD", end="GLACIER", spent=0), shelf(verified=False), REGION)
    assert found.known
    assert not found.verified
    money = in_money(found.step, Usage(bytes={"STANDARD": GB}, objects=4), shelf(verified=False), REGION)
    assert not money.saving.verified


def money(start: str, end: str, size: int, objects: int | None, stay: int | None = None, spent: int = 30) -> InMoney:
    step = Step(start=start, end=end, spent=spent, stay=stay)
    return in_money(step, Usage(bytes={start: size}, objects=objects), shelf(), REGION)


def test_money_by_hand() -> None:
    # 1,024 objects of 1 GB: 1024 * (0.023 - 0.0125) a month; 1.024 * 0.01 for the requests.
    found = money("STANDARD", "STANDARD_IA", 1024 * GB, 1024)
    assert found.saving.amount is not None
    assert found.saving.amount == pytest.approx(Decimal("10.752"))
    assert found.saving.per == "month"
    assert (found.fee.amount, found.fee.per) == (Decimal("0.01024"), "once")
    assert found.payback == pytest.approx(Decimal("0.01024") / Decimal("10.752"))
    assert [found.early.amount, found.overhead.amount] == [Decimal(0), Decimal(0)]
    assert found.shock is False


def test_storage_beyond_50_and_500_tb_has_its_own_price() -> None:
    found = money("STANDARD", "DEEP_ARCHIVE", 600 * 1024 * GB, 600)
    expected = 51_200 * Fraction("0.023") + 460_800 * Fraction("0.022") + 102_400 * Fraction("0.021")
    expected -= (600 * 1024 + Fraction(600 * 32 * KB, GB)) * Fraction("0.00099") + Fraction(600 * 8 * KB, GB) * Fraction("0.023")
    assert found.saving.amount is not None
    assert float(found.saving.amount) == pytest.approx(float(expected))
    assert {part.price.item for part in found.saving.parts} >= {"STANDARD#50TB", "STANDARD#500TB"}


def test_a_stay_that_is_too_short_is_charged_in_full() -> None:
    # 60 of 90 days are missing: 1 GB and 32 KB at 0.0036, 8 KB at 0.023.
    found = money("STANDARD", "GLACIER", GB, 1, stay=30)
    by_month = (1 + 32 / 2**20) * 0.0036 + 8 / 2**20 * 0.023
    assert found.early.amount is not None
    assert float(found.early.amount) == pytest.approx(by_month * 60 * 24 / 730)
    # Left after 30 of 180 days: what is missing in the class that is left.
    left = money("DEEP_ARCHIVE", "DEEP_ARCHIVE", GB, 1, spent=30)
    assert left.early.amount is not None
    assert float(left.early.amount) == pytest.approx(((1 + 32 / 2**20) * 0.00099 + 8 / 2**20 * 0.023) * 150 * 24 / 730)


def test_nearly_a_billion_small_objects_are_a_shock() -> None:
    # Averages of 122 KiB: below 128 KB Intelligent-Tiering moves nothing, and the requests alone are 9,709.79 dollars.
    found = money("STANDARD", "INTELLIGENT_TIERING", 970_978_934 * 122 * KB, 970_978_934)
    assert found.fee.amount == Decimal("9709.78934")
    assert found.saving.amount == pytest.approx(Decimal(0), abs=Decimal("1e-9"))
    assert (found.shock, found.payback) == (True, None)


def test_the_bytes_that_are_billed_and_not_there() -> None:
    found = money("STANDARD", "STANDARD_IA", 1000 * 100 * KB, 1000)
    assert found.overhead.amount is not None
    assert float(found.overhead.amount) == pytest.approx(1000 * 28 * KB / GB * 0.0125)


def test_without_a_number_of_objects_money_is_unknown() -> None:
    found = money("STANDARD", "GLACIER", GB, None)
    assert {one.amount for one in (found.fee, found.early, found.saving, found.overhead)} == {None}
    assert found.fee.why == "the number of objects is not known"
    assert money("STANDARD", "GLACIER", GB, 0).saving.amount is None
    assert money("STANDARD", "GLACIER", 0, 0).saving.amount == 0
    nothing = in_money(Step(start="STANDARD", end="GLACIER", spent=0), None, shelf(), REGION)
    assert (nothing.bytes, nothing.saving.amount) == (None, None)
    assert nothing.saving.why == "how many bytes and objects there are is not known"


def test_objects_of_several_classes_are_shared_out_and_that_is_said() -> None:
    step = Step(start="STANDARD", end="GLACIER", spent=0)
    found = in_money(step, Usage(bytes={"STANDARD": 3 * GB, "STANDARD_IA": GB}, objects=1000), shelf(), REGION)
    assert found.objects == 750
    assert any("same average size" in one for one in found.assumptions)


def test_a_saving_that_ends_before_it_has_paid_never_pays() -> None:
    found = money("STANDARD", "GLACIER", 1000 * 256 * KB, 1000, stay=90)
    assert found.saving.positive
    assert found.payback is None
    assert money("STANDARD", "GLACIER", 1000 * 256 * KB, 1000).payback is not None


def test_days_that_are_charged_and_not_stayed_have_to_be_paid_back_too() -> None:
    # The requests are paid after a day or two; the 80 days in GLACIER that are missing cost more than ten days save.
    found = money("STANDARD_IA", "GLACIER", 1000 * GB, 1000, stay=10)
    assert found.fee.amount is not None
    assert found.saving.amount is not None
    assert found.fee.amount < found.saving.amount / 3
    assert found.payback is None


def test_a_class_that_is_not_known_is_said_to_be_so() -> None:
    found = break_even(Step(start="STANDARD", end="NEW\u202e", spent=0), shelf(), REGION)
    assert found.why == "what storage class `NEW\\u202e` charges is not known"
    assert money("OUTPOSTS", "GLACIER", GB, 1).saving.amount is None
