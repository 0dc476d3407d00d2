"""The door: what AWS and networks do to a call, and what becomes of it. Over real HTTP, with a clock of which waiting takes no time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, CredentialRetrievalError

from auditor.collect.door import BREAKER, THROTTLE_BUDGET, TRANSPORT_TRIES, Answer, Door
from auditor.collect.pace import FLOOR, Pace
from auditor.collect.session import Connection, Target, WriteRefused, connect
from auditor.model import calls
from auditor.model.calls import Call, Per
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.snapshot import CallRecord
from tests.collect.helpers import Hurried, session
from tests.emulator import Emulator

HERE = "us-east-1"
XML, JSON = "text/xml", "application/x-amz-json-1.1"


class Visitor:
    """A door to the emulator and what it recorded."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.records: list[CallRecord] = []
        self.connection: Connection = connect(Target(endpoint_url=emulator.url), session=session())
        self.clock = Hurried()
        self.door = Door(self.connection, self.records.append, self.clock)
        emulator.doorman.calls.clear()

    def read(self, call: Call = calls.GET_BUCKET_ACL, **params: Any) -> Answer:
        bucket = {"Bucket": "bucket-0"} if call.service == "s3" and call.per in (Per.ITEM, Per.PART) else {}
        part = {"Key": "key"} if call in (calls.LIST_PARTS, calls.GET_OBJECT_ACL) else {}
        part |= {"UploadId": "upload"} if call is calls.LIST_PARTS else {}
        return self.door.read(call, HERE, params or {**bucket, **part})

    def answers(self, call: Call, status: str, body: str | bytes, kind: str = XML) -> Answer:
        content = body.encode() if isinstance(body, str) else body
        self.emulator.doorman.answers[f"{call.service}.{call.operation}"] = (status, content, kind)
        return self.read(call)


@pytest.fixture
def visitor(emulator: Emulator) -> Visitor:
    return Visitor(emulator)


def refusal(call: Call, code: str, message: str = "no") -> tuple[str, str]:
    """AWS's words in the protocol of the service."""
    if call.service == "s3":
        return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", XML
    if call.service == "ec2":
        return f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>", XML
    if call.service == "iam":
        return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>", XML
    return json.dumps({"__type": code, "message": message}), JSON


def reason(answer: Answer) -> Reason | None:
    if isinstance(answer.fact, Known):
        return None
    assert answer.fact == Unknown(answer.fact.reason, answer.call.name, answer.call.action), "it names its call and action"
    return answer.fact.reason


S3, EC2, IAM, SM = calls.GET_BUCKET_ACL, calls.DESCRIBE_VOLUMES, calls.GET_ACCOUNT_SUMMARY, calls.LIST_ENDPOINTS


@pytest.mark.parametrize(
    ("call", "status", "code", "expected"),
    [
        (S3, "403 Forbidden", "AccessDenied", Reason.DENIED),
        (S3, "403 Forbidden", "AllAccessDisabled", Reason.DENIED),
        (S3, "403 Forbidden", "SomethingNew", Reason.DENIED),
        (EC2, "403 Forbidden", "UnauthorizedOperation", Reason.DENIED),
        (EC2, "403 Forbidden", "Client.UnauthorizedOperation", Reason.DENIED),
        (SM, "400 Bad Request", "AccessDeniedException", Reason.DENIED),
        (IAM, "403 Forbidden", "AccessDenied", Reason.DENIED),
        (EC2, "401 Unauthorized", "AuthFailure", Reason.REGION_OFF),
        (EC2, "401 Unauthorized", "OptInRequired", Reason.REGION_OFF),
        (SM, "400 Bad Request", "UnrecognizedClientException", Reason.REGION_OFF),
        (IAM, "403 Forbidden", "InvalidClientTokenId", Reason.REGION_OFF),
        (SM, "400 Bad Request", "UnknownOperationException", Reason.UNSUPPORTED),
        (EC2, "400 Bad Request", "InvalidAction", Reason.UNSUPPORTED),
        (S3, "501 Not Implemented", "NotImplemented", Reason.UNSUPPORTED),
        (S3, "405 Method Not Allowed", "MethodNotAllowed", Reason.UNSUPPORTED),
        (S3, "404 Not Found", "NoSuchBucket", Reason.GONE),
        (EC2, "400 Bad Request", "InvalidVolume.NotFound", Reason.ERROR),
        (SM, "400 Bad Request", "ResourceNotFound", Reason.ERROR),
        (EC2, "400 Bad Request", "InvalidParameterValue", Reason.ERROR),
        (SM, "400 Bad Request", "ValidationException", Reason.ERROR),
        (S3, "409 Conflict", "OperationAborted", Reason.ERROR),
    ],
    ids=lambda value: value.name if isinstance(value, Call) else str(value),
)
def test_a_refusal_is_a_reason_and_is_not_repeated(
    visitor: Visitor, call: Call, status: str, code: str, expected: Reason
) -> None:
    body, kind = refusal(call, code)
    assert reason(visitor.answers(call, status, body, kind)) is expected
    (record,) = visitor.records
    assert (record.service, record.operation, record.outcome) == (call.service, call.operation, expected.value)
    assert record.code == code.removeprefix("Client.")
    assert record.tries == visitor.emulator.doorman.calls[call.name] == 1


