"""A rule that is told to be plain has nothing that the detailed checks find."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from auditor.lifecycle import config as config_module
from auditor.lifecycle import plain as fast
from auditor.lifecycle.checks import refused_actions, refused_rules
from auditor.lifecycle.config import Facts, written
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.emit import as_api
from auditor.lifecycle.plain import plain
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


def found(rule: Any) -> list[str]:
    """What the checks say of a rule that they look at in detail."""
    import msgspec

    text = msgspec.json.encode({"Rules": [rule]}).decode()
    (source,) = read(text, "a.json")
    config = written(source, Facts(today=generated.START, versioning="Enabled"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config_module, "plain", lambda _: False)
        effects = Effects(config)
        return [one.check.id for module in (refused_actions, refused_rules) for one in module.check(config, effects)]


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


def test_of_a_plain_rule_nothing_is_refused() -> None:
    assert plain(GOOD)
    assert found(GOOD) == []
    told = [rule for rule in mutants(GOOD) if plain(rule)]
    assert len(told) > 20
    for rule in told:
        assert found(rule) == [], rule


def test_nor_of_generated_ones() -> None:
    some = 0
    for number in range(150):
        for make in (ordinary, generated.lifecycle):
            rules: Any = as_api(make(random.Random(number)))["Rules"]
            for rule in rules:
                if plain(rule):
                    some += 1
                    assert found(rule) == [], rule
    assert some > 100


@pytest.mark.parametrize("rule", [None, 7, "x", [], {}, {"Status": "Enabled"}, {**GOOD, "ID": "x" * (fast.ID_LENGTH + 1)}])
def test_what_is_no_such_rule_is_not_plain(rule: Any) -> None:
    assert not plain(rule)
