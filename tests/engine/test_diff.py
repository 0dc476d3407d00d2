"""What changed between two runs, and what is never called resolved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine import diff
from auditor.engine.context import Context
from auditor.engine.diff import Kind, Past, Seen
from auditor.engine.evaluate import judge
from auditor.engine.registry import LoadedRule
from auditor.engine.rule import flag, ok, rule
from auditor.errors import SnapshotDamaged, SnapshotNewer
from auditor.model.account import Account, Root
from auditor.model.compute import Volume
from auditor.model.fact import Reason
from auditor.model.resource import Resource
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Header, Snapshot
from auditor.model.verdict import Confidence, Finding, Outcome, Pillar, Severity, Verdict, Waived
from tests.engine.made import account, finding, header, made, volumes

RULE, ARN = "s3-made-up", "arn:aws:s3:::models"
WAIVED = Waived("platform", "on purpose", date(2026, 12, 31))
HEADER = header(regions=("eu-west-1", "us-east-1"))


def never(resource: Any, about: Context[Any]) -> Iterator[Verdict]:
    yield flag("bad")


RULES = {RULE: made(never), "ec2-made-up": made(never, "ec2-made-up", over=Volume)}


def seen(findings: list[Finding], regions: tuple[str, ...] = ("eu-west-1", "us-east-1")) -> Past:
    """The earlier report that these findings make, through its bytes."""
    verdicts = [
        {
            "rule": f.rule,
            "verdict": f.verdict.value,
            "severity": f.severity.word,
            "region": f.region,
            "resource": f.resource,
            "name": f.name,
            "fingerprint": f.fingerprint,
            "waived": msgspec.to_builtins(f.waived),
            "because": "more than is needed",
        }
        for f in findings
    ]
    report = {"format": 1, "account": {"regions": regions, "id": "1"}, "verdicts": verdicts, "calls": []}
    return diff.read(msgspec.json.encode(report))


def kinds(
    before: list[Finding],
    now: list[Finding],
    *,
    rules: dict[str, LoadedRule] = RULES,
    header: Header = HEADER,
    regions: tuple[str, ...] = ("eu-west-1", "us-east-1"),
) -> list[Kind]:
    return [change.kind for change in diff.compare(seen(before, regions), now, rules=rules, header=header)]


def one(outcome: Outcome, waived: Waived | None = None, arn: str = ARN) -> list[Finding]:
    return [msgspec.structs.replace(finding(RULE, arn, outcome), waived=waived)]


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ([], one(Outcome.FAIL), [Kind.NEW]),
        (one(Outcome.PASS), one(Outcome.FAIL), [Kind.NEW]),
        (one(Outcome.UNKNOWN), one(Outcome.FAIL), [Kind.NEW]),
        (one(Outcome.FAIL, WAIVED), one(Outcome.FAIL), [Kind.NEW]),
        (one(Outcome.FAIL), one(Outcome.FAIL), []),
        (one(Outcome.FAIL), one(Outcome.FAIL, WAIVED), [Kind.WAIVED]),
        (one(Outcome.FAIL, WAIVED), one(Outcome.FAIL, WAIVED), []),
        (one(Outcome.FAIL, WAIVED), one(Outcome.PASS), []),
        (one(Outcome.FAIL), one(Outcome.PASS), [Kind.RESOLVED]),
        (one(Outcome.FAIL), one(Outcome.NOT_APPLICABLE), [Kind.RESOLVED]),
        (one(Outcome.FAIL), [], [Kind.RESOLVED]),
        (one(Outcome.FAIL), one(Outcome.UNKNOWN), [Kind.UNKNOWN]),
        (one(Outcome.FAIL), one(Outcome.CRASH), [Kind.UNKNOWN]),
        (one(Outcome.PASS), one(Outcome.UNKNOWN), [Kind.UNKNOWN]),
        ([], one(Outcome.UNKNOWN), [Kind.UNKNOWN]),
        (one(Outcome.UNKNOWN), one(Outcome.CRASH), []),
        (one(Outcome.UNKNOWN), one(Outcome.PASS), []),
        (one(Outcome.PASS), [], []),
        ([], one(Outcome.PASS), []),
    ],
)
def test_each_kind_of_change(before: list[Finding], now: list[Finding], change: list[Kind]) -> None:
    assert kinds(before, now) == change


def test_a_change_says_what_it_is_of() -> None:
    (change,) = diff.compare(seen([]), one(Outcome.FAIL), rules=RULES, header=HEADER)
    assert change == diff.Change(Kind.NEW, RULE, "high", ARN, "x", "us-east-1", f"{RULE} {ARN}")


def test_the_most_urgent_and_severe_come_first_and_none_twice() -> None:
    worse = [finding(RULE, "arn:aws:s3:::z", severity=Severity.CRITICAL), finding(RULE, "arn:aws:s3:::a", severity=Severity.LOW)]
    changes = diff.compare(
        seen(one(Outcome.FAIL)), [*worse, *worse, *one(Outcome.UNKNOWN, arn="arn:aws:s3:::b")], rules=RULES, header=HEADER
    )
    assert [(change.kind.value, change.severity, change.resource[-1]) for change in changes] == [
        ("new", "critical", "z"),
        ("new", "low", "a"),
        ("newly-unknown", "high", "b"),
        ("resolved", "high", "s"),
    ]


def test_a_rule_that_was_not_run_resolves_nothing() -> None:
    assert kinds(one(Outcome.FAIL), [], rules={}) == [Kind.NOT_JUDGED]


def test_another_verdict_of_the_resource_that_is_unknown_resolves_nothing() -> None:
    undecided = msgspec.structs.replace(finding(RULE, ARN, Outcome.UNKNOWN), fingerprint="another key of it")
    assert kinds(one(Outcome.FAIL), [undecided]) == [Kind.UNKNOWN]


def volume(region: str) -> list[Finding]:
    arn = f"arn:aws:ec2:{region}:123456789012:volume/vol-1"
    return [msgspec.structs.replace(finding("ec2-made-up", arn), region=region)]


def test_a_region_that_was_left_out_resolves_nothing() -> None:
    here = header(regions=("us-east-1",))
    assert kinds(volume("eu-west-1"), [], header=here) == [Kind.NOT_JUDGED]
    assert kinds(volume("us-east-1"), [], header=here) == [Kind.RESOLVED]
    blind = header(regions=("us-east-1",), regions_unknown=True)
    assert kinds(volume("eu-west-1"), [], header=blind) == [Kind.UNKNOWN], "it may be enabled, as far as can be told"


def looking(*reads: object) -> LoadedRule:
    """A rule over the whole account."""
    spec = rule(
        over=Root,
        reads=reads,
        pillar=Pillar.SECURITY,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        since="0.1",
    )(never)
    return msgspec.structs.replace(made(never), spec=spec)


@pytest.mark.parametrize(
    ("reads", "change"),
    [
        ((Root.events,), Kind.NOT_JUDGED),
        ((Account.regions,), Kind.NOT_JUDGED),
        ((Volume.encrypted,), Kind.NOT_JUDGED),
        ((Volume,), Kind.NOT_JUDGED),
        ((Root.mfa_enabled,), Kind.RESOLVED),
    ],
    ids=str,
)
def test_what_rested_on_a_region_that_was_left_out_is_not_resolved(reads: tuple[object, ...], change: Kind) -> None:
    rules = {RULE: looking(*reads)}
    assert kinds(one(Outcome.FAIL), one(Outcome.PASS), rules=rules, header=header(regions=("us-east-1",))) == [change]
    assert kinds(one(Outcome.FAIL), one(Outcome.PASS), rules=rules) == [Kind.RESOLVED], "every region was scanned again"


def judged(snapshot: Snapshot, over: type[Resource], rule_id: str) -> list[Finding]:
    return judge(snapshot, [made(never, rule_id, over=over)])


@pytest.mark.parametrize("reason", list(Reason))
def test_a_list_that_could_not_be_read_resolves_nothing(reason: Reason) -> None:
    before = judged(account("models", "data"), Bucket, RULE)
    now = judged(account(missing=reason), Bucket, RULE)
    assert kinds(before, now) == [Kind.UNKNOWN] * 3, "each of the two, and the list"
    assert kinds(before, judged(account("data", missing=reason), Bucket, RULE)) == [Kind.UNKNOWN] * 2
    assert kinds(before, judged(account("data"), Bucket, RULE)) == [Kind.RESOLVED]


@pytest.mark.parametrize("reason", [Reason.REGION_OFF, Reason.DENIED, Reason.UNSUPPORTED])
def test_a_region_that_is_closed_resolves_nothing_there_alone(reason: Reason) -> None:
    before = [*volume("eu-west-1"), *volume("us-east-1")]
    now = judged(volumes(account(), eu_west_1=reason, us_east_1=None), Volume, "ec2-made-up")
    changes = diff.compare(seen(before), now, rules=RULES, header=HEADER)
    assert {(change.kind, change.region) for change in changes} == {(Kind.UNKNOWN, "eu-west-1"), (Kind.RESOLVED, "us-east-1")}


def test_a_section_that_a_stopped_scan_never_began_resolves_nothing() -> None:
    before = [*judged(account("models"), Bucket, RULE), *volume("eu-west-1")]
    empty = Snapshot(header=header(complete=False, regions=HEADER.regions), sections={})
    now = judge(empty, RULES.values())
    assert set(kinds(before, now)) == {Kind.UNKNOWN}


outcomes = st.sampled_from(Outcome)
states = st.lists(outcomes, min_size=6, max_size=6)
lists = st.sampled_from([None, Reason.DENIED, Reason.THROTTLED, Reason.NOT_COLLECTED])


def told(outcome: Outcome) -> Verdict:
    if outcome is Outcome.CRASH:
        raise RuntimeError
    return {Outcome.FAIL: flag("bad"), Outcome.UNKNOWN: Verdict(outcome=Outcome.UNKNOWN, because="could not look")}.get(
        outcome, ok("good")
    )


def night(verdicts: list[Outcome], there: list[bool], missing: Reason | None) -> list[Finding]:
    """A night's findings: these verdicts on those buckets that are there, with a list that may lack some."""
    names = [f"bucket-{number}" for number in range(6)]
    by_name = dict(zip(names, verdicts, strict=True))

    def check(bucket: Any, about: Context[Any]) -> Iterator[Verdict]:
        yield told(by_name[bucket.id])

    shown = [name for name, is_there in zip(names, there, strict=True) if is_there]
    return judge(account(*shown, missing=missing), [made(check)])


