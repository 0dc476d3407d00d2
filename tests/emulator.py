"""An emulated account behind real HTTP on a free loopback port: moto's server with a doorman that counts, denies, throttles and resets.

An operation that moto lacks is answered as AWS answers one that it does not know, so that clients do not retry it.
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import boto3
import moto.iam.models
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from auditor.collect.session import _without_account_prefix

SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
S3_GETS = {
    "acl": "GetBucketAcl",
    "policyStatus": "GetBucketPolicyStatus",
    "policy": "GetBucketPolicy",
    "lifecycle": "GetBucketLifecycleConfiguration",
    "versioning": "GetBucketVersioning",
    "logging": "GetBucketLogging",
    "encryption": "GetBucketEncryption",
    "publicAccessBlock": "GetPublicAccessBlock",
    "location": "GetBucketLocation",
    "tagging": "GetBucketTagging",
    "cors": "GetBucketCors",
    "website": "GetBucketWebsite",
    "replication": "GetBucketReplication",
    "ownershipControls": "GetBucketOwnershipControls",
    "object-lock": "GetObjectLockConfiguration",
    "notification": "GetBucketNotificationConfiguration",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurations",
    "metrics": "ListBucketMetricsConfigurations",
    "uploads": "ListMultipartUploads",
    "uploadId": "ListParts",
    "versions": "ListObjectVersions",
    "list-type": "ListObjectsV2",
}
S3CONTROL_GETS = {
    "configuration/publicAccessBlock": "GetPublicAccessBlock",
    "accesspoint": "ListAccessPoints",
    "accesspoint/[^/]+": "GetAccessPoint",
    "accesspoint/[^/]+/policy": "GetAccessPointPolicy",
    "accesspoint/[^/]+/scope": "GetAccessPointScope",
    "accesspointfordirectory": "ListAccessPointsForDirectoryBuckets",
    "accesspointforobjectlambda": "ListAccessPointsForObjectLambda",
    "accesspointforobjectlambda/[^/]+": "GetAccessPointForObjectLambda",
    "accesspointforobjectlambda/[^/]+/configuration": "GetAccessPointConfigurationForObjectLambda",
    "accesspointforobjectlambda/[^/]+/policyStatus": "GetAccessPointPolicyStatusForObjectLambda",
    "accesspoint/[^/]+/policyStatus": "GetAccessPointPolicyStatus",
    "mrap/instances": "ListMultiRegionAccessPoints",
    "mrap/instances/[^/]+/policystatus": "GetMultiRegionAccessPointPolicyStatus",
}
EMPTY_LISTS = {
    "s3control.ListAccessPointsForDirectoryBuckets": b"<ListAccessPointsForDirectoryBucketsResult/>",
    "s3control.ListAccessPointsForObjectLambda": b"<ListAccessPointsForObjectLambdaResult/>",
}
"""Lists of things that moto does not have: as AWS answers where there are none."""
MANAGED_POLICIES = (
    "AdministratorAccess",
    "AmazonS3ReadOnlyAccess",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
"""AWS's policies that there are. All 1,500 of moto would take it two seconds for each test."""
IAM: Any = moto.iam.models.IAMBackend
POLICIES_OF_AWS = IAM._init_aws_policies
Environ = dict[str, Any]
Start = Callable[..., Any]


@dataclass
class Doorman:
    """What the emulator does besides answering. Operations are named ``s3.GetBucketAcl``; ``deny`` may also hold ``s3.*``."""

    calls: Counter[str] = field(default_factory=Counter)
    regions: Counter[tuple[str, str]] = field(default_factory=Counter)
    deny: set[str] = field(default_factory=set)
    deny_regions: set[str] = field(default_factory=set)
    answers: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)
    """Answers given instead of moto's: status, body, content type."""
    reset_connections: set[str] = field(default_factory=set)
    throttle: dict[str, float] = field(default_factory=dict)
    """Calls a second that a service takes; more are throttled."""
    latency: float = 0.0
    on_call: Callable[[str], None] | None = None
    """Told of each operation before it is answered."""
    tokens: dict[str, tuple[float, float]] = field(default_factory=dict)

    def clear(self) -> None:
        """Back to an honest account."""
        for part in (
            self.calls,
            self.regions,
            self.deny,
            self.deny_regions,
            self.answers,
            self.reset_connections,
            self.throttle,
            self.tokens,
        ):
            part.clear()
        self.latency, self.on_call = 0.0, None

    def too_fast(self, service: str) -> bool:
        """Take a token of the service's bucket: true when there is none."""
        rate = self.throttle.get(service)
        if rate is None:
            return False
        now = time.monotonic()
        left, then = self.tokens.get(service, (rate, now))
        left = min(rate, left + (now - then) * rate)
        self.tokens[service] = (left if left < 1 else left - 1, now)
        return left < 1


