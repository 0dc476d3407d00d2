"""How broad a statement is."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from auditor.policy.breadth import (
    denies,
    every_action,
    every_resource,
    grants_all_but,
    grants_everything,
    names_action,
    narrowed,
    opens_trust,
    other_accounts,
    says_who,
)
from auditor.policy.parse import Document, Statement, parse


def statement(effect: str = "Allow", **elements: Any) -> Statement:
    result = parse(json.dumps({"Statement": {"Effect": effect, **elements}}))
    assert isinstance(result, Document), result
    return result.statements[0]


@pytest.mark.parametrize("pattern", ["*", "**", "*:*", "?*", "*?", "*:**", "??*"])
def test_every_action(pattern: str) -> None:
    assert every_action(("s3:GetObject", pattern))


@pytest.mark.parametrize("pattern", ["", "?", "s3:*", "*:Get*", "*s3*", "*:", ":*", "*:*:*"])
def test_not_every_action(pattern: str) -> None:
    assert not every_action((pattern,))
    assert not every_action(None)


def test_every_resource() -> None:
    assert every_resource(("arn:aws:s3:::a", "*"))
    for pattern in ("arn:*", "arn:aws:*", "arn:*:*", "arn:aws*:*", "arn:aws:*:*:*:*", "**", "*:*"):
        assert every_resource((pattern,)), pattern
    for pattern in ("", "arn:aws:s3:::*", "arn:aws:iam::*", "arn:aws:*:*:123456789012:*"):
        assert not every_resource((pattern,)), pattern
    assert not every_resource(())
    assert not every_resource(None)


EVERYTHING = {"Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("made", "everything", "all_but"),
    [
        (statement(**EVERYTHING), True, False),
        (statement("Deny", **EVERYTHING), False, False),
        (statement(Action="*", Resource="arn:aws:s3:::a"), False, False),
        (statement(Action="*", NotResource="arn:aws:s3:::a"), True, False),
        (statement(Action="*", NotResource="*"), False, False),
        (statement(NotAction="*", Resource="*"), False, False),
        (statement(**EVERYTHING, Condition={"StringLike": {"aws:PrincipalArn": "*"}}), True, False),
        (statement(**EVERYTHING, Condition={"StringEqualsIfExists": {"no:such": "x"}}), None, False),
        (statement(**EVERYTHING, Condition={"Null": {"no:such": "true"}}), None, False),
        (statement(**EVERYTHING, Condition={"Bool": {"aws:ViaAWSService": "false"}}), None, False),
        (statement(**EVERYTHING, Condition={"StringNotEquals": {"aws:PrincipalTag/none": "x"}}), None, False),
        (statement(NotAction="iam:*", Resource="arn:*", Condition={"Null": {"no:such": "true"}}), False, None),
        (statement(NotAction="iam:*", Resource="*"), False, True),
        (statement(NotAction=[], NotResource=[]), False, True),
        (statement("Deny", NotAction="iam:*", Resource="*"), False, False),
        (statement(NotAction="iam:*", Resource="arn:aws:s3:::a"), False, False),
        (statement(**EVERYTHING, Condition={"Bool": {"AWS:MultiFactorAuthPresent": True}}), True, False),
        (statement(**EVERYTHING, Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}), False, False),
        (statement(NotAction="iam:*", Resource="*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}), False, False),
    ],
)
def test_grants(made: Statement, everything: bool, all_but: bool) -> None:
    assert grants_everything(made) is everything
    assert grants_all_but(made) is all_but


def test_narrowed_by_what_is_not_a_circumstance() -> None:
    assert not narrowed(statement(**EVERYTHING))
    assert not narrowed(statement(**EVERYTHING, Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}))
    both = {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": "a/*"}}
    assert narrowed(statement(**EVERYTHING, Condition=both))


def test_hostile_patterns_are_matched_in_no_time() -> None:
    start = time.perf_counter()
    for pattern in ("*" * 5000 + "z", "*?" * 2500 + "z", "*e" * 2500 + "z", ("*" * 40 + "s") * 100):
        assert not names_action(statement(Action=pattern), "sts:AssumeRole")
    for stars in ("*" * 800, "*" * 100_000):
        assert every_action((stars,))
        assert every_resource((stars,))
        assert not every_action((stars + "z",))
    assert not every_action(("*?" * 50_000,))
    assert time.perf_counter() - start < 3


ORG = "o-a1b2c3d4e5"


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": ORG}}, True),
        ({"stringlike": {"AWS:PRINCIPALORGID": [ORG]}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/r-ab12/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}}, True),
        ({"StringEquals": {"sts:ExternalId": "7"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}, "Bool": {"aws:SecureTransport": "true"}}, True),
        ({}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": ORG}}, False),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/*"}}, False),
        ({"StringNotEquals": {"aws:PrincipalOrgID": ORG}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": [ORG, "*"]}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "vision"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, False),
        ({"StringLike": {"aws:userid": "*:session"}}, False),
        ({"StringLike": {"sts:ExternalId": "*"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "::/0"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["::/1", "8000::/1"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["9.0.0.0/8", "11.0.0.0/8"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["9.0.0.0/8", "9.1.0.0/16"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "anywhere"}}, False),
        ({"StringLike": {"sts:ExternalId": "a*"}}, False),
        ({"StringLike": {"aws:PrincipalAccount": "1234567890*"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": "12345678901"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, False),
    ],
)
def test_says_who(condition: dict[str, Any], who: bool) -> None:
    made = statement(Principal={"AWS": "*"}, Action="sts:AssumeRole", Condition=condition)
    assert says_who(made) is who
    assert opens_trust(made) is not who


WEB = "sts:AssumeRoleWithWebIdentity"


@pytest.mark.parametrize(
    ("made", "opens"),
    [
        (statement(Principal={"AWS": "**"}, Action="sts:AssumeRole"), True),
        (statement(Principal={"AWS": "arn:aws:iam::*:root"}, Action="sts:AssumeRole"), None),
        (statement(Principal={"Service": "*"}, Action="sts:AssumeRole"), None),
        (statement(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"), False),
        (statement(Principal={"Federated": "*"}, Action=WEB), None),
        (statement(Principal="*", Action=WEB), None),
        (statement(Principal="*", Action="sts:AssumeRoleWithSAML"), None),
        (statement(Principal={"Federated": "accounts.google.com"}, Action=WEB), None),
        (
            statement(
                Principal={"Federated": "accounts.google.com"},
                Action=WEB,
                Condition={"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}},
            ),
            False,
        ),
    ],
)
def test_opens_trust(made: Statement, opens: bool | None) -> None:
    assert opens_trust(made) is opens


def test_denies() -> None:
    both = '{"Statement": [{"Effect": "Allow", "Action": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}]}'
    assert denies(parse(both), "sts:AssumeRole")
    assert not denies(parse(both.replace('"*", "Action": "sts', '{"AWS": "123456789012"}, "Action": "sts')), "sts:AssumeRole")
    assert not denies(parse(both), "s3:GetObject")
    assert not denies(parse("{"), "sts:AssumeRole")


@pytest.mark.parametrize(
    ("principals", "others"),
    [
        ({"AWS": "arn:aws:iam::111122223333:root"}, ("111122223333",)),
        ({"AWS": ["111122223333", "arn:aws-cn:iam::999988887777:role/a/b", "123456789012"]}, ("111122223333", "999988887777")),
        ({"AWS": "arn:aws:iam::123456789012:user/us"}, ()),
        ({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, ()),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, ()),
        ({"AWS": "*"}, ()),
        ("*", ()),
        ({"Service": "ec2.amazonaws.com"}, ()),
    ],
)
def test_other_accounts_are_those_whose_numbers_are_named(principals: object, others: tuple[str, ...]) -> None:
    named = statement(Principal=principals, Action="s3:*", Resource="*")
    assert other_accounts(named, "123456789012") == others
