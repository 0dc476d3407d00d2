"""What the scheduled function is asked to do: the event over the environment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.request import RESERVE, Request, request

BUCKET = {"AWSAUDIT_BUCKET": "reports"}


def asked(event: object = None, **environment: str) -> Request:
    return request(event, BUCKET | {f"AWSAUDIT_{name}": value for name, value in environment.items()}, "request-1")


def test_a_bucket_is_all_that_must_be_said() -> None:
    assert asked() == Request(
        bucket="reports",
        prefix="",
        owner="",
        key="",
        regions=(),
        rules=(),
        services=(),
        frameworks=(),
        formats=("html", "json"),
        language="en",
        config=None,
        topic="",
        bus="",
        reserve=RESERVE,
        scan_id="request-1",
        time=None,
    )


def test_everything_can_be_said_in_the_environment() -> None:
    found = asked(
        PREFIX="/audit/nightly/",
        REGIONS=" us-east-1, eu-west-1 ,,",
        RULES="s3-*",
        SERVICES="s3,iam",
        FRAMEWORKS="cis-aws-7.0",
        FORMATS="csv",
        LANGUAGE="ko",
        CONFIG="s3://settings/a/awsaudit.toml",
        BUCKET_OWNER="123456789012",
        KMS_KEY="arn:aws:kms:us-east-1:123456789012:key/1",
        TOPIC_ARN="arn:aws:sns:us-east-1:123456789012:awsaudit",
        EVENT_BUS="default",
        RESERVE=" 90 ",
    )
    assert found == Request(
        bucket="reports",
        prefix="audit/nightly/",
        owner="123456789012",
        key="arn:aws:kms:us-east-1:123456789012:key/1",
        regions=("us-east-1", "eu-west-1"),
        rules=("s3-*",),
        services=("s3", "iam"),
        frameworks=("cis-aws-7.0",),
        formats=("csv", "json"),
        language="ko",
        config=("settings", "a/awsaudit.toml"),
        topic="arn:aws:sns:us-east-1:123456789012:awsaudit",
        bus="default",
        reserve=90,
        scan_id="request-1",
        time=None,
    )


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        ({"bucket": "other-reports"}, "bucket", "other-reports"),
        ({"prefix": ""}, "prefix", ""),
        ({"prefix": "x"}, "prefix", "x/"),
        ({"regions": "eu-west-1, eu-west-2"}, "regions", ("eu-west-1", "eu-west-2")),
        ({"regions": ["eu-west-1"]}, "regions", ("eu-west-1",)),
        ({"regions": []}, "regions", ()),
        ({"regions": None}, "regions", ("us-east-1",)),
        ({"rules": ["iam-*"]}, "rules", ("iam-*",)),
        ({"services": "ec2"}, "services", ("ec2",)),
        ({"frameworks": ["fsbp"]}, "frameworks", ("fsbp",)),
        ({"formats": ["html", "json"]}, "formats", ("html", "json", "json")),
        ({"formats": []}, "formats", ("html", "json")),
        ({"language": "en"}, "language", "en"),
        ({"config": ""}, "config", None),
        ({"config": "s3://b/k"}, "config", ("b", "k")),
        ({"scan_id": "night-1"}, "scan_id", "night-1"),
        ({"time": "2026-11-24T03:00:00Z"}, "time", datetime(2026, 11, 24, 3, tzinfo=UTC)),
    ],
    ids=str,
)
def test_the_event_goes_before_the_environment(event: object, field: str, value: object) -> None:
    found = asked(
        event, PREFIX="p", REGIONS="us-east-1", RULES="s3-*", SERVICES="s3", FORMATS="csv", LANGUAGE="ko", CONFIG="s3://x/y"
    )
    if event == {"formats": []}:
        assert found.formats == ("html", "json")
    else:
        assert getattr(found, field) == value


@pytest.mark.parametrize("nothing", [None, {}, "", [], 0])
def test_an_event_that_says_nothing_is_as_none(nothing: object) -> None:
    assert asked(nothing) == asked()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (7, "expected `object`, got `int`; it may hold bucket, prefix"),
        ("us-east-1", "expected `object`, got `str`"),
        ({"Regions": ["us-east-1"]}, "unknown field `Regions`"),
        ({"regions": {}}, "in `regions`"),
        ({"regions": [1]}, "in `regions[0]`"),
        ({"time": "tonight"}, "in `time`"),
        ({"bucket": 1}, "in `bucket`"),
        ({"topic": "arn:aws:sns:us-east-1:123456789012:mine"}, "unknown field `topic`"),
        ({"reserve": 1}, "unknown field `reserve`"),
    ],
    ids=str,
)
def test_an_event_that_cannot_be_one_is_a_usage_error(event: object, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        asked(event)
    assert words in str(raised.value)
    assert "Struct" not in str(raised.value)


@pytest.mark.parametrize("bucket", ["", "a", "Upper", "under_score", "with space", "a/b", "-x-", "a" * 64, "한글-버킷", "x\n"])
def test_what_is_no_bucket_is_refused(bucket: str) -> None:
    with pytest.raises(UsageError, match="is not a bucket for the results"):
        request({"bucket": bucket}, {}, "request-1")


@pytest.mark.parametrize("scan_id", [".", "..", "a/b", "../x", "a b", "a" * 129, "x\n", "<aws.scheduler.execution-id>"])
def test_a_scan_id_cannot_leave_its_folder(scan_id: str) -> None:
    with pytest.raises(UsageError, match="is not a scan id"):
        asked({"scan_id": scan_id})


@pytest.mark.parametrize("uri", ["awsaudit.toml", "s3://", "s3://bucket", "s3://bucket/", "https://bucket/key", "S3://b/k"])
def test_a_configuration_is_an_object(uri: str) -> None:
    with pytest.raises(UsageError, match="does not name a configuration"):
        asked({"config": uri})


@pytest.mark.parametrize("seconds", ["0", "-1", "1.5", "a minute", "²", "٣"])
def test_a_reserve_is_a_number_of_seconds(seconds: str) -> None:
    with pytest.raises(UsageError, match="AWSAUDIT_RESERVE is"):
        asked(RESERVE=seconds)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("regions", "time", "bucket", "x")), inner),
    max_leaves=6,
)


@given(json)
def test_any_event_is_a_request_or_a_usage_error(event: Any) -> None:
    try:
        found = asked(event)
    except UsageError:
        return
    assert all(name and name == name.strip() for name in (*found.regions, *found.formats))
