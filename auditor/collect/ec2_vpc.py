"""VPCs, subnets, network ACLs, route tables, peering connections, endpoints and flow logs: one listing each in a region."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from auditor.collect.door import Answer
from auditor.collect.ec2_shapes import tags
from auditor.collect.shapes import (
    flag,
    flag_or_false,
    moment_or_none,
    number_or_none,
    part,
    parts,
    text,
    text_or_none,
    texts,
)
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.network import (
    FlowLog,
    NetworkAcl,
    NetworkAclEntry,
    PeeredVpc,
    Route,
    RouteTable,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpcPeeringConnection,
)

Raw = Mapping[str, Any]

_TARGETS = (
    ("NatGatewayId", "nat"),
    ("TransitGatewayId", "transit"),
    ("VpcPeeringConnectionId", "peering"),
    ("EgressOnlyInternetGatewayId", "egress-only"),
    ("LocalGatewayId", "local-gateway"),
    ("CarrierGatewayId", "carrier"),
    ("CoreNetworkArn", "core-network"),
    ("OdbNetworkArn", "odb-network"),
    # A route to an instance also names the interface through which it goes.
    ("InstanceId", "instance"),
    ("NetworkInterfaceId", "interface"),
    ("GatewayId", "gateway"),
)
_LEAVING = ("disassociating", "disassociated", "failing", "failed")


def vpcs(visit: Visit) -> None:
    """VPCs and subnets of the region, also those that another account shares."""
    if visit.lists(Vpc):
        visit.add_each(Vpc, visit.pages(calls.DESCRIBE_VPCS, "Vpcs"), lambda entry: _vpc(visit, entry))
    if visit.lists(Subnet):
        visit.add_each(Subnet, visit.pages(calls.DESCRIBE_SUBNETS, "Subnets"), lambda entry: _subnet(visit, entry))


def ways(visit: Visit) -> None:
    """What decides where traffic may go: network ACLs, route tables, peering connections and endpoints."""
    if visit.lists(NetworkAcl):
        visit.add_each(NetworkAcl, visit.pages(calls.DESCRIBE_NETWORK_ACLS, "NetworkAcls"), lambda entry: _acl(visit, entry))
    if visit.lists(RouteTable):
        visit.add_each(RouteTable, visit.pages(calls.DESCRIBE_ROUTE_TABLES, "RouteTables"), lambda entry: _table(visit, entry))
    if visit.lists(VpcPeeringConnection):
        visit.add_each(
            VpcPeeringConnection,
            visit.pages(calls.DESCRIBE_VPC_PEERING_CONNECTIONS, "VpcPeeringConnections"),
            lambda entry: _peering(visit, entry),
        )
    if visit.lists(VpcEndpoint):
        visit.add_each(
            VpcEndpoint, visit.pages(calls.DESCRIBE_VPC_ENDPOINTS, "VpcEndpoints"), lambda entry: _endpoint(visit, entry)
        )


def flow_logs(visit: Visit) -> None:
    """Flow logs of the region."""
    if visit.lists(FlowLog):
        visit.add_each(FlowLog, visit.pages(calls.DESCRIBE_FLOW_LOGS, "FlowLogs"), lambda entry: _flow_log(visit, entry))


def _arn(visit: Visit, entry: Answer, resource: str) -> str:
    """The ARN names the owner: shared VPCs, and what is in them, are listed too."""
    owner = entry.raw.get("OwnerId") or visit.account_id
    return f"arn:{visit.partition}:ec2:{visit.region}:{owner}:{resource}"


def _vpc(visit: Visit, entry: Answer) -> Vpc:
    number = str(entry.raw["VpcId"])
    return Vpc(
        arn=_arn(visit, entry, f"vpc/{number}"),
        id=number,
        region=visit.region,
        owner=entry.take(lambda r: text(r["OwnerId"])),
        state=entry.take(lambda r: text(r["State"])),
        cidrs=entry.take(_vpc_blocks),
        is_default=entry.take(lambda r: flag(r, "IsDefault")),
        tenancy=entry.take(lambda r: text_or_none(r, "InstanceTenancy")),
        internet_block=entry.take(lambda r: text_or_none(part(r, "BlockPublicAccessStates"), "InternetGatewayBlockMode")),
        tags=entry.take(tags),
    )


def _subnet(visit: Visit, entry: Answer) -> Subnet:
    number = str(entry.raw["SubnetId"])
    return Subnet(
        arn=_arn(visit, entry, f"subnet/{number}"),
        id=number,
        region=visit.region,
        owner=entry.take(lambda r: text(r["OwnerId"])),
        state=entry.take(lambda r: text(r["State"])),
        vpc=entry.take(lambda r: text(r["VpcId"])),
        zone=entry.take(lambda r: text_or_none(r, "AvailabilityZone")),
        cidr=entry.take(lambda r: _block_or_none(r, "CidrBlock")),
        cidrs_v6=entry.take(lambda r: _associated(r, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")),
        free_addresses=entry.take(lambda r: int(r["AvailableIpAddressCount"])),
        public_ip_on_launch=entry.take(lambda r: flag(r, "MapPublicIpOnLaunch")),
        is_default=entry.take(lambda r: flag(r, "DefaultForAz")),
        tags=entry.take(tags),
    )


def _acl(visit: Visit, entry: Answer) -> NetworkAcl:
    number = str(entry.raw["NetworkAclId"])
    return NetworkAcl(
        arn=_arn(visit, entry, f"network-acl/{number}"),
        id=number,
        region=visit.region,
        owner=entry.take(lambda r: text(r["OwnerId"])),
        vpc=entry.take(lambda r: text(r["VpcId"])),
        is_default=entry.take(lambda r: flag(r, "IsDefault")),
        entries=entry.take(lambda r: entries(r["Entries"])),
        subnets=entry.take(lambda r: tuple(sorted(text(one["SubnetId"]) for one in r["Associations"]))),
        tags=entry.take(tags),
    )


def _table(visit: Visit, entry: Answer) -> RouteTable:
    number = str(entry.raw["RouteTableId"])
    return RouteTable(
        arn=_arn(visit, entry, f"route-table/{number}"),
        id=number,
        region=visit.region,
        owner=entry.take(lambda r: text(r["OwnerId"])),
        vpc=entry.take(lambda r: text(r["VpcId"])),
        routes=entry.take(lambda r: routes(r["Routes"])),
        main=entry.take(lambda r: any(flag_or_false(one, "Main") for one in r["Associations"])),
        subnets=entry.take(lambda r: tuple(sorted(text(one["SubnetId"]) for one in r["Associations"] if one.get("SubnetId")))),
        tags=entry.take(tags),
    )


def _peering(visit: Visit, entry: Answer) -> VpcPeeringConnection:
    number = str(entry.raw["VpcPeeringConnectionId"])
    # The connection belongs to no one account: each side's own ARN names that side.
    return VpcPeeringConnection(
        arn=visit.arn("ec2", f"vpc-peering-connection/{number}"),
        id=number,
        region=visit.region,
        requester=entry.take(lambda r: _side(r["RequesterVpcInfo"])),
        accepter=entry.take(lambda r: _side(r["AccepterVpcInfo"])),
        status=entry.take(lambda r: text(r["Status"]["Code"])),
        tags=entry.take(tags),
    )


def _endpoint(visit: Visit, entry: Answer) -> VpcEndpoint:
    number = str(entry.raw["VpcEndpointId"])
    return VpcEndpoint(
        arn=_arn(visit, entry, f"vpc-endpoint/{number}"),
        id=number,
        region=visit.region,
        owner=entry.take(lambda r: text(r["OwnerId"])),
        vpc=entry.take(lambda r: text(r["VpcId"])),
        type=entry.take(lambda r: text(r["VpcEndpointType"])),
        service_name=entry.take(lambda r: text_or_none(r, "ServiceName")),
        state=entry.take(lambda r: text(r["State"]).lower()),
        policy=entry.take(lambda r: text_or_none(r, "PolicyDocument")),
        private_dns=entry.take(lambda r: flag_or_false(r, "PrivateDnsEnabled")),
        route_tables=entry.take(lambda r: texts(r, "RouteTableIds")),
        subnets=entry.take(lambda r: texts(r, "SubnetIds")),
        security_groups=entry.take(lambda r: tuple(sorted(text(group["GroupId"]) for group in parts(r, "Groups")))),
        created=entry.take(lambda r: moment_or_none(r.get("CreationTimestamp"))),
        tags=entry.take(tags),
    )


def _flow_log(visit: Visit, entry: Answer) -> FlowLog:
    number = str(entry.raw["FlowLogId"])
    return FlowLog(
        arn=visit.arn("ec2", f"vpc-flow-log/{number}"),
        id=number,
        region=visit.region,
        source=entry.take(lambda r: text(r["ResourceId"])),
        traffic=entry.take(lambda r: text_or_none(r, "TrafficType")),
        status=entry.take(lambda r: text(r["FlowLogStatus"])),
        delivery=entry.take(lambda r: text_or_none(r, "DeliverLogsStatus")),
        delivery_error=entry.take(lambda r: text_or_none(r, "DeliverLogsErrorMessage")),
        destination_type=entry.take(lambda r: text_or_none(r, "LogDestinationType")),
        destination=entry.take(lambda r: text_or_none(r, "LogDestination") or text_or_none(r, "LogGroupName")),
        interval=entry.take(lambda r: number_or_none(r, "MaxAggregationInterval")),
        created=entry.take(lambda r: moment_or_none(r.get("CreationTime"))),
        tags=entry.take(tags),
    )


def entries(raw: Any) -> tuple[NetworkAclEntry, ...]:
    """The entries of a network ACL, sorted: inbound before outbound, then in the order in which they are tried.

    Raises :class:`ValueError` for one without a block, or with an action that is not known: they decide for those after them.
    """
    found = [
        NetworkAclEntry(
            number=int(one["RuleNumber"]),
            egress=flag(one, "Egress"),
            allow=_allows(one["RuleAction"]),
            protocol=_protocol(one["Protocol"]),
            from_port=number_or_none(part(one, "PortRange"), "From"),
            to_port=number_or_none(part(one, "PortRange"), "To"),
            cidr=_block(one.get("CidrBlock") or one.get("Ipv6CidrBlock")),
        )
        for one in raw
    ]
    return tuple(sorted(found, key=lambda one: (one.egress, one.number, one.cidr)))


def _allows(action: object) -> bool:
    if action not in ("allow", "deny"):
        raise ValueError("neither allow nor deny")
    return action == "allow"


def _protocol(value: object) -> str:
    """EC2 answers with numbers; it takes some names too, and so do emulators."""
    name = text(value)
    return {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}.get(name, name)


def routes(raw: Any) -> tuple[Route, ...]:
    """The routes of a table, sorted. Raises :class:`ValueError` for one whose destination is not known."""
    found = {
        Route(
            destination=_destination(one),
            kind=_kind(one)[0],
            target=_kind(one)[1],
            state=text(one["State"]),
            origin=text_or_none(one, "Origin"),
        )
        for one in raw
    }
    return tuple(sorted(found, key=lambda one: (one.destination, one.kind, one.target, one.state)))


def _destination(raw: Raw) -> str:
    if raw.get("DestinationPrefixListId"):
        return text(raw["DestinationPrefixListId"])
    return _block(raw.get("DestinationCidrBlock") or raw.get("DestinationIpv6CidrBlock"))


def _kind(raw: Raw) -> tuple[str, str]:
    for key, kind in _TARGETS:
        if raw.get(key):
            target = text(raw[key])
            return ("local" if target == "local" else kind), target
    return "", ""


def _side(raw: Raw) -> PeeredVpc:
    blocks = {_block(one["CidrBlock"]) for one in parts(raw, "CidrBlockSet")}
    blocks |= {_block(one["Ipv6CidrBlock"]) for one in parts(raw, "Ipv6CidrBlockSet")}
    blocks |= {_block(raw["CidrBlock"])} if raw.get("CidrBlock") else set()
    return PeeredVpc(text(raw["VpcId"]), text_or_none(raw, "OwnerId"), text_or_none(raw, "Region"), tuple(sorted(blocks)))


def _vpc_blocks(raw: Raw) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                _block(raw["CidrBlock"]),
                *_associated(raw, "CidrBlockAssociationSet", "CidrBlock"),
                *_associated(raw, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
            }
        )
    )


def _associated(raw: Raw, key: str, name: str) -> tuple[str, ...]:
    """The blocks under the key that are not being taken off."""
    return tuple(sorted(_block(one[name]) for one in parts(raw, key) if part(one, f"{name}State").get("State") not in _LEAVING))


def _block(value: object) -> str:
    """A CIDR block as AWS writes it. Raises :class:`ValueError` or :class:`TypeError` for anything else: rules reckon with it."""
    block = text(value)
    ip_network(block, strict=False)
    return block


def _block_or_none(raw: Raw, key: str) -> str | None:
    return _block(raw[key]) if raw.get(key) else None


COLLECTORS = (
    Collector(label="VPCs", kinds=(Vpc, Subnet), run=vpcs),
    Collector(label="VPC routes and ACLs", kinds=(NetworkAcl, RouteTable, VpcPeeringConnection, VpcEndpoint), run=ways),
    Collector(label="VPC flow logs", kinds=(FlowLog,), run=flow_logs),
)
