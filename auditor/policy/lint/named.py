"""Which actions a clause is about: places in the table, and bitsets where they are asked for. Kept on the clause and on the policy, so that
each is made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from auditor.policy.action_names import ones
from auditor.policy.lint.texts import wild

if TYPE_CHECKING:
    from auditor.policy.actions import ActionTable
    from auditor.policy.lint.view import Clause, Policy

_LIMIT = 65536
"""Names of actions whose places are kept at most."""
WILD, NOWHERE = -1, -2
"""The places of patterns and of actions that are not known."""
_NO_PLACES = frozenset({WILD, NOWHERE})
_NONE: frozenset[int] = frozenset()


class Named(msgspec.Struct, eq=False):
    """The patterns of ``Action`` or ``NotAction``, sorted by kind; each with the element that it stands in and its place there."""

    table: ActionTable
    places: Sequence[int]
    """The bit of each pattern of the element, in their order: ``WILD`` for one with wildcards, ``NOWHERE`` for one that is not known."""
    literals: frozenset[int]
    """The bits of the actions that are named without wildcards."""
    more: int = 0
    """The actions that the patterns match."""
    wild: tuple[tuple[str, int, str], ...] = ()
    unmatched: tuple[tuple[str, int, str], ...] = ()
    """Those that match no known action, with wildcards or without."""
    overlap: bool = False
    """Two of the patterns may match the same action. If not, none is redundant."""
    inverse: bool = False
    """The clause is about all actions but these."""
    exact: bool = True
    """The clause is about ``literals`` and, as far as is known, about no other action."""
    made: int | None = None
    """``bits``, once they were asked for."""

    @property
    def bits(self) -> int:
        """The known actions that the clause is about: those of ``Action``, or all but those of ``NotAction``. Of a NotAction that is not
        wholly known, none. Most clauses are never asked: a number of 22,000 bits is slow to make."""
        made = self.made
        if made is None:
            made = _set(self.literals) | self.more
            made = self.made = self.table.all & ~made if self.inverse else made
        return made

    def may_have(self, bits: frozenset[int]) -> bool:
        """The clause may be about one of these actions."""
        return not (self.exact and self.literals.isdisjoint(bits))

    def among(self, bits: frozenset[int]) -> frozenset[int]:
        """Those of some actions that the clause is about."""
        found = self.literals & bits
        if self.more and (matched := self.more & _set(bits)):
            found = found.union(ones(matched))
        return bits - found if self.inverse else found

    @property
    def one(self) -> int:
        """The bit of one action of the clause; -1 if it is about none that is known."""
        if self.inverse:
            return self.bits.bit_length() - 1
        return next(iter(self.literals)) if self.literals else self.more.bit_length() - 1


class Roster(msgspec.Struct, frozen=True, eq=False):
    """What all clauses of a policy name: a check that is about certain actions passes most policies over with one look."""

    table: ActionTable
    rows: tuple[Named, ...]
    """Of each clause, in their order."""
    literals: frozenset[int]
    """The bits of the actions that some clause names without wildcards."""
    exact: bool
    """No clause is, as far as is known, about another action than these."""

    def may_have(self, bits: frozenset[int]) -> bool:
        """Some clause may be about one of these actions."""
        return not (self.exact and self.literals.isdisjoint(bits))


def roster(policy: Policy, table: ActionTable) -> Roster:
    """What the clauses name; once for each policy."""
    kept = policy.roster
    if kept is None or kept.table is not table:
        rows = tuple([named(clause, table) for clause in policy.clauses])
        literals = _NONE.union(*[row.literals for row in rows])
        kept = policy.roster = Roster(table, rows, literals, False not in [row.exact for row in rows])
    return kept


def named(clause: Clause, table: ActionTable) -> Named:
    """What the clause names, sorted; once for each clause."""
    kept = clause.named
    if kept is None or kept.table is not table:
        kept = clause.named = _named(clause, table)
    return kept


def within(narrow: Named, wide: Named) -> bool:
    """The known actions of one are actions of the other, too."""
    if not narrow.exact:
        return not narrow.bits & ~wide.bits
    if wide.inverse:
        return len(wide.among(narrow.literals)) == len(narrow.literals)
    rest = narrow.literals - wide.literals
    return not rest or (wide.more > 0 and all(wide.more >> bit & 1 for bit in rest))


def _named(clause: Clause, table: ActionTable) -> Named:
    inverse = "NotAction" in clause.raw
    name = "NotAction" if inverse else "Action"
    places = list(map(_places(table).__getitem__, clause.texts(name)))
    literals = frozenset(places)
    if literals and not inverse and literals.isdisjoint(_NO_PLACES):  # actions that are known, and nothing else: as nearly always
        return Named(table, places, literals, overlap=len(literals) < len(places))
    more = 0
    overlap = False
    wilds: list[tuple[str, int, str]] = []
    strange: list[tuple[str, int, str]] = []
    some = clause.strings(name)
    odd = [at for at, place in enumerate(places) if place < 0]
    for at in odd:
        index, pattern = some[at]
        if places[at] == WILD:
            wilds.append((name, index, pattern))
            matched = table.expand(pattern)
            overlap = overlap or more & matched > 0
            more |= matched
            if matched:
                continue
        strange.append((name, index, pattern))
    literals -= _NO_PLACES
    overlap = (
        overlap
        or len(literals) < len(places) - len(odd)
        or bool(strange and (wilds or len(strange) > 1))
        or (more > 0 and any(more >> place & 1 for place in literals))
    )
    if inverse and clause.opaque(name):  # all but what nobody knows
        inverse, literals, more = False, _NONE, 0
    exact = not (more or inverse)
    return Named(table, places, literals, more, tuple(wilds), tuple(strange), overlap, inverse, exact)


@lru_cache(maxsize=64)
def _set(places: frozenset[int]) -> int:
    """The bits at these places."""
    marks = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        marks[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(marks, "little")


class _Places(dict[str, int]):
    """The bit of each action, as it is written. Those of a service come in at once, as AWS spells them, when it is first asked for: nearly
    all that is written is one of these."""

    def __init__(self, table: ActionTable) -> None:
        self._table = table
        self._read: set[str] = set()

    def __missing__(self, pattern: str) -> int:
        if len(self) > _LIMIT:
            self.clear()  # hostile documents must not fill the memory
            self._read.clear()
        prefix = pattern.partition(":")[0]
        if prefix not in self._read and (spelled := self._table.spelled(prefix)):
            self._read.add(prefix)
            self.update(spelled)
            return self[pattern]
        found: int | None = WILD if wild(pattern) else self._table.bit(pattern)
        place = self[pattern] = NOWHERE if found is None else found
        return place


@lru_cache(maxsize=4)
def _places(table: ActionTable) -> _Places:
    return _Places(table)
