"""What a configuration may be, once the values that its template leaves open are known.

A finding that holds in every one of these worlds holds whatever is put in. Values without end are stood for by those between which
something may change: days beside every other number of days and as far from it as a class charges for, prefixes at every fork of the
others, sizes beside every other size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, product
from typing import Any

import msgspec

from auditor.lifecycle.classes import CLASSES, SMALL, TARGETS
from auditor.lifecycle.config import OLDEST, Config, read_rules
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.witnesses import common
from auditor.lifecycle.written import Opaque
from auditor.model.s3 import Filter
from auditor.source.shape import Path, is_list, is_object

MOST = 2000
"""Worlds that are looked at for one configuration at most, each counted once for each rule. Where there are more, only what the rules say
that are not open is told. Ours: a second's work."""
TAGS = 10
"""Tags that an object may have, and so a filter (User Guide, "Categorizing your objects using tags")."""
_ABSENT: Any = object()
"""Stands for a value that is left out, as ``Fn::If`` may."""
_MAY_BE_ABSENT = frozenset({"Fn::If", "AWS::NoValue", "known after apply"})
_MINIMA = sorted({0, *(one.minimum_days for one in CLASSES.values())})
_LONG = 36_500
_DAYS = ("Days", "NoncurrentDays")
_SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")


def opened(value: Any, path: Path = ()) -> Iterator[tuple[Path, Opaque]]:
    """The values that are open, and where they are. Ids do not matter."""
    if isinstance(value, Opaque):
        yield path, value
    elif is_object(value):
        for name, inner in value.items():
            if name != "ID":
                yield from opened(inner, (*path, name))
    elif is_list(value):
        for number, inner in enumerate(value):
            yield from opened(inner, (*path, number))


def worlds(config: Config) -> list[Config]:
    """What the configuration may be. Nothing where it is known, where it is too open for that, or where it cannot be read for other
    reasons."""
    if config.complete or config.raw is None:
        return []
    known = Known(config)
    places: list[Path] = []
    values: list[Sequence[Any]] = []
    count = max(len(rules_of(config.raw)), 3)
    for path, value in opened(config.raw):
        some = known.values(path, value)
        count *= len(some)
        if not 0 < count <= MOST:
            return []
        places.append(path)
        values.append(some)
    found: list[Config] = []
    for chosen in product(*values):
        raw = config.raw
        for path, value in zip(places, chosen, strict=True):
            raw = _put(raw, path, value)
        world = read_rules(raw, config.facts, in_text=config.in_text)
        if not world.complete:
            return []
        found.append(world)
    return found


