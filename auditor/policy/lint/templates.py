"""Where policies stand within other data: templates of CloudFormation and SAM, plans of Terraform, answers of AWS.

What a policy is attached to, the data say; then its type is known and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from auditor.policy.lint.check import Kind
from auditor.source.shape import Path, is_list, is_object

_DEEPEST = 40


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A policy within other data. ``kind`` is ``None`` when its surroundings do not tell; ``text`` is JSON text, if it is so kept."""

    path: Path
    raw: Any
    kind: Kind | None = None
    attached_to: str = ""
    name: str = ""
    text: str | None = None


def is_policy(value: Any) -> bool:
    """The data are meant as a policy: they have its elements on top and are no template."""
    return is_object(value) and ("Statement" in value or (bool(value) and set(value) <= {"Version", "Id"}))


def is_template(value: Any) -> bool:
    """The data are a template of CloudFormation."""
    return is_object(value) and is_object(value.get("Resources")) and _plan(value) is None


def policies(root: Any) -> Iterator[Part]:
    """All policies in the data, in their order."""
    plan = _plan(root)
    if plan is not None:
        yield from _modules(plan, ("planned_values", "root_module"))
    elif is_template(root):
        for name, resource in root["Resources"].items():
            if is_object(resource):
                yield from _resource(name, resource)
    else:
        yield from _found(root, (), None, "", "")


_IDENTITY = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
    "AWS::SSO::PermissionSet",
    "AWS::Serverless::Function",
    "AWS::Serverless::StateMachine",
)
_ORGANIZATION = {"SERVICE_CONTROL_POLICY": Kind.SCP, "RESOURCE_CONTROL_POLICY": Kind.RCP}


def _resource(name: str, resource: Mapping[str, Any]) -> Iterator[Part]:
    type_ = resource.get("Type")
    properties = resource.get("Properties")
    if not isinstance(type_, str) or not is_object(properties):
        return
    kind: Kind | None = Kind.IDENTITY if type_ in _IDENTITY else Kind.RESOURCE if type_.startswith("AWS::") else None
    if type_ == "AWS::Organizations::Policy":
        wanted = properties.get("Type")
        kind = _ORGANIZATION.get(wanted) if isinstance(wanted, str) else None
        if kind is None:
            return
    yield from _found(properties, ("Resources", name, "Properties"), kind, type_, name)


def _found(value: Any, path: Path, kind: Kind | None, attached_to: str, name: str) -> Iterator[Part]:
    """What looks like a policy anywhere in the value."""
    if len(path) > _DEEPEST:
        return
    if is_object(value):
        if _statements(value):
            yield Part(path=path, raw=value, kind=_by_name(path, kind), attached_to=attached_to, name=_title(name, path))
            return
        for key, inner in value.items():
            if isinstance(inner, (dict, list, str)):
                yield from _found(inner, (*path, key), kind, attached_to, name)
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from _found(inner, (*path, index), kind, attached_to, name)
    elif isinstance(value, str) and _is_text(value):
        yield Part(path=path, raw=None, kind=_by_name(path, kind), attached_to=attached_to, name=_title(name, path), text=value)


def _statements(value: Mapping[str, Any]) -> bool:
    """A policy that is not on top needs statements that look like it: other data use the word, too."""
    listed = value.get("Statement")
    if is_list(listed):
        return "Version" in value or any(is_object(one) and "Effect" in one for one in listed)
    return is_object(listed) and ("Version" in value or "Effect" in listed)


def _is_text(value: str) -> bool:
    return '"Statement"' in value and value.lstrip()[:1] == "{"


def _by_name(path: Path, kind: Kind | None) -> Kind | None:
    if "AssumeRolePolicyDocument" in path or "assume_role_policy" in path:
        return Kind.TRUST
    if "PermissionsBoundary" in path:
        return Kind.BOUNDARY
    return kind


def _title(name: str, path: Path) -> str:
    words = [str(part) for part in path if isinstance(part, str) and part not in ("Resources", "Properties", name)]
    return f"{name} {words[-1]}" if name and words else name or "/".join(map(str, path))


def _plan(root: Any) -> Mapping[str, Any] | None:
    if not is_object(root) or not is_object(root.get("planned_values")):
        return None
    module = root["planned_values"].get("root_module")
    return module if is_object(module) else {}


_TERRAFORM: Mapping[str, tuple[Kind | None, str]] = {
    "aws_iam_policy": (Kind.IDENTITY, "AWS::IAM::ManagedPolicy"),
    "aws_iam_role": (Kind.IDENTITY, "AWS::IAM::Role"),
    "aws_iam_role_policy": (Kind.IDENTITY, "AWS::IAM::RolePolicy"),
    "aws_iam_user_policy": (Kind.IDENTITY, "AWS::IAM::UserPolicy"),
    "aws_iam_group_policy": (Kind.IDENTITY, "AWS::IAM::GroupPolicy"),
    "aws_ssoadmin_permission_set_inline_policy": (Kind.IDENTITY, "AWS::SSO::PermissionSet"),
    "aws_s3_bucket": (Kind.RESOURCE, "AWS::S3::BucketPolicy"),
    "aws_s3_bucket_policy": (Kind.RESOURCE, "AWS::S3::BucketPolicy"),
    "aws_sqs_queue": (Kind.RESOURCE, "AWS::SQS::QueuePolicy"),
    "aws_sqs_queue_policy": (Kind.RESOURCE, "AWS::SQS::QueuePolicy"),
    "aws_sns_topic": (Kind.RESOURCE, "AWS::SNS::TopicPolicy"),
    "aws_sns_topic_policy": (Kind.RESOURCE, "AWS::SNS::TopicPolicy"),
    "aws_kms_key": (Kind.RESOURCE, "AWS::KMS::Key"),
    "aws_kms_key_policy": (Kind.RESOURCE, "AWS::KMS::Key"),
    "aws_secretsmanager_secret_policy": (Kind.RESOURCE, "AWS::SecretsManager::ResourcePolicy"),
    "aws_ecr_repository_policy": (Kind.RESOURCE, "AWS::ECR::Repository"),
    "aws_vpc_endpoint": (Kind.RESOURCE, "AWS::EC2::VPCEndpoint"),
}


def _modules(module: Mapping[str, Any], path: Path) -> Iterator[Part]:
    if len(path) > _DEEPEST:
        return
    for index, resource in enumerate(_list(module.get("resources"))):
        values = resource.get("values")
        type_ = resource.get("type")
        if not is_object(values) or not isinstance(type_, str):
            continue
        kind, attached_to = _TERRAFORM.get(type_, (Kind.RESOURCE if type_.startswith("aws_") else None, ""))
        if type_ == "aws_organizations_policy":
            kind = _ORGANIZATION.get(str(values.get("type") or "SERVICE_CONTROL_POLICY"))
            if kind is None:
                continue
        where: Path = (*path, "resources", index, "values")
        yield from _found(values, where, kind, attached_to, str(resource.get("address") or type_))
    for index, child in enumerate(_list(module.get("child_modules"))):
        yield from _modules(child, (*path, "child_modules", index))


def _list(value: Any) -> list[dict[str, Any]]:
    return [one if is_object(one) else {} for one in value] if is_list(value) else []
