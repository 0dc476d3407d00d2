"""Furnishing an account: something of everything, weak and sound side by side."""

from __future__ import annotations

from auditor.demo import seed_ec2, seed_iam, seed_metrics, seed_more, seed_s3, seed_sagemaker
from auditor.demo.site import Site


def seed(site: Site, scale: int = 1, *, metrics: bool = True) -> None:
    """Furnish an empty account.

    ``scale`` multiplies the ordinary resources (users, roles, buckets, instances, volumes, endpoints, jobs) for benchmarks: each step
    above 1 adds as many ordinary ones as :mod:`auditor.demo.seed_more` says. ``metrics`` false leaves CloudWatch empty: moto looks through
    all datapoints for each period of each query.
    """
    seed_account(site)
    seed_iam.seed(site)
    seed_s3.seed(site)
    seed_ec2.seed(site)
    seed_sagemaker.seed(site)
    if metrics:
        seed_metrics.seed(site)
    for step in range(1, scale):
        seed_more.seed(site, step)


def seed_account(site: Site) -> None:
    """The account's own settings."""
    site.clock.ago(900)
    site.client("account").put_alternate_contact(
        AlternateContactType="BILLING",
        EmailAddress="billing@example.com",
        Name="Billing",
        PhoneNumber="+82 2 0000 0000",
        Title="Billing",
    )