def _put(value: Any, path: Path, new: Any) -> Any:
    """The data with another value at a place; the rest is shared."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return [_put(inner, rest, new) if number == step else inner for number, inner in enumerate(value)]
    if new is _ABSENT and (
        not rest or (rest[0] in (*_DAYS, "Date") and step == "Expiration") or step == "NoncurrentVersionExpiration"
    ):
        return {name: inner for name, inner in value.items() if name != step}
    return {name: _put(inner, rest, new) if name == step else inner for name, inner in value.items()}


class Known:
    """What is known of a configuration that is open in part: what its open values may meet."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._days = sorted(set(_numbers(config.raw, _DAYS)))
        self._keeps = sorted(set(_numbers(config.raw, ("NewerNoncurrentVersions",))))
        self._sizes = sorted(set(_numbers(config.raw, _SIZES)))
        self._prefixes = sorted(set(_texts(config.raw, "Prefix")))

    def values(self, path: Path, value: Opaque) -> Sequence[Any]:
        """What may stand at a place; nothing where too much may."""
        absent = (_ABSENT,) if value.text in _MAY_BE_ABSENT else ()
        name = path[-1] if path else ""
        if name in _DAYS:
            least = 1 if path[-2] in ("Expiration", "NoncurrentVersionExpiration") else 0
            return (*self._days_from(least), *(absent if least else ()))
        if name == "DaysAfterInitiation":
            return sorted({1, 7, 8, _LONG, *(one for day in self._aborts() for one in (day - 1, day, day + 1) if one > 0)})
        if name == "Prefix":
            return self._forks()
        if name in _SIZES:
            beside = {max(one + step, 0) for one in (0, SMALL, 1024, 40 * 1024, *self._sizes) for step in (-2, -1, 0, 1, 2)}
            return (*sorted(beside | {10**12}), *absent)
        if name == "NewerNoncurrentVersions":
            beside = {one + step for one in (1, *self._keeps) for step in (-1, 0, 1)}
            return (*sorted({one for one in beside if 0 < one <= OLDEST} | {OLDEST}), *absent)
        if name == "Value":
            return self._tag_values()
        if name == "Filter":
            return self._filters()
        return self._of_a_few(path)

    def _of_a_few(self, path: Path) -> Sequence[Any]:
        """Of what has few values anyway."""
        return {
            "Status": ("Enabled", "Disabled"),
            "StorageClass": tuple(sorted(TARGETS)),
            "ExpiredObjectDeleteMarker": (True, False),
            "TransitionDefaultMinimumObjectSize": ("all_storage_classes_128K", "varies_by_storage_class"),
        }.get(str(path[-1]) if path else "", ())

    def _days_from(self, least: int) -> Sequence[int]:
        lock = self._config.facts.lock_days or 0
        places = {0, *self._days, *(abs(one - lock) for one in (0, *self._days) if lock)}
        if len(self._days) <= 3:
            # What is kept as current for some days, and for some more as noncurrent.
            places |= {abs(one - other) for one in self._days for other in self._days}
        beside = {place + sign * far + step for place in places for far in _MINIMA for sign in (-1, 1) for step in (-1, 0, 1)}
        return sorted({one for one in beside if one >= least} | {least, _LONG})

    def _aborts(self) -> Sequence[int]:
        return _numbers(self._config.raw, ("DaysAfterInitiation",))

    def _forks(self) -> Sequence[str]:
        """Prefixes that lie differently to the others: each of them, where two part, what goes on from there, and elsewhere."""
        some = ["", *self._prefixes]
        forks = {_common(one, other) for one, other in pairwise(some)}
        near = {one[: len(fork) + 1] for fork in forks for one in some if one.startswith(fork)}
        first = {one[:1] for one in some}
        free = next(letter for letter in map(chr, range(0x61, 0x10000)) if letter not in first)
        ends = {one + free for one in chain(some, forks)}
        return sorted({*some, *forks, *near, *ends, free})

    def _tag_values(self) -> Sequence[str]:
        """Those of other tags, and one that no tag has."""
        others = sorted(set(_texts(self._config.raw, "Value")))
        free = next(text for text in map(str, range(len(others) + 1)) if text not in others)
        return (*others, free)

    def _filters(self) -> Sequence[Any]:
        """Those of other rules, what two of them have in common, and less than each."""
        others = [Filter(), *(one for one, _, _ in self._config.filters)]
        some = [*others, *(both for one in others for other in others if (both := common(one, other)) is not None)]
        free = "".join({key for one in others for key in one.tags}) + "x"
        some += [msgspec.structs.replace(one, tags={**one.tags, free: ""}) for one in some]
        some += [
            msgspec.structs.replace(one, prefix=prefix)
            for one in some
            for prefix in self._forks()
            if prefix.startswith(one.prefix or "")
        ]
        above, below = {0, SMALL - 1, *self._sizes}, {SMALL, 10**12, *self._sizes}
        some += [
            *(msgspec.structs.replace(one, size_greater_than=size) for one in some for size in above),
            *(msgspec.structs.replace(one, size_less_than=size) for one in some for size in below),
        ]
        made = [_written(one) for one in some if len(one.tags) <= TAGS] if len(some) < 3 * MOST else []
        return list({repr(one): one for one in made}.values())


def _written(wanted: Filter) -> dict[str, Any]:
    """A filter in the shape of the API."""
    found: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in wanted.tags.items()]}
    for name, value in (
        ("Prefix", wanted.prefix or None),
        ("ObjectSizeGreaterThan", wanted.size_greater_than),
        ("ObjectSizeLessThan", wanted.size_less_than),
    ):
        if value is not None:
            found[name] = value
    return {"And": found}


def _common(one: str, other: str) -> str:
    """What two texts begin with."""
    count = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other))
    )
    return one[:count]


def _numbers(value: Any, names: Sequence[str]) -> list[int]:
    """The numbers that stand under some names, at whatever depth."""
    found = (inner for name in names for inner in _under(value, name))
    return [int(one) for one in found if not isinstance(one, bool) and str(one).isdecimal() and len(str(one)) < 10]


def _texts(value: Any, name: str) -> list[str]:
    return [one for one in _under(value, name) if isinstance(one, str)]


def _under(value: Any, name: str) -> Iterator[Any]:
    if is_object(value):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from _under(inner, name)
    elif is_list(value):
        for inner in value:
            yield from _under(inner, name)
