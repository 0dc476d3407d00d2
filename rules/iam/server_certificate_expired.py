"""Server certificate in IAM that has expired

## Why it matters
Whatever still serves it shows every visitor a warning, and programs refuse to connect. If nothing serves it, it waits to be attached
to a new load balancer by mistake.

## How to fix
Replace it by a certificate from AWS Certificate Manager wherever it is served, then delete it:

    aws iam delete-server-certificate --server-certificate-name NAME

Take it off the load balancer or CloudFront distribution first: one that does not learn of the deletion may go on serving it. AWS
Certificate Manager renews the certificates that it issued and validates by DNS without your help, as long as they are in use.

## When it is fine
Never. A certificate that is kept as a record belongs in an archive.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    ServerCertificate,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=ServerCertificate,
    reads=(ServerCertificate.expires,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.17", "securityhub:IAM.26"),
)
def check(certificate: ServerCertificate, about: Context[Limits]) -> Iterator[Verdict]:
    expires = need(certificate.expires)
    days = about.days_since(expires)
    if days > 0:
        yield flag("expired on {day}", day=expires.date(), days=int(days), expires=expires)
    else:
        yield ok("expires on {day}", day=expires.date(), days=int(-days), expires=expires)


def cases() -> Iterator[Case[ServerCertificate]]:
    def certificate(days: float) -> ServerCertificate:
        return sample(ServerCertificate, "www-2026", expires=Known(CASE_TIME + timedelta(days=days)))

    yield passes("valid for months", certificate(140))
    yield passes("valid to the second", certificate(0))
    yield fails("expired this morning", certificate(-0.2))
    yield fails("expired years ago", certificate(-1100))
    yield unknown("the date was not told", sample(ServerCertificate, "api", expires=denied(ServerCertificate.expires)))
