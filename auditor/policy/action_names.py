"""Finding names: of the actions of a service, and of condition keys, some of which stand for many."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from auditor.policy.action_model import ConditionKey
from auditor.policy.glob import compiled, in_order

WILD = re.compile(r"[*?]")
"""What makes a name a pattern."""
_ACTION = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9_.-]+")
"""One action, as a request has it. ASCII only: the lower case of the Kelvin sign is a ``k``, which AWS does not think."""
FILLER = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key\Z|(?<=/)\Z")
"""What stands for any text in the name of a condition key. Some services write ``.../tag-key`` or nothing after the slash."""


def is_action(text: str) -> bool:
    """It is written as the name of one action."""
    return _ACTION.fullmatch(text) is not None


class Keys(msgspec.Struct, frozen=True):
    """Condition keys by name in lower case, and the names of those that stand for many, the longest first."""

    exact: dict[str, ConditionKey]
    wide: tuple[str, ...]

    @classmethod
    def of(cls, keys: Iterable[ConditionKey]) -> Keys:
        """These keys."""
        exact = {key.name.lower(): key for key in keys}
        return cls(exact, tuple(sorted((name for name in exact if FILLER.search(name)), key=_closeness)))

    def find(self, lower: str) -> ConditionKey | None:
        """The key that a name, in lower case, means."""
        return self.exact.get(lower) or next((self.exact[name] for name in self.wide if stands_for(name, lower)), None)


def stands_for(name: str, lower: str) -> bool:
    """A key with fillers (``aws:resourcetag/${tagkey}``) stands for this one, in lower case. Expressions are only made for those that
    begin alike."""
    begins = _begins(name)
    return begins is not None and lower.startswith(begins) and pattern_of(name).match(lower) is not None


@lru_cache(maxsize=16384)
def _begins(name: str) -> str | None:
    """What stands before the first filler; ``None`` if there is none."""
    found = FILLER.search(name)
    return name[: found.start()] if found else None


class Names:
    """The names of the actions of one service: ``written`` as AWS spells them, one a line, in the order of their lower case. They are
    looked up where they lie: a dictionary of 22,000 names takes longer to make than the few thousand that a run asks for to find."""

    __slots__ = ("_written", "count", "first", "lower", "prefix")

    def __init__(self, prefix: str, first: int, count: int, written: str) -> None:
        self.prefix = prefix
        self.first = first
        self.count = count
        self._written = written
        self.lower: list[str] = []
        """In lower case, once :meth:`read`."""

    def read(self) -> Names:
        """Split the names, at the first time."""
        if not self.lower and self.count:
            self.lower = self._written.lower().split("\n")
        return self

    def spelled(self) -> list[str]:
        """As AWS spells them."""
        return self._written.split("\n") if self.count else []

    def whole(self) -> list[str]:
        """As AWS spells them, the prefix in front."""
        start = f"{self.prefix}:"
        return f"{start}{self._written}".replace("\n", f"\n{start}").split("\n") if self.count else []

    def place(self, name: str) -> int | None:
        """The place of a name in lower case."""
        lower = self.lower
        found = bisect_left(lower, name)
        return found if found < len(lower) and lower[found] == name else None

    @property
    def bits(self) -> int:
        """All of them."""
        return ((1 << self.count) - 1) << self.first

    def matching(self, name: str) -> int:
        """The bits of the actions whose names this pattern, in lower case, matches."""
        wild = WILD.search(name)
        if wild is None:
            place = self.place(name)
            return 0 if place is None else 1 << (self.first + place)
        start = wild.start()
        if start == 0 and name == "*":
            return self.bits
        low, high = self._range(name[:start])
        if name[start:] == "*":
            return ((1 << (high - low)) - 1) << (self.first + low)
        some = enumerate(self.lower[low:high])
        if "?" in name:
            match = compiled(name).match
            found = [place for place, one in some if match(one)]
        else:
            pieces = name.split("*")
            longest = max(pieces, key=len)
            found = [place for place, one in some if longest in one and in_order(pieces, one)]
        return sum(1 << place for place in found) << (self.first + low)

    def _range(self, start: str) -> tuple[int, int]:
        """The places of the names that begin with this; they are of ASCII letters, digits and hyphens."""
        return bisect_left(self.lower, start), bisect_left(self.lower, start + "\x7f")


def _closeness(name: str) -> tuple[int, bool, str]:
    """The order in which keys that stand for many are tried: the closest first, and of two spellings of one that with braces."""
    return -len(FILLER.sub("", name)), "{" not in name, name


def pattern_of(name: str) -> re.Pattern[str]:
    """The names that a key with fillers stands for."""
    return compiled(FILLER.sub("?*", name))


def ones(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    if not bits:
        return
    first = (bits & -bits).bit_length() - 1  # most sets are of one service, far from the first
    digits = bin(bits >> first)[:1:-1]
    place = 0
    while place >= 0:
        yield first + place
        place = digits.find("1", place + 1)
