"""Services that act for others: does the policy say for whom?

A service principal is the same for all customers of AWS. Unless a condition says whose resource it acts for, a stranger can have the
service do it for them: the confused deputy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.families.principals_form import RECOMMENDED_KEY
from auditor.policy.lint.sets import asks_about, binds, operator, tests_of
from auditor.policy.lint.texts import everything
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown
from auditor.source.shape import Path

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"
_DEPUTY = "IAM User Guide: The confused deputy problem"

RESTRICT = Check(
    id="restrict-access-to-service-principal",
    level=Level.SECURITY,
    title="service principal without a source",
    why="Anybody can have the service do this for them, unless the policy says for which account or resource it may act.",
    source=_ACCESS_ANALYZER,
)
TRUST_WITHOUT_SOURCE = Check(
    id="trust-service-without-source",
    level=Level.SUGGESTION,
    title="role that a service takes for whoever asks it",
    why="Such services can be told to use a role of another account; the role should say for which account or resource.",
    source=_DEPUTY,
)
SOURCE_WITHOUT_ACCOUNT = Check(
    id="source-arn-without-account",
    level=Level.WARNING,
    title="source ARN that does not say of which account",
    why="An ARN of a bucket holds no account: when the bucket is deleted, somebody else can create it anew and is let in.",
    source=_DEPUTY,
)
UNPAIRED = Check(
    id="missing-paired-condition-keys",
    level=Level.SECURITY,
    title="address in a VPC without the VPC",
    why="Private addresses are the same in every VPC of the world; only together with the VPC they say who asks.",
    source=_ACCESS_ANALYZER,
)

CHECKS = (RESTRICT, TRUST_WITHOUT_SOURCE, SOURCE_WITHOUT_ACCOUNT, UNPAIRED)

SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
"""The keys, in lower case, that say for whom a service acts."""
_STAND_INS = (
    "aws:referer",
    "aws:principalservicename",
    "kms:calleraccount",
    "kms:viaservice",
    "kms:encryptioncontext:",
    "kms:encryptioncontextkeys",
    "lambda:eventsourcetoken",
    "s3:x-amz-source-account",
)
"""Keys, in lower case, that people use in their place."""
_NETWORKS = ("aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")
_DEPUTIES = frozenset(
    {
        "apigateway.amazonaws.com",
        "appsync.amazonaws.com",
        "backup.amazonaws.com",
        "batchoperations.s3.amazonaws.com",
        "bedrock.amazonaws.com",
        "bedrock-agentcore.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "codebuild.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "dlm.amazonaws.com",
        "events.amazonaws.com",
        "firehose.amazonaws.com",
        "grafana.amazonaws.com",
        "iot.amazonaws.com",
        "logs.amazonaws.com",
        "pipes.amazonaws.com",
        "scheduler.amazonaws.com",
        "ses.amazonaws.com",
        "sns.amazonaws.com",
        "ssm.amazonaws.com",
        "states.amazonaws.com",
        "transfer.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
"""Services that take roles on behalf of a resource of their customer and send its ARN or account along, as their guides say."""
_BALANCERS = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Writes the logs of load balancers, each below the number of its account: the path says for whom, and AWS's guide has no condition."""
_OWN_LOGS = re.compile(r".*/AWSLogs/[0-9]{12}/")
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?\Z")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001 - every family is called alike
    """Statements that let services in, and addresses without their network."""
    unpaired = bool(policy.conditional) and "aws:vpcsourceip" in policy.keys
    to_services = policy.kind in (Kind.RESOURCE, Kind.TRUST)
    for clause in policy.clauses if unpaired or to_services else ():
        if unpaired:
            yield from _unpaired(clause)
        if to_services and clause.allows and (services := clause.principals().get("Service", ())):
            yield from _services(policy, clause, services)


def _services(policy: Policy, clause: Clause, services: tuple[tuple[Path, str], ...]) -> Iterator[Found]:
    sourced = asks_about(clause, SOURCES)
    if sourced:
        yield from _accounts(clause)
        return
    if policy.kind is Kind.TRUST:
        for path, service in services:
            if service.lower() in _DEPUTIES:
                yield Found(
                    TRUST_WITHOUT_SOURCE,
                    path,
                    f"{shown(service)} may take this role for any customer that names it",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": "<your account>"}}',
                )
        return
    if binds(clause, _NETWORKS):
        return  # that this is no source, the checks of principals say
    for path, service in services:
        if not _SERVICE.match(service.lower()) or (service.lower() == _BALANCERS and _own_logs(clause)):
            continue
        if asks_about(clause, _STAND_INS):
            key = next(test.key for test in clause.tests if asks_about_key(test))
            yield Found(
                RECOMMENDED_KEY,
                path,
                f"{shown(service)} is bound by {shown(key)} only; `aws:SourceArn` or `aws:SourceAccount` says for whom it acts",
                'add "aws:SourceAccount" or "aws:SourceArn" to the condition',
            )
        else:
            yield Found(
                RESTRICT,
                path,
                f"{shown(service)} is let in for every customer of AWS, since no condition says for whom it may act",
                'add "Condition": {"StringEquals": {"aws:SourceAccount": "<your account>"}}',
            )


def _own_logs(clause: Clause) -> bool:
    return bool(clause.resources) and not clause.opaque("Resource") and all(_OWN_LOGS.match(text) for _, text in clause.resources)


def asks_about_key(test: Test) -> bool:
    """The condition is on a key that people use in place of a source."""
    return any(test.lower == key or (key[-1] == ":" and test.lower.startswith(key)) for key in _STAND_INS)


def _accounts(clause: Clause) -> Iterator[Found]:
    """A source ARN without an account, and no other key that says whose it is."""
    if asks_about(clause, tuple(key for key in SOURCES if key != "aws:sourcearn")):
        return
    for test in tests_of(clause).get("aws:sourcearn", ()):
        if test.opaque or operator(test.operator).negated or operator(test.operator).base == "null":
            continue
        for index, value in enumerate(test.values):
            parts = str(value).split(":", 5)
            if everything(str(value)) or (len(parts) == 6 and (not parts[4] or everything(parts[4]))):
                listed = isinstance(clause.raw["Condition"][test.operator][test.key], list)
                yield Found(
                    SOURCE_WITHOUT_ACCOUNT,
                    test.where(index, listed),
                    f"{shown(str(value), 60)} does not say of which account the source is",
                    'add "aws:SourceAccount" to the condition',
                )


def _unpaired(clause: Clause) -> Iterator[Found]:
    mine = tests_of(clause)
    if "aws:vpcsourceip" in mine and not {"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"} & mine.keys():
        test = mine["aws:vpcsourceip"][0]
        yield Found(
            UNPAIRED,
            test.path,
            f"{shown(test.key)} without `aws:SourceVpc` holds for the same address in any VPC",
            'add "aws:SourceVpc" to the condition',
            name=True,
        )
