"""Elastic IP addresses and security groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.collect.door import Answer
from auditor.collect.ec2_shapes import tags
from auditor.collect.shapes import parts, text_or_none
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.compute import Address, IpRange, SecurityGroup

Raw = Mapping[str, Any]


def network(visit: Visit) -> None:
    """Addresses and security groups of the region."""
    if visit.lists(Address):
        visit.add_each(Address, visit.pages(calls.DESCRIBE_ADDRESSES, "Addresses"), lambda entry: _address(visit, entry))
    if visit.lists(SecurityGroup):
        visit.add_each(
            SecurityGroup,
            visit.pages(calls.DESCRIBE_SECURITY_GROUPS, "SecurityGroups"),
            lambda entry: _security_group(visit, entry),
        )


def _address(visit: Visit, entry: Answer) -> Address:
    number = str(entry.raw["AllocationId"])
    return Address(
        arn=visit.arn("ec2", f"elastic-ip/{number}"),
        id=number,
        region=visit.region,
        public_ip=entry.take(lambda r: str(r["PublicIp"])),
        association=entry.take(lambda r: text_or_none(r, "AssociationId")),
        instance=entry.take(lambda r: text_or_none(r, "InstanceId")),
        tags=entry.take(tags),
    )


def _security_group(visit: Visit, entry: Answer) -> SecurityGroup:
    number = str(entry.raw["GroupId"])
    # A group that another account shares is listed too: what it lets in reaches the instances here. Its ARN names its owner.
    owner = entry.raw.get("OwnerId", visit.account_id)
    return SecurityGroup(
        arn=f"arn:{visit.partition}:ec2:{visit.region}:{owner}:security-group/{number}",
        id=number,
        region=visit.region,
        group_name=entry.take(lambda r: str(r["GroupName"])),
        vpc=entry.take(lambda r: text_or_none(r, "VpcId")),
        ingress=entry.take(lambda r: ranges(r["IpPermissions"])),
        egress=entry.take(lambda r: ranges(r["IpPermissionsEgress"])),
        tags=entry.take(tags),
    )


def ranges(permissions: Any) -> tuple[IpRange, ...]:
    """One :class:`IpRange` for each source of each permission, sorted. Raises :class:`ValueError` for one whose source is not known."""
    found = {
        IpRange(str(permission["IpProtocol"]), permission.get("FromPort"), permission.get("ToPort"), source)
        for permission in permissions
        for source in _sources(permission)
    }

    def order(one: IpRange) -> tuple[Any, ...]:
        ports = (one.from_port, one.to_port)
        return (one.protocol, *(-1 if port is None else port for port in ports), one.source)

    return tuple(sorted(found, key=order))


def _sources(permission: Raw) -> list[str]:
    """Whom a permission lets in. One that lets in nobody is none: it has a source that we do not know."""
    places = (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("PrefixListIds", "PrefixListId"))
    found = [str(one[name]) for key, name in places for one in parts(permission, key)]
    found += [str(pair.get("GroupId") or pair["GroupName"]) for pair in parts(permission, "UserIdGroupPairs")]
    if not found:
        raise ValueError("a permission without a source")
    return found


COLLECTORS = (Collector(label="EC2 network", kinds=(Address, SecurityGroup), run=network),)
