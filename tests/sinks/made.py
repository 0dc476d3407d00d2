"""Runs and news made up for the tests of the sinks, and clients that note what they are asked."""

from __future__ import annotations

import io
from typing import Any

from botocore.exceptions import ClientError

from auditor.engine.diff import Change, Kind
from auditor.sinks.notify import News


class Recorder:
    """A client that notes each call, and answers or refuses as it is told. What is put can be got."""

    def __init__(self, refuse: Exception | None = None, answer: dict[str, Any] | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.objects: dict[str, bytes] = {}
        self.refuse = refuse
        self.answer = answer or {}

    def _call(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((name, asked))
        if self.refuse:
            raise self.refuse
        return self.answer

    def put_object(self, **asked: Any) -> dict[str, Any]:
        body = asked.pop("Body").read()
        answer = self._call("put_object", asked)
        self.objects[asked["Key"]] = body
        return answer

    def get_object(self, **asked: Any) -> dict[str, Any]:
        self._call("get_object", asked)
        if asked["Key"] not in self.objects:
            raise refused("NoSuchKey")
        return {"Body": io.BytesIO(self.objects[asked["Key"]])}

    def publish(self, **asked: Any) -> dict[str, Any]:
        return self._call("publish", asked)

    def put_events(self, **asked: Any) -> dict[str, Any]:
        return self._call("put_events", asked)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{code}: what AWS said"}}, "Operation")


def change(name: str = "models", kind: Kind = Kind.NEW, resource: str = "arn:aws:s3:::models") -> Change:
    return Change(kind, "s3-versioning-off", "high", resource, name, "us-east-1", "0" * 32)


def news(*changes: Change, **more: Any) -> News:
    given: dict[str, Any] = {
        "account": "123456789012",
        "alias": "acme",
        "partition": "aws",
        "scan": "night-1",
        "complete": True,
        "baseline": False,
        "failing": 7,
        "unknown": 2,
        "changes": changes,
        "bucket": "reports",
        "folder": "reports/123456789012/2026-11-27/night-1/",
    }
    return News(**given | more)
