"""Capacity that is paid for or asked for ahead: reserved instances, dedicated hosts, capacity reservations and spot requests."""

from __future__ import annotations

from auditor.collect.door import Answer
from auditor.collect.ec2_shapes import is_foreign, tags
from auditor.collect.shapes import moment_or_none, part, text_or_none
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.compute import CapacityReservation, DedicatedHost, ReservedInstances, SpotRequest


def capacity(visit: Visit) -> None:
    """What the region holds of each. Hosts and reservations that another account shares are its own to judge: it pays for them."""
    if visit.lists(ReservedInstances):
        listing = visit.pages(calls.DESCRIBE_RESERVED_INSTANCES, "ReservedInstances")
        visit.add_each(ReservedInstances, listing, lambda entry: _reserved_instances(visit, entry))
    if visit.lists(DedicatedHost):
        visit.add_each(DedicatedHost, visit.pages(calls.DESCRIBE_HOSTS, "Hosts"), lambda entry: _host(visit, entry))
    if visit.lists(CapacityReservation):
        listing = visit.pages(calls.DESCRIBE_CAPACITY_RESERVATIONS, "CapacityReservations")
        visit.add_each(CapacityReservation, listing, lambda entry: _capacity_reservation(visit, entry))
    if visit.lists(SpotRequest):
        listing = visit.pages(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS, "SpotInstanceRequests")
        visit.add_each(SpotRequest, listing, lambda entry: _spot_request(visit, entry))


def _reserved_instances(visit: Visit, entry: Answer) -> ReservedInstances:
    number = str(entry.raw["ReservedInstancesId"])
    return ReservedInstances(
        arn=visit.arn("ec2", f"reserved-instances/{number}"),
        id=number,
        region=visit.region,
        type=entry.take(lambda r: str(r["InstanceType"])),
        count=entry.take(lambda r: int(r["InstanceCount"])),
        state=entry.take(lambda r: str(r["State"])),
        start=entry.take(lambda r: moment_or_none(r.get("Start"))),
        end=entry.take(lambda r: moment_or_none(r.get("End"))),
        offering_type=entry.take(lambda r: text_or_none(r, "OfferingType")),
        tags=entry.take(tags),
    )


def _host(visit: Visit, entry: Answer) -> DedicatedHost | None:
    if is_foreign(visit, entry):
        return None
    number = str(entry.raw["HostId"])
    return DedicatedHost(
        arn=visit.arn("ec2", f"dedicated-host/{number}"),
        id=number,
        region=visit.region,
        state=entry.take(lambda r: str(r["State"])),
        # A host for several types names a family and no type.
        type=entry.take(lambda r: text_or_none(r["HostProperties"], "InstanceType")),
        # EC2 gives an empty list for an empty host: no list at all says nothing.
        instances=entry.take(lambda r: tuple(sorted(str(instance["InstanceId"]) for instance in r["Instances"]))),
        allocated=entry.take(lambda r: moment_or_none(r.get("AllocationTime"))),
        zone=entry.take(lambda r: text_or_none(r, "AvailabilityZone")),
        tags=entry.take(tags),
    )


def _capacity_reservation(visit: Visit, entry: Answer) -> CapacityReservation | None:
    if is_foreign(visit, entry):
        return None
    number = str(entry.raw["CapacityReservationId"])
    return CapacityReservation(
        arn=visit.arn("ec2", f"capacity-reservation/{number}"),
        id=number,
        region=visit.region,
        type=entry.take(lambda r: str(r["InstanceType"])),
        state=entry.take(lambda r: str(r["State"])),
        platform=entry.take(lambda r: str(r["InstancePlatform"])),
        tenancy=entry.take(lambda r: str(r["Tenancy"])),
        total=entry.take(lambda r: int(r["TotalInstanceCount"])),
        available=entry.take(lambda r: int(r["AvailableInstanceCount"])),
        zone=entry.take(lambda r: text_or_none(r, "AvailabilityZone")),
        created=entry.take(lambda r: moment_or_none(r.get("CreateDate"))),
        ends=entry.take(lambda r: moment_or_none(r.get("EndDate"))),
        tags=entry.take(tags),
    )


def _spot_request(visit: Visit, entry: Answer) -> SpotRequest:
    number = str(entry.raw["SpotInstanceRequestId"])
    return SpotRequest(
        arn=visit.arn("ec2", f"spot-instances-request/{number}"),
        id=number,
        region=visit.region,
        state=entry.take(lambda r: str(r["State"])),
        type=entry.take(lambda r: text_or_none(part(r, "LaunchSpecification"), "InstanceType")),
        instance=entry.take(lambda r: text_or_none(r, "InstanceId")),
        status=entry.take(lambda r: text_or_none(part(r, "Status"), "Code")),
        created=entry.take(lambda r: moment_or_none(r.get("CreateTime"))),
        tags=entry.take(tags),
    )


COLLECTORS = (
    Collector(
        label="EC2 capacity",
        kinds=(ReservedInstances, DedicatedHost, CapacityReservation, SpotRequest),
        run=capacity,
    ),
)
