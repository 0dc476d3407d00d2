"""IAM's users, groups, roles, instance profiles and managed policies.

All come from one listing, GetAccountAuthorizationDetails, however many there are; the credentials of users from the credential report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from auditor.collect import credential_report
from auditor.collect.credential_report import Rows
from auditor.collect.door import Answer, Listing, Raw
from auditor.collect.shapes import moment, parts, texts
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.iam import AttachedPolicy, Group, InlinePolicy, InstanceProfile, ManagedPolicy, Role, RoleLastUsed, User
from auditor.model.resource import Resource, unread

FILTERS: Mapping[type[Resource], tuple[str, ...]] = {
    User: ("User",),
    Group: ("Group",),
    Role: ("Role",),
    InstanceProfile: ("Role",),
    ManagedPolicy: ("AWSManagedPolicy", "LocalManagedPolicy"),
}
"""What GetAccountAuthorizationDetails must be asked for to list a kind. Instance profiles come with their roles."""


LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""Under what GetAccountAuthorizationDetails lists them."""


def authorization_details(visit: Visit) -> None:
    """All kinds that are wanted, from one listing. Users come last: the report may take a while."""
    asked = sorted({name for kind, names in FILTERS.items() if visit.lists(kind) for name in names})
    details = visit.pages(calls.GET_ACCOUNT_AUTHORIZATION_DETAILS, "", {"Filter": asked})
    if visit.lists(Group):
        visit.add_each(Group, _under(details, "GroupDetailList"), lambda entry: _group(visit, entry))
    roles = _under(details, "RoleDetailList")
    if visit.lists(Role):
        visit.add_each(Role, roles, lambda entry: _role(visit, entry))
    if visit.lists(InstanceProfile):
        visit.add_each(InstanceProfile, _profiles(roles), lambda entry: _instance_profile(visit, entry))
    if visit.lists(ManagedPolicy):
        visit.add_each(ManagedPolicy, _under(details, "Policies"), lambda entry: _managed_policy(visit, entry))
    if visit.lists(User):
        wants_report = visit.wanted.gives(User, calls.GET_CREDENTIAL_REPORT)
        rows = credential_report.report(visit) if wants_report else unread(calls.GET_CREDENTIAL_REPORT)
        visit.add_each(User, _under(details, "UserDetailList"), lambda entry: _user(visit, entry, rows))


def text(document: Any) -> str:
    """A policy document as AWS keeps it: JSON text, valid or not. It travels percent-encoded; emulators may send it as it is."""
    if not isinstance(document, str):
        raise TypeError("not a text")
    # Encoded text holds neither quotes nor braces, and what looks like an escape in a text that was not encoded is its own.
    return document if '"' in document or "{" in document else unquote(document)


def _under(details: Listing, key: str) -> Listing:
    """One of the lists over all pages. A page may leave out a list of which it holds nothing, but not all of them."""
    call = calls.GET_ACCOUNT_AUTHORIZATION_DETAILS
    entries = tuple(Answer(call, Known(entry)) for page in details.pages for entry in parts(page, key))
    whole = any(key in page for page in details.pages) and all(any(name in page for name in LISTS) for page in details.pages)
    broken = () if whole or details.missing else (Unknown(Reason.ERROR, call.name, call.action),)
    return Listing(entries, (*details.missing, *broken))


def _profiles(roles: Listing) -> Listing:
    """The instance profiles that the roles are in, each once, with the ARNs of all its roles."""
    found: dict[str, tuple[Raw, set[str]]] = {}
    for role in roles.entries:
        for profile in parts(role.raw, "InstanceProfileList"):
            _, arns = found.setdefault(str(profile.get("Arn")), (profile, set()))
            arns |= {str(held["Arn"]) for held in (*parts(profile, "Roles"), role.raw) if "Arn" in held}
    call = calls.GET_ACCOUNT_AUTHORIZATION_DETAILS
    return Listing(
        tuple(Answer(call, Known({**profile, "Roles": tuple(sorted(arns))})) for profile, arns in found.values()), roles.missing
    )


