"""Every check of form: one document that has it, with the place marked, and one that has it not."""

from __future__ import annotations

import msgspec
import pytest

from auditor.policy.lint.check import Kind
from auditor.policy.lint.families import (
    arns,
    condition_places,
    condition_values,
    conditions,
    elements,
    grammar,
    organizations,
    principals_form,
    roles,
    sizes,
    variables,
)
from tests.policy.lint.marked import findings, unmarked

FAMILIES = (
    arns,
    condition_places,
    condition_values,
    conditions,
    elements,
    grammar,
    organizations,
    principals_form,
    roles,
    sizes,
    variables,
)
WITHOUT_DOCUMENT = {"json-syntax-error", "no-policy-in-file", "too-many-findings"}


class Row(msgspec.Struct, frozen=True):
    check: str
    bad: str
    good: str
    kind: Kind = Kind.IDENTITY
    attached_to: str = ""


def doc(*parts: str, version: str = '"Version": "2012-10-17",') -> str:
    """A policy of one statement, on three lines."""
    return "{" + version + '\n "Statement": [\n  {' + ", ".join(parts) + "}]}"


E, A, R = '"Effect": "Allow"', '"Action": "s3:GetObject"', '"Resource": "arn:aws:s3:::bucket/*"'
P = '"Principal": {"AWS": "111122223333"}'
ASSUME = '"Action": "sts:AssumeRole"'
OK = doc(E, A, R)
BUCKET = doc(E, A, R, P)
TRUST = doc(E, ASSUME, P)
DENY = '"Effect": "Deny"'


def resource(arn: str, kind: Kind = Kind.IDENTITY) -> str:
    return doc(E, '"Action": "*"', f'"Resource": [{arn}]')


def when(condition: str, *parts: str) -> str:
    return doc(*(parts or (E, A, R)), f'"Condition": {condition}')


def bucket(principal: str) -> str:
    return doc(E, A, R, f'"Principal": {principal}')


def trust(principal: str, *parts: str) -> str:
    return doc(E, *(parts or (ASSUME,)), f'"Principal": {principal}')


RES, TRU, SCP, RCP = Kind.RESOURCE, Kind.TRUST, Kind.SCP, Kind.RCP
RCP_OK = doc(DENY, A, '"Resource": "*"', '"Principal": "*"')
ROLE = "arn:aws:iam::111122223333:role"
TEXT = "x" * 33_000

