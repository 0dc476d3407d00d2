"""Connecting for a command."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from auditor.collect.session import Connection, Target, connect
from auditor.errors import UsageError


def target(
    *,
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    mfa_serial: str | None,
    regions: Sequence[str] | None,
    endpoint_url: str | None,
) -> Target:
    """What to connect to. Raises :class:`UsageError` for what cannot be one, before anything is asked of AWS."""
    if role_arn and not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", role_arn):
        raise UsageError(f"`{role_arn}` is not the ARN of a role; it looks like arn:aws:iam::123456789012:role/NAME")
    if not role_arn and (external_id or mfa_serial):
        raise UsageError("--external-id and --mfa-serial are for assuming a role; name it with --role-arn")
    if endpoint_url and not re.match(r"https?://[^/\s]+", endpoint_url):
        raise UsageError(f"`{endpoint_url}` is not an endpoint; it looks like http://127.0.0.1:5000")
    for region in regions or ():
        if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}", region):
            raise UsageError(f"`{region}` is not a region; it looks like ap-northeast-2")
    return Target(
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        mfa_serial=mfa_serial,
        region=regions[0] if regions else None,
        endpoint_url=endpoint_url,
    )


@contextmanager
def real(target: Target) -> Generator[Connection]:
    """The account that the user named."""
    yield connect(target)


@contextmanager
def emulated() -> Generator[Connection]:
    """The emulated account of ``--demo``. Raises :class:`UsageError` when the ``demo`` extra is not installed."""
    try:
        from auditor.demo.account import emulated_account
    except ImportError as error:
        raise UsageError(
            f"--demo needs `{error.name}`; install the `demo` extra (in a checkout: `pip install '.[demo]'`)"
        ) from error
    with emulated_account() as connection:
        yield connection
