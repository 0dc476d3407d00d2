"""Default security group that has rules

## Why it matters
What is started in a VPC without naming a security group gets the default one. As AWS makes it, everything in that group may talk to
everything else in it and to the whole internet, so things that nobody thought about share a network. Without rules, a forgotten
choice fails at once and harmlessly.

## How to fix
Give whatever uses the default group a security group of its own, then remove all rules from the default group:

    aws ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP --query 'NetworkInterfaces[].NetworkInterfaceId'
    aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
    aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE
    aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE

The group itself cannot be deleted. Terraform: `aws_default_security_group` without `ingress` and `egress` blocks removes all rules.

## When it is fine
In an account for trying things out, where nothing lasts. Default VPCs that nobody uses are better deleted than tidied.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    IpRange,
    Known,
    Limits,
    Pillar,
    SecurityGroup,
    Severity,
    Verdict,
    any_of,
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
    over=SecurityGroup,
    reads=(SecurityGroup.group_name, SecurityGroup.ingress, SecurityGroup.egress),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("fsbp:EC2.2", "cis-aws-7.0:6.5"),
)
def check(group: SecurityGroup, about: Context[Limits]) -> Iterator[Verdict]:
    if need(group.group_name) != "default":
        yield skip("is not the default group of a VPC")
    elif any_of((group.ingress.map(bool), group.egress.map(bool))):
        present = {
            direction: len(permissions.value)
            for direction, permissions in (("inbound", group.ingress), ("outbound", group.egress))
            if isinstance(permissions, Known) and permissions.value
        }
        counts = " and ".join(f"{count} {direction}" for direction, count in present.items())
        yield flag("the default group has rules ({counts})", counts=counts)
    else:
        yield ok("the default group has no rules")


def cases() -> Iterator[Case[SecurityGroup]]:
    def group(id: str, name: str, ingress: tuple[IpRange, ...], egress: tuple[IpRange, ...]) -> SecurityGroup:
        return sample(SecurityGroup, id, group_name=Known(name), ingress=Known(ingress), egress=Known(egress))

    inside = (IpRange("-1", None, None, "sg-0a1b2c3d4e5f60718"),)
    outside = (IpRange("-1", None, None, "0.0.0.0/0"),)
    yield passes("without rules", group("sg-0b2c3d4e5f6071829", "default", (), ()))
    yield fails("as AWS makes it", group("sg-0a1b2c3d4e5f60718", "default", inside, outside))
    yield fails("nothing in, everything out", group("sg-0c3d4e5f607182930", "default", (), outside))
    yield skips("a group of its own", group("sg-0d4e5f60718293041", "web", inside, outside))
    yield unknown(
        "security groups may not be described",
        sample(
            SecurityGroup,
            "sg-0e5f6071829304152",
            group_name=Known("default"),
            ingress=denied(SecurityGroup.ingress),
            egress=denied(SecurityGroup.egress),
        ),
    )
