"""Checks of policies of resources, roles and organisations: one document that has the fault, and one that nearly has it."""

from __future__ import annotations

import pytest

from auditor.policy.actions import table
from auditor.policy.lint.check import Kind
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Opaque, Policy
from tests.policy.lint.semantic import Case, allow, checks, deny, trust
from tests.policy.lint.test_semantic_identity import CASES as IDENTITY

R, T = Kind.RESOURCE, Kind.TRUST
ROLE = "arn:aws:iam::111122223333:role/app"
OBJECTS = "arn:aws:s3:::my-bucket/*"
SNS = {"Service": "sns.amazonaws.com"}
ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
WEB, SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
GITLAB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}
TERRAFORM = {"Federated": "arn:aws:iam::111122223333:oidc-provider/app.terraform.io"}
EKS = {"Federated": ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"]}
CIRCLE = {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.circleci.com/org/1234"}
GOOGLE = {"Federated": "accounts.google.com"}
COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
IDP = {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}
HUB = "token.actions.githubusercontent.com"
MAIN = "repo:my-org/my-repo:ref:refs/heads/main"
ANYWHERE = {"Service": "rolesanywhere.amazonaws.com"}
ALL_THREE = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def _sub(host: str, value: str, operator: str = "StringLike") -> dict[str, object]:
    return {operator: {f"{host}:sub": value}, "StringEquals": {f"{host}:aud": "sts.amazonaws.com"}}


CASES = (
    Case(
        "unsupported-action-in-policy",
        R,
        [allow(["s3:GetObject", "kms:Decrypt"], OBJECTS, Principal="*")],
        (0, "Action", 1),
        [allow("s3:*", OBJECTS, Principal="*")],
        "AWS::S3::BucketPolicy",
    ),
    Case(
        "unsupported-action-in-policy",
        T,
        [trust({"AWS": ROLE}, "s3:GetObject")],
        (0, "Action"),
        [trust({"AWS": ROLE}, "sts:TagSession")],
    ),
    Case(
        "irrelevant-condition-key-in-policy",
        R,
        [allow("s3:GetObject", OBJECTS, {"StringEquals": {"s3:ResourceAccount": "1"}}, Principal={"AWS": ROLE})],
        (0, "Condition", "StringEquals", "s3:ResourceAccount"),
        [allow("s3:GetObject", OBJECTS, {"StringEquals": {"aws:PrincipalAccount": "1"}}, Principal={"AWS": ROLE})],
    ),
    Case(
        "allow-with-notprincipal",
        R,
        [allow("s3:GetObject", OBJECTS, NotPrincipal={"AWS": ROLE})],
        (0, "NotPrincipal"),
        [deny("s3:GetObject", OBJECTS, NotPrincipal={"AWS": ROLE})],
    ),
    # confused deputy
    Case(
        "restrict-access-to-service-principal",
        R,
        [allow("sqs:SendMessage", Principal=SNS)],
        (0, "Principal", "Service"),
        [allow("sqs:SendMessage", "*", ACCOUNT, Principal=SNS)],
    ),
    Case(
        "recommended-condition-key-for-service-principal",
        R,
        [allow("s3:GetObject", OBJECTS, {"StringEquals": {"aws:Referer": "x"}}, Principal={"Service": ["ses.amazonaws.com"]})],
        (0, "Principal", "Service", 0),
        [allow("s3:GetObject", OBJECTS, ACCOUNT, Principal={"Service": ["ses.amazonaws.com"]})],
    ),
    Case(
        "source-arn-without-account",
        R,
        [
            allow(
                "sqs:SendMessage",
                "*",
                {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::my-bucket"}},
                Principal={"Service": "s3.amazonaws.com"},
            )
        ],
        (0, "Condition", "ArnLike", "aws:SourceArn"),
        [
            allow(
                "sqs:SendMessage",
                "*",
                {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::my-bucket"}, **ACCOUNT},
                Principal={"Service": "s3.amazonaws.com"},
            )
        ],
    ),
    Case(
        "trust-service-without-source",
        T,
        [trust({"Service": ["scheduler.amazonaws.com"]})],
        (0, "Principal", "Service", 0),
        [trust({"Service": ["lambda.amazonaws.com"]})],
    ),
    Case(
        "trust-service-without-source",
        T,
        [trust({"Service": "states.amazonaws.com"})],
        (0, "Principal", "Service"),
        [trust({"Service": "states.amazonaws.com"}, condition=ACCOUNT)],
    ),
    # federation
    Case(
        "missing-condition-key-for-oidc-principal",
        T,
        [trust(EKS, WEB)],
        (0, "Principal", "Federated", 0),
        [trust(EKS, WEB, _sub("oidc.eks.eu-west-1.amazonaws.com/id/ABC", "system:serviceaccount:a:b"))],
    ),
    Case(
        "missing-condition-key-for-oidc-principal",
        T,
        [trust(GITLAB, WEB)],
        (0, "Principal", "Federated"),
        [trust(GITLAB, WEB, _sub("gitlab.com", "project_path:my-group/*"))],
    ),
    Case(
        "missing-condition-key-for-oidc-principal",
        T,
        [trust(GOOGLE, WEB, {"StringEqualsIfExists": {"accounts.google.com:sub": "1"}})],
        (0, "Principal", "Federated"),
        [trust(GOOGLE, WEB, {"StringEquals": {"accounts.google.com:sub": "1"}})],
    ),
    Case(
        "oidc-trust-without-subject",
        T,
        [trust(TERRAFORM, WEB, {"StringEquals": {"app.terraform.io:aud": "aws.workload.identity"}})],
        (0, "Principal", "Federated"),
        [trust(TERRAFORM, WEB, _sub("app.terraform.io", "organization:my-org:*"))],
    ),
    Case(
        "oidc-trust-without-subject",
        T,
        [trust(CIRCLE, WEB, {"StringEquals": {"oidc.circleci.com/org/1234:aud": "1234"}})],
        (0, "Principal", "Federated"),
        [trust(CIRCLE, WEB, _sub("oidc.circleci.com/org/1234", "org/1234/project/5/*"))],
    ),
    Case(
        "missing-github-repo-condition-key",
        T,
        [trust(GITHUB, WEB, {"StringEquals": {f"{HUB}:aud": "sts.amazonaws.com"}})],
        (0, "Principal", "Federated"),
        [trust(GITHUB, WEB, _sub(HUB, MAIN))],
    ),
    Case(
        "missing-github-repo-condition-key",
        T,
        [trust(GITHUB, WEB, _sub(HUB, MAIN, "ForAllValues:StringEquals"))],
        (0, "Principal", "Federated"),
        [trust(GITHUB, WEB, {"StringEquals": {f"{HUB}:repository_id": "1"}})],
    ),
    Case(
        "specific-github-repo-and-branch-recommended",
        T,
        [trust(GITHUB, WEB, _sub(HUB, "repo:my-org/*"))],
        (0, "Condition", "StringLike", f"{HUB}:sub"),
        [trust(GITHUB, WEB, _sub(HUB, "repo:my-org/my-repo:ref:refs/heads/*"))],
    ),
    Case(
        "specific-github-repo-and-branch-recommended",
        T,
        [trust(GITHUB, WEB, _sub(HUB, "repo:my-org/my-repo:*"))],
        (0, "Condition", "StringLike", f"{HUB}:sub"),
        [trust(GITHUB, WEB, _sub(HUB, "repo:my-org/my-repo:environment:prod"))],
    ),
    Case(
        "oidc-trust-open-to-anybody",
        T,
        [trust(GITHUB, WEB, _sub(HUB, "repo:*/my-repo:*"))],
        (0, "Condition", "StringLike", f"{HUB}:sub"),
        [trust(GITHUB, WEB, _sub(HUB, "repo:my-org/*"))],
    ),
    Case(
        "oidc-trust-open-to-anybody",
        T,
        [trust(GITLAB, WEB, _sub("gitlab.com", "project_path:*"))],
        (0, "Condition", "StringLike", "gitlab.com:sub"),
        [trust(GITLAB, WEB, _sub("gitlab.com", "project_path:g/*"))],
    ),
    Case(
        "confirm-audience-claim-type",
        T,
        [
            trust(
                GITLAB,
                WEB,
                {"ForAnyValue:StringEquals": {"gitlab.com:aud": "x"}, "StringEquals": {"gitlab.com:sub": "project_path:a/b:x"}},
            )
        ],
        (0, "Condition", "ForAnyValue:StringEquals", "gitlab.com:aud"),
        [trust(GITLAB, WEB, _sub("gitlab.com", "project_path:a/b"))],
    ),
    Case(
        "foranyvalue-with-audience-claim-type",
        T,
        [trust(GITHUB, WEB, {"ForAnyValue:StringEquals": {f"{HUB}:aud": "x"}, "StringEquals": {f"{HUB}:sub": MAIN}})],
        (0, "Condition", "ForAnyValue:StringEquals", f"{HUB}:aud"),
        [trust(GITHUB, WEB, _sub(HUB, MAIN))],
    ),
    Case(
        "cognito-trust-without-amr",
        T,
        [trust(COGNITO, WEB, {"StringEquals": {"cognito-identity.amazonaws.com:aud": "p"}})],
        (0, "Principal", "Federated"),
        [
            trust(
                COGNITO,
                WEB,
                {
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": "p"},
                    "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
                },
            )
        ],
    ),
    Case(
        "saml-trust-without-audience",
        T,
        [trust(IDP, SAML)],
        (0, "Principal", "Federated"),
        [trust(IDP, SAML, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})],
    ),
    Case(
        "mismatched-action-for-principal",
        T,
        [trust(IDP, ["sts:TagSession", WEB])],
        (0, "Action", 1),
        [trust(IDP, ["sts:TagSession", SAML])],
    ),
    Case(
        "mismatched-action-for-principal",
        T,
        [trust({"AWS": ROLE}, SAML)],
        (0, "Action"),
        [trust({"AWS": ROLE}, "sts:AssumeRole*")],
    ),
    Case(
        "mismatched-action-for-principal",
        T,
        [trust(GITHUB, "sts:AssumeRole")],
        (0, "Action"),
        [trust({**GITHUB, "AWS": ROLE}, [WEB, "sts:AssumeRole"])],
    ),
    Case(
        "missing-action-for-roles-anywhere-trust-policy",
        T,
        [trust(ANYWHERE, ALL_THREE[:2])],
        (0, "Action"),
        [trust(ANYWHERE, ALL_THREE[:2]), trust(ANYWHERE, ALL_THREE[2:])],
    ),
    Case(
        "roles-anywhere-trust-without-anchor",
        T,
        [trust(ANYWHERE, ALL_THREE)],
        (0, "Principal", "Service"),
        [
            trust(
                ANYWHERE,
                ALL_THREE,
                {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/1"}},
            )
        ],
    ),
    # accounts
    Case(
        "trust-open-to-anybody",
        T,
        [trust({"AWS": ["*"]})],
        (0, "Principal", "AWS", 0),
        [trust({"AWS": "*"}, condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
    ),
    Case(
        "trust-open-to-anybody",
        T,
        [trust("*", condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}})],
        (0, "Principal"),
        [trust({"AWS": ROLE})],
    ),
    Case(
        "resource-open-to-anybody",
        R,
        [allow("sqs:SendMessage", Principal="*")],
        (0, "Principal"),
        [deny("sqs:SendMessage", Principal="*")],
    ),
    Case(
        "trust-account-without-external-id",
        T,
        [trust({"AWS": "111122223333"})],
        (0, "Principal", "AWS"),
        [trust({"AWS": "111122223333"}, condition={"StringEquals": {"sts:ExternalId": "x"}})],
    ),
    Case(
        "trust-account-without-external-id",
        T,
        [trust({"AWS": ROLE})],
        (0, "Principal", "AWS"),
        [trust({"AWS": ROLE.replace("111122223333", "444455556666")})],
        "arn:aws:iam::444455556666:role/r",
    ),
    Case(
        "redundant-principal",
        T,
        [trust({"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]})],
        (0, "Principal", "AWS", 1),
        [trust({"AWS": ["111122223333", ROLE]})],
    ),
    Case(
        "cross-partition-principal",
        R,
        [allow("s3:GetObject", OBJECTS, Principal={"AWS": ROLE.replace("aws", "aws-cn")})],
        (0, "Principal", "AWS"),
        [allow("s3:GetObject", OBJECTS, Principal={"AWS": ROLE})],
    ),
    # guardrails
    Case(
        "deny-without-service-exemption",
        Kind.RCP,
        [deny("s3:*", "*", {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, Principal="*")],
        (0, "Condition", "StringNotEqualsIfExists", "aws:PrincipalOrgID"),
        [
            deny(
                "s3:*",
                "*",
                {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
                Principal="*",
            )
        ],
    ),
    Case(
        "deny-by-region-hits-global-services",
        Kind.SCP,
        [deny("*", "*", {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})],
        (0, "Condition", "StringNotEquals", "aws:RequestedRegion"),
        [deny(None, "*", {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}, NotAction=["iam:*"])],
    ),
    Case(
        "deny-without-mfa-misses-access-keys",
        Kind.IDENTITY,
        [deny(None, "*", {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, NotAction=["iam:*"])],
        (0, "Condition", "Bool", "aws:MultiFactorAuthPresent"),
        [deny(None, "*", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, NotAction=["iam:*"])],
    ),
    Case(
        "deny-by-source-hits-everyone",
        Kind.RCP,
        [deny("s3:*", "*", {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, Principal="*")],
        (0, "Condition", "StringNotEqualsIfExists", "aws:SourceOrgID"),
        [
            deny(
                "s3:*",
                "*",
                {
                    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
                    "Null": {"aws:SourceAccount": "false"},
                    "Bool": {"aws:PrincipalIsAWSService": "true"},
                },
                Principal="*",
            )
        ],
    ),
    # keys
    Case(
        "kms-key-policy-without-administrator",
        R,
        [allow("kms:Decrypt", Principal={"AWS": ROLE})],
        (),
        [allow("kms:*", Principal={"AWS": ROLE})],
        "AWS::KMS::Key",
    ),
    Case(
        "kms-key-policy-on-resource",
        R,
        [allow("kms:*", ["arn:aws:kms:eu-west-1:111122223333:key/1"], Principal={"AWS": ROLE})],
        (0, "Resource", 0),
        [allow("kms:*", Principal={"AWS": ROLE})],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.id}" for n, case in enumerate(CASES)])
def test_check_strikes_there_and_only_there(case: Case) -> None:
    assert case.at(case.bad) == [case.path]
    assert case.at(case.good) == []


def test_every_check_has_a_case() -> None:
    assert checks().keys() - {case.id for case in (*IDENTITY, *CASES)} == set()


@pytest.mark.parametrize("case", [*IDENTITY, *CASES], ids=lambda case: case.id)
def test_guardrails_allow_nothing_by_themselves(case: Case) -> None:
    """A wide Allow of an SCP is its nature."""
    wide = ("allow-", "pass-role", "create-slr", "credentials", "data-ex", "resource-ex", "privilege")
    if case.id.startswith(wide) and "tag-condition" not in case.id:
        assert Case(case.id, Kind.SCP, case.bad, (), []).at(case.bad) == []


def test_templates_that_say_enough_are_judged() -> None:
    bucket = Opaque("arn:${AWS::Partition}:s3:::${Bucket}/*")
    roles = Opaque("arn:aws:iam::${AWS::AccountId}:role/*")
    some = Opaque("arn:aws:iam::${AWS::AccountId}:role/${Name}")
    statements = [
        allow(["s3:GetObject", "s3:ListBucket"], bucket),
        allow("iam:PassRole", roles),
        allow("iam:PassRole", ["*", Opaque("Role")]),
        allow("iam:PassRole", some),
    ]
    policy = Policy({"Version": "2012-10-17", "Statement": statements}, Kind.IDENTITY)
    found = {(one.check.id, one.path[1]) for one in lint(policy, table())}
    wanted = {
        ("s3-bucket-action-on-object-arn", 0),
        ("pass-role-with-star-in-resource", 1),
        ("pass-role-with-star-in-resource", 2),
    }
    assert wanted <= found
    assert not any(place == 3 for _, place in found)
