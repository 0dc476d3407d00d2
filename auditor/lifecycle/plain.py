"""Rules in which nothing can be refused, as most are: told apart at once by their form, so that only the others are looked at in detail.

The form is narrower than the API's: one transition of each kind, days and no dates, a prefix or nothing in the filter.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from auditor.lifecycle.classes import NO_DAYS_BEFORE, TARGETS
from auditor.lifecycle.decode import MOST

ID_LENGTH = 255
"""Characters of an id at most (API reference)."""
_Days = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
_Wait = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class _Move(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    days: _Wait
    storage_class: str


class _OldMove(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    noncurrent_days: _Wait
    storage_class: str


class _End(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    days: _Days


class _OldEnd(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    noncurrent_days: _Days


class _Abort(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    days_after_initiation: _Days


class _Filter(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    prefix: str = ""


class _Rule(msgspec.Struct, forbid_unknown_fields=True, rename="pascal"):
    status: str
    filter: _Filter
    id: Annotated[str, msgspec.Meta(max_length=ID_LENGTH)] = msgspec.field(default="", name="ID")
    transitions: Annotated[list[_Move], msgspec.Meta(max_length=1)] = msgspec.field(default_factory=list[_Move])
    expiration: _End | msgspec.UnsetType = msgspec.UNSET
    noncurrent_version_transitions: Annotated[list[_OldMove], msgspec.Meta(max_length=1)] = msgspec.field(
        default_factory=list[_OldMove]
    )
    noncurrent_version_expiration: _OldEnd | msgspec.UnsetType = msgspec.UNSET
    abort_incomplete_multipart_upload: _Abort | msgspec.UnsetType = msgspec.UNSET


def plain(rule: object) -> bool:
    """A rule, as it is written, in which nothing can be refused but an id that another rule has, too."""
    try:
        one = msgspec.convert(rule, _Rule)
    except msgspec.ValidationError:
        return False
    if one.status not in ("Enabled", "Disabled"):
        return False
    ends = (one.expiration, one.noncurrent_version_expiration, one.abort_incomplete_multipart_upload)
    if not (one.transitions or one.noncurrent_version_transitions) and all(end is msgspec.UNSET for end in ends):
        return False
    last = MOST + 1 if one.expiration is msgspec.UNSET else one.expiration.days
    old_last = (
        MOST + 1 if one.noncurrent_version_expiration is msgspec.UNSET else one.noncurrent_version_expiration.noncurrent_days
    )
    return all(_fine(move.storage_class, move.days, last) for move in one.transitions) and all(
        _fine(move.storage_class, move.noncurrent_days, old_last) for move in one.noncurrent_version_transitions
    )


def _fine(storage_class: str, days: int, last: int) -> bool:
    return storage_class in TARGETS and days < last and not (storage_class in NO_DAYS_BEFORE and days < 30)
