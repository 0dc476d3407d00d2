"""Which controls the verdicts of the network rules are about: what is open over one family or to one port fails no more than that."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from auditor.engine.cases import case_snapshot, denied, passes, sample
from auditor.engine.evaluate import judge
from auditor.engine.registry import load
from auditor.model.compute import IpRange, SecurityGroup
from auditor.model.fact import Fact, Known
from auditor.model.network import NetworkAcl, NetworkAclEntry, Subnet, Vpc, VpcEndpoint
from auditor.model.resource import Resource
from auditor.model.verdict import Outcome

IPV4, IPV6, SSH, RDP = "cis-aws-7.0:6.3", "cis-aws-7.0:6.4", "securityhub:EC2.13", "securityhub:EC2.14"
ALL = {IPV4, IPV6, SSH, RDP}
ACL_CIS, ACL_FSBP = "cis-aws-7.0:6.2", "fsbp:EC2.21"


def about(rule: str, resource: Resource, *others: Resource, of: set[str]) -> Mapping[Outcome, set[str]]:
    """The controls of each outcome, of those asked for."""
    found: dict[Outcome, set[str]] = {}
    for finding in judge(case_snapshot(passes("x", resource, *others)), [load()[rule]]):
        if finding.resource == resource.arn and of & set(finding.controls):
            found.setdefault(finding.verdict, set()).update(of & set(finding.controls))
    return found


def ssh(source: str, port: int = 22) -> IpRange:
    return IpRange("tcp", port, port, source)


@pytest.mark.parametrize(
    ("ingress", "expected"),
    [
        ((), {Outcome.PASS: ALL}),
        ((ssh("0.0.0.0/0"),), {Outcome.FAIL: {IPV4, SSH}, Outcome.PASS: {IPV6, RDP}}),
        ((ssh("::/0"),), {Outcome.FAIL: {IPV6, SSH}, Outcome.PASS: {IPV4, RDP}}),
        ((ssh("::/0", 3389), ssh("0.0.0.0/0")), {Outcome.FAIL: ALL}),
        ((ssh("pl-1"),), {Outcome.UNKNOWN: {IPV4, IPV6, SSH}, Outcome.PASS: {RDP}}),
        ((ssh("pl-1"), ssh("0.0.0.0/0")), {Outcome.FAIL: {IPV4, SSH}, Outcome.UNKNOWN: {IPV6}, Outcome.PASS: {RDP}}),
        ((ssh("pl-1"), ssh("0.0.0.0/0"), ssh("::/0")), {Outcome.FAIL: {IPV4, IPV6, SSH}, Outcome.PASS: {RDP}}),
    ],
)
def test_a_security_group_fails_what_it_opens(ingress: tuple[IpRange, ...], expected: Mapping[Outcome, set[str]]) -> None:
    group = sample(SecurityGroup, "sg-1", ingress=Known(ingress))
    assert about("ec2-security-group-open-admin-port", group, of=ALL) == expected


@pytest.mark.parametrize(
    ("is_default", "expected"),
    [
        (Known(False), {Outcome.FAIL: {ACL_CIS, ACL_FSBP}}),
        (Known(True), {Outcome.FAIL: {ACL_CIS}}),
        (denied(NetworkAcl.is_default), {Outcome.FAIL: {ACL_CIS}, Outcome.UNKNOWN: {ACL_FSBP}}),
    ],
)
def test_security_hub_leaves_default_network_acls_out(is_default: Fact[bool], expected: Mapping[Outcome, set[str]]) -> None:
    entries = (NetworkAclEntry(100, False, True, "-1", None, None, "0.0.0.0/0"),)
    acl = sample(NetworkAcl, "acl-1", entries=Known(entries), is_default=is_default)
    assert about("ec2-network-acl-open-admin-port", acl, of={ACL_CIS, ACL_FSBP}) == expected


def test_an_endpoint_for_s3_says_nothing_of_that_for_ec2() -> None:
    vpc = sample(Vpc, "vpc-1", owner=Known("123456789012"))
    subnet = sample(Subnet, "subnet-1", vpc=Known("vpc-1"), cidr=Known("10.0.0.0/24"), free_addresses=Known(200))
    endpoint = sample(
        VpcEndpoint,
        "vpce-1",
        vpc=Known("vpc-1"),
        service_name=Known("com.amazonaws.ap-northeast-2.ec2"),
        type=Known("Interface"),
        state=Known("available"),
    )
    controls = {"fsbp:EC2.10", "cis-aws-7.0:6.8"}
    assert about("ec2-vpc-no-endpoint", vpc, subnet, endpoint, of=controls) == {
        Outcome.PASS: controls,
        Outcome.FAIL: {"cis-aws-7.0:6.8"},
    }
