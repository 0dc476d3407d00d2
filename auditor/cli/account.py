"""Connecting for a command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from auditor.collect.session import Connection, Target, connect
from auditor.errors import UsageError


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
        raise UsageError(f"--demo needs `{error.name}`; install it with `pip install 'awsaudit[demo]'`") from error
    with emulated_account() as connection:
        yield connection
