"""Service and resource control policies: every level must allow; whom and what they do not touch."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    ANONYMOUS,
    EXPLICIT,
    FULL,
    IMPLICIT,
    OBJECT,
    OTHER,
    QUEUE,
    RCP_FULL,
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    USER,
    Json,
    Row,
    allow,
    aws,
    deny,
    depends,
    level,
    policy,
    request,
    rows,
)

SCPS = "AWS Organizations User Guide, Service control policies (SCPs), SCP effects on permissions"
SCP_ALLOW = "AWS Organizations User Guide, SCP evaluation, How SCPs work with Allow"
SCP_DENY = "AWS Organizations User Guide, SCP evaluation, How SCPs work with Deny"
FREE_OF_SCP = "AWS Organizations User Guide, Service control policies (SCPs), Tasks and entities not restricted by SCPs"
SCP_EXAMPLES = "AWS Organizations User Guide, Service control policy examples"
RCPS = "AWS Organizations User Guide, Resource control policies (RCPs), RCP effects on permissions"
RCP_SERVICES = "AWS Organizations User Guide, Resource control policies (RCPs), List of AWS services that support RCPs"
FREE_OF_RCP = "AWS Organizations User Guide, Resource control policies (RCPs), Resources and entities not restricted by RCPs"
RCP_EXAMPLES = "AWS Organizations User Guide, Resource control policy examples"

SQS = policy(allow("sqs:*"))
S3 = policy(allow("s3:*"))
NO_SQS = policy(deny("sqs:*"))
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
LINKED_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling"
SNS = "sns.amazonaws.com"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REGION = policy(
    allow(),
    {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
    },
)
NO_ROOT = policy(allow(), deny(when={"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]}}))
EVERY = ["s3:*", "sqs:*", "sts:*", "kms:*", "secretsmanager:*", "lambda:*", "ec2:*", "iam:*"]
"""Actions of services that support RCPs and of some that do not: a bare * is not allowed in an RCP."""
PERIMETER = policy(
    deny(
        EVERY,
        to="*",
        when={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-acorg"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
DEPUTY = policy(
    deny(
        EVERY,
        to="*",
        when={
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-acorg"},
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    )
)
NO_TLS = policy(deny(EVERY, to="*", when={"BoolIfExists": {"aws:SecureTransport": "false"}}))
NOTHING = policy(deny(EVERY, to="*"))
FROM_SNS = policy(allow("sqs:SendMessage", QUEUE, to={"Service": SNS}))
SEND = policy(allow("sqs:SendMessage", QUEUE))
FULL_LEVEL = level(FULL)


def granted(*who: str) -> Json:
    """The queue's policy: these may send."""
    return policy(allow("sqs:SendMessage", QUEUE, to=aws(*who)))


