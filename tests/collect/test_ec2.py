"""All kinds of EC2 together: what is denied is unknown, and nothing is asked twice."""

from __future__ import annotations

import pytest

from auditor.collect.wanted import everything
from auditor.model import calls, compute
from auditor.model.compute import (
    Address,
    CapacityReservation,
    DedicatedHost,
    Image,
    Instance,
    ReservedInstances,
    SecurityGroup,
    SpotRequest,
    Volume,
)
from auditor.model.fact import Reason, Unknown
from auditor.model.resource import Resource
from tests.collect.ec2_seed import REGION, asked, launch, wants
from tests.collect.helpers import scan
from tests.emulator import Emulator

KINDS: tuple[tuple[type[Resource], str], ...] = (
    (Instance, "DescribeInstances"),
    (Volume, "DescribeVolumes"),
    (compute.Snapshot, "DescribeSnapshots"),
    (Address, "DescribeAddresses"),
    (SecurityGroup, "DescribeSecurityGroups"),
    (Image, "DescribeImages"),
    (ReservedInstances, "DescribeReservedInstances"),
    (DedicatedHost, "DescribeHosts"),
    (CapacityReservation, "DescribeCapacityReservations"),
    (SpotRequest, "DescribeSpotInstanceRequests"),
)


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_denied_list_is_unknown(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    emulator.doorman.deny.add("ec2.*")
    section = scan(emulator, kind).section(kind, REGION)
    assert section.items == ()
    assert section.missing == (Unknown(Reason.DENIED, f"ec2.{operation}", f"ec2:{operation}"),)


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_only_what_is_wanted_is_listed(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    scan(emulator, kind)
    called = {name for name in emulator.doorman.calls if name.startswith("ec2.")}
    assert called == {f"ec2.{operation}"}


def test_nothing_is_asked_twice_and_nothing_by_resource(emulator: Emulator) -> None:
    for type in ("g4dn.xlarge", "t3.micro", "t3.micro", "p2.xlarge"):
        launch(emulator, type)
    ec2 = emulator.client("ec2")
    for _ in range(3):
        ec2.create_snapshot(VolumeId=ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
    snapshot = scan(emulator, *(kind for kind, _ in KINDS))
    assert max(asked(snapshot).values()) == 1
    listed = {operation: 1 for _, operation in KINDS}
    # Snapshots once more for the public ones, types once more without the retired one.
    expected = listed | {"DescribeSnapshots": 2, "DescribeInstanceTypes": 2}
    assert {name.removeprefix("ec2."): n for name, n in emulator.doorman.calls.items() if name.startswith("ec2.")} == expected


def test_gpu_metrics_take_the_hardware_with_them() -> None:
    assert wants(Instance.gpu_metrics).field(Instance.hardware)
    assert calls.DESCRIBE_INSTANCE_TYPES in wants(Instance.gpu).calls()
    assert not wants(Instance.cpu).field(Instance.hardware)
    assert everything().field(Instance.hardware)
