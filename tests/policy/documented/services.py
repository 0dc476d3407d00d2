"""What has rules of its own: KMS key policies, role trust, VPC endpoint policies."""

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
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    STRANGER_ROLE,
    STRANGER_SESSION,
    USER,
    Json,
    Row,
    allow,
    aws,
    deny,
    depends,
    policy,
    request,
    rows,
)

KEY_POLICY = "AWS KMS Developer Guide, Key policies in AWS KMS"
DELEGATED = "AWS KMS Developer Guide, Default key policy, Allows access to the AWS account and enables IAM policies"
KMS_IAM = "AWS KMS Developer Guide, Using IAM policies with AWS KMS"
KMS_CROSS = "AWS KMS Developer Guide, Allowing users in other accounts to use a KMS key"
TRUST = "IAM User Guide, How AWS enforcement code logic evaluates requests (role trust policies must allow explicitly)"
TRUST_CROSS = "IAM User Guide, Cross-account policy evaluation logic; Grant a user permissions to switch roles"
TRUST_SERVICE = "AWS JSON policy elements: Principal, AWS service principals"
TRUST_WEB = "AWS JSON policy elements: Principal, OIDC federated principals"
TRUST_SAML = "AWS JSON policy elements: Principal, SAML federated principals"
EXTERNAL_ID = "IAM User Guide, Access to AWS accounts owned by third parties (external ID)"
ENDPOINT = "Amazon VPC User Guide, Control access to VPC endpoints using endpoint policies"

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DECRYPT = policy(allow("kms:Decrypt", KEY))
ENABLED = allow("kms:*", to=aws(ROOT))
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/provider-name"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
ASSUME = policy(allow("sts:AssumeRole", ROLE))


def trust(principal: object, action: str = "sts:AssumeRole", when: Json | None = None, effect: str = "Allow") -> Json:
    """A trust policy's statement: no Resource."""
    made: Json = {"Effect": effect, "Principal": principal, "Action": action}
    return made if when is None else {**made, "Condition": when}


def decrypts(who: str | Json, key_policy: Json | None, expect: Json, *identity: Json) -> tuple[Json, Json]:
    """A request to decrypt with the key."""
    return request(who, "kms:Decrypt", KEY, identity=identity, on_resource=key_policy), expect


def assumes(who: str | Json, trusted: Json | None, expect: Json, *identity: Json) -> tuple[Json, Json]:
    """A request for the role."""
    return request(who, "sts:AssumeRole", ROLE, identity=identity, on_resource=trusted), expect


WEB = trust(
    {"Federated": OIDC},
    "sts:AssumeRoleWithWebIdentity",
    {
        "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
        "StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/*"},
    },
)
CLAIMS = {
    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
    "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main",
}


def signs_in(claims: Json, expect: Json, *, who: str = OIDC, unknown: bool = False) -> tuple[Json, Json]:
    """A request for the role with a token of these claims."""
    asked = request(who, "sts:AssumeRoleWithWebIdentity", ROLE, context=claims, unknown=unknown, on_resource=policy(WEB))
    return asked, expect


