"""IAM: users, groups, roles, policies, providers and certificates.

All but the credentials come from one paged call, GetAccountAuthorizationDetails; the credentials of users from the credential report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.resource import Resource, unread


class AttachedPolicy(msgspec.Struct, frozen=True):
    """A managed policy attached to an identity."""

    arn: str
    name: str


class InlinePolicy(msgspec.Struct, frozen=True):
    """A policy embedded in an identity. ``document`` is the JSON text as AWS keeps it, valid or not."""

    name: str
    document: str


class AccessKey(msgspec.Struct, frozen=True):
    """One of a user's two access key slots, as the credential report has it (it does not tell the key's id)."""

    slot: int
    active: bool
    last_rotated: datetime | None = None
    """When the key was made or last changed; ``None`` when the slot is empty."""
    last_used: datetime | None = None
    last_used_service: str | None = None
    last_used_region: str | None = None


class RoleLastUsed(msgspec.Struct, frozen=True):
    """When a role was last used, in the tracking period of AWS (400 days)."""

    time: datetime
    region: str | None = None


_DETAILS = unread(calls.GET_ACCOUNT_AUTHORIZATION_DETAILS)
_REPORT = unread(calls.GET_CREDENTIAL_REPORT)


class _Global(Resource, frozen=True, kw_only=True):
    SERVICE: ClassVar[str] = "iam"
    LISTED_BY: ClassVar[Call] = calls.GET_ACCOUNT_AUTHORIZATION_DETAILS
    REGIONAL: ClassVar[bool] = False


class User(_Global, frozen=True, kw_only=True):
    """An IAM user. ``id`` is the user name."""

    KIND: ClassVar[str] = "iam-user"
    NOUN: ClassVar[str] = "IAM user"

    path: Fact[str] = _DETAILS
    created: Fact[datetime] = _DETAILS
    tags: Fact[Mapping[str, str]] = _DETAILS
    groups: Fact[tuple[str, ...]] = _DETAILS
    """Names of the groups the user is in."""
    attached: Fact[tuple[AttachedPolicy, ...]] = _DETAILS
    inline: Fact[tuple[InlinePolicy, ...]] = _DETAILS
    boundary: Fact[str | None] = _DETAILS
    """ARN of the permissions boundary."""
    password_enabled: Fact[bool] = _REPORT
    """The user can sign in to the console with a password."""
    password_last_used: Fact[datetime | None] = _REPORT
    """``None``: never used (or not since AWS began to track it)."""
    password_last_changed: Fact[datetime | None] = _REPORT
    mfa_active: Fact[bool] = _REPORT
    access_keys: Fact[tuple[AccessKey, ...]] = _REPORT
    """The key slots that hold a key; an inactive key counts, an empty slot does not."""

    @property
    def name(self) -> str:
        """The user name: a ``Name`` tag does not rename a user."""
        return self.id


class Group(_Global, frozen=True, kw_only=True):
    """An IAM group. ``id`` is the group name."""

    KIND: ClassVar[str] = "iam-group"
    NOUN: ClassVar[str] = "IAM group"

    path: Fact[str] = _DETAILS
    attached: Fact[tuple[AttachedPolicy, ...]] = _DETAILS
    inline: Fact[tuple[InlinePolicy, ...]] = _DETAILS


class Role(_Global, frozen=True, kw_only=True):
    """An IAM role. ``id`` is the role name."""

    KIND: ClassVar[str] = "iam-role"
    NOUN: ClassVar[str] = "IAM role"

    path: Fact[str] = _DETAILS
    created: Fact[datetime] = _DETAILS
    tags: Fact[Mapping[str, str]] = _DETAILS
    trust: Fact[str] = _DETAILS
    """The trust policy: JSON text as AWS keeps it."""
    attached: Fact[tuple[AttachedPolicy, ...]] = _DETAILS
    inline: Fact[tuple[InlinePolicy, ...]] = _DETAILS
    boundary: Fact[str | None] = _DETAILS
    instance_profiles: Fact[tuple[str, ...]] = _DETAILS
    """ARNs of the instance profiles that hold the role."""
    last_used: Fact[RoleLastUsed | None] = _DETAILS

    @property
    def name(self) -> str:
        """The role name: a ``Name`` tag does not rename a role."""
        return self.id


class InstanceProfile(_Global, frozen=True, kw_only=True):
    """An instance profile that holds a role. ``id`` is its name. (A profile without a role does not show in the details.)"""

    KIND: ClassVar[str] = "iam-instance-profile"
    NOUN: ClassVar[str] = "instance profile"

    path: Fact[str] = _DETAILS
    created: Fact[datetime] = _DETAILS
    roles: Fact[tuple[str, ...]] = _DETAILS
    """ARNs of the roles, one at the most today."""


class ManagedPolicy(_Global, frozen=True, kw_only=True):
    """A managed policy: the customer's own, and those of AWS that are attached or a boundary somewhere. ``id`` is its name."""

    KIND: ClassVar[str] = "iam-policy"
    NOUN: ClassVar[str] = "managed policy"

    path: Fact[str] = _DETAILS
    aws_managed: Fact[bool] = _DETAILS
    default_version: Fact[str] = _DETAILS
    document: Fact[str] = _DETAILS
    """The default version's JSON text as AWS keeps it, valid or not."""
    attachments: Fact[int] = _DETAILS
    """How many users, groups and roles it is attached to."""
    boundary_uses: Fact[int] = _DETAILS
    """How many users and roles have it as their permissions boundary."""
    updated: Fact[datetime] = _DETAILS


