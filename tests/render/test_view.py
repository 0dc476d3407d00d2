from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest

from auditor.model import calls
from auditor.model.fact import Reason, Unknown
from auditor.model.snapshot import CallRecord, Gap
from auditor.model.verdict import Finding, Outcome, Severity, Waived
from auditor.render.view import View, build
from tests.render.synthetic import DENIED, HOSTILE, RULE, RULES, finding, judged, snapshot

ONE_RULE = {RULE: RULES[RULE]}
QUIET = msgspec.structs.replace(snapshot(), gaps=(), calls=())


def view(*findings: Finding) -> View:
    return build(QUIET, findings, ONE_RULE)


def test_every_verdict_is_counted_once(small: View) -> None:
    assert small.tally.total == len(small.findings)
    assert small.tally.failed == sum(at.findings for at in small.severities) == sum(len(c.findings) for c in small.causes)
    assert sum(tally.total for _, tally in small.tallies) == small.tally.total


def test_the_order_of_findings_does_not_matter(small: View) -> None:
    mixed = list(small.findings)
    random.Random(7).shuffle(mixed)
    taken = msgspec.structs.replace(snapshot(), calls=tuple(reversed(snapshot().calls)), gaps=tuple(reversed(snapshot().gaps)))
    assert build(taken, mixed, dict(reversed(list(RULES.items()))), small.notes, judged(taken, mixed)) == small


def test_the_most_severe_comes_first_then_the_most_widespread(small: View) -> None:
    order = [(-cause.rule.severity, -cause.resources) for cause in small.causes]
    assert order == sorted(order)
    assert small.first == small.causes[:5]


def test_a_severity_that_was_overridden_is_the_one_that_is_shown() -> None:
    [cause] = view(msgspec.structs.replace(finding("a"), severity=Severity.CRITICAL)).causes
    assert cause.rule.severity is Severity.CRITICAL


def test_unknown_is_never_clean() -> None:
    seen = view(finding("a", Outcome.PASS), finding("b", Outcome.UNKNOWN))
    assert seen.headline == "Nothing that could be checked fails"
    assert seen.incomplete == ("1 of 2 checks could not be decided",)
    assert seen.actions == ("s3:GetLifecycleConfiguration",)
    assert seen.resolvable == 1
    assert '"s3:GetLifecycleConfiguration"' in seen.policy


def test_what_is_given_and_not_read_is_resolved_by_giving_it() -> None:
    missing = Unknown(Reason.NOT_COLLECTED, calls.STORAGE_REPORT.name, calls.STORAGE_REPORT.action)
    seen = view(msgspec.structs.replace(finding("a", Outcome.UNKNOWN), missing=(missing,)))
    [blind] = seen.blind
    assert "`--inventory`" in blind.remedy
    assert (seen.actions, seen.policy, blind.label) == ((), "", "given.StorageReport")


def test_clean_is_said_only_of_what_was_seen_whole() -> None:
    seen = view(finding("a", Outcome.PASS))
    assert (seen.headline, seen.incomplete, seen.blind, seen.policy) == ("Nothing fails", (), (), "")
    assert view().headline == "Nothing was checked"
    assert view().incomplete == ("nothing was checked",)


def test_the_headline_counts() -> None:
    assert view(finding("a")).headline == "1 resource fails 1 rule"
    assert view(finding("a"), finding("b")).headline == "2 resources fail 1 rule"


@pytest.mark.parametrize("changes", [{"complete": False}, {"regions_unknown": True}])
def test_a_scan_that_was_cut_off_is_incomplete(changes: dict[str, bool]) -> None:
    header = msgspec.structs.replace(QUIET.header, **changes)
    assert build(msgspec.structs.replace(QUIET, header=header), [finding("a", Outcome.PASS)], ONE_RULE).incomplete


def test_what_was_deleted_during_the_scan_is_a_gap_but_not_missing() -> None:
    passed = [finding("a", Outcome.PASS)]
    gone, closed = Gap("bucket a", Reason.GONE), Gap("region b", Reason.REGION_OFF)
    assert build(msgspec.structs.replace(QUIET, gaps=(gone,)), passed, ONE_RULE).incomplete == ()
    assert build(msgspec.structs.replace(QUIET, gaps=(gone, closed)), passed, ONE_RULE).incomplete == (
        "1 part of the account could not be seen",
    )


def test_crashes_are_incomplete_and_not_passes() -> None:
    seen = view(finding("a", Outcome.CRASH))
    assert seen.incomplete == ("1 check crashed",)
    assert len(seen.crashes) == 1
    assert seen.tally.passed == 0


def test_a_waived_finding_does_not_count_as_failing() -> None:
    seen = view(msgspec.structs.replace(finding("a"), waived=Waived("team", "because", date(2027, 1, 1))))
    assert (seen.causes, len(seen.waived), seen.tally.waived, seen.tally.failed) == ((), 1, 1, 0)


def test_an_action_does_not_resolve_what_no_action_resolves() -> None:
    silent = Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
    both = msgspec.structs.replace(finding("a", Outcome.UNKNOWN), missing=(DENIED, silent))
    seen = view(both, finding("b", Outcome.UNKNOWN))
    assert [(one.call, one.checks) for one in seen.blind] == [
        ("s3.GetBucketLifecycleConfiguration", 2),
        ("cloudwatch.GetMetricData", 1),
    ]
    assert seen.resolvable == 1
    assert seen.actions == ("s3:GetLifecycleConfiguration",)


def test_calls_are_counted_without_durations() -> None:
    calls = (CallRecord("s3", "ListBuckets", "x", "ok", ms=3), CallRecord("s3", "ListBuckets", "x", "ok", ms=900))
    seen = build(msgspec.structs.replace(QUIET, calls=calls), [], ONE_RULE)
    assert [one.count for one in seen.calls] == [2]
    assert (seen.services[0].calls, seen.services[0].answered, seen.services[0].failed) == (2, 2, ())


def test_the_time_is_told_in_utc() -> None:
    seoul = datetime(2026, 11, 22, 21, 0, tzinfo=timezone(timedelta(hours=9)))
    header = msgspec.structs.replace(QUIET.header, taken_at=seoul)
    taken = build(msgspec.structs.replace(QUIET, header=header), [], ONE_RULE).scope.taken_at
    assert (taken.tzinfo, taken.hour) == (UTC, 12)


def test_a_finding_of_a_rule_that_was_not_run_is_an_error() -> None:
    with pytest.raises(KeyError):
        build(QUIET, [finding("a")], {})


def test_names_are_kept_as_they_are(hostile: View) -> None:
    names = {one.name for one in hostile.findings}
    assert names >= set(HOSTILE.values())


def test_half_a_surrogate_pair_can_be_written() -> None:
    broken = msgspec.structs.replace(finding("a"), name="a\ud83e", evidence={"tags": {"k\udc00": ["v\ud800"]}})
    [mended] = view(broken).findings
    assert mended.name == "a\ufffd"
    assert mended.evidence == {"tags": {"k\ufffd": ["v\ufffd"]}}
