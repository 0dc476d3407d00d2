"""Who allows what to whom: identity, resource, boundary and session policies, in one account and across two."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    EXPLICIT,
    FEDERATED,
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
    policy,
    request,
    rows,
)

LOGIC = "How AWS enforcement code logic evaluates requests to allow or deny access"
SINGLE = "Policy evaluation for requests within a single account"
CROSS = "Cross-account policy evaluation logic, Determining whether a cross-account request is allowed"
EXAMPLE = "Example identity-based and resource-based policy evaluation"
CROSS_EXAMPLE = "Cross-account policy evaluation logic, Example cross-account policy evaluation"
INTERPLAY = "The difference between explicit and implicit denies"
BOUNDARY = "Permissions boundaries for IAM entities, Evaluating effective permissions with boundaries"
SESSIONS = "Policies and permissions in IAM, Session policies"
OWNER = "Amazon S3 User Guide, How Amazon S3 authorizes a request (bucket and object owner)"

SEND = policy(allow("sqs:SendMessage", QUEUE))
NO_SEND = policy(deny("sqs:SendMessage", QUEUE))
READ = policy(allow("sqs:ReceiveMessage", QUEUE))


def grant(*who: str) -> Json:
    """The queue's policy: these may send."""
    return policy(allow("sqs:SendMessage", QUEUE, to=aws(*who)))


def grant_by_arn(arn: str) -> Json:
    """The queue's policy: all may send who have this aws:PrincipalArn."""
    return policy(allow("sqs:SendMessage", QUEUE, to="*", when={"ArnEquals": {"aws:PrincipalArn": arn}}))


IAM = policy(allow(["iam:Get*", "iam:List*"]), deny("iam:*Report"))
CARLOS = policy(
    allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
    allow("s3:*", ["arn:aws:s3:::own/*", "arn:aws:s3:::own"]),
    deny("s3:*", "arn:aws:s3:::*log*"),
)
OWN = policy(allow("s3:*", ["arn:aws:s3:::own/*", "arn:aws:s3:::own"], to=aws(USER)))
PRODUCTION = policy(
    allow(["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject"], "arn:aws:s3:::production/*", to=aws(STRANGER))
)
VISITOR = policy(
    allow("s3:ListAllMyBuckets"),
    allow("s3:*Object*", "arn:aws:s3:::production/*"),
    deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
)

