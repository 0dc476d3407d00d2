"""Rules of the ordinary form, as most are: read at once, and known to have nothing in them that S3 refuses.

The form is narrower than the API's: days and no dates, a prefix or nothing in the filter. What has more is read value by value
(:mod:`auditor.lifecycle.decode`), and looked at in detail by the checks.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from auditor.lifecycle.classes import NO_DAYS_BEFORE, TARGETS
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


def read(raw: object) -> tuple[LifecycleRule, bool] | None:
    """The rule of the model, and whether nothing in it can be refused, but for an id that another rule has, too. ``None``: what is written
    is not of the ordinary form."""
    try:
        one = msgspec.convert(raw, _Rule)
    except msgspec.ValidationError:
        return None
    moves, old_moves = one.transitions, one.noncurrent_version_transitions
    end, old_end, abort = one.expiration, one.noncurrent_version_expiration, one.abort_incomplete_multipart_upload
    model = LifecycleRule(
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
    return model, _fine(model)


def _fine(rule: LifecycleRule) -> bool:
    """It asks for something, for one transition of each kind at most, and nothing of it is in a wrong order."""
    moves, old_moves, end, old_end = rule.transitions, rule.noncurrent_transitions, rule.expiration, rule.noncurrent_expiration
    if not (moves or old_moves or end or old_end or rule.abort_multipart_days is not None) or len(moves) > 1 or len(old_moves) > 1:
        return False
    return (not moves or _moves(moves[0], end)) and (not old_moves or _moves(old_moves[0], old_end))


def _moves(move: Transition | NoncurrentTransition, end: Expiration | NoncurrentExpiration | None) -> bool:
    """A transition that is known, comes before the end, and is taken by every version of the API."""
    days, target = move.days or 0, move.storage_class
    in_time = end is None or end.days is None or days < end.days
    return in_time and target in TARGETS and (days >= 30 or target not in NO_DAYS_BEFORE)
