"""Exit codes: what a pipeline acts on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from auditor.engine.context import Context
from auditor.engine.exits import Exit, exit_code
from auditor.model.compute import Volume
from auditor.model.fact import Reason
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Outcome, Severity, Verdict, Waived
from tests.engine.made import account, finding, made, volumes


def nothing(resource: Any, about: Context[Any]) -> Iterator[Verdict]:
    yield from ()


BUCKETS = made(nothing, over=Bucket)
VOLUMES = made(nothing, over=Volume)
FAIL, PASS, UNKNOWN, CRASH, SKIP = (
    finding("r", "a", outcome) for outcome in (Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN, Outcome.CRASH, Outcome.NOT_APPLICABLE)
)
WAIVED = msgspec.structs.replace(FAIL, waived=Waived("o", "r", date(2026, 1, 1)))


def code(*findings: Finding, snapshot: Snapshot | None = None, fail_on: Severity = Severity.HIGH, strict: bool = False) -> Exit:
    return exit_code(snapshot or account("a"), [BUCKETS], findings, fail_on=fail_on, strict=strict)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], Exit.CLEAN),
        ([PASS, SKIP], Exit.CLEAN),
        ([UNKNOWN], Exit.CLEAN),
        ([WAIVED], Exit.CLEAN),
        ([PASS, FAIL], Exit.FINDINGS),
        ([WAIVED, FAIL], Exit.FINDINGS),
        ([UNKNOWN, FAIL], Exit.FINDINGS),
        ([CRASH], Exit.INCOMPLETE),
        ([FAIL, CRASH], Exit.INCOMPLETE),
        ([CRASH, FAIL], Exit.INCOMPLETE),
    ],
)
def test_by_the_verdicts(findings: list[Finding], expected: Exit) -> None:
    assert code(*findings) is expected


@pytest.mark.parametrize(
    ("findings", "expected"), [([FAIL, UNKNOWN], Exit.INCOMPLETE), ([FAIL], Exit.FINDINGS), ([PASS], Exit.CLEAN)]
)
def test_strict_takes_no_unknown(findings: list[Finding], expected: Exit) -> None:
    assert code(*findings, strict=True) is expected


@pytest.mark.parametrize("fail_on", Severity)
@pytest.mark.parametrize("severity", Severity)
def test_the_threshold(fail_on: Severity, severity: Severity) -> None:
    found = finding("r", "a", severity=severity)
    assert code(found, fail_on=fail_on) is (Exit.FINDINGS if severity >= fail_on else Exit.CLEAN)


def test_an_interrupted_scan_is_incomplete_whatever_it_found() -> None:
    assert code(FAIL, snapshot=account("a", complete=False)) is Exit.INCOMPLETE
    assert code(snapshot=account("a", complete=False)) is Exit.INCOMPLETE


@pytest.mark.parametrize("reason", Reason)
def test_an_account_whose_list_cannot_be_read_at_all_is_incomplete(reason: Reason) -> None:
    """Whatever the reason: an account always has buckets to list, so "not offered" and "region closed" are no excuse."""
    assert code(snapshot=account(missing=reason)) is Exit.INCOMPLETE
    assert code(snapshot=account("a", missing=reason)) is Exit.CLEAN, "some were read, and the rest has its unknown verdict"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, None, Exit.CLEAN),
        (None, Reason.DENIED, Exit.CLEAN),
        (Reason.DENIED, Reason.DENIED, Exit.INCOMPLETE),
        (Reason.DENIED, Reason.REGION_OFF, Exit.CLEAN),
        (Reason.UNSUPPORTED, Reason.REGION_OFF, Exit.CLEAN),
        (Reason.ERROR, Reason.THROTTLED, Exit.INCOMPLETE),
    ],
)
def test_of_regions_one_that_could_be_read_is_enough(one: Reason | None, other: Reason | None, expected: Exit) -> None:
    snapshot = volumes(account("a"), eu_west_1=one, us_east_1=other)
    assert exit_code(snapshot, [BUCKETS, VOLUMES], [], fail_on=Severity.HIGH, strict=False) is expected


def test_what_no_rule_judges_may_be_missing() -> None:
    assert exit_code(account("a"), [BUCKETS], [], fail_on=Severity.HIGH, strict=False) is Exit.CLEAN
    assert exit_code(account("a"), [BUCKETS, VOLUMES], [], fail_on=Severity.HIGH, strict=False) is Exit.INCOMPLETE


def test_the_numbers() -> None:
    assert [int(e) for e in (Exit.CLEAN, Exit.FINDINGS, Exit.USAGE, Exit.INCOMPLETE)] == [0, 1, 2, 3]
