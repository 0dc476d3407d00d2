"""What moto cannot say of IAM: when credentials and roles were used, when certificates expire, and everything of the root user."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.demo.emulator import ACCOUNT, amend, reply
from auditor.demo.seed_iam import AUDITOR, CERTIFICATES, EVERYTHING, ROLES, USERS, DemoUser
from auditor.demo.site import allow, policy

Raw = Mapping[str, Any]

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROOT_KEY_MADE, ROOT_KEY_USED, ROOT_PASSWORD_USED = 1480, 3.1, 2.2
"""Days ago."""
CREDENTIAL = "%Y-%m-%dT%H:%M:%S+00:00"

ROOT_EVENTS = (
    (2.2, "signin.amazonaws.com", "ConsoleLogin", False),
    (2.2, "billingconsole.amazonaws.com", "GetBillingPreferences", True),
    (3.1, "s3.amazonaws.com", "PutBucketPolicy", False),
    (3.1, "iam.amazonaws.com", "CreateAccessKey", False),
    (9.4, "iam.amazonaws.com", "AttachRolePolicy", False),
    (16.0, "signin.amazonaws.com", "ConsoleLogin", False),
    (16.0, "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", False),
    (23.7, "ec2.amazonaws.com", "RunInstances", False),
    (41.3, "sagemaker.amazonaws.com", "CreateNotebookInstance", False),
)
"""What the root user did: days ago, where, what, and whether it only read."""


AWS_POLICIES: Mapping[str, tuple[str, str]] = {
    "AdministratorAccess": ("platform-admins", EVERYTHING),
    "AWSCloudShellFullAccess": ("ml-engineers", policy(allow("cloudshell:*"))),
}
"""AWS's own policies, which moto loads all or none of: the group that has each, and its document."""


def answer_for(session: Any, now: datetime, region: str) -> None:
    """Answer in the session as AWS would at the time ``now``; root's events are recorded in ``region``."""
    reply(session, "sts.GetCallerIdentity", lambda _, __: _identity())
    events = [_event(number, now, region, *event) for number, event in enumerate(ROOT_EVENTS)]
    reply(session, "cloudtrail.LookupEvents", lambda _, asked: {"Events": events if asked == region else []})
    amend(session, "iam.GetAccountSummary", lambda _, parsed: _summary(parsed))
    amend(session, "iam.GetCredentialReport", lambda _, parsed: _report(parsed, now))
    amend(session, "iam.GetAccountAuthorizationDetails", lambda _, parsed: _details(parsed, now))
    amend(session, "iam.ListServerCertificates", lambda _, parsed: _certificates(parsed, now))


def _identity() -> Raw:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{AUDITOR}/awsaudit"
    return {"UserId": "AROAEXAMPLEEXAMPLE000:awsaudit", "Account": ACCOUNT, "Arn": arn}


def _summary(parsed: dict[str, Any]) -> None:
    parsed["SummaryMap"].update({"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1, "AccountPasswordPresent": 1})


def _report(parsed: dict[str, Any], now: datetime) -> None:
    rows = list(csv.DictReader(io.StringIO(parsed["Content"].decode(), newline="")))
    columns = list(rows[0]) if rows else []
    users = {user.name: user for user in USERS}
    for row in rows:
        if user := users.get(row["user"]):
            row.update(_used(user, now))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow({**dict.fromkeys(columns, "N/A"), **_root_row(now)})
    writer.writerows(rows)
    parsed["Content"] = text.getvalue().encode()


def _ago(now: datetime, days: float) -> str:
    return (now - timedelta(days=days)).strftime(CREDENTIAL)


def _used(user: DemoUser, now: datetime) -> Mapping[str, str]:
    cells: dict[str, str] = {}
    if user.password is not None:
        cells["password_last_used"] = _ago(now, user.password)
    for slot, key in enumerate(user.keys, start=1):
        if key.used is not None:
            cells[f"access_key_{slot}_last_used_date"] = _ago(now, key.used)
            cells[f"access_key_{slot}_last_used_region"] = "us-east-1"
            cells[f"access_key_{slot}_last_used_service"] = key.service
    return cells


def _root_row(now: datetime) -> Mapping[str, str]:
    # AWS says "not supported" of what it does not track for the root user.
    return {
        "user": "<root_account>",
        "arn": ROOT,
        "user_creation_time": _ago(now, 1600),
        "password_enabled": "not_supported",
        "password_last_used": _ago(now, ROOT_PASSWORD_USED),
        "password_last_changed": "not_supported",
        "password_next_rotation": "not_supported",
        "mfa_active": "false",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": _ago(now, ROOT_KEY_MADE),
        "access_key_1_last_used_date": _ago(now, ROOT_KEY_USED),
        "access_key_1_last_used_region": "us-east-1",
        "access_key_1_last_used_service": "s3",
        "access_key_2_active": "false",
        "cert_1_active": "false",
        "cert_2_active": "false",
    }


def _details(parsed: dict[str, Any], now: datetime) -> None:
    for found in parsed["Policies"]:
        found.setdefault("PermissionsBoundaryUsageCount", 0)
    used = {role.name: role.used for role in ROLES}
    for role in parsed["RoleDetailList"]:
        days = used.get(role["RoleName"], 1.0)
        role["RoleLastUsed"] = {} if days is None else {"LastUsedDate": now - timedelta(days=days), "Region": "us-east-1"}
    for name, (group, document) in AWS_POLICIES.items():
        arn = f"arn:aws:iam::aws:policy/{name}"
        for found in parsed["GroupDetailList"]:
            if found["GroupName"] == group:
                found["AttachedManagedPolicies"].append({"PolicyName": name, "PolicyArn": arn})
        parsed["Policies"].append(_aws_policy(name, arn, document))


def _aws_policy(name: str, arn: str, document: str) -> dict[str, Any]:
    made = datetime(2015, 2, 6, 18, 39, 46, tzinfo=UTC)
    version = {"Document": document, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": made}
    return {
        "PolicyName": name,
        "PolicyId": "ANPAEXAMPLEEXAMPLE000",
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": made,
        "UpdateDate": made,
        "PolicyVersionList": [version],
    }


def _certificates(parsed: dict[str, Any], now: datetime) -> None:
    for certificate in parsed["ServerCertificateMetadataList"]:
        certificate["UploadDate"] = now - timedelta(days=120)
        certificate["Expiration"] = now + timedelta(days=CERTIFICATES[certificate["ServerCertificateName"]])


def _event(number: int, now: datetime, region: str, days: float, source: str, name: str, read_only: bool) -> Raw:
    time = now - timedelta(days=days)
    identity = f"00000000-0000-4000-8000-{number:012x}"
    signed_in = {"additionalEventData": {"MFAUsed": "No"}} if name == "ConsoleLogin" else {}
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "Root", "principalId": ACCOUNT, "arn": ROOT, "accountId": ACCOUNT},
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "readOnly": read_only,
        "eventID": identity,
        "eventType": "AwsConsoleSignIn" if signed_in else "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        **signed_in,
    }
    return {
        "EventId": identity,
        "EventName": name,
        "ReadOnly": str(read_only).lower(),
        "EventTime": time,
        "EventSource": source,
        "Username": "root",
        "CloudTrailEvent": json.dumps(record),
    }
