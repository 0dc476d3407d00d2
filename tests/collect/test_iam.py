"""IAM's collectors over real HTTP."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from urllib.parse import quote

import pytest

from auditor.collect.iam import text
from auditor.collect.wanted import Wanted, everything
from auditor.model.account import Account, Root
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.iam import (
    AccessKey,
    AttachedPolicy,
    Group,
    InlinePolicy,
    InstanceProfile,
    ManagedPolicy,
    OidcProvider,
    Role,
    RoleLastUsed,
    SamlProvider,
    ServerCertificate,
    User,
    VirtualMfaDevice,
)
from auditor.model.resource import GLOBAL, FieldRef, Resource
from tests.collect.helpers import scan
from tests.emulator import Emulator

DETAILS = "iam.GetAccountAuthorizationDetails"
DENIED_DETAILS = Unknown(Reason.DENIED, DETAILS, "iam:GetAccountAuthorizationDetails")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    },
    indent=2,
)
BUCKETS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::한글-${aws:username}/%20+ 100%"},
    },
    indent=4,
    ensure_ascii=False,
)
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
BROKEN = '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", "Action": "*"  \'한글\' % %41'
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUQ0bJq7m0N2Kx3wHqgq8d0sZ0h1kwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----"""


def wanting(*fields: tuple[type[Resource], str], kinds: tuple[type[Resource], ...] = ()) -> Wanted:
    return Wanted(frozenset((*kinds, *(kind for kind, _ in fields))), frozenset(FieldRef(*field) for field in fields))


def details(entries: str, marker: str = "") -> tuple[str, bytes, str]:
    """An answer of GetAccountAuthorizationDetails, for what moto does not show."""
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else "<IsTruncated>false</IsTruncated>"
    body = f"""<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
    <GetAccountAuthorizationDetailsResult>{entries}{more}</GetAccountAuthorizationDetailsResult>
    </GetAccountAuthorizationDetailsResponse>"""
    return "200 OK", body.encode(), "text/xml"


def a_user(name: str, more: str = "") -> str:
    return f"""<UserDetailList><member><UserName>{name}</UserName><Path>/</Path><Arn>arn:aws:iam::123456789012:user/{name}</Arn>
    <CreateDate>2024-05-01T08:00:00Z</CreateDate>{more}</member></UserDetailList>"""


def only(emulator: Emulator, kind: type[Resource]) -> Any:
    section = scan(emulator, kind).section(kind, GLOBAL)
    assert section.complete
    (item,) = section.items
    return item


