"""A rule of the ordinary form is read as any other is, and the checks that pass it over would have found nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from auditor.lifecycle import decode, plain
from auditor.lifecycle.check import Found
from auditor.lifecycle.checks import refused_actions, refused_rules
from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.emit import as_api
from auditor.lifecycle.read import read
from tests.benchmarks.lifecycle import ordinary
from tests.lifecycle import generated

GOOD: dict[str, Any] = {
    "ID": "정리",
    "Status": "Enabled",
    "Filter": {"Prefix": "a/"},
    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
    "NoncurrentVersionTransitions": [{"NoncurrentDays": 0, "StorageClass": "GLACIER"}],
    "Expiration": {"Days": 365},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    29,
    30,
    365,
    366,
    2**31,
    1.0,
    "30",
    "",
    "x" * 256,
    "STANDARD",
    "GLACIER",
    [],
    [{}],
    {},
)


def found(rules: list[Any], *, slowly: bool = False) -> list[Found]:
    """What the checks of what is written say of rules; ``slowly``: as if none were of the ordinary form."""
    (source,) = read(msgspec.json.encode({"Rules": rules}).decode(), "a.json")
    with pytest.MonkeyPatch.context() as patch:
        if slowly:
            patch.setattr(plain, "read", lambda _: None)
        config = written(source, Facts(today=generated.START, versioning="Enabled"))
    effects = Effects(config)
    return [one for module in (refused_actions, refused_rules) for one in module.check(config, effects)]


def agree(rule: Any) -> bool:
    """The rule is of the ordinary form; then it is the same read value by value, and the same is found of it, twice with one id too."""
    model = plain.read(rule)
    if model is None:
        return False
    assert model == decode.rule(rule, numbers_in_text=False)
    for rules in ([rule], [rule, rule]):
        assert found(rules) == found(rules, slowly=True), rule
    return True


def mutants(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rule with one value changed, left out or added, at every depth."""
    for name, value in rule.items():
        yield {key: inner for key, inner in rule.items() if key != name}
        for other in VALUES:
            yield {**rule, name: other}
        if isinstance(value, dict):
            yield from ({**rule, name: one} for one in mutants(value))
        if isinstance(value, list):
            yield {**rule, name: value * 2}
            yield from ({**rule, name: [one]} for one in mutants(value[0]))
    for name in ("Prefix", "Tag", "And", "Date", "NewerNoncurrentVersions", "ExpiredObjectDeleteMarker", "status"):
        yield {**rule, name: 1}
        yield {**rule, name: ""}


def test_a_rule_of_the_ordinary_form_is_what_it_is_value_by_value() -> None:
    assert agree(GOOD)
    assert found([GOOD]) == []
    assert sum(agree(rule) for rule in mutants(GOOD)) > 40


def test_so_are_generated_ones() -> None:
    some = 0
    for number in range(100):
        for make in (ordinary, generated.lifecycle):
            rules: Any = as_api(make(random.Random(number)))["Rules"]
            some += sum(agree(rule) for rule in rules)
    assert some > 100


@pytest.mark.parametrize(
    "faults",
    [
        {"Transitions": [{"Days": 30, "StorageClass": "STANDARD"}]},
        {"Transitions": [{"Days": 29, "StorageClass": "STANDARD_IA"}]},
        {"Transitions": [{"Days": 365, "StorageClass": "GLACIER"}]},
        {"Transitions": [{"Days": 60, "StorageClass": "GLACIER"}, {"Days": 90, "StorageClass": "GLACIER"}]},
        {"NoncurrentVersionTransitions": [{"NoncurrentDays": 90, "StorageClass": "GLACIER"}]},
    ],
)
def test_what_the_form_does_not_tell_is_found(faults: dict[str, Any]) -> None:
    rule = {**GOOD, **faults}
    assert agree(rule)
    assert found([rule])


@pytest.mark.parametrize("rule", [None, 7, "x", [], {}, {"Status": "Enabled"}, {**GOOD, "ID": "x" * (plain.ID_LENGTH + 1)}])
def test_what_is_no_such_rule_is_not_of_the_form(rule: Any) -> None:
    assert plain.read(rule) is None
