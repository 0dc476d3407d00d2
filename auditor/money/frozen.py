"""The prices that a snapshot takes along: those that what is in it can need, as they are known when it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from auditor.model.compute import Address, CapacityReservation, DedicatedHost, Instance, Volume
from auditor.model.fact import Fact, Known
from auditor.model.price import Price, Prices
from auditor.model.resource import Resource
from auditor.model.s3 import Bucket, DirectoryBucket
from auditor.model.sagemaker import EndpointConfig, NotebookInstance, TrainingJob
from auditor.model.snapshot import FORMAT, Snapshot
from auditor.money.bundled import blocks
from auditor.money.kinds import KINDS
from auditor.money.successors import successor

Place = tuple[str, str, str]
"""Kind, region and item of a price."""
_S3 = tuple(kind for kind in KINDS if kind.startswith("s3-"))


def freeze(snapshot: Snapshot, prices: Prices) -> Snapshot:
    """The snapshot with the prices that it can need, sorted. What the book does not know is not there: it stays unknown."""
    found: dict[Place, Price] = {}
    for place in sorted(set(needs(snapshot))):
        price = prices.find(*place)
        if price is not None:
            found[place] = price
    header = msgspec.structs.replace(snapshot.header, format=FORMAT)
    return msgspec.structs.replace(snapshot, header=header, prices=tuple(found.values()))


def needs(snapshot: Snapshot) -> Iterator[Place]:
    """What a price can be needed of: by region, and by the types that its resources have."""
    for section in snapshot.sections.values():
        for resource in section.items:
            yield from _of(resource)


def _of(resource: Resource) -> Iterator[Place]:
    region = resource.region
    if isinstance(resource, Bucket | DirectoryBucket):
        for kind in _S3:
            yield from ((kind, region, item) for item in blocks()[kind].rows)
    elif isinstance(resource, Volume):
        # Any volume may be told to become gp3, and to be kept as a snapshot instead.
        for item in {"gp3", *_known(resource.type)}:
            yield from ((kind, region, item) for kind in ("ebs-storage", "ebs-iops", "ebs-throughput"))
        yield from (("ebs-snapshot", region, item) for item in ("standard", "archive"))
    elif isinstance(resource, Address):
        yield ("ipv4-hour", region, "public")
    elif isinstance(resource, Instance | CapacityReservation):
        for item in _known(resource.type):
            for one in filter(None, (item, successor(item))):
                yield from ((kind, region, one) for kind in ("ec2-hour", "ec2-spot-hour"))
    elif isinstance(resource, DedicatedHost):
        yield from (("ec2-host-hour", region, item.partition(".")[0]) for item in _known(resource.type) if item)
    elif isinstance(resource, NotebookInstance):
        yield from (("sagemaker-notebook-hour", region, item) for item in _known(resource.type))
    elif isinstance(resource, EndpointConfig):
        types = {variant.type for variants in _known(resource.variants) for variant in variants if variant.type}
        yield from (("sagemaker-hosting-hour", region, item) for item in types)
    elif isinstance(resource, TrainingJob):
        yield from (("sagemaker-training-hour", region, item) for item in _known(resource.type) if item)
        yield from (("s3-storage", region, one.storage_class) for one in _known(resource.stored_artifact) if one)


def _known(fact: Fact[Any]) -> tuple[Any, ...]:
    return (fact.value,) if isinstance(fact, Known) else ()
