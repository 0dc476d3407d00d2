"""AWS's price list, EC2's history of spot prices and STS behind real HTTP on a free loopback port, in their documented shapes.

``GetProducts`` is JSON 1.1, ``DescribeSpotPriceHistory`` and ``GetCallerIdentity`` are answered in XML; filters, times, page sizes and
tokens are honoured as AWS does.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

JSON, XML = "application/x-amz-json-1.1", "text/xml;charset=UTF-8"
Params = Mapping[str, Any]
Reply = tuple[int, str, bytes]
"""Status, content type, body."""


class PriceServer:
    """``products`` by region, ``spot`` as (type, zone, from when on, price); ``page``: products on a page, at most, and
    ``spot_page``: spot prices.

    ``before`` is asked first for each call, with its operation and parameters: what it gives is answered instead.
    """

    def __init__(self) -> None:
        self.products: dict[str, list[dict[str, Any]]] = {}
        self.spot: list[tuple[str, str, datetime, str]] = []
        self.page = 100
        self.spot_page = 1000
        self.calls: Counter[str] = Counter()
        self.before: Callable[[str, Params], Reply | None] = lambda operation, params: None
        server = self
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with lock:
                    status, kind, answer = server.answer(self.headers.get("X-Amz-Target", ""), body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None: ...

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, target: str, body: str) -> Reply:
        params: Params = json.loads(body) if target else dict(parse_qsl(body, keep_blank_values=True))
        operation = target.removeprefix("AWSPriceListService.") if target else str(params["Action"])
        self.calls[operation] += 1
        if found := self.before(operation, params):
            return found
        if operation == "GetProducts":
            return self._get_products(params)
        if operation == "DescribeSpotPriceHistory":
            return self._spot_history(params)
        return 200, XML, _IDENTITY.encode()

    def _get_products(self, params: Params) -> Reply:
        most = params.get("MaxResults", 100)
        if not 1 <= most <= 100:
            return json_error("InvalidParameterException")
        filters = {one["Field"]: one["Value"] for one in params["Filters"] if one["Type"] == "TERM_MATCH"}
        region = filters.get("regionCode", "")
        found = [
            one
            for one in self.products.get(region, ())
            if one["serviceCode"] == params["ServiceCode"] and all(_field(one, name) == value for name, value in filters.items())
        ]
        start = int(params.get("NextToken", "after:0").removeprefix("after:"))
        end = start + min(self.page, most)
        said: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in found[start:end]]}
        if end < len(found):
            said["NextToken"] = f"after:{end}"
        return 200, JSON, json.dumps(said).encode()

    def _spot_history(self, params: Params) -> Reply:
        types = {value for name, value in params.items() if name.startswith("InstanceType.")}
        start, end = (datetime.fromisoformat(params[name]) for name in ("StartTime", "EndTime"))
        rows = [row for row in self.spot if row[0] in types and row[2] <= end]
        in_time = {row for row in rows if row[2] >= start}
        for type, zone in {row[:2] for row in rows}:
            in_time |= set(sorted(row for row in rows if row[:2] == (type, zone) and row[2] < start)[-1:])
        ordered = sorted(in_time, key=lambda row: (row[2], row[:2]), reverse=True)
        first = int(params.get("NextToken") or 0)
        last = first + min(self.spot_page, int(params.get("MaxResults", 1000)))
        items = "".join(
            f"<item><instanceType>{type}</instanceType><productDescription>Linux/UNIX</productDescription>"
            f"<spotPrice>{price}</spotPrice><timestamp>{at:%Y-%m-%dT%H:%M:%S.000Z}</timestamp>"
            f"<availabilityZone>{zone}</availabilityZone></item>"
            for type, zone, at, price in ordered[first:last]
        )
        token = f"<nextToken>{last}</nextToken>" if last < len(ordered) else "<nextToken/>"
        name = "DescribeSpotPriceHistoryResponse"
        return 200, XML, f"<{name}><spotPriceHistorySet>{items}</spotPriceHistorySet>{token}</{name}>".encode()


class _Quiet(ThreadingHTTPServer):
    """Who asked may have been interrupted."""

    def handle_error(self, request: Any, client_address: Any) -> None: ...


def json_error(code: str, status: int = 400) -> Reply:
    """A refusal as the price list gives it."""
    return status, JSON, json.dumps({"__type": f"com.amazonaws.pricing#{code}", "Message": "no"}).encode()


def xml_error(code: str, status: int = 403) -> Reply:
    """A refusal as EC2 gives it."""
    return status, XML, f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>".encode()


def _field(product: dict[str, Any], name: str) -> object:
    return product["product"].get(name) if name == "productFamily" else product["product"]["attributes"].get(name)


_IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/audit</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


@contextmanager
def running() -> Generator[PriceServer]:
    """A server while the block runs."""
    server = PriceServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
