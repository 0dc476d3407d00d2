"""Elastic IP address associated with nothing

## Why it matters
AWS charges for a public IPv4 address by the hour, used or not. This one is held in reserve and points to nothing.

## How to fix
Release the address, once no DNS record and no partner's allow-list names it any more:

    aws ec2 release-address --allocation-id ALLOCATION

After that it can go to another customer, who then receives whatever is still sent to it. Console: EC2, *Elastic IPs*, *Actions*,
*Release Elastic IP addresses*. Terraform: remove the `aws_eip`.

## When it is fine
The address is on other people's allow-lists and waits for an instance that is being rebuilt, or is kept for failover. One from an
address range of your own (BYOIP) is not charged for.
"""

from collections.abc import Iterator

from auditor.sdk import (
    HOURS,
    Address,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    Use,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    unknown,
)


@rule(
    over=Address,
    reads=(Address.association, Address.public_ip),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("securityhub:EC2.12",),
)
def check(address: Address, about: Context[Limits]) -> Iterator[Verdict]:
    association = need(address.association)
    if association is None:
        public_ip = address.public_ip.value if isinstance(address.public_ip, Known) else None
        yield flag(
            "is associated with nothing",
            association=association,
            public_ip=public_ip,
            saving=about.money(Use("ipv4-hour", address.region, "public", HOURS)),
        )
    else:
        yield ok("is associated ({association})", association=association)


def cases() -> Iterator[Case[Address]]:
    yield passes(
        "on a network interface",
        sample(
            Address,
            "eipalloc-0a1b2c3d4e5f60718",
            association=Known("eipassoc-0f1e2d3c4b5a69788"),
            public_ip=Known("198.51.100.20"),
        ),
    )
    spare = sample(Address, "eipalloc-0b2c3d4e5f6071829", association=Known(None), public_ip=Known("198.51.100.21"))
    yield fails("on nothing", spare, prices=(priced("ipv4-hour", "public", "0.005", "hour"),), saves="3.65")
    yield fails("on nothing, and no price is known", spare, saves="")
    yield unknown(
        "addresses may not be described", sample(Address, "eipalloc-0c3d4e5f607182930", association=denied(Address.association))
    )
