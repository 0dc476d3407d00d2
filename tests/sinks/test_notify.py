"""What is told of a run: within the limits of SNS and EventBridge whatever the names are, inert, and never half."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine.diff import Kind
from auditor.errors import OutputError
from auditor.sinks import notify
from auditor.sinks.notify import LONGEST, NAMED, detail, publish, put_event, region_of, subject, text
from tests.sinks.made import Recorder, change, news, refused

TOPIC = "arn:aws:sns:us-east-1:123456789012:awsaudit"
LIMIT = 262_144
"""Bytes of a message to SNS, and of an entry to EventBridge."""
HOSTILE = "<script>alert(1)</script>\r\nSubject: x\n- critical  forged\x1b[31m\u202e한글 ](javascript:alert(1))\ud800\x00"


def entry(of: notify.News) -> dict[str, Any]:
    client = Recorder()
    put_event(client, "default", of)
    ((name, asked),) = client.calls
    assert name == "put_events"
    (only,) = asked["Entries"]
    return dict(only)


def size(of: dict[str, Any]) -> int:
    """The bytes of an entry, as EventBridge counts them."""
    return sum(len(str(of[name]).encode()) for name in ("Source", "DetailType", "Detail"))


def test_the_message_names_each_change() -> None:
    told = text(news(change("models"), change("old", Kind.RESOLVED, "arn:aws:s3:::old")))
    assert told == (
        "Account 123456789012 (acme): 7 failing, 2 unknown.\n"
        "\n"
        "1 new failure\n"
        "- high  s3-versioning-off  models  us-east-1  arn:aws:s3:::models\n"
        "\n"
        "1 resolved\n"
        "- high  s3-versioning-off  old  us-east-1  arn:aws:s3:::old\n"
        "\n"
        "Report: s3://reports/reports/123456789012/2026-11-27/night-1/report.html\n"
        "Console: https://console.aws.amazon.com/s3/buckets/reports?prefix=reports/123456789012/2026-11-27/night-1/\n"
    )


def test_what_a_reader_must_know_comes_first() -> None:
    told = text(news(change(), complete=False, baseline=True, unwritten=("html", "csv"), report="report.json", alias=None))
    lines = told.splitlines()
    assert lines[0] == "Account 123456789012: 7 failing, 2 unknown."
    assert lines[1].startswith("INCOMPLETE: ")
    assert lines[2] == "There was no time to write html, csv."
    assert lines[3].startswith("This is the first run")
    assert "/night-1/report.json" in told
    assert "report.html" not in told, "it was not written"


def test_the_event_says_the_same() -> None:
    told = detail(news(change(), change("old", Kind.UNKNOWN), unwritten=("csv",)))
    assert told["counts"] == {"new": 1, "newly-unknown": 1, "no-longer-judged": 0, "waived": 0, "resolved": 0}
    assert told["changes"][0] == {
        "change": "new",
        "rule": "s3-versioning-off",
        "severity": "high",
        "resource": "arn:aws:s3:::models",
        "name": "models",
        "region": "us-east-1",
        "fingerprint": "0" * 32,
    }
    assert (told["more"], told["unwritten"], told["complete"]) == (0, ["csv"], True)
    sent = entry(news(change()))
    assert (sent["Source"], sent["DetailType"], sent["EventBusName"]) == ("awsaudit", "awsaudit findings changed", "default")
    assert json.loads(sent["Detail"]) == detail(news(change()))


def test_no_more_than_so_many_are_named_and_the_others_counted() -> None:
    many = news(*(change(f"bucket-{number:03}") for number in range(NAMED + 25)))
    told = text(many)
    assert sum(line.startswith("- ") for line in told.splitlines()) == NAMED
    assert f"{NAMED + 25} new failures" in told
    assert "and 25 more: see the report" in told
    assert (len(detail(many)["changes"]), detail(many)["more"]) == (NAMED, 25)
    assert "more: see" not in text(news(*(change() for _ in range(NAMED))))


@pytest.mark.parametrize("character", ["x", '"', "\\", "한", "𠜎", "👩", "\u202e", "\x1b", "\ud800"], ids=ascii)
def test_the_longest_names_stay_within_the_limits(character: str) -> None:
    name = character * LONGEST
    long = news(*(change(name, kind, name) for kind in Kind for _ in range(NAMED)), alias=name)
    assert len(text(long).encode()) < LIMIT
    assert size(entry(long)) < LIMIT
    longer = news(*(change(name * 9, Kind.NEW, name * 9) for _ in range(NAMED + 1)), alias=name * 9)
    assert len(text(longer).encode()) < LIMIT
    assert size(entry(longer)) < LIMIT


def test_a_name_is_cut_with_a_mark() -> None:
    assert detail(news(change("n" * LONGEST)))["changes"][0]["name"] == "n" * LONGEST
    assert detail(news(change("n" * (LONGEST + 1))))["changes"][0]["name"] == "n" * (LONGEST - 1) + "…"


@pytest.mark.parametrize("number", [0, 1, 9_999, 10**9])
def test_a_subject_is_short_and_plain(number: int) -> None:
    for told in (
        news(failing=number, baseline=True, alias=HOSTILE),
        news(*(change(HOSTILE, kind) for kind in Kind for _ in range(min(number, 3000))), alias=HOSTILE),
    ):
        line = subject(told)
        assert 0 < len(line) < 100
        assert line.isascii()
        assert line.isprintable()
        assert line.startswith("awsaudit 123456789012: ")


def test_a_subject_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    every = news(*(change(kind=kind) for kind in Kind for _ in range(2000)))
    assert subject(every).endswith("...")
    assert len(subject(every)) == notify.SUBJECT


def test_hostile_text_is_inert() -> None:
    told = text(news(change(HOSTILE, Kind.NEW, f"arn:aws:s3:::{HOSTILE}"), alias=HOSTILE))
    plain = text(news(change()))
    assert len(told.splitlines()) == len(plain.splitlines()), "no line of its own"
    assert all(line.isprintable() for line in told.split("\n"))
    assert "<U+202E>한글" in told
    assert "\\r\\nSubject: x" in told
    sent = json.loads(entry(news(change(HOSTILE)))["Detail"])
    assert sent["changes"][0]["name"].isprintable()


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_name_can_be_told(name: str, resource: str) -> None:
    one = news(change(name, Kind.NEW, resource), alias=name)
    client = Recorder()
    publish(client, TOPIC, one)
    put_event(client, "default", one)
    message = client.calls[0][1]["Message"]
    message.encode()
    assert len(message.split("\n")) == len(text(news(change())).split("\n"))
    json.loads(client.calls[1][1]["Entries"][0]["Detail"])


def test_no_evidence_and_no_words_of_rules_are_told() -> None:
    assert set(detail(news(change()))["changes"][0]) == {
        "change",
        "rule",
        "severity",
        "resource",
        "name",
        "region",
        "fingerprint",
    }


@pytest.mark.parametrize(
    ("partition", "host"),
    [("aws", "console.aws.amazon.com"), ("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")],
)
def test_the_console_is_that_of_the_partition(partition: str, host: str) -> None:
    assert notify.console(news(partition=partition)).startswith(f"https://{host}/s3/buckets/reports?prefix=")


def test_a_folder_cannot_leave_its_link() -> None:
    assert notify.console(news(folder="a b&c=#d/")).endswith("?prefix=a%20b%26c%3D%23d/")


def test_a_topic_has_its_region() -> None:
    assert region_of("arn:aws-cn:sns:cn-north-1:123456789012:audit_1-x") == "cn-north-1"


@pytest.mark.parametrize(
    "topic", ["awsaudit", "arn:aws:sqs:us-east-1:123456789012:x", TOPIC + "\n", TOPIC + ".fifo", "arn:aws:sns::123456789012:x"]
)
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(OutputError, match="check AWSAUDIT_TOPIC_ARN"):
        region_of(topic)


@pytest.mark.parametrize("error", [refused("AuthorizationError"), EndpointConnectionError(endpoint_url="http://nowhere")])
def test_a_refusal_names_whom_it_was_to_be_told(error: Exception) -> None:
    with pytest.raises(OutputError, match=f"topic `{TOPIC}` cannot be told"):
        publish(Recorder(refuse=error), TOPIC, news(change()))
    with pytest.raises(OutputError, match="event bus `default` cannot be told"):
        put_event(Recorder(refuse=error), "default", news(change()))


def test_an_event_that_is_not_taken_is_a_refusal_though_the_request_is_fine() -> None:
    answer = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    with pytest.raises(OutputError, match="did not take the event: InternalFailure"):
        put_event(Recorder(answer=answer), "default", news(change()))


def test_the_bytes_are_the_same_each_time() -> None:
    one = news(*(change(kind=kind) for kind in Kind))
    assert msgspec.json.encode(detail(one)) == msgspec.json.encode(detail(one))
    assert text(one) == text(one)
