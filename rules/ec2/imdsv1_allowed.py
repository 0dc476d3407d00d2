"""EC2 instance that still accepts IMDSv1

## Why it matters
The instance metadata service hands out the credentials of the instance's role. With version 1 any plain GET request gets them, so a
web application that can be talked into fetching a URL (server-side request forgery), or an open proxy, gives the role away. Version 2
first wants a token from a PUT request, which such mistakes can rarely send.

An instance whose metadata service is off passes, whatever its tokens are set to. Security Hub's EC2.8 reads the tokens alone: turn
`required` on there as well if you want both to agree.

## How to fix
Set the instance to require IMDSv2, once its CloudWatch metric `MetadataNoToken` stays at 0:

    aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-tokens required --http-endpoint enabled

The metric counts requests that still use version 1. The change takes effect at once, without a restart. If containers on the instance
use the metadata service, add `--http-put-response-hop-limit 2`. For all new instances of a region:

    aws ec2 modify-instance-metadata-defaults --http-tokens required

Terraform: `metadata_options { http_tokens = "required" }` in `aws_instance` and `aws_launch_template`. Instances of an Auto Scaling
group are better replaced than changed: put the option into the launch template.

## When it is fine
Software on the instance cannot speak version 2 yet, the instance has no role, and there is a date for the change.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Instance,
    Known,
    Limits,
    MetadataOptions,
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
    over=Instance,
    reads=(Instance.metadata,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:EC2.8", "cis-aws-7.0:6.7", "kisa-isms-p-2023:2.10.2"),
)
def check(instance: Instance, about: Context[Limits]) -> Iterator[Verdict]:
    metadata = need(instance.metadata)
    if metadata.endpoint == "disabled":
        yield ok("the metadata service is off (endpoint {endpoint})", endpoint=metadata.endpoint)
    elif metadata.tokens == "required":
        yield ok("the metadata service accepts version 2 only (tokens {tokens})", tokens=metadata.tokens)
    else:
        yield flag(
            "the metadata service accepts version 1 too (tokens {tokens}, endpoint {endpoint})",
            tokens=metadata.tokens,
            endpoint=metadata.endpoint,
        )


def cases() -> Iterator[Case[Instance]]:
    yield passes(
        "tokens are required",
        sample(Instance, "i-0a1b2c3d4e5f60718", metadata=Known(MetadataOptions("required", "enabled", 2))),
    )
    yield passes(
        "the metadata service is off",
        sample(Instance, "i-0b2c3d4e5f6071829", metadata=Known(MetadataOptions("optional", "disabled", 1))),
    )
    yield fails(
        "tokens are optional", sample(Instance, "i-0c3d4e5f607182930", metadata=Known(MetadataOptions("optional", "enabled", 1)))
    )
    yield unknown("instances may not be described", sample(Instance, "i-0d4e5f60718293041", metadata=denied(Instance.metadata)))
