"""The clock of the emulated account: set back while it is furnished, so that what is in it has an age."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from freezegun import freeze_time


class Clock(Protocol):
    """What the seeding is told the time by."""

    now: datetime
    """When the account will be scanned."""

    def ago(self, days: float) -> None:
        """What is made from here on is made this many days before :attr:`now`."""
        ...


class Standing:
    """The clock of an emulator in another process, which cannot be set: everything is made now."""

    def __init__(self, now: datetime) -> None:
        """``now`` is still what metrics are counted back from."""
        self.now = now

    def ago(self, days: float) -> None:
        """Changes nothing."""


class _SetBack:
    def __init__(self, now: datetime, frozen: Any) -> None:
        self.now = now
        self._frozen = frozen

    def ago(self, days: float) -> None:
        self._frozen.move_to(self.now - timedelta(days=days))


@contextmanager
def set_back(now: datetime) -> Generator[Clock, None, None]:
    """A clock that the whole process goes by. Every clock is right again afterwards."""
    with freeze_time(now) as frozen:
        yield _SetBack(now, frozen)
