"""What moto cannot say of EC2: platforms, reservations, what is on dedicated hosts, and which snapshots everyone may restore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from auditor.demo.emulator import ACCOUNT, amend, reply
from auditor.demo.seed_ec2 import HOSTS
from auditor.demo.site import tags

Raw = Mapping[str, Any]


class Reserved(msgspec.Struct, frozen=True):
    """Reserved instances, paid for ``made`` days ago until ``ends`` days from now."""

    name: str
    type: str
    count: int
    made: float
    ends: float


class Capacity(msgspec.Struct, frozen=True):
    """A capacity reservation."""

    name: str
    type: str
    total: int
    available: int
    made: float


LINUX = "Linux/UNIX"
RESERVED = (Reserved("feature-store", "m7i.large", 4, 353, 12), Reserved("batch", "c6i.xlarge", 8, 140, 225))
CAPACITY = (Capacity("llm-2025q3", "p4d.24xlarge", 2, 2, 74), Capacity("train-llm", "g6.12xlarge", 1, 0, 31))


def answer_for(session: Any, now: datetime, region: str) -> None:
    """Answer in the session as AWS would at the time ``now``."""
    reserved = [_reserved(one, place, now) for place, one in enumerate(RESERVED)]
    capacity = [_capacity(one, place, now, region) for place, one in enumerate(CAPACITY)]
    reply(session, "ec2.DescribeReservedInstances", lambda _, asked: {"ReservedInstances": reserved if asked == region else []})
    reply(
        session,
        "ec2.DescribeCapacityReservations",
        lambda _, asked: {"CapacityReservations": capacity if asked == region else []},
    )
    amend(session, "ec2.DescribeInstances", lambda _, parsed: _platforms(parsed))
    amend(session, "ec2.DescribeHosts", lambda _, parsed: _hosts(parsed))
    amend(session, "ec2.DescribeSnapshots", lambda params, parsed: _restorable(session, region, params, parsed))


def _reserved(one: Reserved, place: int, now: datetime) -> Raw:
    return {
        "ReservedInstancesId": f"5e1f0a7c-3d42-4b19-8c6e-{place:012x}",
        "InstanceType": one.type,
        "InstanceCount": one.count,
        "State": "active",
        "Start": now - timedelta(days=one.made),
        "End": now + timedelta(days=one.ends),
        "OfferingType": "No Upfront",
        "Tags": tags(one.name),
    }


def _capacity(one: Capacity, place: int, now: datetime, region: str) -> Raw:
    return {
        "CapacityReservationId": f"cr-{place:017x}",
        "OwnerId": ACCOUNT,
        "InstanceType": one.type,
        "AvailabilityZone": f"{region}a",
        "State": "active",
        "InstancePlatform": LINUX,
        "Tenancy": "default",
        "TotalInstanceCount": one.total,
        "AvailableInstanceCount": one.available,
        "CreateDate": now - timedelta(days=one.made),
        "Tags": tags(one.name),
    }


def _platforms(parsed: dict[str, Any]) -> None:
    for reservation in parsed["Reservations"]:
        for instance in reservation["Instances"]:
            instance.setdefault("PlatformDetails", LINUX)


def _hosts(parsed: dict[str, Any]) -> None:
    for host in parsed["Hosts"]:
        name = next((tag["Value"] for tag in host.get("Tags", ()) if tag["Key"] == "Name"), "")
        host["Instances"] = [{"InstanceId": "i-0d0c0b0a090807060", "InstanceType": "r5.4xlarge"}] if HOSTS.get(name) else []


def _restorable(session: Any, region: str, params: Raw, parsed: dict[str, Any]) -> None:
    """moto does not heed RestorableByUserIds, but knows who may restore a snapshot."""
    if params.get("RestorableByUserIds") != ["all"]:
        return
    client = session.client("ec2", region_name=region)

    def public(snapshot: Raw) -> bool:
        asked = {"SnapshotId": snapshot["SnapshotId"], "Attribute": "createVolumePermission"}
        return {"Group": "all"} in client.describe_snapshot_attribute(**asked)["CreateVolumePermissions"]

    parsed["Snapshots"] = [snapshot for snapshot in parsed["Snapshots"] if public(snapshot)]
