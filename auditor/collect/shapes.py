"""Reading AWS's answers: parts that may be absent, and times in UTC.

botocore gives the times of services that speak JSON in the zone of the machine it runs on; a snapshot must not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Raw = Mapping[str, Any]

_EMPTY: Raw = {}
_REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")


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
    """The text under the key. AWS leaves out what is not set, or gives an empty text: ``None`` for both.

    Raises :class:`TypeError` for anything else.
    """
    found = raw.get(key)
    return None if found is None or found == "" else text(found)


def text(value: object) -> str:
    """The text. Raises :class:`TypeError` for anything else: the SDK does not check what services that speak JSON send."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def flag(raw: Raw, key: str) -> bool:
    """The truth value under the key. Raises :class:`KeyError` when it is absent and :class:`TypeError` for anything else."""
    value = raw[key]
    if not isinstance(value, bool):
        raise TypeError("not a truth value")
    return value


def flag_or_false(raw: Raw, key: str) -> bool:
    """The truth value under the key, false where AWS leaves it out. Raises :class:`TypeError` for anything else."""
    return flag(raw, key) if raw.get(key) is not None else False


def switched_on(raw: Raw, key: str) -> bool:
    """``Enabled`` is under the key, not ``Disabled``. Raises :class:`KeyError` when it is absent, :class:`ValueError` for another word."""
    value = raw[key]
    if value not in ("Enabled", "Disabled"):
        raise ValueError("neither enabled nor disabled")
    return bool(value == "Enabled")


def region_name(value: object) -> str:
    """The name of a region. Raises :class:`ValueError` for what cannot be one: it would become a part of a host name, and be shown."""
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise ValueError("not the name of a region")
    return value


def texts(raw: Raw, key: str) -> tuple[str, ...]:
    """The texts under the key, sorted: AWS promises no order. Empty when it is absent. Raises :class:`TypeError` for anything else."""
    found: Sequence[object] = raw.get(key) or ()
    return tuple(sorted(map(text, found)))


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
