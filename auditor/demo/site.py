"""What the seeding works with: writing clients, a clock, and small shapes that AWS's APIs share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.config import Config

from auditor.demo.clock import Clock
from auditor.demo.emulator import ACCOUNT

TEAM = "팀"
"""The tag key for the team, in Korean: reports must print any script."""


class Site:
    """An account to furnish, in one region, through any boto3 session (moto in this process, or an emulator behind ``endpoint_url``)."""

    def __init__(self, session: Any, clock: Clock, region: str, endpoint_url: str | None = None) -> None:
        """The session needs credentials that may write."""
        self.clock = clock
        self.region = region
        self._session = session
        self._endpoint = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = "") -> Any:
        """A client that may write, in the site's own region unless another is given; the same one each time."""
        place = service, region or self.region
        if place not in self._clients:
            # The parameters are ours, and checking thousands of datapoints takes a second.
            config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
            self._clients[place] = self._session.client(service, region_name=place[1], endpoint_url=self._endpoint, config=config)
        return self._clients[place]


def tags(name: str | None = None, **others: str) -> list[Mapping[str, str]]:
    """Tags as most APIs take them."""
    named = {"Name": name} if name else {}
    return [{"Key": key, "Value": value} for key, value in {**named, **others}.items()]


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, ensure_ascii=False, indent=2)


def allow(actions: str | Sequence[str], resources: str | Sequence[str] = "*", **more: Any) -> Mapping[str, Any]:
    """An Allow statement; ``more`` are further elements, such as ``Sid`` and ``Condition``."""
    return {**more, "Effect": "Allow", "Action": actions, "Resource": resources}


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> str:
    """A trust policy of one statement."""
    return policy({**more, "Effect": "Allow", "Principal": principal, "Action": action})


def role_arn(name: str) -> str:
    """ARN of a role of the emulated account."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"
