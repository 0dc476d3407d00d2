"""What lifecycle findings come to in money: by hand, and unknown where CloudWatch cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from auditor.engine.lifecycle_money import INVENTORY, Holding
from auditor.engine.lifecycles import lint_lifecycle, moves
from auditor.engine.s3_use import usage_of
from auditor.lifecycle.subject import Usage
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.s3 import Bucket, Expiration, Filter, Lifecycle, LifecycleRule, Transition
from auditor.model.series import Series
from auditor.model.verdict import Verdict
from tests.lifecycle.shelf import REGION, shelf

TODAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GB = 2**30
DENIED = Unknown(Reason.DENIED, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
SHORT = LifecycleRule(
    id="short",
    enabled=True,
    transitions=(Transition("STANDARD_IA", days=30), Transition("DEEP_ARCHIVE", days=60)),
    expiration=Expiration(days=90),
)
COLD = LifecycleRule(id="cold", enabled=True, transitions=(Transition("GLACIER", days=90),))


def inside(usage: Usage | None, versioning: str | None = "Off", *, without: str = "") -> Holding:
    known = DENIED if usage is None else Known(usage)
    return Holding(usage=known, prices=shelf(without=without), region=REGION, versioning=versioning)


def early(rule: LifecycleRule, holding: Holding) -> Verdict:
    (one,) = lint_lifecycle(Lifecycle((rule,)), ("early-deletion-fee",), today=TODAY, versioning="Off", inside=holding)
    return one


def charged(size: int, objects: int) -> float:
    """150 of 180 days in Deep Archive."""
    return ((size / GB + objects * 32 / 2**20) * 0.00099 + objects * 8 / 2**20 * 0.023) * 150 * 24 / 730


def test_leaving_early_is_charged_for_what_comes_there_from_every_class() -> None:
    usage = Usage(
        bytes={"STANDARD": 1000 * GB, "STANDARD_IA": 500 * GB, "DEEP_ARCHIVE": 100 * GB, "EXPRESS_ONEZONE": GB},
        counts={"STANDARD": 10**6, "STANDARD_IA": 1000, "DEEP_ARCHIVE": 10, "EXPRESS_ONEZONE": 1},
    )
    one = early(SHORT, inside(usage))
    assert one.once is not None
    assert one.once.amount is not None
    assert float(one.once.amount) == pytest.approx(charged(1600 * GB, 10**6 + 1010))
    assert (one.once.per, one.cost, one.saving) == ("once", None, None)
    # What is only colder already never comes there.
    (none,) = (early(SHORT, inside(Usage(bytes={"EXPRESS_ONEZONE": GB}, objects=5))),)
    assert none.once is not None
    assert none.once.amount == 0
    assert one.evidence["supposed"] == ["the rule applies to all bytes of the class", "objects are of one size, the average"]


@pytest.mark.parametrize(
    ("rule", "versioning", "why"),
    [
        (
            msgspec.structs.replace(SHORT, filter=Filter(prefix="tmp/")),
            "Off",
            "how much of the bucket the filters of its rules let through is not known",
        ),
        (SHORT, None, "whether the bucket has noncurrent versions is not known"),
        (SHORT, "Enabled", "how much of the bucket is noncurrent versions is not known"),
    ],
)
def test_what_rules_tell_apart_and_sizes_do_not_is_unknown(rule: LifecycleRule, versioning: str | None, why: str) -> None:
    one = early(rule, inside(Usage(bytes={"STANDARD": 1000 * GB}, objects=10**6), versioning))
    assert one.once is not None
    assert one.once.amount is None
    assert one.once.why == f"{why}: {INVENTORY}; were it all of the bucket, it would be 5.90 USD"
    # What that figure is made of stands beside it.
    assert {part.price.item for part in one.once.parts} == {"DEEP_ARCHIVE", "STANDARD"}
    assert charged(1000 * GB, 10**6) == pytest.approx(5.90, abs=0.005)


def test_a_rule_of_another_part_makes_it_unknown_too() -> None:
    tmp = LifecycleRule(id="tmp", enabled=True, filter=Filter(prefix="tmp/"), expiration=Expiration(days=3))
    usage = Usage(bytes={"STANDARD": GB}, objects=1000)
    found = lint_lifecycle(Lifecycle((SHORT, tmp)), ("early-deletion-fee",), today=TODAY, versioning="Off", inside=inside(usage))
    assert [one.once.amount for one in found if one.once] == [None]
    off = msgspec.structs.replace(tmp, enabled=False)
    (one,) = lint_lifecycle(Lifecycle((SHORT, off)), ("early-deletion-fee",), today=TODAY, versioning="Off", inside=inside(usage))
    assert one.once is not None
    assert one.once.amount is not None


def test_small_objects_that_do_not_move_are_not_charged_and_of_others_nobody_knows() -> None:
    one = early(SHORT, inside(Usage(bytes={"STANDARD": GB}, objects=10**6)))
    assert one.once is not None
    assert (one.once.amount, one.once.why) == (
        None,
        f"objects of the average size do not go this way, and how many others do is not known: {INVENTORY}",
    )


def test_without_sizes_or_prices_it_is_unknown_and_says_why() -> None:
    one = early(SHORT, inside(None))
    assert one.once is not None
    assert (one.once.amount, one.once.missing, one.once.per) == (None, (DENIED,), "once")
    two = early(SHORT, inside(Usage(bytes={"STANDARD": GB}, objects=9), without="s3-storage DEEP_ARCHIVE"))
    assert two.once is not None
    assert [price.item for price in two.once.unpriced] == ["DEEP_ARCHIVE"]


def test_small_objects_in_an_archive() -> None:
    usage = Usage(bytes={"STANDARD": 2**20 * 10240, "GLACIER": 2**10 * 10240}, objects=2**20 + 2**10)
    (one,) = lint_lifecycle(
        Lifecycle((COLD,), "varies_by_storage_class"),
        ("small-objects-moved",),
        today=TODAY,
        average_size=10240,
        inside=inside(usage),
    )
    # 32 GB of Glacier and 8 GB of Standard that are not there, for 2**20 objects, and a thousandth more that is there already.
    assert one.cost is not None
    assert one.cost.amount == (32 * Decimal("0.0036") + 8 * Decimal("0.023")) * 1025 / 1024
    assert one.once is not None
    assert one.once.amount == Decimal("1048.576") * Decimal("0.03")
    assert one.evidence["pays"] == ["pays within a year from 150.5 KB on (list prices of 2026-01-01)"]


def test_a_transition_that_does_not_take_place_costs_nothing() -> None:
    late = LifecycleRule(id="late", enabled=True, transitions=(Transition("GLACIER", days=60),), expiration=Expiration(days=30))
    (one,) = lint_lifecycle(Lifecycle((late,)), ("transition-after-expiry",), today=TODAY, versioning="Off")
    assert one.once is not None
    assert one.once.amount == 0
    assert one.evidence["money"] == "nothing is charged for a transition that does not take place, and nothing is saved"


def test_what_moves_and_when_it_pays() -> None:
    usage = Usage(bytes={"STANDARD": 1024 * GB, "STANDARD_IA": 10 * GB}, counts={"STANDARD": 2**20, "STANDARD_IA": 10})
    found = moves(Lifecycle((COLD,)), inside(usage), today=TODAY, versioning="Off")
    assert [(one.origin, one.start, one.end, one.after, one.objects, one.size) for one in found] == [
        ("STANDARD", "STANDARD", "GLACIER", 90, 2**20, 2**20),
        ("STANDARD_IA", "STANDARD_IA", "GLACIER", 90, 10, GB),
    ]
    assert found[0].fee.amount == Decimal("31.45728")
    # 1024 * (0.023 - 0.0036) a month, less 32 GB at 0.0036 and 8 GB at 0.023. After 56 days what a megabyte cost in S3 Standard is more
    # than 90 days of Glacier and its request.
    assert found[0].said == (
        "STANDARD to GLACIER after 90 days; pays within a year from 150.5 KB on, objects of 1 MB after 56 days (list prices of "
        "2026-01-01); 31.46 USD once for requests, and 19.57 USD a month are saved: paid back in 1.7 months"
    )
    part = moves(
        Lifecycle((msgspec.structs.replace(COLD, filter=Filter(prefix="한글/")),)), inside(usage), today=TODAY, versioning="Off"
    )
    assert part[0].fee.amount is None
    assert "; of the whole bucket, 31.46 USD once for requests" in part[0].said
    (unsized,) = moves(Lifecycle((COLD,)), inside(None), today=TODAY, versioning=None)
    assert (unsized.objects, unsized.size, unsized.fee.amount) == (0, 0, None)
    assert unsized.said == (
        "STANDARD to GLACIER after 90 days; pays within a year from 150.5 KB on, objects of 128 KB after 439 days, objects of 1 MB after "
        "56 days, objects of 16 MB after 17 days, objects of 128 MB after 15 days (list prices of 2026-01-01)"
    )


def bucket(sizes: dict[str, float], objects: float | None) -> Bucket:
    def daily(metric: str, storage: str, value: float | None) -> Series:
        names = {"BucketName": "b", "StorageType": storage}
        start = TODAY - timedelta(days=3)
        values = (value, value, value)
        return Series(
            namespace="AWS/S3", metric=metric, stat="Average", dimensions=names, start=start, period=86400, values=values
        )

    return Bucket(
        arn="arn:aws:s3:::b",
        id="b",
        region=REGION,
        created=Known(TODAY - timedelta(days=100)),
        sizes=Known(tuple(daily("BucketSizeBytes", name, size) for name, size in sizes.items())),
        object_count=Known((daily("NumberOfObjects", "AllStorageTypes", objects),)),
    )


def test_what_is_held_is_objects_and_not_what_s3_adds() -> None:
    sizes = {
        "StandardStorage": 5.0,
        "StandardIASizeOverhead": 7.0,
        "GlacierObjectOverhead": 3.0,
        "GlacierStagingStorage": 2.0,
        "GlacierStorage": 11.0,
        "IntelligentTieringFAStorage": 1.0,
        "IntelligentTieringIAStorage": 1.0,
    }
    assert usage_of(bucket(sizes, 4), TODAY) == Known(
        Usage(bytes={"GLACIER": 11, "INTELLIGENT_TIERING": 2, "STANDARD": 5}, objects=4)
    )
    assert usage_of(bucket({}, None), TODAY) == Known(Usage(bytes={}, objects=0))
    assert isinstance(usage_of(bucket(sizes, None), TODAY), Unknown)
    assert isinstance(usage_of(bucket(sizes, 0), TODAY), Unknown)
