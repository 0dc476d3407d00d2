"""Region where new EBS volumes are not encrypted by default

## Why it matters
Without this setting, a new volume or snapshot copy is encrypted only if whoever makes it thinks of it. With it, all of them are, and
EBS does not charge for it. A volume that was made without encryption cannot be encrypted later, only replaced.

## How to fix
Turn on EBS encryption by default, in each region of the account:

    aws ec2 enable-ebs-encryption-by-default --region REGION

Console: EC2 dashboard, *Data protection and security*, *EBS encryption*, *Manage*. Existing volumes stay as they are. Choose a
customer managed key with `aws ec2 modify-ebs-default-kms-key-id --kms-key-id KEY` if snapshots have to be shared with other accounts:
those under the AWS managed key cannot be. Terraform: `aws_ebs_encryption_by_default`, per region.

## When it is fine
Nothing is ever made in the region, and a service control policy sees to it: it is still simpler to turn it on. Or you have to launch
instances of some very old types, which cannot use encrypted volumes.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    RegionSettings,
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
    over=RegionSettings,
    reads=(RegionSettings.ebs_encryption_by_default,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:EC2.7", "cis-aws-7.0:6.1.1"),
)
def check(region: RegionSettings, about: Context[Limits]) -> Iterator[Verdict]:
    if need(region.ebs_encryption_by_default):
        yield ok("new EBS volumes are encrypted by default")
    else:
        yield flag("new EBS volumes in {region} are not encrypted by default", region=region.region)


def cases() -> Iterator[Case[RegionSettings]]:
    yield passes("the default is on", sample(RegionSettings, ebs_encryption_by_default=Known(True)))
    yield fails("the default is off", sample(RegionSettings, ebs_encryption_by_default=Known(False)))
    yield unknown(
        "the default may not be read",
        sample(RegionSettings, ebs_encryption_by_default=denied(RegionSettings.ebs_encryption_by_default)),
    )
