"""The account as a whole, its root user, and what is set once per region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.opt_in import SERVICE_BUCKETS
from auditor.model.resource import Resource, unread
from auditor.model.service_buckets import FORMS, ServiceBuckets


class PublicAccessBlock(msgspec.Struct, frozen=True):
    """The four switches of S3 Block Public Access, of an account or a bucket. Nothing configured means all off."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    @property
    def all_on(self) -> bool:
        """All four switches are on."""
        return self.block_public_acls and self.ignore_public_acls and self.block_public_policy and self.restrict_public_buckets


class PasswordPolicy(msgspec.Struct, frozen=True):
    """The account's password policy. ``max_age`` in days and ``reuse_prevention`` in passwords; ``None`` when not set."""

    minimum_length: int = 6
    require_symbols: bool = False
    require_numbers: bool = False
    require_uppercase: bool = False
    require_lowercase: bool = False
    allow_users_to_change: bool = False
    max_age: int | None = None
    reuse_prevention: int | None = None
    hard_expiry: bool = False


class Contact(msgspec.Struct, frozen=True):
    """The primary contact: only whether its parts are filled in is kept, never whose they are."""

    has_name: bool
    has_phone: bool
    has_address: bool


class AlternateContact(msgspec.Struct, frozen=True):
    """An alternate contact: ``type`` is BILLING, OPERATIONS or SECURITY. ``email_domain`` is all that is kept of the address."""

    type: str
    email_domain: str


class Account(Resource, frozen=True, kw_only=True):
    """The account that was scanned. Exactly one in a snapshot."""

    KIND: ClassVar[str] = "account"
    SERVICE: ClassVar[str] = "account"
    NOUN: ClassVar[str] = "account"
    LISTED_BY: ClassVar[Call] = calls.GET_CALLER_IDENTITY
    REGIONAL: ClassVar[bool] = False

    alias: Fact[str | None] = unread(calls.LIST_ACCOUNT_ALIASES)
    regions: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_REGIONS)
    """The regions enabled for the account."""
    password_policy: Fact[PasswordPolicy | None] = unread(calls.GET_ACCOUNT_PASSWORD_POLICY)
    """``None``: the account has no policy of its own, AWS's default applies."""
    summary: Fact[Mapping[str, int]] = unread(calls.GET_ACCOUNT_SUMMARY)
    """IAM entity use and quotas, by AWS's names."""
    contact: Fact[Contact | None] = unread(calls.GET_CONTACT_INFORMATION)
    alternate_contacts: Fact[tuple[AlternateContact, ...]] = unread(calls.GET_ALTERNATE_CONTACT)
    public_access_block: Fact[PublicAccessBlock] = unread(calls.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK)


class RootKey(msgspec.Struct, frozen=True):
    """An access key slot of the root user (1 or 2)."""

    slot: int
    active: bool
    last_rotated: datetime | None = None
    last_used: datetime | None = None


class RootEvent(msgspec.Struct, frozen=True):
    """One CloudTrail management event of the root user, without its request."""

    time: datetime
    region: str
    source: str
    """The service, such as ``iam.amazonaws.com``."""
    name: str
    read_only: bool
    by_service: bool
    """AWS acted on the root user's behalf (an AwsServiceEvent, or ``invokedBy`` is set): not a person's work."""
    mfa_used: bool | None = None
    """For console sign-ins: whether MFA was used."""


class Root(Resource, frozen=True, kw_only=True):
    """The root user. Exactly one in a snapshot."""

    KIND: ClassVar[str] = "root"
    SERVICE: ClassVar[str] = "iam"
    NOUN: ClassVar[str] = "root user"
    LISTED_BY: ClassVar[Call] = calls.GET_CALLER_IDENTITY
    REGIONAL: ClassVar[bool] = False

    mfa_enabled: Fact[bool] = unread(calls.GET_ACCOUNT_SUMMARY)
    keys_present: Fact[int] = unread(calls.GET_ACCOUNT_SUMMARY)
    """How many access keys the root user has, active or not."""
    virtual_mfa: Fact[bool] = unread(calls.LIST_VIRTUAL_MFA_DEVICES)
    """A virtual MFA device is assigned to exactly the root user's ARN."""
    password_last_used: Fact[datetime | None] = unread(calls.GET_CREDENTIAL_REPORT)
    """``None``: never, as far as AWS's tracking reaches back."""
    keys: Fact[tuple[RootKey, ...]] = unread(calls.GET_CREDENTIAL_REPORT)
    events: Fact[tuple[RootEvent, ...]] = unread(calls.LOOKUP_EVENTS)
    """What CloudTrail recorded of root in 90 days, oldest first: in every region that was scanned, and in the partition's default region,
    where sign-ins and global services are recorded."""


class RegionSettings(Resource, frozen=True, kw_only=True):
    """What is set once in a region. One per region scanned."""

    KIND: ClassVar[str] = "region"
    SERVICE: ClassVar[str] = "ec2"
    NOUN: ClassVar[str] = "region"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_REGIONS

    OPT_IN: ClassVar[Mapping[str, str]] = {"service_buckets": SERVICE_BUCKETS}
    MOST: ClassVar[Mapping[str, int]] = {"service_buckets": len(FORMS) + 1}

    ebs_encryption_by_default: Fact[bool] = unread(calls.GET_EBS_ENCRYPTION_BY_DEFAULT)
    service_buckets: Fact[ServiceBuckets] = unread(calls.HEAD_BUCKET)
    """Who owns the buckets that services name after the account and this region."""


def account_arn(account_id: str) -> str:
    """How reports name the account itself: the form Security Hub gives the resource type AwsAccount."""
    return f"AWS::::Account:{account_id}"
