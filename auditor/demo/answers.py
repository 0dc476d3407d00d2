"""What the emulated account says where moto cannot: registered on one boto3 session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auditor.demo import answers_ec2, answers_iam, answers_s3, answers_sagemaker, cloudwatch
from auditor.demo.emulator import amend, deny, reply
from auditor.demo.seed_s3 import BUCKETS, VAULT

Raw = Mapping[str, Any]

CLOSED = ("GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketAcl")
"""What may not be read of the vault."""


def answer_for(session: Any, now: datetime, region: str) -> None:
    """Complete the emulation in the session, as of ``now``; what is regional is in ``region``."""
    cloudwatch.answer_for(session, now)
    answers_iam.answer_for(session, now, region)
    answers_ec2.answer_for(session, now, region)
    answers_s3.answer_for(session, now, region)
    answers_sagemaker.answer_for(session, now, region)
    reply(session, "account.GetContactInformation", lambda _, __: {"ContactInformation": _contact()})
    amend(session, "s3.GetBucketVersioning", _mfa_delete)
    for operation in CLOSED:
        deny(session, f"s3.{operation}", lambda params: params["Bucket"] == VAULT)


def _mfa_delete(params: Raw, parsed: dict[str, Any]) -> None:
    if any(bucket.name == params["Bucket"] and bucket.mfa_delete for bucket in BUCKETS):
        parsed["MFADelete"] = "Enabled"


def _contact() -> Raw:
    return {"FullName": "Example ML", "PhoneNumber": "+82 2 0000 0000", "AddressLine1": "Example-ro 1, Seoul"}
