"""IAM's credential report: made once in a scan, by whoever asks first, and read row by row.

AWS makes the report anew at most every four hours. A user who is newer than the report has no row in it, and a user who was deleted and
made again has the row of the one before: the credentials of both are not known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from auditor.collect.door import Answer, Door, Raw
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.iam import AccessKey

Row: TypeAlias = Mapping[str, str]
Rows: TypeAlias = Mapping[tuple[str, str], Row]
"""The rows by user name and ARN. Both together, because a name may hold a comma: a row that shifted is nobody's."""

ROOT = "<root_account>"
"""The user name of the root user's row."""
PAUSES = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 10.0, 10.0, 10.0)
"""Seconds between the questions whether the report is complete: a minute in all. Most accounts need a few seconds."""

_NEVER = frozenset(("N/A", "no_information"))
_NOT_SUPPORTED = "not_supported"


def report(visit: Visit) -> Fact[Rows]:
    """The report. One that does not complete within a minute is *no data*, named after the call that makes it."""
    return visit.door.share((calls.GET_CREDENTIAL_REPORT.name, visit.region), lambda: _made(visit.door, visit.region))


def _made(door: Door, region: str) -> Fact[Rows]:
    call = calls.GENERATE_CREDENTIAL_REPORT
    for turn, pause in enumerate((*PAUSES, 0.0), start=1):
        state = door.read(call, region, {}, of=f"#{turn}" if turn > 1 else "").take(lambda r: str(r["State"]))
        if isinstance(state, Unknown):
            return state
        if state.value == "COMPLETE":
            return door.read(calls.GET_CREDENTIAL_REPORT, region, {}).take(lambda r: parse(r["Content"]))
        door.stopped.wait(pause)
    return Unknown(Reason.NO_DATA, call.name, call.action)


def parse(content: bytes) -> Rows:
    """The rows of the report's CSV text. Raises :class:`ValueError` when it is no credential report."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not lines or lines[0][:2] != ["user", "arn"]:
        raise ValueError("not a credential report")
    header = lines[0]
    return {(line[0], line[1]): dict(zip(header, line, strict=True)) for line in lines[1:] if len(line) == len(header)}


def row(rows: Fact[Rows], name: str, arn: str, created: Fact[datetime] | None = None) -> Answer:
    """A user's row, to take facts from; *no data* when the report has none, or one of a user made at another time than ``created``."""
    call = calls.GET_CREDENTIAL_REPORT
    if isinstance(rows, Unknown):
        return Answer(call, rows)
    found = rows.value.get((name, arn))
    if found is None or (created is not None and not _same_time(found, created)):
        return Answer(call, Unknown(Reason.NO_DATA, call.name, call.action))
    return Answer(call, Known(found))


def _same_time(found: Row, created: Fact[datetime]) -> bool:
    if isinstance(created, Unknown):
        return False
    try:
        reported = moment(found, "user_creation_time")
    except (KeyError, ValueError):
        return False
    # The report has whole seconds.
    return reported is not None and abs(reported - created.value) < timedelta(seconds=1)


def flag(cells: Raw, column: str) -> bool:
    """A cell that says true or false. Raises :class:`KeyError` when it says neither and :class:`ValueError` for anything else."""
    cell = str(cells[column])
    if cell in _NEVER or cell == _NOT_SUPPORTED:
        raise KeyError(column)
    if cell.lower() not in ("true", "false"):
        raise ValueError(cell)
    return cell.lower() == "true"


def moment(cells: Raw, column: str) -> datetime | None:
    """A cell that holds a time; ``None`` for never.

    Raises :class:`KeyError` when it is not supported and :class:`ValueError` for anything else.
    """
    cell = str(cells[column])
    if cell in _NEVER:
        return None
    if cell == _NOT_SUPPORTED:
        raise KeyError(column)
    time = datetime.fromisoformat(cell)
    if time.tzinfo is None:
        raise ValueError(cell)
    return time.astimezone(UTC)


def password_last_used(cells: Raw) -> datetime | None:
    """When a password was last used. Raises as :func:`moment` does."""
    # Some emulators say "not supported" of users without a password, where AWS says "N/A".
    if cells["password_last_used"] == _NOT_SUPPORTED and not flag(cells, "password_enabled"):
        return None
    return moment(cells, "password_last_used")


def access_keys(cells: Raw) -> tuple[AccessKey, ...]:
    """The slots that hold a key. Raises as :func:`flag` and :func:`moment` do."""
    found: list[AccessKey] = []
    for slot in (1, 2):
        column = f"access_key_{slot}"
        active, rotated = flag(cells, f"{column}_active"), moment(cells, f"{column}_last_rotated")
        if active or rotated is not None:
            found.append(
                AccessKey(
                    slot=slot,
                    active=active,
                    last_rotated=rotated,
                    last_used=moment(cells, f"{column}_last_used_date"),
                    last_used_service=_word(cells, f"{column}_last_used_service"),
                    last_used_region=_word(cells, f"{column}_last_used_region"),
                )
            )
    return tuple(found)


def _word(cells: Raw, column: str) -> str | None:
    cell = str(cells[column])
    return None if cell in _NEVER or cell == _NOT_SUPPORTED else cell
