"""What an identity that is taken over gives away: credentials, data, other people's access, and the way up.

The ground is Cloudsplaining's; which actions count is our own judgement. Only what is allowed on every resource and under no condition
counts, less what the same policy denies without condition: named resources say that somebody has thought about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.escalation import METHODS, Method
from auditor.policy.lint.named import Named, roster
from auditor.policy.lint.sets import everywhere
from auditor.policy.lint.texts import everything
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

CREDENTIALS = Check(
    id="credentials-exposure",
    level=Level.SECURITY,
    title="credentials can be made or read everywhere",
    why="Who gets hold of this identity leaves with further credentials, which stay when it is closed.",
    source="Service Authorization Reference",
)
EXFILTRATION = Check(
    id="data-exfiltration",
    level=Level.SECURITY,
    title="stored data can be read or copied everywhere",
    why="Who gets hold of this identity can carry off what is stored, wherever it is.",
    source="Service Authorization Reference",
)
EXPOSURE = Check(
    id="resource-exposure",
    level=Level.SECURITY,
    title="resources can be opened to others everywhere",
    why="Policies, access lists and shares of any resource can be changed: a single call makes it public.",
    source="Service Authorization Reference",
)
ESCALATION = Check(
    id="privilege-escalation",
    level=Level.SECURITY,
    title="actions that together lead to more permissions",
    why="The policy allows less than everything, but enough to get it.",
    source="Catalogue of pathfinding.cloud",
)

CHECKS = (CREDENTIALS, EXFILTRATION, EXPOSURE, ESCALATION)
KINDS = (Kind.IDENTITY,)

_NONE: frozenset[int] = frozenset()

_CREDENTIALS = (
    "appsync:CreateApiKey",
    "chime:CreateApiKey",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "elasticmapreduce:GetClusterSessionCredentials",
    "gamelift:GetComputeAuthToken",
    "gamelift:GetInstanceAccess",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateLoginProfile",
    "iot:CreateKeysAndCertificate",
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetBucketAccessKeys",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift-serverless:GetCredentials",
    "sagemaker:CreatePresignedDomainUrl",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoot",
    "sts:GetFederationToken",
)
"""They return something that lets its holder sign in, or make it."""
_DATA = (
    "backup:GetRecoveryPointRestoreMetadata",
    "backup:StartRestoreJob",
    "codecommit:GitPull",
    "dynamodb:ExportTableToPointInTime",
    "ebs:GetSnapshotBlock",
    "ecr:GetDownloadUrlForLayer",
    "glacier:GetJobOutput",
    "kinesis:GetRecords",
    "lambda:GetFunction",
    "logs:GetLogEvents",
    "rds:DownloadCompleteDBLogFile",
    "rds:StartExportTask",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
"""Candidates; see :data:`_WEIGHTY`."""
_WEIGHTY = frozenset(
    {
        "dynamodb:ExportTableToPointInTime",
        "ebs:GetSnapshotBlock",
        "rds:StartExportTask",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
    }
)
"""Those that read what is plainly data or secrets of others. The rest of :data:`_DATA` is read so often in the course of things that a
finding would be noise; it is only named beside one of these."""
_SHARING = (
    "acm-pca:PutPolicy",
    "backup:PutBackupVaultAccessPolicy",
    "codeartifact:PutDomainPermissionsPolicy",
    "codeartifact:PutRepositoryPermissionsPolicy",
    "dynamodb:PutResourcePolicy",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ecr:SetRepositoryPolicy",
    "ecr-public:SetRepositoryPolicy",
    "elasticfilesystem:PutFileSystemPolicy",
    "es:UpdateDomainConfig",
    "events:PutPermission",
    "glacier:SetVaultAccessPolicy",
    "glue:PutResourcePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kinesis:PutResourcePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddLayerVersionPermission",
    "lambda:AddPermission",
    "logs:PutDestinationPolicy",
    "logs:PutResourcePolicy",
    "ram:CreateResourceShare",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "redshift:AuthorizeSnapshotAccess",
    "s3:PutAccessPointPolicy",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutObjectAcl",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sns:SetTopicAttributes",
    "sqs:AddPermission",
    "sqs:SetQueueAttributes",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
)
"""They write the policy, the access list or the shares of a resource, or let another account in."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What one policy of an identity gives away."""
    weighed = _weighed(table)
    said = roster(policy, table)
    if not said.may_have(weighed):
        return
    unlimited = [
        (clause, row)
        for clause, row in zip(policy.clauses, said.rows, strict=True)
        if (row.wild or row.may_have(weighed)) and not clause.tests and everywhere(clause)
    ]
    wide = [(clause, row) for clause, row in unlimited if clause.allows]
    if any(everything(pattern) for _, row in wide for _, _, pattern in row.wild if pattern[0] == "*"):
        return  # everything is allowed: `allow-everything` says so
    denied = _NONE.union(*[row.among(weighed) for clause, row in unlimited if clause.denies])
    all_over: frozenset[int] = _NONE
    for clause, row in wide:
        bits = row.among(weighed) - denied
        if bits:
            all_over |= bits
            yield from _exposed(clause, row, bits, table)
    if all_over:
        yield from _escalations(wide, all_over, table)


