"""Security group with an admin port open to the internet

## Why it matters
Whatever gets this security group and a public address can be reached on SSH or RDP by the whole internet: today's instance or the
one somebody starts next month. Both ports are tried without pause by machines that guess passwords and known bugs.

## How to fix
Revoke the rule that lets `0.0.0.0/0` or `::/0` in, or narrow it to your own addresses:

    aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
    aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE

Console: EC2, *Security Groups*, *Inbound rules*, *Edit inbound rules*. Then reach the instances through Session Manager, an EC2
Instance Connect Endpoint or a VPN. Terraform: narrow `cidr_ipv4` and `cidr_ipv6` in `aws_vpc_security_group_ingress_rule`.

## When it is fine
The group is only used where no public address can be (then narrow it all the same, it costs nothing), or guards a bastion host that
is meant to be reached from anywhere. Ranges of more than a /8 of IPv4 (`0.0.0.0/1`) or a /13 of IPv6 count as the internet. What is
in a prefix list is not read: where one is let in on such a port, the verdict is unknown.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    IpRange,
    Known,
    Limits,
    Outcome,
    Pillar,
    Reason,
    SecurityGroup,
    Severity,
    Unknown,
    Verdict,
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
    ports: tuple[int, ...] = (22, 3389)
    """TCP ports that nobody but administrators needs: SSH and RDP, as in the CIS AWS Foundations Benchmark (7.0: 6.3 and 6.4)."""


SERVICES = {22: "SSH", 3389: "RDP"}
BY_FAMILY = {4: "cis-aws-7.0:6.3", 6: "cis-aws-7.0:6.4"}
BY_PORT = {22: "securityhub:EC2.13", 3389: "securityhub:EC2.14"}
OF_ALL = "kisa-isms-p-2023:2.6.1"
CONTROLS = (*BY_FAMILY.values(), *BY_PORT.values(), OF_ALL)


def _controls(port: int, version: int) -> tuple[str, ...]:
    """What an opening of the port to addresses of the family is about."""
    return (BY_FAMILY[version], *((BY_PORT[port],) if port in BY_PORT else ()), OF_ALL)


@rule(
    over=SecurityGroup,
    reads=(SecurityGroup.ingress,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=CONTROLS,
    limits=Thresholds,
)
def check(group: SecurityGroup, about: Context[Thresholds]) -> Iterator[Verdict]:
    ingress = need(group.ingress)
    failed: set[str] = set()
    hidden: dict[int, set[str]] = {}
    for port in about.limits.ports:
        covering = [permission for permission in ingress if permission.covers(port)]
        sources = {permission.source for permission in covering if permission.from_anywhere}
        for version in (4, 6):
            opening = sorted(source for source in sources if family(source) == version)
            if opening:
                failed.update(_controls(port, version))
                yield flag(
                    "lets {sources} in on {service} (port {port:d})",
                    key=str(port) if version == 4 else f"{port}-ipv6",
                    controls=_controls(port, version),
                    sources=", ".join(opening),
                    service=SERVICES.get(port, "TCP"),
                    port=port,
                )
            elif any(permission.from_prefix_list for permission in covering):
                # Of which family a prefix list is, is not read: it may open the port to either.
                hidden.setdefault(port, set()).update(_controls(port, version))
    undecided = set[str]().union(*hidden.values()) - failed
    if undecided:
        yield Verdict(
            outcome=Outcome.UNKNOWN,
            because=f"lets a prefix list in on TCP {', '.join(map(str, hidden))}: which addresses are on it is not read",
            missing=(Unknown(Reason.NOT_COLLECTED, "ec2.GetManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries"),),
            key="undecided" if failed else "",
            controls=tuple(control for control in CONTROLS if control in undecided),
        )
    ports = ", ".join(map(str, about.limits.ports))
    judged = {control for port in about.limits.ports for version in (4, 6) for control in _controls(port, version)}
    sound = tuple(control for control in CONTROLS if control in judged - failed - undecided)
    if not failed and not undecided:
        yield ok(
            "none of its inbound rules ({count}) lets the internet in on TCP {ports}",
            controls=sound,
            count=len(ingress),
            ports=ports,
        )
    elif sound:
        yield ok(
            "of TCP {ports} it opens nothing else to the internet", key="else", controls=sound, count=len(ingress), ports=ports
        )


def cases() -> Iterator[Case[SecurityGroup]]:
    def group(id: str, *ingress: IpRange) -> SecurityGroup:
        return sample(SecurityGroup, id, ingress=Known(ingress))

    web = IpRange("tcp", 443, 443, "0.0.0.0/0")
    yield passes("the web for everyone, SSH for the office", group("sg-0a1b", web, IpRange("tcp", 22, 22, "203.0.113.0/24")))
    yield passes("no inbound permissions", group("sg-0b2c"))
    yield passes("SSH from another group", group("sg-0c3d", IpRange("tcp", 22, 22, "sg-0bastion")))
    yield passes("ping for everyone", group("sg-0d4e", IpRange("icmp", -1, -1, "0.0.0.0/0")))
    yield passes("only UDP on the port", group("sg-0e5f", IpRange("udp", 22, 22, "0.0.0.0/0")))
    yield fails("SSH for everyone", group("sg-0f60", web, IpRange("tcp", 22, 22, "0.0.0.0/0")))
    yield fails("RDP for everyone over IPv6", group("sg-0071", IpRange("tcp", 3389, 3389, "::/0")))
    yield fails("a range of ports that covers both", group("sg-0182", IpRange("tcp", 0, 65535, "0.0.0.0/0")))
    halves = (IpRange("tcp", 22, 22, "0.0.0.0/1"), IpRange("tcp", 22, 22, "128.0.0.0/1"))
    listed = IpRange("tcp", 22, 22, "pl-0a1b2c3d")
    yield fails("the internet in two halves", group("sg-05c6", *halves))
    yield fails("all IPv6 addresses in use", group("sg-06d7", IpRange("tcp", 22, 22, "2000::/3")))
    yield passes("one organisation's whole network", group("sg-07e8", IpRange("tcp", 22, 22, "10.0.0.0/8")))
    yield passes("a prefix list, for the web", group("sg-08f9", IpRange("tcp", 443, 443, "pl-0a1b2c3d")))
    yield unknown("a prefix list", group("sg-090a", listed))
    yield fails("a prefix list, and everyone", group("sg-0a1c", listed, IpRange("tcp", 3389, 3389, "::/0")))
    yield fails(
        "SSH for everyone over both", group("sg-0b2d", IpRange("tcp", 22, 22, "0.0.0.0/0"), IpRange("tcp", 22, 22, "::/0"))
    )
    yield fails("a prefix list, and everyone on the same port", group("sg-0c3e", listed, IpRange("tcp", 22, 22, "0.0.0.0/0")))
    yield fails("all traffic", group("sg-0293", IpRange("-1", None, None, "::/0")))
    yield fails(
        "another port of the list", group("sg-03a4", IpRange("tcp", 5985, 5986, "0.0.0.0/0")), limits=Thresholds(ports=(5985,))
    )
    yield unknown("security groups may not be described", sample(SecurityGroup, "sg-04b5", ingress=denied(SecurityGroup.ingress)))
