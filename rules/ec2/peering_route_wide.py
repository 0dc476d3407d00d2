"""Route to a peered VPC that covers all of it

## Why it matters
A peering connection joins two networks, and the routes say how far. If a whole VPC can be reached where one database was meant,
whoever gets into one side can look around in all of the other; security groups are then the only fence.

## How to fix
Route only to the subnets that are really talked to, on both sides, then remove the wide route:

    aws ec2 create-route --route-table-id TABLE --destination-cidr-block SUBNET-CIDR --vpc-peering-connection-id PEERING
    aws ec2 delete-route --route-table-id TABLE --destination-cidr-block VPC-CIDR

A route for the whole peer may also move to a route table of its own, for the few subnets that need it. Console: VPC, *Route
tables*, *Routes*, *Edit routes*. Terraform: `aws_route` with `vpc_peering_connection_id`. For a single service AWS PrivateLink
needs no peering at all.

## When it is fine
The peer exists to be reached as a whole, such as a VPC of shared services, and its security groups are looked after. Whether a
narrower route is narrow enough for its purpose only a person can say. A peer's block counts as covered when all routes of the
table to that peer take in the share of it that the limit says. What is in a prefix list is not read: a route to one leaves the
verdict unknown.
"""

from collections.abc import Iterable, Iterator, Mapping

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Missing,
    PeeredVpc,
    Pillar,
    Reason,
    Route,
    RouteTable,
    Severity,
    Unknown,
    Verdict,
    VpcPeeringConnection,
    block_of,
    blocks_of,
    denied,
    fails,
    family,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


class Thresholds(Limits, frozen=True):
    share: float = 1.0
    """The share (0 to 1) of one of the peer's address blocks from which routes are wide. Default: the whole block, our choice."""


PREFIX_LIST = Unknown(Reason.NOT_COLLECTED, "ec2.GetManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries")
SILENT = Unknown(Reason.NO_DATA, VpcPeeringConnection.LISTED_BY.name, VpcPeeringConnection.LISTED_BY.action)


def _covered(routes: Iterable[Route], blocks: Iterable[str], share: float) -> list[str]:
    """The peer's blocks of which the routes take in that share."""
    destinations = [route.destination for route in routes if not route.to_prefix_list]
    found: list[str] = []
    for block in blocks:
        peer = block_of(block)
        taken = blocks_of(family(block), destinations) & peer
        if taken.count and taken.count >= share * peer.count:
            found.append(block)
    return found


def _connection(about: Context[Thresholds], region: str, id: str) -> Fact[VpcPeeringConnection]:
    found = about.get(VpcPeeringConnection, region, id)
    if isinstance(found, Unknown):
        return found
    return SILENT if found.value is None else Known(found.value)


def _wide(
    connection: VpcPeeringConnection, vpc: Fact[str], routes: Iterable[Route], share: float
) -> Fact[Mapping[str, list[str]]]:
    """The blocks of the peer that the routes take in, by its id: of that side which is not the table's own VPC."""
    sides = [side.value for side in (connection.requester, connection.accepter) if isinstance(side, Known)]
    covered = {side.vpc: blocks for side in sides if (blocks := _covered(routes, side.cidrs, share))}
    if isinstance(vpc, Known):
        if peers := {id: blocks for id, blocks in covered.items() if id != vpc.value}:
            return Known(peers)
        # Of a peer whose connection is not active AWS tells no blocks.
        silent = any(side.vpc != vpc.value and not side.cidrs for side in sides)
    else:
        if len(covered) == 2:
            return Known(covered)
        if covered:
            return vpc
        silent = not all(side.cidrs for side in sides)
    hidden = [side for side in (connection.requester, connection.accepter) if isinstance(side, Unknown)]
    return hidden[0] if hidden else SILENT if silent else Known({})


