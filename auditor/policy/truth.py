"""Three-valued answers: yes, no, or it depends on keys of the request that are not known.

After Kleene: an answer that does not need the unknown is definite. An unknown answer is the set of keys it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Truth: TypeAlias = "bool | frozenset[str]"
"""``True``, ``False``, or the keys, as written, that it depends on (never empty)."""


def negate(truth: Truth) -> Truth:
    """Not."""
    return not truth if isinstance(truth, bool) else truth


def every(truths: Iterable[Truth]) -> Truth:
    """And: false as soon as one is. Of what is unknown, all keys."""
    unknown: frozenset[str] | None = None
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            unknown = truth if unknown is None else unknown | truth
    return True if unknown is None else unknown


def either(truths: Iterable[Truth]) -> Truth:
    """Or: true as soon as one is. Of what is unknown, all keys."""
    unknown: frozenset[str] | None = None
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            unknown = truth if unknown is None else unknown | truth
    return False if unknown is None else unknown


def unknown(*keys: str) -> Truth:
    """It depends on these."""
    return frozenset(keys)
