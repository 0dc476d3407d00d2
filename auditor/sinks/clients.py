"""Clients that write results. They have nothing to do with the audit session, which can only read."""

from __future__ import annotations

from typing import Any

import boto3


def client(service: str, region: str | None = None) -> Any:
    """A client with the credentials of the process, in its region unless another is named."""
    session: Any = boto3.Session()
    return session.client(service, region_name=region)
