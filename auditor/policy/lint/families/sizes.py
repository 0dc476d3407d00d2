"""How long a policy may be, by its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.view import Policy

_IAM = "IAM User Guide, IAM and AWS STS quotas"
_ORGANIZATIONS = "AWS Organizations User Guide, Quotas for AWS Organizations"

IDENTITY = Check(
    id="policy-size-exceeds-identity-policy-quota",
    level=Level.WARNING,
    title="a policy of an identity that is too long",
    why="AWS does not save it: a managed policy has at most 6,144 characters, and white space does not count.",
    source=_IAM,
)
RESOURCE = Check(
    id="policy-size-exceeds-resource-policy-quota",
    level=Level.WARNING,
    title="a resource policy that is too long",
    why="The service does not save it.",
    source="quotas of each service; S3: 20 KB, SQS: 8,192 bytes, KMS: 32 KB, ECR: 10,240 bytes, VPC endpoints: 20,480 characters",
)
TRUST = Check(
    id="policy-size-exceeds-role-trust-policy-quota",
    level=Level.WARNING,
    title="a trust policy that is too long",
    why="A trust policy has at most 2,048 characters; the quota may be raised to 4,096.",
    source=_IAM,
)
SCP = Check(
    id="policy-size-exceeds-scp-quota",
    level=Level.ERROR,
    title="a service control policy that is too long",
    why="Organizations does not save it: since 15 May 2026 such a policy has at most 10,240 characters, before that 5,120.",
    source=f"{_ORGANIZATIONS}; What's New with AWS, 15 May 2026: higher quotas for service control policies",
)
RCP = Check(
    id="policy-size-exceeds-rcp-quota",
    level=Level.ERROR,
    title="a resource control policy that is too long",
    why="Organizations does not save it: such a policy has at most 5,120 characters.",
    source=_ORGANIZATIONS,
)
SESSION = Check(
    id="policy-size-exceeds-session-policy-quota",
    level=Level.WARNING,
    title="a session policy that is too long",
    why="STS does not take it: a session policy has at most 2,048 characters.",
    source=_IAM,
)

CHECKS = (IDENTITY, RESOURCE, TRUST, SCP, RCP, SESSION)

_BY_KIND: Mapping[Kind, tuple[Check, int]] = {
    Kind.IDENTITY: (IDENTITY, 6_144),
    Kind.BOUNDARY: (IDENTITY, 6_144),
    Kind.TRUST: (TRUST, 2_048),
    Kind.SCP: (SCP, 10_240),
    Kind.RCP: (RCP, 5_120),
    Kind.SESSION: (SESSION, 2_048),
    Kind.RESOURCE: (RESOURCE, 32_768),
}
_BY_PLACE: Mapping[str, int] = {
    "AWS::IAM::Policy": 10_240,  # may be attached to users, groups and roles: the longest of them
    "AWS::IAM::Role": 10_240,
    "AWS::IAM::RolePolicy": 10_240,
    "AWS::IAM::User": 2_048,
    "AWS::IAM::UserPolicy": 2_048,
    "AWS::IAM::Group": 5_120,
    "AWS::IAM::GroupPolicy": 5_120,
    "AWS::SSO::PermissionSet": 32_768,
    "AWS::Serverless::Function": 10_240,
    "AWS::S3::BucketPolicy": 20_480,
    "AWS::SQS::QueuePolicy": 8_192,
    "AWS::SNS::TopicPolicy": 30_720,
    "AWS::KMS::Key": 32_768,
    "AWS::SecretsManager::ResourcePolicy": 20_480,
    "AWS::ECR::Repository": 10_240,
    "AWS::EC2::VPCEndpoint": 20_480,
}


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """Whether the policy is too long."""
    check, most = _BY_KIND[policy.kind]
    if policy.kind in (Kind.IDENTITY, Kind.RESOURCE):
        most = _BY_PLACE.get(policy.attached_to, most)
    if policy.at_most > most and policy.size > most:
        message = f"the policy has {policy.size:,} characters without white space; {most:,} are allowed"
        yield Found(check, (), message, "split it, or shorten it with wildcards")
