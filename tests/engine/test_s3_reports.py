"""What reports of storage come to in money, and what rules are given of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from auditor.engine.cases import CASE_REGION, CASE_TIME, case_snapshot, denied, passes, priced, sample
from auditor.engine.context import Context, Limits
from auditor.engine.s3_reports import Of, given, movable, noncurrent_money, reported, uploads_money, usage_by
from auditor.lifecycle.subject import Usage
from auditor.model.fact import Known, Missing
from auditor.model.s3 import Bucket, Filter, LifecycleRule, Transition
from auditor.model.s3_report import InClass, Source, StorageReport
from auditor.money.book import Table

GB, TB = 2**30, 2**40
PRICES = (
    priced("s3-storage", "STANDARD", "0.025", "GB-month"),
    priced("s3-storage", "STANDARD#50TB", "0.024", "GB-month"),
    priced("s3-storage", "STANDARD#500TB", "0.023", "GB-month"),
    priced("s3-storage", "GLACIER", "0.005", "GB-month"),
    priced("s3-storage", "INTELLIGENT_TIERING_FA", "0.025", "GB-month"),
    priced("s3-storage", "INTELLIGENT_TIERING_IA", "0.0125", "GB-month"),
)
ABOUT = Context(case_snapshot(passes("prices", sample(Bucket, "b"))), Limits(), prices=Table(PRICES))


def report(*holdings: InClass, days: float = 1, whole: bool = True) -> StorageReport:
    return StorageReport(source=Source.LENS, name="org", as_of=CASE_TIME - timedelta(days=days), whole=whole, holdings=holdings)


def old(storage: str, size: int | None, total: int | None = None) -> InClass:
    return InClass(storage_class=storage, bytes=total if total is not None else size, noncurrent_bytes=size)


@pytest.mark.parametrize(
    ("total", "size", "amount"),
    [
        (100 * GB, 100 * GB, "2.5"),
        (60 * TB, 20 * TB, str(10 * 1024 * Decimal("0.025") + 10 * 1024 * Decimal("0.024"))),
        (600 * TB, 600 * TB, str(1024 * (50 * Decimal("0.025") + 450 * Decimal("0.024") + 100 * Decimal("0.023")))),
        (600 * TB, TB, str(1024 * Decimal("0.023"))),
        (100 * GB, 0, "0"),
    ],
)
def test_noncurrent_versions_are_the_last_bytes_of_standard(total: int, size: int, amount: str) -> None:
    """What goes first is what costs least: no amount is more than deleting them takes off the bill."""
    money = noncurrent_money(report(old("STANDARD", size, total)), CASE_REGION, ABOUT)
    assert money.amount == Decimal(amount)
    assert sum((part.quantity for part in money.parts), Decimal(0)) == Decimal(size) / GB


def test_noncurrent_versions_by_class() -> None:
    held = (old("GLACIER", 100 * GB), old("INTELLIGENT_TIERING_IA", 8 * GB), old("STANDARD", GB))
    money = noncurrent_money(report(*held), CASE_REGION, ABOUT)
    assert money.amount == Decimal("0.5") + Decimal("0.1") + Decimal("0.025")


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (old("INTELLIGENT_TIERING", GB), "does not say in which tiers of Intelligent-Tiering they are"),
        (old("", GB), "does not say of which storage class they are"),
        (old("STANDARD", None), "does not say how many bytes are noncurrent"),
    ],
)
def test_what_a_report_does_not_say_is_no_amount(held: InClass, why: str) -> None:
    money = noncurrent_money(report(old("GLACIER", GB), held), CASE_REGION, ABOUT)
    assert money.amount is None
    assert why in money.why


def test_a_class_that_holds_none_does_not_matter() -> None:
    money = noncurrent_money(report(old("INTELLIGENT_TIERING", 0, GB), old("GLACIER", 200 * GB)), CASE_REGION, ABOUT)
    assert money.amount == 1


def test_a_price_that_is_not_known_is_no_zero() -> None:
    money = noncurrent_money(report(old("A_CLASS_TO_COME", GB)), CASE_REGION, ABOUT)
    assert money.amount is None
    assert [one.item for one in money.unpriced] == ["A_CLASS_TO_COME"]


def test_parts_of_uploads_are_staged() -> None:
    held = [
        InClass(storage_class=name, stale_upload_bytes=size * GB)
        for name, size in (("GLACIER", 10), ("STANDARD", 30), ("INTELLIGENT_TIERING", 40))
    ]
    money = uploads_money(report(*held), CASE_REGION, ABOUT)
    assert {part.price.item: part.quantity for part in money.parts} == {"STANDARD": 40, "INTELLIGENT_TIERING_FA": 40}
    assert money.amount == 2
    assert uploads_money(report(InClass(storage_class="", stale_upload_bytes=GB)), CASE_REGION, ABOUT).amount is None
    assert uploads_money(report(InClass(storage_class="STANDARD")), CASE_REGION, ABOUT).amount is None


def test_tiers_are_one_class_for_lifecycle() -> None:
    tiers = [
        InClass(storage_class=f"INTELLIGENT_TIERING_{tier}", objects=2, bytes=10, small=1, small_bytes=3)
        for tier in ("FA", "DAA")
    ]
    plain = InClass(storage_class="STANDARD", objects=5, bytes=50, small=0, small_bytes=0)
    assert usage_by(report(*tiers, plain)) == Usage(
        bytes={"INTELLIGENT_TIERING": 20, "STANDARD": 50}, counts={"INTELLIGENT_TIERING": 4, "STANDARD": 5}
    )
    small = usage_by(report(*tiers, plain), Of.SMALL)
    assert small == Usage(bytes={"INTELLIGENT_TIERING": 6, "STANDARD": 0}, counts={"INTELLIGENT_TIERING": 2, "STANDARD": 0})
    assert usage_by(report(InClass(storage_class="", bytes=5))) is None
    assert usage_by(report(InClass(storage_class="GLACIER", objects=5))) is None
    uncounted = usage_by(report(InClass(storage_class="GLACIER", bytes=5)))
    assert uncounted == Usage(bytes={"GLACIER": 5})


def test_what_rules_may_move() -> None:
    """By default small objects stay: what a transition costs is reckoned from the others."""
    mixed = InClass(storage_class="STANDARD", objects=100, bytes=1000, small=90, small_bytes=100)
    small = InClass(storage_class="GLACIER", objects=5, bytes=50, small=5, small_bytes=50)
    plain = InClass(storage_class="STANDARD", objects=100, bytes=1000)
    rule = LifecycleRule(id="tier", enabled=True, transitions=(Transition("STANDARD_IA", days=30),))
    sized = LifecycleRule(id="small", enabled=True, filter=Filter(size_less_than=5000), transitions=rule.transitions)
    off = msgspec.structs.replace(sized, enabled=False)
    large = Usage(bytes={"STANDARD": 900, "GLACIER": 0}, counts={"STANDARD": 10, "GLACIER": 0})
    every = Usage(bytes={"STANDARD": 1000, "GLACIER": 50}, counts={"STANDARD": 100, "GLACIER": 5})
    assert movable(report(mixed, small), [rule, off], None) == large
    assert movable(report(mixed, small), [rule], "all_storage_classes_128K") == large
    assert movable(report(mixed, small), [rule], "varies_by_storage_class") == every
    assert movable(report(mixed, small), [rule, sized], None) == every
    assert movable(report(plain), [rule], None) == usage_by(report(plain)), "it does not tell them apart"
    assert movable(report(small), [rule], None) == usage_by(report(small)), "there are no others"


def test_the_report_that_is_used() -> None:
    full = InClass(storage_class="STANDARD", objects=5, bytes=50)
    bare = InClass(storage_class="STANDARD", bytes=50)
    good, part, stale, uncounted = report(full, days=3), report(full, whole=False), report(full, days=99), report(bare)

    def used(*some: StorageReport) -> StorageReport | None:
        found = reported(sample(Bucket, "b", reports=Known(some)), ABOUT)
        return found[0] if found else None

    assert used(good, part, stale, uncounted) == good
    assert used(part, stale, uncounted) is None
    assert used() is None
    assert reported(sample(Bucket, "b"), ABOUT) is None


def test_what_was_not_given_is_nothing_and_what_could_not_be_read_is_unknown() -> None:
    assert given(sample(Bucket, "b")) == ()
    with pytest.raises(Missing):
        given(sample(Bucket, "b", reports=denied(Bucket.reports)))
