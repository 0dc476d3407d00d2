"""Policies of organizations: what service and resource control policies may say.

Since 19 September 2025 a service control policy has all of the policy language but principals: conditions, single resources and
``NotAction`` with ``Allow``, ``NotResource``, and wildcards anywhere in the name of an action. Of Access Analyzer's older checks those
four are therefore gone; see ``coverage``.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_SCP = "AWS Organizations User Guide, SCP syntax"
_RCP = "AWS Organizations User Guide, RCP syntax"

SCP_PRINCIPAL = Check(
    id="scp-syntax-error-principal",
    level=Level.ERROR,
    title="a principal in a service control policy",
    why="It holds for all identities of the accounts that it is attached to; Organizations does not save one that names principals.",
    source=_SCP,
    refused=True,
)
SCP_ACTION_WILDCARD = Check(
    id="scp-syntax-error-action-wildcard",
    level=Level.ERROR,
    title="a wildcard in the service of an action of a service control policy",
    why="Since September 2025 wildcards may stand anywhere in the name of an action, but the service is written out, unless all is meant.",
    source=_SCP,
)
RCP_ALLOW = Check(
    id="rcp-syntax-error-allow",
    level=Level.ERROR,
    title="a resource control policy that allows",
    why="Only AWS's own `RCPFullAWSAccess` allows; yours can but deny.",
    source=f"{_RCP}, Effect element",
    refused=True,
)
RCP_PRINCIPAL = Check(
    id="rcp-syntax-error-principal",
    level=Level.ERROR,
    title="a resource control policy for certain principals",
    why="Its `Principal` is `*`; whom it is for is said by conditions.",
    source=f"{_RCP}, Principal element",
    refused=True,
)
RCP_NOTPRINCIPAL = Check(
    id="rcp-syntax-error-notprincipal",
    level=Level.ERROR,
    title="`NotPrincipal` in a resource control policy",
    why="Organizations does not save it: exceptions are said by conditions.",
    source=f"{_RCP}, Unsupported elements",
    refused=True,
)
RCP_NOTACTION = Check(
    id="rcp-syntax-error-notaction",
    level=Level.ERROR,
    title="`NotAction` in a resource control policy",
    why="Organizations does not save it: the actions are named.",
    source=f"{_RCP}, Unsupported elements",
    refused=True,
)
RCP_ACTION_WILDCARD = Check(
    id="rcp-syntax-error-action-wildcard",
    level=Level.WARNING,
    title="all actions in a resource control policy",
    why="A `*` alone is for AWS's own `RCPFullAWSAccess`; yours name the services. AWS's pages differ on whether it is refused.",
    source=f"{_RCP}, Action element",
)
RCP_SERVICE = Check(
    id="rcp-unsupported-service",
    level=Level.WARNING,
    title="a resource control policy for a service that has none",
    why="Resource control policies hold for some services only; for the others the statement does nothing.",
    source="AWS Organizations User Guide, List of AWS services that support RCPs",
)

CHECKS = (
    SCP_PRINCIPAL,
    SCP_ACTION_WILDCARD,
    RCP_ALLOW,
    RCP_PRINCIPAL,
    RCP_NOTPRINCIPAL,
    RCP_NOTACTION,
    RCP_ACTION_WILDCARD,
    RCP_SERVICE,
)
KINDS = (Kind.SCP, Kind.RCP)


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What a policy of an organization may not say."""
    yield from form(policy)
    if policy.kind is Kind.RCP:
        served = table.rcp_services()
        for clause in policy.clauses:
            for index, action in clause.actions:
                service, colon, _ = action.lower().partition(":")
                if colon and "*" not in service and served and service not in served:
                    message = f"resource control policies do not hold for {shown(service)}"
                    yield Found(RCP_SERVICE, clause.at("Action", index), message, "remove the action")


def form(policy: Policy) -> Iterator[Found]:
    """What can be said without knowing the actions."""
    if policy.kind is Kind.SCP:
        for clause in policy.clauses:
            yield from _scp(clause)
    elif policy.kind is Kind.RCP:
        for clause in policy.clauses:
            yield from _rcp(clause)


def _scp(clause: Clause) -> Iterator[Found]:
    for name in ("Principal", "NotPrincipal"):
        if name in clause.raw:
            message = f"`{name}` may not stand in a service control policy"
            yield Found(SCP_PRINCIPAL, clause.at(name), message, "use a condition on `aws:PrincipalArn`", name=True)
    for name in ("Action", "NotAction"):
        for index, action in clause.strings(name):
            service, colon, rest = action.partition(":")
            if colon and service == "*" and rest != "*":  # with more than the star, it is no action in any policy
                message = f"{shown(action)} has a wildcard in its service"
                yield Found(SCP_ACTION_WILDCARD, clause.at(name, index), message, "write each service out")


def _rcp(clause: Clause) -> Iterator[Found]:
    raw = clause.raw
    if clause.allows and raw.get("Action") in ("*", ["*"]) and raw.get("Resource") in ("*", ["*"]) and "Condition" not in raw:
        if raw.get("Principal") == "*":
            return  # RCPFullAWSAccess
    elif clause.allows:
        yield Found(RCP_ALLOW, clause.at("Effect"), "a resource control policy can only deny", '"Effect": "Deny"')
    if "NotPrincipal" in raw:
        message = "`NotPrincipal` may not stand in a resource control policy"
        yield Found(RCP_NOTPRINCIPAL, clause.at("NotPrincipal"), message, "use a condition on `aws:PrincipalArn`", name=True)
    if "NotAction" in raw:
        message = "`NotAction` may not stand in a resource control policy"
        yield Found(RCP_NOTACTION, clause.at("NotAction"), message, "name the actions with `Action`", name=True)
    if "Principal" in raw and raw["Principal"] != "*":
        path = clause.at("Principal")
        bare = raw["Principal"] in ({"AWS": "*"}, {"AWS": ["*"]})
        message = "the `Principal` of a resource control policy must be `*`"
        yield Found(RCP_PRINCIPAL, path, message, '"Principal": "*"', Edit(path, "*") if bare else None)
    for index, action in clause.actions:
        if action == "*":
            message = "`*` alone may not stand in a resource control policy"
            yield Found(RCP_ACTION_WILDCARD, clause.at("Action", index), message, "name the services, as in `s3:*`")