def test_gone_in_a_plain_validation_error(visitor: Visitor) -> None:
    body, kind = refusal(SM, "ValidationException", 'Could not find endpoint "arn:aws:sagemaker:us-east-1:1:endpoint/x".')
    assert reason(visitor.answers(calls.DESCRIBE_ENDPOINT, "400 Bad Request", body, kind)) is Reason.GONE
    assert reason(visitor.answers(SM, "400 Bad Request", body, kind)) is Reason.ERROR, "a listing cannot be gone"


@pytest.mark.parametrize(
    "call",
    [call for call in calls.table().values() if call.absent and call.service == "s3"],
    ids=lambda call: call.name,
)
def test_not_configured_is_known(visitor: Visitor, call: Call) -> None:
    for code in sorted(call.absent):
        answer = visitor.answers(call, "404 Not Found", refusal(call, code)[0])
        assert answer.fact == Known({})
        known = "404" if call.operation.startswith("Head") else code  # such an answer has no body
        assert answer.code == visitor.records[-1].code == known
        assert visitor.records[-1].outcome == "absent"


def test_not_configured_of_one_call_is_not_that_of_another(visitor: Visitor) -> None:
    assert reason(visitor.answers(S3, "404 Not Found", refusal(S3, "NoSuchBucketPolicy")[0])) is Reason.ERROR


@pytest.mark.parametrize("call", [S3, EC2, IAM, SM], ids=lambda call: call.name)
@pytest.mark.parametrize("body", ["", "<html><body>502 Bad Gateway</body></html>", "{", "busy"])
def test_a_failing_server_is_tried_again_and_then_an_error(visitor: Visitor, call: Call, body: str) -> None:
    assert reason(visitor.answers(call, "502 Bad Gateway", body, "text/html")) is Reason.ERROR
    (record,) = visitor.records
    assert record.tries == visitor.emulator.doorman.calls[call.name] == TRANSPORT_TRIES


def test_a_server_that_recovers(visitor: Visitor) -> None:
    visitor.emulator.client("s3").create_bucket(Bucket="bucket-0")
    visitor.emulator.doorman.answers[S3.name] = ("500 Internal Server Error", refusal(S3, "InternalError")[0].encode(), XML)
    seen: list[str] = []

    def recover(operation: str) -> None:
        seen.append(operation)
        if len(seen) == 3:
            visitor.emulator.doorman.answers.clear()

    visitor.emulator.doorman.on_call = recover
    assert visitor.read().raw["Grants"]
    assert [(r.outcome, r.tries) for r in visitor.records] == [("ok", 3)]


@pytest.mark.parametrize("call", [S3, EC2, IAM, SM], ids=lambda call: call.name)
def test_a_connection_that_is_reset_is_tried_again_and_then_an_error(visitor: Visitor, call: Call) -> None:
    visitor.emulator.doorman.reset_connections.add(call.name)
    assert reason(visitor.read(call)) is Reason.ERROR
    assert [(r.outcome, r.code, r.tries) for r in visitor.records] == [("error", "", TRANSPORT_TRIES)]


