"""What EC2's answers share: tags, owners, and ARNs without an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.collect.door import Answer
from auditor.collect.shapes import parts
from auditor.collect.visit import Visit

Raw = Mapping[str, Any]


def tags(raw: Raw) -> Mapping[str, str]:
    """The tags of a resource, sorted by key. EC2 leaves the list out where there are none."""
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in sorted(parts(raw, "Tags"), key=lambda tag: str(tag["Key"]))}


def is_foreign(visit: Visit, entry: Answer) -> bool:
    """The entry belongs to another account, which shares it. Emulators list such entries even when asked for one's own."""
    return str(entry.raw.get("OwnerId") or visit.account_id) != visit.account_id


def arn_without_account(visit: Visit, resource: str) -> str:
    """The ARN of a snapshot or an AMI: their ids are unique over all accounts, so EC2 leaves the account out."""
    return f"arn:{visit.partition}:ec2:{visit.region}::{resource}"