class _Ground(msgspec.Struct, frozen=True):
    """The known actions of one check by their bits; what they do; and those without which there is no finding."""

    check: Check
    actions: dict[int, tuple[int, str]]
    """The rank of each, in which they are told, and its name."""
    weighty: frozenset[int]
    does: str


@lru_cache(maxsize=4)
def _grounds(table: ActionTable) -> tuple[_Ground, ...]:
    found: list[_Ground] = []
    for check_, names, weighty, does in (
        (CREDENTIALS, _CREDENTIALS, _CREDENTIALS, "gives out credentials"),
        (EXFILTRATION, _DATA, _WEIGHTY, "reads stored data"),
        (EXPOSURE, _SHARING, _SHARING, "opens resources to others"),
    ):
        first = enumerate(sorted(names, key=lambda name: name not in weighty))
        ranked = {bit: (rank, name) for rank, name in first if (bit := table.bit(name)) is not None}
        found.append(_Ground(check_, ranked, _bits(table, weighty), does))
    return tuple(found)


def _bits(table: ActionTable, names: Iterable[str]) -> frozenset[int]:
    return frozenset(bit for name in names if (bit := table.bit(name)) is not None)


@lru_cache(maxsize=4)
def _weighed(table: ActionTable) -> frozenset[int]:
    """Every action that some check here is about."""
    return frozenset(bit for ground in _grounds(table) for bit in ground.actions).union(*(needed for _, needed in _ways(table)))


def _exposed(clause: Clause, said: Named, bits: frozenset[int], table: ActionTable) -> Iterator[Found]:
    for ground in _grounds(table):
        if bits.isdisjoint(ground.weighty):
            continue
        found = [name for _, name in sorted(map(ground.actions.__getitem__, bits & ground.actions.keys()))]
        yield Found(
            ground.check,
            _where(clause, said, found[0], table),
            f"{_list(found)} on every resource {ground.does if len(found) == 1 else ground.does.replace('s ', ' ', 1)}",
            "name the resources that are meant, or add a condition",
        )


def _list(names: list[str]) -> str:
    more = len(names) - 2
    text = " and ".join(shown(name) for name in names[:2]) if more <= 0 else ", ".join(shown(name) for name in names[:2])
    return text + (f" and {more} other action{'s' if more > 1 else ''}" if more > 0 else "")


def _where(clause: Clause, said: Named, name: str, table: ActionTable) -> tuple[str | int, ...]:
    """The pattern of the statement that lets an action in."""
    bit = table.bit(name)
    if said.inverse or bit is None:
        return clause.at("NotAction" if said.inverse else "Action")
    found = [index for _, index, pattern in said.wild if table.expand(pattern) >> bit & 1]
    if bit in said.literals:
        found.append(clause.actions[said.places.index(bit)][0])
    return clause.at("Action", min(found, default=None))


@lru_cache(maxsize=4)
def _ways(table: ActionTable) -> tuple[tuple[Method, frozenset[int]], ...]:
    """The methods of which every action is known, with their actions."""
    return tuple((one, needed) for one in METHODS if len(needed := _bits(table, one.actions)) == len(one.actions))


def _escalations(wide: Sequence[tuple[Clause, Named]], bits: frozenset[int], table: ActionTable) -> Iterator[Found]:
    """The way up whose actions the policy writes out, as far as it does; of several, the shortest, and IAM's own first."""
    found = [method for method, needed in _ways(table) if needed <= bits]
    if not found:
        return
    written = {pattern.lower() for clause, _ in wide for _, pattern in clause.actions}

    def rank(way: Method) -> tuple[int, int, bool]:
        return sum(name.lower() not in written for name in way.actions), len(way.actions), not way.id.startswith("iam-")

    names = list(min(found, key=rank).actions)
    first = _bits(table, names[:1])
    clause, said = next((clause, row) for clause, row in wide if row.among(first))
    more = f", and {len(found) - 1} other way{'s' if len(found) > 2 else ''} up" if len(found) > 1 else ""
    last = names.pop()
    together = f"{', '.join(shown(name) for name in names)} and {shown(last)}" if names else shown(last)
    yield Found(
        ESCALATION,
        _where(clause, said, (names or [last])[0], table),
        f"{together} on every resource {'lead' if names else 'leads'} to the permissions of others{more}",
        "name the resources that are meant, or deny the actions that are not needed",
    )
