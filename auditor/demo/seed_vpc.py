"""The network of the emulated account: a VPC that is looked after, the default one that is not, and one that is peered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.demo.seed_s3 import LOGS
from auditor.demo.site import Site, tags

PRIVATE, DEFAULT, LAKE = "ml-private", "default", "data-lake"
FENCE, OPEN_FENCE, SPARE_FENCE = "ml-private fence", "default fence", "lockdown 2024"
NARROW_ROUTES, WIDE_ROUTES = "ml-private", "ml-private to all of data-lake"


class Place(msgspec.Struct, frozen=True):
    """Where machines are started: a subnet, and the VPC it is of."""

    vpc: str
    subnet: str


def seed(site: Site) -> Mapping[bool, Place]:
    """The VPCs and what is in them: the places of public (true) and inner (false) machines."""
    ec2 = site.client("ec2")
    default = _default(ec2)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=_named("vpc", PRIVATE))["Vpc"]["VpcId"]
    inner = _subnet(ec2, vpc, "10.20.0.0/20", f"{PRIVATE} a")
    table = ec2.describe_route_tables(Filters=_of(vpc))["RouteTables"][0]["RouteTableId"]
    ec2.create_tags(Resources=[table], Tags=tags(NARROW_ROUTES))
    _fences(ec2, vpc)
    _peering(ec2, vpc, table)
    _endpoints(site, vpc, inner, table)
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOGS}",
        TagSpecifications=_named("vpc-flow-log", f"{PRIVATE} rejects"),
    )
    return {True: default, False: Place(vpc, inner)}


def _default(ec2: Any) -> Place:
    """The VPC that AWS makes, as AWS makes it: only its names are ours."""
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    fence = ec2.describe_network_acls(Filters=_of(vpc))["NetworkAcls"][0]["NetworkAclId"]
    ec2.create_tags(Resources=[vpc], Tags=tags(DEFAULT))
    ec2.create_tags(Resources=[fence], Tags=tags(OPEN_FENCE))
    return Place(vpc, sorted(subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=_of(vpc))["Subnets"])[0])


def _fences(ec2: Any, vpc: str) -> None:
    """A network ACL around the subnets of the VPC that denies the admin ports, and one that guards nothing any more."""
    fence = ec2.create_network_acl(VpcId=vpc, TagSpecifications=_named("network-acl", FENCE))["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl(VpcId=vpc, TagSpecifications=_named("network-acl", SPARE_FENCE))
    for number, action, protocol, port in ((50, "deny", "6", 22), (60, "deny", "6", 3389), (100, "allow", "-1", None)):
        ports = {"PortRange": {"From": port, "To": port}} if port else {}
        ec2.create_network_acl_entry(
            NetworkAclId=fence,
            Egress=False,
            RuleNumber=number,
            RuleAction=action,
            Protocol=protocol,
            CidrBlock="0.0.0.0/0",
            **ports,
        )
    for acl in ec2.describe_network_acls(Filters=_of(vpc))["NetworkAcls"]:
        for association in acl["Associations"]:
            ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=fence)


def _peering(ec2: Any, vpc: str, table: str) -> None:
    """A peered VPC, one route table that leads to a part of it, and one that leads to all of it."""
    lake = ec2.create_vpc(CidrBlock="10.30.0.0/16", TagSpecifications=_named("vpc", LAKE))["Vpc"]["VpcId"]
    asked = ec2.create_vpc_peering_connection(
        VpcId=vpc, PeerVpcId=lake, TagSpecifications=_named("vpc-peering-connection", f"{PRIVATE} to {LAKE}")
    )
    peering = asked["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    wide = ec2.create_route_table(VpcId=vpc, TagSpecifications=_named("route-table", WIDE_ROUTES))["RouteTable"]["RouteTableId"]
    for number, block in ((table, "10.30.16.0/24"), (wide, "10.30.0.0/16")):
        ec2.create_route(RouteTableId=number, DestinationCidrBlock=block, VpcPeeringConnectionId=peering)


def _endpoints(site: Site, vpc: str, subnet: str, table: str) -> None:
    ec2 = site.client("ec2")
    for service, kind, way in (("s3", "Gateway", {"RouteTableIds": [table]}), ("ec2", "Interface", {"SubnetIds": [subnet]})):
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{site.region}.{service}",
            VpcEndpointType=kind,
            TagSpecifications=_named("vpc-endpoint", f"{PRIVATE} {service}"),
            **way,
        )


def _subnet(ec2: Any, vpc: str, block: str, name: str) -> str:
    return str(ec2.create_subnet(VpcId=vpc, CidrBlock=block, TagSpecifications=_named("subnet", name))["Subnet"]["SubnetId"])


def _named(resource: str, name: str) -> list[Mapping[str, Any]]:
    return [{"ResourceType": resource, "Tags": tags(name)}]


def _of(vpc: str) -> list[Mapping[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc]}]
