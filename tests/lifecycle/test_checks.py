"""Every check: a configuration that has it, at its place, and one beside it that has not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.lifecycle.check import Level, Refused
from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.lint import Valid, all_checks, judge
from auditor.lifecycle.read import read

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
TAG = {"Key": "a", "Value": "b"}
ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}


def r(**more: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 30}, **more}


def bare(**more: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": "Enabled", "Filter": {}, **more}


def move(name: str, days: int | None = None, **more: Any) -> dict[str, Any]:
    return {"StorageClass": name, **({} if days is None else {"Days": days}), **more}


def old(name: str, days: int | None = None, **more: Any) -> dict[str, Any]:
    return {"StorageClass": name, **({} if days is None else {"NoncurrentDays": days}), **more}


def found(rules: Any, facts: dict[str, Any] | None = None, **top: Any) -> list[tuple[str, str]]:
    (source,) = read(json.dumps({"Rules": rules, **top}), "a.json")
    judged = judge(written(source, Facts(today=TODAY, **(facts or {}))))
    refused = {one.check.refused for one in judged.found}
    assert (judged.valid is Valid.NO) == (Refused.YES in refused)
    assert (judged.valid is Valid.DEPENDS) == (Refused.DEPENDS in refused and Refused.YES not in refused)
    return [(one.check.id, source.places.pointer(one.path)) for one in judged.found]


ON = {"versioning": "Enabled"}
HAS: list[tuple[str, str, Any, Any]] = [
    # check, where, the rules that have it, rules that do not
    ("invalid-rules", "/Rules", [], [r()]),
    ("invalid-rules", "/Rules", [bare(ID=str(n), **ABORT) for n in range(1001)], [bare(ID=str(n), **ABORT) for n in range(9)]),
    ("unknown-element", "/Rules/0/Prefixes", [r(Prefixes="a")], [r()]),
    ("unknown-element", "/Rules/0/Expiration/days", [r(Expiration={"Days": 1, "days": 1})], [r()]),
    ("unknown-element", "/Rules/0/Filter/Tags", [r(Filter={"Tags": [TAG]})], [r(Filter={"Tag": TAG})]),
    ("invalid-type", "/Rules/0/Filter", [r(Filter=[])], [r(Filter={})]),
    ("invalid-type", "/Rules/0/Transitions", [r(Transitions={})], [r(Transitions=[])]),
    ("invalid-status", "/Rules/0/Status", [r(Status="enabled")], [r(Status="Disabled")]),
    ("duplicate-rule-id", "/Rules/1/ID", [r(), r(Filter={"Prefix": "a"})], [r(), r(ID="s", Filter={"Prefix": "a"})]),
    ("rule-id-too-long", "/Rules/0/ID", [r(ID="r" * 256)], [r(ID="r" * 255)]),
    (
        "missing-filter",
        "/Rules/0",
        [{"ID": "r", "Status": "Enabled", "Expiration": {"Days": 1}}],
        [{"ID": "r", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 1}}],
    ),
    ("filter-and-prefix", "/Rules/0/Prefix", [r(Prefix="a")], [r()]),
    (
        "filter-needs-and",
        "/Rules/0/Filter",
        [r(Filter={"Prefix": "a", "Tag": TAG})],
        [r(Filter={"And": {"Prefix": "a", "Tags": [TAG]}})],
    ),
    (
        "duplicate-tag-key",
        "/Rules/0/Filter/And/Tags/1",
        [r(Filter={"And": {"Tags": [TAG, {**TAG, "Value": "c"}]}})],
        [r(Filter={"And": {"Tags": [TAG, {**TAG, "Key": "c"}]}})],
    ),
    (
        "empty-size-range",
        "/Rules/0/Filter/And/ObjectSizeGreaterThan",
        [r(Filter={"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 9}})],
        [r(Filter={"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 11}})],
    ),
    ("rule-without-action", "/Rules/0", [bare()], [bare(**ABORT)]),
    (
        "invalid-storage-class",
        "/Rules/0/Transitions/0/StorageClass",
        [bare(Transitions=[move("STANDARD", 30)])],
        [bare(Transitions=[move("GLACIER", 30)])],
    ),
    (
        "invalid-storage-class",
        "/Rules/0/Transitions/0",
        [bare(Transitions=[{"Days": 3}])],
        [bare(Transitions=[move("GLACIER", 3)])],
    ),
    (
        "action-without-time",
        "/Rules/0/Transitions/0",
        [bare(Transitions=[move("GLACIER")])],
        [bare(Transitions=[move("GLACIER", 0)])],
    ),
    ("action-without-time", "/Rules/0/Expiration", [r(Expiration={})], [r()]),
    (
        "days-and-date",
        "/Rules/0/Expiration/Date",
        [r(Expiration={"Date": "2030-01-01"}, Transitions=[move("GLACIER", 30)])],
        [r(Expiration={"Date": "2030-01-01"}, Transitions=[move("GLACIER", Date="2029-01-01")])],
    ),
    ("invalid-days", "/Rules/0/Expiration/Days", [r(Expiration={"Days": 0})], [r(Expiration={"Days": 1})]),
    ("invalid-days", "/Rules/0/Expiration/Days", [r(Expiration={"Days": "30"})], [r(Expiration={"Days": 30})]),
    (
        "invalid-days",
        "/Rules/0/Transitions/0/Days",
        [r(Transitions=[move("GLACIER", -1)])],
        [r(Transitions=[move("GLACIER", 0)])],
    ),
    (
        "invalid-date",
        "/Rules/0/Expiration/Date",
        [r(Expiration={"Date": "2030-01-01T09:00:00Z"})],
        [r(Expiration={"Date": "2030-01-01T09:00:00+09:00"})],
    ),
    ("invalid-date", "/Rules/0/Expiration/Date", [r(Expiration={"Date": "soon"})], [r(Expiration={"Date": "2030-01-01"})]),
    (
        "delete-marker-with-time",
        "/Rules/0/Expiration/ExpiredObjectDeleteMarker",
        [r(Expiration={"Days": 3, "ExpiredObjectDeleteMarker": True})],
        [r(Expiration={"Days": 3, "ExpiredObjectDeleteMarker": False})],
    ),
    (
        "action-with-tags",
        "/Rules/0/AbortIncompleteMultipartUpload",
        [bare(Filter={"Tag": TAG}, **ABORT)],
        [bare(Filter={"Prefix": "a"}, **ABORT)],
    ),
    (
        "invalid-newer-versions",
        "/Rules/0/NoncurrentVersionExpiration/NewerNoncurrentVersions",
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 101})],
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 100})],
    ),
    (
        "infrequent-access-before-30-days",
        "/Rules/0/Transitions/0/Days",
        [bare(Transitions=[move("STANDARD_IA", 29)])],
        [bare(Transitions=[move("STANDARD_IA", 30)])],
    ),
    (
        "actions-out-of-order",
        "/Rules/0/Transitions/0/Days",
        [r(Transitions=[move("GLACIER", 30)])],
        [r(Transitions=[move("GLACIER", 29)])],
    ),
    (
        "storage-class-twice",
        "/Rules/0/Transitions/1",
        [bare(Transitions=[move("GLACIER", 30), move("GLACIER", 60)])],
        [bare(Transitions=[move("GLACIER", 30), move("DEEP_ARCHIVE", 60)])],
    ),
    (
        "infrequent-access-under-30-days",
        "/Rules/0/Transitions/0/Days",
        [bare(Transitions=[move("STANDARD_IA", 30), move("GLACIER", 59)])],
        [bare(Transitions=[move("STANDARD_IA", 30), move("GLACIER", 60)])],
    ),
    (
        "impossible-transition",
        "/Rules/0/Transitions/1",
        [bare(Transitions=[move("GLACIER", 30), move("GLACIER_IR", 60)])],
        [bare(Transitions=[move("GLACIER_IR", 30), move("GLACIER", 60)])],
    ),
    (
        "transition-after-expiry",
        "/Rules/1/Transitions/0",
        [r(), bare(ID="s", Transitions=[move("GLACIER", 30)])],
        [r(), bare(ID="s", Transitions=[move("GLACIER", 29)])],
    ),
    (
        "transition-overruled",
        "/Rules/0/Transitions/0",
        [bare(Transitions=[move("GLACIER_IR", 30)], Expiration={"Days": 99}), bare(ID="s", Transitions=[move("GLACIER", 30)])],
        [bare(Transitions=[move("GLACIER_IR", 30)], Expiration={"Days": 99}), bare(ID="s", Transitions=[move("GLACIER", 31)])],
    ),
    (
        "repeated-transition",
        "/Rules/0/Transitions/0",
        [bare(Transitions=[move("GLACIER", 60)], Expiration={"Days": 999}), bare(ID="s", Transitions=[move("GLACIER", 30)])],
        [bare(Transitions=[move("GLACIER", 60)], Expiration={"Days": 999}), bare(ID="s", Transitions=[move("GLACIER_IR", 30)])],
    ),
    (
        "expiration-overruled",
        "/Rules/1/Expiration",
        [r(), r(ID="s", Filter={"Prefix": "a"}, Expiration={"Days": 31})],
        [r(), r(ID="s", Filter={"Prefix": "a"}, Expiration={"Days": 29})],
    ),
    ("shadowed-rule", "/Rules/1", [r(), r(ID="s", Filter={"Prefix": "a"})], [r(), r(ID="s", Filter={"Prefix": "a"}, **ABORT)]),
    (
        "overlapping-rules",
        "/Rules/0/Expiration",
        [r(Filter={"Tag": TAG}, Expiration={"Days": 99}), r(ID="s", Filter={"Prefix": "a"})],
        [r(Filter={"Tag": TAG}, Expiration={"Days": 99}), r(ID="s", Filter={"Tag": {**TAG, "Value": "c"}})],
    ),
    (
        "early-deletion-fee",
        "/Rules/0/Transitions/0",
        [r(Transitions=[move("GLACIER", 30)], Expiration={"Days": 119})],
        [r(Transitions=[move("GLACIER", 30)], Expiration={"Days": 120})],
    ),
    (
        "small-objects-moved",
        "/Rules/0/Transitions/0",
        [bare(Filter={"ObjectSizeGreaterThan": 100_000}, Transitions=[move("GLACIER_IR", 30)])],
        [bare(Filter={"ObjectSizeGreaterThan": 131_071}, Transitions=[move("GLACIER_IR", 30)])],
    ),
    (
        "small-objects-not-tiered",
        "/Rules/0/Transitions/0",
        [bare(Filter={"ObjectSizeGreaterThan": 100_000}, Transitions=[move("INTELLIGENT_TIERING", 30)])],
        [bare(Filter={"ObjectSizeGreaterThan": 131_071}, Transitions=[move("INTELLIGENT_TIERING", 30)])],
    ),
    (
        "date-in-the-past",
        "/Rules/0/Expiration/Date",
        [r(Expiration={"Date": "2026-11-27"})],
        [r(Expiration={"Date": "2026-11-28"})],
    ),
    (
        "filter-never-matches",
        "/Rules/0/Filter/And/ObjectSizeLessThan",
        [r(Filter={"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 10}})],
        [r(Filter={"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 11}})],
    ),
    (
        "filter-never-matches",
        "/Rules/0/Filter/And/Tags",
        [r(Filter={"And": {"Tags": [{"Key": str(n), "Value": ""} for n in range(11)]}})],
        [r(Filter={"And": {"Tags": [{"Key": str(n), "Value": ""} for n in range(10)]}})],
    ),
    ("prefix-unlikely", "/Rules/0/Filter/Prefix", [r(Filter={"Prefix": "a/*"})], [r(Filter={"Prefix": "a/"})]),
    (
        "deprecated-prefix",
        "/Rules/0/Prefix",
        [{"ID": "r", "Status": "Enabled", "Prefix": "a", "Expiration": {"Days": 1}}],
        [r(Filter={"Prefix": "a"})],
    ),
    ("only-disabled-rules", "/Rules", [r(Status="Disabled")], [r(Status="Disabled"), r(ID="s")]),
    ("no-multipart-abort", "/Rules", [r()], [r(**ABORT)]),
    ("no-multipart-abort", "/Rules", [r(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 8})], [r(**ABORT)]),
    ("no-multipart-abort", "/Rules", [r(Filter={"Prefix": "a"}, **ABORT)], [r(Filter={"Prefix": ""}, **ABORT)]),
]
WITH: list[tuple[str, str, dict[str, Any], dict[str, Any], Any, Any]] = [
    (
        # Beside a transition of the current version to the same class, left by the same rule.
        "early-deletion-fee",
        "/Rules/0/NoncurrentVersionTransitions/0",
        ON,
        {},
        [
            r(
                Transitions=[move("GLACIER", 60)],
                Expiration={"Days": 100},
                NoncurrentVersionTransitions=[old("GLACIER", 30)],
                NoncurrentVersionExpiration={"NoncurrentDays": 40},
            )
        ],
        [
            r(
                Transitions=[move("GLACIER", 60)],
                Expiration={"Days": 100},
                NoncurrentVersionTransitions=[old("GLACIER", 30)],
                NoncurrentVersionExpiration={"NoncurrentDays": 120},
            )
        ],
    ),
    (
        # The newest three versions stay; those before them go after 89 days.
        "early-deletion-fee",
        "/Rules/0/NoncurrentVersionTransitions/0",
        ON,
        {},
        [
            bare(
                NoncurrentVersionTransitions=[old("GLACIER_IR", 30)],
                NoncurrentVersionExpiration={"NoncurrentDays": 119, "NewerNoncurrentVersions": 3},
            )
        ],
        [
            bare(
                NoncurrentVersionTransitions=[old("GLACIER_IR", 30)],
                NoncurrentVersionExpiration={"NoncurrentDays": 120, "NewerNoncurrentVersions": 3},
            )
        ],
    ),
    (
        "noncurrent-ladder",
        "/Rules/0/NoncurrentVersionTransitions/0",
        ON,
        {},
        [bare(NoncurrentVersionTransitions=[old("GLACIER", 30)], NoncurrentVersionExpiration={"NoncurrentDays": 30})],
        [bare(NoncurrentVersionTransitions=[old("GLACIER", 30)], NoncurrentVersionExpiration={"NoncurrentDays": 120})],
    ),
    ("noncurrent-versions-kept", "/Rules", ON, {}, [r()], [r(NoncurrentVersionExpiration={"NoncurrentDays": 3})]),
    (
        "noncurrent-without-versioning",
        "/Rules/0/NoncurrentVersionExpiration",
        {"versioning": "Off"},
        {},
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 3})],
        [r()],
    ),
    (
        "delete-markers-pile-up",
        "/Rules/0/NoncurrentVersionExpiration",
        ON,
        {},
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 3})],
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 3}, Expiration={"ExpiredObjectDeleteMarker": True})],
    ),
    (
        "delete-markers-pile-up",
        "/Rules/0/Expiration",
        ON,
        {},
        [r(Filter={"Tag": TAG}, NoncurrentVersionExpiration={"NoncurrentDays": 3})],
        [r(NoncurrentVersionExpiration={"NoncurrentDays": 3})],
    ),
    (
        "expiry-blocked-by-object-lock",
        "/Rules/0/NoncurrentVersionExpiration",
        {**ON, "lock_days": 31},
        {},
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 30})],
        [bare(NoncurrentVersionExpiration={"NoncurrentDays": 31})],
    ),
    (
        "small-objects-stay",
        "/Rules/0/Transitions/0",
        {"average_size": 9000},
        {},
        [bare(Transitions=[move("GLACIER", 30)])],
        [r()],
    ),
    (
        "small-objects-not-excluded",
        "/Rules/0/Transitions/0",
        {},
        {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        [bare(Transitions=[move("GLACIER", 30)])],
        [bare(Transitions=[move("GLACIER_IR", 30)])],
    ),
    (
        "invalid-default-minimum-size",
        "/TransitionDefaultMinimumObjectSize",
        {},
        {"TransitionDefaultMinimumObjectSize": "none"},
        [r()],
        None,
    ),
    (
        "prefix-unlikely",
        "/Rules/0/Filter/Prefix",
        {"bucket": "data"},
        {},
        [r(Filter={"Prefix": "data/a"})],
        [r(Filter={"Prefix": "dat/a"})],
    ),
]


@pytest.mark.parametrize(("check", "where", "has", "lacks"), HAS, ids=[f"{one[0]}-{n}" for n, one in enumerate(HAS)])
def test_a_check_finds_what_it_is_about(check: str, where: str, has: Any, lacks: Any) -> None:
    assert (check, where) in found(has)
    assert check not in {name for name, _ in found(lacks)}


@pytest.mark.parametrize(
    ("check", "where", "facts", "top", "has", "lacks"), WITH, ids=[f"{one[0]}-{n}" for n, one in enumerate(WITH)]
)
def test_a_check_that_asks_about_the_bucket(
    check: str, where: str, facts: dict[str, Any], top: dict[str, Any], has: Any, lacks: Any
) -> None:
    assert (check, where) in found(has, facts, **top)
    if lacks is not None:
        assert check not in {name for name, _ in found(lacks, facts, **top)}


def test_every_check_is_tried() -> None:
    # Values are open in templates and plans only: test_read has one of each.
    assert {one[0] for one in HAS} | {one[0] for one in WITH} | {"value-known-later"} == set(all_checks())


def test_checks_are_described() -> None:
    for check in all_checks().values():
        assert check.id == check.id.lower()
        assert check.title
        assert check.why.endswith(".")
        assert check.source
        assert (check.refused is Refused.YES) <= (check.level is Level.ERROR)
