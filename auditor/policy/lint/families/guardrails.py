"""Policies of organisations, and Denies that hit more than is meant: services that work for us, regions that hold what is global."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.sets import asks_about, everything, everywhere, operator, tests_of, wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.policy.positions import shown

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

CHECKS = (SERVICES_NOT_EXEMPT, NETWORK_HITS_SERVICES, REGION_HITS_GLOBAL, DENY_EVERYTHING)

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