ROWS = (
    # grammar
    Row("data-type-mismatch", doc(E, '"Action": ["s3:GetObject", «7»]', R), OK),
    Row("data-type-mismatch", "«[]»", OK),
    Row("data-type-mismatch", '{"Version": "2012-10-17", "Statement": [«3»]}', OK),
    Row("data-type-mismatch", '{"Version": "2012-10-17", "Statement": «"x"»}', OK),
    Row("data-type-mismatch", '{"Version": «2012», "Statement": []}', OK),
    Row("data-type-mismatch", '{"Version": "2012-10-17", "Id": «{}», "Statement": []}', OK),
    Row("data-type-mismatch", doc('"Effect": «true»', A, R), OK),
    Row("data-type-mismatch", when("«null»"), when("[]")),
    Row("data-type-mismatch", when('{"StringEquals": «"x"»}'), OK),
    Row("data-type-mismatch", when('{"StringEquals": {"s3:prefix": [«null»]}}'), OK),
    Row("data-type-mismatch", when('{"StringEquals": {"s3:prefix": «{}»}}'), OK),
    Row("data-type-mismatch", bucket("«7»"), BUCKET, RES),
    Row("data-type-mismatch", bucket('{"AWS": «7»}'), BUCKET, RES),
    Row("data-type-mismatch", bucket('{"AWS": ["*", «7»]}'), BUCKET, RES),
    Row("invalid-policy-element", doc(E, A, R, '«"effect"»: "Allow"'), OK),
    Row("invalid-policy-element", '{"Version": "2012-10-17", «"Statements"»: [], "Statement": []}', OK),
    Row("duplicate-keys-with-different-case", doc(E, A, R, '«"effect"»: "Allow"'), OK),
    Row(
        "duplicate-keys-with-different-case",
        when('{"StringEquals": {"aws:PrincipalArn": "a", «"aws:principalarn"»: "b"}}'),
        when('{"StringEquals": {"aws:PrincipalArn": "a", "aws:PrincipalAccount": "b"}}'),
    ),
    Row("missing-statement", '«{"Version": "2012-10-17"}»', OK),
    Row("missing-statement", '{"Version": "2012-10-17", "Statement": «[]»}', OK),
    Row("missing-effect", '{"Version": "2012-10-17", "Statement":\n [«{' + f"{A}, {R}" + "}»]}", OK),
    Row(
        "missing-action", '{"Version": "2012-10-17", "Statement":\n [«{' + f"{E}, {R}" + "}»]}", doc(E, '"NotAction": "s3:*"', R)
    ),
    Row("missing-resource", '{"Version": "2012-10-17", "Statement": «{' + f"{E}, {A}" + "}»}", doc(E, A, '"NotResource": "*"')),
    Row(
        "missing-resource-in-resource-policy", '{"Version": "2012-10-17", "Statement": «{' + f"{E}, {A}, {P}" + "}»}", BUCKET, RES
    ),
    Row("missing-principal", '{"Version": "2012-10-17", "Statement": «{' + f"{E}, {A}, {R}" + "}»}", BUCKET, RES),
    Row("missing-principal", '{"Version": "2012-10-17", "Statement": «{' + f"{E}, {ASSUME}" + "}»}", TRUST, TRU),
    Row("unsupported-principal", doc(E, A, R, '«"Principal"»: "*"'), OK),
    Row("unsupported-principal", doc(E, A, R, '«"NotPrincipal"»: "*"'), OK, Kind.BOUNDARY),
    Row("unsupported-element-combination", doc(E, A, R, '«"NotAction"»: "s3:*"'), OK),
    Row("missing-version", "«" + doc(E, A, R, version="") + "»", OK),
    Row("invalid-version", doc(E, A, R, version='"Version": «"2012-10-18"»,'), OK),
    Row("invalid-version", doc(E, A, R, version='"Version": «"2008-10-17"»,'), OK, SCP),
    # elements
    Row("invalid-effect", doc('"Effect": «"allow"»', A, R), OK),
    Row("invalid-effect", doc('"Effect": «"Permit"»', A, R), OK),
    Row("unsupported-sid", doc(E, A, R, '"Sid": «"my sid"»'), doc(E, A, R, '"Sid": "MySid1"')),
    Row("unsupported-sid", doc(DENY, A, R, '"Sid": «"my-sid"»'), doc(DENY, A, R), SCP),
    Row("empty-sid-value", doc(E, A, R, '"Sid": «""»'), OK),
    Row(
        "unique-sids-required",
        '{"Version": "2012-10-17", "Statement": [{"Sid": "a", '
        + f"{E}, {A}, {R}"
        + '},\n{"Sid": «"a"», '
        + f"{DENY}, {A}, {R}"
        + "}]}",
        OK,
    ),
    Row(
        "unique-sids-recommended",
        '{"Version": "2012-10-17", "Statement": [{"Sid": "a", '
        + f"{E}, {A}, {R}, {P}"
        + '},\n{"Sid": «"a"», '
        + f"{DENY}, {A}, {R}, {P}"
        + "}]}",
        BUCKET,
        RES,
    ),
    Row("invalid-action-format", doc(E, '"Action": ["*", «"GetObject"»]', R), doc(E, '"Action": "*:*"', R)),
    Row("invalid-action-format", doc(E, '"Action": «"s*:GetObject"»', R), OK),
    Row("invalid-action-format", doc(E, '"Action": «"s3:Get:Object"»', R), OK),
    Row("invalid-action-format", doc(E, '"NotAction": «":GetObject"»', R), OK),
    Row("invalid-action-format", doc(E, '"NotAction": «"s3:"»', R), OK),
    Row("empty-array-action", doc(E, '"Action": «[]»', R), OK),
    Row("empty-array-resource", doc(E, A, '"Resource": «[]»'), OK),
    # arns
    Row("invalid-arn-prefix", resource('"*", «"my-bucket"»'), resource('"*"')),
    Row("invalid-arn-prefix", resource('«"urn:aws:s3:::bucket"»'), OK),
    Row("missing-arn-field", resource('«"arn:aws:s3:bucket"»'), OK),
    Row("empty-arn-resource", resource('"*", «"arn:aws:s3:::"»'), resource('"arn:aws:s3:::*"')),
    Row("invalid-partition", resource('«"arn:amazon:s3:::bucket"»'), resource('"arn:aws-cn:s3:::bucket"')),
    Row("unknown-partition-in-arn", resource('«"arn:aws-chn:s3:::bucket"»'), resource('"arn:*:s3:::bucket"')),
    Row("invalid-service", resource('«"arn:aws:lamda:us-east-1:111122223333:function:f"»'), OK),
    Row("unknown-service-in-arn", resource('«"arn:aws:zyxwvut:us-east-1:111122223333:thing/f"»'), OK),
    Row("invalid-arn-service-case", resource('«"arn:aws:S3:::bucket"»'), OK),
    Row("invalid-arn-region", resource('«"arn:aws:sqs:virginia:111122223333:q"»'), resource('"arn:aws:sqs:us-*:111122223333:q"')),
    Row(
        "invalid-region", resource('«"arn:aws:sqs:us-east-9:111122223333:q"»'), resource('"arn:aws:sqs:us-east-1:111122223333:q"')
    ),
    Row("missing-arn-region", resource('«"arn:aws:sqs::111122223333:q"»'), resource('"arn:aws:sqs:*:111122223333:q"')),
    Row("arn-region-not-allowed", resource('«"arn:aws:iam:us-east-1:111122223333:role/r"»'), resource(f'"{ROLE}/r"')),
    Row("arn-account-not-allowed", resource('«"arn:aws:s3::111122223333:bucket"»'), OK),
    Row("invalid-arn-account", resource('«"arn:aws:iam::12345:role/r"»'), resource('"arn:aws:iam::aws:policy/p"')),
    Row("invalid-arn-resource", resource('«"arn:aws:iam::111122223333:roles/r"»'), resource('"arn:aws:iam::111122223333:*"')),
    Row(
        "unsupported-resource-arn-in-policy",
        doc(E, '"Action": "s3:*"', '"Resource": «"arn:aws:sqs:us-east-1:111122223333:q"»', P),
        BUCKET,
        RES,
        "AWS::S3::BucketPolicy",
    ),
    # conditions
    Row(
        "invalid-condition-operator", when('{«"StringEqual"»: {"s3:prefix": "a"}}'), when('{"StringEquals": {"s3:prefix": "a"}}')
    ),
    Row("invalid-condition-key-format", when('{"StringEquals": {«"prefix"»: "a"}}'), OK),
    Row("invalid-global-condition-key", when('{"StringEquals": {«"aws:PrincipleArn"»: "a"}}'), OK),
    Row("unsupported-global-condition-key", when('{"ArnLike": {«"aws:ARN"»: "a"}}'), OK),
    Row("deprecated-global-condition-key", when('{"StringEquals": {«"aws:PrincipalOrgMasterAccountId"»: "1"}}'), OK),
    Row(
        "missing-tag-key-in-condition",
        when('{"StringEquals": {«"aws:ResourceTag/"»: "a"}}'),
        when('{"StringEquals": {"aws:ResourceTag/t": "a"}}'),
    ),
    Row("missing-tag-key-in-condition", when('{"StringEquals": {«"aws:RequestTag"»: "a"}}'), OK),
    Row(
        "type-mismatch",
        when('{"StringEquals": {«"aws:SourceIp"»: "203.0.113.0/24"}}'),
        when('{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}'),
    ),
    Row(
        "missing-qualifier",
        when('{"StringEquals": {«"aws:TagKeys"»: "a"}}'),
        when('{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}'),
    ),
    Row("null-with-if-exists", when('{«"NullIfExists"»: {"s3:prefix": "true"}}'), when('{"Null": {"s3:prefix": "true"}}')),
    Row("null-with-qualifier", when('{«"ForAnyValue:Null"»: {"s3:prefix": "true"}}'), when('{"Null": {"s3:prefix": "true"}}')),
    Row("empty-object-condition", when("«{}»"), when('{"StringEquals": {"s3:prefix": "a"}}')),
    Row("empty-object-condition", when('{"StringEquals": «{}»}'), OK),
    Row("empty-array-condition", when('{"StringEquals": {"s3:prefix": «[]»}}'), OK),
    Row("empty-array-condition-forallvalues", when('{"ForAllValues:StringEquals": {"s3:prefix": «[]»}}'), OK),
    Row("empty-array-condition-foranyvalue", when('{"ForAnyValue:StringEquals": {"s3:prefix": «[]»}}'), OK),
    Row("empty-array-condition-ifexists", when('{"StringEqualsIfExists": {"s3:prefix": «[]»}}'), OK),
    # values
    Row(
        "type-mismatch-number",
        when('{"NumericLessThan": {"s3:max-keys": «"ten"»}}'),
        when('{"NumericLessThan": {"s3:max-keys": "10"}}'),
    ),
    Row(
        "type-mismatch-boolean",
        when('{"Bool": {"aws:SecureTransport": «"yes"»}}'),
        when('{"Bool": {"aws:SecureTransport": true}}'),
    ),
    Row("type-mismatch-boolean", when('{"Null": {"s3:prefix": «"maybe"»}}'), OK),
    Row(
        "type-mismatch-date",
        when('{"DateLessThan": {"aws:CurrentTime": «"soon"»}}'),
        when('{"DateLessThan": {"aws:CurrentTime": "2026-01-31T00:00:00Z"}}'),
    ),
    Row("invalid-date-value", when('{"DateLessThan": {"aws:CurrentTime": «"1700000000"»}}'), OK),
    Row("type-mismatch-ip-range", when('{"IpAddress": {"aws:SourceIp": «"203.0.113.0/255.255.255.0"»}}'), OK),
    Row(
        "type-mismatch-arn",
        when('{"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::b", «"bucket"», "arn:aws:sns:*", "${aws:PrincipalArn}", "*"]}}'),
        when('{"StringLike": {"aws:SourceArn": "bucket"}}'),
    ),
    Row(
        "type-mismatch-arn",
        when('{"ForAnyValue:ArnNotEqualsIfExists": {"aws:SourceArn": «"arn:aws:iam::111122223333"»}}'),
        when('{"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::${aws:username}"}}'),
    ),
    Row(
        "unknown-region-in-condition",
        when('{"StringEquals": {"aws:RequestedRegion": ["eu-central-1", «"eu-centrall-1"»]}}'),
        when('{"StringLike": {"aws:RequestedRegion": ["eu-*", "aws-global", "${aws:PrincipalTag/region}"]}}'),
    ),
    Row(
        "unknown-region-in-condition",
        when('{"StringNotLike": {"aws:requestedregion": «"europe-*"»}}'),
        when('{"Null": {"aws:RequestedRegion": "true"}}'),
    ),
    Row(
        "ipv4-mapped-address",
        when('{"IpAddress": {"aws:SourceIp": «"::ffff:203.0.113.0/120"»}}'),
        when('{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "::/0"]}}'),
    ),
    Row("type-mismatch-ip-range", when('{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", «"203.0.113.300"»]}}'), OK),
    Row(
        "type-mismatch-string",
        when('{"StringEquals": {"aws:SourceAccount": «111122223333»}}'),
        when('{"StringEquals": {"aws:SourceAccount": "111122223333"}}'),
    ),
    Row("type-mismatch-binary", when('{"BinaryEquals": {"x:y": «"%%"»}}'), when('{"BinaryEquals": {"x:y": "QUJD"}}')),
    Row(
        "invalid-condition-data-type",
        when('{"NumericEquals": {"s3:max-keys": «["10", 20]»}}'),
        when('{"NumericEquals": {"s3:max-keys": [10, 20]}}'),
    ),
    Row("invalid-condition-multiple-boolean", when('{"Bool": {"aws:SecureTransport": «["true", "false"]»}}'), OK),
    Row(
        "wildcard-without-like-operator",
        when('{"StringEquals": {"s3:prefix": ["a", «"b*"»]}}'),
        when('{"StringLike": {"s3:prefix": "b*"}}'),
    ),
    Row(
        "wildcard-without-like-operator",
        when('{"StringNotEquals": {"s3:prefix": «"b?"»}}'),
        when('{"StringEquals": {"s3:prefix": "b${*}"}}'),
    ),
    Row(
        "improve-ip-range",
        when('{"IpAddress": {"aws:SourceIp": «"203.0.113.7/24"»}}'),
        when('{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}'),
    ),
    Row(
        "private-ip-address",
        when('{"IpAddress": {"aws:SourceIp": «["10.0.0.0/8", "fd00::/8"]»}}'),
        when('{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}'),
    ),
    Row("private-ip-address-subset", when('{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", «"10.0.0.0/8"»]}}'), OK),
    Row("private-notipaddress", when('{"NotIpAddress": {"aws:SourceIp": «"192.168.1.1"»}}', DENY, A, R), OK),
    Row(
        "private-notipaddress-subset",
        when('{"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", «"10.0.0.0/8"»]}}', DENY, A, R),
        OK,
    ),
    Row(
        "invalid-vpc-format",
        when('{"StringEquals": {"aws:SourceVpc": «"vpce-0a1b2c3d"»}}'),
        when('{"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}'),
    ),
    Row(
        "invalid-vpce-format",
        when('{"StringEquals": {"aws:SourceVpce": «"vpc-0a1b2c3d"»}}'),
        when('{"StringLike": {"aws:SourceVpce": "vpce-0a*"}}'),
    ),
    Row(
        "redundant-condition-value-num",
        when('{"NumericLessThan": {"s3:max-keys": «["10", "20"]»}}'),
        when('{"NumericEquals": {"s3:max-keys": ["10", "20"]}}'),
    ),
    Row(
        "redundant-condition-value",
        when('{"StringEquals": {"s3:prefix": ["a", "b", «"a"»]}}'),
        when('{"StringEquals": {"s3:prefix": ["a", "b"]}}'),
    ),
    # variables
    Row(
        "missing-brace-in-variable",
        doc(E, A, '"Resource": «"arn:aws:s3:::b/${aws:username"»'),
        doc(E, A, '"Resource": "arn:aws:s3:::b/${aws:username}"'),
    ),
    Row(
        "missing-quote-in-variable",
        doc(E, A, '"Resource": «"arn:aws:s3:::b/${aws:username, x}"»'),
        doc(E, A, '"Resource": "arn:aws:s3:::b/${aws:username, \'x\'}"'),
    ),
    Row("unsupported-space-in-variable", doc(E, A, '"Resource": «"arn:aws:s3:::b/${aws: username}"»'), OK),
    Row("unknown-variable", doc(E, A, '"Resource": «"arn:aws:s3:::b/${aws:usernane}"»'), OK),
    Row("empty-variable", doc(E, A, '"Resource": «"arn:aws:s3:::b/${}"»'), OK),
    Row("variable-unsupported-in-element", doc(E, '"Action": «"s3:${aws:username}"»', R), OK),
    Row("variable-unsupported-in-element", bucket('{"AWS": «"${aws:PrincipalArn}"»}'), BUCKET, RES),
    Row(
        "variable-unsupported-in-version",
        doc(E, A, '"Resource": «"arn:aws:s3:::b/${aws:username}"»', version=""),
        doc(E, A, R, version=""),
    ),
    Row(
        "invalid-variable-for-operator",
        when('{"NumericEquals": {"s3:max-keys": «"${aws:username}"»}}'),
        when('{"StringEquals": {"s3:prefix": "${aws:username}"}}'),
    ),
    # principals
    Row("invalid-principal-key", bucket('{«"Aws"»: "*"}'), BUCKET, RES),
    Row("invalid-principal-format", bucket('«"111122223333"»'), bucket('"*"'), RES),
    Row("invalid-principal-format", bucket('{"AWS": ["111122223333", «"bob"»]}'), bucket(f'{{"AWS": "{ROLE}/r"}}'), RES),
    Row("invalid-principal-format", trust('{"AWS": «"ec2.amazonaws.com"»}'), trust('{"Service": "ec2.amazonaws.com"}'), TRU),
    Row("invalid-principal-format", bucket('{"CanonicalUser": «"bob"»}'), bucket('{"CanonicalUser": "' + "0f" * 32 + '"}'), RES),
    Row("unsupported-wildcard-in-principal", bucket(f'{{"AWS": «"{ROLE}/*"»}}'), bucket('{"AWS": "*"}'), RES),
    Row("invalid-service-principal-format", trust('{"Service": «"lambda"»}'), trust('{"Service": "lambda.amazonaws.com"}'), TRU),
    Row("federated-principal-not-supported", bucket('{"Federated": «"cognito-identity.amazonaws.com"»}'), BUCKET, RES),
    Row("empty-array-principal", bucket('{"AWS": «[]»}'), BUCKET, RES),
    Row("empty-object-principal", bucket("«{}»"), BUCKET, RES),
    Row("invalid-role-reference", trust('{"AWS": «"AROAEXAMPLEEXAMPLE12"»}'), TRUST, TRU),
    Row("invalid-user-reference", trust('{"AWS": «"AIDAEXAMPLEEXAMPLE12"»}'), TRUST, TRU),
    Row(
        "unsupported-condition-key-for-service-principal",
        doc(
            E,
            A,
            R,
            '"Principal": {"Service": "cloudtrail.amazonaws.com"}',
            '"Condition": {"StringEquals": {«"aws:PrincipalOrgID"»: "o-a"}}',
        ),
        doc(E, A, R, P, '"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}'),
        RES,
    ),
    Row(
        "recommended-condition-key-for-service-principal",
        doc(
            E,
            A,
            R,
            '"Principal": {"Service": "cloudtrail.amazonaws.com"}',
            '"Condition": {"IpAddress": {«"aws:SourceIp"»: "203.0.113.0/24"}}',
        ),
        BUCKET,
        RES,
    ),
    # roles
    Row(
        "role-trust-policy-syntax-error-notprincipal", doc(DENY, ASSUME, '«"NotPrincipal"»: {"AWS": "111122223333"}'), TRUST, TRU
    ),
    Row("role-trust-policy-syntax-error-resource", doc(E, ASSUME, P, '«"Resource"»: "*"'), TRUST, TRU),
    Row("role-trust-policy-unsupported-wildcard-in-principal", trust('«"*"»'), TRUST, TRU),
    Row(
        "invalid-federated-principal-syntax-in-role-trust-policy",
        trust('{"Federated": «"arn:aws:iam::111122223333:oidc/x"»}', '"Action": "sts:AssumeRoleWithWebIdentity"'),
        trust('{"Federated": "arn:aws:iam::111122223333:oidc-provider/x"}', '"Action": "sts:AssumeRoleWithWebIdentity"'),
        TRU,
    ),
    Row(
        "missing-action-for-condition-key",
        doc(E, ASSUME, P, '"Condition": {"StringEquals": {«"aws:RequestTag/team"»: "a"}}'),
        doc(
            E, '"Action": ["sts:AssumeRole", "sts:TagSession"]', P, '"Condition": {"StringEquals": {"aws:RequestTag/team": "a"}}'
        ),
        TRU,
    ),
    Row(
        "redundant-principal-in-role-trust-policy",
        trust(f'{{"AWS": ["{ROLE}/p/r", «"arn:aws:sts::111122223333:assumed-role/r/s"»]}}'),
        TRUST,
        TRU,
    ),
    # organizations
    Row("scp-syntax-error-principal", doc(DENY, A, R, '«"Principal"»: "*"'), doc(DENY, A, R), SCP),
    Row(
        "scp-syntax-error-action-wildcard",
        doc(DENY, '"Action": «"*:GetObject"»', R),
        doc(DENY, '"Action": "s3:*Object"', R),
        SCP,
    ),
    Row("rcp-syntax-error-allow", doc('"Effect": «"Allow"»', A, R, '"Principal": "*"'), RCP_OK, RCP),
    Row("rcp-syntax-error-principal", doc(DENY, A, R, '"Principal": «{"AWS": "111122223333"}»'), RCP_OK, RCP),
    Row("rcp-syntax-error-notprincipal", doc(DENY, A, R, '«"NotPrincipal"»: "*"'), RCP_OK, RCP),
    Row("rcp-syntax-error-notaction", doc(DENY, '«"NotAction"»: "s3:*"', R, '"Principal": "*"'), RCP_OK, RCP),
    Row(
        "rcp-syntax-error-action-wildcard",
        doc(DENY, '"Action": «"*"»', R, '"Principal": "*"'),
        doc(E, '"Action": "*"', '"Resource": "*"', '"Principal": "*"'),
        RCP,
    ),
    Row("rcp-unsupported-service", doc(DENY, '"Action": ["s3:GetObject", «"iam:PassRole"»]', R, '"Principal": "*"'), RCP_OK, RCP),
    # sizes
    Row(
        "policy-size-exceeds-identity-policy-quota",
        "«" + doc(E, A, R, f'"Sid": "{TEXT[:6_144]}"') + "»",
        doc(E, A, R, f'"Sid": "{TEXT[:6_000]}"'),
    ),
    Row(
        "policy-size-exceeds-resource-policy-quota",
        "«" + doc(E, A, R, P, f'"Sid": "{TEXT[:20_480]}"') + "»",
        BUCKET,
        RES,
        "AWS::S3::BucketPolicy",
    ),
    Row("policy-size-exceeds-role-trust-policy-quota", "«" + doc(E, ASSUME, P, f'"Sid": "{TEXT[:2_048]}"') + "»", TRUST, TRU),
    Row(
        "policy-size-exceeds-scp-quota",
        "«" + doc(DENY, A, R, f'"Sid": "{TEXT[:10_240]}"') + "»",
        doc(DENY, A, R, f'"Sid": "{TEXT[:6_000]}"'),
        SCP,
    ),
    Row(
        "policy-size-exceeds-rcp-quota", "«" + doc(DENY, A, R, '"Principal": "*"', f'"Sid": "{TEXT[:5_120]}"') + "»", RCP_OK, RCP
    ),
    Row("policy-size-exceeds-session-policy-quota", "«" + doc(E, A, R, f'"Sid": "{TEXT[:2_048]}"') + "»", OK, Kind.SESSION),
)


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row.check}" for number, row in enumerate(ROWS)])
def test_what_has_it_is_found_at_its_place_and_what_has_it_not_is_not(row: Row) -> None:
    text, span = unmarked(row.bad)
    assert span is not None
    places = [
        (one.line, one.column, one.end_line, one.end_column)
        for one in findings(text, row.kind, row.attached_to)
        if one.check == row.check
    ]
    assert places == [(span.line, span.column, span.end_line, span.end_column)]
    assert row.check not in {one.check for one in findings(row.good, row.kind, row.attached_to)}


def test_every_check_of_form_has_a_row() -> None:
    ids = {check.id for family in FAMILIES for check in family.CHECKS}
    assert ids - WITHOUT_DOCUMENT - {row.check for row in ROWS} == set()


def test_a_clean_document_is_clean() -> None:
    for text, kind in ((OK, Kind.IDENTITY), (BUCKET, RES), (TRUST, TRU), (RCP_OK, RCP), (doc(DENY, A, R), SCP)):
        families = {check.id for family in FAMILIES for check in family.CHECKS}
        assert [one.check for one in findings(text, kind) if one.check in families] == []
