"""The context of a request: condition keys with values, keys that are absent, and keys that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

_KELVIN = "\u212a"
Scalar = str | int | float | bool


class Context(msgspec.Struct, frozen=True):
    """``values`` by key in lower case, for AWS compares keys so; no values: the key is absent. Keys that are not in ``values`` are absent,
    or unknown when the context is ``open``. ``assumed``: what conditions on unknown keys say, in the case that is looked at."""

    values: Mapping[str, tuple[str, ...]] = {}
    open: bool = False
    assumed: Mapping[object, bool] = {}

    def get(self, key: str) -> tuple[str, ...] | None:
        """The values of a key in lower case; none: it is absent. ``None``: it is not known."""
        found = self.values.get(key)
        if found is not None:
            return found
        return None if self.open else ()


def folded(key: str) -> str:
    """A key without regard to case, as AWS compares keys. The Kelvin sign, whose small form is an ASCII `k`, is another letter."""
    if key.isascii() or _KELVIN not in key:
        return key.lower()
    return _KELVIN.join(part.lower() for part in key.split(_KELVIN))


def context(given: Mapping[str, Scalar | Iterable[Scalar] | None], *, open: bool = False) -> Context:
    """A context from plain values. ``None`` means that the key is absent."""
    return Context({folded(key): _strings(value) for key, value in given.items()}, open)


def _strings(value: Scalar | Iterable[Scalar] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str | int | float):
        return (text(value),)
    return tuple(text(one) for one in value)


def text(value: Scalar) -> str:
    """A value as AWS compares it: booleans are ``true`` and ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
