"""What is reserved and paid for ahead, in AWS's documented shapes: the emulator has little of it."""

from __future__ import annotations

from datetime import timedelta

from auditor.model.compute import CapacityReservation, DedicatedHost, Instance, ReservedInstances, SpotRequest
from auditor.model.fact import Reason, Unknown, need
from tests.collect.ec2_seed import ACCOUNT, LONG_AGO, REGION, launch, the_instance
from tests.collect.ec2_stubs import answer
from tests.collect.helpers import scan
from tests.emulator import Emulator


def test_reserved_instances_in_aws_shape(emulator: Emulator) -> None:
    end = LONG_AGO + timedelta(days=365)
    reserved = {
        "ReservedInstancesId": "r-1",
        "InstanceType": "m5.large",
        "InstanceCount": 3,
        "State": "active",
        "Start": LONG_AGO,
        "End": end,
        "OfferingType": "No Upfront",
    }
    answer(emulator, "DescribeReservedInstances", {"ReservedInstances": [reserved]})
    (found,) = scan(emulator, ReservedInstances).section(ReservedInstances, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:reserved-instances/r-1"
    assert need(found.type, found.count, found.state, found.offering_type) == ("m5.large", 3, "active", "No Upfront")
    assert need(found.start, found.end) == (LONG_AGO, end)


def test_hosts_in_aws_shape(emulator: Emulator) -> None:
    host = {"State": "available", "AllocationTime": LONG_AGO, "AvailabilityZone": "us-east-1a", "OwnerId": ACCOUNT}
    answer(
        emulator,
        "DescribeHosts",
        {
            "Hosts": [
                {**host, "HostId": "h-1", "HostProperties": {"InstanceType": "m5.large"}, "Instances": []},
                {**host, "HostId": "h-2", "HostProperties": {"InstanceFamily": "m5"}, "Instances": [{"InstanceId": "i-1"}]},
                {**host, "HostId": "h-3", "OwnerId": "999999999999"},
            ]
        },
    )
    empty, busy = scan(emulator, DedicatedHost).section(DedicatedHost, REGION).items
    assert empty.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:dedicated-host/h-1"
    assert need(empty.state, empty.type, empty.instances, empty.allocated) == ("available", "m5.large", (), LONG_AGO)
    assert need(busy.type, busy.instances) == (None, ("i-1",))


def test_a_host_that_does_not_say_what_runs_on_it_is_not_empty(emulator: Emulator) -> None:
    """The emulator leaves the list out."""
    emulator.client("ec2").allocate_hosts(AvailabilityZone="us-east-1a", InstanceType="m5.large", Quantity=1)
    (host,) = scan(emulator, DedicatedHost).section(DedicatedHost, REGION).items
    assert need(host.state, host.type) == ("available", "m5.large")
    assert host.instances == Unknown(Reason.NO_DATA, "ec2.DescribeHosts", "ec2:DescribeHosts")


def test_capacity_reservations_in_aws_shape(emulator: Emulator) -> None:
    reservation = {
        "CapacityReservationId": "cr-1",
        "OwnerId": ACCOUNT,
        "InstanceType": "p5.48xlarge",
        "State": "active",
        "InstancePlatform": "Linux/UNIX",
        "Tenancy": "default",
        "TotalInstanceCount": 4,
        "AvailableInstanceCount": 3,
        "AvailabilityZone": "us-east-1a",
        "CreateDate": LONG_AGO,
        "Tags": [{"Key": "team", "Value": "vision"}],
    }
    foreign = {**reservation, "CapacityReservationId": "cr-2", "OwnerId": "999999999999"}
    answer(emulator, "DescribeCapacityReservations", {"CapacityReservations": [reservation, foreign]})
    (found,) = scan(emulator, CapacityReservation).section(CapacityReservation, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:capacity-reservation/cr-1"
    assert need(found.type, found.state, found.total, found.available) == ("p5.48xlarge", "active", 4, 3)
    assert need(found.platform, found.tenancy) == ("Linux/UNIX", "default")
    assert need(found.created, found.ends, found.tags) == (LONG_AGO, None, {"team": "vision"})


def test_what_a_machine_runs_in_aws_shape(emulator: Emulator) -> None:
    """The emulator leaves the platform out, and AWS's silence would be no data."""
    launch(emulator)
    raw = emulator.client("ec2").describe_instances()["Reservations"]
    silent = the_instance(scan(emulator, Instance, with_metrics=False)).platform
    assert silent == Unknown(Reason.NO_DATA, "ec2.DescribeInstances", "ec2:DescribeInstances")
    raw[0]["Instances"][0]["PlatformDetails"] = "Windows with SQL Server Standard"
    answer(emulator, "DescribeInstances", {"Reservations": raw})
    assert need(the_instance(scan(emulator, Instance, with_metrics=False)).platform) == "Windows with SQL Server Standard"


def test_spot_requests_come_through(emulator: Emulator) -> None:
    made = emulator.client("ec2").request_spot_instances(
        InstanceCount=1, SpotPrice="0.5", LaunchSpecification={"ImageId": "ami-12345678", "InstanceType": "t3.micro"}
    )["SpotInstanceRequests"][0]
    snapshot = scan(emulator, SpotRequest, Instance, with_metrics=False)
    (request,) = snapshot.section(SpotRequest, REGION).items
    assert request.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:spot-instances-request/{made['SpotInstanceRequestId']}"
    assert need(request.state, request.type, request.status) == ("active", "t3.micro", "fulfilled")
    instance = the_instance(snapshot)
    assert need(request.instance) == instance.id
    assert need(instance.lifecycle) == "spot"
