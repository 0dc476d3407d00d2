"""Policy variables: where they stand, defaults, special characters, versions, absent and unknown keys."""

from __future__ import annotations

from tests.policy.documented.row import (
    ACCOUNT,
    ALLOW,
    ANONYMOUS,
    EXPLICIT,
    IMPLICIT,
    SESSION,
    USER,
    Row,
    allow,
    conditions,
    deny,
    depends,
    policy,
    request,
    rows,
)

PAGE = "IAM policy elements: Variables and tags"
TAG = "aws:PrincipalTag/team"
BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
MINE = policy(allow("s3:*", f"{BUCKET}/${{aws:username}}/*"))
OLD = policy(allow("s3:*", f"{BUCKET}/${{aws:username}}/*"), version="2008-10-17")
UNVERSIONED = policy(allow("s3:*", f"{BUCKET}/${{aws:username}}/*"), version=None)
BY_TAG = policy(allow("s3:*", f"{BUCKET}/${{{TAG}}}/*"))
BY_TAG_OR = policy(allow("s3:*", f"{BUCKET}/${{{TAG}, 'shared'}}/*"))

ELSEWHERE = {"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/${{{TAG}}}/*"}
ROWS: tuple[Row, ...] = (
    *rows(
        f"{PAGE}, Resource element",
        ("var-own-folder", request(USER, "s3:GetObject", f"{BUCKET}/reader/a", identity=[MINE]), ALLOW),
        ("var-other-folder", request(USER, "s3:GetObject", f"{BUCKET}/writer/a", identity=[MINE]), IMPLICIT),
        (
            "var-in-the-middle",
            request(
                USER,
                "sqs:SendMessage",
                f"arn:aws:sqs:us-east-2:{ACCOUNT}:reader-queue",
                identity=[policy(allow("sqs:*", "arn:aws:sqs:us-east-2:*:${aws:username}-queue"))],
            ),
            ALLOW,
        ),
        (
            "var-own-access-keys",
            request(
                USER,
                "iam:CreateAccessKey",
                USER,
                identity=[policy(allow("iam:*AccessKey*", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))],
            ),
            ALLOW,
        ),
        ("var-tag", request(USER, "s3:GetObject", f"{BUCKET}/red/a", context={TAG: "red"}, identity=[BY_TAG]), ALLOW),
        ("var-tag-other", request(USER, "s3:GetObject", f"{BUCKET}/blue/a", context={TAG: "red"}, identity=[BY_TAG]), IMPLICIT),
        ("var-tag-absent", request(USER, "s3:GetObject", f"{BUCKET}/red/a", identity=[BY_TAG]), IMPLICIT),
        (
            "var-tag-unknown",
            request(USER, "s3:GetObject", f"{BUCKET}/red/a", unknown=True, identity=[BY_TAG]),
            depends(TAG),
        ),
        (
            "var-tag-unknown-other-bucket",
            request(USER, "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-other/red/a", unknown=True, identity=[BY_TAG]),
            IMPLICIT,
        ),
        (
            "var-key-case",
            request(
                USER, "s3:GetObject", f"{BUCKET}/reader/a", identity=[policy(allow("s3:*", f"{BUCKET}/${{AWS:UserName}}/*"))]
            ),
            ALLOW,
        ),
        (
            "var-deny",
            request(
                USER,
                "s3:GetObject",
                f"{BUCKET}/reader/a",
                identity=[policy(allow(), deny("s3:*", f"{BUCKET}/${{aws:username}}/*"))],
            ),
            EXPLICIT,
        ),
        (
            "var-not-resource",
            request(
                USER,
                "s3:GetObject",
                f"{BUCKET}/writer/a",
                identity=[policy(allow(), {"Effect": "Deny", "Action": "s3:*", "NotResource": f"{BUCKET}/${{aws:username}}/*"})],
            ),
            EXPLICIT,
        ),
    ),
    *rows(
        f"{PAGE}, note (a variable that cannot be resolved may make the statement invalid)",
        (
            "var-resource-without-value",
            request(
                USER, "s3:GetObject", f"{BUCKET}/a", identity=[policy({**allow("s3:*"), "Resource": f"{BUCKET}/${{{TAG}}}/*"})]
            ),
            IMPLICIT,
        ),
        *(
            (f"var-not-resource-without-value-{effect}", asked, depends(f"{TAG} (no value, in NotResource)"))
            for effect, asked in (
                ("allow", request(USER, "s3:GetObject", f"{BUCKET}/a", identity=[policy(ELSEWHERE)])),
                (
                    "deny",
                    request(USER, "s3:GetObject", f"{BUCKET}/a", identity=[policy(allow(), {**ELSEWHERE, "Effect": "Deny"})]),
                ),
            )
        ),
        (
            "var-not-resource-default",
            request(
                USER,
                "s3:GetObject",
                f"{BUCKET}/a",
                identity=[policy({"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/${{{TAG}, 'none'}}/*"})],
            ),
            ALLOW,
        ),
        (
            "var-not-resource-other-pattern",
            request(
                USER,
                "s3:GetObject",
                f"{BUCKET}/a",
                identity=[policy({**ELSEWHERE, "NotResource": [f"{BUCKET}/*", f"{BUCKET}/${{{TAG}}}/*"]})],
            ),
            IMPLICIT,
        ),
    ),
    *rows(
        f"{PAGE}, Principal key values",
        (
            "var-username-is-friendly",
            request(
                f"arn:aws:iam::{ACCOUNT}:user/division/reader",
                "s3:GetObject",
                f"{BUCKET}/reader/a",
                identity=[MINE],
            ),
            ALLOW,
        ),
        ("var-username-of-a-role", request(SESSION, "s3:GetObject", f"{BUCKET}/session-1/a", identity=[MINE]), IMPLICIT),
    ),
    *rows(
        f"{PAGE}, Introduction (versions)",
        ("var-old-version", request(USER, "s3:GetObject", f"{BUCKET}/reader/a", identity=[OLD]), IMPLICIT),
        ("var-old-version-literal", request(USER, "s3:GetObject", f"{BUCKET}/${{aws:username}}/a", identity=[OLD]), ALLOW),
        ("var-no-version", request(USER, "s3:GetObject", f"{BUCKET}/reader/a", identity=[UNVERSIONED]), IMPLICIT),
        (
            "var-old-version-condition",
            request(
                context={"aws:RequestTag/owner": "reader"},
                identity=[
                    policy(allow(when={"StringEquals": {"aws:RequestTag/owner": "${aws:username}"}}), version="2008-10-17")
                ],
            ),
            IMPLICIT,
        ),
        (
            "var-old-version-condition-literal",
            request(
                context={"aws:RequestTag/owner": "${aws:username}"},
                identity=[
                    policy(allow(when={"StringEquals": {"aws:RequestTag/owner": "${aws:username}"}}), version="2008-10-17")
                ],
            ),
            ALLOW,
        ),
    ),
    *rows(
        f"{PAGE}, Specifying default values",
        ("var-default", request(USER, "s3:GetObject", f"{BUCKET}/shared/a", identity=[BY_TAG_OR]), ALLOW),
        ("var-default-other", request(USER, "s3:GetObject", f"{BUCKET}/red/a", identity=[BY_TAG_OR]), IMPLICIT),
        (
            "var-default-not-needed",
            request(USER, "s3:GetObject", f"{BUCKET}/red/a", context={TAG: "red"}, identity=[BY_TAG_OR]),
            ALLOW,
        ),
        (
            "var-default-overridden",
            request(USER, "s3:GetObject", f"{BUCKET}/shared/a", context={TAG: "red"}, identity=[BY_TAG_OR]),
            IMPLICIT,
        ),
        (
            "var-default-unknown",
            request(USER, "s3:GetObject", f"{BUCKET}/shared/a", unknown=True, identity=[BY_TAG_OR]),
            depends(TAG),
        ),
        (
            "var-default-anonymous",
            request(
                ANONYMOUS,
                "s3:GetObject",
                f"{BUCKET}/anonymous/a",
                on_resource=policy(allow("s3:GetObject", f"{BUCKET}/${{aws:userid, 'anonymous'}}/*", to="*")),
            ),
            ALLOW,
        ),
    ),
    *conditions(
        f"{PAGE}, Condition element",
        (
            "var-condition",
            {"StringEquals": {"aws:RequestTag/owner": "${aws:username}"}},
            {"aws:RequestTag/owner": "reader"},
            True,
        ),
        (
            "var-condition-other",
            {"StringEquals": {"aws:RequestTag/owner": "${aws:username}"}},
            {"aws:RequestTag/owner": "x"},
            False,
        ),
        (
            "var-condition-like",
            {"StringLike": {"s3:prefix": ["home/", "home/${aws:username}/*"]}},
            {"s3:prefix": "home/reader/docs"},
            True,
        ),
        (
            "var-condition-two-keys",
            {"StringEquals": {TAG: "${aws:ResourceTag/team}"}},
            {TAG: "a", "aws:ResourceTag/team": "a"},
            True,
        ),
        (
            "var-condition-two-keys-differ",
            {"StringEquals": {TAG: "${aws:ResourceTag/team}"}},
            {TAG: "a", "aws:ResourceTag/team": "b"},
            False,
        ),
        ("var-condition-absent", {"StringEquals": {TAG: "${aws:ResourceTag/team}"}}, {TAG: "a"}, False),
        ("var-condition-default", {"StringEquals": {TAG: "${aws:ResourceTag/team, 'a'}"}}, {TAG: "a"}, True),
        (
            "var-condition-arn",
            {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:${aws:username}-*"}},
            {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:reader-topic"},
            True,
        ),
        (
            "var-condition-not-equals",
            {"StringNotEquals": {TAG: "${aws:ResourceTag/team}"}},
            {TAG: "a", "aws:ResourceTag/team": "a"},
            False,
        ),
        (
            "var-condition-within",
            {"StringEquals": {"aws:RequestTag/owner": "team-${aws:PrincipalTag/team}-${aws:username}"}},
            {TAG: "red", "aws:RequestTag/owner": "team-red-reader"},
            True,
        ),
    ),
    *rows(
        f"{PAGE}; a variable of which nothing is known may have any value",
        (
            "var-condition-unknown",
            request(
                context={"aws:RequestTag/owner": "red"},
                unknown=True,
                identity=[policy(allow(when={"StringEquals": {"aws:RequestTag/owner": f"${{{TAG}}}"}}))],
            ),
            depends(TAG),
        ),
        (
            "var-condition-unknown-prefix",
            request(
                context={"aws:RequestTag/owner": "blue/x"},
                unknown=True,
                identity=[policy(allow(when={"StringEquals": {"aws:RequestTag/owner": f"red/${{{TAG}}}"}}))],
            ),
            IMPLICIT,
        ),
    ),
    *conditions(
        f"{PAGE}, Special characters",
        ("special-star", {"StringLike": {TAG: "a${*}b"}}, {TAG: "a*b"}, True),
        ("special-star-is-no-wildcard", {"StringLike": {TAG: "a${*}b"}}, {TAG: "axb"}, False),
        ("special-star-beside-wildcard", {"StringLike": {TAG: "a${*}*"}}, {TAG: "a*bc"}, True),
        ("special-question", {"StringLike": {TAG: "a${?}b"}}, {TAG: "a?b"}, True),
        ("special-question-is-no-wildcard", {"StringLike": {TAG: "a${?}b"}}, {TAG: "axb"}, False),
        ("special-dollar", {"StringEquals": {TAG: "a${$}b"}}, {TAG: "a$b"}, True),
        ("special-dollar-shields", {"StringEquals": {TAG: "${$}{aws:username}"}}, {TAG: "${aws:username}"}, True),
        ("special-dollar-shields-value", {"StringEquals": {TAG: "${$}{aws:username}"}}, {TAG: "reader"}, False),
    ),
    *rows(
        f"{PAGE}, Special characters (in a Resource)",
        (
            "special-star-resource",
            request(USER, "s3:GetObject", f"{BUCKET}/*", identity=[policy(allow("s3:*", f"{BUCKET}/${{*}}"))]),
            ALLOW,
        ),
        (
            "special-star-resource-is-no-wildcard",
            request(USER, "s3:GetObject", f"{BUCKET}/a", identity=[policy(allow("s3:*", f"{BUCKET}/${{*}}"))]),
            IMPLICIT,
        ),
        (
            "special-question-resource",
            request(USER, "s3:GetObject", f"{BUCKET}/a", identity=[policy(allow("s3:*", f"{BUCKET}/${{?}}"))]),
            IMPLICIT,
        ),
    ),
)
