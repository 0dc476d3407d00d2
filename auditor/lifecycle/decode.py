"""From data in the shape of the API to the rules of the model. What is wrong with the data, the checks say; here they are read or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.lifecycle.written import Opaque
from auditor.model.s3 import (
    Expiration,
    Filter,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from auditor.source.shape import is_list, is_object

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TRUTH: Mapping[str, bool] = {"true": True, "false": False}
MOST = 2**31 - 1
"""The largest number of days that the API has room for."""


class Undecodable(Exception):
    """A part is not what it should be, or not known yet."""


def rule(raw: Any, *, numbers_in_text: bool) -> LifecycleRule:
    """The rule of the model. Raises :class:`Undecodable`."""
    reader = _Reader(numbers_in_text)
    if not is_object(raw):
        raise Undecodable
    legacy = "Filter" not in raw and "Prefix" in raw
    expiration = _object(raw, "Expiration")
    old = _object(raw, "NoncurrentVersionExpiration")
    abort = _object(raw, "AbortIncompleteMultipartUpload")
    status = raw.get("Status")
    if status not in ("Enabled", "Disabled"):
        raise Undecodable
    return LifecycleRule(
        id=_text(raw.get("ID")) or "",
        enabled=status == "Enabled",
        filter=Filter(prefix=_text(raw["Prefix"]) or None) if legacy else reader.filter(_object(raw, "Filter") or {}),
        legacy_prefix=legacy,
        transitions=tuple(reader.transition(one) for one in listed(raw, "Transition")),
        noncurrent_transitions=tuple(reader.noncurrent_transition(one) for one in listed(raw, "NoncurrentVersionTransition")),
        expiration=reader.expiration(expiration) if expiration is not None else None,
        noncurrent_expiration=reader.noncurrent_expiration(old) if old is not None else None,
        abort_multipart_days=reader.number(abort.get("DaysAfterInitiation")) if abort is not None else None,
    )


def listed(raw: Mapping[str, Any], name: str) -> list[Any]:
    """The transitions of a rule: a list in ``Transitions``, or a single one in ``Transition``, as the API had it before 2014."""
    several = raw.get(f"{name}s")
    if several is None:
        return [raw[name]] if name in raw else []
    if not is_list(several):
        raise Undecodable
    return several


def moment(value: Any) -> datetime | None:
    """A moment in ISO 8601; of a text without a zone, in UTC. ``None`` for what is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def whole(value: Any, *, in_text: bool) -> int | None:
    """A whole number; ``None`` for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if in_text and isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return None


def truth(value: Any, *, in_text: bool) -> bool | None:
    """A truth value; ``None`` for what is none."""
    if isinstance(value, bool):
        return value
    return _TRUTH.get(value.lower()) if in_text and isinstance(value, str) else None


def has_opaque(value: Any) -> bool:
    """Something in the value is not known yet. Ids do not matter."""
    if isinstance(value, Opaque):
        return True
    if is_object(value):
        return any(has_opaque(inner) for name, inner in value.items() if name != "ID")
    return is_list(value) and any(has_opaque(inner) for inner in value)


def _object(raw: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = raw.get(name)
    if value is None or value == "":
        return None
    if not is_object(value):
        raise Undecodable
    return value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Opaque):
        return value.text
    raise Undecodable


class _Reader:
    def __init__(self, in_text: bool) -> None:
        self._in_text = in_text

    def number(self, value: Any) -> int | None:
        if value is None:
            return None
        found = whole(value, in_text=self._in_text)
        if found is None or not 0 <= found <= 10**18:
            raise Undecodable
        return found

    def date(self, value: Any) -> datetime | None:
        found = moment(value)
        if value is not None and found is None:
            raise Undecodable
        return found

    def filter(self, raw: Mapping[str, Any]) -> Filter:
        both = _object(raw, "And")
        inner: Mapping[str, Any] = both if both is not None else raw
        tags = inner.get("Tags")
        if tags is None:
            tags = [inner["Tag"]] if "Tag" in inner else []
        if not is_list(tags):
            raise Undecodable
        pairs: dict[str, str] = {}
        for tag in tags:
            key, value = (tag.get("Key"), tag.get("Value")) if is_object(tag) else (None, None)
            if not isinstance(key, str) or not isinstance(value, str):
                raise Undecodable
            pairs[key] = value
        prefix = inner.get("Prefix")
        if prefix is not None and not isinstance(prefix, str):
            raise Undecodable
        return Filter(
            prefix or None,
            pairs,
            self.number(inner.get("ObjectSizeGreaterThan")),
            self.number(inner.get("ObjectSizeLessThan")),
        )

    def _class(self, raw: Mapping[str, Any]) -> str:
        value = raw.get("StorageClass")
        if not isinstance(value, str):
            raise Undecodable
        return value

    def transition(self, raw: Any) -> Transition:
        if not is_object(raw):
            raise Undecodable
        return Transition(self._class(raw), self.number(raw.get("Days")), self.date(raw.get("Date")))

    def noncurrent_transition(self, raw: Any) -> NoncurrentTransition:
        if not is_object(raw):
            raise Undecodable
        days, keep = self.number(raw.get("NoncurrentDays")), self.number(raw.get("NewerNoncurrentVersions"))
        return NoncurrentTransition(self._class(raw), days, keep)

    def expiration(self, raw: Mapping[str, Any]) -> Expiration:
        markers = raw.get("ExpiredObjectDeleteMarker")
        found = truth(markers, in_text=self._in_text)
        if markers is not None and found is None:
            raise Undecodable
        return Expiration(self.number(raw.get("Days")), self.date(raw.get("Date")), bool(found))

    def noncurrent_expiration(self, raw: Mapping[str, Any]) -> NoncurrentExpiration:
        return NoncurrentExpiration(self.number(raw.get("NoncurrentDays")), self.number(raw.get("NewerNoncurrentVersions")))
