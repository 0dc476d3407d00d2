"""ARNs in ``Resource`` and ``NotResource``: their six fields, each against what the service documents."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import repeat
from typing import TypeAlias

from auditor.policy.actions import ActionTable
from auditor.policy.lint.arn_forms import elsewhere, example, may_be, types
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.regions import PARTITIONS, REGIONS
from auditor.policy.lint.texts import head, wild
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_ARNS = "IAM User Guide, Identify AWS resources with Amazon Resource Names (ARNs)"
_RESOURCE = "IAM User Guide, IAM JSON policy elements: Resource"
_REFERENCE = "Service Authorization Reference, resource types of each service"

INVALID_ARN_PREFIX = Check(
    id="invalid-arn-prefix",
    level=Level.ERROR,
    title="a resource that is neither `*` nor an ARN",
    why="A resource is named by its ARN, which begins with `arn:`; AWS does not save another text.",
    source=_RESOURCE,
    refused=True,
)
MISSING_ARN_FIELD = Check(
    id="missing-arn-field",
    level=Level.ERROR,
    title="an ARN with fewer than six fields",
    why="The fields are told apart by their place: with one missing, all that follow mean something else.",
    source=_ARNS,
)
EMPTY_ARN_RESOURCE = Check(
    id="empty-arn-resource",
    level=Level.WARNING,  # AWS saves it: AmazonDevOpsGuruOrganizationsAccess has one
    title="an ARN whose last field is empty",
    why="The last field names the resource; no resource has an ARN without it, so the statement speaks of nothing.",
    source=_ARNS,
)
INVALID_PARTITION = Check(
    id="invalid-partition",
    level=Level.ERROR,
    title="an ARN in a partition that there is not",
    why="AWS refuses it: partitions are `aws`, `aws-cn`, `aws-us-gov` and a few more.",
    source=_ARNS,
    refused=True,
)
UNKNOWN_PARTITION = Check(
    id="unknown-partition-in-arn",
    level=Level.WARNING,
    title="an ARN in a partition that is not known",
    why="It has the form of a partition, so it may be newer than this list; else AWS refuses it.",
    source=_ARNS,
)
INVALID_SERVICE = Check(
    id="invalid-service",
    level=Level.ERROR,
    title="an ARN of a service that there is not",
    why="No resource has such an ARN, so the statement speaks of nothing.",
    source=_REFERENCE,
)
UNKNOWN_SERVICE = Check(
    id="unknown-service-in-arn",
    level=Level.WARNING,
    title="an ARN of a service that the data does not know",
    why="It may be newer than the data, retired, or mistyped: then the statement speaks of nothing.",
    source=_REFERENCE,
)
INVALID_ARN_SERVICE_CASE = Check(
    id="invalid-arn-service-case",
    level=Level.ERROR,
    title="an ARN with a service in capitals",
    why="The services in ARNs are written in small letters, and case matters.",
    source=_ARNS,
)
INVALID_ARN_REGION = Check(
    id="invalid-arn-region",
    level=Level.ERROR,
    title="an ARN whose region is none",
    why="No resource has such an ARN, so the statement speaks of nothing.",
    source=_ARNS,
)
INVALID_REGION = Check(
    id="invalid-region",
    level=Level.ERROR,
    title="an ARN in a region that there is not",
    why="It has the form of a region, but AWS has none of this name: the statement speaks of nothing.",
    source="AWS Regions and Availability Zones User Guide, as of 2026-10",
)
MISSING_ARN_REGION = Check(
    id="missing-arn-region",
    level=Level.ERROR,
    title="an ARN without the region that it needs",
    why="The ARNs of these resources have a region, so one without matches none of them.",
    source=_REFERENCE,
)
ARN_REGION_NOT_ALLOWED = Check(
    id="arn-region-not-allowed",
    level=Level.ERROR,
    title="an ARN with a region that it does not have",
    why="The ARNs of these resources leave the region empty, so one that names it matches none of them.",
    source=_REFERENCE,
)
ARN_ACCOUNT_NOT_ALLOWED = Check(
    id="arn-account-not-allowed",
    level=Level.ERROR,
    title="an ARN with an account that it does not have",
    why="The ARNs of these resources leave the account empty, so one that names it matches none of them.",
    source=_REFERENCE,
)
INVALID_ARN_ACCOUNT = Check(
    id="invalid-arn-account",
    level=Level.ERROR,
    title="an ARN whose account is none",
    why="An account id has twelve digits; no resource has an ARN with another text there.",
    source=_ARNS,
)
INVALID_ARN_RESOURCE = Check(
    id="invalid-arn-resource",
    level=Level.WARNING,  # Access Analyzer's is an error, but the documented ARNs are not complete: 48 managed policies have others
    title="an ARN of a kind of resource that the service does not have",
    why="The last field of an ARN begins with the kind of resource; no resource that the service documents has an ARN like this one.",
    source=_REFERENCE,
)
UNSUPPORTED_RESOURCE_ARN = Check(
    id="unsupported-resource-arn-in-policy",
    level=Level.ERROR,
    title="a resource policy that speaks of another service's resources",
    why="A policy of a resource holds for that resource only.",
    source="IAM User Guide, Identity-based policies and resource-based policies",
)

CHECKS = (
    INVALID_ARN_PREFIX,
    MISSING_ARN_FIELD,
    EMPTY_ARN_RESOURCE,
    INVALID_PARTITION,
    UNKNOWN_PARTITION,
    INVALID_SERVICE,
    UNKNOWN_SERVICE,
    INVALID_ARN_SERVICE_CASE,
    INVALID_ARN_REGION,
    INVALID_REGION,
    MISSING_ARN_REGION,
    ARN_REGION_NOT_ALLOWED,
    ARN_ACCOUNT_NOT_ALLOWED,
    INVALID_ARN_ACCOUNT,
    INVALID_ARN_RESOURCE,
    UNSUPPORTED_RESOURCE_ARN,
)

Fault: TypeAlias = tuple[Check, str, str, str]
"""The check, the message, the fix, and the whole ARN as it was meant when that is plain."""

_NOT_REGIONS = ("aws-global", "global")
"""What some services write in place of a region."""
_ACCOUNT_WORDS = (
    "aws",
    "aws-managed",
    "amazon",
    "cloudfront",
    "third-party-aws",
    "aws-marketplace",
    "sagemaker",
    "elasticbeanstalk",
)
"""What AWS writes in place of an account for what is its own."""
_OTHER_SERVICES = frozenset({"catalog", "elastic-inference", "route53-recovery-control"})
"""Services that are in ARNs, but not in actions."""
_VARIABLE = re.compile(r"\$\{[^}]*\}?")
_PARTITION_LIKE = re.compile(r"aws(?:-[a-z0-9]+)*\Z")
_REGION_LIKE = re.compile(r"[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}\Z")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_ATTACHED: Mapping[str, tuple[str, ...]] = {
    "AWS::S3::BucketPolicy": ("s3",),
    "AWS::SQS::QueuePolicy": ("sqs",),
    "AWS::SNS::TopicPolicy": ("sns",),
    "AWS::KMS::Key": ("kms",),
    "AWS::SecretsManager::ResourcePolicy": ("secretsmanager",),
}


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What is wrong with the resources."""
    attached = _ATTACHED.get(policy.attached_to)
    for clause in policy.clauses:
        if clause.plain and not attached and not any(map(faults, clause.texts("Resource"), repeat(table))):
            continue
        for name in ("Resource", "NotResource"):
            for index, text in clause.strings(name):
                for check, message, fix, meant in faults(text, table):
                    path = clause.at(name, index)
                    yield Found(check, path, message, fix, Edit(path, meant) if meant else None)
                if attached and text.startswith("arn:") and _service(text) not in (None, *attached, "*"):
                    message = f"{shown(text)} is no resource of {attached[0]}, to which the policy is attached"
                    yield Found(
                        UNSUPPORTED_RESOURCE_ARN, clause.at(name, index), message, f"name the ARN of the {attached[0]} resource"
                    )
            if clause.opaque(name):
                yield from _of_templates(clause, name, table)


