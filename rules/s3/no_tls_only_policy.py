"""Bucket that also accepts requests without TLS

## Why it matters
S3 takes requests over plain HTTP as well as HTTPS. A misconfigured client, or a public link that begins with `http://`, then
sends the data readable to everyone on the way. A bucket policy can refuse such requests; nothing else in the bucket's settings
does.

## How to fix
Add a statement to the bucket policy that denies all requests made without TLS:

    {"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
     "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

It needs both resources, for the bucket and for its objects. Console: bucket, *Permissions*, *Bucket policy*, *Edit*. CLI, with the
whole policy in the file, for the command replaces what is there:

    aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text > policy.json
    aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json

AWS's own tools and SDKs use HTTPS unless told otherwise, so it rarely breaks anything.

## When it is fine
A resource control policy of the organisation denies plain HTTP for all buckets, or the bucket serves a website: S3's website
endpoints speak plain HTTP only.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from auditor.sdk import (
    Bucket,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    MalformedPolicy,
    Pillar,
    PolicyStatement,
    Reason,
    Severity,
    Verdict,
    cannot_tell,
    denied,
    every_action,
    fails,
    flag,
    need,
    ok,
    parse_policy,
    passes,
    rule,
    sample,
    unknown,
)

DOCUMENT = "bucket policy"


def refuses_plain_http(statement: PolicyStatement) -> bool:
    """The statement denies everyone every S3 action when the request comes without TLS, on whatever resources it names."""
    principals = statement.principals or {}
    return (
        statement.effect == "Deny"
        and ("*" in principals or "*" in principals.get("AWS", ()))
        and (every_action(statement.actions) or any(action.lower() == "s3:*" for action in statement.actions or ()))
        and all(
            operator.lower() in ("bool", "boolifexists") and key.lower() == "aws:securetransport" and is_false(values)
            for operator, keys in statement.conditions.items()
            for key, values in keys.items()
        )
    )


def is_false(values: tuple[str, ...]) -> bool:
    return any(value.lower() == "false" for value in values)


def names_bucket(statement: PolicyStatement, arn: str) -> bool:
    """A resource of the statement matches the bucket itself."""
    return any(fnmatchcase(arn, literal_brackets(pattern)) for pattern in statement.resources or ())


def names_all_objects(statement: PolicyStatement, arn: str) -> bool:
    """A resource of the statement matches every object in the bucket: it ends with ``*`` and what is before matches a beginning."""
    first = f"{arn}/"
    return any(
        pattern.endswith("*")
        and any(fnmatchcase(first[:length], literal_brackets(pattern.rstrip("*"))) for length in range(len(first) + 1))
        for pattern in statement.resources or ()
    )


def literal_brackets(pattern: str) -> str:
    # IAM knows the wildcards * and ? only; fnmatch would read [ab] as a choice.
    return pattern.replace("[", "[[]")


@rule(
    over=Bucket,
    reads=(Bucket.policy,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:S3.5", "cis-aws-7.0:3.1.1", "kisa-isms-p-2023:2.7.1"),
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    text = need(bucket.policy)
    if text is None:
        yield flag("no bucket policy denies requests without TLS: there is none", policy=None)
        return
    policy = parse_policy(text)
    if isinstance(policy, MalformedPolicy):
        yield cannot_tell(
            Bucket.policy,
            "the bucket policy cannot be read: {error}",
            reason=Reason.ERROR,
            at=policy.at(DOCUMENT),
            error=policy.message,
        )
        return
    refusing = [statement for statement in policy.statements if refuses_plain_http(statement)]
    covered = {
        "the bucket": any(names_bucket(statement, bucket.arn) for statement in refusing),
        "its objects": any(names_all_objects(statement, bucket.arn) for statement in refusing),
    }
    if all(covered.values()):
        yield ok("the bucket policy denies all requests without TLS", statements=[statement.key for statement in refusing])
    else:
        yield flag(
            "the bucket policy does not deny all requests without TLS to {where}",
            where=" and ".join(part for part, done in covered.items() if not done),
            statements=[statement.key for statement in refusing],
        )


def cases() -> Iterator[Case[Bucket]]:
    everything = '"*"'
    both = '"arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"'
    part = '"arn:aws:s3:::reports", "arn:aws:s3:::reports/pdf/*"'
    office = '{"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}'
    reverse = '{"Bool": {"aws:SecureTransport": "true"}}'
    absent = '{"BoolIfExists": {"AWS:SecureTransport": false}}'
    account = '{"AWS": "111122223333"}'
    yield passes("the textbook statement", sample(Bucket, "payroll", policy=denies(both)))
    yield passes("one resource for both", sample(Bucket, "ledger", policy=denies('"arn:aws:s3:::ledger*"')))
    yield passes("all resources", sample(Bucket, "ledger", policy=denies(everything, principal='{"AWS": "*"}')))
    yield passes("another operator that means it", sample(Bucket, "ledger", policy=denies(everything, condition=absent)))
    yield fails("objects only", sample(Bucket, "reports", policy=denies('"arn:aws:s3:::reports/*"')))
    yield fails("the bucket only", sample(Bucket, "reports", policy=denies('"arn:aws:s3:::reports"')))
    yield fails("a part of the objects", sample(Bucket, "reports", policy=denies(part)))
    yield fails("another bucket's policy, copied", sample(Bucket, "copy", policy=denies(both)))
    yield fails("only reading is denied", sample(Bucket, "models", policy=denies(everything, action="s3:GetObject")))
    yield fails("one account is denied", sample(Bucket, "models", policy=denies(everything, principal=account)))
    yield fails("one network is denied", sample(Bucket, "models", policy=denies(everything, condition=office)))
    yield fails("TLS is denied, not its absence", sample(Bucket, "models", policy=denies(everything, condition=reverse)))
    yield fails("no policy", sample(Bucket, "checkpoints", policy=Known(None)))
    yield unknown("the policy may not be read", sample(Bucket, "vault", policy=denied(Bucket.policy)))
    yield unknown("the policy is cut off", sample(Bucket, "vault", policy=Known('{"Version": "2012-10-17", "Statement": [')))


def denies(
    resources: str,
    *,
    action: str = "s3:*",
    principal: str = '"*"',
    condition: str = '{"Bool": {"aws:SecureTransport": "false"}}',
) -> Known[str | None]:
    """A bucket policy that lets a partner read and denies ``action`` on ``resources`` under ``condition``."""
    return Known(
        f"""{{"Version": "2012-10-17", "Statement": [
  {{"Sid": "Partner", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, "Action": "s3:GetObject",
   "Resource": "arn:aws:s3:::shared/*"}},
  {{"Sid": "OnlyTLS", "Effect": "Deny", "Principal": {principal}, "Action": "{action}", "Resource": [{resources}],
   "Condition": {condition}}}
]}}"""
    )
