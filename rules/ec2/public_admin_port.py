"""Running EC2 instance with an admin port open to the internet

## Why it matters
The instance runs, has a public address, and one of its security groups lets every address in the world in on SSH or RDP. Such ports
are found and tried within minutes, all day: one weak password, leaked key or unpatched service and the instance is someone else's,
with the role it carries.

## How to fix
Revoke the rule that opens the port, and reach the instance through Session Manager instead:

    aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
    aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE
    aws ssm start-session --target INSTANCE

An EC2 Instance Connect Endpoint needs no open port either (`aws ec2-instance-connect ssh --instance-id INSTANCE --connection-type
eice`). If you need direct access, allow the addresses of your office or VPN only.

## When it is fine
A bastion host that is meant to be reached from anywhere, allows keys with a second factor only and is patched. Network ACLs,
routes and firewalls on the instance are not looked at: if one of them closes the port, nobody gets in,
but only one safeguard is left. Ranges of more than a /8 of IPv4 (`0.0.0.0/1`) or a /13 of IPv6 count as the internet. What is in a
prefix list is not read: where one is let in on such a port, the verdict is unknown.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Fact,
    Instance,
    IpRange,
    Known,
    Limits,
    Missing,
    Pillar,
    Reason,
    SecurityGroup,
    Severity,
    Unknown,
    Verdict,
    denied,
    fails,
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


PREFIX_LIST = Unknown(Reason.NOT_COLLECTED, "ec2.GetManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries")


def _family(address: str) -> str:
    """The family of an address or a network."""
    return "IPv6" if ":" in address else "IPv4"


def _families(addresses: Fact[tuple[str, ...]]) -> frozenset[str]:
    """The families of these addresses; both while the addresses are not known."""
    if isinstance(addresses, Unknown):
        return frozenset(("IPv4", "IPv6"))
    return frozenset(map(_family, addresses.value))


def _ingress(about: Context[Thresholds], region: str, group: str) -> Fact[tuple[IpRange, ...]]:
    """What the group lets in. A group that is not in the account's list belongs to another account (a shared VPC): unknown."""
    found = about.get(SecurityGroup, region, group)
    if isinstance(found, Unknown):
        return found
    if found.value is None:
        return Unknown(Reason.NO_DATA, SecurityGroup.LISTED_BY.name, SecurityGroup.LISTED_BY.action)
    return found.value.ingress


@rule(
    over=Instance,
    reads=(Instance.state, Instance.public_ips, Instance.security_groups, SecurityGroup.ingress),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.6.2", "kisa-isms-p-2023:2.6.6"),
    limits=Thresholds,
)
def check(instance: Instance, about: Context[Thresholds]) -> Iterator[Verdict]:
    if isinstance(instance.public_ips, Known) and not instance.public_ips.value:
        yield ok("has no public IP address")
        return
    if isinstance(instance.state, Known) and instance.state.value not in ("pending", "running"):
        yield ok("is {state}: nothing answers", state=instance.state.value)
        return
    reach = _families(instance.public_ips)
    groups = {group: _ingress(about, instance.region, group) for group in need(instance.security_groups)}
    hidden = [ingress for ingress in groups.values() if isinstance(ingress, Unknown)]
    undecided: list[Unknown] = []
    flagged = False
    for port in about.limits.ports:
        opening = {
            group: sorted({r.source for r in ingress.value if r.from_anywhere and _family(r.source) in reach and r.covers(port)})
            for group, ingress in groups.items()
            if isinstance(ingress, Known)
        }
        through = sorted(group for group, sources in opening.items() if sources)
        if not through:
            undecided += hidden
            known = (ingress.value for ingress in groups.values() if isinstance(ingress, Known))
            if any(r.from_prefix_list and r.covers(port) for ingress in known for r in ingress):
                undecided.append(PREFIX_LIST)
        elif isinstance(instance.public_ips, Known) and isinstance(instance.state, Known):
            flagged = True
            sources = {source for sources in opening.values() for source in sources}
            families = set(map(_family, sources))
            yield flag(
                "{service} (port {port:d}) is open to {sources} through {groups} at {addresses}",
                key=str(port),
                service=SERVICES.get(port, "TCP"),
                port=port,
                sources=", ".join(sorted(sources)),
                groups=", ".join(through),
                addresses=", ".join(sorted(ip for ip in instance.public_ips.value if _family(ip) in families)),
            )
        else:
            undecided += [fact for fact in (instance.public_ips, instance.state) if isinstance(fact, Unknown)]
    if undecided:
        raise Missing(undecided)
    if not flagged:
        ports = ", ".join(map(str, about.limits.ports))
        yield ok("none of its security groups ({count}) lets the internet in on TCP {ports}", count=len(groups), ports=ports)


