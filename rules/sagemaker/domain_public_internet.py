"""SageMaker domain with a direct way to the internet

## Why it matters
In a domain of type *PublicInternetOnly* (the default) Studio's notebooks reach the internet through a network that SageMaker
runs. Your security groups, firewalls, proxies and flow logs see nothing of what they fetch or send away; only traffic to the
shared EFS volume goes through your VPC.

## How to fix
Give the domain's subnets what Studio needs (VPC endpoints for SageMaker, its runtime, STS, CloudWatch Logs and S3, or a NAT
gateway), stop all apps, then:

    aws sagemaker update-domain --domain-id DOMAIN --app-network-access-type VpcOnly

SageMaker refuses while an app is in service. Terraform: `app_network_access_type = "VpcOnly"` in `aws_sagemaker_domain`.

## When it is fine
A training or trial domain with public data whose roles may do little.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Domain,
    Known,
    Limits,
    Pillar,
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
    over=Domain,
    reads=(Domain.network,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(domain: Domain, about: Context[Limits]) -> Iterator[Verdict]:
    network = need(domain.network)
    if network == "VpcOnly":
        yield ok("all Studio traffic goes through the VPC ({network})", network=network)
    else:
        yield flag("Studio reaches the internet past the VPC ({network})", network=network)


def cases() -> Iterator[Case[Domain]]:
    yield passes("through the VPC", sample(Domain, "d-abcdefghijkl", network=Known("VpcOnly")))
    yield fails("past the VPC, as by default", sample(Domain, "d-mnopqrstuvwx", network=Known("PublicInternetOnly")))
    yield unknown("may not be read", sample(Domain, "d-yzabcdefghij", network=denied(Domain.network)))
