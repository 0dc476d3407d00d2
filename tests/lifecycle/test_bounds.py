"""Hostile configurations: they are judged in little time, whatever stands in them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from auditor.lifecycle.config import Config, Facts, written
from auditor.lifecycle.lint import Valid, judge
from auditor.lifecycle.read import read
from auditor.lifecycle.report import Report, configuration
from auditor.render.lifecycle_text import lines_of, text

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


def config(*rules: dict[str, Any], **facts: Any) -> Config:
    listed: list[dict[str, Any]] = [
        {"ID": f"r{number}", "Status": "Enabled", "Filter": {}, **rule} for number, rule in enumerate(rules)
    ]
    (source,) = read(json.dumps({"Rules": listed}), "a.json")
    return written(source, Facts(today=TODAY, **facts))


def limited(made: Config, budget: int) -> Config:
    return Config(made.rules, made.minimum, made.facts, raw=made.raw, budget=budget)


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


def test_text_between_many_elements_is_put_together_once() -> None:
    text = "a" * 900_000 + "<b/>a" * 20_000
    begun = time.process_time()
    read(f"<LifecycleConfiguration><Rule><ID>{text}</ID></Rule></LifecycleConfiguration>", "a.xml")
    assert time.process_time() - begun < 1


def test_many_rules_that_get_in_each_others_way_do_not_take_hours() -> None:
    """Each of them moves objects that others of nearly the same filter have moved: every object that is tried is looked at by all."""
    made = config(
        *(
            {
                "Filter": {"And": {"Prefix": "a" * (number % 50), "ObjectSizeGreaterThan": number * 1000}},
                "Transitions": [
                    {"Days": 30 + number % 7, "StorageClass": "STANDARD_IA"},
                    {"Days": 90 + number, "StorageClass": "GLACIER"},
                ],
                "NoncurrentVersionExpiration": {"NoncurrentDays": 1 + number, "NewerNoncurrentVersions": 1 + number % 100},
            }
            for number in range(1000)
        )
    )
    some = limited(made, 500_000)
    begun = time.process_time()
    judged = judge(some)
    assert time.process_time() - begun < 10
    assert some.exhausted
    assert judged.effective, "what was not tried is not said to do nothing"


def test_what_was_not_tried_is_not_said_to_come_to_nothing() -> None:
    rules = [{"Filter": {"Prefix": f"a{number}"}, "Expiration": {"Days": 30}} for number in range(5)]
    twins = config(*rules, *rules)
    judged = judge(limited(twins, -1))
    assert judged.effective
    assert "no-multipart-abort" in [one.check.id for one in judged.found]
    assert len(judged.found) == 1, [one.check.id for one in judged.found]
    assert len(judge(config(*rules, *rules)).found) > 1


def test_a_report_does_not_grow_with_the_square_of_the_rules() -> None:
    made = config(*({"Expiration": {"Days": 30}} for _ in range(60)))
    (source,) = read(json.dumps({"Rules": []}), "a.json")
    report = configuration("a.json", "", source.places, made, judge(made))
    (event,) = report.timeline[0].events
    assert event.rules == tuple(f"r{number}" for number in range(20))
    assert event.more == 40
    proved = [one.witness for one in report.findings if one.witness is not None]
    assert len(proved) > 40
    assert max(len(event.rules) for one in proved for event in one.events) == 20
    table = lines_of(report.timeline[0])
    assert "r19, 40 more" in "\n".join(table)


def test_a_file_of_many_configurations_is_not_taken_apart_for_each() -> None:
    made = config({"Expiration": {"Days": 30}})
    (source,) = read(json.dumps({"Rules": []}), "a.json")
    report = configuration("a.json", "", source.places, made, judge(made))
    begun = time.process_time()
    for _ in text(Report(files=(report,) * 600), {"a.json": "{\n" * 400_000}):
        pass
    assert time.process_time() - begun < 1.5


def test_the_day_is_that_of_the_zone_in_which_the_moment_is_told() -> None:
    at = datetime(2026, 11, 27, 20, tzinfo=UTC)
    seoul = timezone(timedelta(hours=9))
    assert Config((), None, Facts(today=at)).born == datetime(2026, 11, 27, tzinfo=UTC)
    assert Config((), None, Facts(today=at.astimezone(seoul))).born == datetime(2026, 11, 28, tzinfo=seoul)
