"""The life of an object under lifecycle rules as rows, for text and picture alike."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import msgspec

from auditor.lifecycle.report import Happening, Life

_DONE: Mapping[str, str] = {"delete": "deleted", "mark": "delete marker", "remove-marker": "marker removed"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What an object is from a day on: its class, or that it is marked as deleted, noncurrent or gone.

    ``date``: empty for what no rule did. ``stay``: days until the next row, ``None`` for ever. ``gone``: nothing is left of it.
    """

    day: int
    date: str
    what: str
    stay: int | None
    gone: bool
    rules: tuple[str, ...]

    @property
    def lasting(self) -> str:
        """How long it stays so, in short."""
        return "" if self.gone or self.stay == 0 else "for ever" if self.stay is None else f"{self.stay:,} d"


def rows(life: Life) -> list[Row]:
    """The rows, from the day on which the object is written."""
    steps: list[tuple[int, str, str, tuple[str, ...], str]] = [(0, "", life.object.storage_class, (), "")]
    steps += [(event.day, event.date, _what(event), _by(event), event.action) for event in life.events]
    if life.object.noncurrent_day is not None:
        steps.append((life.object.noncurrent_day, "", "noncurrent", (), ""))
        steps.sort(key=lambda step: step[0])
    stays = [later[0] - one[0] for one, later in pairwise(steps)]
    return [
        Row(
            day=day,
            date=date,
            what="marker alone" if action == "delete" and number < len(stays) else what,
            stay=stays[number] if number < len(stays) else None,
            gone=number == len(stays) and action in ("delete", "remove-marker"),
            rules=names,
        )
        for number, (day, date, what, names, action) in enumerate(steps)
    ]


def _by(event: Happening) -> tuple[str, ...]:
    return (*event.rules, f"{event.more:,} more") if event.more else event.rules


def _what(event: Happening) -> str:
    return event.storage_class or _DONE[event.action]
