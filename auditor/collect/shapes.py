"""Reading AWS's answers: parts that may be absent, and times in UTC.

botocore gives the times of services that speak JSON in the zone of the machine it runs on; a snapshot must not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Raw = Mapping[str, Any]

_EMPTY: Raw = {}


def part(raw: Raw, *path: str) -> Raw:
    """The structure at the end of the path, empty when it or one before it is absent."""
    for key in path:
        raw = raw.get(key) or _EMPTY
    return raw


def parts(raw: Raw, key: str) -> Sequence[Raw]:
    """The list of structures under the key, empty when it is absent."""
    found: Sequence[Raw] = raw.get(key) or ()
    return found


def text_or_none(raw: Raw, key: str) -> str | None:
    """The text under the key. AWS leaves out what is not set, or gives an empty text: ``None`` for both."""
    return str(raw[key]) if raw.get(key) else None


def texts(raw: Raw, key: str) -> tuple[str, ...]:
    """The texts under the key, sorted: AWS promises no order. Empty when it is absent."""
    found: Sequence[object] = raw.get(key) or ()
    return tuple(sorted(map(str, found)))


def number_or_none(raw: Raw, key: str) -> int | None:
    """The whole number under the key, ``None`` when it is absent."""
    return None if raw.get(key) is None else int(raw[key])


def moment(value: Any) -> datetime:
    """The time, in UTC. Raises :class:`TypeError` for anything else."""
    if not isinstance(value, datetime):
        raise TypeError("not a time")
    return value.astimezone(UTC)


def moment_or_none(value: Any) -> datetime | None:
    """The time, or ``None`` where the answer has none."""
    return None if value is None else moment(value)