def _service(arn: str) -> str | None:
    """The service of an ARN; ``None`` if it ends before it names one."""
    parts = arn.split(":", 3)
    return parts[2] if len(parts) > 2 else None


def _of_templates(clause: Clause, name: str, table: ActionTable) -> Iterator[Found]:
    """ARNs of which a template fills in parts: what it fills in may hold colons, so a missing field is not missing for sure."""
    for index, text in clause.templates(name):
        for check, message, fix, _ in faults(text, table):
            if check is not MISSING_ARN_FIELD and not check.refused:
                yield Found(check, clause.at(name, index), message, fix)


def form(policy: Policy) -> Iterator[Found]:
    """What AWS refuses of the resources, without knowing the services."""
    for clause in policy.clauses:
        for name in ("Resource", "NotResource"):
            for index, text in clause.strings(name):
                for check, message, fix, _ in () if text == "*" else _outer(text):
                    yield Found(check, clause.at(name, index), message, fix)


@lru_cache(maxsize=65536)
def faults(text: str, table: ActionTable) -> tuple[Fault, ...]:
    """What is wrong with an ARN, or with what stands in place of one."""
    return () if text == "*" else tuple(_faults(text, table))


@lru_cache(maxsize=4096)
def _outer(text: str) -> tuple[Fault, ...]:
    """What AWS refuses: text that is no ARN, and partitions that there are not."""
    plain = _VARIABLE.sub("*", text) if "${" in text else text
    parts = plain.split(":", 5)
    first = parts[0]
    if len(parts) == 1 or (first != "arn" and "*" not in first and "?" not in first):
        fix = (
            f'"arn:aws:s3:::{text}"'
            if len(parts) == 1 and re.fullmatch(r"[a-z0-9.-]{3,63}(/.*)?", text)
            else 'write an ARN, or "*"'
        )
        return ((INVALID_ARN_PREFIX, f"{shown(text)} is neither `*` nor an ARN", fix, ""),)
    partition = parts[1]
    if "*" in partition or "?" in partition or _PARTITION_LIKE.match(partition):
        return ()
    return ((INVALID_PARTITION, f"{shown(text)} is in partition {shown(partition)}, which there is not", "write `aws`", ""),)