ROWS: tuple[Row, ...] = (
    *rows(
        KEY_POLICY,
        ("kms-identity-without-key-policy", *decrypts(USER, policy(allow("kms:*", to=aws(USER + "2"))), IMPLICIT, DECRYPT)),
        ("kms-user-named", *decrypts(USER, policy(allow("kms:Decrypt", to=aws(USER))), ALLOW)),
        ("kms-user-named-other-action", *decrypts(USER, policy(allow("kms:Encrypt", to=aws(USER))), IMPLICIT)),
        ("kms-role-named", *decrypts(SESSION, policy(allow("kms:Decrypt", to=aws(ROLE))), ALLOW)),
        (
            "kms-identity-denies-named",
            *decrypts(USER, policy(allow("kms:*", to=aws(USER))), EXPLICIT, policy(deny("kms:Decrypt", KEY))),
        ),
        ("kms-key-policy-denies", *decrypts(USER, policy(ENABLED, deny("kms:Decrypt", to=aws(USER))), EXPLICIT, FULL)),
        ("kms-root-not-named", *decrypts(ROOT, policy(allow("kms:*", to=aws(USER))), IMPLICIT)),
    ),
    *rows(
        DELEGATED,
        ("kms-delegated", *decrypts(USER, policy(ENABLED), ALLOW, DECRYPT)),
        ("kms-delegated-role", *decrypts(SESSION, policy(ENABLED), ALLOW, DECRYPT)),
        ("kms-delegated-by-id", *decrypts(USER, policy(allow("kms:*", to=aws(ACCOUNT))), ALLOW, DECRYPT)),
        ("kms-delegated-without-identity", *decrypts(USER, policy(ENABLED), IMPLICIT)),
        ("kms-delegated-other-action", *decrypts(USER, policy(allow("kms:Describe*", to=aws(ROOT))), IMPLICIT, DECRYPT)),
        ("kms-delegated-identity-denies", *decrypts(USER, policy(ENABLED), EXPLICIT, DECRYPT, policy(deny("kms:*")))),
        ("kms-delegated-root", *decrypts(ROOT, policy(ENABLED), ALLOW)),
        (
            "kms-delegated-boundary",
            request(USER, "kms:Decrypt", KEY, identity=[FULL], boundary=[policy(allow("s3:*"))], on_resource=policy(ENABLED)),
            IMPLICIT,
        ),
        (
            "kms-delegated-conditional",
            request(
                USER,
                "kms:Decrypt",
                KEY,
                identity=[DECRYPT],
                unknown=True,
                on_resource=policy(
                    allow("kms:*", to=aws(ROOT), when={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})
                ),
            ),
            depends("kms:ViaService"),
        ),
    ),
    *rows(
        KMS_IAM,
        ("kms-create-key", request(USER, "kms:CreateKey", None, identity=[policy(allow("kms:CreateKey"))]), ALLOW),
        ("kms-list-keys", request(USER, "kms:ListKeys", None, identity=[policy(allow("kms:List*"))]), ALLOW),
        ("kms-list-keys-not-allowed", request(USER, "kms:ListKeys", None, identity=[DECRYPT]), IMPLICIT),
    ),
    *rows(
        KMS_CROSS,
        ("kms-cross-both", *decrypts(STRANGER, policy(allow("kms:Decrypt", to=aws(OTHER))), ALLOW, DECRYPT)),
        ("kms-cross-user-named", *decrypts(STRANGER, policy(allow("kms:Decrypt", to=aws(STRANGER))), ALLOW, DECRYPT)),
        ("kms-cross-key-policy-only", *decrypts(STRANGER, policy(allow("kms:Decrypt", to=aws(STRANGER))), IMPLICIT)),
        ("kms-cross-identity-only", *decrypts(STRANGER, policy(ENABLED), IMPLICIT, DECRYPT)),
    ),
    *rows(
        TRUST,
        ("trust-user-named", *assumes(USER, policy(trust(aws(USER))), ALLOW)),
        (
            "trust-user-named-identity-denies",
            *assumes(USER, policy(trust(aws(USER))), EXPLICIT, policy(deny("sts:AssumeRole", ROLE))),
        ),
        ("trust-identity-without-trust", *assumes(USER, policy(trust(aws(USER + "2"))), IMPLICIT, ASSUME)),
        ("trust-account", *assumes(USER, policy(trust(aws(ROOT))), ALLOW, ASSUME)),
        ("trust-account-without-identity", *assumes(USER, policy(trust(aws(ROOT))), IMPLICIT)),
        ("trust-denies", *assumes(USER, policy(trust(aws(ROOT)), trust(aws(USER), effect="Deny")), EXPLICIT, ASSUME)),
        ("trust-role-named", *assumes(SESSION.replace("app", "web"), policy(trust(aws(ROLE.replace("app", "web")))), ALLOW)),
        ("trust-not-itself", *assumes(SESSION, policy(trust(aws(USER))), IMPLICIT, ASSUME)),
        ("trust-itself", *assumes(SESSION, policy(trust(aws(ROLE))), ALLOW, ASSUME)),
        ("trust-other-action", *assumes(USER, policy(trust(aws(USER), "sts:TagSession")), IMPLICIT)),
        ("trust-anonymous", *assumes(ANONYMOUS, policy(trust(aws(USER))), IMPLICIT)),
        (
            "trust-mfa-missing",
            *assumes(USER, policy(trust(aws(ROOT), when={"Bool": {"aws:MultiFactorAuthPresent": "true"}})), IMPLICIT, ASSUME),
        ),
        (
            "trust-mfa",
            request(
                USER,
                "sts:AssumeRole",
                ROLE,
                identity=[ASSUME],
                context={"aws:MultiFactorAuthPresent": "true"},
                on_resource=policy(trust(aws(ROOT), when={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
            ),
            ALLOW,
        ),
    ),
    *rows(
        "IAM User Guide, Methods to assume a role (not as the account root user)",
        ("trust-root-user", *assumes(ROOT, policy(trust(aws(ROOT))), {"decision": "DENY"})),
        ("trust-root-user-all", *assumes(ROOT, policy(trust({"AWS": "*"})), {"decision": "DENY"})),
    ),
    *rows(
        TRUST_CROSS,
        ("trust-cross-both", *assumes(STRANGER, policy(trust(aws(OTHER))), ALLOW, ASSUME)),
        ("trust-cross-user-named", *assumes(STRANGER, policy(trust(aws(STRANGER))), ALLOW, ASSUME)),
        ("trust-cross-trust-only", *assumes(STRANGER, policy(trust(aws(STRANGER))), IMPLICIT)),
        ("trust-cross-identity-only", *assumes(STRANGER, policy(trust(aws(USER))), IMPLICIT, ASSUME)),
        ("trust-cross-role", *assumes(STRANGER_SESSION, policy(trust(aws(STRANGER_ROLE))), ALLOW, ASSUME)),
        ("trust-cross-other-account", *assumes(STRANGER, policy(trust(aws("999999999999"))), IMPLICIT, ASSUME)),
    ),
    *rows(
        EXTERNAL_ID,
        (
            "trust-external-id",
            request(
                STRANGER,
                "sts:AssumeRole",
                ROLE,
                identity=[ASSUME],
                context={"sts:ExternalId": "12345"},
                on_resource=policy(trust(aws(OTHER), when={"StringEquals": {"sts:ExternalId": "12345"}})),
            ),
            ALLOW,
        ),
        (
            "trust-external-id-other",
            request(
                STRANGER,
                "sts:AssumeRole",
                ROLE,
                identity=[ASSUME],
                context={"sts:ExternalId": "54321"},
                on_resource=policy(trust(aws(OTHER), when={"StringEquals": {"sts:ExternalId": "12345"}})),
            ),
            IMPLICIT,
        ),
        (
            "trust-external-id-missing",
            *assumes(STRANGER, policy(trust(aws(OTHER), when={"StringEquals": {"sts:ExternalId": "12345"}})), IMPLICIT, ASSUME),
        ),
    ),
    *rows(
        TRUST_SERVICE,
        ("trust-service", *assumes("ec2.amazonaws.com", policy(trust({"Service": "ec2.amazonaws.com"})), ALLOW)),
        (
            "trust-service-one-of",
            *assumes(
                "ecs.amazonaws.com",
                policy(trust({"Service": ["elasticloadbalancing.amazonaws.com", "ecs.amazonaws.com"]})),
                ALLOW,
            ),
        ),
        ("trust-service-other", *assumes("lambda.amazonaws.com", policy(trust({"Service": "ec2.amazonaws.com"})), IMPLICIT)),
        ("trust-service-not-user", *assumes(USER, policy(trust({"Service": "ec2.amazonaws.com"})), IMPLICIT, ASSUME)),
    ),
    *rows(
        TRUST_WEB,
        ("trust-web", *signs_in(CLAIMS, ALLOW)),
        (
            "trust-web-other-branch-kind",
            *signs_in({**CLAIMS, "token.actions.githubusercontent.com:sub": "repo:example/x:y"}, IMPLICIT),
        ),
        ("trust-web-other-audience", *signs_in({**CLAIMS, "token.actions.githubusercontent.com:aud": "x"}, IMPLICIT)),
        ("trust-web-no-claims", *signs_in({}, IMPLICIT)),
        ("trust-web-unknown-claims", *signs_in({}, depends(*CLAIMS), unknown=True)),
        ("trust-web-other-provider", *signs_in(CLAIMS, IMPLICIT, who=OIDC.replace("token.actions", "other"))),
        (
            "trust-web-domain",
            request(
                "accounts.google.com",
                "sts:AssumeRoleWithWebIdentity",
                ROLE,
                context={"accounts.google.com:aud": "66677788899900pro0"},
                on_resource=policy(
                    trust(
                        {"Federated": "accounts.google.com"},
                        "sts:AssumeRoleWithWebIdentity",
                        {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}},
                    )
                ),
            ),
            ALLOW,
        ),
        (
            "trust-web-domain-other",
            request(
                "graph.facebook.com",
                "sts:AssumeRoleWithWebIdentity",
                ROLE,
                on_resource=policy(trust({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity")),
            ),
            IMPLICIT,
        ),
        (
            "trust-web-other-action",
            request(
                OIDC,
                "sts:AssumeRoleWithWebIdentity",
                ROLE,
                on_resource=policy(trust({"Federated": OIDC}, "sts:AssumeRoleWithSAML")),
            ),
            IMPLICIT,
        ),
    ),
    *rows(
        TRUST_SAML,
        (
            "trust-saml",
            request(
                SAML,
                "sts:AssumeRoleWithSAML",
                ROLE,
                context={"SAML:aud": "https://signin.aws.amazon.com/saml"},
                on_resource=policy(
                    trust(
                        {"Federated": SAML},
                        "sts:AssumeRoleWithSAML",
                        {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                    )
                ),
            ),
            ALLOW,
        ),
        (
            "trust-saml-other-provider",
            request(
                SAML + "2",
                "sts:AssumeRoleWithSAML",
                ROLE,
                on_resource=policy(trust({"Federated": SAML}, "sts:AssumeRoleWithSAML")),
            ),
            IMPLICIT,
        ),
        (
            "trust-saml-not-user",
            request(
                USER,
                "sts:AssumeRoleWithSAML",
                ROLE,
                identity=[policy(allow("sts:*"))],
                on_resource=policy(trust({"Federated": SAML}, "sts:AssumeRoleWithSAML")),
            ),
            IMPLICIT,
        ),
    ),
    *rows(
        ENDPOINT,
        ("endpoint-default", request(identity=[FULL], endpoint=[policy(allow(to="*"))]), ALLOW),
        ("endpoint-none", request(identity=[FULL], endpoint=None), ALLOW),
        ("endpoint-does-not-grant", request(endpoint=[policy(allow(to="*"))]), IMPLICIT),
        ("endpoint-leaves-out", request(identity=[FULL], endpoint=[policy(allow("s3:*", to="*"))]), IMPLICIT),
        ("endpoint-denies", request(identity=[FULL], endpoint=[policy(allow(to="*"), deny("sqs:*", to="*"))]), EXPLICIT),
        (
            "endpoint-other-resource",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                identity=[FULL],
                endpoint=[policy(allow("s3:*", "arn:aws:s3:::amzn-s3-demo-other/*", to="*"))],
            ),
            IMPLICIT,
        ),
        (
            "endpoint-principal-arn",
            request(
                identity=[FULL],
                endpoint=[policy(allow(to="*", when={"StringEquals": {"aws:PrincipalArn": USER}}))],
            ),
            ALLOW,
        ),
        (
            "endpoint-principal-arn-other",
            request(
                identity=[FULL],
                endpoint=[policy(allow(to="*", when={"StringEquals": {"aws:PrincipalArn": USER + "2"}}))],
            ),
            IMPLICIT,
        ),
        (
            "endpoint-limits-direct-grant",
            request(on_resource=policy(allow(to=aws(USER))), endpoint=[policy(allow("s3:*", to="*"))]),
            IMPLICIT,
        ),
        (
            "endpoint-cross-account",
            request(
                STRANGER,
                identity=[FULL],
                on_resource=policy(allow("sqs:*", QUEUE, to=aws(STRANGER))),
                endpoint=[policy(allow(to="*", when={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))],
            ),
            IMPLICIT,
        ),
    ),
)