BROKEN = {
    "cut off": b"<ListAllMyBucketsResult><Buckets><Buck",
    "not text": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "JSON that is cut off": b'{"Endpoints": [{"Endpo',
    "a web page": b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>",
    "a well-formed web page": b"<html><body>Please sign in</body></html>",
}
OF_THE_WRONG_FORM = {
    "a string": b'{"Endpoints": "x"}',
    "a number": b'{"Endpoints": 5}',
    "a wrong time": b'{"Endpoints": [{"CreationTime": "long ago"}]}',
    "half a character": b'{"Endpoints": [{"EndpointName": "\\ud83d"}]}',
    "nested without end": b'{"Endpoints": ' + b"[" * 100_000,
}


@pytest.mark.parametrize(
    ("call", "body"),
    [
        *((call, name) for call in (calls.LIST_BUCKETS, EC2, IAM, SM, calls.LIST_METRICS) for name in BROKEN),
        *((SM, name) for name in OF_THE_WRONG_FORM),
    ],
    ids=lambda value: value.name if isinstance(value, Call) else value,
)
def test_a_body_that_cannot_be_read_is_an_error_and_not_an_empty_answer(visitor: Visitor, call: Call, body: str) -> None:
    kind = JSON if call in (SM, calls.LIST_METRICS) else XML
    assert reason(visitor.answers(call, "200 OK", {**BROKEN, **OF_THE_WRONG_FORM}[body], kind)) is Reason.ERROR
    assert visitor.records[0].tries == TRANSPORT_TRIES


def test_escaped_text_is_text(visitor: Visitor) -> None:
    body = json.dumps({"Endpoints": [{"EndpointName": "힣-\U0001f469"}]}).encode()
    assert b"\\ud7a3" in body
    assert visitor.answers(SM, "200 OK", body, JSON).raw["Endpoints"] == [{"EndpointName": "힣-\U0001f469"}]


@pytest.mark.parametrize("call", [calls.LIST_BUCKETS, calls.DESCRIBE_VOLUMES], ids=lambda call: call.name)
def test_an_empty_answer_is_known_to_be_empty(visitor: Visitor, call: Call) -> None:
    key = {"s3": "Buckets", "ec2": "Volumes"}[call.service]
    listing = visitor.door.pages(call, HERE, key, {})
    assert (listing.entries, listing.missing) == ((), ())


def test_throttling_past_the_budget(visitor: Visitor) -> None:
    began = visitor.clock.now()
    assert reason(visitor.answers(EC2, "503 Service Unavailable", refusal(EC2, "RequestLimitExceeded")[0])) is Reason.THROTTLED
    assert visitor.clock.now() - began >= THROTTLE_BUDGET
    (record,) = visitor.records
    assert record.outcome == "throttled"
    assert record.tries == visitor.emulator.doorman.calls[EC2.name] > 10


def test_a_plain_429_is_throttling(visitor: Visitor) -> None:
    assert reason(visitor.answers(S3, "429 Too Many Requests", "")) is Reason.THROTTLED


def test_throttling_loses_nothing(visitor: Visitor) -> None:
    """As many threads as a scan has, at a service that takes 20 calls a second."""
    visitor.door = Door(visitor.connection, visitor.records.append)
    for number in range(3):
        visitor.emulator.client("s3").create_bucket(Bucket=f"bucket-{number}")
    visitor.emulator.doorman.throttle["s3"] = 20
    visitor.emulator.doorman.calls.clear()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: visitor.read(Bucket=f"bucket-{n % 3}"), range(45)))
    assert all(answer.raw["Grants"] for answer in answers)
    assert len(visitor.records) == 45
    assert sum(r.tries for r in visitor.records) == visitor.emulator.doorman.calls[S3.name] > 45, "the doorman did throttle"


def test_pace_slows_down_and_recovers() -> None:
    clock, stop = Hurried(), threading.Event()
    pace = Pace(clock, 100)

    def taken(count: int) -> float:
        began = clock.now()
        for _ in range(count):
            pace.wait(stop)
        return clock.now() - began

    pace.wait(stop)
    assert taken(100) == pytest.approx(1, abs=0.3)
    pace.throttled()
    pace.throttled()
    assert taken(60) == pytest.approx(1, abs=0.3), "calls under way together slow it down once"
    for _ in range(40):
        clock.wait(1, stop)
        pace.throttled()
    assert taken(4) == pytest.approx(4 / FLOOR, abs=2.5), "it never stops altogether"
    for _ in range(4000):
        pace.went_well()
    pace.wait(stop)
    assert taken(100) == pytest.approx(1, abs=0.3), "and never goes faster than the ceiling"


