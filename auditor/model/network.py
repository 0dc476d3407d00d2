"""VPCs and what is in them: subnets, network ACLs, route tables, peering connections, endpoints, flow logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.addresses import EVERY, Addresses, block_of, family
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.resource import Resource, unread


class NetworkAclEntry(msgspec.Struct, frozen=True):
    """An entry of a network ACL. Entries are tried by ``number``, lowest first, and the first that matches decides.

    ``protocol`` is a number, ``-1`` is all; ports are ``None`` where they do not apply; ``cidr`` is of either family.
    """

    number: int
    egress: bool
    allow: bool
    protocol: str
    from_port: int | None
    to_port: int | None
    cidr: str

    def covers(self, port: int) -> bool:
        """The entry is about this TCP port. Entries of all protocols have no ports: they are about every port."""
        if self.protocol not in ("-1", "6"):
            return False
        if self.protocol == "-1" or self.from_port is None or self.to_port is None:
            return True
        return self.from_port <= port <= self.to_port


def let_in(entries: Iterable[NetworkAclEntry], port: int, version: int) -> tuple[tuple[NetworkAclEntry, Addresses], ...]:
    """Whom a network ACL lets in on a TCP port: each entry that allows it, with the addresses (4 or 6) for which it decides."""
    undecided = block_of(EVERY[version])
    found: list[tuple[NetworkAclEntry, Addresses]] = []
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.egress or family(entry.cidr) != version or not entry.covers(port):
            continue
        block = block_of(entry.cidr)
        decides = undecided & block
        undecided -= block
        if entry.allow and decides.ranges:
            found.append((entry, decides))
    return tuple(found)


class Route(msgspec.Struct, frozen=True):
    """A route. ``destination`` is a CIDR block of either family or a prefix list id; ``state`` active, blackhole or filtered.

    ``kind`` says what ``target`` is: local, gateway (internet, virtual private, or the endpoint of a service), nat, instance,
    interface, transit, peering, egress-only, carrier, local-gateway, core-network, odb-network; empty for one that is not known.
    """

    destination: str
    kind: str
    target: str
    state: str
    origin: str | None = None

    @property
    def to_prefix_list(self) -> bool:
        """The destination is a managed prefix list: which addresses are on it is not collected."""
        return self.destination.startswith("pl-")


class PeeredVpc(msgspec.Struct, frozen=True):
    """One side of a peering connection. AWS tells the other side's blocks of both families only once the connection is active."""

    vpc: str
    owner: str | None
    region: str | None
    cidrs: tuple[str, ...] = ()


class _Ec2(Resource, frozen=True, kw_only=True):
    SERVICE: ClassVar[str] = "ec2"


class Vpc(_Ec2, frozen=True, kw_only=True):
    """A VPC of the account's own, or one that another account shares subnets of."""

    KIND: ClassVar[str] = "ec2-vpc"
    NOUN: ClassVar[str] = "VPC"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_VPCS

    owner: Fact[str] = unread(calls.DESCRIBE_VPCS)
    """The account that it belongs to."""
    state: Fact[str] = unread(calls.DESCRIBE_VPCS)
    cidrs: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_VPCS)
    """Its blocks of both families, but for those that are being taken off."""
    is_default: Fact[bool] = unread(calls.DESCRIBE_VPCS)
    """AWS made it; what names no subnet is started there."""
    tenancy: Fact[str | None] = unread(calls.DESCRIBE_VPCS)
    internet_block: Fact[str | None] = unread(calls.DESCRIBE_VPCS)
    """VPC Block Public Access: off, block-ingress or block-bidirectional; ``None`` where AWS does not say."""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_VPCS)


class Subnet(_Ec2, frozen=True, kw_only=True):
    """A subnet of the account's own, or one that another account shares."""

    KIND: ClassVar[str] = "ec2-subnet"
    NOUN: ClassVar[str] = "subnet"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_SUBNETS

    owner: Fact[str] = unread(calls.DESCRIBE_SUBNETS)
    state: Fact[str] = unread(calls.DESCRIBE_SUBNETS)
    vpc: Fact[str] = unread(calls.DESCRIBE_SUBNETS)
    zone: Fact[str | None] = unread(calls.DESCRIBE_SUBNETS)
    cidr: Fact[str | None] = unread(calls.DESCRIBE_SUBNETS)
    """Its IPv4 block; ``None`` for one of IPv6 only."""
    cidrs_v6: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_SUBNETS)
    free_addresses: Fact[int] = unread(calls.DESCRIBE_SUBNETS)
    """Unused IPv4 addresses. AWS keeps five of each block for itself, and they do not count as unused."""
    public_ip_on_launch: Fact[bool] = unread(calls.DESCRIBE_SUBNETS)
    is_default: Fact[bool] = unread(calls.DESCRIBE_SUBNETS)
    """The default subnet of its zone."""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_SUBNETS)