def operation(environ: Environ, body: bytes) -> tuple[str, str, str]:
    """Service (boto3's name), region and operation of a request, as AWS's protocols spell them."""
    found = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    region, signed = found.groups() if found else ("?", "?")
    service = {"monitoring": "cloudwatch", "s3express": "s3"}.get(signed, signed)
    path, query = environ.get("PATH_INFO", "/"), dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return service, region, target.rsplit(".", 1)[-1]
    if rpc := re.match(r"/service/[^/]+/operation/(\w+)", path):
        return service, region, rpc.group(1)
    if b"Action=" in body[:500]:
        return service, region, parse_qs(body.decode("utf-8", "replace"))["Action"][0]
    if path.startswith("/v20180820/"):
        asked = path.removeprefix("/v20180820/")
        found_get = next((name for pattern, name in S3CONTROL_GETS.items() if re.fullmatch(pattern, asked)), "?")
        return "s3control", region, found_get if environ["REQUEST_METHOD"] == "GET" else environ["REQUEST_METHOD"]
    if service == "s3":
        if environ["REQUEST_METHOD"] == "HEAD" and "/" not in path.strip("/"):
            return service, region, "HeadBucket"
        if environ["REQUEST_METHOD"] != "GET":
            return service, region, environ["REQUEST_METHOD"]
        if path == "/":
            return service, region, "ListDirectoryBuckets" if signed == "s3express" else "ListBuckets"
        if "acl" in query and "/" in path.strip("/"):
            return service, region, "GetObjectAcl"
        return service, region, next((name for key, name in S3_GETS.items() if key in query), "ListObjects")
    return service, region, path.strip("/")[:1].upper() + path.strip("/")[1:]


class Emulator:
    """A running emulator. ``url`` is its endpoint, ``doorman`` what it counts and refuses."""

    def __init__(self) -> None:
        every = json.loads(moto.iam.models.aws_managed_policies_data)
        moto.iam.models.aws_managed_policies_data = json.dumps({name: every[name] for name in MANAGED_POLICIES if name in every})
        IAM._init_aws_policies = _policies_of_one_partition
        self.doorman = Doorman()
        self._clients: dict[tuple[str, str], Any] = {}
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """An empty account and an honest doorman."""
        from moto.core import DEFAULT_ACCOUNT_ID  # noqa: F401  the reset needs the backends imported
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()
        self.doorman.clear()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client for seeding: it may write. The same one each time, as making one takes longer than what most tests do with it."""
        if (service, region) not in self._clients:
            make: Any = boto3.client
            self._clients[service, region] = made = make(
                service, region_name=region, endpoint_url=self.url, aws_access_key_id="testing", aws_secret_access_key="testing"
            )
            made.meta.events.register("before-send.s3-control", _without_account_prefix)
        return self._clients[service, region]

    def _app(self, environ: Environ, start: Start) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"].startswith("/moto-api"):
            return list(self._moto(environ, start))
        service, region, name = operation(environ, body)
        full = f"{service}.{name}"
        with self._lock:
            self.doorman.calls[full] += 1
            self.doorman.regions[full, region] += 1
            throttled = self.doorman.too_fast(service)
        if self.doorman.on_call:
            self.doorman.on_call(full)
        if self.doorman.latency:
            time.sleep(self.doorman.latency)
        if full in self.doorman.reset_connections or "*" in self.doorman.reset_connections:
            raise ConnectionResetError
        if throttled:
            return self._refuse(environ, start, service, "400 Bad Request", "SlowDown" if service == "s3" else "Throttling")
        if full in self.doorman.deny or f"{service}.*" in self.doorman.deny or region in self.doorman.deny_regions:
            return self._refuse(environ, start, service, "403 Forbidden", "AccessDenied")
        if full in self.doorman.answers or full in EMPTY_LISTS:
            status, answer, kind = self.doorman.answers.get(full) or ("200 OK", EMPTY_LISTS[full], "text/xml")
            start(status, [("Content-Type", kind), ("Content-Length", str(len(answer)))])
            return [answer]
        try:
            return [b"".join(self._moto(environ, start))]
        except NotImplementedError:
            return self._refuse(environ, start, service, "400 Bad Request", "UnknownOperation")

    def _refuse(self, environ: Environ, start: Start, service: str, status: str, code: str) -> list[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET"):
            body, kind = json.dumps({"__type": f"{code}Exception", "message": code}).encode(), "application/x-amz-json-1.1"
        elif environ["PATH_INFO"].startswith("/service/"):
            body, kind = _cbor({"__type": f"{code}Exception", "message": code}), "application/cbor"
            start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("smithy-protocol", "rpc-v2-cbor")])
            return [body]
        elif service == "s3":
            body, kind = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode(), "text/xml"
        elif service == "ec2":
            body = f"<Response><Errors><Error><Code>{code}</Code><Message>{code}</Message></Error></Errors></Response>".encode()
            kind = "text/xml"
        else:
            body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>".encode()
            kind = "text/xml"
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


def _policies_of_one_partition(backend: Any) -> Any:
    # moto makes an IAM of each of the six partitions for whoever signs in, and parses the policies for each.
    return POLICIES_OF_AWS(backend) if backend.region_name == "aws" else []


def _cbor(texts: dict[str, str]) -> bytes:
    parts = [text.encode() for pair in texts.items() for text in pair]
    return bytes([0xA0 + len(texts)]) + b"".join(b"\x78" + bytes([len(part)]) + part for part in parts)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def connection_dropped(self, error: BaseException, environ: Environ | None = None) -> None:
        self.close_connection = True  # else a kept-alive connection would stay open, and the client wait


@contextmanager
def running() -> Iterator[Emulator]:
    """An emulator while the block runs."""
    emulator = Emulator()
    emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()
