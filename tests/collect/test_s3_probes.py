"""Whether anything lies under the prefixes of lifecycle rules: asked only when somebody wants it, a call for each, and no key is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.cli.plan import settings, table
from auditor.collect.plan import Estimate, estimate
from auditor.collect.wanted import Wanted, by_rules, opted_in
from auditor.engine.evaluate import judge
from auditor.engine.registry import load, pick
from auditor.lifecycle.probes import MOST, chosen, probe, unlikely
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.opt_in import PREFIX_PROBES
from auditor.model.resource import GLOBAL
from auditor.model.s3 import (
    Bucket,
    Expiration,
    Filter,
    Lifecycle,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from auditor.model.verdict import Outcome
from auditor.money.book import Table
from tests.collect.helpers import Hurried, scan
from tests.emulator import Emulator
from tests.money.made import price

OK, XML = "200 OK", "text/xml"
NOTHING = Wanted(frozenset({Bucket}), frozenset())
WANTED = opted_in(NOTHING, PREFIX_PROBES)


def seed(emulator: Emulator, *rules: dict[str, object]) -> None:
    emulator.client("s3").create_bucket(Bucket="data")
    emulator.client("s3").put_bucket_lifecycle_configuration(Bucket="data", LifecycleConfiguration={"Rules": list(rules)})


def expiring(prefix: str, status: str = "Enabled") -> dict[str, object]:
    return {"ID": prefix or "all", "Status": status, "Filter": {"Prefix": prefix}, "Expiration": {"Days": 30}}


def aging(prefix: str) -> dict[str, object]:
    old = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
    return {"ID": f"old {prefix}", "Status": "Enabled", "Filter": {"Prefix": prefix}, **old}


def bucket_of(emulator: Emulator) -> Bucket:
    (bucket,) = scan(emulator, wanted=WANTED, clock=Hurried()).section(Bucket, GLOBAL).items
    return bucket


def test_nobody_asks_unless_told_to(emulator: Emulator) -> None:
    seed(emulator, expiring("logs/"))
    (bucket,) = scan(emulator, Bucket).section(Bucket, GLOBAL).items
    assert bucket.objects_under == Unknown(Reason.NOT_COLLECTED, "s3.ListObjectsV2", "s3:ListBucket")
    assert bucket.versions_under == Unknown(Reason.NOT_COLLECTED, "s3.ListObjectVersions", "s3:ListBucketVersions")
    assert not emulator.doorman.calls["s3.ListObjectsV2"]


def test_each_prefix_is_asked_about_once(emulator: Emulator) -> None:
    seed(emulator, expiring("로그/a b+/"), expiring("/logs/"), expiring(""), expiring("off/", "Disabled"), aging("raw/"))
    emulator.client("s3").put_object(Bucket="data", Key="로그/a b+/김민지.csv", Body=b"x")
    bucket = bucket_of(emulator)
    assert need(bucket.objects_under) == {"로그/a b+/": True, "/logs/": False}
    assert need(bucket.versions_under) == {"raw/": False}
    assert emulator.doorman.calls["s3.ListObjectsV2"] == 2
    assert emulator.doorman.calls["s3.ListObjectVersions"] == 1


def test_an_object_that_exists_only_as_an_old_version_is_found(emulator: Emulator) -> None:
    seed(emulator, expiring("raw/"), aging("raw/"))
    s3 = emulator.client("s3")
    s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="data", Key="raw/1", Body=b"x")
    s3.delete_object(Bucket="data", Key="raw/1")
    bucket = bucket_of(emulator)
    assert need(bucket.objects_under) == {"raw/": False}
    assert need(bucket.versions_under) == {"raw/": True}


def test_no_key_is_kept(emulator: Emulator) -> None:
    seed(emulator, expiring("cv/"), aging("cv/"))
    emulator.client("s3").put_object(Bucket="data", Key="cv/kim-minji.pdf", Body=b"x")
    assert "kim-minji" not in repr(scan(emulator, wanted=WANTED))


@pytest.mark.parametrize("operation", ["ListObjectsV2", "ListObjectVersions"])
def test_what_may_not_be_listed_is_not_empty(emulator: Emulator, operation: str) -> None:
    seed(emulator, expiring("logs/"), aging("raw/"))
    emulator.doorman.deny.add(f"s3.{operation}")
    bucket = bucket_of(emulator)
    facts = {"ListObjectsV2": bucket.objects_under, "ListObjectVersions": bucket.versions_under}
    denied = facts.pop(operation)
    assert isinstance(denied, Unknown)
    assert (denied.reason, denied.call) == (Reason.DENIED, f"s3.{operation}")
    assert all(isinstance(fact, Known) for fact in facts.values())


def test_an_empty_page_that_is_not_the_last_says_nothing(emulator: Emulator) -> None:
    seed(emulator, expiring("logs/"))
    body = b"""<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data</Name><Prefix>logs/</Prefix>
      <KeyCount>0</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>
      </ListBucketResult>"""
    emulator.doorman.answers["s3.ListObjectsV2"] = (OK, body, XML)
    bucket = bucket_of(emulator)
    assert bucket.objects_under == Unknown(Reason.NO_DATA, "s3.ListObjectsV2", "s3:ListBucket")


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<ListBucketResult/>", b"<Other><IsTruncated>false</IsTruncated></Other>"])
def test_an_answer_to_something_else_is_not_an_empty_prefix(emulator: Emulator, body: bytes) -> None:
    seed(emulator, expiring("logs/"))
    emulator.doorman.answers["s3.ListObjectsV2"] = ("404 Not Found" if body == b"" else OK, body, XML)
    assert isinstance(bucket_of(emulator).objects_under, Unknown)


def test_without_the_rules_nothing_is_asked(emulator: Emulator) -> None:
    seed(emulator, expiring("logs/"))
    emulator.doorman.deny.add("s3.GetBucketLifecycleConfiguration")
    bucket = bucket_of(emulator)
    denied = Unknown(Reason.DENIED, "s3.GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration")
    assert bucket.objects_under == bucket.versions_under == denied
    assert not emulator.doorman.calls["s3.ListObjectsV2"]


@pytest.mark.parametrize(
    ("key", "also", "said"),
    [
        (None, True, "and keys hardly ever do; no object lies under it (asked on 2026-11-22)"),
        ("/logs/a", True, None),
        ("/logs/a", False, "and keys hardly ever do"),
    ],
)
def test_what_was_asked_goes_before_what_is_likely(emulator: Emulator, key: str | None, also: bool, said: str | None) -> None:
    seed(emulator, expiring("/logs/"))
    if key:
        emulator.client("s3").put_object(Bucket="data", Key=key, Body=b"x")
    rule = pick(load(), ["s3-lifecycle-no-effect"])
    wanted = by_rules([one.spec for one in rule], [PREFIX_PROBES] if also else [])
    (finding,) = judge(scan(emulator, wanted=wanted, now=datetime(2026, 11, 22, tzinfo=UTC)), rule)
    if said is None:
        assert finding.verdict is Outcome.PASS
    else:
        assert finding.verdict is Outcome.FAIL
        assert finding.because.endswith(said)


def test_the_unlikely_ones_come_first_and_the_others_up_to_the_bound() -> None:
    def one(prefix: str) -> LifecycleRule:
        return LifecycleRule(id=prefix, enabled=True, filter=Filter(prefix=prefix), expiration=Expiration(days=1))

    plain = [f"p{number:02}/" for number in range(30)]
    asked = chosen(Lifecycle(tuple(map(one, [*plain, *plain, "data/x/", "s3://data/"]))), "data", versions=False)
    assert len(asked) == MOST == Bucket.MOST["versions_under"]
    assert asked == ("data/x/", "s3://data/", *plain[: MOST - 2])
    assert chosen(Lifecycle(tuple(map(one, plain))), "data", versions=True) == ()


def test_what_a_rule_acts_on_decides_what_is_listed() -> None:
    prefix = Filter(prefix="a/")
    current = LifecycleRule(id="r", enabled=True, filter=prefix, transitions=(Transition("GLACIER", days=1),))
    assert [probe(current)] == [probe(LifecycleRule(id="r", enabled=True, filter=prefix, expiration=Expiration(days=1)))]
    assert (asked := probe(current)) is not None
    assert not asked.versions
    for rule in (
        LifecycleRule(id="r", enabled=True, filter=prefix, noncurrent_expiration=NoncurrentExpiration(days=1)),
        LifecycleRule(id="r", enabled=True, filter=prefix, noncurrent_transitions=(NoncurrentTransition("GLACIER", 1),)),
        LifecycleRule(id="r", enabled=True, filter=prefix, expiration=Expiration(delete_markers=True)),
    ):
        asked = probe(rule)
        assert asked is not None
        assert asked.versions
    assert probe(LifecycleRule(id="r", enabled=True, filter=prefix, abort_multipart_days=1)) is None
    assert probe(LifecycleRule(id="r", enabled=True, expiration=Expiration(days=1))) is None


@pytest.mark.parametrize(
    ("prefix", "meant"),
    [("/a/", "a/"), ("s3://data/a", None), ("a/*.csv", "a/"), ("data/a/", "a/"), ("arn:aws:s3:::data/a", None)],
)
def test_prefixes_that_hardly_any_key_begins_with(prefix: str, meant: str | None) -> None:
    found = unlikely(prefix, "data")
    assert found is not None
    assert found[1] == meant


@pytest.mark.parametrize("prefix", ["", "a/", "database/", "a/data/"])
def test_ordinary_prefixes(prefix: str) -> None:
    assert unlikely(prefix, "data") is None


def test_the_plan_says_the_bound_and_its_price(emulator: Emulator) -> None:
    for name in ("data", "more-data"):
        emulator.client("s3").create_bucket(Bucket=name)
    snapshot = scan(emulator, wanted=NOTHING)
    planned = {one.operation: one for one in estimate(WANTED, snapshot)}
    assert planned["GetBucketLifecycleConfiguration"].calls == 2
    for operation in ("ListObjectsV2", "ListObjectVersions"):
        assert (planned[operation].calls, planned[operation].at_least, planned[operation].most) == (0, True, 40)
    lines = [line.split() for line in table(estimate(WANTED, snapshot)).splitlines()]
    assert ["ListObjectsV2", "0-40"] in [line[:2] for line in lines]
    lists = Table((price("STANDARD", "0.005", kind="s3-request-write"), price("STANDARD", "0.0004", kind="s3-request-read")))
    (said,) = [line for line in settings(NOTHING, snapshot, (), lists) if PREFIX_PROBES in line]
    assert "would add 2 to 82 calls, for under 0.01 USD at most (GetBucketLifecycleConfiguration, ListObject" in said
    (said,) = [line for line in settings(NOTHING, snapshot, (), Table(())) if PREFIX_PROBES in line]
    assert "calls, for a price that is not known (" in said


def test_bounds_of_one_operation_are_added_up() -> None:
    exact, open_, bound = (
        Estimate("s3", "ListObjectsV2", 2, False, "a"),
        Estimate("s3", "ListObjectsV2", 1, True, "b"),
        Estimate("s3", "ListObjectsV2", 0, True, "c", 40),
    )
    assert exact.plus(exact) == Estimate("s3", "ListObjectsV2", 4, False, "a; a")
    assert exact.plus(bound) == Estimate("s3", "ListObjectsV2", 2, True, "a; c", 40)
    assert bound.plus(bound) == Estimate("s3", "ListObjectsV2", 0, True, "c; c", 80)
    assert bound.plus(open_) == Estimate("s3", "ListObjectsV2", 1, True, "c; b")
