"""Connecting: where credentials come from, what is said when they do not work, and clients for odd endpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from auditor.collect.door import Door
from auditor.collect.session import Connection, Target, connect, default_region
from auditor.errors import AwsauditError, ConnectError, UsageError
from auditor.model import calls
from auditor.model.fact import Known
from tests.collect.helpers import session
from tests.emulator import Emulator

XML = "text/xml"


def said(error: pytest.ExceptionInfo[AwsauditError]) -> str:
    text = str(error.value)
    assert "\n" not in text, "one line"
    return text


@pytest.fixture
def aws_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Write the files of the AWS CLI, and take the credentials out of the environment."""

    def write(config: str, credentials: str) -> None:
        for name, text in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
            (tmp_path / name).write_text(text)
            monkeypatch.setenv(name, str(tmp_path / name))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name, raising=False)

    return write


def test_no_credentials(emulator: Emulator, aws_files: Callable[[str, str], None]) -> None:
    aws_files("", "")
    with pytest.raises(ConnectError) as error:
        connect(Target(endpoint_url=emulator.url))
    assert "no AWS credentials found" in said(error)
    assert "aws sso login" in said(error), "it says what to do"
    assert error.value.exit_code == 3


def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConnectError, match="no AWS credentials found"):
        connect(Target(endpoint_url=emulator.url))


@pytest.mark.parametrize("from_environment", [False, True], ids=["--profile", "AWS_PROFILE"])
def test_a_profile_that_does_not_exist_names_those_that_do(
    monkeypatch: pytest.MonkeyPatch, aws_files: Callable[[str, str], None], from_environment: bool
) -> None:
    aws_files("[profile prod]\nregion = eu-west-1\n", "[staging]\naws_access_key_id = x\naws_secret_access_key = y\n")
    if from_environment:
        monkeypatch.setenv("AWS_PROFILE", "porduction")
    with pytest.raises(UsageError) as error:
        connect(Target(profile=None if from_environment else "porduction"))
    assert "`porduction`" in said(error)
    assert "`prod`" in said(error)
    assert "`staging`" in said(error)


def test_a_profile_gives_credentials_and_region(emulator: Emulator, aws_files: Callable[[str, str], None]) -> None:
    aws_files("[profile prod]\nregion = eu-west-1\n", "[prod]\naws_access_key_id = x\naws_secret_access_key = y\n")
    connection = connect(Target(profile="prod", endpoint_url=emulator.url))
    assert connection.region == "eu-west-1"
    assert connection.account_id == "123456789012"
    assert connect(Target(profile="prod", region="eu-north-1", endpoint_url=emulator.url)).region == "eu-north-1"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "have expired; sign in again"),
        ("InvalidClientTokenId", "does not accept the credentials"),
        ("SignatureDoesNotMatch", "does not accept the credentials"),
        ("AccessDenied", "refused to say who we are (AccessDenied)"),
    ],
)
def test_refused_credentials(emulator: Emulator, code: str, words: str) -> None:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>a\nb</Message></Error></ErrorResponse>".encode()
    emulator.doorman.answers["sts.GetCallerIdentity"] = ("403 Forbidden", body, XML)
    with pytest.raises(ConnectError) as error:
        connect(Target(endpoint_url=emulator.url), session=session())
    assert words in said(error)


def test_an_endpoint_that_refuses_connections() -> None:
    with pytest.raises(ConnectError) as error:
        connect(Target(endpoint_url="http://127.0.0.1:9"), session=session())
    assert "cannot be reached" in said(error)
    assert "127.0.0.1:9" in said(error)


def test_an_endpoint_that_is_no_url() -> None:
    with pytest.raises(ConnectError) as error:
        connect(Target(endpoint_url="nonsense"), session=session())
    assert "--endpoint-url" in said(error)


class Sts:
    """What STS was asked for."""

    def __init__(self, emulator: Emulator) -> None:
        self.roles = {
            name: emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}") for name in ("audit",)
        }
        self.asked: list[str] = []
        emulator.doorman.on_call = self.asked.append
        self.arn: str = self.roles["audit"]["Role"]["Arn"]


def test_a_role_is_taken_through_the_endpoint(emulator: Emulator) -> None:
    sts = Sts(emulator)
    own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    connection = connect(Target(role_arn=sts.arn, external_id="x-1", endpoint_url=emulator.url), session=own)
    assert connection.caller == "arn:aws:sts::123456789012:assumed-role/audit/awsaudit"
    assert sts.asked == ["sts.AssumeRole", "sts.GetCallerIdentity"]
    Door(connection, lambda _: None).read(calls.LIST_BUCKETS, "us-east-1", {})
    assert sts.asked[2:] == ["s3.ListBuckets"], "the role is taken once"