def _faults(text: str, table: ActionTable) -> Iterator[Fault]:
    plain = _VARIABLE.sub("*", text) if "${" in text else text
    parts = plain.split(":", 5)
    if not (len(parts) == 6 and parts[0] == "arn" and parts[1] in PARTITIONS) and (outer := _outer(text)):
        yield from outer
        return
    if len(parts) < 6:
        if "*" in parts[0]:
            return
        yield (
            MISSING_ARN_FIELD,
            f"{shown(text)} has {len(parts)} fields of `arn:partition:service:region:account:resource`",
            "write all six, empty ones too",
            "",
        )
        return
    _, partition, service, region, account, resource = parts
    if partition not in PARTITIONS and not wild(partition):
        near = difflib.get_close_matches(partition, PARTITIONS, n=1)
        message = f"{shown(text)} is in partition {shown(partition)}, which is not known"
        yield UNKNOWN_PARTITION, message, f"write `{near[0] if near else 'aws'}`", ""
    if wild(service):
        return
    if service != service.lower():
        meant = ":".join((*text.split(":", 3)[:2], service.lower(), text.split(":", 3)[3]))
        yield INVALID_ARN_SERVICE_CASE, f"{shown(text)} has its service in capitals", f"write `{service.lower()}`", meant
        service = service.lower()
    if not (service in _OTHER_SERVICES or table.has_service(service)):
        yield _no_service(text, service, table)
    if region and region not in REGIONS and not wild(region) and region not in _NOT_REGIONS:
        yield _region(text, region)
    if account and not wild(account) and not _ACCOUNT.match(account) and account not in _ACCOUNT_WORDS:
        yield INVALID_ARN_ACCOUNT, f"{shown(text)} has the account {shown(account)}", "write the twelve digits of the account", ""
    if not resource:
        yield EMPTY_ARN_RESOURCE, f"{shown(text)} names no resource in its last field", "write the resource, or `*`", ""
    elif not wild(resource[:1]):
        yield from _against(text, service, region, account, resource, table)


def _no_service(text: str, service: str, table: ActionTable) -> Fault:
    near = difflib.get_close_matches(service, (*table.services(), *_OTHER_SERVICES), n=1, cutoff=0.8)
    if not service:
        return INVALID_SERVICE, f"{shown(text)} names no service", "write the service after the partition", ""
    if near and not table.retired(service):
        message = f"{shown(text)} names the service {shown(service)}, which there is not; did you mean `{near[0]}`?"
        return INVALID_SERVICE, message, f"write `{near[0]}`", ""
    message = f"{shown(text)} names the service {shown(service)}, which the data of {table.updated} does not know"
    return UNKNOWN_SERVICE, message, "check the spelling", ""


def _region(text: str, region: str) -> Fault:
    near = difflib.get_close_matches(region, sorted(REGIONS), n=1)
    fix = f"write `{near[0]}`" if near else "write a region, or `*`"
    if _REGION_LIKE.match(region):
        return INVALID_REGION, f"{shown(text)} is in region {shown(region)}, which there is not", fix, ""
    return INVALID_ARN_REGION, f"{shown(text)} has {shown(region)} for its region", fix, ""


def _against(text: str, service: str, region: str, account: str, resource: str, table: ActionTable) -> Iterator[Fault]:
    """Against the resource types of the service: those that the last field can be."""
    known = types(service, table)
    if not known.all:
        return
    start = head(resource)
    # What each of the questions waits for; a resource type that answers all of them ends the search.
    no_region = bool(region) and not wild(region)
    a_region = not region
    no_account = bool(account) and not wild(account)
    fits = False
    for form, has_region, has_account in known.near(start):
        if may_be(resource, start, form):
            fits = True
            no_region = no_region and not has_region
            a_region = a_region and has_region
            no_account = no_account and not has_account
            if not (no_region or a_region or no_account):
                return
    if not fits:
        if not any(may_be(resource, start, form) for form in elsewhere(service, table)):
            message = f"{shown(text)} is like no ARN that {service} documents"
            yield INVALID_ARN_RESOURCE, message, f"write as in `{example(resource, [form for form, _, _ in known.all])}`", ""
        return
    said = f"{shown(text)} names"
    if no_region:
        yield ARN_REGION_NOT_ALLOWED, f"{said} a region; such an ARN of {service} has none", "leave the field empty", ""
    if a_region:
        yield MISSING_ARN_REGION, f"{said} no region; such an ARN of {service} has one", "write the region, or `*`", ""
    if no_account:
        yield ARN_ACCOUNT_NOT_ALLOWED, f"{said} an account; such an ARN of {service} has none", "leave the field empty", ""