def test_a_user_with_everything(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_group(GroupName="ops", Path="/팀/")
    iam.create_user(
        UserName="kim", Path="/머신러닝/", Tags=[{"Key": "팀", "Value": "머신 러닝+%"}, {"Key": "Name", "Value": "x"}]
    )
    iam.add_user_to_group(GroupName="ops", UserName="kim")
    iam.attach_user_policy(UserName="kim", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_user_policy(UserName="kim", PolicyName="buckets", PolicyDocument=BUCKETS)
    iam.create_login_profile(UserName="kim", Password="correct-horse-1A!")
    iam.create_access_key(UserName="kim")
    second = iam.create_access_key(UserName="kim")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="kim", AccessKeyId=second, Status="Inactive")

    user: User = only(emulator, User)
    assert (user.id, user.name, user.region) == ("kim", "kim", GLOBAL)
    assert user.arn == "arn:aws:iam::123456789012:user/머신러닝/kim"
    assert need(user.path) == "/머신러닝/"
    assert need(user.tags) == {"Name": "x", "팀": "머신 러닝+%"}
    assert need(user.groups) == ("ops",)
    assert need(user.attached) == (AttachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess"),)
    assert need(user.inline) == (InlinePolicy("buckets", BUCKETS),)
    assert need(user.boundary) is None
    assert need(user.password_enabled) is True
    assert need(user.password_last_used) is None
    assert need(user.mfa_active) is False
    first_key, second_key = need(user.access_keys)
    assert (first_key.slot, first_key.active, second_key.slot, second_key.active) == (1, True, 2, False)
    assert first_key == AccessKey(1, True, last_rotated=first_key.last_rotated)


def test_groups_roles_and_instance_profiles(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_group(GroupName="ops")
    iam.put_group_policy(GroupName="ops", PolicyName="buckets", PolicyDocument=BUCKETS)
    iam.create_role(RoleName="web", Path="/앱/", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "환경", "Value": "운영"}])
    iam.put_role_policy(RoleName="web", PolicyName="buckets", PolicyDocument=BUCKETS)
    iam.create_instance_profile(InstanceProfileName="web", Path="/앱/")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")

    snapshot = scan(emulator, Group, Role, InstanceProfile)
    (group,) = snapshot.section(Group, GLOBAL).items
    (role,) = snapshot.section(Role, GLOBAL).items
    (profile,) = snapshot.section(InstanceProfile, GLOBAL).items
    assert need(group.inline) == (InlinePolicy("buckets", BUCKETS),)
    assert need(role.trust) == TRUST
    assert need(role.inline) == (InlinePolicy("buckets", BUCKETS),)
    assert need(role.tags) == {"환경": "운영"}
    assert need(role.last_used) is None
    assert need(role.instance_profiles) == (profile.arn,)
    assert need(profile.roles) == (role.arn,)
    assert need(role.created).tzinfo is UTC, "whatever the zone of the machine"
    assert (profile.id, need(profile.path)) == ("web", "/앱/")
    assert emulator.doorman.calls[DETAILS] == 1, "one listing for all kinds"


def test_managed_policies_are_ours_and_those_of_aws_in_use(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    arn = iam.create_policy(PolicyName="buckets", Path="/팀/", PolicyDocument=NOTHING)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=BUCKETS, SetAsDefault=True)
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="web", PolicyArn="arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")

    section = scan(emulator, ManagedPolicy).section(ManagedPolicy, GLOBAL)
    assert section.complete
    ours, theirs = section.items
    assert (ours.arn, ours.id, need(ours.path)) == (arn, "buckets", "/팀/")
    assert need(ours.aws_managed, ours.default_version, ours.document, ours.attachments) == (False, "v2", BUCKETS, 0)
    assert (theirs.id, need(theirs.aws_managed), need(theirs.attachments)) == ("ViewOnlyAccess", True, 1)
    assert json.loads(need(theirs.document))["Version"] == "2012-10-17"


def test_what_moto_leaves_out_is_read(emulator: Emulator) -> None:
    """Boundaries, their use and when a role was last used, in the documented shape."""
    power = "arn:aws:iam::aws:policy/PowerUserAccess"
    boundary = f"<PermissionsBoundary><PermissionsBoundaryArn>{power}</PermissionsBoundaryArn></PermissionsBoundary>"

    def policy(owner: str, name: str, attached: int, bounds: int) -> str:
        return f"""<member><PolicyName>{name}</PolicyName><Arn>arn:aws:iam::{owner}:policy/{name}</Arn><Path>/</Path>
        <DefaultVersionId>v1</DefaultVersionId><AttachmentCount>{attached}</AttachmentCount>
        <PermissionsBoundaryUsageCount>{bounds}</PermissionsBoundaryUsageCount><UpdateDate>2024-05-01T08:00:00Z</UpdateDate>
        <PolicyVersionList/></member>"""

    emulator.doorman.answers[DETAILS] = details(
        a_user("kim", boundary)
        + f"""<RoleDetailList><member><RoleName>web</RoleName><Path>/</Path><Arn>arn:aws:iam::123456789012:role/web</Arn>
        <CreateDate>2024-05-01T08:00:00Z</CreateDate><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>{boundary}
        <RoleLastUsed><LastUsedDate>2024-06-01T08:00:00Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed>
        </member></RoleDetailList><Policies>{policy("aws", "PowerUserAccess", 0, 2)}{policy("aws", "Unused", 0, 0)}</Policies>"""
    )
    snapshot = scan(emulator, User, Role, ManagedPolicy)
    (user,), (role,) = snapshot.section(User, GLOBAL).items, snapshot.section(Role, GLOBAL).items
    assert need(user.boundary) == need(role.boundary) == power
    used = need(role.last_used)
    assert isinstance(used, RoleLastUsed)
    assert (used.time.isoformat(), used.region) == ("2024-06-01T08:00:00+00:00", "eu-west-1")
    (policy_used,) = snapshot.section(ManagedPolicy, GLOBAL).items
    assert (policy_used.id, need(policy_used.boundary_uses)) == ("PowerUserAccess", 2)
    assert policy_used.document == Unknown(Reason.NO_DATA, DETAILS, "iam:GetAccountAuthorizationDetails")


