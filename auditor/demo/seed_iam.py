"""IAM of the emulated account: users, groups, roles, policies, providers and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.demo.emulator import ACCOUNT
from auditor.demo.site import TEAM, Site, allow, policy, role_arn, tags, trust

AUDITOR = "awsaudit-readonly"
"""The role under which the emulated account is scanned."""
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


class Key(msgspec.Struct, frozen=True):
    """An access key: days since it was made and last used (``None``: never)."""

    made: float
    used: float | None = None
    service: str = "s3"


class DemoUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user, who is a task here and never a person. ``password`` is days since its last use, ``None`` for no password."""

    name: str
    team: str
    made: float
    password: float | None = None
    mfa: bool = False
    keys: tuple[Key, ...] = ()
    groups: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    inline: Mapping[str, str] = {}


EVERYTHING = policy(allow("*", Sid="EverythingForNow"))

USERS = (
    DemoUser(name="data-pipeline", team="데이터플랫폼", made=640, keys=(Key(640, 0.2),), attached=("pipeline-s3-access",)),
    DemoUser(
        name="ml-train-ci",
        team="머신러닝",
        made=320,
        keys=(Key(320, 1, "sagemaker"), Key(45, 2, "ecr")),
        groups=("ml-engineers",),
    ),
    DemoUser(name="notebook-sharing", team="리서치", made=410, password=130, groups=("ml-engineers",)),
    DemoUser(
        name="annotation-vendor",
        team="외부협력",
        made=200,
        keys=(Key(200, None),),
        inline={"temporary-everything": EVERYTHING},
    ),
    DemoUser(name="ops-console", team="플랫폼", made=500, password=1.5, mfa=True, groups=("platform-admins",)),
    DemoUser(name="deploy-bot", team="플랫폼", made=300, keys=(Key(20, 0.1, "cloudformation"),), groups=("deployers",)),
    DemoUser(name="break-glass", team="보안", made=700),
)

