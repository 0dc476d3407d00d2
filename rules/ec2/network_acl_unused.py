"""Network ACL that guards no subnet

## Why it matters
It does nothing, but looks as if it did: whoever reads it believes in a protection that is not there, or changes it and waits
for an effect. The next person may put a subnet behind it without reading what it lets in.

## How to fix
Delete it, or associate the subnets that it was made for:

    aws ec2 delete-network-acl --network-acl-id ACL

Console: VPC, *Network ACLs*, *Actions*, *Delete network ACLs*. Terraform: remove the `aws_network_acl`, or list the subnets in
its `subnet_ids`.

## When it is fine
It is kept ready to close a subnet off in an emergency. Default network ACLs cannot be deleted and are left out.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    NetworkAcl,
    Pillar,
    Severity,
    Verdict,
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
    unknown,
)


@rule(
    over=NetworkAcl,
    reads=(NetworkAcl.subnets, NetworkAcl.is_default),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("fsbp:EC2.16",),
)
def check(acl: NetworkAcl, about: Context[Limits]) -> Iterator[Verdict]:
    subnets = need(acl.subnets)
    if subnets:
        yield ok("subnets that it guards: {count}", count=len(subnets))
    elif need(acl.is_default):
        yield skip("is a default network ACL, which cannot be deleted")
    else:
        yield flag("guards no subnet", subnets=subnets)


def cases() -> Iterator[Case[NetworkAcl]]:
    def acl(id: str, *subnets: str, is_default: bool = False) -> NetworkAcl:
        return sample(NetworkAcl, f"acl-{id}", subnets=Known(subnets), is_default=Known(is_default))

    yield passes("guards subnets", acl("0a1b2c3d", "subnet-0a1b2c3d", "subnet-0b2c3d4e"))
    yield passes("a default one in use", acl("0b2c3d4e", "subnet-0c3d4e5f", is_default=True))
    yield fails("guards nothing", acl("0c3d4e5f"))
    yield skips("a default one without subnets", acl("0d4e5f60", is_default=True))
    yield unknown(
        "network ACLs may not be described",
        sample(NetworkAcl, "acl-0e5f6071", subnets=denied(NetworkAcl.subnets), is_default=denied(NetworkAcl.is_default)),
    )