def test_a_policy_that_does_not_parse_arrives_as_it_is(emulator: Emulator) -> None:
    document = f"<PolicyName>broken</PolicyName><PolicyDocument>{quote(BROKEN, safe='')}</PolicyDocument>"
    emulator.doorman.answers[DETAILS] = details(a_user("kim", f"<UserPolicyList><member>{document}</member></UserPolicyList>"))
    assert need(only(emulator, User).inline) == (InlinePolicy("broken", BROKEN),)


def test_the_text_of_a_policy() -> None:
    assert text(quote(BROKEN, safe="")) == BROKEN
    assert text(BROKEN) == BROKEN, "what was not encoded is not decoded"
    assert text("") == ""
    with pytest.raises(TypeError):
        text({"Version": "2012-10-17"})


def test_pages_make_one_list_and_a_denied_page_makes_it_incomplete(emulator: Emulator) -> None:
    pages = iter((details(a_user("kim"), marker="next"), details(a_user("lee"))))

    def turn(operation: str) -> None:
        if operation == DETAILS:
            page = next(pages, None)
            if page is None:
                emulator.doorman.deny.add(DETAILS)
            else:
                emulator.doorman.answers[DETAILS] = page

    emulator.doorman.on_call = turn
    section = scan(emulator, User).section(User, GLOBAL)
    assert [user.id for user in section.items] == ["kim", "lee"]
    assert section.complete

    pages = iter((details(a_user("kim"), marker="next"),))
    section = scan(emulator, User).section(User, GLOBAL)
    assert [user.id for user in section.items] == ["kim"]
    assert section.missing == (DENIED_DETAILS,)


def test_an_entry_without_a_name_makes_the_list_incomplete(emulator: Emulator) -> None:
    emulator.doorman.answers[DETAILS] = details("<UserDetailList><member><Path>/</Path></member></UserDetailList>")
    section = scan(emulator, User).section(User, GLOBAL)
    assert section.items == ()
    assert [unknown.reason for unknown in section.missing] == [Reason.ERROR]


def test_denied_details_leave_every_list_unknown(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="kim")
    emulator.doorman.deny.add(DETAILS)
    kinds: tuple[type[Resource], ...] = (User, Group, Role, InstanceProfile, ManagedPolicy)
    snapshot = scan(emulator, *kinds)
    for kind in kinds:
        assert snapshot.section(kind, GLOBAL).missing == (DENIED_DETAILS,)


def test_the_number_of_calls_does_not_grow_with_the_account(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    kinds: tuple[type[Resource], ...] = (User, Group, Role, InstanceProfile, Root, VirtualMfaDevice)
    wanted = Wanted(
        frozenset(kinds), frozenset(ref for ref in everything().fields if ref.kind in kinds and ref.field != "events")
    )
    counts: list[dict[str, int]] = []
    for size in (1, 30):
        for number in range(size):
            iam.create_user(UserName=f"user-{size}-{number}")
            iam.create_role(RoleName=f"role-{size}-{number}", AssumeRolePolicyDocument=TRUST)
        scan(emulator, wanted=wanted)
        counts.append(dict(emulator.doorman.calls))
    once = {"sts.GetCallerIdentity", DETAILS, "iam.GetAccountSummary", "iam.GetCredentialReport", "iam.ListVirtualMFADevices"}
    assert counts[0] == dict.fromkeys(once, 1) | {"iam.GenerateCredentialReport": 2}, "moto says STARTED at first"
    assert counts[1] == dict.fromkeys(once, 1) | {"iam.GenerateCredentialReport": 1}


def test_only_what_is_wanted_is_called_and_the_plan_names_it(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="kim")
    iam.create_open_id_connect_provider(
        Url="https://id.example.org", ThumbprintList=["0" * 40], ClientIDList=["sts.amazonaws.com"]
    )
    report = {"iam.GenerateCredentialReport", "iam.GetCredentialReport"}
    provider_lists = {"iam.ListOpenIDConnectProviders", "iam.ListSAMLProviders", "iam.ListServerCertificates"}
    for wanted, expected in (
        (wanting((User, "tags")), {DETAILS}),
        (wanting((User, "mfa_active")), {DETAILS, *report}),
        (wanting((InstanceProfile, "roles")), {DETAILS}),
        (wanting(kinds=(Root, Account)), set[str]()),
        (wanting((Root, "keys")), report),
        (wanting((Root, "mfa_enabled"), (Account, "summary")), {"iam.GetAccountSummary"}),
        (wanting((Root, "virtual_mfa")), {"iam.ListVirtualMFADevices"}),
        (wanting((Root, "events")), {"cloudtrail.LookupEvents"}),
        (wanting(kinds=(OidcProvider, SamlProvider, ServerCertificate)), provider_lists),
        (wanting((OidcProvider, "clients")), {"iam.ListOpenIDConnectProviders", "iam.GetOpenIDConnectProvider"}),
    ):
        scan(emulator, wanted=wanted)
        made = set(emulator.doorman.calls) - {"sts.GetCallerIdentity"}
        assert made == expected
        assert made <= {call.name for call in wanted.calls()}


def test_only_wanted_kinds_are_asked_for(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="kim")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=TRUST)
    snapshot = scan(emulator, wanted=wanting((InstanceProfile, "roles")))
    assert {kind for kind, _ in snapshot.sections} == {InstanceProfile.KIND}


