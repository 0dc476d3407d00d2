"""Clients that write results. They have nothing to do with the audit session, which can only read."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})
"""The SDK's own patience, a minute and five tries, is longer than what is left of a run when its results are delivered."""


def client(service: str, region: str | None = None) -> Any:
    """A client with the credentials of the process, in its region unless another is named."""
    session: Any = boto3.Session()
    return session.client(service, region_name=region, config=_CONFIG)
