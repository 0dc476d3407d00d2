"""SageMaker domain with direct internet access

## Why it matters
In a domain of type *PublicInternetOnly* (the default) Studio's notebooks reach the internet through a network that SageMaker
runs. Your security groups, firewalls, proxies and flow logs see nothing of what they fetch or send away; only traffic to the
shared EFS volume goes through your VPC.

## How to fix
Switch the domain to *VpcOnly* network access, once its subnets reach the AWS services that Studio needs:

    aws sagemaker update-domain --domain-id DOMAIN --app-network-access-type VpcOnly

They reach them through a NAT gateway or VPC endpoints for the SageMaker API and runtime, Studio, STS, CloudWatch Logs and S3.
Delete all running apps first: SageMaker refuses while one is in service. A domain with RStudio cannot be switched. Terraform:
`app_network_access_type = "VpcOnly"` in `aws_sagemaker_domain`.

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
    controls=("kisa-isms-p-2023:2.6.7",),
)
def check(domain: Domain, about: Context[Limits]) -> Iterator[Verdict]:
    network = need(domain.network)
    if network == "VpcOnly":
        yield ok("all Studio traffic goes through the VPC ({network})", network=network)
    else:
        yield flag("Studio has direct internet access, past the VPC ({network})", network=network)


def cases() -> Iterator[Case[Domain]]:
    yield passes("through the VPC", sample(Domain, "d-abcdefghijkl", network=Known("VpcOnly")))
    yield fails("past the VPC, as by default", sample(Domain, "d-mnopqrstuvwx", network=Known("PublicInternetOnly")))
    yield unknown("may not be read", sample(Domain, "d-yzabcdefghij", network=denied(Domain.network)))
