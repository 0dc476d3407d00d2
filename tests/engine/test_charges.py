"""What resources cost in a month, by the formulas of AWS's price pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from auditor.engine.cases import CASE_REGION, Case, case_snapshot, passes, priced, sample
from auditor.engine.charges import endpoint_money, gp3_saving, instance_money, machine_money, volume_uses
from auditor.engine.context import Context, Limits
from auditor.model.compute import Instance, Volume
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.resource import Resource
from auditor.model.sagemaker import ConfiguredVariant, Endpoint, EndpointConfig, Variant
from auditor.money.book import Table

PRICES = (
    priced("ebs-storage", "gp2", "0.10", "GB-month"),
    priced("ebs-storage", "gp3", "0.08", "GB-month"),
    priced("ebs-storage", "io1", "0.125", "GB-month"),
    priced("ebs-storage", "standard", "0.05", "GB-month"),
    priced("ebs-iops", "gp3", "0.005", "IOPS-month"),
    priced("ebs-iops", "io1", "0.065", "IOPS-month"),
    priced("ebs-throughput", "gp3", "0.04", "MiBps-month"),
    priced("ec2-hour", "m5.large", "0.096", "hour"),
    priced("ec2-hour", "m6i.large", "0.09", "hour"),
    priced("sagemaker-hosting-hour", "ml.m5.large", "0.115", "hour"),
)
DENIED = Unknown(Reason.DENIED, "ec2.DescribeVolumes", "ec2:DescribeVolumes")


def about(*others: Resource) -> Context[Any]:
    case: Case[Volume] = passes("any", sample(Volume, "vol-0"), *others)
    return Context(case_snapshot(case), Limits(), prices=Table(PRICES))


def volume(type: str, size: int, iops: int | None = None, throughput: int | None = None) -> Volume:
    return sample(Volume, "vol-1", type=Known(type), size_gib=Known(size), iops=Known(iops), throughput=Known(throughput))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (volume("gp2", 100, 300), "10"),
        (volume("gp3", 100, 3000, 125), "8"),
        (volume("gp3", 100, 4000, 225), "17"),
        (volume("gp3", 100, None, None), "8"),
        (volume("io1", 100, 1000), "77.5"),
        (volume("standard", 100), "5"),
    ],
)
def test_volumes(one: Volume, expected: str) -> None:
    assert about().money(*volume_uses(one)).amount == Decimal(expected)


def test_what_is_not_known_of_a_volume_makes_its_cost_unknown() -> None:
    assert about().money(*volume_uses(sample(Volume, "v", type=DENIED, size_gib=Known(1)))).missing == (DENIED,)
    assert about().money(*volume_uses(sample(Volume, "v", type=Known("gp2"), size_gib=DENIED))).missing == (DENIED,)
    iops = sample(Volume, "v", type=Known("gp3"), size_gib=Known(1), iops=DENIED, throughput=Known(125))
    assert about().money(*volume_uses(iops)).amount is None
    fast = about().money(*volume_uses(volume("io2", 100, 40_000)))
    assert {one.item for one in fast.unpriced} == {"io2", "io2#32000IOPS"}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (100, "2"),  # 100 * 0.02
        (170, "3.4"),
        (200, "-1"),  # 200 * 0.02 - 125 * 0.04
        (250, "0"),
        (1000, "15"),
        (2000, "20"),  # 2000 * 0.02 - 3000 * 0.005 - 5
        (16_000, "250"),  # 320 - 13000 * 0.005 - 5
    ],
)
def test_gp2_to_gp3_of_the_same_performance(size: int, expected: str) -> None:
    saving = gp3_saving(volume("gp2", size), about())
    assert saving.amount == Decimal(expected)
    assert (saving.worth is None) is (Decimal(expected) <= 0)


def machine(**facts: Any) -> Instance:
    ordinary = {
        "type": Known("m5.large"),
        "lifecycle": Known("on-demand"),
        "tenancy": Known("default"),
        "platform": Known("Linux/UNIX"),
    }
    return sample(Instance, "i-1", **{**ordinary, **facts})


def test_instances() -> None:
    assert instance_money(machine(), about()).amount == Decimal("70.08")
    assert instance_money(machine(), about(), instead="m6i.large").amount == Decimal("4.38")
    assert instance_money(machine(type=Known("zz9.large")), about()).amount is None
    assert machine_money(Known("m5.large"), Known("Linux/UNIX"), Known("default"), 3, CASE_REGION, about()).amount == Decimal(
        "210.24"
    )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"lifecycle": Known("spot")}, "a spot instance, whose price changes by the hour"),
        ({"lifecycle": Known("capacity-block")}, "paid for as capacity block"),
        ({"tenancy": Known("dedicated")}, "it has dedicated tenancy, and the book has prices for shared tenancy"),
        ({"platform": Known("Windows")}, "it runs Windows, and the book has prices for Linux/UNIX"),
    ],
)
def test_what_has_no_list_price_in_the_book_is_unknown_and_why(facts: dict[str, Any], why: str) -> None:
    money = instance_money(machine(**facts), about())
    assert (money.amount, money.why) == (None, why)


@pytest.mark.parametrize("hidden", ["type", "lifecycle", "tenancy", "platform"])
def test_what_could_not_be_read_is_named(hidden: str) -> None:
    assert instance_money(machine(**{hidden: DENIED}), about()).missing == (DENIED,)


def test_endpoints() -> None:
    variants = (ConfiguredVariant("a", "m", "ml.m5.large", 1), ConfiguredVariant("b", "m", "ml.m5.large", 1, shadow=True))
    config = sample(EndpointConfig, "c", variants=Known(variants))

    def endpoint(*running: Variant) -> Endpoint:
        return sample(Endpoint, "e", config=Known("c"), variants=Known(running))

    both = endpoint(Variant("a", 2), Variant("b", 1, shadow=True), Variant("s", serverless=True))
    assert endpoint_money(both, about(config)).amount == Decimal("251.85"), "as many as run now, a shadow too"
    assert endpoint_money(both, about()).amount is None
    assert "its variant z" in endpoint_money(endpoint(Variant("z", 1)), about(config)).why
    assert "its variant a" in endpoint_money(endpoint(Variant("a", None)), about(config)).why
    assert endpoint_money(sample(Endpoint, "e", config=DENIED, variants=Known(())), about(config)).missing == (DENIED,)