class NetworkAcl(_Ec2, frozen=True, kw_only=True):
    """A network ACL."""

    KIND: ClassVar[str] = "ec2-network-acl"
    NOUN: ClassVar[str] = "network ACL"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_NETWORK_ACLS

    owner: Fact[str] = unread(calls.DESCRIBE_NETWORK_ACLS)
    vpc: Fact[str] = unread(calls.DESCRIBE_NETWORK_ACLS)
    is_default: Fact[bool] = unread(calls.DESCRIBE_NETWORK_ACLS)
    """The one that subnets get which are given no other; it cannot be deleted."""
    entries: Fact[tuple[NetworkAclEntry, ...]] = unread(calls.DESCRIBE_NETWORK_ACLS)
    subnets: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_NETWORK_ACLS)
    """Ids of the subnets that it guards."""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_NETWORK_ACLS)


class RouteTable(_Ec2, frozen=True, kw_only=True):
    """A route table."""

    KIND: ClassVar[str] = "ec2-route-table"
    NOUN: ClassVar[str] = "route table"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_ROUTE_TABLES

    owner: Fact[str] = unread(calls.DESCRIBE_ROUTE_TABLES)
    vpc: Fact[str] = unread(calls.DESCRIBE_ROUTE_TABLES)
    routes: Fact[tuple[Route, ...]] = unread(calls.DESCRIBE_ROUTE_TABLES)
    main: Fact[bool] = unread(calls.DESCRIBE_ROUTE_TABLES)
    """It is for every subnet that names no other."""
    subnets: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_ROUTE_TABLES)
    """Ids of the subnets that name it."""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_ROUTE_TABLES)


class VpcPeeringConnection(_Ec2, frozen=True, kw_only=True):
    """A peering connection between two VPCs. Both their regions and accounts list it."""

    KIND: ClassVar[str] = "ec2-vpc-peering-connection"
    NOUN: ClassVar[str] = "VPC peering connection"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_VPC_PEERING_CONNECTIONS

    requester: Fact[PeeredVpc] = unread(calls.DESCRIBE_VPC_PEERING_CONNECTIONS)
    accepter: Fact[PeeredVpc] = unread(calls.DESCRIBE_VPC_PEERING_CONNECTIONS)
    status: Fact[str] = unread(calls.DESCRIBE_VPC_PEERING_CONNECTIONS)
    """active, pending-acceptance, provisioning, expired, rejected, failed, deleting, deleted …"""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_VPC_PEERING_CONNECTIONS)


class VpcEndpoint(_Ec2, frozen=True, kw_only=True):
    """An endpoint through which a VPC reaches a service without the internet."""

    KIND: ClassVar[str] = "ec2-vpc-endpoint"
    NOUN: ClassVar[str] = "VPC endpoint"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_VPC_ENDPOINTS

    owner: Fact[str] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    vpc: Fact[str] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    type: Fact[str] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """Gateway, Interface, GatewayLoadBalancer, Resource, ServiceNetwork …"""
    service_name: Fact[str | None] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """``com.amazonaws.us-east-1.s3``; endpoints to resources and service networks have none."""
    state: Fact[str] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """In lower case: available, pending, pendingacceptance, rejected, failed …"""
    policy: Fact[str | None] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """The text of the endpoint's policy."""
    private_dns: Fact[bool] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """The service's ordinary name leads to the endpoint."""
    route_tables: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """Ids of the route tables that lead to a gateway endpoint."""
    subnets: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    """Ids of the subnets in which it has a network interface."""
    security_groups: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    created: Fact[datetime | None] = unread(calls.DESCRIBE_VPC_ENDPOINTS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_VPC_ENDPOINTS)


class FlowLog(_Ec2, frozen=True, kw_only=True):
    """A flow log of the account's own."""

    KIND: ClassVar[str] = "ec2-vpc-flow-log"
    NOUN: ClassVar[str] = "flow log"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_FLOW_LOGS

    source: Fact[str] = unread(calls.DESCRIBE_FLOW_LOGS)
    """Id of the VPC, subnet, network interface, transit gateway … whose traffic it records."""
    traffic: Fact[str | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    """ACCEPT, REJECT or ALL; ``None`` for logs of transit gateways, which record all."""
    status: Fact[str] = unread(calls.DESCRIBE_FLOW_LOGS)
    """ACTIVE, or what is wrong with it."""
    delivery: Fact[str | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    """SUCCESS or FAILED; ``None`` where AWS does not say (yet)."""
    delivery_error: Fact[str | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    destination_type: Fact[str | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    """cloud-watch-logs, s3 or kinesis-data-firehose."""
    destination: Fact[str | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    """The ARN of the bucket, log group or stream, or the name of the log group."""
    interval: Fact[int | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    """The longest time that a record covers, in seconds."""
    created: Fact[datetime | None] = unread(calls.DESCRIBE_FLOW_LOGS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_FLOW_LOGS)
