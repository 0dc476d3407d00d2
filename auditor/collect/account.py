"""The account as a whole, and what is set once per region."""

from __future__ import annotations

from auditor.collect.service_buckets import service_buckets
from auditor.collect.shapes import Raw, flag_or_false, text
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.account import (
    Account,
    AlternateContact,
    Contact,
    PasswordPolicy,
    PublicAccessBlock,
    RegionSettings,
    account_arn,
)
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.resource import GLOBAL, unread

SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""What a public access block consists of, in the order of :class:`PublicAccessBlock`."""
CONTACT_TYPES = ("BILLING", "OPERATIONS", "SECURITY")


def account(visit: Visit) -> None:
    """The account itself: always there, whatever can be read of it."""
    number = visit.account_id
    visit.add(
        Account(
            arn=account_arn(number),
            id=number,
            region=GLOBAL,
            alias=visit.when(visit.wants(Account.alias), calls.LIST_ACCOUNT_ALIASES).take(
                lambda r: str(r["AccountAliases"][0]) if r["AccountAliases"] else None
            ),
            regions=visit.enabled,
            password_policy=visit.when(visit.wants(Account.password_policy), calls.GET_ACCOUNT_PASSWORD_POLICY).take(
                _password_policy
            ),
            summary=visit.once(visit.wants(Account.summary), calls.GET_ACCOUNT_SUMMARY).take(
                lambda r: dict(sorted(r["SummaryMap"].items()))
            ),
            contact=visit.when(visit.wants(Account.contact), calls.GET_CONTACT_INFORMATION).take(_contact),
            alternate_contacts=_alternate_contacts(visit),
            public_access_block=block_of_account(visit)
            if visit.wants(Account.public_access_block)
            else unread(calls.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK),
        )
    )
    visit.missing(Account)


def block_of_account(visit: Visit) -> Fact[PublicAccessBlock]:
    """The switches of the account, asked for once in a scan, whoever needs them first."""
    call = calls.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK
    asked = {"AccountId": visit.account_id}
    return visit.door.share((call.name, visit.region), lambda: visit.read(call, asked)).take(public_access_block)


def public_access_block(raw: Raw) -> PublicAccessBlock:
    """The four switches; all off when nothing is configured."""
    return switches(raw["PublicAccessBlockConfiguration"]) if raw else PublicAccessBlock()


def switches(configuration: Raw) -> PublicAccessBlock:
    """The four switches that a configuration sets. Raises :class:`KeyError` for one that sets none."""
    if not any(name in configuration for name in SWITCHES):
        raise KeyError(SWITCHES[0])  # the SDK takes any element for the configuration
    return PublicAccessBlock(*(flag_or_false(configuration, name) for name in SWITCHES))


def _password_policy(raw: Raw) -> PasswordPolicy | None:
    if not raw:
        return None
    policy = raw["PasswordPolicy"]
    return PasswordPolicy(
        minimum_length=policy["MinimumPasswordLength"],
        require_symbols=bool(policy.get("RequireSymbols")),
        require_numbers=bool(policy.get("RequireNumbers")),
        require_uppercase=bool(policy.get("RequireUppercaseCharacters")),
        require_lowercase=bool(policy.get("RequireLowercaseCharacters")),
        allow_users_to_change=bool(policy.get("AllowUsersToChangePassword")),
        max_age=policy.get("MaxPasswordAge") or None,
        reuse_prevention=policy.get("PasswordReusePrevention") or None,
        hard_expiry=bool(policy.get("HardExpiry")),
    )


def _contact(raw: Raw) -> Contact | None:
    if not raw:
        return None
    contact = raw["ContactInformation"]
    return Contact(bool(contact.get("FullName")), bool(contact.get("PhoneNumber")), bool(contact.get("AddressLine1")))


def _alternate_contacts(visit: Visit) -> Fact[tuple[AlternateContact, ...]]:
    found: list[AlternateContact] = []
    for kind in CONTACT_TYPES:
        answer = visit.when(
            visit.wants(Account.alternate_contacts), calls.GET_ALTERNATE_CONTACT, {"AlternateContactType": kind}, of=kind
        )
        email = answer.take(lambda r: text(r["AlternateContact"]["EmailAddress"]) if r else None)
        if isinstance(email, Unknown):
            return email
        if email.value is not None:
            found.append(AlternateContact(kind, email.value.rpartition("@")[2]))
    return Known(tuple(found))


def region_settings(visit: Visit) -> None:
    """What is set once in a region."""
    if not visit.lists(RegionSettings):
        return
    visit.add(
        RegionSettings(
            arn=f"{account_arn(visit.account_id)}/{visit.region}",
            id=visit.region,
            region=visit.region,
            ebs_encryption_by_default=visit.when(
                visit.wants(RegionSettings.ebs_encryption_by_default), calls.GET_EBS_ENCRYPTION_BY_DEFAULT
            ).take(lambda r: bool(r["EbsEncryptionByDefault"])),
            service_buckets=service_buckets(visit),
        )
    )
    visit.missing(RegionSettings)


COLLECTORS = (
    Collector(label="Account", kinds=(Account,), run=account),
    Collector(label="Regions", kinds=(RegionSettings,), run=region_settings),
)