ROWS: tuple[Row, ...] = (
    *rows(
        f"{LOGIC}, Deny evaluation",
        ("default-deny", request(), IMPLICIT),
        ("identity-allows", request(identity=[SEND]), ALLOW),
        ("identity-allows-other", request(identity=[READ]), IMPLICIT),
        ("identity-one-of", request(identity=[READ, SEND]), ALLOW),
        ("identity-denies", request(identity=[SEND, NO_SEND]), EXPLICIT),
        ("identity-denies-one-policy", request(identity=[policy(deny(), allow())]), EXPLICIT),
        ("resource-denies", request(identity=[FULL], on_resource=policy(deny(to=aws(USER)))), EXPLICIT),
        ("boundary-denies", request(identity=[FULL], boundary=[policy(allow(), deny("sqs:*"))]), EXPLICIT),
        ("session-denies", request(SESSION, identity=[FULL], session=[policy(allow(), deny("sqs:*"))]), EXPLICIT),
        ("deny-beats-direct-grant", request(identity=[NO_SEND], on_resource=grant(USER)), EXPLICIT),
        ("boundary-deny-beats-direct-grant", request(boundary=[policy(deny())], on_resource=grant(USER)), EXPLICIT),
        ("session-deny-beats-direct-grant", request(SESSION, session=[policy(deny())], on_resource=grant(SESSION)), EXPLICIT),
        ("root-by-default", request(ROOT), ALLOW),
        ("root-by-default-iam", request(ROOT, "iam:CreateUser", USER), ALLOW),
        ("root-denied", request(ROOT, on_resource=policy(deny(to="*"))), EXPLICIT),
    ),
    *rows(
        INTERPLAY,
        ("interplay-allowed", request(USER, "iam:ListUsers", None, identity=[IAM]), ALLOW),
        ("interplay-implicit", request(USER, "iam:CreatePolicy", None, identity=[IAM]), IMPLICIT),
        ("interplay-explicit", request(USER, "iam:GetOrganizationsAccessReport", None, identity=[IAM]), EXPLICIT),
        (
            "interplay-explicit-stays",
            request(USER, "iam:GenerateCredentialReport", None, identity=[IAM, policy(allow("iam:*"))]),
            EXPLICIT,
        ),
    ),
    *rows(
        f"{SINGLE}, Evaluating identity-based policies with resource-based policies",
        ("either-identity", request(identity=[SEND], on_resource=grant(USER + "2")), ALLOW),
        ("either-resource", request(identity=[READ], on_resource=grant(USER)), ALLOW),
        ("either-both", request(identity=[SEND], on_resource=grant(USER)), ALLOW),
        ("either-none", request(identity=[READ], on_resource=grant(USER + "2")), IMPLICIT),
        ("either-resource-for-session", request(SESSION, identity=[READ], on_resource=grant(ROLE)), ALLOW),
    ),
    *rows(
        EXAMPLE,
        ("example-log-bucket", request(USER, "s3:PutObject", "arn:aws:s3:::own-logs/a", identity=[CARLOS]), EXPLICIT),
        ("example-own-bucket", request(USER, "s3:PutObject", "arn:aws:s3:::own/a", identity=[CARLOS], on_resource=OWN), ALLOW),
        ("example-other-bucket", request(USER, "s3:PutObject", "arn:aws:s3:::other/a", identity=[CARLOS]), IMPLICIT),
        ("example-only-bucket-policy", request(USER, "s3:PutObject", "arn:aws:s3:::own/a", on_resource=OWN), ALLOW),
    ),
    *rows(
        f"{LOGIC}, Resource-based policies (IAM user)",
        ("direct-user-no-identity", request(on_resource=grant(USER)), ALLOW),
        ("direct-user-past-boundary", request(identity=[READ], boundary=[READ], on_resource=grant(USER)), ALLOW),
    ),
    *rows(
        f"{LOGIC}, Resource-based policies (IAM role)",
        ("role-grant-no-identity", request(SESSION, on_resource=grant(ROLE)), ALLOW),
        ("role-grant-within-boundary", request(SESSION, boundary=[SEND], on_resource=grant(ROLE)), ALLOW),
        ("role-grant-outside-boundary", request(SESSION, boundary=[READ], on_resource=grant(ROLE)), IMPLICIT),
        (
            "role-grant-outside-boundary-identity",
            request(SESSION, identity=[FULL], boundary=[READ], on_resource=grant(ROLE)),
            IMPLICIT,
        ),
        ("role-grant-within-session", request(SESSION, session=[SEND], on_resource=grant(ROLE)), ALLOW),
        ("role-grant-outside-session", request(SESSION, session=[READ], on_resource=grant(ROLE)), IMPLICIT),
        ("role-grant-within-both", request(SESSION, boundary=[SEND], session=[SEND], on_resource=grant(ROLE)), ALLOW),
        ("role-grant-within-one", request(SESSION, boundary=[SEND], session=[READ], on_resource=grant(ROLE)), IMPLICIT),
        ("role-by-arn-past-boundary", request(SESSION, boundary=[READ], on_resource=grant_by_arn(ROLE)), ALLOW),
        ("role-by-arn-past-session", request(SESSION, session=[READ], on_resource=grant_by_arn(ROLE)), ALLOW),
        ("role-by-arn-no-identity", request(SESSION, on_resource=grant_by_arn(ROLE)), ALLOW),
        ("role-by-arn-denied", request(SESSION, boundary=[NO_SEND], on_resource=grant_by_arn(ROLE)), EXPLICIT),
        ("role-by-other-arn", request(SESSION, on_resource=grant_by_arn(ROLE + "2")), IMPLICIT),
    ),
    *rows(
        f"{LOGIC}, Resource-based policies (IAM role session)",
        ("session-grant-no-identity", request(SESSION, on_resource=grant(SESSION)), ALLOW),
        ("session-grant-past-boundary", request(SESSION, boundary=[READ], on_resource=grant(SESSION)), ALLOW),
        ("session-grant-past-session", request(SESSION, session=[READ], on_resource=grant(SESSION)), ALLOW),
        (
            "session-grant-past-all",
            request(SESSION, identity=[READ], boundary=[READ], session=[READ], on_resource=grant(SESSION)),
            ALLOW,
        ),
        ("session-grant-other-session", request(SESSION, on_resource=grant(SESSION + "2")), IMPLICIT),
    ),
    *rows(
        f"{LOGIC}, Resource-based policies (AWS STS federated user principal)",
        ("federated-grant", request(FEDERATED, session=[READ], on_resource=grant(FEDERATED)), ALLOW),
        (
            "federated-grant-past-boundary",
            request(FEDERATED, boundary=[READ], session=[READ], on_resource=grant(FEDERATED)),
            ALLOW,
        ),
        ("federated-grant-to-user-outside", request(FEDERATED, session=[READ], on_resource=grant(USER)), IMPLICIT),
        (
            "federated-grant-to-user-outside-boundary",
            request(FEDERATED, boundary=[READ], session=[SEND], on_resource=grant(USER)),
            IMPLICIT,
        ),
        ("federated-identity-and-session", request(FEDERATED, identity=[FULL], session=[SEND]), ALLOW),
        ("federated-identity-outside-session", request(FEDERATED, identity=[FULL], session=[READ]), IMPLICIT),
    ),
    *rows(
        BOUNDARY,
        ("boundary-and-identity", request(identity=[SEND], boundary=[FULL]), ALLOW),
        ("boundary-without-identity", request(boundary=[FULL]), IMPLICIT),
        (
            "boundary-leaves-out",
            request(
                USER,
                "iam:CreateUser",
                None,
                identity=[policy(allow("iam:CreateUser"))],
                boundary=[policy(allow(["s3:*", "ec2:*"]))],
            ),
            IMPLICIT,
        ),
        ("boundary-of-a-role", request(SESSION, identity=[FULL], boundary=[READ]), IMPLICIT),
        ("boundary-of-a-role-allows", request(SESSION, identity=[FULL], boundary=[SEND]), ALLOW),
        ("boundary-and-scp", request(identity=[FULL], boundary=[SEND], scp=[{"target": "r", "policies": [READ]}]), IMPLICIT),
        ("boundary-session-identity", request(SESSION, identity=[FULL], boundary=[FULL], session=[SEND]), ALLOW),
        ("boundary-session-identity-one-not", request(SESSION, identity=[FULL], boundary=[READ], session=[SEND]), IMPLICIT),
    ),
    *rows(
        SESSIONS,
        ("session-and-identity", request(SESSION, identity=[FULL], session=[SEND]), ALLOW),
        ("session-outside", request(SESSION, identity=[FULL], session=[READ]), IMPLICIT),
        ("session-does-not-grant", request(SESSION, identity=[READ], session=[FULL]), IMPLICIT),
        ("session-one-of", request(SESSION, identity=[FULL], session=[READ, SEND]), ALLOW),
        ("session-none", request(SESSION, identity=[SEND]), ALLOW),
    ),
    *rows(
        CROSS,
        ("cross-both", request(STRANGER, identity=[SEND], on_resource=grant(STRANGER)), ALLOW),
        ("cross-identity-only", request(STRANGER, identity=[SEND]), IMPLICIT),
        ("cross-resource-only", request(STRANGER, on_resource=grant(STRANGER)), IMPLICIT),
        ("cross-account-named", request(STRANGER, identity=[SEND], on_resource=grant(OTHER)), ALLOW),
        ("cross-account-named-only", request(STRANGER, on_resource=grant(OTHER)), IMPLICIT),
        ("cross-session-named-only", request(STRANGER_SESSION, on_resource=grant(STRANGER_SESSION)), IMPLICIT),
        ("cross-role", request(STRANGER_SESSION, identity=[SEND], on_resource=grant(STRANGER_ROLE)), ALLOW),
        ("cross-identity-denies", request(STRANGER, identity=[SEND, NO_SEND], on_resource=grant(STRANGER)), EXPLICIT),
        (
            "cross-resource-denies",
            request(STRANGER, identity=[SEND], on_resource=policy(allow(to=aws(STRANGER)), deny(to=aws(OTHER)))),
            EXPLICIT,
        ),
        ("cross-boundary", request(STRANGER, identity=[SEND], boundary=[READ], on_resource=grant(STRANGER)), IMPLICIT),
        (
            "cross-session-policy",
            request(STRANGER_SESSION, identity=[SEND], session=[READ], on_resource=grant(STRANGER_SESSION)),
            IMPLICIT,
        ),
        (
            "cross-by-arn-needs-identity",
            request(STRANGER_SESSION, on_resource=grant_by_arn(STRANGER_ROLE)),
            IMPLICIT,
        ),
        ("cross-by-arn", request(STRANGER_SESSION, identity=[SEND], on_resource=grant_by_arn(STRANGER_ROLE)), ALLOW),
        ("cross-account-of-the-arn", request(STRANGER, owner=None, identity=[SEND]), IMPLICIT),
        ("cross-no-resource-policies", request(STRANGER, "iam:GetUser", USER, identity=[FULL]), IMPLICIT),
    ),
    *rows(
        CROSS_EXAMPLE,
        ("cross-example-logs", request(STRANGER, "s3:PutObject", "arn:aws:s3:::production-logs/a", identity=[VISITOR]), EXPLICIT),
        (
            "cross-example-production",
            request(STRANGER, "s3:PutObject", "arn:aws:s3:::production/a", identity=[VISITOR], on_resource=PRODUCTION),
            ALLOW,
        ),
        (
            "cross-example-delete",
            request(STRANGER, "s3:DeleteObject", "arn:aws:s3:::production/a", identity=[VISITOR], on_resource=PRODUCTION),
            IMPLICIT,
        ),
    ),
    *rows(
        OWNER,
        ("bucket-own", request(USER, "s3:GetObject", OBJECT, owner=ACCOUNT, identity=[policy(allow("s3:*"))]), ALLOW),
        ("bucket-of-another", request(USER, "s3:GetObject", OBJECT, owner=OTHER, identity=[policy(allow("s3:*"))]), IMPLICIT),
        (
            "bucket-of-another-granted",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                owner=OTHER,
                identity=[policy(allow("s3:*"))],
                on_resource=policy(allow("s3:GetObject", OBJECT, to=aws(ACCOUNT))),
            ),
            ALLOW,
        ),
        (
            "bucket-of-another-granted-only",
            request(USER, "s3:GetObject", OBJECT, owner=OTHER, on_resource=policy(allow("s3:GetObject", OBJECT, to=aws(USER)))),
            IMPLICIT,
        ),
        (
            "bucket-owner-key",
            request(
                USER,
                "s3:GetObject",
                OBJECT,
                owner=OTHER,
                identity=[policy(allow("s3:*"), deny("s3:*", when={"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}}))],
                on_resource=policy(allow("s3:GetObject", OBJECT, to=aws(ACCOUNT))),
            ),
            EXPLICIT,
        ),
    ),
)