def cases() -> Iterator[Case[Instance]]:
    def at(id: str, state: str, addresses: tuple[str, ...], *groups: str) -> Instance:
        return sample(
            Instance, id, state=Known(state), public_ips=Known(addresses), security_groups=Known(tuple(f"sg-{g}" for g in groups))
        )

    def group(name: str, *ingress: IpRange) -> SecurityGroup:
        return sample(SecurityGroup, f"sg-{name}", ingress=Known(ingress))

    ssh = IpRange("tcp", 22, 22, "0.0.0.0/0")
    ssh6 = IpRange("tcp", 22, 22, "::/0")
    everything = IpRange("-1", None, None, "0.0.0.0/0")
    office = IpRange("tcp", 22, 22, "203.0.113.0/24")
    https = IpRange("tcp", 443, 443, "0.0.0.0/0")
    v4, v6 = ("198.51.100.7",), ("2001:db8::7",)

    yield passes("no public address", at("i-0a1b2c3d4e5f60718", "running", (), "0ssh"), group("0ssh", ssh))
    yield passes("SSH for the office only", at("i-0b2c3d4e5f6071829", "running", v4, "0web"), group("0web", office, https))
    yield passes("IPv4 is open, but it has IPv6 only", at("i-0c3d4e5f607182930", "running", v6, "0ssh"), group("0ssh", ssh))
    yield passes("stopped", at("i-0d4e5f60718293041", "stopped", v4, "0ssh"), group("0ssh", ssh))
    yield passes(
        "another port", at("i-0e4f5061728394a5b", "running", v4, "0ssh"), group("0ssh", ssh), limits=Thresholds(ports=(5985,))
    )
    yield fails(
        "SSH for everyone", at("i-0e5f6071829304152", "running", v4, "0web", "0ssh"), group("0web", https), group("0ssh", ssh)
    )
    yield fails("everything for everyone", at("i-0f607182930415263", "running", v4, "0lab"), group("0lab", everything))
    yield fails("SSH over IPv6", at("i-00718293041526374", "pending", v4 + v6, "0six"), group("0six", office, ssh6))
    yield fails(
        "one open group decides, whatever the other is",
        at("i-01829304152637485", "running", v4, "0ssh", "0shared"),
        group("0ssh", ssh),
        unlisted=(SecurityGroup,),
    )
    halves = (IpRange("tcp", 22, 22, "0.0.0.0/1"), IpRange("tcp", 22, 22, "128.0.0.0/1"))
    yield fails("the internet in two halves", at("i-06a1b2c3d4e5f6071", "running", v4, "0half"), group("0half", *halves))
    yield unknown(
        "a prefix list",
        at("i-07b2c3d4e5f607182", "running", v4, "0list"),
        group("0list", IpRange("tcp", 22, 22, "pl-0a1b2c3d")),
    )
    yield unknown("a group of the account that shares the VPC", at("i-02930415263748596", "running", v4, "0shared"))
    yield unknown(
        "security groups may not be listed", at("i-03041526374859607", "running", v4, "0ssh"), unlisted=(SecurityGroup,)
    )
    yield unknown(
        "the group's rules may not be read",
        at("i-04152637485960718", "running", v4, "0ssh"),
        sample(SecurityGroup, "sg-0ssh", ingress=denied(SecurityGroup.ingress)),
    )
    yield unknown(
        "open, but whether it has a public address is not known",
        sample(
            Instance,
            "i-05263748596071829",
            state=Known("running"),
            public_ips=denied(Instance.public_ips),
            security_groups=Known(("sg-0ssh",)),
        ),
        group("0ssh", ssh),
    )
