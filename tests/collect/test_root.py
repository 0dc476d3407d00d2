"""The root user over real HTTP. moto has neither its row of the credential report nor CloudTrail's event history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect.door import Answer
from auditor.collect.root import event
from auditor.collect.wanted import Wanted, everything
from auditor.model import calls
from auditor.model.account import Root, RootEvent, RootKey
from auditor.model.fact import Known, Reason, Unknown, need
from tests.collect.helpers import scan
from tests.collect.test_credential_report import GENERATE, KIM_ROW, NO_ROW, ROOT_ROW, answered, csv_text, generated
from tests.emulator import Emulator

LOOKUP = "cloudtrail.LookupEvents"
RECENT = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)


def root_of(emulator: Emulator, *fields: str, regions: tuple[str, ...] = ("us-east-1",)) -> Root:
    wanted = Wanted(frozenset((Root,)), frozenset(ref for ref in everything().fields if ref.kind is Root and ref.field in fields))
    return scan(emulator, wanted=wanted, regions=regions).root


def summary(emulator: Emulator, mfa: int, keys: int) -> None:
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>"
        for key, value in {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys}.items()
    )
    body = f"""<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult>
    <SummaryMap>{entries}</SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>"""
    emulator.doorman.answers["iam.GetAccountSummary"] = ("200 OK", body.encode(), "text/xml")


def devices(emulator: Emulator, *owners: tuple[str, str], marker: str = "") -> None:
    members = "".join(
        f"<member><SerialNumber>{serial}</SerialNumber><EnableDate>2024-05-01T08:00:00Z</EnableDate><User><Arn>{arn}</Arn></User></member>"
        for serial, arn in owners
    )
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else ""
    body = f"""<ListVirtualMFADevicesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListVirtualMFADevicesResult>
    <VirtualMFADevices>{members}</VirtualMFADevices>{more}</ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"""
    emulator.doorman.answers["iam.ListVirtualMFADevices"] = ("200 OK", body.encode(), "text/xml")


def entry(
    name: str = "RunInstances",
    *,
    number: int = 1,
    time: datetime = RECENT,
    identity: Mapping[str, Any] | None = None,
    **more: object,
) -> dict[str, Any]:
    """An event as LookupEvents gives it. ``more`` goes into the record."""
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "Root", "arn": "arn:aws:iam::123456789012:root", **(identity or {})},
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "requestParameters": {"password": "never kept"},
        **more,
    }
    return {"EventId": f"id-{number}", "EventName": name, "EventTime": time.timestamp(), "CloudTrailEvent": json.dumps(record)}


def history(*entries: Mapping[str, Any], token: str = "") -> tuple[str, bytes, str]:
    body = {"Events": entries} | ({"NextToken": token} if token else {})
    return "200 OK", json.dumps(body).encode(), "application/x-amz-json-1.1"


def test_the_summary_tells_mfa_and_keys(emulator: Emulator) -> None:
    root = root_of(emulator, "mfa_enabled", "keys_present")
    assert (need(root.mfa_enabled), need(root.keys_present)) == (False, 0)
    assert root.arn == "arn:aws:iam::123456789012:root"
    summary(emulator, mfa=1, keys=2)
    root = root_of(emulator, "mfa_enabled", "keys_present")
    assert (need(root.mfa_enabled), need(root.keys_present)) == (True, 2)
    assert emulator.doorman.calls["iam.GetAccountSummary"] == 1


def test_a_summary_that_is_denied_or_lacks_the_value(emulator: Emulator) -> None:
    emulator.doorman.deny.add("iam.GetAccountSummary")
    root = root_of(emulator, "mfa_enabled", "keys_present")
    assert root.mfa_enabled == root.keys_present == Unknown(Reason.DENIED, "iam.GetAccountSummary", "iam:GetAccountSummary")


def test_the_report_tells_the_last_sign_in_and_the_keys(emulator: Emulator) -> None:
    emulator.doorman.answers[GENERATE] = generated("COMPLETE")
    emulator.doorman.answers["iam.GetCredentialReport"] = answered(csv_text(KIM_ROW, ROOT_ROW))
    root = root_of(emulator, "password_last_used", "keys")
    assert need(root.password_last_used) == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert need(root.keys) == (RootKey(1, True, datetime(2016, 1, 1, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC)),)


def test_a_report_without_the_roots_row_says_nothing_of_it(emulator: Emulator) -> None:
    root = root_of(emulator, "password_last_used", "keys")
    assert root.password_last_used == root.keys == NO_ROW


def test_the_device_must_be_assigned_to_exactly_the_root_user(emulator: Emulator) -> None:
    phone = "arn:aws:iam::123456789012:mfa/phone"
    devices(emulator, (phone, "arn:aws:iam::123456789012:root"))
    assert need(root_of(emulator, "virtual_mfa").virtual_mfa) is True
    devices(
        emulator,
        ("arn:aws:iam::123456789012:mfa/root-account-mfa-device", "arn:aws:iam::123456789012:user/root"),
        (phone, "arn:aws:iam::123456789012:user/x:root"),
        ("arn:aws:iam::123456789012:mfa/other", "arn:aws:iam::999999999999:root"),
    )
    assert need(root_of(emulator, "virtual_mfa").virtual_mfa) is False


def test_a_list_of_devices_that_breaks_off(emulator: Emulator) -> None:
    def deny_next(operation: str) -> None:
        if emulator.doorman.calls["iam.ListVirtualMFADevices"] == 2:
            emulator.doorman.deny.add("iam.ListVirtualMFADevices")

    emulator.doorman.on_call = deny_next
    phone = "arn:aws:iam::123456789012:mfa/phone"
    devices(emulator, (phone, "arn:aws:iam::123456789012:user/kim"), marker="next")
    unknown = Unknown(Reason.DENIED, "iam.ListVirtualMFADevices", "iam:ListVirtualMFADevices")
    assert root_of(emulator, "virtual_mfa").virtual_mfa == unknown
    emulator.doorman.deny.clear()
    devices(emulator, (phone, "arn:aws:iam::123456789012:root"), marker="next")
    assert need(root_of(emulator, "virtual_mfa").virtual_mfa) is True, "what was seen decides"


def test_events(emulator: Emulator) -> None:
    signed_in = entry(
        "ConsoleLogin",
        number=2,
        time=RECENT - timedelta(hours=1),
        eventSource="signin.amazonaws.com",
        eventType="AwsConsoleSignIn",
        additionalEventData={"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/한글"},
    )
    emulator.doorman.answers[LOOKUP] = history(entry(), signed_in)
    login, run = need(root_of(emulator, "events").events)
    assert login == RootEvent(
        time=RECENT - timedelta(hours=1),
        region="us-east-1",
        source="signin.amazonaws.com",
        name="ConsoleLogin",
        read_only=False,
        by_service=False,
        mfa_used=False,
    )
    assert run == RootEvent(
        time=RECENT, region="us-east-1", source="ec2.amazonaws.com", name="RunInstances", read_only=False, by_service=False
    )


def test_events_that_are_not_the_roots_or_not_of_the_time(emulator: Emulator) -> None:
    emulator.doorman.answers[LOOKUP] = history(
        entry(number=1, identity={"type": "IAMUser", "userName": "root"}),
        entry(number=2, time=RECENT - timedelta(days=91)),
        entry(number=3, time=RECENT + timedelta(days=3)),
        entry("Kept", number=4),
        entry("Kept", number=4),
    )
    assert [seen.name for seen in need(root_of(emulator, "events").events)] == ["Kept"]


@pytest.mark.parametrize(
    ("raw", "by_service"),
    [
        (entry(), False),
        (entry(identity={"invokedBy": "autoscaling.amazonaws.com"}), True),
        (entry(eventType="AwsServiceEvent"), True),
    ],
)
def test_what_aws_does_on_the_roots_behalf(raw: dict[str, Any], by_service: bool) -> None:
    seen = event(raw)
    assert seen is not None
    assert seen.by_service is by_service


def test_a_record_without_read_only_takes_the_entrys() -> None:
    seen = event(entry(readOnly=None) | {"ReadOnly": "true"})
    assert seen is not None
    assert seen.read_only is True
    with pytest.raises(KeyError):
        event(entry(readOnly=None))


@pytest.mark.parametrize("record", ["", "{", "[" * 200_000, "null", '{"userIdentity": null}', "[]"])
def test_a_record_that_cannot_be_read_is_an_error(record: str) -> None:
    answer = Answer(calls.LOOKUP_EVENTS, Known({"CloudTrailEvent": record}))
    assert answer.take(event) == Unknown(Reason.ERROR, LOOKUP, "cloudtrail:LookupEvents")


def test_one_record_that_cannot_be_read_leaves_the_events_unknown(emulator: Emulator) -> None:
    emulator.doorman.answers[LOOKUP] = history(entry(), entry(number=2) | {"CloudTrailEvent": "{"})
    assert root_of(emulator, "events").events == Unknown(Reason.ERROR, LOOKUP, "cloudtrail:LookupEvents")


def test_every_region_is_asked_and_the_default_region_always(emulator: Emulator) -> None:
    emulator.doorman.answers[LOOKUP] = history()
    assert root_of(emulator, "events", regions=("ap-northeast-2", "eu-west-1")).events == Known(())
    assert {region for name, region in emulator.doorman.regions if name == LOOKUP} == {
        "us-east-1",  # where sign-ins are recorded
        "ap-northeast-2",
        "eu-west-1",
    }
    assert emulator.doorman.calls[LOOKUP] == 3


def test_pages_are_followed_at_the_documented_pace(emulator: Emulator) -> None:
    pages = iter(
        (history(entry("A", number=1), token="1"), history(entry("B", number=2), token="2"), history(entry("C", number=3)))
    )
    times: list[datetime] = []

    def turn(operation: str) -> None:
        if operation == LOOKUP:
            times.append(datetime.now(UTC))
            emulator.doorman.answers[LOOKUP] = next(pages)

    emulator.doorman.on_call = turn
    assert [seen.name for seen in need(root_of(emulator, "events").events)] == ["A", "B", "C"]
    assert times[2] - times[0] > timedelta(seconds=0.9), "two calls a second in a region"


def test_a_region_that_cannot_be_asked_leaves_the_events_unknown(emulator: Emulator) -> None:
    emulator.doorman.answers[LOOKUP] = history(entry())
    emulator.doorman.deny_regions.add("eu-west-1")
    root = root_of(emulator, "events", "keys_present", regions=("us-east-1", "eu-west-1"))
    assert root.events == Unknown(Reason.DENIED, LOOKUP, "cloudtrail:LookupEvents")
    assert isinstance(root.keys_present, Known)


def test_an_endpoint_without_event_history_leaves_the_events_unknown(emulator: Emulator) -> None:
    assert root_of(emulator, "events").events == Unknown(Reason.UNSUPPORTED, LOOKUP, "cloudtrail:LookupEvents")
