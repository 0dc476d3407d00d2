"""How fast each service may be called: a token bucket that slows down when AWS throttles and recovers slowly.

Additive increase, multiplicative decrease, as in TCP: the rate ends near what the account's limits allow, without knowing them.
"""

from __future__ import annotations

import threading
import time

CEILING = 200.0
"""Calls a second to one service in one region, at most: about what one Python process can make."""
FLOOR = 0.5
"""Calls a second that are always allowed, however hard AWS throttles."""
DECREASE = 0.6
INCREASE = 2.0
"""How much faster, in calls a second, each second without throttling."""


class Pace:
    """The pace of one service in one region. Safe to share between threads."""

    def __init__(self, ceiling: float | None = None) -> None:
        """Start at ``ceiling`` calls a second, the documented limit when there is one."""
        self._ceiling = ceiling or CEILING
        self._rate = self._ceiling
        self._lock = threading.Lock()
        self._next = 0.0
        self._slowed = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Return when the next call may start, or at once when ``stop`` is set."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + 1 / self._rate
        if start > now:
            stop.wait(start - now)

    def throttled(self) -> None:
        """AWS throttled a call: slow down, once for all calls that were under way together."""
        with self._lock:
            now = time.monotonic()
            if now - self._slowed > 0.5:
                self._rate = max(FLOOR, self._rate * DECREASE)
                self._slowed = now

    def went_well(self) -> None:
        """AWS answered: speed up a little."""
        with self._lock:
            if self._rate < self._ceiling:
                self._rate = min(self._ceiling, self._rate + INCREASE / self._rate)
