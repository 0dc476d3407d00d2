"""The credential report: its text, and how patiently it is waited for."""

from __future__ import annotations

import threading
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from auditor.collect import credential_report
from auditor.collect.credential_report import PAUSES
from auditor.collect.door import Answer
from auditor.collect.run import Scan, Scope
from auditor.collect.session import Target, connect
from auditor.collect.wanted import Wanted, everything
from auditor.model import calls
from auditor.model.account import Root
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.iam import AccessKey, User
from auditor.model.resource import GLOBAL
from auditor.model.snapshot import Snapshot
from tests.collect.helpers import Silence, scan
from tests.emulator import Emulator

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated,additional_credentials_info"
)
ROOT_ARN = "arn:aws:iam::123456789012:root"
ROOT_ROW = (
    f"<root_account>,{ROOT_ARN},2015-03-01T09:00:00+00:00,not_supported,2026-01-05T07:00:00+00:00,not_supported,not_supported,true,"
    "true,2016-01-01T00:00:00+00:00,2026-01-04T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,"
)
KIM_ARN = "arn:aws:iam::123456789012:user/kim"
KIM_ROW = (
    f"kim,{KIM_ARN},2024-05-01T08:00:00+00:00,TRUE,no_information,2024-05-02T08:00:00+00:00,N/A,FALSE,"
    "false,2024-05-03T08:00:00+00:00,2024-05-04T08:00:00+00:00,ap-northeast-2,iam,true,2024-05-05T08:00:00+00:00,N/A,N/A,N/A,"
    "false,N/A,false,N/A,"
)
GENERATE = "iam.GenerateCredentialReport"
UNFINISHED = Unknown(Reason.NO_DATA, GENERATE, "iam:GenerateCredentialReport")
NO_ROW = Unknown(Reason.NO_DATA, "iam.GetCredentialReport", "iam:GetCredentialReport")


