"""VPC without endpoints for the AWS services it uses

## Why it matters
Without an endpoint, calls to AWS leave the VPC through a NAT or internet gateway. Then something must be open to the internet,
and no endpoint policy can say which buckets may be reached. It costs money too: a NAT gateway charges for every gigabyte that
goes through it, so a training job that reads its data from S3 that way pays for each terabyte what a gateway endpoint would do
for nothing.

## How to fix
Gateway endpoints for S3 and DynamoDB are free, and programs need no change. Begin with S3:

    aws ec2 create-vpc-endpoint --vpc-id VPC --service-name com.amazonaws.REGION.s3 --route-table-ids TABLE
    aws ec2 create-vpc-endpoint --vpc-id VPC --service-name com.amazonaws.REGION.ec2 --vpc-endpoint-type Interface \\
      --subnet-ids SUBNET --security-group-ids GROUP --private-dns-enabled

Interface endpoints, such as that for the EC2 API, cost by the hour in each zone and by the gigabyte: weigh that against what
goes through NAT. Making a gateway endpoint cuts the connections to the service that are open. Console: VPC, *Endpoints*,
*Create endpoint*. Terraform: `aws_vpc_endpoint`.

## When it is fine
Nothing in the VPC calls the service; or calls go through a central VPC of endpoints behind a transit gateway, which is not
looked at. VPCs in which no IPv4 address is in use are left out unless the limit says otherwise (Security Hub judges every VPC),
and so are those that another account shares: their endpoints are that account's. Whether an endpoint's policy and route tables
fit, only a person can say.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    CASE_REGION,
    Audience,
    Case,
    Confidence,
    Context,
    Fact,
    Known,
    Limits,
    Missing,
    Pillar,
    Severity,
    Subnet,
    Unknown,
    Verdict,
    Vpc,
    VpcEndpoint,
    all_of,
    any_of,
    block_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    together,
    unknown,
)

CIS, FSBP = "cis-aws-7.0:6.8", "fsbp:EC2.10"
RESERVED = 5
"""IPv4 addresses of each subnet that AWS keeps for itself (Amazon VPC User Guide, *Subnet CIDR blocks*)."""


class Thresholds(Limits, frozen=True):
    services: tuple[str, ...] = ("ec2", "s3")
    """Services that should have an endpoint, as its service name ends. Default: EC2 as in AWS FSBP EC2.10; S3 is our choice."""
    unused_too: bool = False
    """Judge VPCs in which no IPv4 address is in use too. Default: no, our choice."""


def _serves(endpoint: VpcEndpoint, vpc: Vpc, service: str) -> Fact[bool]:
    """The endpoint is in the VPC, leads to the service of its own region, and works."""
    kinds = ("Interface", "Gateway") if service in ("s3", "dynamodb") else ("Interface",)
    ending = (f".{vpc.region}.{service}", f".{vpc.region}.{service}-fips")
    try:
        return Known(
            all_of(
                (
                    endpoint.vpc.map(lambda id: id == vpc.id),
                    endpoint.service_name.map(lambda name: name is not None and name.endswith(ending)),
                    endpoint.type.map(lambda kind: kind in kinds),
                    endpoint.state.map(lambda state: state == "available"),
                )
            )
        )
    except Missing as missing:
        return missing.unknowns[0]


def _idle(vpc: Vpc, about: Context[Thresholds]) -> Fact[bool]:
    """No subnet of the VPC has an IPv4 address in use, and such VPCs are not to be judged."""
    if about.limits.unused_too:
        return Known(False)
    try:
        return Known(not any_of(_used(subnet, vpc.id) for subnet in need(about.all(Subnet, vpc.region))))
    except Missing as missing:
        return missing.unknowns[0]


def _used(subnet: Subnet, vpc: str) -> Fact[bool]:
    """The subnet is of the VPC, and something has an IPv4 address in it."""
    try:
        return Known(all_of((subnet.vpc.map(lambda id: id == vpc), _busy(subnet))))
    except Missing as missing:
        return missing.unknowns[0]


def _busy(subnet: Subnet) -> Fact[bool]:
    if isinstance(subnet.cidr, Unknown):
        return subnet.cidr
    if subnet.cidr.value is None:
        return Known(False)
    most = block_of(subnet.cidr.value).count - RESERVED
    return subnet.free_addresses.map(lambda free: free < most)


@rule(
    over=Vpc,
    reads=(
        Vpc.owner,
        VpcEndpoint.vpc,
        VpcEndpoint.service_name,
        VpcEndpoint.type,
        VpcEndpoint.state,
        Subnet.vpc,
        Subnet.cidr,
        Subnet.free_addresses,
    ),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=(FSBP, CIS),
    limits=Thresholds,
)
def check(vpc: Vpc, about: Context[Thresholds]) -> Iterator[Verdict]:
    shared = vpc.owner.map(lambda owner: owner != about.account_id)
    if any_of((shared, _idle(vpc, about))):
        if isinstance(vpc.owner, Known) and vpc.owner.value != about.account_id:
            yield skip("belongs to account {owner}, which shares it", owner=vpc.owner.value)
        else:
            yield skip("no IPv4 address is in use in it", used=0)
    else:
        yield from together(*(_service(vpc, about, service) for service in about.limits.services))


def _service(vpc: Vpc, about: Context[Thresholds], service: str) -> Iterator[Verdict]:
    controls = (FSBP, CIS) if service == "ec2" else (CIS,)
    serving = {endpoint.id: _serves(endpoint, vpc, service) for endpoint in need(about.all(VpcEndpoint, vpc.region))}
    if any_of(serving.values()):
        ids = ", ".join(sorted(id for id, fact in serving.items() if isinstance(fact, Known) and fact.value))
        yield ok("reaches {service} through {endpoints}", key=service, controls=controls, service=service, endpoints=ids)
    else:
        yield flag("has no endpoint for {service}", key=service, controls=controls, service=service)


VPC = "vpc-0a1b2c3d"


def cases() -> Iterator[Case[Vpc]]:
    def vpc(owner: str = CASE_ACCOUNT) -> Vpc:
        return sample(Vpc, VPC, owner=Known(owner))

    def endpoint(
        id: str,
        service: str | None,
        type: str = "Interface",
        *,
        of: str = VPC,
        state: str = "available",
        region: str = CASE_REGION,
    ) -> VpcEndpoint:
        name = f"com.amazonaws.{region}.{service}" if service else None
        return sample(VpcEndpoint, f"vpce-{id}", vpc=Known(of), service_name=Known(name), type=Known(type), state=Known(state))

    def subnet(free: int = 4000, cidr: str | None = "10.1.0.0/20", of: str = VPC) -> Subnet:
        return sample(Subnet, f"subnet-{free}", vpc=Known(of), cidr=Known(cidr), free_addresses=Known(free))

    s3, ec2 = endpoint("0s3", "s3", "Gateway"), endpoint("0ec2", "ec2")
    yield passes("both", vpc(), s3, ec2, subnet())
    yield passes("S3 through an interface", vpc(), endpoint("1s3", "s3"), ec2, subnet())
    yield passes("S3 is all that is asked for", vpc(), s3, subnet(), limits=Thresholds(services=("s3",)))
    yield fails("none", vpc(), subnet())
    yield fails("S3 only", vpc(), s3, subnet(cidr="10.1.0.0/16"))
    yield fails("another VPC's", vpc(), s3, endpoint("1ec2", "ec2", of="vpc-0b2c3d4e"), subnet())
    yield fails("EC2's is not accepted yet", vpc(), s3, endpoint("2ec2", "ec2", state="pendingacceptance"), subnet())
    yield fails("another region's", vpc(), s3, endpoint("3ec2", "ec2", region="us-east-1"), subnet())
    yield fails("a resource endpoint is no service's", vpc(), endpoint("0r", None, "Resource"), subnet())
    yield fails("a gateway is none for EC2", vpc(), s3, endpoint("4ec2", "ec2", "GatewayLoadBalancer"), subnet())
    yield fails(
        "nothing runs in it, but all are asked for", vpc(), subnet(65531, "10.1.0.0/16"), limits=Thresholds(unused_too=True)
    )
    yield skips("nothing runs in it", vpc(), s3, subnet(4091), subnet(of="vpc-0b2c3d4e"))
    yield skips("IPv6 only, of which AWS counts nothing", vpc(), subnet(0, None))
    yield skips("another account's", vpc(owner="210987654321"), subnet())
    yield unknown("endpoints may not be described", vpc(), subnet(), unlisted=(VpcEndpoint,))
    yield unknown("whether anything runs in it is not known", vpc(), s3, ec2, unlisted=(Subnet,))
    yield unknown(
        "an endpoint is there, for what is not known",
        vpc(),
        sample(
            VpcEndpoint,
            "vpce-5x",
            vpc=Known(VPC),
            service_name=denied(VpcEndpoint.service_name),
            type=Known("Interface"),
            state=Known("available"),
        ),
        subnet(),
    )
