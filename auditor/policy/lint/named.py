"""Which actions a clause is about: places in the table, and bitsets where they are asked for. Kept on the clause, so that each is made
once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.policy.lint.texts import wild

if TYPE_CHECKING:
    from auditor.policy.actions import ActionTable
    from auditor.policy.lint.view import Clause

_LIMIT = 65536
"""Names of actions whose places are kept at most."""


class Named:
    """The patterns of ``Action`` or ``NotAction``, sorted by kind; each with the element that it stands in and its place there."""

    __slots__ = ("_bits", "_marks", "inverse", "literals", "more", "overlap", "table", "unmatched", "wild")

    def __init__(
        self,
        table: ActionTable,
        literals: frozenset[int],
        more: int,
        wild: tuple[tuple[str, int, str], ...],
        unmatched: tuple[tuple[str, int, str], ...],
        *,
        overlap: bool,
        inverse: bool,
    ) -> None:
        self.table = table
        self.literals = literals
        """The bits of the actions that are named without wildcards."""
        self.more = more
        """The actions that the patterns match."""
        self.wild = wild
        self.unmatched = unmatched
        """Those that match no known action, with wildcards or without."""
        self.overlap = overlap
        """Two of the patterns may match the same action. If not, none is redundant."""
        self.inverse = inverse
        """The clause is about all actions but these."""
        self._bits: int | None = None
        self._marks: bytes | None = None

    @property
    def bits(self) -> int:
        """The known actions that the clause is about: those of ``Action``, or all but those of ``NotAction``. Of a NotAction that is not
        wholly known, none. Most clauses are never asked: a number of 22,000 bits is slow to make."""
        if self._bits is None:
            named_ones = _set(self.literals, self.table) | self.more
            self._bits = self.table.all & ~named_ones if self.inverse else named_ones
        return self._bits

    @property
    def marks(self) -> bytes:
        """``bits`` as bytes, little end first, to look at single bits; empty when ``literals`` say it all."""
        if self._marks is None:
            plain = not self.more and not self.inverse
            self._marks = b"" if plain else self.bits.to_bytes(self.table.all.bit_length() // 8 + 1, "little")
        return self._marks

    def has(self, bit: int) -> bool:
        """The clause is about this action."""
        return bool(self.marks[bit >> 3] >> (bit & 7) & 1) if self.marks else bit in self.literals

    def among(self, bits: frozenset[int]) -> frozenset[int]:
        """Those of some actions that the clause is about."""
        marks = self.marks
        return frozenset(bit for bit in bits if marks[bit >> 3] >> (bit & 7) & 1) if marks else self.literals & bits

    @property
    def all_known(self) -> bool:
        """Everything that is named is an action that is known, without wildcards; and there is an ``Action`` element only."""
        return bool(self.literals) and not (self.inverse or self.wild or self.unmatched)

    @property
    def one(self) -> int:
        """The bit of one action of the clause; -1 if it is about none that is known."""
        if self.literals and not self.inverse:
            return next(iter(self.literals))
        return self.bits.bit_length() - 1


def named(clause: Clause, table: ActionTable) -> Named:
    """What the clause names, sorted; once for each clause."""
    kept = clause.named
    if kept is None or kept.table is not table:
        kept = clause.named = _named(clause, table)
    return kept


def within(narrow: Named, wide: Named) -> bool:
    """The known actions of one are actions of the other, too."""
    if narrow.more or narrow.inverse:
        return not narrow.bits & ~wide.bits
    if not wide.marks:
        return narrow.literals <= wide.literals
    return all(wide.marks[bit >> 3] >> (bit & 7) & 1 for bit in narrow.literals)


_NONE: frozenset[int] = frozenset()


def _named(clause: Clause, table: ActionTable) -> Named:
    inverse = "NotAction" in clause.raw
    name = "NotAction" if inverse else "Action"
    texts = clause.texts(name)
    places = _places(table)
    found = list(map(places.__getitem__, texts))
    literals = frozenset(found)
    if min(found, default=_NOWHERE) >= 0 and not inverse:  # actions that are known, and nothing else: as nearly always
        return Named(table, literals, 0, (), (), overlap=len(literals) < len(found), inverse=False)
    more = 0
    overlap = False
    wilds: list[tuple[str, int, str]] = []
    strange: list[tuple[str, int, str]] = []
    for (index, pattern), place in zip(clause.strings(name), found, strict=True):
        if place >= 0:
            continue
        if place == _WILD:
            wilds.append((name, index, pattern))
            some = table.expand(pattern)
            overlap = overlap or more & some > 0
            more |= some
            if some:
                continue
        strange.append((name, index, pattern))
    literals -= {_WILD, _NOWHERE}
    known = sum(place >= 0 for place in found)
    overlap = (
        overlap
        or len(literals) < known
        or bool(strange and (wilds or len(strange) > 1))
        or (more > 0 and bool(literals) and more & _set(literals, table) > 0)
    )
    if inverse and clause.opaque(name):
        return Named(table, _NONE, 0, tuple(wilds), tuple(strange), overlap=overlap, inverse=False)
    return Named(table, literals, more, tuple(wilds), tuple(strange), overlap=overlap, inverse=inverse)


def _set(places: frozenset[int], table: ActionTable) -> int:
    """The bits at these places: one by one when they are few, since a number of 22,000 bits is slow to make from bytes."""
    bits = 0
    if len(places) < _FEW:
        for place in places:
            bits |= 1 << place
        return bits
    marks = bytearray(table.all.bit_length() // 8 + 1)
    for place in places:
        marks[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(marks, "little")


_FEW = 20
_WILD, _NOWHERE = -1, -2


class _Places(dict[str, int]):
    """The bit of each action that was asked for, as it is written. Sets of single actions take a kilobyte each; their places do not."""

    def __init__(self, table: ActionTable) -> None:
        self._table = table

    def __missing__(self, pattern: str) -> int:
        if len(self) > _LIMIT:
            self.clear()  # hostile documents must not fill the memory
        found: int | None = _WILD if wild(pattern) else self._table.bit(pattern)
        place = self[pattern] = _NOWHERE if found is None else found
        return place


@lru_cache(maxsize=4)
def _places(table: ActionTable) -> _Places:
    return _Places(table)