POLICIES: Mapping[str, str] = {
    "pipeline-s3-access": policy(
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::example-ml-raw-data/*", Sid="ReadAndWriteRawData")
    ),
    "ml-engineering": policy(
        allow(["sagemaker:CreateTrainingJob", "sagemaker:Describe*", "sagemaker:List*"], Sid="Train"),
        allow("iam:PassRole", role_arn("sagemaker-execution"), Sid="PassTheExecutionRole"),
    ),
    "everything-for-now": EVERYTHING,
    "all-but-billing": policy({"Sid": "AllButBilling", "Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"}),
    "draft-not-in-use": EVERYTHING,
    "read-model-cards": policy(allow("s3:GetObject", "arn:aws:s3:::example-ml-model-cards/*")),
}

GROUPS: Mapping[str, tuple[str, ...]] = {"ml-engineers": ("ml-engineering",), "platform-admins": (), "deployers": ()}


class DemoRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role. ``used`` is days since its last use, ``None`` for never."""

    name: str
    trust: str
    made: float
    used: float | None = None
    attached: tuple[str, ...] = ()
    inline: Mapping[str, str] = {}
    profile: bool = False
    description: str = ""


ROLES = (
    DemoRole(
        name="sagemaker-execution",
        trust=trust({"Service": "sagemaker.amazonaws.com"}),
        made=600,
        used=0.1,
        attached=("ml-engineering",),
        description="Execution role of training jobs and endpoints",
    ),
    DemoRole(
        name="ec2-training",
        trust=trust({"Service": "ec2.amazonaws.com"}),
        made=500,
        used=0.5,
        inline={"read-training-data": policy(allow("s3:GetObject", "arn:aws:s3:::example-ml-training-data/*"))},
        profile=True,
    ),
    DemoRole(
        name="legacy-admin",
        trust=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        made=900,
        used=210,
        attached=("everything-for-now", "all-but-billing"),
        inline={"admin": EVERYTHING},
    ),
    DemoRole(name="partner-export", trust=trust({"AWS": "*"}, Sid="AnyPartner"), made=380, used=33),
    DemoRole(
        name="external-labeling",
        trust=trust({"AWS": "*"}, Sid="LabelingOrganisations", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        made=150,
        used=4,
    ),
    DemoRole(
        name="org-reader",
        trust=trust({"AWS": "*"}, Sid="OurOrganisation", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        made=250,
        used=12,
    ),
    DemoRole(
        name="github-deploy",
        trust=trust(
            {"Federated": OIDC},
            "sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
        ),
        made=120,
        used=0.3,
    ),
    DemoRole(name=AUDITOR, trust=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), made=14, used=0),
)

CERTIFICATES: Mapping[str, float] = {"legacy-api-2024": -45, "internal-api": 210}
"""Days until they expire."""


def seed(site: Site) -> None:
    """Everything of IAM, each as old as its table says."""
    iam, clock = site.client("iam"), site.clock
    clock.ago(900)
    iam.create_account_alias(AccountAlias="example-ml")
    iam.update_account_password_policy(MinimumPasswordLength=8, RequireNumbers=True, PasswordReusePrevention=3)
    for name, document in POLICIES.items():
        iam.create_policy(PolicyName=name, PolicyDocument=document, Path="/ml/" if name.startswith("ml-") else "/")
    for group, attached in GROUPS.items():
        iam.create_group(GroupName=group)
        for name in attached:
            iam.attach_group_policy(GroupName=group, PolicyArn=policy_arn(name))
    iam.put_group_policy(GroupName="platform-admins", PolicyName="everything", PolicyDocument=EVERYTHING)
    for user in USERS:
        add_user(site, user)
    for role in ROLES:
        add_role(site, role)
    clock.ago(120)
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
        ClientIDList=["sts.amazonaws.com"],
    )
    iam.create_saml_provider(Name="workforce-sso", SAMLMetadataDocument=_metadata())
    for name in CERTIFICATES:
        iam.upload_server_certificate(ServerCertificateName=name, CertificateBody="-", PrivateKey="-")


def policy_arn(name: str) -> str:
    """ARN of a customer managed policy."""
    return f"arn:aws:iam::{ACCOUNT}:policy/{'ml/' if name.startswith('ml-') else ''}{name}"


def add_user(site: Site, user: DemoUser) -> None:
    """A user with all that the table says."""
    iam, clock = site.client("iam"), site.clock
    clock.ago(user.made)
    iam.create_user(UserName=user.name, Tags=tags(**{TEAM: user.team}))
    if user.password is not None:
        iam.create_login_profile(UserName=user.name, Password="Emulated-only-1!")  # noqa: S106  of an account that does not exist
    if user.mfa:
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user.name)["VirtualMFADevice"]
        iam.enable_mfa_device(
            UserName=user.name, SerialNumber=device["SerialNumber"], AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
    for group in user.groups:
        iam.add_user_to_group(GroupName=group, UserName=user.name)
    for name in user.attached:
        iam.attach_user_policy(UserName=user.name, PolicyArn=policy_arn(name))
    for name, document in user.inline.items():
        iam.put_user_policy(UserName=user.name, PolicyName=name, PolicyDocument=document)
    for key in user.keys:
        clock.ago(key.made)
        iam.create_access_key(UserName=user.name)


def add_role(site: Site, role: DemoRole) -> None:
    """A role with all that the table says."""
    iam = site.client("iam")
    site.clock.ago(role.made)
    described: dict[str, Any] = {"Description": role.description} if role.description else {}
    iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=role.trust, Tags=tags(**{TEAM: "머신러닝"}), **described)
    for name in role.attached:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=policy_arn(name))
    for name, document in role.inline.items():
        iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=document)
    if role.profile:
        iam.create_instance_profile(InstanceProfileName=role.name)
        iam.add_role_to_instance_profile(InstanceProfileName=role.name, RoleName=role.name)


def _metadata() -> str:
    # IAM takes no SAML metadata shorter than 1,000 characters.
    return f"<EntityDescriptor>{'<!-- -->' * 130}</EntityDescriptor>"
