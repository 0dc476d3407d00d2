"""What the tests of the EC2 collectors have in common: an instance, a selection, and what was asked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from auditor.collect.wanted import Wanted, with_needs
from auditor.model.compute import Instance
from auditor.model.resource import field_ref
from auditor.model.snapshot import Snapshot
from tests.emulator import Emulator

REGION = "us-east-1"
ACCOUNT = "123456789012"
LONG_AGO = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def launch(emulator: Emulator, type: str = "t3.micro", region: str = REGION, **more: Any) -> str:
    ec2 = emulator.client("ec2", region)
    made = ec2.run_instances(ImageId="ami-12345678", InstanceType=type, MinCount=1, MaxCount=1, **more)
    return str(made["Instances"][0]["InstanceId"])


def wants(*members: object) -> Wanted:
    """These fields, with what reading them takes."""
    refs = [field_ref(member) for member in members]
    return Wanted(frozenset(ref.kind for ref in refs), with_needs(refs))


def the_instance(snapshot: Snapshot) -> Instance:
    (instance,) = snapshot.section(Instance, REGION).items
    return instance


def asked(snapshot: Snapshot) -> Counter[tuple[str, str, str, str]]:
    return Counter((c.service, c.operation, c.region, c.of) for c in snapshot.calls)
