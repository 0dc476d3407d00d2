"""Rules of the ordinary form, as most are, read at once.

The form is narrower than the API's: days that are allowed and no dates, a prefix or nothing in the filter, and nothing of another type.
What has more is read value by value (:mod:`auditor.lifecycle.decode`), and looked at in detail by the checks.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from auditor.lifecycle.decode import MOST
from auditor.model.s3 import (
    Expiration,
    Filter,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)

ID_LENGTH = 255
"""Characters of an id at most (API reference)."""
_Days = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
_Wait = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class _Part(msgspec.Struct, forbid_unknown_fields=True, rename="pascal", gc=False):
    """A part of a rule. All that is in it is read, or the rule is not of this form."""


class _Move(_Part):
    days: _Wait
    storage_class: str


class _OldMove(_Part):
    noncurrent_days: _Wait
    storage_class: str


class _End(_Part):
    days: _Days


class _OldEnd(_Part):
    noncurrent_days: _Days


class _Abort(_Part):
    days_after_initiation: _Days


class _Filter(_Part):
    prefix: str = ""


class _Rule(_Part):
    status: Literal["Enabled", "Disabled"]
    filter: _Filter
    id: Annotated[str, msgspec.Meta(max_length=ID_LENGTH)] = msgspec.field(default="", name="ID")
    transitions: tuple[_Move, ...] = ()
    expiration: _End | msgspec.UnsetType = msgspec.UNSET
    noncurrent_version_transitions: tuple[_OldMove, ...] = ()
    noncurrent_version_expiration: _OldEnd | msgspec.UnsetType = msgspec.UNSET
    abort_incomplete_multipart_upload: _Abort | msgspec.UnsetType = msgspec.UNSET


def read(raw: object) -> LifecycleRule | None:
    """The rule of the model; ``None``: what is written is not of the ordinary form."""
    try:
        one = msgspec.convert(raw, _Rule)
    except msgspec.ValidationError:
        return None
    moves, old_moves = one.transitions, one.noncurrent_version_transitions
    end, old_end, abort = one.expiration, one.noncurrent_version_expiration, one.abort_incomplete_multipart_upload
    return LifecycleRule(
        id=one.id,
        enabled=one.status == "Enabled",
        filter=Filter(one.filter.prefix or None),
        transitions=tuple([Transition(move.storage_class, move.days) for move in moves]) if moves else (),
        noncurrent_transitions=tuple([NoncurrentTransition(move.storage_class, move.noncurrent_days) for move in old_moves])
        if old_moves
        else (),
        expiration=Expiration(end.days) if end is not msgspec.UNSET else None,
        noncurrent_expiration=NoncurrentExpiration(old_end.noncurrent_days) if old_end is not msgspec.UNSET else None,
        abort_multipart_days=abort.days_after_initiation if abort is not msgspec.UNSET else None,
    )