def csv_text(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


def generated(state: str) -> tuple[str, bytes, str]:
    body = f"""<GenerateCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GenerateCredentialReportResult>
    <State>{state}</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>"""
    return "200 OK", body.encode(), "text/xml"


def answered(text: bytes) -> tuple[str, bytes, str]:
    body = f"""<GetCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetCredentialReportResult>
    <Content>{b64encode(text).decode()}</Content><ReportFormat>text/csv</ReportFormat>
    <GeneratedTime>2026-01-05T08:00:00Z</GeneratedTime></GetCredentialReportResult></GetCredentialReportResponse>"""
    return "200 OK", body.encode(), "text/xml"


class Hurried(threading.Event):
    """An event that nobody waits for, and that adds up how long they would have."""

    waited = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += timeout or 0
        return self.is_set()


def hurried_scan(emulator: Emulator) -> tuple[Snapshot, float]:
    emulator.doorman.calls.clear()
    wanted = Wanted(
        frozenset((User, Root)),
        frozenset(ref for ref in everything().fields if ref.kind in (User, Root) and ref.field != "events"),
    )
    connection = connect(Target(endpoint_url=emulator.url))
    one = Scan(connection, Scope(wanted=wanted, regions=("us-east-1",)), journal=Silence(), progress=Silence())
    one.door.stopped = clock = Hurried()
    return one.run(), clock.waited


def facts_of(user: User) -> list[Fact[object]]:
    return [user.password_enabled, user.password_last_used, user.password_last_changed, user.mfa_active, user.access_keys]


def test_the_values_of_a_row() -> None:
    rows = credential_report.parse(csv_text(ROOT_ROW, KIM_ROW))
    kim = credential_report.row(Known(rows), "kim", KIM_ARN, Known(datetime(2024, 5, 1, 8, tzinfo=UTC)))
    assert kim.take(lambda r: credential_report.flag(r, "password_enabled")) == Known(True)
    assert kim.take(lambda r: credential_report.flag(r, "mfa_active")) == Known(False)
    assert kim.take(credential_report.password_last_used) == Known(None)
    assert kim.take(credential_report.access_keys) == Known(
        (
            AccessKey(
                1,
                False,
                datetime(2024, 5, 3, 8, tzinfo=UTC),
                datetime(2024, 5, 4, 8, tzinfo=UTC),
                "iam",
                "ap-northeast-2",
            ),
            AccessKey(2, True, datetime(2024, 5, 5, 8, tzinfo=UTC)),
        )
    )
    root = credential_report.row(Known(rows), credential_report.ROOT, ROOT_ARN)
    assert root.take(lambda r: credential_report.flag(r, "password_enabled")) == NO_ROW, "not supported is not false"
    assert root.take(credential_report.password_last_used) == Known(datetime(2026, 1, 5, 7, tzinfo=UTC))


@pytest.mark.parametrize("cell", ["", "yes", "2024-05-01T08:00:00", "<script>", "없음"])
def test_a_cell_that_says_something_else_is_an_error(cell: str) -> None:
    answer = Answer(calls.GET_CREDENTIAL_REPORT, Known({"cell": cell}))
    assert answer.take(lambda r: credential_report.flag(r, "cell")) == NO_ROW.because(Reason.ERROR)
    assert answer.take(lambda r: credential_report.moment(r, "cell")) == NO_ROW.because(Reason.ERROR)


def test_a_row_belongs_to_the_user_of_that_name_arn_and_age() -> None:
    created = datetime(2024, 5, 1, 8, tzinfo=UTC)
    rows: Fact[credential_report.Rows] = Known(credential_report.parse(csv_text(KIM_ROW)))
    assert isinstance(credential_report.row(rows, "kim", KIM_ARN, Known(created)).fact, Known)
    assert credential_report.row(rows, "lee", KIM_ARN, Known(created)).fact == NO_ROW
    assert credential_report.row(rows, "kim", f"{KIM_ARN}2", Known(created)).fact == NO_ROW
    assert credential_report.row(rows, "kim", KIM_ARN, Known(created + timedelta(days=1))).fact == NO_ROW, (
        "deleted and made again"
    )
    assert credential_report.row(rows, "kim", KIM_ARN, Unknown(Reason.NO_DATA, "x", "y")).fact == NO_ROW


def test_a_name_with_a_comma_is_quoted_or_nobodys() -> None:
    arn = "arn:aws:iam::123456789012:user/kim,x"
    quoted = KIM_ROW.replace(f"kim,{KIM_ARN}", f'"kim,x","{arn}"')
    bare = KIM_ROW.replace(f"kim,{KIM_ARN}", f"kim,x,{arn}")
    assert credential_report.parse(csv_text(quoted)).keys() == {("kim,x", arn)}
    assert credential_report.parse(csv_text(bare)) == {}


@pytest.mark.parametrize("text", [b"", b"<html>", b"\xff\xfe", b"user\n", b'user,arn\n"' + b"x" * 200_000])
def test_what_is_no_report_is_an_error(text: bytes) -> None:
    answer = Answer(calls.GET_CREDENTIAL_REPORT, Known({"Content": text}))
    assert answer.take(lambda r: credential_report.parse(r["Content"])) == NO_ROW.because(Reason.ERROR)


def test_a_broken_report_leaves_credentials_unknown(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="kim")
    emulator.doorman.answers[GENERATE] = generated("COMPLETE")
    emulator.doorman.answers["iam.GetCredentialReport"] = answered(b"<html>")
    snapshot = hurried_scan(emulator)[0]
    (user,) = snapshot.section(User, GLOBAL).items
    assert facts_of(user) == [NO_ROW.because(Reason.ERROR)] * 5
    assert snapshot.root.keys == NO_ROW.because(Reason.ERROR)


def test_root_and_users_share_one_report(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="kim")
    scan(emulator, User, Root)
    assert emulator.doorman.calls[GENERATE] == 2
    assert emulator.doorman.calls["iam.GetCredentialReport"] == 1


def test_a_user_newer_than_the_report_has_unknown_credentials(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="new")
    emulator.doorman.answers[GENERATE] = generated("COMPLETE")
    emulator.doorman.answers["iam.GetCredentialReport"] = answered(csv_text(ROOT_ROW, KIM_ROW))
    (user,) = hurried_scan(emulator)[0].section(User, GLOBAL).items
    assert facts_of(user) == [NO_ROW] * 5
    assert isinstance(user.tags, Known)


def test_a_report_that_never_completes_leaves_credentials_unknown_and_the_scan_goes_on(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="kim")
    emulator.doorman.answers[GENERATE] = generated("INPROGRESS")
    snapshot, waited = hurried_scan(emulator)
    (user,) = snapshot.section(User, GLOBAL).items
    assert facts_of(user) == [UNFINISHED] * 5
    assert snapshot.root.keys == snapshot.root.password_last_used == UNFINISHED
    assert isinstance(user.groups, Known)
    assert isinstance(snapshot.root.keys_present, Known)
    assert snapshot.header.complete
    assert emulator.doorman.calls[GENERATE] == len(PAUSES) + 1
    assert emulator.doorman.calls["iam.GetCredentialReport"] == 0
    assert 50 < waited < 70
    asked = [call.of for call in snapshot.calls if call.operation == "GenerateCredentialReport"]
    assert len(set(asked)) == len(asked), "each question is recorded apart"


@pytest.mark.parametrize("denied", [GENERATE, "iam.GetCredentialReport"])
def test_a_denied_report_names_the_action(emulator: Emulator, denied: str) -> None:
    emulator.client("iam").create_user(UserName="kim")
    emulator.doorman.deny.add(denied)
    snapshot, _ = hurried_scan(emulator)
    (user,) = snapshot.section(User, GLOBAL).items
    unknown = Unknown(Reason.DENIED, denied, denied.replace(".", ":"))
    assert facts_of(user) == [unknown] * 5
    assert snapshot.root.keys == unknown
    assert snapshot.section(User, GLOBAL).complete


def test_a_stopped_scan_does_not_wait(emulator: Emulator) -> None:
    emulator.client("iam").create_user(UserName="kim")
    emulator.doorman.answers[GENERATE] = generated("STARTED")
    connection = connect(Target(endpoint_url=emulator.url))
    wanted = Wanted(frozenset((Root,)), frozenset(ref for ref in everything().fields if str(ref) == "Root.keys"))
    one = Scan(connection, Scope(wanted=wanted, regions=("us-east-1",)), journal=Silence(), progress=Silence())

    def stop(operation: str) -> None:
        if operation == GENERATE:
            threading.Timer(0.1, one.stop, ("enough",)).start()

    emulator.doorman.on_call = stop
    snapshot = one.run()
    assert snapshot.root.keys == UNFINISHED.because(Reason.NOT_COLLECTED)
    assert not snapshot.header.complete
    assert emulator.doorman.calls[GENERATE] == 1
