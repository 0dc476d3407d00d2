"""Waivers: what they cover, for how long, and what is said of those that do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from auditor.engine.waivers import Waiver, waive
from auditor.model.verdict import Outcome, Waived
from tests.engine.made import finding

TODAY = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
ARN = "arn:aws:s3:::training-data"


def waiver(rule: str = "s3-acls-enabled", resource: str = ARN, expires: date = date(2026, 12, 31)) -> Waiver:
    return Waiver(rule, resource, "ml-platform", "legacy uploader", expires)


RAN = {"s3-acls-enabled", "iam-root-no-mfa", "s3-a", "s3-b", "s3-c"}


@pytest.mark.parametrize(
    ("rule", "resource", "covered"),
    [
        ("s3-acls-enabled", ARN, True),
        ("s3-*", "*", True),
        ("*", "arn:aws:s3:::training-*", True),
        ("s3-acls", ARN, False),
        ("S3-ACLS-ENABLED", ARN, False),
        ("s3-acls-enabled", "training-data", False),
        ("s3-acls-enabled", ARN + "2", False),
        ("s3-acls-enabled", ARN.upper(), False),
        ("iam-*", "*", False),
    ],
)
def test_what_a_waiver_covers(rule: str, resource: str, covered: bool) -> None:
    (found,), notes = waive([finding("s3-acls-enabled", ARN)], [waiver(rule, resource)], TODAY, ran=RAN)
    assert found.waived == (Waived("ml-platform", "legacy uploader", date(2026, 12, 31)) if covered else None)
    assert bool(notes) is (not covered and rule in ("s3-acls-enabled", "iam-*")), (
        "nothing is said of a waiver for a rule that did not run"
    )


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.FAIL])
def test_only_failures_are_waived(outcome: Outcome) -> None:
    (found,), notes = waive([finding("s3-acls-enabled", ARN, outcome)], [waiver()], TODAY, ran=RAN)
    assert found.waived is None
    unmatched = (f"the waiver for `s3-acls-enabled` on `{ARN}` (owner: ml-platform) matches no failure: remove it",)
    assert notes == (() if outcome in (Outcome.UNKNOWN, Outcome.CRASH) else unmatched), "an unknown may yet need its waiver"


@pytest.mark.parametrize(
    ("expires", "holds"), [(date(2026, 11, 23), True), (date(2026, 11, 22), True), (date(2026, 11, 21), False)]
)
def test_a_waiver_holds_through_its_last_day(expires: date, holds: bool) -> None:
    (found,), notes = waive([finding("s3-acls-enabled", ARN)], [waiver(expires=expires)], TODAY, ran=RAN)
    assert (found.waived is not None) is holds
    if not holds:
        assert notes == (
            f"the waiver for `s3-acls-enabled` on `{ARN}` (owner: ml-platform) expired on 2026-11-21: renew or remove it",
        )


def test_an_expired_waiver_does_not_hide_a_live_one() -> None:
    (found,), notes = waive([finding("s3-acls-enabled", ARN)], [waiver(expires=date(2020, 1, 1)), waiver("s3-*")], TODAY, ran=RAN)
    assert found.waived is not None
    assert len(notes) == 1


def test_the_order_of_findings_stays() -> None:
    found = [finding(f"s3-{letter}", ARN) for letter in "abc"]
    after, _ = waive(found, [waiver("s3-b")], TODAY, ran=RAN)
    assert [f.rule for f in after] == ["s3-a", "s3-b", "s3-c"]
    assert [f.waived is not None for f in after] == [False, True, False]
    assert found[1].waived is None, "the findings that were given are not changed"
