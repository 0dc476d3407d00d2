"""The storage classes of S3: what lifecycle can do with them, and what they charge for that lifecycle rules run into.

Figures are from the S3 User Guide, "Understanding and managing Amazon S3 storage classes" and "Transitioning objects using Amazon S3
Lifecycle"; those of AWS's price page are said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SMALL = 128 * 1024
"""Bytes below which objects are small: the least that is billed in some classes, the default minimum of transitions, and the size from
which Intelligent-Tiering moves objects ("Transitioning objects using Amazon S3 Lifecycle", constraints)."""


class StorageClass(msgspec.Struct, frozen=True, kw_only=True):
    """A storage class, by the name the API gives it.

    ``preference``: of several transitions that are due at once the one with the lowest number is carried out. It is the order of prices,
    the cheapest first, but that Intelligent-Tiering goes before all that are not archives (User Guide, "How Amazon S3 handles conflicts
    in lifecycle configurations").
    """

    name: str
    title: str
    preference: int
    into: frozenset[str] = frozenset()
    """The classes that lifecycle can move its objects to ("Supported lifecycle transitions")."""
    minimum_days: int = 0
    """Days that are charged at least, whenever an object leaves."""
    minimum_size: int = 0
    """Bytes of each object that are charged at least."""
    overhead: int = 0
    """Bytes that each object has more, charged as this class, for index and metadata."""
    overhead_standard: int = 0
    """Bytes that each object has more, charged as S3 Standard, for its name."""
    retrieval: str = "milliseconds"
    """How long a first byte takes, in the words of the User Guide: the fastest way of reading to the cheapest."""
    zones: int = 3
    """Availability Zones that hold an object, at least."""


_KB = 1024
_ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE"})

CLASSES: Mapping[str, StorageClass] = {
    one.name: one
    for one in (
        StorageClass(
            name="STANDARD",
            title="S3 Standard",
            preference=9,
            into=_ARCHIVES | {"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR"},
        ),
        StorageClass(name="REDUCED_REDUNDANCY", title="Reduced Redundancy", preference=9, into=_ARCHIVES),
        StorageClass(name="EXPRESS_ONEZONE", title="S3 Express One Zone", preference=9, zones=1),
        StorageClass(
            name="STANDARD_IA",
            title="S3 Standard-IA",
            preference=6,
            into=_ARCHIVES | {"INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR"},
            minimum_days=30,
            minimum_size=SMALL,
        ),
        StorageClass(
            name="ONEZONE_IA",
            title="S3 One Zone-IA",
            preference=5,
            into=_ARCHIVES,
            minimum_days=30,
            minimum_size=SMALL,
            zones=1,
        ),
        StorageClass(
            name="GLACIER_IR",
            title="S3 Glacier Instant Retrieval",
            preference=4,
            into=_ARCHIVES,
            minimum_days=90,
            minimum_size=SMALL,
        ),
        StorageClass(
            name="INTELLIGENT_TIERING",
            title="S3 Intelligent-Tiering",
            preference=3,
            into=_ARCHIVES | {"ONEZONE_IA", "GLACIER_IR"},
        ),
        StorageClass(
            name="GLACIER",
            title="S3 Glacier Flexible Retrieval",
            preference=2,
            into=frozenset({"DEEP_ARCHIVE"}),
            minimum_days=90,
            overhead=32 * _KB,
            overhead_standard=8 * _KB,
            retrieval="minutes to 12 hours",
        ),
        StorageClass(
            name="DEEP_ARCHIVE",
            title="S3 Glacier Deep Archive",
            preference=1,
            minimum_days=180,
            overhead=32 * _KB,
            overhead_standard=8 * _KB,
            retrieval="12 to 48 hours",
        ),
    )
}
"""Every storage class by the name the API gives it."""

TARGETS = frozenset(name for one in CLASSES.values() for name in one.into)
"""The classes that a transition may name."""
OPTIONAL_MINIMUM = _ARCHIVES
"""The classes that small objects go to when ``TransitionDefaultMinimumObjectSize`` is ``varies_by_storage_class``."""
NO_DAYS_BEFORE = frozenset({"STANDARD_IA", "ONEZONE_IA"})
"""The classes for which older documents ask that an object is 30 days old first."""


def can_move(start: str, end: str) -> bool:
    """Lifecycle moves objects from one class to the other. Of a class that we do not know, it moves nothing."""
    known = CLASSES.get(start)
    return known is not None and end in known.into


def preference(name: str) -> int:
    """:attr:`StorageClass.preference` of a name; a class that we do not know comes last."""
    known = CLASSES.get(name)
    return known.preference if known is not None else 10


def billed_size(name: str, size: int) -> int:
    """Bytes that are charged for an object of ``size`` bytes in a class, overhead included, whatever its price."""
    known = CLASSES[name]
    return max(size, known.minimum_size) + known.overhead + known.overhead_standard
