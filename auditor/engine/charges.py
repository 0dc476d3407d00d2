"""What resources cost in a month, as uses of the price book: the arithmetic that several rules share.

Prices are AWS's list prices. Where something else is paid - a spot instance, a licence, a machine of one's own - the amount is unknown
rather than wrong.
"""

from __future__ import annotations

from typing import Any

import msgspec

from auditor.engine.context import Context
from auditor.model.compute import Instance, Volume
from auditor.model.fact import Fact, Known, Missing, Unknown, need
from auditor.model.money import HOURS, Money, Use, unknown_money
from auditor.model.sagemaker import Endpoint, EndpointConfig
from auditor.money.shown import text

LINUX = "Linux/UNIX"
"""What EC2 calls the platform that the price book's machines have."""
GP3_IOPS = 3000
"""IOPS that come with a gp3 volume of any size. Source: *Amazon EBS User Guide*, General Purpose SSD volumes."""
GP3_THROUGHPUT = 125
"""MiB/s that come with a gp3 volume of any size. Source: as above."""
IO2_FIRST_TIER = 32_000
"""IOPS of an io2 volume at its first price; more have other prices. Source: *Amazon EBS pricing*."""


def part_of(money: Money, why: str) -> Money:
    """An amount of which only a part is paid, and nobody knows which: unknown because ``why``, with what all of it would come to."""
    if money.amount == 0:
        return money
    of_all = f"; were it all of the bucket, it would be {text(money.amount, money.currency)}" if money.amount is not None else ""
    return msgspec.structs.replace(money, amount=None, why=f"{why}{of_all}" + (f"; {money.why}" if money.why else ""))


def instance_money(instance: Instance, about: Context[Any], *, instead: str | None = None) -> Money:
    """What an instance costs to run for a month: On-Demand, Linux, shared tenancy, or else unknown. ``instead``: less what an instance
    of that type would cost.

    Name ``Instance.type``, ``lifecycle``, ``tenancy`` and ``platform`` in ``reads``.
    """
    try:
        why = _not_listed(*need(instance.lifecycle, instance.tenancy, instance.platform))
    except Missing as missing:
        return unknown_money("", *missing.unknowns)
    if why:
        return unknown_money(why)
    other = (Use("ec2-hour", instance.region, instead, -HOURS),) if instead else ()
    return about.money(Use("ec2-hour", instance.region, instance.type, HOURS), *other)


def machine_money(
    type: Fact[str], platform: Fact[str], tenancy: Fact[str], count: int, region: str, about: Context[Any]
) -> Money:
    """What ``count`` machines cost for a month, used or not: On-Demand, Linux, shared tenancy, or else unknown."""
    try:
        why = _not_listed("on-demand", *need(tenancy, platform))
    except Missing as missing:
        return unknown_money("", *missing.unknowns)
    return unknown_money(why) if why else about.money(Use("ec2-hour", region, type, HOURS * count))


def volume_uses(volume: Volume, *, of: str = "") -> tuple[Use, ...]:
    """What an EBS volume is paid for: its size, and provisioned IOPS and throughput beyond what comes with it.

    Name ``Volume.type``, ``size_gib``, ``iops`` and ``throughput`` in ``reads``. I/O requests of magnetic volumes are left out.
    """
    if isinstance(volume.type, Unknown):
        return (Use("ebs-storage", volume.region, volume.type, volume.size_gib, of),)
    type = volume.type.value
    uses = [Use("ebs-storage", volume.region, type, volume.size_gib, of)]
    if type == "gp3":
        uses += _beyond("ebs-iops", volume, "gp3", volume.iops, GP3_IOPS, of)
        uses += _beyond("ebs-throughput", volume, "gp3", volume.throughput, GP3_THROUGHPUT, of)
    elif type == "io1":
        uses += _beyond("ebs-iops", volume, "io1", volume.iops, 0, of)
    elif type == "io2":
        first = volume.iops.map(lambda iops: min(iops or 0, IO2_FIRST_TIER))
        uses += _beyond("ebs-iops", volume, "io2", first, 0, of)
        uses += _beyond("ebs-iops", volume, f"io2#{IO2_FIRST_TIER}IOPS", volume.iops, IO2_FIRST_TIER, of)
    return tuple(uses)


def gp3_saving(volume: Volume, about: Context[Any]) -> Money:
    """What a gp2 volume saves in a month as gp3 that does as much: with the IOPS of gp2 beyond 3,000, and 250 MiB/s above 170 GiB.

    Name ``Volume.size_gib`` in ``reads``. Below zero: gp3 of the same performance costs more.
    """
    region, size = volume.region, volume.size_gib
    # 3 IOPS for each GiB up to 16,000; 128 MiB/s up to 170 GiB, where the 125 of gp3 come close, and up to 250 above.
    iops = size.map(lambda gib: max(0, min(3 * gib, 16_000) - GP3_IOPS))
    throughput = size.map(lambda gib: 250 - GP3_THROUGHPUT if gib > 170 else 0)
    uses = [Use("ebs-storage", region, "gp2", size), Use("ebs-storage", region, "gp3", size.map(lambda gib: -gib))]
    for kind, extra in (("ebs-iops", iops), ("ebs-throughput", throughput)):
        if not (isinstance(extra, Known) and extra.value == 0):
            uses.append(Use(kind, region, "gp3", extra.map(lambda units: -units)))
    return about.money(*uses)


def endpoint_money(endpoint: Endpoint, about: Context[Any]) -> Money:
    """What the instances of an endpoint cost for a month of real-time inference; serverless variants have none.

    Name ``Endpoint.variants``, ``config`` and ``EndpointConfig.variants`` in ``reads``.
    """
    try:
        variants = need(endpoint.variants)
        config = need(about.get(EndpointConfig, endpoint.region, need(endpoint.config)))
        types = {one.name: one.type for one in need(config.variants)} if config else {}
    except Missing as missing:
        return unknown_money("", *missing.unknowns)
    uses: list[Use] = []
    for variant in variants:
        if variant.serverless:
            continue
        type = types.get(variant.name)
        if type is None or variant.instances is None:
            return unknown_money(
                f"SageMaker does not say of which type the instances of its variant {variant.name} are, or how many"
            )
        uses.append(Use("sagemaker-hosting-hour", endpoint.region, type, HOURS * variant.instances))
    return about.money(*uses)


def _beyond(kind: str, volume: Volume, item: str, provisioned: Fact[int | None], free: int, of: str) -> list[Use]:
    more = provisioned.map(lambda units: max(0, (units or 0) - free))
    return [] if isinstance(more, Known) and more.value == 0 else [Use(kind, volume.region, item, more, of)]


def _not_listed(lifecycle: str, tenancy: str, platform: str) -> str:
    if lifecycle == "spot":
        return "a spot instance, whose price changes by the hour"
    if lifecycle != "on-demand":
        return f"paid for as {lifecycle.replace('-', ' ')}"
    if tenancy != "default":
        return f"it has {tenancy} tenancy, and the book has prices for shared tenancy"
    if platform != LINUX:
        return f"it runs {platform}, and the book has prices for {LINUX}"
    return ""
