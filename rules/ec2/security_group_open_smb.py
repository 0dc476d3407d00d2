"""Security group that opens Windows file sharing to the internet

## Why it matters
SMB (CIFS), the file sharing of Windows and Samba on TCP port 445, was made for trusted networks. Worms such as WannaCry and
NotPetya came in through this port, and it is scanned for all the time: guessed passwords and unpatched servers turn into
encrypted shares.

## How to fix
Revoke the rule that lets everyone in; let your own networks or another security group in instead:

    aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
    aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE

Console: EC2, *Security Groups*, *Inbound rules*, *Edit inbound rules*. People outside reach the shares through a VPN.
Terraform: narrow `cidr_ipv4` and `cidr_ipv6` in `aws_vpc_security_group_ingress_rule`.

## When it is fine
Never on the internet. If the group is only used where no public address can be, narrow it all the same. Ranges of more than a
/8 of IPv4 (`0.0.0.0/1`) or a /13 of IPv6 count as the internet. What is in a prefix list is not read: where one is let in on
the port, the verdict is unknown.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
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

PORT = 445
"""SMB over TCP, as in the CIS AWS Foundations Benchmark 7.0, 6.1.2."""


@rule(
    over=SecurityGroup,
    reads=(SecurityGroup.ingress,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("cis-aws-7.0:6.1.2", "kisa-isms-p-2023:2.6.1"),
)
def check(group: SecurityGroup, about: Context[Limits]) -> Iterator[Verdict]:
    covering = [permission for permission in need(group.ingress) if permission.covers(PORT)]
    opening = sorted({permission.source for permission in covering if permission.from_anywhere})
    if opening:
        yield flag("lets {sources} in on SMB (port {port:d})", sources=", ".join(opening), port=PORT)
    elif any(permission.from_prefix_list for permission in covering):
        raise Missing([Unknown(Reason.NOT_COLLECTED, "ec2.GetManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries")])
    else:
        yield ok("does not let the internet in on SMB (port {port:d})", port=PORT)


def cases() -> Iterator[Case[SecurityGroup]]:
    def group(id: str, *ingress: IpRange) -> SecurityGroup:
        return sample(SecurityGroup, id, ingress=Known(ingress))

    def smb(source: str) -> IpRange:
        return IpRange("tcp", PORT, PORT, source)

    yield passes("file shares for the office", group("sg-0a1b", smb("203.0.113.0/24"), smb("10.0.0.0/8")))
    yield passes("no inbound permissions", group("sg-0b2c"))
    yield passes("only the web", group("sg-0c3d", IpRange("tcp", 443, 443, "0.0.0.0/0")))
    yield passes("only UDP on the port", group("sg-0d4e", IpRange("udp", PORT, PORT, "0.0.0.0/0")))
    yield fails("file shares for everyone", group("sg-0e5f", smb("0.0.0.0/0")))
    yield fails("over IPv6", group("sg-0f60", smb("::/0")))
    yield fails("a range of ports that takes it in", group("sg-0071", IpRange("tcp", 135, 1024, "0.0.0.0/0")))
    yield fails("all traffic", group("sg-0182", IpRange("-1", None, None, "0.0.0.0/0")))
    yield fails("the internet in two halves", group("sg-0293", smb("0.0.0.0/1"), smb("128.0.0.0/1")))
    yield fails("a prefix list, and everyone", group("sg-03a4", smb("pl-0a1b2c3d"), smb("0.0.0.0/0")))
    yield unknown("a prefix list", group("sg-04b5", smb("pl-0a1b2c3d")))
    yield unknown("security groups may not be described", sample(SecurityGroup, "sg-05c6", ingress=denied(SecurityGroup.ingress)))
