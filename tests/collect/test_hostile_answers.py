"""Answers that no honest AWS gives: what is missing or odd in them must become unknown, never an empty or a safe account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.collect.account import public_access_block
from auditor.collect.door import Answer, Door, Listing
from auditor.collect.ec2_instances import public_ips
from auditor.collect.root import event
from auditor.collect.s3 import lifecycle
from auditor.collect.sagemaker_studio import idle_of_domain
from auditor.collect.session import Connection, Target, connect
from auditor.collect.shapes import flag, flag_or_false, region_name, switched_on, text_or_none, texts
from auditor.errors import ConnectError
from auditor.model import calls
from auditor.model.account import PublicAccessBlock
from auditor.model.calls import Call
from auditor.model.compute import Instance
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.iam import Group, User
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket, Lifecycle
from auditor.model.sagemaker import App
from tests.collect.helpers import Hurried, scan, session
from tests.emulator import Emulator

HERE = "us-east-1"
XML, JSON = "text/xml", "application/x-amz-json-1.1"
OK = "200 OK"


def door(emulator: Emulator) -> Door:
    connection: Connection = connect(Target(endpoint_url=emulator.url), session=session())
    return Door(connection, lambda _: None, Hurried())


def reasons(listing: Listing) -> list[Reason]:
    return [gap.reason for gap in listing.missing]


def reason(fact: Fact[Any]) -> Reason | None:
    return fact.reason if isinstance(fact, Unknown) else None


@pytest.mark.parametrize(
    "body", ["", "<R/>", "<html><body>Sign in</body></html>", "<!-- hi --><HTML>", "{}", "<?xml version='1.0'?><a/>"]
)
@pytest.mark.parametrize(
    ("call", "key"),
    [
        (calls.LIST_BUCKETS, "Buckets"),
        (calls.DESCRIBE_INSTANCES, "Reservations"),
        (calls.LIST_SAML_PROVIDERS, "SAMLProviderList"),
        (calls.LIST_APPS, "Apps"),
        (calls.LIST_METRICS, "Metrics"),
        (calls.LOOKUP_EVENTS, "Events"),
    ],
    ids=lambda value: value.name if isinstance(value, Call) else str(value),
)
def test_an_answer_without_its_list_is_not_an_empty_list(emulator: Emulator, call: Call, key: str, body: str) -> None:
    emulator.doorman.answers[call.name] = (OK, body.encode(), JSON if call.service in ("sagemaker", "cloudtrail") else XML)
    assert reasons(door(emulator).pages(call, HERE, key, {})) == [Reason.ERROR]


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (calls.LIST_BUCKETS, "Buckets"),
        (calls.DESCRIBE_HOSTS, "Hosts"),
        (calls.LIST_SAML_PROVIDERS, "SAMLProviderList"),
        (calls.LIST_DOMAINS, "Domains"),
        (calls.LIST_METRICS, "Metrics"),
    ],
    ids=lambda value: value.name if isinstance(value, Call) else str(value),
)
def test_an_honest_empty_answer_is_an_empty_list(emulator: Emulator, call: Call, key: str) -> None:
    listing = door(emulator).pages(call, HERE, key, {"Namespace": "none"} if call is calls.LIST_METRICS else {})
    assert (listing.entries, listing.missing) == ((), ())


def test_a_bucket_without_intelligent_tiering_has_no_list_of_it(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    (bucket,) = scan(emulator, Bucket, with_metrics=False).section(Bucket, GLOBAL).items
    assert bucket.intelligent_tiering == Known(())


def test_settings_of_a_foreign_answer_are_unknown(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    settings = {
        "GetBucketVersioning": "versioning",
        "GetBucketLogging": "logging",
        "GetBucketNotificationConfiguration": "notifications",
        "ListBucketIntelligentTieringConfigurations": "intelligent_tiering",
        "GetPublicAccessBlock": "public_access_block",
        "GetBucketLifecycleConfiguration": "lifecycle",
        "GetObjectLockConfiguration": "object_lock",
        "GetBucketReplication": "replication",
        "GetBucketTagging": "tags",
        "GetBucketWebsite": "website",
        "GetBucketCors": "cors",
        "GetBucketEncryption": "encryption",
    }
    for operation in settings:
        emulator.doorman.answers[f"s3.{operation}"] = (OK, b"<R/>", XML)
    (bucket,) = scan(emulator, Bucket, with_metrics=False, clock=Hurried()).section(Bucket, GLOBAL).items
    for field in settings.values():
        assert reason(getattr(bucket, field)) in (Reason.ERROR, Reason.NO_DATA), field


def details(inside: str) -> bytes:
    name = "GetAccountAuthorizationDetails"
    return f"<{name}Response><{name}Result>{inside}</{name}Result></{name}Response>".encode()


def test_authorization_details_without_the_lists_asked_for(emulator: Emulator) -> None:
    place = "iam.GetAccountAuthorizationDetails"
    emulator.doorman.answers[place] = (OK, details("<IsTruncated>false</IsTruncated>"), XML)
    assert [gap.reason for gap in scan(emulator, Group).section(Group, GLOBAL).missing] == [Reason.ERROR]
    emulator.doorman.answers[place] = (OK, details("<UserDetailList/><IsTruncated>false</IsTruncated>"), XML)
    both = scan(emulator, Group, User)
    assert both.section(User, GLOBAL).complete
    assert not both.section(Group, GLOBAL).complete
    emulator.doorman.answers[place] = (OK, details("<GroupDetailList/><IsTruncated>true</IsTruncated>"), XML)
    assert not scan(emulator, Group).section(Group, GLOBAL).complete


class Turning:
    """A client that gives each request the next answer."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def client(self, service: str, region: str) -> Any:
        return self

    def offers(self, service: str, region: str) -> bool:
        return True

    def list_apps(self, **_: Any) -> Any:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.mark.parametrize("more", [{"IsTruncated": True}, {"HasMoreResults": True}, {"NextToken": 7}, {"NextToken": ["x"]}])