def test_the_breaker_stops_calls_to_a_dead_service_only_there(visitor: Visitor) -> None:
    visitor.emulator.doorman.reset_connections.add(S3.name)
    for _ in range(BREAKER + 5):
        assert reason(visitor.read()) is Reason.ERROR
    assert len(visitor.records) == BREAKER
    assert visitor.emulator.doorman.calls[S3.name] <= BREAKER * TRANSPORT_TRIES
    assert reason(visitor.read(IAM)) is None, "other services are not concerned"
    visitor.emulator.doorman.reset_connections.clear()
    assert reason(visitor.door.read(calls.LIST_BUCKETS, "eu-west-1", {})) is None, "nor are other regions"


def test_refusals_do_not_trip_the_breaker(visitor: Visitor) -> None:
    visitor.emulator.doorman.deny.add(S3.name)
    for _ in range(BREAKER + 2):
        assert reason(visitor.read()) is Reason.DENIED
    visitor.emulator.doorman.deny.clear()
    assert reason(visitor.read(calls.LIST_BUCKETS)) is None


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_expired_credentials_end_the_scan(visitor: Visitor, code: str) -> None:
    assert reason(visitor.answers(S3, "400 Bad Request", refusal(S3, code)[0])) is Reason.NOT_COLLECTED
    assert visitor.door.stopped.is_set()
    assert "expired" in visitor.door.stopped_because
    assert reason(visitor.read(IAM)) is Reason.NOT_COLLECTED
    assert visitor.emulator.doorman.calls[IAM.name] == 0, "no more calls are made"


