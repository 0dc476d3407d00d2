"""Network ACL that lets the internet in on an admin port

## Why it matters
A network ACL is the fence around a subnet, whatever security groups its instances have. This one lets the internet through to
SSH or RDP, so one careless security group is all it takes to be found by the machines that guess passwords on these ports day
and night.

## How to fix
Put an entry that denies the port before the one that lets everyone in, for both families of addresses, and one that allows your
own addresses before that:

    aws ec2 describe-network-acls --network-acl-ids ACL --query 'NetworkAcls[].Entries'
    aws ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number 50 --protocol 6 --port-range From=22,To=22 \\
      --cidr-block 0.0.0.0/0 --rule-action deny
    aws ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number 51 --protocol 6 --port-range From=22,To=22 \\
      --ipv6-cidr-block ::/0 --rule-action deny

Network ACLs keep no state: answers to connections that go out come back to ports 1024 to 65535, which take in 3389. Denying
3389 can thus break a connection that happens to use it, now and then. Console: VPC, *Network ACLs*, *Inbound rules*. Terraform:
`aws_network_acl_rule`, `aws_default_network_acl`.

## When it is fine
Security groups do the work, and are checked: AWS makes every VPC with a default network ACL that lets everything in, and most
accounts leave it so. CIS asks for it of every network ACL; Security Hub leaves default ones out, so they count for CIS only.
Entries are tried in their order, exactly: what an earlier entry denies is not open. Private addresses are not the internet, and
what is left open counts from as many public addresses as a /7 of IPv4 or a /12 of IPv6 has.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Addresses,
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    NetworkAcl,
    NetworkAclEntry,
    Pillar,
    Severity,
    Unknown,
    Verdict,
    cannot_tell,
    denied,
    fails,
    flag,
    is_the_internet,
    let_in,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


class Thresholds(Limits, frozen=True):
    ports: tuple[int, ...] = (22, 3389)
    """TCP ports that nobody but administrators needs: SSH and RDP, as in the CIS AWS Foundations Benchmark 7.0, 6.2."""


SERVICES = {22: "SSH", 3389: "RDP"}
CIS, FSBP = "cis-aws-7.0:6.2", "fsbp:EC2.21"


def _opening(entries: tuple[NetworkAclEntry, ...], port: int) -> list[NetworkAclEntry]:
    """The entries that let the internet in on the port: those that do so alone, or where none does, all that do so together."""
    found: list[NetworkAclEntry] = []
    for version in (4, 6):
        through = let_in(entries, port, version)
        every = Addresses(version)
        for _, addresses in through:
            every |= addresses
        if is_the_internet(every):
            found += [entry for entry, addresses in through if is_the_internet(addresses)] or [entry for entry, _ in through]
    return found


@rule(
    over=NetworkAcl,
    reads=(NetworkAcl.entries, NetworkAcl.is_default),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=(CIS, FSBP),
    limits=Thresholds,
)
def check(acl: NetworkAcl, about: Context[Thresholds]) -> Iterator[Verdict]:
    entries = need(acl.entries)
    opened = {port: opening for port in about.limits.ports if (opening := _opening(entries, port))}
    if not opened:
        ports = ", ".join(map(str, about.limits.ports))
        yield ok("none of its entries ({count}) lets the internet in on TCP {ports}", count=len(entries), ports=ports)
        return
    through = {entry.number: entry.cidr for opening in opened.values() for entry in opening}
    yield flag(
        "lets {sources} in on {ports}, by entry {entries}",
        controls=(CIS, FSBP) if isinstance(acl.is_default, Known) and not acl.is_default.value else (CIS,),
        sources=", ".join(sorted(set(through.values()))),
        ports=", ".join(f"{SERVICES.get(port, 'TCP')} (port {port})" for port in opened),
        entries=", ".join(map(str, sorted(through))),
        is_default=acl.is_default.value if isinstance(acl.is_default, Known) else None,
    )
    if isinstance(acl.is_default, Unknown):
        yield cannot_tell(
            NetworkAcl.is_default,
            "open, but whether it is a default network ACL is not known",
            reason=acl.is_default.reason,
            key="default",
            controls=(FSBP,),
        )


def cases() -> Iterator[Case[NetworkAcl]]:
    def acl(id: str, *entries: NetworkAclEntry, is_default: bool = False) -> NetworkAcl:
        last = (deny(32767, "0.0.0.0/0"), deny(32768, "::/0"))
        return sample(NetworkAcl, f"acl-{id}", entries=Known((*entries, *last)), is_default=Known(is_default))

    def allow(number: int, cidr: str, ports: tuple[int, int] | None = None, protocol: str = "6") -> NetworkAclEntry:
        return _entry(number, cidr, ports, protocol, allow=True)

    def deny(number: int, cidr: str, ports: tuple[int, int] | None = None, protocol: str = "-1") -> NetworkAclEntry:
        return _entry(number, cidr, ports, protocol, allow=False)

    ssh, rdp = (22, 22), (3389, 3389)
    yield passes(
        "HTTPS for everyone, SSH for the office", acl("01", allow(90, "203.0.113.0/24", ssh), allow(100, "0.0.0.0/0", (443, 443)))
    )
    yield passes("nothing is let in", acl("02"))
    yield passes(
        "denied before everything is allowed",
        acl(
            "03",
            deny(50, "0.0.0.0/0", ssh, "6"),
            deny(60, "0.0.0.0/0", (3000, 4000), "6"),
            deny(70, "::/0", (0, 65535), "6"),
            allow(100, "0.0.0.0/0", protocol="-1"),
            allow(101, "::/0", protocol="-1"),
        ),
    )
    yield passes(
        "denied in two halves", acl("04", deny(50, "0.0.0.0/1"), deny(51, "128.0.0.0/1"), allow(100, "0.0.0.0/0", protocol="-1"))
    )
    yield passes(
        "private addresses only",
        acl("05", allow(100, "10.0.0.0/8", ssh), allow(110, "172.16.0.0/12", ssh), allow(120, "fc00::/7", ssh)),
    )
    yield passes("UDP only", acl("06", allow(100, "0.0.0.0/0", ssh, "17")))
    yield passes("ping only", acl("07", allow(100, "0.0.0.0/0", None, "1")))
    yield passes("going out only", acl("08", _entry(100, "0.0.0.0/0", None, "-1", allow=True, egress=True)))
    yield passes("a default one that is closed", acl("09", allow(100, "0.0.0.0/0", (443, 443)), is_default=True))
    yield passes(
        "all that is left is not the internet",
        acl("10", deny(10, "0.0.0.0/1"), deny(20, "128.0.0.0/2"), deny(30, "192.0.0.0/3"), allow(100, "0.0.0.0/0", ssh)),
    )
    yield fails("as AWS makes a default one", acl("11", allow(100, "0.0.0.0/0", protocol="-1"), is_default=True))
    yield fails("SSH for everyone", acl("12", allow(100, "0.0.0.0/0", ssh)))
    yield fails("RDP for everyone over IPv6", acl("13", allow(100, "::/0", rdp)))
    yield fails("denied too late", acl("14", allow(100, "0.0.0.0/0", (0, 65535)), deny(110, "0.0.0.0/0", ssh, "6")))
    yield fails("IPv4 is denied, IPv6 forgotten", acl("15", deny(50, "0.0.0.0/0"), allow(100, "::/0", protocol="-1")))
    yield fails("one network is denied", acl("16", deny(50, "198.51.100.0/24"), allow(100, "0.0.0.0/0", ssh)))
    yield fails("another protocol is denied", acl("17", deny(50, "0.0.0.0/0", ssh, "17"), allow(100, "0.0.0.0/0", ssh)))
    yield fails("the internet in four parts", acl("18", *(allow(100 + n, f"{64 * n}.0.0.0/2", ssh) for n in range(4))))
    yield fails(
        "the internet in many parts of which none is large",
        acl("19", *(allow(100 + n, f"{11 + n}.0.0.0/8", ssh) for n in range(20))),
    )
    yield fails("another port of the list", acl("20", allow(100, "0.0.0.0/0", (5985, 5986))), limits=Thresholds(ports=(5985,)))
    yield unknown("network ACLs may not be described", sample(NetworkAcl, "acl-21", entries=denied(NetworkAcl.entries)))


def _entry(
    number: int, cidr: str, ports: tuple[int, int] | None, protocol: str, *, allow: bool, egress: bool = False
) -> NetworkAclEntry:
    low, high = ports or (None, None)
    return NetworkAclEntry(number, egress, allow, protocol, low, high, cidr)
