"""Connecting: credentials, identity, and clients that can only read.

Every client made here refuses, before anything is sent, any operation that is not in the table of :mod:`auditor.model.calls`.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol, cast
from urllib.parse import urlsplit, urlunsplit

import boto3
import msgspec
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)
from botocore.handlers import json_decode_policies
from botocore.parsers import ResponseParserError
from botocore.session import Session as CoreSession
from botocore.utils import parse_timestamp

from auditor import __version__
from auditor.errors import ConnectError, UsageError
from auditor.model import calls

CONCURRENCY = 16
"""Calls under way at once. More would not be faster: one process spends about 5 ms of CPU on a call."""


PATIENCE: Mapping[str, int] = {"cloudwatch": 300}
"""Seconds to wait for an answer of a service that may need longer than others: a full GetMetricData request has 100,800 datapoints."""


ROOT = re.compile(rb"(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
"""The name of the root element of an XML document, after what may stand before it."""
WEB_PAGE = re.compile(rb"(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.DOTALL | re.IGNORECASE)
BODILESS = ("HeadBucket",)
"""Operations that are answered by the status alone."""
IDENTITY = re.compile("arn:(aws[a-z-]*):(?:iam|sts):[^:]*:[0-9]{12}:.+", re.DOTALL)
"""The ARN of a caller, with its partition."""


class WriteRefused(AssertionError):
    """An operation outside the table was about to be called: always a programming error."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What to connect to, as the user said it. Everything is optional: boto3's own chain fills in the rest."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    mfa_serial: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    patience: int | None = None
    """Seconds to wait for an answer, of any service: for a scan that must end on time. ``None``: what each service may need."""


class Clients(Protocol):
    """Whoever can give a client for a service in a region."""

    def client(self, service: str, region: str) -> Any:
        """The client; the same one each time."""
        ...

    def offers(self, service: str, region: str) -> bool:
        """The SDK knows of an endpoint of the service there. It may be out of date: use it to explain, not to decide."""
        ...


class Connection:
    """A session with an account: who we are, and read-only clients."""

    def __init__(self, session: Any, target: Target, identity: Mapping[str, str]) -> None:
        """Use :func:`connect`."""
        # boto3 has no public way to say how times are parsed; the AWS CLI does it so.
        session._session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
        self._session = session
        self._named = target.endpoint_url or None  # else the SDK looks for one: of the service first, then of all
        self._endpoint = self._named or os.environ.get("AWS_ENDPOINT_URL") or None
        self._patience = target.patience
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self.account_id = identity["Account"]
        self.caller = identity["Arn"]
        self.partition = identity["Arn"].split(":")[1]
        self.region: str = session.region_name or default_region(self.partition)

    def client(self, service: str, region: str) -> Any:
        """The read-only client of a service in a region (``global`` is the partition's default region)."""
        place = region if region != "global" else default_region(self.partition)
        with self._lock:
            found = self._clients.get((service, place))
            if found is None:
                found = self._session.client(
                    service,
                    region_name=place,
                    config=_config(self._endpoint, patience=self._patience or PATIENCE.get(service, 60)),
                    endpoint_url=self._named,
                )
                _guard(found, by_hand=self._endpoint is not None)
                self._clients[service, place] = found
        return found

    def offers(self, service: str, region: str) -> bool:
        """The SDK knows of an endpoint of the service there."""
        known = self._session.get_available_regions(service, self.partition)
        return not known or region in known or region == "global"  # the SDK names no regions of a global service


def _moment(value: Any) -> datetime:
    """The time that an answer gives.

    The SDK's own way makes a time zone object for each number of seconds: 60 MB for one full answer of GetMetricData instead of 13.
    """
    if isinstance(value, int | float):
        with suppress(OSError, OverflowError):
            return datetime.fromtimestamp(value, UTC)
    moment: datetime = parse_timestamp(cast("Any", value))
    return moment