ROWS: tuple[Row, ...] = (
    *rows(
        SCP_ALLOW,
        (
            "scp-all-levels",
            request(identity=[FULL], scp=[FULL_LEVEL, level(FULL, target="ou-1"), level(SQS, target=ACCOUNT)]),
            ALLOW,
        ),
        ("scp-root-does-not-allow", request(identity=[FULL], scp=[level(S3), level(FULL, target="ou-1"), level(FULL)]), IMPLICIT),
        ("scp-ou-does-not-allow", request(identity=[FULL], scp=[FULL_LEVEL, level(S3, target="ou-1"), level(FULL)]), IMPLICIT),
        ("scp-account-does-not-allow", request(identity=[FULL], scp=[FULL_LEVEL, level(S3, target=ACCOUNT)]), IMPLICIT),
        ("scp-empty-level", request(identity=[FULL], scp=[FULL_LEVEL, level(target="ou-1"), level(FULL)]), IMPLICIT),
        ("scp-one-of-a-level", request(identity=[FULL], scp=[level(S3, SQS)]), ALLOW),
        ("scp-none", request(identity=[FULL], scp=[]), ALLOW),
    ),
    *rows(
        SCP_DENY,
        ("scp-deny-at-root", request(identity=[FULL], scp=[level(FULL, NO_SQS), level(FULL)]), EXPLICIT),
        ("scp-deny-at-ou", request(identity=[FULL], scp=[FULL_LEVEL, level(FULL, NO_SQS), level(FULL)]), EXPLICIT),
        ("scp-deny-at-account", request(identity=[FULL], scp=[FULL_LEVEL, level(FULL, NO_SQS, target=ACCOUNT)]), EXPLICIT),
        ("scp-deny-other", request(identity=[FULL], scp=[level(FULL, policy(deny("ec2:*")))]), ALLOW),
    ),
    *rows(
        SCPS,
        ("scp-does-not-grant", request(scp=[FULL_LEVEL]), IMPLICIT),
        (
            "scp-intersection",
            request(identity=[policy(allow(["ec2:*", "sqs:*"]))], scp=[level(policy(allow(["ec2:*", "s3:*"])))]),
            IMPLICIT,
        ),
        ("scp-limits-direct-grant", request(scp=[level(S3)], on_resource=granted(USER)), IMPLICIT),
        ("scp-denies-direct-grant", request(scp=[level(FULL, NO_SQS)], on_resource=granted(USER)), EXPLICIT),
        ("scp-limits-session-grant", request(SESSION, scp=[level(S3)], on_resource=granted(SESSION)), IMPLICIT),
        ("scp-limits-root-user", request(ROOT, scp=[level(S3)]), IMPLICIT),
        ("scp-denies-root-user", request(ROOT, scp=[level(FULL, NO_SQS)]), EXPLICIT),
        ("scp-allows-root-user", request(ROOT, scp=[FULL_LEVEL]), ALLOW),
        (
            "scp-of-the-principal-abroad",
            request(STRANGER, identity=[SEND], on_resource=granted(STRANGER), scp=[level(S3)]),
            IMPLICIT,
        ),
        (
            "scp-of-the-principal-abroad-allows",
            request(STRANGER, identity=[SEND], on_resource=granted(STRANGER), scp=[level(SQS)]),
            ALLOW,
        ),
    ),
    *rows(
        FREE_OF_SCP,
        ("scp-not-for-linked-role", request(LINKED, identity=[FULL], scp=[level(FULL, NO_SQS)]), ALLOW),
        ("scp-not-for-linked-role-implicit", request(LINKED, identity=[FULL], scp=[level(S3)]), ALLOW),
        ("scp-not-for-service", request(SNS, on_resource=FROM_SNS, scp=[level(FULL, NO_SQS)]), ALLOW),
        ("scp-not-for-service-implicit", request(SNS, on_resource=FROM_SNS, scp=[level(S3)]), ALLOW),
        (
            "scp-not-for-session-of-linked-role",
            {**request(LINKED_SESSION, identity=[FULL], scp=[level(S3)]), "role_arn": LINKED},
            ALLOW,
        ),
        ("scp-for-session-of-role", {**request(SESSION, identity=[FULL], scp=[level(S3)]), "role_arn": ROLE}, IMPLICIT),
        ("scp-not-for-management", {**request(identity=[FULL], scp=[level(S3)]), "management_account": ACCOUNT}, ALLOW),
        ("scp-not-for-management-root", {**request(ROOT, scp=[level(FULL, NO_SQS)]), "management_account": ACCOUNT}, ALLOW),
        ("scp-for-member", {**request(identity=[FULL], scp=[level(S3)]), "management_account": OTHER}, IMPLICIT),
        ("scp-not-for-anonymous", request(ANONYMOUS, on_resource=policy(allow(to="*")), scp=[level(S3)]), ALLOW),
    ),
    *rows(
        SCP_EXAMPLES,
        ("scp-region", request(identity=[FULL], context={"aws:RequestedRegion": "eu-west-1"}, scp=[level(REGION)]), ALLOW),
        (
            "scp-region-other",
            request(identity=[FULL], context={"aws:RequestedRegion": "us-east-1"}, scp=[level(REGION)]),
            EXPLICIT,
        ),
        (
            "scp-region-spares-iam",
            request(
                USER, "iam:ListUsers", None, identity=[FULL], context={"aws:RequestedRegion": "us-east-1"}, scp=[level(REGION)]
            ),
            ALLOW,
        ),
        ("scp-region-unknown", request(identity=[FULL], unknown=True, scp=[level(REGION)]), depends("aws:RequestedRegion")),
        ("scp-no-root", request(ROOT, scp=[level(NO_ROOT)]), EXPLICIT),
        ("scp-no-root-user", request(identity=[FULL], scp=[level(NO_ROOT)]), ALLOW),
    ),
    *rows(
        RCPS,
        ("rcp-full", request(identity=[FULL], rcp=[level(RCP_FULL)]), ALLOW),
        ("rcp-does-not-grant", request(rcp=[level(RCP_FULL)]), IMPLICIT),
        ("rcp-denies", request(identity=[FULL], rcp=[level(RCP_FULL, NOTHING)]), EXPLICIT),
        ("rcp-denies-at-ou", request(identity=[FULL], rcp=[level(RCP_FULL), level(RCP_FULL, NOTHING, target="ou-1")]), EXPLICIT),
        ("rcp-denies-direct-grant", request(on_resource=granted(USER), rcp=[level(RCP_FULL, NOTHING)]), EXPLICIT),
        ("rcp-denies-root-user", request(ROOT, rcp=[level(RCP_FULL, NOTHING)]), EXPLICIT),
        (
            "rcp-denies-outsider",
            request(STRANGER, identity=[FULL], on_resource=granted(STRANGER), rcp=[level(RCP_FULL, PERIMETER)]),
            EXPLICIT,
        ),
        (
            "rcp-denies-anonymous",
            request(ANONYMOUS, on_resource=policy(allow(to="*")), rcp=[level(RCP_FULL, PERIMETER)]),
            EXPLICIT,
        ),
    ),
    *rows(
        RCP_EXAMPLES,
        (
            "rcp-perimeter-member",
            request(identity=[FULL], context={"aws:PrincipalOrgID": "o-acorg"}, rcp=[level(RCP_FULL, PERIMETER)]),
            ALLOW,
        ),
        (
            "rcp-perimeter-other-org",
            request(
                STRANGER,
                identity=[FULL],
                on_resource=granted(STRANGER),
                context={"aws:PrincipalOrgID": "o-other"},
                rcp=[level(RCP_FULL, PERIMETER)],
            ),
            EXPLICIT,
        ),
        ("rcp-perimeter-service", request(SNS, on_resource=FROM_SNS, rcp=[level(RCP_FULL, PERIMETER)]), ALLOW),
        (
            "rcp-deputy-outside",
            request(
                SNS,
                on_resource=FROM_SNS,
                context={"aws:SourceAccount": OTHER, "aws:SourceOrgID": "o-other"},
                rcp=[level(RCP_FULL, DEPUTY)],
            ),
            EXPLICIT,
        ),
        (
            "rcp-deputy-inside",
            request(
                SNS,
                on_resource=FROM_SNS,
                context={"aws:SourceAccount": ACCOUNT, "aws:SourceOrgID": "o-acorg"},
                rcp=[level(RCP_FULL, DEPUTY)],
            ),
            ALLOW,
        ),
        ("rcp-deputy-no-source", request(SNS, on_resource=FROM_SNS, rcp=[level(RCP_FULL, DEPUTY)]), ALLOW),
        (
            "rcp-tls",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                identity=[FULL],
                context={"aws:SecureTransport": "false"},
                rcp=[level(RCP_FULL, NO_TLS)],
            ),
            EXPLICIT,
        ),
        (
            "rcp-tls-used",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                identity=[FULL],
                context={"aws:SecureTransport": True},
                rcp=[level(RCP_FULL, NO_TLS)],
            ),
            ALLOW,
        ),
    ),
    *rows(
        RCP_SERVICES,
        ("rcp-s3", request(USER, "s3:GetObject", OBJECT, identity=[FULL], rcp=[level(RCP_FULL, NOTHING)]), EXPLICIT),
        (
            "rcp-secret",
            request(
                USER,
                "secretsmanager:GetSecretValue",
                f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:app-abc123",
                identity=[FULL],
                rcp=[level(RCP_FULL, NOTHING)],
            ),
            EXPLICIT,
        ),
        (
            "rcp-assume-role",
            request(
                USER,
                "sts:AssumeRole",
                f"arn:aws:iam::{ACCOUNT}:role/app",
                on_resource=policy({"Effect": "Allow", "Principal": aws(USER), "Action": "sts:AssumeRole"}),
                rcp=[level(RCP_FULL, NOTHING)],
            ),
            EXPLICIT,
        ),
        (
            "rcp-not-lambda",
            request(
                USER,
                "lambda:InvokeFunction",
                f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:pay",
                identity=[FULL],
                rcp=[level(RCP_FULL, NOTHING)],
            ),
            ALLOW,
        ),
        (
            "rcp-not-ec2",
            request(
                USER,
                "ec2:StopInstances",
                f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1234567890abcdef0",
                identity=[FULL],
                rcp=[level(RCP_FULL, NOTHING)],
            ),
            ALLOW,
        ),
        ("rcp-not-iam", request(USER, "iam:GetUser", USER, identity=[FULL], rcp=[level(RCP_FULL, NOTHING)]), ALLOW),
    ),
    *rows(
        FREE_OF_RCP,
        (
            "rcp-not-for-management",
            {**request(identity=[FULL], rcp=[level(RCP_FULL, NOTHING)]), "management_account": ACCOUNT},
            ALLOW,
        ),
        (
            "rcp-for-management-elsewhere",
            {
                **request(STRANGER, identity=[FULL], on_resource=policy(allow(to=aws(STRANGER))), rcp=[level(RCP_FULL, NOTHING)]),
                "management_account": OTHER,
            },
            EXPLICIT,
        ),
        ("rcp-not-for-linked-role", request(LINKED, identity=[FULL], rcp=[level(RCP_FULL, NOTHING)]), ALLOW),
        (
            "rcp-not-retire-grant",
            request(
                USER,
                "kms:RetireGrant",
                KEY,
                on_resource=policy(allow("kms:RetireGrant", to=aws(USER))),
                rcp=[level(RCP_FULL, NOTHING)],
            ),
            ALLOW,
        ),
    ),
)
