"""Instances over real HTTP, and AWS's documented shapes where the emulator cannot show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect.door import Answer
from auditor.collect.ec2_instances import public_ips, state_since
from auditor.model import calls
from auditor.model.compute import Instance, MetadataOptions
from auditor.model.fact import Known, Reason, Unknown, need
from tests.collect.ec2_seed import ACCOUNT, REGION, asked, launch, the_instance
from tests.collect.ec2_stubs import answer, answer_pages
from tests.collect.helpers import scan
from tests.emulator import Emulator


def test_an_instance_comes_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    launch(
        emulator,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "팀", "Value": "<b>머신러닝</b>"}, {"Key": "Name", "Value": "web"}]}
        ],
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2},
    )
    raw = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    assert instance.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{raw['InstanceId']}"
    assert (instance.id, instance.region, instance.name) == (raw["InstanceId"], REGION, "web")
    assert need(instance.type) == "t3.micro"
    assert need(instance.state) == "running"
    assert need(instance.state_since) is None
    assert need(instance.launched) == raw["LaunchTime"]
    assert need(instance.launched).tzinfo is UTC, "whatever the zone of the machine that scans"
    assert need(instance.lifecycle) == "on-demand"
    assert need(instance.tenancy) == "default"
    assert need(instance.zone) == raw["Placement"]["AvailabilityZone"]
    assert need(instance.vpc) == raw["VpcId"]
    assert need(instance.subnet) == raw["SubnetId"]
    assert need(instance.metadata) == MetadataOptions("required", "enabled", 2)
    assert need(instance.profile) is None
    assert need(instance.security_groups) == tuple(sorted(g["GroupId"] for g in raw["NetworkInterfaces"][0]["Groups"]))
    assert need(instance.public_ips) == (raw["PublicIpAddress"],)
    assert need(instance.volumes) == tuple(m["Ebs"]["VolumeId"] for m in raw["BlockDeviceMappings"])
    assert need(instance.image) == "ami-12345678"
    assert need(instance.detailed_monitoring) is False
    assert need(instance.tags) == {"Name": "web", "팀": "<b>머신러닝</b>"}
    assert list(need(instance.tags)) == ["Name", "팀"]


def test_a_stopped_instance_says_since_when_and_a_terminated_one_is_nothing(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    stopped, terminated = launch(emulator), launch(emulator)
    ec2.stop_instances(InstanceIds=[stopped])
    ec2.terminate_instances(InstanceIds=[terminated])
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    assert instance.id == stopped
    assert need(instance.state) == "stopped"
    since = need(instance.state_since)
    assert since is not None
    assert abs(since - datetime.now(UTC)) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("state", "reason", "since"),
    [
        ("stopped", "User initiated (2026-11-22 13:31:41 UTC)", datetime(2026, 11, 22, 13, 31, 41, tzinfo=UTC)),
        ("stopped", "User initiated (2026-11-22 13:31:41 GMT)", datetime(2026, 11, 22, 13, 31, 41, tzinfo=UTC)),
        ("stopping", "Server.SpotInstanceShutdown: Spot (2026-01-02 03:04:05 GMT)", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("running", "User initiated (2026-11-22 13:31:41 UTC)", None),
        ("stopped", "User initiated", None),
        ("stopped", "", None),
        ("stopped", None, None),
    ],
)
def test_since_when_it_is_stopped_is_read_from_words(state: str, reason: str | None, since: datetime | None) -> None:
    assert state_since({"State": {"Name": state}, "StateTransitionReason": reason}) == since


def test_a_date_that_does_not_exist_is_unknown_not_a_crash() -> None:
    entry = Answer(
        calls.DESCRIBE_INSTANCES, Known({"State": {"Name": "stopped"}, "StateTransitionReason": "(2026-13-45 99:99:99 UTC)"})
    )
    assert entry.take(state_since) == Unknown(Reason.ERROR, "ec2.DescribeInstances", "ec2:DescribeInstances")


def test_public_addresses_are_those_of_all_interfaces() -> None:
    raw = {
        "PublicIpAddress": "198.51.100.7",
        "NetworkInterfaces": [
            {"Association": {"PublicIp": "198.51.100.7"}, "Ipv6Addresses": [{"Ipv6Address": "2600:1f18:1:2::3"}]},
            {
                "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "198.51.100.9"}}, {}],
                "Ipv6Addresses": [{"Ipv6Address": "fd00:ec2::254"}, {"Ipv6Address": "fe80::1"}],
            },
        ],
    }
    assert public_ips(raw) == ("198.51.100.7", "198.51.100.9", "2600:1f18:1:2::3")
    assert public_ips({"NetworkInterfaces": []}) == ()
    with pytest.raises(KeyError):
        public_ips({})


def test_an_answer_without_a_value_is_no_data_never_a_default(emulator: Emulator) -> None:
    answer(emulator, "DescribeInstances", {"Reservations": [{"Instances": [{"InstanceId": "i-1", "InstanceType": "t3.micro"}]}]})
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    silent = Unknown(Reason.NO_DATA, "ec2.DescribeInstances", "ec2:DescribeInstances")
    for fact in (
        instance.state,
        instance.metadata,
        instance.tenancy,
        instance.launched,
        instance.detailed_monitoring,
        instance.zone,
    ):
        assert fact == silent
    assert need(instance.lifecycle) == "on-demand"


def test_instances_come_in_pages_and_each_page_is_told_apart(emulator: Emulator) -> None:
    def page(number: str, **more: str) -> dict[str, Any]:
        return {"Reservations": [{"Instances": [{"InstanceId": number, "InstanceType": "t3.micro"}]}], **more}

    answer_pages(emulator, "DescribeInstances", page("i-1", NextToken="more"), page("i-2", NextToken="again"), page("i-3"))
    snapshot = scan(emulator, Instance, with_metrics=False)
    assert [i.id for i in snapshot.section(Instance, REGION).items] == ["i-1", "i-2", "i-3"]
    assert max(asked(snapshot).values()) == 1
    assert [c.of for c in snapshot.calls if c.operation == "DescribeInstances"] == ["", "#2", "#3"]


def test_denied_instances_are_not_an_empty_region(emulator: Emulator) -> None:
    launch(emulator)
    emulator.doorman.deny.add("ec2.DescribeInstances")
    section = scan(emulator, Instance).section(Instance, REGION)
    assert section.missing == (Unknown(Reason.DENIED, "ec2.DescribeInstances", "ec2:DescribeInstances"),)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 0, "there is nothing to ask about"