@rule(
    over=RouteTable,
    reads=(RouteTable.vpc, RouteTable.routes, VpcPeeringConnection.requester, VpcPeeringConnection.accepter),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:6.6",),
    limits=Thresholds,
)
def check(table: RouteTable, about: Context[Thresholds]) -> Iterator[Verdict]:
    by_connection: dict[str, list[Route]] = {}
    for route in need(table.routes):
        if route.kind == "peering" and route.state == "active":
            by_connection.setdefault(route.target, []).append(route)
    if not by_connection:
        yield ok("no active route leads to a peering connection", peering_routes=0)
        return
    undecided: list[Unknown] = []
    narrow: dict[str, str] = {}
    for id, routes in sorted(by_connection.items()):
        destinations = ", ".join(route.destination for route in routes)
        connection = _connection(about, table.region, id)
        wide = connection if isinstance(connection, Unknown) else _wide(connection.value, table.vpc, routes, about.limits.share)
        if isinstance(wide, Unknown):
            undecided.append(wide)
        elif wide.value:
            yield flag(
                "routes to {destinations} through {connection} take in {blocks} of {peer}",
                key=id,
                destinations=destinations,
                connection=id,
                blocks=", ".join(block for blocks in wide.value.values() for block in blocks),
                peer=", ".join(wide.value),
            )
        elif any(route.to_prefix_list for route in routes):
            undecided.append(PREFIX_LIST)
        else:
            narrow[id] = destinations
    if undecided:
        raise Missing(undecided)
    if len(narrow) == len(by_connection):
        text = "; ".join(f"{destinations} through {id}" for id, destinations in narrow.items())
        yield ok("routes to peers take in a part of them only: {routes}", routes=text)


def cases() -> Iterator[Case[RouteTable]]:
    def table(id: str, *routes: Route, vpc: str = "vpc-0own") -> RouteTable:
        local = Route("10.1.0.0/16" if vpc == "vpc-0own" else "10.2.0.0/16", "local", "local", "active")
        return sample(RouteTable, f"rtb-{id}", vpc=Known(vpc), routes=Known((local, *routes)))

    def to(destination: str, connection: str = "pcx-0a1b", state: str = "active") -> Route:
        return Route(destination, "peering", connection, state)

    def peering(*cidrs: str, id: str = "pcx-0a1b", asked_by_peer: bool = False) -> VpcPeeringConnection:
        own = PeeredVpc("vpc-0own", "123456789012", "ap-northeast-2", ("10.1.0.0/16",))
        peer = PeeredVpc("vpc-0peer", "210987654321", "ap-northeast-2", cidrs)
        first, second = (peer, own) if asked_by_peer else (own, peer)
        return sample(VpcPeeringConnection, id, requester=Known(first), accepter=Known(second))

    yield passes("one subnet of the peer", table("01", to("10.2.3.0/24")), peering("10.2.0.0/16"))
    yield passes("a part of a peer that asked", table("02", to("10.2.3.0/28")), peering("10.2.3.0/24", asked_by_peer=True))
    yield passes("no peering", table("03", Route("0.0.0.0/0", "gateway", "igw-0a1b", "active")))
    yield passes("the peering is gone", table("04", to("10.2.0.0/16", state="blackhole")))
    yield fails("the whole peer", table("05", to("10.2.0.0/16")), peering("10.2.0.0/16"))
    yield fails("the whole small peer that asked", table("06", to("10.2.3.0/28")), peering("10.2.3.0/28", asked_by_peer=True))
    yield fails("all of it, from the other side", table("18", to("10.1.0.0/16"), vpc="vpc-0peer"), peering("10.2.0.0/16"))
    yield fails("the whole of the smallest peer", table("19", to("10.2.3.0/28")), peering("10.2.3.0/28"))
    yield fails("more than the peer", table("07", to("10.0.0.0/8")), peering("10.2.0.0/16"))
    yield fails("the peer in two halves", table("08", to("10.2.0.0/17"), to("10.2.128.0/17")), peering("10.2.0.0/16"))
    yield fails("one of the peer's blocks", table("09", to("10.9.0.0/24")), peering("10.2.0.0/16", "10.9.0.0/24"))
    yield fails("the peer's IPv6 block", table("10", to("2001:db8:2::/56")), peering("10.2.0.0/16", "2001:db8:2::/56"))
    yield fails(
        "half of the peer, by a limit", table("11", to("10.2.0.0/17")), peering("10.2.0.0/16"), limits=Thresholds(share=0.5)
    )
    yield fails(
        "one peer of two",
        table("12", to("10.2.3.0/24"), to("10.3.0.0/16", "pcx-0b2c")),
        peering("10.2.0.0/16"),
        peering("10.3.0.0/16", id="pcx-0b2c"),
    )
    yield unknown("a prefix list", table("13", to("pl-0a1b2c3d")), peering("10.2.0.0/16"))
    yield unknown("AWS does not tell the peer's blocks", table("14", to("10.2.0.0/16")), peering())
    yield unknown("peering connections may not be described", table("15", to("10.2.3.0/24")), unlisted=(VpcPeeringConnection,))
    yield unknown("the peering connection is not listed", table("16", to("10.2.3.0/24")))
    yield unknown(
        "route tables may not be described",
        sample(RouteTable, "rtb-17", vpc=denied(RouteTable.vpc), routes=denied(RouteTable.routes)),
    )
