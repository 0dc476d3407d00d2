"""Rules and findings made up for the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from auditor.engine.cases import sample
from auditor.engine.context import Context
from auditor.engine.registry import LoadedRule, Page
from auditor.engine.rule import rule
from auditor.model.compute import Volume
from auditor.model.fact import Reason, Unknown
from auditor.model.resource import GLOBAL, Resource
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Header, Section, Snapshot
from auditor.model.verdict import Confidence, Finding, Outcome, Pillar, Severity, Verdict
from tests.engine.test_archive import small

Check = Callable[[Any, Context[Any]], Iterator[Verdict]]


def made(check: Check, id: str = "s3-made-up", over: type[Resource] = Bucket, severity: Severity = Severity.HIGH) -> LoadedRule:
    """A rule of this check."""
    spec = rule(over=over, reads=(), pillar=Pillar.SECURITY, severity=severity, confidence=Confidence.HIGH, since="0.1")(check)
    return LoadedRule(id=id, page=Page("title", "why", "fix", "fine"), spec=spec, cases=lambda: iter(()), origin="test")


def header(**changes: Any) -> Header:
    return msgspec.structs.replace(small().header, **changes)


def account(*ids: str, missing: Reason | None = None, complete: bool = True) -> Snapshot:
    """A snapshot with these buckets, whose list may lack something, and two regions of which no volume is known."""
    unknowns = (Unknown(missing, "s3.ListBuckets", "s3:ListAllMyBuckets"),) if missing else ()
    buckets = tuple(sample(Bucket, name, region="us-east-1") for name in ids)
    return Snapshot(
        header=header(complete=complete, regions=("eu-west-1", "us-east-1")),
        sections={(Bucket.KIND, GLOBAL): Section(Bucket, GLOBAL, buckets, unknowns)},
    )


def volumes(snapshot: Snapshot, **missing: Reason | None) -> Snapshot:
    """The snapshot with (empty) lists of volumes in regions, named with underscores."""
    sections = dict(snapshot.sections)
    for name, reason in missing.items():
        region = name.replace("_", "-")
        unknowns = (Unknown(reason, "ec2.DescribeVolumes", "ec2:DescribeVolumes"),) if reason else ()
        sections[Volume.KIND, region] = Section(Volume, region, (), unknowns)
    return msgspec.structs.replace(snapshot, sections=sections)


def finding(rule_id: str, arn: str, outcome: Outcome = Outcome.FAIL, severity: Severity = Severity.HIGH) -> Finding:
    return Finding(
        rule=rule_id,
        verdict=outcome,
        severity=severity,
        confidence=Confidence.HIGH,
        pillar=Pillar.SECURITY,
        service="s3",
        region="us-east-1",
        resource=arn,
        name="x",
        location=None,
        because="x",
        evidence={},
        missing=(),
        controls=(),
        waived=None,
        fingerprint=f"{rule_id} {arn}",
    )
