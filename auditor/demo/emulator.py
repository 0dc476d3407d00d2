"""A boto3 session whose requests moto answers inside this process.

Nothing is sent anywhere, and nothing outside the session is patched: moto is asked by an event handler of the session, so that
every other session of the process stays real. While the emulation lasts, the process has no AWS settings but those made up here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random

Raw = Mapping[str, Any]

ACCOUNT = "123456789012"
"""The account id that moto gives to every caller it does not know."""

_PARAMS = "auditor.demo.params"
_NO_HEADERS: Mapping[str, str] = {}
_PREFIXES = ("AWS_", "MOTO_")
_SETTINGS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # moto would otherwise list hundreds of foreign AMIs and snapshots as the account's own.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


@contextmanager
def settings_of_its_own() -> Generator[None, None, None]:
    """No AWS profile, region, credentials or endpoint of the user's; all of them are back afterwards."""
    before = {name: value for name, value in os.environ.items() if name.startswith(_PREFIXES)}
    for name in before:
        del os.environ[name]
    os.environ.update(_SETTINGS)
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith(_PREFIXES)]:
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def emulated_session(region: str) -> Generator[Any, None, None]:
    """A boto3 session with an empty emulated account, the same ids each time. Its data are gone afterwards."""
    stubber = BotocoreStubber()
    one_at_a_time = threading.Lock()

    def answer(request: Any, **_: Any) -> Any:
        try:
            with one_at_a_time:
                answered = stubber.process_request(request)
        except NotImplementedError as error:
            raise _not_emulated(str(error)) from error
        if answered is None:
            raise _not_emulated(f"nothing answers at {request.url}")
        status, headers, body = answered
        return _response(status, request.url, headers, MockRawResponse(body))

    def forget() -> None:
        BackendDict.reset()
        reset_model_data()

    forget()
    mock_random.seed(42)
    session = boto3.Session(aws_access_key_id="demo", aws_secret_access_key="demo", region_name=region)  # noqa: S106  no secret
    session.events.register("before-send", answer)
    session.events.register("before-parameter-build", _keep_params)
    try:
        yield session
    finally:
        forget()


def reply(session: Any, operation: str, give: Callable[[Raw, str], Raw], *, when: Callable[[Raw], bool] = lambda _: True) -> None:
    """Answer an operation of the session instead of moto: from its parameters and the region it is asked in.

    ``operation`` is spelled with botocore's service id, as in ``cloudtrail.LookupEvents``. ``when`` picks the parameters.
    """

    def before(context: dict[str, Any], **_: Any) -> tuple[AWSResponse, Raw] | None:
        if not when(context[_PARAMS]):
            return None
        answer = give(context[_PARAMS], str(context["client_region"]))
        return _response(200), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    session.events.register(f"before-call.{operation}", before)


def amend(session: Any, operation: str, change: Callable[[Raw, dict[str, Any]], None]) -> None:
    """Add to what moto answers: ``change`` is given the parameters and the answer of every call that succeeded."""

    def after(context: dict[str, Any], parsed: dict[str, Any], **_: Any) -> None:
        if "Error" not in parsed:
            change(context[_PARAMS], parsed)

    session.events.register(f"after-call.{operation}", after)


def deny(session: Any, operation: str, when: Callable[[Raw], bool]) -> None:
    """Refuse an operation as AWS does when no policy allows it, for the parameters that ``when`` picks."""
    fail(session, operation, 403, "AccessDenied", when)


def fail(session: Any, operation: str, status: int, code: str, when: Callable[[Raw], bool]) -> None:
    """Answer an operation with an error, for the parameters that ``when`` picks."""

    def before(context: dict[str, Any], **_: Any) -> tuple[AWSResponse, Raw] | None:
        if not when(context[_PARAMS]):
            return None
        return _response(status), {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    session.events.register(f"before-call.{operation}", before)


def _keep_params(params: Raw, context: dict[str, Any], **_: Any) -> None:
    # What before-call and after-call are given is serialised already.
    context[_PARAMS] = dict(params)


def _response(status: int, url: str = "", headers: Any = _NO_HEADERS, body: Any = None) -> AWSResponse:
    return AWSResponse(url, status, headers, body)


def _not_emulated(why: str) -> ClientError:
    # The code with which AWS answers an operation that it does not know.
    error: Any = {"Error": {"Code": "UnknownOperation", "Message": why}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(error, "demo")