def default_region(partition: str) -> str:
    """Where a partition's global services answer."""
    return {"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}.get(partition, "us-east-1")


def home(target: Target) -> str | None:
    """The region of the profile or the environment; ``None`` where none is set, or there is no such profile. Asks nothing of AWS."""
    try:
        return boto3.Session(profile_name=target.profile, region_name=target.region).region_name
    except (BotoCoreError, ValueError):
        return None


def connect(target: Target, session: Any = None, ask: Callable[[str], str] = getpass.getpass) -> Connection:
    """Find credentials as the AWS CLI does, take the role if one is named, and ask AWS who we are.

    ``session`` is a boto3 session to use instead of a new one. Raises :class:`UsageError` for a profile that does not exist and
    :class:`ConnectError` for missing, expired or refused credentials and for an endpoint that cannot be reached.
    """
    try:
        session = session or boto3.Session(profile_name=target.profile, region_name=target.region)
        endpoint = target.endpoint_url or os.environ.get("AWS_ENDPOINT_URL")
        region = target.region or session.region_name or "us-east-1"
        if target.role_arn:
            _take_role(session, target, target.role_arn, region, ask)
        sts = session.client("sts", region_name=region, config=_config(endpoint, tries=3), endpoint_url=target.endpoint_url)
        identity = sts.get_caller_identity()
    except ProfileNotFound as error:
        known = ", ".join(f"`{name}`" for name in CoreSession().available_profiles) or "none"
        raise UsageError(
            f"there is no AWS profile `{target.profile or os.environ.get('AWS_PROFILE', '')}`; the profiles configured are: {known}"
        ) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise ConnectError(
            "no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, use --profile, or run `aws sso login`"
        ) from error
    except SSOError as error:
        raise ConnectError(f"the SSO session cannot be used ({error}); run `aws sso login` for this profile") from error
    except ClientError as error:
        raise ConnectError(_refused(error, target)) from error
    except EOFError as error:
        raise ConnectError(
            f"there is nobody to ask for the code of MFA device `{target.mfa_serial}`; run it in a terminal"
        ) from error
    except (BotoCoreError, ValueError) as error:
        raise ConnectError(f"AWS cannot be reached: {error}; check the network, the region and --endpoint-url") from error
    account, arn = identity.get("Account"), identity.get("Arn")
    if not (isinstance(account, str) and re.fullmatch("[0-9]{12}", account) and isinstance(arn, str) and IDENTITY.fullmatch(arn)):
        raise ConnectError("what answered does not say who we are, as AWS would; check --endpoint-url and the proxy")
    return Connection(session, target, identity)


def _refused(error: ClientError, target: Target) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired"):
        return "the AWS credentials have expired; sign in again (for example `aws sso login`) and repeat the command"
    if error.operation_name == "AssumeRole":
        return f"role `{target.role_arn}` cannot be assumed ({code}); check its trust policy, --external-id and --mfa-serial"
    if code in (
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidAccessKeyId",
    ):
        return f"AWS does not accept the credentials ({code}); check the access key, the profile and the partition of the region"
    return f"AWS refused to say who we are ({code or error}); check the credentials"


def _take_role(session: Any, target: Target, role_arn: str, region: str, ask: Callable[[str], str]) -> None:
    """Put the role's credentials, renewed as they expire, in place of the session's own."""
    core = session._session  # boto3 has no public way to give a session refreshable credentials
    source = core.get_credentials()
    if source is None:
        raise NoCredentialsError()
    extra = {"RoleSessionName": "awsaudit", "ExternalId": target.external_id, "SerialNumber": target.mfa_serial}

    def create(service: str, **credentials: Any) -> Any:
        return core.create_client(service, region_name=region, endpoint_url=target.endpoint_url, **credentials)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=create,
        source_credentials=source,
        role_arn=role_arn,
        extra_args={name: value for name, value in extra.items() if value},
        mfa_prompter=ask,
    )
    core._credentials = DeferredRefreshableCredentials(method="assume-role", refresh_using=fetcher.fetch_credentials)


