"""Region in which another account has a bucket with a name that a service gives to yours

## Why it matters
Some services and tools make a bucket for an account by themselves, the first time that they are used in a region, and name it after the
account number and the region. Bucket names are shared by all accounts: whoever knows the number can make that bucket first. What is then
written to it (scripts, templates, training code, query results) a stranger reads, and what is read from it a stranger wrote; code that runs
with your roles, for example. Aqua described it in 2024 as *Bucket Monopoly*.

What was seen is that a bucket of that name exists and is not yours: whether anything of yours uses it is not seen. Aqua reports that AWS
mended the services in 2024, so that they check the owner or add something random to the name. What may still trust the name alone:
environments that the CDK bootstrapped before version 2.149, and scripts of one's own that put the name together.

## How to fix
Find out what uses the name in that region: bootstrap templates, job definitions, notebooks, policies that name it. Point it at a bucket of
yours, and give the owner that you expect with every request:

    aws s3 ls s3://BUCKET --region REGION
    aws s3api head-bucket --bucket BUCKET --expected-bucket-owner ACCOUNT

CDK: `cdk bootstrap` with a current version; another `--qualifier` gives another name. Deny what goes to other accounts' buckets with the
condition key `aws:ResourceAccount` or `s3:ResourceAccount`. The free names are in the evidence: in regions where you mean to use the
service, make the bucket yourself before somebody else does.

This rule is judged only when the names are asked about, at a call for each: `--also service-buckets`, or `also = ["service-buckets"]` under
`[collect]` in `awsaudit.toml`. CloudFormation's and Service Catalog's `cf-templates-HASH-REGION` cannot be worked out from outside, and is
not asked about; regions that are not scanned are not either.

## When it is fine
The bucket belongs to another account of your organization, and somebody chose that.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    CASE_REGION,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    RegionSettings,
    ServiceBuckets,
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
    service_bucket_names,
    unknown,
)


@rule(
    over=RegionSettings,
    reads=(RegionSettings.service_buckets,),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(region: RegionSettings, about: Context[Limits]) -> Iterator[Verdict]:
    found = need(region.service_buckets)
    whose = service_bucket_names(about.account_id, region.id)
    if not found.others:
        yield ok(
            "no other account has a bucket with a name that a service gives to this one's (ours: {count}, free: {open})",
            count=len(found.ours),
            open=len(found.free),
            ours=found.ours,
            free=found.free,
        )
        return
    for name in found.others:
        yield flag(
            "{bucket}, which is what {service} calls a bucket of this account, exists and belongs to another account",
            key=name,
            bucket=name,
            service=whose.get(name, "a service"),
            free=found.free,
        )


def cases() -> Iterator[Case[RegionSettings]]:
    glue, cdk, sagemaker = (
        f"aws-glue-assets-{CASE_ACCOUNT}-{CASE_REGION}",
        f"cdk-hnb659fds-assets-{CASE_ACCOUNT}-{CASE_REGION}",
        f"sagemaker-{CASE_REGION}-{CASE_ACCOUNT}",
    )

    def region(**found: tuple[str, ...]) -> RegionSettings:
        return sample(RegionSettings, service_buckets=Known(ServiceBuckets(**found)))

    yield passes("ours, and free ones", region(ours=(sagemaker,), free=(cdk, glue)))
    yield fails("one that somebody else has", region(ours=(sagemaker,), others=(glue,), free=(cdk,)))
    yield fails("two", region(others=(cdk, glue)))
    yield unknown(
        "the names may not be asked about", sample(RegionSettings, service_buckets=denied(RegionSettings.service_buckets))
    )
