"""Buckets that services of AWS name after account and region, so that anyone who knows an account number can work out their names.

The names are those of Aqua's research of 2024 ("Bucket Monopoly", and a second part on the CDK) that can be worked out from the account
number and the region alone, and that of Athena's console. CloudFormation and Service Catalog put a hash into theirs, which nobody is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

FORMS: Mapping[str, str] = {
    "aws-athena-query-results-{account}-{region}": "Athena",
    "aws-codestar-{region}-{account}": "CodeStar",
    "aws-emr-studio-{account}-{region}": "EMR Studio",
    "aws-glue-assets-{account}-{region}": "Glue Studio",
    "cdk-hnb659fds-assets-{account}-{region}": "the CDK",
    "sagemaker-{region}-{account}": "SageMaker",
}
"""The forms of the names, and whose they are."""


class ServiceBuckets(msgspec.Struct, frozen=True):
    """What is known of the names in a region: ``ours`` are buckets of this account, ``others`` those of other accounts, ``free`` the names
    that no bucket has."""

    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    free: tuple[str, ...] = ()


def names(account_id: str, region: str) -> Mapping[str, str]:
    """The names in a region, sorted, and whose they are."""
    return {form.format(account=account_id, region=region): service for form, service in sorted(FORMS.items())}


def control(account_id: str) -> str:
    """A name that no bucket has: where S3 refuses to say so, it would refuse of any name."""
    return f"awsaudit-control-{hashlib.sha256(account_id.encode()).hexdigest()[:40]}"