def _user(visit: Visit, entry: Answer, rows: Fact[Rows]) -> User:
    name, arn = str(entry.raw["UserName"]), str(entry.raw["Arn"])
    created = entry.take(_created)
    row = credential_report.row(rows, name, arn, created)
    return User(
        arn=arn,
        id=name,
        region=visit.region,
        path=entry.take(_path),
        created=created,
        tags=entry.take(_tags),
        groups=entry.take(lambda r: texts(r, "GroupList")),
        attached=entry.take(_attached),
        inline=entry.take(lambda r: _inline(r, "UserPolicyList")),
        boundary=entry.take(_boundary),
        password_enabled=row.take(lambda r: credential_report.flag(r, "password_enabled")),
        password_last_used=row.take(credential_report.password_last_used),
        password_last_changed=row.take(lambda r: credential_report.moment(r, "password_last_changed")),
        mfa_active=row.take(lambda r: credential_report.flag(r, "mfa_active")),
        access_keys=row.take(credential_report.access_keys),
    )


def _group(visit: Visit, entry: Answer) -> Group:
    return Group(
        arn=str(entry.raw["Arn"]),
        id=str(entry.raw["GroupName"]),
        region=visit.region,
        path=entry.take(_path),
        attached=entry.take(_attached),
        inline=entry.take(lambda r: _inline(r, "GroupPolicyList")),
    )


def _role(visit: Visit, entry: Answer) -> Role:
    return Role(
        arn=str(entry.raw["Arn"]),
        id=str(entry.raw["RoleName"]),
        region=visit.region,
        path=entry.take(_path),
        created=entry.take(_created),
        tags=entry.take(_tags),
        trust=entry.take(lambda r: text(r["AssumeRolePolicyDocument"])),
        attached=entry.take(_attached),
        inline=entry.take(lambda r: _inline(r, "RolePolicyList")),
        boundary=entry.take(_boundary),
        instance_profiles=entry.take(lambda r: tuple(sorted(str(p["Arn"]) for p in parts(r, "InstanceProfileList")))),
        last_used=entry.take(_last_used),
    )


def _instance_profile(visit: Visit, entry: Answer) -> InstanceProfile:
    return InstanceProfile(
        arn=str(entry.raw["Arn"]),
        id=str(entry.raw["InstanceProfileName"]),
        region=visit.region,
        path=entry.take(_path),
        created=entry.take(_created),
        roles=entry.take(lambda r: r["Roles"]),
    )


def _managed_policy(visit: Visit, entry: Answer) -> ManagedPolicy | None:
    arn = str(entry.raw["Arn"])
    by_aws = arn.startswith(f"arn:{visit.partition}:iam::aws:")
    if by_aws and not entry.raw["AttachmentCount"] and not entry.raw.get("PermissionsBoundaryUsageCount"):
        return None
    return ManagedPolicy(
        arn=arn,
        id=arn.rpartition("/")[2],
        region=visit.region,
        path=entry.take(_path),
        aws_managed=Known(by_aws),
        default_version=entry.take(lambda r: str(r["DefaultVersionId"])),
        document=entry.take(
            lambda r: text({v["VersionId"]: v["Document"] for v in r["PolicyVersionList"]}[r["DefaultVersionId"]])
        ),
        attachments=entry.take(lambda r: int(r["AttachmentCount"])),
        boundary_uses=entry.take(lambda r: int(r["PermissionsBoundaryUsageCount"])),
        updated=entry.take(lambda r: moment(r["UpdateDate"])),
    )


def _path(raw: Raw) -> str:
    return str(raw["Path"])


def _created(raw: Raw) -> datetime:
    return moment(raw["CreateDate"])


def _tags(raw: Raw) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in sorted(parts(raw, "Tags"), key=lambda tag: str(tag["Key"]))}


def _attached(raw: Raw) -> tuple[AttachedPolicy, ...]:
    found = (AttachedPolicy(p["PolicyArn"], p["PolicyName"]) for p in parts(raw, "AttachedManagedPolicies"))
    return tuple(sorted(found, key=lambda policy: policy.arn))


def _inline(raw: Raw, key: str) -> tuple[InlinePolicy, ...]:
    found = (InlinePolicy(p["PolicyName"], text(p["PolicyDocument"])) for p in parts(raw, key))
    return tuple(sorted(found, key=lambda policy: policy.name))


def _boundary(raw: Raw) -> str | None:
    boundary = raw.get("PermissionsBoundary")
    return str(boundary["PermissionsBoundaryArn"]) if boundary else None


def _last_used(raw: Raw) -> RoleLastUsed | None:
    # An empty element means not used within the tracking period; none at all, that AWS did not say.
    used = raw["RoleLastUsed"]
    return RoleLastUsed(moment(used["LastUsedDate"]), used.get("Region")) if used.get("LastUsedDate") else None


COLLECTORS = (Collector(label="IAM", kinds=(User, Group, Role, InstanceProfile, ManagedPolicy), run=authorization_details),)
