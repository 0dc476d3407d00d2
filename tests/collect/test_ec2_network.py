"""Addresses and security groups over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.collect.ec2_network import ranges
from auditor.model.compute import Address, IpRange, SecurityGroup
from auditor.model.fact import need
from tests.collect.ec2_seed import ACCOUNT, REGION, launch
from tests.collect.ec2_stubs import answer
from tests.collect.helpers import scan
from tests.emulator import Emulator


def test_addresses_come_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    free, used = ec2.allocate_address(Domain="vpc"), ec2.allocate_address(Domain="vpc")
    instance = launch(emulator)
    association = ec2.associate_address(AllocationId=used["AllocationId"], InstanceId=instance)["AssociationId"]
    found = {a.id: a for a in scan(emulator, Address).section(Address, REGION).items}
    unused = found[free["AllocationId"]]
    assert unused.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:elastic-ip/{unused.id}"
    assert need(unused.public_ip, unused.association, unused.instance) == (free["PublicIp"], None, None)
    taken = found[used["AllocationId"]]
    assert need(taken.association, taken.instance) == (association, instance)


def test_security_groups_come_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                "UserIdGroupPairs": [{"GroupId": group}],
            }
        ],
    )
    found = {g.id: g for g in scan(emulator, SecurityGroup).section(SecurityGroup, REGION).items}
    assert found[group].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group}"
    assert need(found[group].group_name) == "web"
    assert need(found[group].ingress) == tuple(
        IpRange("tcp", 22, 22, source) for source in sorted(("0.0.0.0/0", "10.0.0.0/8", "::/0", group))
    )
    assert need(found[group].egress) == (IpRange("-1", None, None, "0.0.0.0/0"),)


def test_every_kind_of_source_becomes_a_range() -> None:
    permissions = [
        {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupName": "classic"}], "IpRanges": [{"CidrIp": "192.0.2.0/24"}]},
    ]
    with pytest.raises(ValueError, match="without a source"):
        ranges([*permissions, {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}])
    assert ranges(permissions) == (
        IpRange("-1", None, None, "192.0.2.0/24"),
        IpRange("-1", None, None, "classic"),
        IpRange("icmp", -1, -1, "pl-1"),
    )


def test_a_shared_security_group_names_its_owner(emulator: Emulator) -> None:
    shared: dict[str, Any] = {
        "GroupId": "sg-1",
        "GroupName": "shared",
        "OwnerId": "999999999999",
        "IpPermissions": [],
        "IpPermissionsEgress": [],
    }
    answer(emulator, "DescribeSecurityGroups", {"SecurityGroups": [shared]})
    (found,) = scan(emulator, SecurityGroup).section(SecurityGroup, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:999999999999:security-group/sg-1"
