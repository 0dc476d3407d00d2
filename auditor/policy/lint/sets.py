"""What clauses say, as sets: bitsets of actions, and patterns that cover patterns. Kept on the clause, so each is computed once.

Nothing here guesses: "covered" is only said of what is proved for every request, also for actions that no table knows yet. Where a value
is not known (:class:`~auditor.policy.lint.view.Opaque`), nothing is proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from auditor.policy import glob

if TYPE_CHECKING:
    from auditor.policy.actions import ActionTable
    from auditor.policy.lint.view import Clause, Test

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_EVERY_ARN = re.compile(r"(\*|arn:\*|arn:[^:]*(:\*){1,5})\Z")
_PARTS = 6
_LIMIT = 65536


class Operator(msgspec.Struct, frozen=True):
    """A condition operator in its parts, in lower case: ``ForAllValues:StringNotLikeIfExists`` is ``forallvalues``, ``stringnotlike``,
    with ``if_exists`` and ``negated``."""

    over: str
    base: str
    if_exists: bool
    negated: bool

    @property
    def binds(self) -> bool:
        """It is false when the key is absent, and asks for one of the listed values."""
        return not (self.negated or self.if_exists or self.over == "forallvalues" or self.base == "null")


@lru_cache(maxsize=1024)
def operator(text: str) -> Operator:
    """The operator as it is written, taken apart."""
    lower = text.lower()
    over, colon, base = lower.rpartition(":")
    if_exists = base.endswith("ifexists")
    base = base.removesuffix("ifexists")
    return Operator(over if colon else "", base, if_exists, "not" in base)


def wild(text: str) -> bool:
    """A wildcard is in it."""
    return "*" in text or "?" in text


def everything(pattern: str) -> bool:
    """It matches every text there is: stars only."""
    return pattern == "*" or (pattern[:1] == "*" and not pattern.strip("*"))


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
    kept: Named | None = clause.__dict__.get("_named")
    if kept is None or kept.table is not table:
        kept = clause.__dict__["_named"] = _named(clause, table)
    return kept


def _within(narrow: Named, wide: Named) -> bool:
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
    looked_up = list(map(places.get, texts))
    found = cast("list[int]", looked_up)
    if None in looked_up:
        found = [places[text] if text in places else _place(places, text, table) for text in texts]
    literals = frozenset(found)
    if min(found, default=_NOWHERE) >= 0 and not inverse:  # actions that are known, and nothing else: as nearly always
        return Named(table, literals, 0, (), (), overlap=len(literals) < len(found), inverse=False)
    more = count = 0
    wilds: list[tuple[str, int, str]] = []
    strange: list[tuple[str, int, str]] = []
    for (index, pattern), place in zip(clause.strings(name), found, strict=True):
        if place >= 0:
            continue
        if place == _WILD:
            wilds.append((name, index, pattern))
            some = table.expand(pattern)
            more |= some
            count += some.bit_count()
            if some:
                continue
        strange.append((name, index, pattern))
    literals -= {_WILD, _NOWHERE}
    known = sum(place >= 0 for place in found)
    overlap = (
        len(literals) < known
        or count != more.bit_count()
        or bool(strange and (wilds or len(strange) > 1))
        or (more > 0 and any(more >> bit & 1 for bit in literals))
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


@lru_cache(maxsize=4)
def _places(table: ActionTable) -> dict[str, int]:  # noqa: ARG001 - one dictionary for each table
    """The bit of each action that was asked for, as it is written. Sets of single actions take a kilobyte each; their places do not."""
    return {}


def _place(places: dict[str, int], pattern: str, table: ActionTable) -> int:
    if len(places) > _LIMIT:
        places.clear()  # hostile documents must not fill the memory
    found: int | None = _WILD if wild(pattern) else table.bit(pattern)
    places[pattern] = _NOWHERE if found is None else found
    return places[pattern]


def tests_of(clause: Clause) -> Mapping[str, Sequence[Test]]:
    """The conditions by their keys, in lower case."""
    kept: dict[str, list[Test]] | None = clause.__dict__.get("_tests_of")
    if kept is None:
        kept = {}
        for test in clause.tests:
            kept.setdefault(test.key.lower(), []).append(test)
        clause.__dict__["_tests_of"] = kept
    return kept


def binds(clause: Clause, keys: Iterable[str]) -> bool:
    """Some condition asks for certain values of one of these keys (in lower case; those that end with ``/`` or ``:`` are beginnings),
    and fails when it is absent."""
    mine = tests_of(clause)
    if not mine:
        return False
    for key in keys:
        found = [t for name in mine if name.startswith(key) for t in mine[name]] if key[-1] in "/:" else mine.get(key, ())
        if any(operator(test.operator).binds and not _matches_all(test) for test in found):
            return True
    return False


def _matches_all(test: Test) -> bool:
    """Every value that the key may have is taken: ``StringLike`` with ``*``."""
    return "like" in test.operator.lower() and any(isinstance(value, str) and everything(value) for value in test.values)


def asks_about(clause: Clause, keys: Iterable[str]) -> bool:
    """Some condition, of whatever kind, is on one of these keys (in lower case; those that end with ``/`` or ``:`` are beginnings)."""
    mine = tests_of(clause)
    return bool(mine) and any(key in mine or (key[-1] in "/:" and any(name.startswith(key) for name in mine)) for key in keys)


@lru_cache(maxsize=4096)
def every_resource(pattern: str) -> bool:
    """It matches all resources, at least of a partition: ``*``, ``arn:aws:*``, ``arn:*:*:*:*:*``."""
    return everything(pattern) or _EVERY_ARN.match(pattern) is not None


def everywhere(clause: Clause) -> bool:
    """The clause is about every resource: by a star, or by all but a list of them."""
    if "NotResource" in clause.raw:
        return not clause.opaque("NotResource") and not any(everything(one) for _, one in clause.not_resources)
    return any(every_resource(one) for _, one in clause.resources)


def first_star(clause: Clause) -> tuple[str | int, ...]:
    """Where the clause says "every resource"."""
    for index, one in clause.resources:
        if every_resource(one):
            return clause.at("Resource", index)
    return clause.at("NotResource" if "NotResource" in clause.raw else "Resource")


@lru_cache(maxsize=65536)
def value_covers(wide: str, narrow: str) -> bool:
    """Every value that ``narrow`` matches, ``wide`` matches too, whatever the policy variables in them stand for."""
    if wide == narrow or everything(wide):
        return True
    if not wild(wide) or "${" in wide:
        return False
    if "${" in narrow:
        narrow = _VARIABLE.sub("*", narrow)
    return glob.covers(wide, narrow) if wild(narrow) else glob.matches(wide, narrow)


@lru_cache(maxsize=65536)
def parts_of(arn: str) -> tuple[str, ...]:
    """The six fields of an ARN; fewer if it has not all of them."""
    return tuple(arn.split(":", _PARTS - 1))


@lru_cache(maxsize=65536)
def resource_covers(wide: str, narrow: str) -> bool:
    """Every resource that ``narrow`` matches, ``wide`` matches too: part by part, so that it holds for every reading of wildcards."""
    if wide == narrow or everything(wide):
        return True
    if not wild(wide) or "${" in wide or (wide[-1] != narrow[-1:] and wide[-1] not in "*?" and narrow[-1:] not in "*?}"):
        return False
    wides, narrows = parts_of(wide), parts_of(narrow)
    if len(wides) != _PARTS or len(narrows) != _PARTS:
        return False
    for one, other in zip(reversed(wides), reversed(narrows), strict=True):  # the last part first: it differs most
        if one != "*" and one != other and not value_covers(one, other):
            return False
    return True


@lru_cache(maxsize=65536)
def action_covers(wide: str, narrow: str) -> bool:
    """Every action that ``narrow`` matches, ``wide`` matches too. Both in lower case."""
    if wide == narrow or everything(wide):
        return True
    return wild(wide) and (glob.covers(wide, narrow) if wild(narrow) else glob.matches(wide, narrow))


def implied(narrow: Clause, wide: Clause, table: ActionTable) -> bool:
    """Whenever the clause ``narrow`` matches a request, ``wide`` matches it too. Their effects are not looked at."""
    if not _within(named(narrow, table), named(wide, table)):
        return False
    return (
        not _unclear(narrow)
        and not _unclear(wide)
        and _conditions_covered(narrow, wide)
        and _covered(narrow, wide, "Resource", resource_covers, str)
        and _covered(narrow, wide, "Action", action_covers, str.lower)
        and _principals_covered(narrow, wide)
    )


def _unclear(clause: Clause) -> bool:
    """Something in it is not known, or is not written as the grammar wants it: nothing can be proved."""
    kept: bool | None = clause.__dict__.get("_unclear")
    if kept is None:
        kept = any(
            clause.opaque(name) or (name in clause.raw and not isinstance(clause.raw[name], str | list))
            for name in ("Action", "NotAction", "Resource", "NotResource")
        ) or any(test.opaque for test in clause.tests)
        kept = kept or not ({"Action", "NotAction"} & clause.raw.keys()) or not _conditions_whole(clause)
        clause.__dict__["_unclear"] = kept
    return kept


def _conditions_whole(clause: Clause) -> bool:
    """Every condition that is written was read."""
    found: Any = clause.raw.get("Condition")
    if found is None or found == []:
        return True
    return isinstance(found, dict) and all(isinstance(keys, dict) for keys in cast("dict[str, Any]", found).values())


def _covered(narrow: Clause, wide: Clause, name: str, covers: Any, fold: Any) -> bool:
    """The set of an element of ``narrow`` lies within that of ``wide``: each is a list, or all but a list."""
    inverse = f"Not{name}"
    if (name in wide.raw or inverse in wide.raw) != (name in narrow.raw or inverse in narrow.raw):
        return False
    if inverse in wide.raw:
        outside = [fold(one) for _, one in wide.strings(inverse)]
        if wide.variables(inverse):
            return False  # for a principal without the variable, what AWS does is not documented
        if inverse in narrow.raw:
            mine = [fold(one) for _, one in narrow.strings(inverse)]
            return all(any(covers(one, other) for one in mine) for other in outside)
        return not any(_may_meet(fold(one), other) for _, one in narrow.strings(name) for other in outside)
    inside = [fold(one) for _, one in wide.strings(name)]
    if any(everything(one) for one in inside):
        return True
    if inverse in narrow.raw:
        return False
    literal, patterns = set(inside), [one for one in inside if wild(one)]
    return all(
        one in literal or any(covers(pattern, one) for pattern in patterns)
        for one in (fold(text) for _, text in narrow.strings(name))
    )


def _may_meet(one: str, other: str) -> bool:
    return glob.overlap(_VARIABLE.sub("*", one), _VARIABLE.sub("*", other))


def _conditions_covered(narrow: Clause, wide: Clause) -> bool:
    """Each condition of ``wide`` is one of ``narrow`` too, or weaker than one."""
    if not wide.tests:
        return True
    mine = tests_of(narrow)
    return all(any(_weaker(test, other) for other in mine.get(test.key.lower(), ())) for test in wide.tests)


def _weaker(weak: Test, strong: Test) -> bool:
    """Whenever ``strong`` holds, ``weak`` does: the same operator, and (unless it is a negated one) more values."""
    if operator(weak.operator) != operator(strong.operator):
        return False
    more, less = {str(value) for value in weak.values}, {str(value) for value in strong.values}
    if more == less:
        return True
    kind = operator(weak.operator)
    return kind.base in _ANY_OF and bool(less) and less <= more


_ANY_OF = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "ipaddress"})


def _principals_covered(narrow: Clause, wide: Clause) -> bool:
    written = [clause.raw.get(name) for clause in (narrow, wide) for name in ("Principal", "NotPrincipal")]
    if written[0] == written[2] and written[1] == written[3]:
        return True
    if "NotPrincipal" in wide.raw or "NotPrincipal" in narrow.raw:
        return False
    mine, theirs = _principals(narrow), _principals(wide)
    if mine is None or theirs is None or not mine:
        return False
    return ("*", "*") in theirs or mine <= theirs


def _principals(clause: Clause) -> frozenset[tuple[str, str]] | None:
    """The principals with their types; ``None`` when they are not wholly known."""
    found: Any = clause.raw.get("Principal")
    if isinstance(found, str):
        return frozenset({("*", "*")}) if found == "*" else None
    if not isinstance(found, dict):
        return None
    named_ones: set[tuple[str, str]] = set()
    for kind, listed in cast("dict[str, object]", found).items():
        for one in cast("list[object]", listed) if isinstance(listed, list) else [listed]:
            if not isinstance(one, str):
                return None
            named_ones.add(("*", "*") if kind == "AWS" and one == "*" else (kind, one))
    return frozenset(named_ones)