class Raising:
    """A client of which every call fails before it is sent."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def client(self, service: str, region: str) -> Any:
        return self

    def offers(self, service: str, region: str) -> bool:
        return True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def method(**_: Any) -> Any:
            raise self.error

        return method


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole"),
        CredentialRetrievalError(provider="process", error_msg="gone"),
        RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired."),
    ],
    ids=["role", "process", "still expired"],
)
def test_credentials_that_cannot_be_renewed_end_the_scan_and_blame_no_action(error: Exception) -> None:
    door = Door(Raising(error), lambda _: None, Hurried())
    assert reason(door.read(S3, HERE, {})) is Reason.NOT_COLLECTED
    assert "expired" in door.stopped_because


def test_our_own_mistakes_rise(visitor: Visitor) -> None:
    for mistake in (ZeroDivisionError(), TypeError("ours"), KeyError("ours")):
        with pytest.raises(type(mistake)):
            Door(Raising(mistake), lambda _: None, Hurried()).read(S3, HERE, {})
    with pytest.raises(TypeError):
        visitor.read(EC2, VolumeIds=5)


def test_pages_are_followed_and_told_apart(visitor: Visitor) -> None:
    for number in range(5):
        visitor.emulator.client("iam").create_virtual_mfa_device(VirtualMFADeviceName=f"d{number}")
    listing = visitor.door.pages(calls.LIST_VIRTUAL_MFA_DEVICES, "global", "VirtualMFADevices", {"MaxItems": 2}, of="x")
    assert len(listing.entries) == 5
    assert [r.of for r in visitor.records] == ["x", "x#2", "x#3"]


def test_a_page_that_fails_leaves_what_was_read_and_says_so(visitor: Visitor) -> None:
    for number in range(4):
        visitor.emulator.client("iam").create_virtual_mfa_device(VirtualMFADeviceName=f"d{number}")
    visitor.emulator.doorman.calls.clear()

    def refuse_the_second(operation: str) -> None:
        if visitor.emulator.doorman.calls[operation] == 2:
            visitor.emulator.doorman.deny.add(operation)

    visitor.emulator.doorman.on_call = refuse_the_second
    call = calls.LIST_VIRTUAL_MFA_DEVICES
    listing = visitor.door.pages(call, "global", "VirtualMFADevices", {"MaxItems": 2})
    assert len(listing.entries) == 2
    assert listing.missing == (Unknown(Reason.DENIED, call.name, call.action),)


def test_a_page_token_that_comes_again_does_not_loop(visitor: Visitor) -> None:
    body = json.dumps({"Endpoints": [{"EndpointName": "e"}], "NextToken": "again"}).encode()
    visitor.emulator.doorman.answers[SM.name] = ("200 OK", body, JSON)

    def end_it(operation: str) -> None:
        if visitor.emulator.doorman.calls[operation] == 5:
            visitor.emulator.doorman.answers.clear()

    visitor.emulator.doorman.on_call = end_it
    listing = visitor.door.pages(SM, HERE, "Endpoints", {})
    assert listing.missing == (Unknown(Reason.ERROR, SM.name, SM.action),)
    assert visitor.emulator.doorman.calls[SM.name] == 2


@pytest.mark.parametrize(
    ("service", "method", "params"),
    [
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}),
        ("s3", "delete_bucket", {"Bucket": "b"}),
        ("iam", "create_user", {"UserName": "u"}),
        ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
        ("sagemaker", "delete_endpoint", {"EndpointName": "e"}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "s"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
    ],
)
def test_writes_are_refused_before_anything_is_sent(visitor: Visitor, service: str, method: str, params: dict[str, Any]) -> None:
    client = visitor.connection.client(service, HERE)
    with pytest.raises(WriteRefused, match="not in the table"):
        getattr(client, method)(**params)
    assert not visitor.emulator.doorman.calls, "nothing was sent"


def test_every_operation_of_the_table_is_a_read() -> None:
    allowed_verbs = ("Get", "List", "Describe", "Lookup", "Head")
    others = [c.name for c in calls.table().values() if not c.operation.startswith(allowed_verbs)]
    assert others == ["iam.GenerateCredentialReport"]
    data = {"s3.GetObject", "secretsmanager.GetSecretValue", "ssm.GetParameter", "ssm.GetParameters", "dynamodb.GetItem"}
    assert not data & set(calls.table())


def test_once_asks_once_however_many_want_it(visitor: Visitor) -> None:
    visitor.emulator.doorman.latency = 0.05
    together = threading.Barrier(8)

    def ask(_: int) -> Answer:
        together.wait()
        return visitor.door.once(IAM, "global")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert visitor.emulator.doorman.calls[IAM.name] == 1
    assert all(answer is answers[0] for answer in answers)
    assert len(visitor.records) == 1


def test_work_that_fails_fails_for_all_who_share_it(visitor: Visitor) -> None:
    def broken() -> int:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            visitor.door.share(("x", HERE), broken)


def test_a_stopped_door_wakes_those_who_wait() -> None:
    """Somebody waits for the pace of a slow service; stopping ends the wait: were it not so, this test would take days."""
    door = Door(Raising(ClientError({"Error": {"Code": "Throttling"}}, S3.operation)), lambda _: None)
    thread = threading.Thread(target=lambda: door.read(S3, HERE, {}))
    thread.start()
    door.stop("enough")
    door.stop("a second reason does not count")
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert door.stopped_because == "enough"


def test_an_endpoint_that_does_not_resolve(visitor: Visitor) -> None:
    """Of a service that is not offered in a region it is unsupported; of one that is, or of a global one, an error."""
    elsewhere = connect(Target(endpoint_url=visitor.emulator.url), session=session())
    elsewhere._named = "http://127.0.0.1:9"
    door = Door(elsewhere, visitor.records.append, Hurried())
    assert reason(door.read(SM, "us-east-1", {})) is Reason.ERROR
    assert reason(door.read(SM, "xx-nowhere-1", {})) is Reason.UNSUPPORTED
    assert reason(door.read(IAM, "global", {})) is Reason.ERROR
    assert reason(door.read(calls.LIST_BUCKETS, "global", {})) is Reason.ERROR


def test_taking_a_typed_value() -> None:
    answer = Answer(S3, Known({"a": "1", "b": None}))
    assert answer.take(lambda r: int(r["a"])) == Known(1)
    assert answer.take(lambda r: r["c"]) == Unknown(Reason.NO_DATA, S3.name, S3.action)
    assert answer.take(lambda r: int(r["b"])) == Unknown(Reason.ERROR, S3.name, S3.action)
    assert answer.take(lambda r: r["b"]["x"]) == Unknown(Reason.ERROR, S3.name, S3.action)
    with pytest.raises(ZeroDivisionError):
        answer.take(lambda r: 1 // 0)