def test_external_id_and_mfa_code_are_sent(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    sts = Sts(emulator)
    sent: list[Any] = []
    own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    own.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: sent.append(params))
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return "123456"

    serial = "arn:aws:iam::123456789012:mfa/me"
    target = Target(role_arn=sts.arn, external_id="x-1", mfa_serial=serial, endpoint_url=emulator.url)
    connect(target, session=own, ask=ask)
    assert len(prompts) == 1
    assert serial in prompts[0]
    (params,) = sent
    assert params["ExternalId"] == "x-1"
    assert (params["SerialNumber"], params["TokenCode"]) == (serial, "123456")
    assert params["RoleSessionName"] == "awsaudit"


def test_nobody_there_to_type_the_code(emulator: Emulator) -> None:
    def ask(_: str) -> str:
        raise EOFError

    own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    with pytest.raises(ConnectError) as error:
        connect(Target(role_arn="arn:aws:iam::1:role/r", mfa_serial="device", endpoint_url=emulator.url), session=own, ask=ask)
    assert "`device`" in said(error)


def test_a_role_that_may_not_be_taken(emulator: Emulator) -> None:
    emulator.doorman.deny.add("sts.AssumeRole")
    own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    with pytest.raises(ConnectError) as error:
        connect(Target(role_arn="arn:aws:iam::123456789012:role/audit", endpoint_url=emulator.url), session=own)
    assert "`arn:aws:iam::123456789012:role/audit` cannot be assumed (AccessDenied)" in said(error)


def test_a_role_without_credentials_to_take_it_with(aws_files: Callable[[str, str], None]) -> None:
    aws_files("", "")
    with pytest.raises(ConnectError, match="no AWS credentials found"):
        connect(Target(role_arn="arn:aws:iam::1:role/r"))


def test_where_global_services_answer() -> None:
    assert default_region("aws") == "us-east-1"
    assert default_region("aws-us-gov") == "us-gov-west-1"
    assert default_region("aws-cn") == "cn-north-1"


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [("aws", "us-east-1", "iam.amazonaws.com"), ("aws-us-gov", "us-gov-west-1", "iam.us-gov.amazonaws.com")],
)
def test_the_partition_of_who_we_are_decides_about_regions(
    monkeypatch: pytest.MonkeyPatch, partition: str, region: str, host: str
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    own = boto3.Session(aws_access_key_id="x", aws_secret_access_key="y")
    identity = {"Account": "123456789012", "Arn": f"arn:{partition}:iam::123456789012:user/a"}
    connection = Connection(own, Target(), identity)
    assert connection.partition == partition
    assert connection.region == region
    assert connection.client("s3", "global").meta.region_name == region
    client = connection.client("iam", "global")
    assert client.meta.endpoint_url == f"https://{host}"
    assert connection.client("iam", region) is client, "one client for both names"


def test_what_the_sdk_knows_of_regions() -> None:
    identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/a"}
    connection = Connection(session(), Target(), identity)
    assert connection.offers("sagemaker", "us-east-1")
    assert not connection.offers("sagemaker", "cn-north-1"), "another partition"
    assert connection.offers("iam", "global")
    assert connection.offers("s3", "global")


def test_the_account_number_before_the_host_is_left_out_for_an_endpoint_by_hand(emulator: Emulator) -> None:
    """``123456789012.127.0.0.1`` resolves nowhere."""
    connection = connect(Target(endpoint_url=emulator.url), session=session())
    door = Door(connection, lambda _: None)
    answer = door.read(calls.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, "us-east-1", {"AccountId": "123456789012"})
    assert answer.fact == Known({}), "nothing is configured"
    assert emulator.doorman.calls["s3control.GetPublicAccessBlock"] == 1


def test_the_endpoint_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    connection = connect(Target(), session=session())
    assert connection.client("s3", "eu-west-1").meta.endpoint_url == emulator.url
    door = Door(connection, lambda _: None)
    answer = door.read(calls.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, "us-east-1", {"AccountId": "123456789012"})
    assert isinstance(answer.fact, Known)


def test_policies_stay_the_text_that_they_are(emulator: Emulator) -> None:
    emulator.client("iam").create_role(RoleName="odd", AssumeRolePolicyDocument='{"b": 1,   "a": 2}')
    connection = connect(Target(endpoint_url=emulator.url), session=session())
    answer = Door(connection, lambda _: None).read(calls.GET_ACCOUNT_AUTHORIZATION_DETAILS, "global", {"Filter": ["Role"]})
    document = answer.raw["RoleDetailList"][0]["AssumeRolePolicyDocument"]
    assert isinstance(document, str)