def test_virtual_mfa_devices(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="kim")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="전화")["VirtualMFADevice"]["SerialNumber"]
    iam.create_virtual_mfa_device(VirtualMFADeviceName="spare")
    iam.enable_mfa_device(UserName="kim", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="123457")
    section = scan(emulator, VirtualMfaDevice).section(VirtualMfaDevice, GLOBAL)
    devices = {device.id: device for device in section.items}
    assert section.complete
    assert need(devices[serial].user) == "arn:aws:iam::123456789012:user/kim"
    assert need(devices[serial].enabled_at) is not None
    assert need(devices["arn:aws:iam::123456789012:mfa/spare"].user) is None
    assert need(devices["arn:aws:iam::123456789012:mfa/spare"].enabled_at) is None

    emulator.doorman.deny.add("iam.ListVirtualMFADevices")
    section = scan(emulator, VirtualMfaDevice).section(VirtualMfaDevice, GLOBAL)
    assert section.missing == (Unknown(Reason.DENIED, "iam.ListVirtualMFADevices", "iam:ListVirtualMFADevices"),)


def test_providers_and_certificates(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_saml_provider(SAMLMetadataDocument="x" * 1024, Name="office")
    iam.create_open_id_connect_provider(
        Url="https://id.example.org/realm", ThumbprintList=["1" * 40, "0" * 40], ClientIDList=["b", "a"]
    )
    iam.upload_server_certificate(ServerCertificateName="web", CertificateBody=CERTIFICATE, PrivateKey="x")
    saml: SamlProvider = only(emulator, SamlProvider)
    oidc: OidcProvider = only(emulator, OidcProvider)
    certificate: ServerCertificate = only(emulator, ServerCertificate)
    assert saml.id == "office"
    assert need(saml.valid_until) is not None
    assert oidc.id == "id.example.org/realm"
    assert need(oidc.clients, oidc.thumbprints) == (("a", "b"), ("0" * 40, "1" * 40))
    assert certificate.id == "web"
    assert need(certificate.expires) is not None

    emulator.doorman.deny |= {"iam.GetOpenIDConnectProvider", "iam.ListSAMLProviders"}
    oidc = only(emulator, OidcProvider)
    assert oidc.clients == Unknown(Reason.DENIED, "iam.GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider")
    assert isinstance(scan(emulator, SamlProvider).all(SamlProvider), Unknown)


def test_an_empty_account_is_known_to_be_empty(emulator: Emulator) -> None:
    snapshot = scan(emulator, User, Group, Role, InstanceProfile, ManagedPolicy, SamlProvider, OidcProvider, ServerCertificate)
    for kind in (User, Group, Role, InstanceProfile, ManagedPolicy, SamlProvider, OidcProvider, ServerCertificate):
        assert snapshot.all(kind) == Known(())
