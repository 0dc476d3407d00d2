"""How fast each service may be called: a token bucket that slows down when AWS throttles and recovers slowly.

Additive increase, multiplicative decrease, as in TCP: the rate ends near what the account's limits allow, without knowing them.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

CEILING = 300.0
"""Calls a second to one service in one region, at most: a little over what one Python process can make."""
FLOOR = 0.5
"""Calls a second that are always allowed, however hard AWS throttles."""
DECREASE = 0.6
INCREASE = 2.0
"""How much faster, in calls a second, each second without throttling."""


class Clock(Protocol):
    """What paces and pauses go by. It has no say in what a scan finds."""

    def now(self) -> float:
        """Seconds since some moment; never less than before."""
        ...

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Let the seconds pass, or return as soon as ``stop`` is set."""
        ...


class SystemClock:
    """The machine's own."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Sleep, unless stopped."""
        stop.wait(seconds)


class Pace:
    """The pace of one service in one region. Safe to share between threads."""

    def __init__(self, clock: Clock, ceiling: float | None = None) -> None:
        """Start at ``ceiling`` calls a second, the documented limit when there is one."""
        self._clock = clock
        self._ceiling = ceiling or CEILING
        self._rate = self._ceiling
        self._lock = threading.Lock()
        self._next = 0.0
        self._slowed = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Return when the next call may start, or at once when ``stop`` is set."""
        with self._lock:
            now = self._clock.now()
            start = max(now, self._next)
            self._next = start + 1 / self._rate
        if start > now:
            self._clock.wait(start - now, stop)

    def throttled(self) -> None:
        """AWS throttled a call: slow down, once for all calls that were under way together."""
        with self._lock:
            now = self._clock.now()
            if now - self._slowed > 0.5:
                self._rate = max(FLOOR, self._rate * DECREASE)
                self._slowed = now

    def went_well(self) -> None:
        """AWS answered: speed up a little."""
        with self._lock:
            if self._rate < self._ceiling:
                self._rate = min(self._ceiling, self._rate + INCREASE / self._rate)
