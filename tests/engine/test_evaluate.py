"""Judging: every rule over every resource, whatever a rule does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from auditor.engine.cases import case_snapshot
from auditor.engine.context import Context, Limits
from auditor.engine.evaluate import fingerprint, judge, worst
from auditor.engine.registry import load
from auditor.engine.rule import flag, ok, together
from auditor.model.account import Account
from auditor.model.compute import Volume
from auditor.model.fact import Reason, UnguardedFact, Unknown, need
from auditor.model.s3 import Bucket
from auditor.model.verdict import Outcome, Severity, Verdict
from tests.engine.made import account, made


def fine(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield ok("fine")


def bad(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield flag("bad {why}", why="x")


def crashing(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    if bucket.id == "b":
        raise ZeroDivisionError
    yield ok("fine")


def endless(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield from endless(bucket, about)


def silent(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield from ()


def unguarded(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield ok("x") if bool(bucket.acl) else flag("y")


def half(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield flag("first part {of}", of="it", key="one")
    need(bucket.acl, bucket.policy)


def crashing_late(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
    yield flag("first part {of}", of="it", key="one")
    raise ValueError


def test_a_rule_that_crashes_is_a_verdict_and_the_run_goes_on() -> None:
    found = judge(account("a", "b", "c"), [made(crashing, "s3-crashing"), made(fine, "s3-fine")])
    assert [(f.rule, f.name, f.verdict) for f in found] == [
        ("s3-crashing", "a", Outcome.PASS),
        ("s3-crashing", "b", Outcome.CRASH),
        ("s3-crashing", "c", Outcome.PASS),
        ("s3-fine", "a", Outcome.PASS),
        ("s3-fine", "b", Outcome.PASS),
        ("s3-fine", "c", Outcome.PASS),
    ]
    assert "ZeroDivisionError" in found[1].because


@pytest.mark.parametrize("check", [endless, silent, unguarded], ids=lambda check: check.__name__)
def test_other_ways_to_break(check: Any) -> None:
    (found,) = judge(account("a"), [made(check)])
    assert found.verdict is Outcome.CRASH


def test_a_fact_has_no_truth() -> None:
    with pytest.raises(UnguardedFact):
        bool(Unknown(Reason.DENIED, "x", "y"))


@pytest.mark.parametrize(("check", "outcome"), [(half, Outcome.UNKNOWN), (crashing_late, Outcome.CRASH)])
def test_what_was_said_before_it_stopped_stays(check: Any, outcome: Outcome) -> None:
    found = judge(account("a"), [made(check)])
    assert {f.verdict for f in found} == {Outcome.FAIL, outcome}
    assert len({f.fingerprint for f in found}) == 2


def test_every_missing_fact_is_named() -> None:
    (found,) = [f for f in judge(account("a"), [made(half)]) if f.verdict is Outcome.UNKNOWN]
    assert [u.call for u in found.missing] == ["s3.GetBucketAcl", "s3.GetBucketPolicy"]
    assert found.because == "could not look: s3.GetBucketAcl (not collected), s3.GetBucketPolicy (not collected)"


def test_parts_that_decide_apart() -> None:
    def parts(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
        def one() -> Iterator[Verdict]:
            need(bucket.acl)
            yield ok("x", key="one")

        def two() -> Iterator[Verdict]:
            yield flag("bad {x}", x=1, key="two")

        yield from together(one(), two())

    assert {f.verdict for f in judge(account("a"), [made(parts)])} == {Outcome.UNKNOWN, Outcome.FAIL}


def test_an_incomplete_list_is_one_unknown_beside_what_was_listed() -> None:
    found = judge(account("a", missing=Reason.DENIED), [made(fine)])
    assert [(f.verdict, f.name) for f in found] == [(Outcome.UNKNOWN, "123456789012"), (Outcome.PASS, "a")]
    assert found[0].missing == (Unknown(Reason.DENIED, "s3.ListBuckets", "s3:ListAllMyBuckets"),)


def test_a_kind_that_was_not_collected_is_one_unknown_for_each_region() -> None:
    found = judge(account("a"), [made(fine, over=Volume)])
    assert [(f.verdict, f.region) for f in found] == [(Outcome.UNKNOWN, "eu-west-1"), (Outcome.UNKNOWN, "us-east-1")]
    assert len({f.fingerprint for f in found}) == 2


def test_the_account_is_never_missing_without_a_word() -> None:
    (found,) = judge(account(), [made(fine, over=Account)])
    assert found.verdict is Outcome.UNKNOWN


def test_findings_are_sorted_and_do_not_depend_on_the_order_of_rules() -> None:
    rules = [made(half, "s3-b"), made(bad, "s3-a"), made(fine, "ec2-a", over=Volume)]
    snapshot = account("c", "a", "b")
    found = judge(snapshot, rules)
    assert found == judge(snapshot, rules[::-1])
    assert found == sorted(found, key=lambda f: (f.rule, f.region, f.resource, f.fingerprint))


def test_severities_and_limits_can_be_set() -> None:
    class Ours(Limits, frozen=True):
        most: int = 1

    def limited(bucket: Bucket, about: Context[Any]) -> Iterator[Verdict]:
        yield flag("more than {most}", most=about.limits.most)

    one = made(limited)
    one = msgspec.structs.replace(one, spec=msgspec.structs.replace(one.spec, limits=Ours))
    (found,) = judge(account("a"), [one])
    assert (found.evidence, found.severity) == ({"most": 1}, Severity.HIGH)
    (found,) = judge(account("a"), [one], limits={one.id: Ours(most=5)}, severities={one.id: Severity.LOW})
    assert (found.evidence, found.severity) == ({"most": 5}, Severity.LOW)


def test_fingerprints_are_for_ever() -> None:
    """Those who waived or tracked a finding know it by this number: a change here breaks their files."""
    assert fingerprint("s3-no-tier-policy", "arn:aws:s3:::training-data", "") == "bdc806ca71a2e877a9c3db58b8fc1ec3"
    assert fingerprint("a", "bc", "") != fingerprint("ab", "c", "")
    assert fingerprint("a", "b", "c") != fingerprint("a", "b", "")


def test_fingerprints_do_not_change_with_the_verdict_or_the_evidence() -> None:
    before = judge(account("a"), [made(bad)])[0]
    after = judge(account("a"), [made(fine)])[0]
    assert before.verdict is not after.verdict
    assert before.fingerprint == after.fingerprint


def test_no_two_findings_of_all_rules_share_a_fingerprint() -> None:
    for rule in load().values():
        for case in rule.cases():
            found = judge(case_snapshot(case), [rule])
            assert len({f.fingerprint for f in found}) == len(found), f"{rule.id}: {case.title}"


def test_the_worst_of_verdicts() -> None:
    order = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.CRASH, Outcome.PASS, Outcome.NOT_APPLICABLE]
    assert [worst(order[n:]) for n in range(5)] == order