class VirtualMfaDevice(_Global, frozen=True, kw_only=True):
    """A virtual MFA device. ``id`` is its serial number."""

    KIND: ClassVar[str] = "iam-virtual-mfa-device"
    NOUN: ClassVar[str] = "virtual MFA device"
    LISTED_BY: ClassVar[Call] = calls.LIST_VIRTUAL_MFA_DEVICES

    user: Fact[str | None] = unread(calls.LIST_VIRTUAL_MFA_DEVICES)
    """ARN of the user that it is assigned to."""
    enabled_at: Fact[datetime | None] = unread(calls.LIST_VIRTUAL_MFA_DEVICES)


class SamlProvider(_Global, frozen=True, kw_only=True):
    """A SAML identity provider. ``id`` is its name."""

    KIND: ClassVar[str] = "iam-saml-provider"
    NOUN: ClassVar[str] = "SAML provider"
    LISTED_BY: ClassVar[Call] = calls.LIST_SAML_PROVIDERS

    valid_until: Fact[datetime | None] = unread(calls.LIST_SAML_PROVIDERS)
    created: Fact[datetime | None] = unread(calls.LIST_SAML_PROVIDERS)


class OidcProvider(_Global, frozen=True, kw_only=True):
    """An OpenID Connect identity provider. ``id`` is its URL without the scheme."""

    KIND: ClassVar[str] = "iam-oidc-provider"
    NOUN: ClassVar[str] = "OIDC provider"
    LISTED_BY: ClassVar[Call] = calls.LIST_OPEN_ID_CONNECT_PROVIDERS

    clients: Fact[tuple[str, ...]] = unread(calls.GET_OPEN_ID_CONNECT_PROVIDER)
    thumbprints: Fact[tuple[str, ...]] = unread(calls.GET_OPEN_ID_CONNECT_PROVIDER)


class ServerCertificate(_Global, frozen=True, kw_only=True):
    """A TLS certificate kept in IAM. ``id`` is its name."""

    KIND: ClassVar[str] = "iam-server-certificate"
    NOUN: ClassVar[str] = "server certificate"
    LISTED_BY: ClassVar[Call] = calls.LIST_SERVER_CERTIFICATES

    expires: Fact[datetime] = unread(calls.LIST_SERVER_CERTIFICATES)
    uploaded: Fact[datetime | None] = unread(calls.LIST_SERVER_CERTIFICATES)