# Sessions for directory buckets: emulators have none, and AWS asks for none where settings are read. The types do not know the option.
_BY_HAND = {"addressing_style": "path", "disable_s3_express_session_auth": True}


def _config(endpoint: str | None, *, tries: int = 1, patience: int = 60) -> Config:
    # The door retries by itself, so that it can record, pace and stop; parameters are ours, so botocore need not check them.
    return Config(
        user_agent_extra=f"awsaudit/{__version__}",
        retries={"total_max_attempts": tries, "mode": "standard"},
        max_pool_connections=CONCURRENCY * 2,
        connect_timeout=5,
        read_timeout=patience,
        parameter_validation=False,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3=cast("Any", _BY_HAND) if endpoint else {},
    )


def _guard(client: Any, *, by_hand: bool) -> None:
    service = client.meta.service_model.service_name
    allowed = {call.operation for call in calls.table().values() if call.service == service}

    def only_reads(model: Any, **_: Any) -> None:
        if model.name not in allowed:
            raise WriteRefused(f"`{service}.{model.name}` is not in the table of calls")

    client.meta.events.register_first("before-call", only_reads)
    roots = _roots(client.meta.service_model)

    def readable(response_dict: Mapping[str, Any] | None, parsed_response: Mapping[str, Any] | None, **_: Any) -> None:
        if not (response_dict and parsed_response and isinstance(response_dict["body"], bytes)):
            return
        if response_dict["status_code"] < 300 and response_dict["context"]["operation_name"] not in BODILESS:
            _check(
                response_dict["body"],
                response_dict["headers"],
                parsed_response,
                roots[response_dict["context"]["operation_name"]],
            )

    client.meta.events.register("response-received", readable)
    if service == "iam":
        # Policies are kept as the text that AWS keeps: what does not parse must not vanish, and line numbers must be right.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
    if service == "s3control" and by_hand:
        # The account id that goes before the host name does not resolve for an endpoint on this machine.
        client.meta.events.register("before-send.s3-control", _without_account_prefix)


def _roots(service: Any) -> Mapping[str, tuple[str, ...]]:
    """How the name of the root element of each operation's answer may begin; empty where it may be any, or the answer is not XML.

    Emulators name many of S3's after the operation.
    """
    named = service.protocol in ("ec2", "query")
    return {
        call.operation: (call.root, "GetBucket") if call.root else (f"{call.operation}Response",) if named else ()
        for call in calls.table().values()
        if call.service == service.service_name
    }


def _check(body: bytes, headers: Mapping[str, str], parsed: Mapping[str, Any], roots: tuple[str, ...]) -> None:
    """Raise where the SDK makes an empty answer of a body it cannot read (nothing at all, a page that a proxy put in, an element of
    another kind, JSON that is cut off), or text that cannot be written (half of a surrogate pair).
    """
    start = body[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise ResponseParserError("an empty answer")  # no operation of the table has one
    if WEB_PAGE.match(start):
        raise ResponseParserError("a web page, not an answer")
    if roots:
        found = ROOT.match(start)
        if not found or not found.group(1).decode("ascii", "replace").startswith(roots):
            raise ResponseParserError("an answer to something else")
    empty = len(parsed) == 1  # it holds the metadata alone
    suspect = empty or b"\\ud" in body or b"\\uD" in body
    if suspect and (start.startswith(b"{") or "json" in headers.get("content-type", "")):
        try:
            json.dumps(json.loads(body), ensure_ascii=False).encode()
        except ValueError as error:
            raise ResponseParserError("not JSON, or not text") from error


def _without_account_prefix(request: Any, **_: Any) -> None:
    parts = urlsplit(str(request.url))
    account, dot, rest = parts.netloc.partition(".")
    if dot and account.isdigit() and len(account) == 12:
        request.url = urlunsplit(parts._replace(netloc=rest))