def test_more_pages_without_a_usable_token(more: dict[str, Any]) -> None:
    listing = Door(Turning({"Apps": [{}], **more}), lambda _: None, Hurried()).pages(calls.LIST_APPS, HERE, "Apps", {})
    assert (len(listing.entries), reasons(listing)) == (1, [Reason.ERROR])


def test_empty_pages_are_given_up() -> None:
    pages: list[dict[str, Any]] = [{"Apps": [], "NextToken": str(number)} for number in range(500)]
    listing = Door(Turning(*pages), lambda _: None, Hurried()).pages(calls.LIST_APPS, HERE, "Apps", {})
    assert (len(listing.pages), reasons(listing)) == (100, [Reason.ERROR])


def test_a_region_that_makes_no_host_name_is_an_error() -> None:
    connection = connect_nowhere()
    assert reason(Door(connection, lambda _: None, Hurried()).read(calls.LIST_APPS, "no/region", {}).fact) is Reason.ERROR


def connect_nowhere() -> Connection:
    identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ci"}
    return Connection(session(), Target(), identity)


def test_one_gone_answer_does_not_take_a_bucket_away(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    error = b"<Error><Code>NoSuchBucket</Code><Message>x</Message></Error>"
    emulator.doorman.answers["s3.GetBucketLogging"] = ("404 Not Found", error, XML)
    (bucket,) = scan(emulator, Bucket, with_metrics=False).section(Bucket, GLOBAL).items
    assert isinstance(bucket.acl, Known)
    assert reason(bucket.logging) is Reason.GONE


def test_only_an_item_can_be_gone(emulator: Emulator) -> None:
    body = b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>x</Message></Error></ErrorResponse>"
    emulator.doorman.answers["iam.GetAccountSummary"] = ("404 Not Found", body, XML)
    assert reason(door(emulator).read(calls.GET_ACCOUNT_SUMMARY, GLOBAL, {}).fact) is Reason.ERROR


def test_credentials_that_are_not_accepted(emulator: Emulator) -> None:
    refused = ("400 Bad Request", json.dumps({"__type": "UnrecognizedClientException", "message": "x"}).encode(), JSON)
    call = calls.LIST_DOMAINS

    def asked(*before: str, enabled: tuple[str, ...] = ()) -> tuple[Reason | None, bool]:
        one = door(emulator)
        one.enabled(enabled)
        emulator.doorman.answers.clear()
        for name in before:
            assert reason(one.read(calls.by_name(name), HERE, {}).fact) is None
        emulator.doorman.answers[call.name] = refused
        return reason(one.read(call, HERE, {}).fact), one.stopped.is_set()

    assert asked() == (Reason.REGION_OFF, False)
    assert asked(enabled=(HERE,)) == (Reason.DENIED, False)
    assert asked("ec2.DescribeVolumes") == (Reason.DENIED, False)
    assert asked("sagemaker.ListDomains") == (Reason.NOT_COLLECTED, True)


@pytest.mark.parametrize("identity", [{}, {"Account": "1", "Arn": "x"}, {"Account": "123456789012", "Arn": "odd"}])
def test_an_odd_identity_is_one_line(identity: dict[str, str]) -> None:
    class Odd:
        region_name = HERE

        def client(self, *_: Any, **__: Any) -> Any:
            return self

        def get_caller_identity(self) -> Any:
            return identity

    with pytest.raises(ConnectError, match="who we are"):
        connect(Target(), session=Odd())


def test_a_bucket_in_an_odd_region_stays_without_settings(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="plain-bucket")
    emulator.doorman.answers["s3.GetBucketLocation"] = (OK, b"<LocationConstraint>evil.example/</LocationConstraint>", XML)
    (bucket,) = scan(emulator, Bucket, with_metrics=False).section(Bucket, GLOBAL).items
    assert bucket.region == GLOBAL
    assert bucket.acl == Unknown(Reason.ERROR, "s3.GetBucketLocation", "s3:GetBucketLocation")


@pytest.mark.parametrize("name", ["us-east-1", "us-gov-west-1", "ap-southeast-7", "eusc-de-east-1", "us-iso-east-1"])
def test_region_names(name: str) -> None:
    assert region_name(name) == name


@pytest.mark.parametrize("name", ["", "us-east-1\n", "\x1b[31mus-east-1", "x/us-east-1", "US-EAST-1", None, 7])
def test_odd_region_names(name: object) -> None:
    with pytest.raises(ValueError, match="region"):
        region_name(name)


def test_values_of_the_wrong_type() -> None:
    answer = Answer(calls.LIST_APPS, Known({"a": ["x"], "b": "true", "c": float("inf")}))
    assert reason(answer.take(lambda r: text_or_none(r, "a"))) is Reason.ERROR
    assert reason(answer.take(lambda r: texts({"a": [1]}, "a") if r else ())) is Reason.ERROR
    assert reason(answer.take(lambda r: flag(r, "b"))) is Reason.ERROR
    assert reason(answer.take(lambda r: flag_or_false(r, "b"))) is Reason.ERROR
    assert reason(answer.take(lambda r: switched_on(r, "b"))) is Reason.ERROR
    assert reason(answer.take(lambda r: int(r["c"]))) is Reason.ERROR, "OverflowError"
    assert reason(answer.take(lambda r: flag(r, "d"))) is Reason.NO_DATA
    assert answer.take(lambda r: flag_or_false(r, "d")) == Known(False)


def test_what_aws_always_gives_is_not_assumed() -> None:
    with pytest.raises(KeyError):
        public_ips({"SecurityGroups": []})
    with pytest.raises(KeyError):
        event({"CloudTrailEvent": json.dumps({"userIdentity": {}})})
    with pytest.raises(KeyError):
        lifecycle({"ResponseMetadata": {}})
    with pytest.raises(KeyError):
        public_access_block({"PublicAccessBlockConfiguration": {}})
    with pytest.raises(ValueError, match="neither"):
        idle_of_domain({"JupyterLabAppSettings": {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "MAYBE"}}}})
    assert lifecycle({}) == Lifecycle(())
    assert public_access_block({}) == PublicAccessBlock()


def test_an_odd_number_does_not_end_the_scan(emulator: Emulator) -> None:
    emulator.doorman.answers["sagemaker.ListApps"] = (OK, b'{"Apps": [{"AppName": "a", "CreationTime": 1e308}]}', JSON)
    section = scan(emulator, App, now=datetime(2026, 11, 22, tzinfo=UTC), clock=Hurried()).section(App, HERE)
    assert [gap.reason for gap in section.missing] == [Reason.ERROR]


def test_a_reservation_that_hides_its_instances_makes_the_list_incomplete(emulator: Emulator) -> None:
    body = (
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>'
        "<reservationSet><item><reservationId>r-1</reservationId></item></reservationSet></DescribeInstancesResponse>"
    )
    emulator.doorman.answers["ec2.DescribeInstances"] = (OK, body.encode(), XML)
    section = scan(emulator, Instance).section(Instance, HERE)
    assert section.items == ()
    assert [gap.reason for gap in section.missing] == [Reason.ERROR]
