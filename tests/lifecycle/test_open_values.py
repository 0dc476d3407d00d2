"""Values that a template leaves open: what is told all the same holds whatever is put in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.lifecycle import worlds
from auditor.lifecycle.classes import TARGETS
from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.emit import as_api
from auditor.lifecycle.lint import Judged, Valid, judge
from auditor.lifecycle.read import read
from auditor.lifecycle.written import Opaque, Written
from auditor.source.shape import Path
from tests.benchmarks.lifecycle import ordinary
from tests.lifecycle import generated

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
FACTS = Facts(today=TODAY, versioning="Enabled")
OFF = Facts(today=TODAY, versioning="Off")
OPEN = Opaque("Parameter")


def judged(rules: Any, facts: Facts = FACTS, **top: Any) -> Judged:
    (source,) = read('{"Rules": []}', "a.json")
    return judge(written(Written(raw={"Rules": rules, **top}, places=source.places, template=True), facts))


def rule(name: str, **more: Any) -> dict[str, Any]:
    return {"ID": name, "Status": "Enabled", "Filter": {}, **more}


def told(found: Judged) -> set[tuple[str, str]]:
    return {(one.check.id, one.rule) for one in found.found if one.check.id != "value-known-later"}


def move(days: Any, name: Any = "GLACIER") -> dict[str, Any]:
    return {"Days": days, "StorageClass": name}


def test_an_open_prefix_hides_neither_what_is_refused_elsewhere_nor_a_fee_of_its_rule() -> None:
    found = judged(
        [
            rule("fee", Filter={"Prefix": OPEN}, Transitions=[move(30)], Expiration={"Days": 60}),
            rule("no", Filter={"Prefix": "b/"}, Expiration={"Days": 0}),
        ]
    )
    assert found.valid is Valid.NO
    assert {("invalid-days", "no")} <= told(found)
    alone = judged([rule("fee", Filter={"Prefix": OPEN}, Transitions=[move(30)], Expiration={"Days": 60})], OFF)
    assert alone.valid is Valid.DEPENDS
    (fee,) = [one for one in alone.found if one.check.id == "early-deletion-fee"]
    assert (
        fee.message
        == "rule `fee`: objects that leave a class before its minimum storage duration, whatever is put in for what is open"
    )
    assert fee.path == ("Rules", 0, "Transitions", 0)
    assert fee.proof is None


def test_a_fee_that_another_rule_may_prevent_is_not_told() -> None:
    fee = rule("fee", Filter={"Prefix": OPEN}, Transitions=[move(30)], Expiration={"Days": 60})
    assert ("early-deletion-fee", "fee") not in told(
        judged([fee, rule("first", Filter={"Prefix": "a/"}, Expiration={"Days": 10})], OFF)
    )
    assert ("early-deletion-fee", "fee") in told(
        judged([fee, rule("late", Filter={"Prefix": "a/"}, Expiration={"Days": 99})], OFF)
    )


def test_open_days_leave_the_other_rules_to_be_judged() -> None:
    early = rule("early", Filter={"Prefix": "a/"}, Transitions=[move(30)], Expiration={"Days": 60})
    found = judged([early, rule("open", Filter={"Prefix": "b/"}, Expiration={"Days": OPEN})], OFF)
    (fee,) = [one for one in found.found if one.check.id == "early-deletion-fee"]
    assert fee.proof is not None
    assert fee.proof.subject.key.startswith("a/")
    everywhere = judged([early, rule("open", Expiration={"Days": OPEN})], OFF)
    assert not {name for name, _ in told(everywhere)} & {"early-deletion-fee", "expiration-overruled", "overlapping-rules"}


def test_what_does_not_depend_on_it_is_told_as_if_nothing_were_open() -> None:
    rules = [rule("r", Transitions=[move(OPEN)]), rule("s", Filter={"Prefix": "/x"}, Expiration={"Days": 400})]
    found = judged(rules)
    assert {("prefix-unlikely", "s"), ("no-multipart-abort", "")} <= told(found)
    (later,) = [one for one in found.found if one.check.id == "value-known-later"]
    assert later.path == ("Rules", 0, "Transitions", 0, "Days")


def test_an_expiration_that_may_be_left_out_is_not_relied_on() -> None:
    kept = ("noncurrent-versions-kept", "")
    rules = [rule("r", NoncurrentVersionExpiration={"NoncurrentDays": OPEN})]
    assert kept not in told(judged(rules))
    assert ("delete-markers-pile-up", "r") in told(judged(rules))
    rules[0]["NoncurrentVersionExpiration"] = {"NoncurrentDays": Opaque("Fn::If")}
    assert ("delete-markers-pile-up", "r") not in told(judged(rules))


def test_what_is_too_open_is_not_gone_through() -> None:
    rules = [rule(f"r{number}", Filter={"Prefix": OPEN}, Expiration={"Days": OPEN}) for number in range(9)]
    assert told(judged(rules)) == set()
    assert told(judged([rule("r", Transitions=OPEN), rule("s", Transitions=[move(1)], Expiration={"Days": 2})])) <= {
        ("actions-out-of-order", "s")
    }


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where a value may be open."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("ID", "Key", "Date"):
                yield from places(inner, (*path, name))
            if name == "Filter":
                yield (*path, name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))
    else:
        yield path


def put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, list):
        return [put(inner, path[1:], new) if number == path[0] else inner for number, inner in enumerate(value)]
    return {name: put(inner, path[1:], new) if name == path[0] else inner for name, inner in value.items()}


def values(pick: random.Random, path: Path, was: Any) -> Any:
    """What may be put in."""
    name = str(path[-1])
    if name == "Filter":
        return pick.choice(({}, {"Prefix": "a/x"}, {"Tag": {"Key": "x", "Value": "1"}}, {"ObjectSizeGreaterThan": 500}, was))
    if name in ("Days", "NoncurrentDays", "DaysAfterInitiation"):
        return pick.choice((1, 5, 30, 90, 365, 4000, pick.randint(1, 12), pick.randint(1, 400), was))
    if name == "Prefix":
        return pick.choice((*filter(None, generated.PREFIXES), "logs/", "logs/2024", "l", "datasets/", "한글/", "z", was))
    some: dict[str, tuple[Any, ...]] = {
        "Status": ("Enabled", "Disabled"),
        "StorageClass": tuple(sorted(TARGETS)),
        "NewerNoncurrentVersions": (1, 2, 3, 50, 100),
        "ExpiredObjectDeleteMarker": (True, False),
        "Value": ("1", "2", "", "other"),
        "ObjectSizeGreaterThan": (*generated.SIZES, 777, 2**40),
        "ObjectSizeLessThan": (*generated.SIZES, 777, 2**40),
        "TransitionDefaultMinimumObjectSize": ("all_storage_classes_128K", "varies_by_storage_class"),
    }
    return pick.choice((*some[name], was))


def prove(pick: random.Random, tries: int) -> int:
    """The number of findings that were told in spite of an open value, and hold."""
    make = pick.choice((ordinary, lambda pick: generated.lifecycle(pick, 3)))
    raw: Any = as_api(make(pick))
    path = pick.choice(list(places(raw)))
    was: Any = raw
    for step in path:
        was = was[step]
    top = {name: value for name, value in put(raw, path, OPEN).items() if name != "Rules"}
    facts = Facts(
        today=generated.START, versioning=pick.choice(("Enabled", "Suspended", "Off", None)), lock_days=pick.choice((None, 40))
    )
    found = told(judged(put(raw, path, OPEN)["Rules"], facts, **top))
    for _ in range(tries):
        concrete = put(raw, path, values(pick, path, was))
        some = judged(concrete["Rules"], facts, **{name: value for name, value in concrete.items() if name != "Rules"})
        assert found <= told(some), (found - told(some), path, concrete)
    return len(found)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_what_is_told_holds_whatever_is_put_in(pick: random.Random) -> None:
    prove(pick, 6)


def test_there_is_something_that_holds() -> None:
    assert sum(prove(random.Random(seed), 2) for seed in range(12)) > 12


@pytest.mark.long
def test_what_is_told_holds_whatever_is_put_in_thousands_of_times() -> None:
    for seed in range(1500):
        prove(random.Random(seed), 25)


def test_hostile_templates_make_no_more_worlds_than_are_looked_at() -> None:
    rules = [rule(f"r{number}", Filter={"Prefix": f"a{number}"}, Expiration={"Days": number}) for number in range(1, 400)]
    rules[0]["Expiration"] = {"Days": OPEN}
    (source,) = read('{"Rules": []}', "a.json")
    config = written(Written(raw={"Rules": rules}, places=source.places, template=True), FACTS)
    assert worlds.worlds(config) == []