presence = st.lists(st.booleans(), min_size=6, max_size=6)


@given(before=states, was=presence, missed=lists, now=states, there=presence, missing=lists, run=st.booleans())
def test_what_became_unknown_is_never_resolved(
    before: list[Outcome],
    was: list[bool],
    missed: Reason | None,
    now: list[Outcome],
    there: list[bool],
    missing: Reason | None,
    run: bool,
) -> None:
    earlier = night(before, was, missed)
    found = night(now, there, missing) if run else []
    rules = {RULE: RULES[RULE]} if run else {}
    changes = diff.compare(seen(earlier), found, rules=rules, header=HEADER)
    failed = {f.resource for f in earlier if f.verdict is Outcome.FAIL}
    failing = {f.resource for f in found if f.verdict is Outcome.FAIL}
    blind = {f.resource for f in found if f.verdict in (Outcome.UNKNOWN, Outcome.CRASH)}
    seen_now = {f.resource for f in found}
    by_kind = {kind: {c.resource for c in changes if c.kind is kind} for kind in Kind}
    assert not by_kind[Kind.RESOLVED] & blind
    assert by_kind[Kind.RESOLVED] <= failed - failing
    if missing is not None or not run:
        assert by_kind[Kind.RESOLVED] <= seen_now, "it was looked at, and is good"
    assert by_kind[Kind.NEW] == failing - failed
    # Every failure that is none now is accounted for exactly once.
    gone = [c.resource for c in changes if c.kind in (Kind.RESOLVED, Kind.NOT_JUDGED)]
    lost = [c.resource for c in changes if c.kind is Kind.UNKNOWN and c.resource in failed]
    assert sorted(gone + lost) == sorted(failed - failing)
    assert not diff.compare(seen(found), found, rules=rules, header=HEADER), "nothing changes from itself"


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": "1"}',
        b'{"format": 1}',
        b'{"format": 1, "account": {"regions": []}}',
        b"\xff\xfe",
        b'{"format": 1, "account": {"regions": []}, "verdicts": [{"rule": "x"}]}',
        b'{"format": 1, "account": {"regions": []}, "verdicts": [{"rule": "x", "verdict": "fail", "severity": "dire",'
        b' "region": "", "resource": "", "name": "", "fingerprint": ""}]}',
    ],
)
def test_what_is_no_report_is_damaged(report: bytes) -> None:
    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        diff.read(report)


def test_a_report_of_a_later_format_is_not_guessed_at() -> None:
    with pytest.raises(SnapshotNewer, match="newer awsaudit"):
        diff.read(b'{"format": 2, "everything": "else"}')


def test_of_a_waived_failure_nobody_is_told() -> None:
    assert not Seen(RULE, Outcome.FAIL, "high", "us-east-1", ARN, "x", "f", waived={"owner": "platform"}).failing
