"""Policies of organisations, and Denies that hit more than is meant: services that work for us, regions that hold what is global."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.sets import asks_about, everywhere, operator, tests_of
from auditor.policy.lint.texts import everything, wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown

_PERIMETER = "AWS whitepaper: Building a data perimeter on AWS"

SERVICES_NOT_EXEMPT = Check(
    id="deny-without-service-exemption",
    level=Level.WARNING,
    title="Deny of strangers that also hits AWS services",
    why="Services that work for us belong to no organisation or account: logs, notifications and replication stop. "
    "aws:PrincipalIsAWSService tells them apart.",
    source=_PERIMETER,
)
NETWORK_HITS_SERVICES = Check(
    id="deny-by-network-hits-services",
    level=Level.WARNING,
    title="Deny of other networks that also hits calls made through AWS services",
    why="When a service calls another one for a user, the call does not come from the user's network. aws:ViaAWSService tells it apart.",
    source=_PERIMETER,
)
REGION_HITS_GLOBAL = Check(
    id="deny-by-region-hits-global-services",
    level=Level.WARNING,
    title="Deny of regions that also hits services without one",
    why="IAM, Organizations, Route 53, CloudFront and others answer from us-east-1 for the whole world.",
    source="AWS Organizations User Guide: Example SCPs",
)
DENY_EVERYTHING = Check(
    id="deny-everything",
    level=Level.WARNING,
    title="everything is denied",
    why="No other statement or policy can allow anything any more, to nobody whom the policy holds for.",
    source="IAM User Guide: Policy evaluation logic",
)

MFA_BY_BOOL = Check(
    id="deny-without-mfa-misses-access-keys",
    level=Level.WARNING,
    title="Deny without MFA that does not hold for access keys",
    why="Requests signed with long-term access keys do not carry aws:MultiFactorAuthPresent, so a plain `Bool` lets them through.",
    source="IAM User Guide: AWS global condition context keys, aws:MultiFactorAuthPresent",
)
SOURCE_HITS_EVERYONE = Check(
    id="deny-by-source-hits-everyone",
    level=Level.WARNING,
    title="Deny of other sources that hits every caller",
    why="Only calls that a service makes for somebody have a source: a negated operator, with IfExists or without, holds for all others.",
    source=_PERIMETER,
)

CHECKS = (SERVICES_NOT_EXEMPT, NETWORK_HITS_SERVICES, REGION_HITS_GLOBAL, DENY_EVERYTHING, MFA_BY_BOOL, SOURCE_HITS_EVERYONE)

_BELONGING = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount"})
_NETWORK = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
_EXEMPTIONS = (
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcearn",
)
_VIA = (
    "aws:viaawsservice",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:principalisawsservice",
    "aws:principalarn",
)
_SOURCES = frozenset({"aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceaccount"})
_GLOBAL_HOME = frozenset({"us-east-1", "cn-northwest-1", "us-gov-west-1", "eusc-de-east-1"})


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001 - every family is called alike
    """Denies and their conditions."""
    for clause in policy.clauses:
        if not clause.denies:
            continue
        if clause.tests:
            yield from _belonging(policy, clause)
            yield from _network(clause)
            yield from _region(policy, clause)
            yield from _mfa(clause)
            yield from _source(policy, clause)
        elif policy.kind in (Kind.IDENTITY, Kind.BOUNDARY, Kind.SCP) and everywhere(clause):
            for index, pattern in clause.actions:
                if everything(pattern) or pattern == "*:*":
                    yield Found(
                        DENY_EVERYTHING,
                        clause.at("Action", index),
                        "this statement denies every action on every resource, without a condition",
                        "remove it unless nothing at all shall be possible, or add a condition",
                    )


def _belonging(policy: Policy, clause: Clause) -> Iterator[Found]:
    """Denied unless the caller is of us. A service is of nobody, so a negated operator holds for it, with IfExists or without."""
    if policy.kind not in (Kind.RCP, Kind.RESOURCE) or asks_about(clause, _EXEMPTIONS) or not _for_everyone(clause):
        return
    for test in clause.tests:
        if test.key.lower() in _BELONGING and operator(test.operator).negated:
            yield Found(
                SERVICES_NOT_EXEMPT,
                test.path,
                f"AWS services have no {shown(test.key)}, so this also denies them",
                'add "BoolIfExists": {"aws:PrincipalIsAWSService": "false"} to the condition',
                name=True,
            )
            return


def _for_everyone(clause: Clause) -> bool:
    return any(everything(name) for kind in ("*", "AWS") for _, name in clause.principals().get(kind, ()))


def _network(clause: Clause) -> Iterator[Found]:
    """Denied unless the call comes from our networks. One negated condition is enough for calls that come from none of them."""
    tests = [test for test in clause.tests if test.key.lower() in _NETWORK]
    hits = [test for test in tests if operator(test.operator).negated and not _optional(test)]
    if not hits or len(hits) != len(tests) or asks_about(clause, _VIA):
        return
    yield Found(
        NETWORK_HITS_SERVICES,
        hits[0].path,
        f"calls that AWS services make for a user do not meet {shown(hits[0].key)}, so this also denies them",
        'add "Bool": {"aws:ViaAWSService": "false"} to the condition',
        name=True,
    )


def _optional(test: Test) -> bool:
    return operator(test.operator).if_exists and test.key.lower() != "aws:sourceip"


def _region(policy: Policy, clause: Clause) -> Iterator[Found]:
    if policy.kind is Kind.RESOURCE or not any(everything(pattern) for _, pattern in clause.actions):
        return
    for test in tests_of(clause).get("aws:requestedregion", ()):
        values = {value for value in test.values if isinstance(value, str)}
        if (
            operator(test.operator).negated
            and values
            and not test.opaque
            and not values & _GLOBAL_HOME
            and not any(map(wild, values))
        ):
            yield Found(
                REGION_HITS_GLOBAL,
                test.path,
                "this also denies global services such as IAM and Organizations, whose region is none of the listed ones",
                'use "NotAction" with the global services, or list their region too',
                name=True,
            )


def _mfa(clause: Clause) -> Iterator[Found]:
    """Denied without MFA, where the key may be absent and the only other conditions would not say so."""
    mine = tests_of(clause)
    for test in mine.get("aws:multifactorauthpresent", ()):
        if len(mine) == 1 and test.operator.lower() == "bool" and {str(value).lower() for value in test.values} == {"false"}:
            yield Found(
                MFA_BY_BOOL,
                test.path,
                f"{shown(test.key)} is absent when a request is signed with an access key, so {shown(test.operator)} does not deny it",
                "use `BoolIfExists`",
                name=True,
            )


def _source(policy: Policy, clause: Clause) -> Iterator[Found]:
    """Denied unless the source is ours, and nothing says that only services are meant."""
    if policy.kind not in (Kind.RCP, Kind.RESOURCE) or not _for_everyone(clause):
        return
    tests = clause.tests
    if all(test.key.lower() in _SOURCES and operator(test.operator).negated for test in tests):
        yield Found(
            SOURCE_HITS_EVERYONE,
            tests[0].path,
            f"only calls of AWS services have {shown(tests[0].key)}, so this denies users and roles, also our own",
            'add "Bool": {"aws:PrincipalIsAWSService": "true"} and "Null": {"aws:SourceAccount": "false"} to the condition',
            name=True,
        )
