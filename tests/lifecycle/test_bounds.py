"""Hostile configurations: they are judged in little time, whatever stands in them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.lifecycle.config import Config, Facts, written
from auditor.lifecycle.lint import Valid, judge
from auditor.lifecycle.read import read

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


def config(*rules: dict[str, Any], **facts: Any) -> Config:
    listed = [{"ID": f"r{number}", "Status": "Enabled", "Filter": {}, **rule} for number, rule in enumerate(rules)]
    (source,) = read(json.dumps({"Rules": listed}), "a.json")
    return written(source, Facts(today=TODAY, **facts))


@pytest.mark.parametrize("action", ["Expiration", "Transitions"])
def test_a_date_after_the_last_day_of_all_calendars_does_no_harm(action: str) -> None:
    date = {"Date": "9999-12-31T23:59:59Z"}
    made = config(
        {action: date if action == "Expiration" else [{**date, "StorageClass": "GLACIER"}]}, {"Expiration": {"Days": 1}}
    )
    judged = judge(made)
    assert judged.valid is Valid.NO
    assert "invalid-date" in [one.check.id for one in judged.found]


def test_prefixes_within_prefixes_are_not_gone_through_for_each_object() -> None:
    made = config(*({"Filter": {"Prefix": "a" * number}, "Expiration": {"Days": 1}} for number in range(1, 1000)))
    first = made.rules[0].rule.filter
    begun = time.process_time()
    for size in range(20_000):
        made.object(first, size)
    assert time.process_time() - begun < 2
