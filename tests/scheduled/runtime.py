"""A Lambda runtime on this machine: AWS's runtime client drives the real handler, and asks a small Runtime API here for its events."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

HANDLER = "auditor.lambda_handler.handler"
COMMAND = (sys.executable, "-m", "awslambdaric", HANDLER)
PATIENCE = 90
"""Seconds to wait for an answer before the test gives up."""


class Answer(msgspec.Struct, frozen=True):
    """What an invocation ended with: its result, or the error that the runtime reported."""

    result: Any
    error: Any


class Lambda:
    """A function that runs. :meth:`invoke` is one invocation; the process stays warm between them."""

    def __init__(self, log: Path) -> None:
        self._events: queue.Queue[tuple[str, bytes, int]] = queue.Queue()
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._log = log
        self._read_from = 0
        self._count = 0
        self.process: subprocess.Popen[bytes] | None = None
        outer = self

        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                request, body, deadline = outer._events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", request)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:awsaudit")
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-0-0")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                failed = self.path.endswith("/error")
                outer._answers.put(Answer(None, said) if failed else Answer(said, None))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def invoke(self, event: object = None, *, seconds: float = 120, request: str = "") -> Answer:
        """Invoke with an event; the function has so many seconds."""
        self._count += 1
        deadline = int((time.time() + seconds) * 1000)
        self._events.put((request or f"00000000-0000-4000-8000-{self._count:012}", json.dumps(event).encode(), deadline))
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return self._answers.get(timeout=0.5)
            except queue.Empty:
                dead = self.process is not None and self.process.poll() is not None
                if dead or time.monotonic() > give_up:
                    raise AssertionError(f"the function {'died' if dead else 'does not answer'}: {self.log()}") from None

    def log(self) -> str:
        """All that the function wrote since it began, or was told to :meth:`forget`."""
        return self._log.read_bytes()[self._read_from :].decode("utf-8")

    def forget(self) -> None:
        """Begin the log anew, for the next test."""
        self._read_from = self._log.stat().st_size

    def lines(self) -> list[Any]:
        """The structured lines of the log."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def running(environment: Mapping[str, str], folder: Path, command: Sequence[str] = COMMAND) -> Generator[Lambda]:
    """A function that runs while the block does."""
    function = Lambda(folder / "function.log")
    with (folder / "function.log").open("wb") as log:
        process = subprocess.Popen(
            list(command),
            env={**environment, "AWS_LAMBDA_RUNTIME_API": function.address, "AWS_LAMBDA_FUNCTION_NAME": "awsaudit"},
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        function.process = process
        try:
            yield function
        finally:
            process.kill()
            process.wait()
            function.close()
