"""VPC collectors over real HTTP, and AWS's documented shapes where the emulator cannot show them."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.collect.ec2_vpc import entries, routes
from auditor.collect.wanted import Wanted
from auditor.model.fact import Reason, Unknown, need
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
from auditor.model.resource import Resource
from tests.collect.ec2_stubs import answer, answer_pages
from tests.collect.helpers import scan
from tests.emulator import Emulator

REGION = "us-east-1"
ACCOUNT = "123456789012"
OTHER = "999999999999"
KINDS: tuple[tuple[type[Resource], str], ...] = (
    (Vpc, "DescribeVpcs"),
    (Subnet, "DescribeSubnets"),
    (NetworkAcl, "DescribeNetworkAcls"),
    (RouteTable, "DescribeRouteTables"),
    (VpcPeeringConnection, "DescribeVpcPeeringConnections"),
    (VpcEndpoint, "DescribeVpcEndpoints"),
    (FlowLog, "DescribeFlowLogs"),
)


def a_vpc(emulator: Emulator, cidr: str = "10.2.0.0/16", **more: Any) -> str:
    return str(emulator.client("ec2").create_vpc(CidrBlock=cidr, **more)["Vpc"]["VpcId"])


def found(emulator: Emulator, kind: type[Resource]) -> dict[str, Any]:
    return {item.id: item for item in scan(emulator, kind).section(kind, REGION).items}


def the_stubbed(emulator: Emulator, kind: type[Resource], operation: str, key: str, body: dict[str, Any]) -> Any:
    answer(emulator, operation, {key: [body]})
    (item,) = scan(emulator, kind).section(kind, REGION).items
    return item


# --- VPCs and subnets


def test_a_vpc_comes_through(emulator: Emulator) -> None:
    number = a_vpc(
        emulator,
        AmazonProvidedIpv6CidrBlock=True,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "머신러닝 <b>"}]}],
    )
    emulator.client("ec2").associate_vpc_cidr_block(VpcId=number, CidrBlock="10.9.0.0/24")
    vpcs = found(emulator, Vpc)
    vpc = vpcs.pop(number)
    assert vpc.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{number}"
    assert vpc.name == "머신러닝 <b>"
    assert need(vpc.owner, vpc.state, vpc.is_default, vpc.tenancy) == (ACCOUNT, "available", False, "default")
    first, second, six = need(vpc.cidrs)
    assert (first, second) == ("10.2.0.0/16", "10.9.0.0/24")
    assert six.endswith("::/56")
    assert need(vpc.internet_block) is None
    (default,) = vpcs.values()
    assert need(default.is_default)


def test_a_block_that_is_taken_off_is_not_the_vpcs_and_a_shared_vpc_names_its_owner(emulator: Emulator) -> None:
    blocks = [("10.2.0.0/16", "associated"), ("10.9.0.0/24", "disassociating"), ("10.8.0.0/24", "failed")]
    vpc = the_stubbed(
        emulator,
        Vpc,
        "DescribeVpcs",
        "Vpcs",
        {
            "VpcId": "vpc-1",
            "OwnerId": OTHER,
            "State": "available",
            "CidrBlock": "10.2.0.0/16",
            "IsDefault": False,
            "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": {"State": state}} for block, state in blocks],
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-ingress"},
        },
    )
    assert vpc.arn == f"arn:aws:ec2:{REGION}:{OTHER}:vpc/vpc-1"
    assert need(vpc.owner, vpc.cidrs, vpc.internet_block) == (OTHER, ("10.2.0.0/16",), "block-ingress")
    assert need(vpc.tenancy) is None


def test_what_is_no_block_is_not_known(emulator: Emulator) -> None:
    """Rules reckon with blocks."""
    vpc = the_stubbed(emulator, Vpc, "DescribeVpcs", "Vpcs", {"VpcId": "vpc-1", "CidrBlock": "ten"})
    assert vpc.cidrs == Unknown(Reason.ERROR, "ec2.DescribeVpcs", "ec2:DescribeVpcs")
    assert vpc.owner == Unknown(Reason.NO_DATA, "ec2.DescribeVpcs", "ec2:DescribeVpcs")


def test_a_subnet_tells_how_many_addresses_are_free(emulator: Emulator) -> None:
    ec2, vpc = emulator.client("ec2"), a_vpc(emulator)
    number = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=number)
    subnet = found(emulator, Subnet)[number]
    assert subnet.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{number}"
    assert need(subnet.owner, subnet.state, subnet.vpc, subnet.zone) == (ACCOUNT, "available", vpc, "us-east-1b")
    assert need(subnet.cidr, subnet.cidrs_v6, subnet.free_addresses) == ("10.2.1.0/24", (), 256 - 5 - 1)
    assert need(subnet.public_ip_on_launch, subnet.is_default) == (False, False)


def test_a_subnet_of_ipv6_only_has_no_ipv4_block(emulator: Emulator) -> None:
    block = {"Ipv6CidrBlock": "2001:db8:2:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}
    body = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailableIpAddressCount": 0, "Ipv6CidrBlockAssociationSet": [block]}
    subnet = the_stubbed(emulator, Subnet, "DescribeSubnets", "Subnets", body)
    assert need(subnet.cidr, subnet.cidrs_v6, subnet.free_addresses) == (None, ("2001:db8:2:1::/64",), 0)


# --- network ACLs


def test_a_network_acl_comes_through(emulator: Emulator) -> None:
    ec2, vpc = emulator.client("ec2"), a_vpc(emulator)
    number = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    more = ({"CidrBlock": "0.0.0.0/0"}, {"Ipv6CidrBlock": "::/0"})
    for place, block in enumerate(more):
        ec2.create_network_acl_entry(
            NetworkAclId=number,
            Egress=False,
            RuleNumber=100 + place,
            Protocol="6",
            RuleAction="allow",
            PortRange={"From": 443, "To": 444},
            **block,
        )
    acls = found(emulator, NetworkAcl)
    acl = acls.pop(number)
    assert acl.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-acl/{number}"
    assert need(acl.owner, acl.vpc, acl.is_default, acl.subnets) == (ACCOUNT, vpc, False, ())
    assert need(acl.entries) == (
        NetworkAclEntry(100, False, True, "6", 443, 444, "0.0.0.0/0"),
        NetworkAclEntry(101, False, True, "6", 443, 444, "::/0"),
    )
    in_use = next(acl for acl in acls.values() if need(acl.vpc) != vpc)
    assert need(in_use.is_default)
    assert need(in_use.entries)[1] == NetworkAclEntry(32767, False, False, "-1", None, None, "0.0.0.0/0")
    assert len(need(in_use.subnets)) == len(emulator.client("ec2").describe_subnets()["Subnets"])


def test_entries_that_cannot_be_read_leave_all_of_them_unknown() -> None:
    """An entry decides for those after it: without one of them nothing can be said."""
    entry = {"RuleNumber": 1, "Egress": False, "RuleAction": "allow", "Protocol": "tcp", "CidrBlock": "0.0.0.0/0"}
    assert entries([entry]) == (NetworkAclEntry(1, False, True, "6", None, None, "0.0.0.0/0"),)
    with pytest.raises(ValueError, match="neither allow nor deny"):
        entries([{**entry, "RuleAction": "log"}])
    with pytest.raises(TypeError):
        entries([{name: value for name, value in entry.items() if name != "CidrBlock"}])
    with pytest.raises(KeyError):
        entries([{name: value for name, value in entry.items() if name != "Protocol"}])


# --- route tables and peering


def test_route_tables_and_peering_connections_come_through(emulator: Emulator) -> None:
    ec2, own, peer = emulator.client("ec2"), a_vpc(emulator), a_vpc(emulator, "10.3.0.0/16")
    connection = ec2.create_vpc_peering_connection(VpcId=own, PeerVpcId=peer)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=connection)
    asked = [{"Name": "vpc-id", "Values": [own]}]
    main = ec2.describe_route_tables(Filters=asked)["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="10.3.4.0/24", VpcPeeringConnectionId=connection)
    subnet = ec2.create_subnet(VpcId=own, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    named = ec2.create_route_table(VpcId=own)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=named, SubnetId=subnet)

    tables = found(emulator, RouteTable)
    assert tables[main].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:route-table/{main}"
    assert need(tables[main].owner, tables[main].vpc, tables[main].main, tables[main].subnets) == (ACCOUNT, own, True, ())
    assert need(tables[main].routes) == (
        Route("10.2.0.0/16", "local", "local", "active", "CreateRouteTable"),
        Route("10.3.4.0/24", "peering", connection, "active", "CreateRoute"),
    )
    assert need(tables[named].main, tables[named].subnets) == (False, (subnet,))

    (peering,) = found(emulator, VpcPeeringConnection).values()
    assert peering.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-peering-connection/{connection}"
    assert need(peering.requester) == PeeredVpc(own, ACCOUNT, REGION, ("10.2.0.0/16",))
    assert need(peering.accepter) == PeeredVpc(peer, ACCOUNT, REGION, ("10.3.0.0/16",))
    assert need(peering.status) == "active"


def test_every_kind_of_route() -> None:
    targets = (
        ({"GatewayId": "local"}, "local", "local"),
        ({"GatewayId": "igw-1"}, "gateway", "igw-1"),
        ({"NatGatewayId": "nat-1"}, "nat", "nat-1"),
        ({"InstanceId": "i-1", "InstanceOwnerId": ACCOUNT, "NetworkInterfaceId": "eni-1"}, "instance", "i-1"),
        ({"NetworkInterfaceId": "eni-2"}, "interface", "eni-2"),
        ({"TransitGatewayId": "tgw-1"}, "transit", "tgw-1"),
        ({"VpcPeeringConnectionId": "pcx-1"}, "peering", "pcx-1"),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, "egress-only", "eigw-1"),
        (
            {"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"},
            "core-network",
            "arn:aws:networkmanager::1:core-network/c",
        ),
        ({"WormholeId": "wh-1"}, "", ""),
    )
    raw = [{"DestinationCidrBlock": f"10.0.{place}.0/24", "State": "active", **one} for place, (one, *_) in enumerate(targets)]
    assert [(route.kind, route.target) for route in routes(raw)] == [(kind, target) for _, kind, target in targets]
    six, listed = routes(
        [
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"},
            {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "blackhole"},
        ]
    )
    assert six == Route("::/0", "gateway", "igw-1", "blackhole")
    assert listed == Route("pl-1", "gateway", "vpce-1", "active")
    assert listed.to_prefix_list
    with pytest.raises(TypeError):
        routes([{"GatewayId": "igw-1", "State": "active"}])


def test_a_peering_connection_tells_all_blocks_and_a_pending_one_none_of_the_peer(emulator: Emulator) -> None:
    accepter = {
        "VpcId": "vpc-2",
        "OwnerId": OTHER,
        "Region": "eu-west-1",
        "CidrBlock": "10.3.0.0/16",
        "CidrBlockSet": [{"CidrBlock": "10.3.0.0/16"}, {"CidrBlock": "10.9.0.0/24"}],
        "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": "2001:db8:2::/56"}],
    }
    body = {
        "VpcPeeringConnectionId": "pcx-1",
        "RequesterVpcInfo": {"VpcId": "vpc-1"},
        "AccepterVpcInfo": accepter,
        "Status": {"Code": "pending-acceptance", "Message": "<b>Pending</b>"},
    }
    peering = the_stubbed(emulator, VpcPeeringConnection, "DescribeVpcPeeringConnections", "VpcPeeringConnections", body)
    assert need(peering.accepter) == PeeredVpc("vpc-2", OTHER, "eu-west-1", ("10.3.0.0/16", "10.9.0.0/24", "2001:db8:2::/56"))
    assert need(peering.requester) == PeeredVpc("vpc-1", None, None, ())
    assert need(peering.status) == "pending-acceptance"


# --- endpoints and flow logs


def test_endpoints_come_through(emulator: Emulator) -> None:
    ec2, vpc = emulator.client("ec2"), a_vpc(emulator)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    s3 = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table],
        PolicyDocument='{"Statement": []}',
    )["VpcEndpoint"]["VpcEndpointId"]
    api = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.ec2", VpcEndpointType="Interface", SubnetIds=[subnet]
    )["VpcEndpoint"]["VpcEndpointId"]
    endpoints = found(emulator, VpcEndpoint)
    assert endpoints[s3].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/{s3}"
    assert need(endpoints[s3].owner, endpoints[s3].vpc, endpoints[s3].type) == (ACCOUNT, vpc, "Gateway")
    assert need(endpoints[s3].service_name, endpoints[s3].state) == ("com.amazonaws.us-east-1.s3", "available")
    assert need(endpoints[s3].policy, endpoints[s3].route_tables) == ('{"Statement": []}', (table,))
    assert need(endpoints[api].type, endpoints[api].subnets, endpoints[api].route_tables) == ("Interface", (subnet,), ())
    assert need(endpoints[api].private_dns) is True


def test_endpoints_in_aws_shape(emulator: Emulator) -> None:
    body = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Resource",
        "VpcId": "vpc-1",
        "State": "PendingAcceptance",
        "Groups": [{"GroupId": "sg-2", "GroupName": "b"}, {"GroupId": "sg-1", "GroupName": "a"}],
        "OwnerId": OTHER,
    }
    endpoint = the_stubbed(emulator, VpcEndpoint, "DescribeVpcEndpoints", "VpcEndpoints", body)
    assert endpoint.arn == f"arn:aws:ec2:{REGION}:{OTHER}:vpc-endpoint/vpce-1"
    assert need(endpoint.service_name, endpoint.policy, endpoint.state) == (None, None, "pendingacceptance")
    assert need(endpoint.security_groups, endpoint.private_dns, endpoint.created) == (("sg-1", "sg-2"), False, None)


def test_flow_logs_come_through(emulator: Emulator) -> None:
    ec2, vpc = emulator.client("ec2"), a_vpc(emulator)
    emulator.client("s3").create_bucket(Bucket="network-logs")
    asked = {"ResourceIds": [vpc], "ResourceType": "VPC"}
    (good,) = ec2.create_flow_logs(
        **asked, TrafficType="REJECT", LogDestinationType="s3", LogDestination="arn:aws:s3:::network-logs"
    )["FlowLogIds"]
    role = f"arn:aws:iam::{ACCOUNT}:role/flow-logs"
    (bad,) = ec2.create_flow_logs(**asked, TrafficType="ALL", LogGroupName="gone", DeliverLogsPermissionArn=role)["FlowLogIds"]
    logs = found(emulator, FlowLog)
    assert logs[good].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/{good}"
    assert need(logs[good].source, logs[good].traffic, logs[good].status) == (vpc, "REJECT", "ACTIVE")
    assert need(logs[good].delivery, logs[good].delivery_error) == ("SUCCESS", None)
    assert need(logs[good].destination_type, logs[good].destination) == ("s3", "arn:aws:s3:::network-logs")
    assert need(logs[good].interval) == 600
    assert need(logs[bad].delivery, logs[bad].delivery_error) == ("FAILED", "Access error")
    assert need(logs[bad].destination_type, logs[bad].destination) == ("cloud-watch-logs", "gone")


def test_a_flow_log_of_a_transit_gateway_has_no_traffic_type(emulator: Emulator) -> None:
    body = {"FlowLogId": "fl-1", "ResourceId": "tgw-1", "FlowLogStatus": "ACTIVE"}
    log = the_stubbed(emulator, FlowLog, "DescribeFlowLogs", "FlowLogs", body)
    assert need(log.source, log.traffic, log.delivery, log.interval) == ("tgw-1", None, None, None)


# --- all kinds together


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_denied_list_is_unknown(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    emulator.doorman.deny.add(f"ec2.{operation}")
    section = scan(emulator, kind).section(kind, REGION)
    assert section.items == ()
    assert section.missing == (Unknown(Reason.DENIED, f"ec2.{operation}", f"ec2:{operation}"),)


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_each_kind_is_one_list_and_only_what_is_wanted_is_listed(
    emulator: Emulator, kind: type[Resource], operation: str
) -> None:
    scan(emulator, kind)
    asked = {
        name: count
        for name, count in emulator.doorman.calls.items()
        if name not in ("sts.GetCallerIdentity", "ec2.DescribeRegions")
    }
    assert asked == {f"ec2.{operation}": 1}


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_an_entry_without_an_id_makes_the_list_incomplete(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    key = operation.removeprefix("Describe")
    answer(emulator, operation, {key: [{"Tags": [{"Key": "Name", "Value": "nobody"}]}]})
    section = scan(emulator, kind).section(kind, REGION)
    assert (section.items, section.complete) == ((), False)


def test_pages_are_followed(emulator: Emulator) -> None:
    def page(number: str, **more: str) -> dict[str, Any]:
        return {"FlowLogs": [{"FlowLogId": number, "ResourceId": "vpc-1"}], **more}

    answer_pages(emulator, "DescribeFlowLogs", page("fl-1", NextToken="more"), page("fl-2"))
    assert list(found(emulator, FlowLog)) == ["fl-1", "fl-2"]


def test_nothing_is_asked_that_no_rule_wants(emulator: Emulator) -> None:
    scan(emulator, wanted=Wanted(frozenset(), frozenset()))
    assert not [name for name in emulator.doorman.calls if name.removeprefix("ec2.") in {operation for _, operation in KINDS}]
