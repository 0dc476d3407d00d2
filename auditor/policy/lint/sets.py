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
from auditor.policy.lint.named import within
from auditor.policy.lint.texts import everything, wild

if TYPE_CHECKING:
    from auditor.policy.lint.named import Named
    from auditor.policy.lint.view import Clause, Test

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_EVERY_ARN = re.compile(r"arn:(\*|[^:]*(:\*){1,5})\Z")
_PARTS = 6


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


def tests_of(clause: Clause) -> Mapping[str, Sequence[Test]]:
    """The conditions by their keys, in lower case."""
    kept = clause.by_key
    if kept is None:
        kept = clause.by_key = {}
        for test in clause.tests:
            kept.setdefault(test.lower, []).append(test)
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
    return pattern[-1:] == "*" and (everything(pattern) or _EVERY_ARN.match(pattern) is not None)


def everywhere(clause: Clause) -> bool:
    """The clause is about every resource: by a star, or by all but a list of them."""
    kept = clause.everywhere
    if kept is None:
        if "NotResource" in clause.raw:
            kept = not clause.opaque("NotResource") and not any(map(everything, clause.texts("NotResource")))
        else:
            texts = clause.texts("Resource")
            kept = "*" in texts or any(map(every_resource, texts))
        clause.everywhere = kept
    return kept


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


def implied(narrow: Clause, wide: Clause, actions: Named, of_wide: Named) -> bool:
    """Whenever the clause ``narrow`` matches a request, ``wide`` matches it too. Their effects are not looked at. ``actions`` is what
    ``narrow`` names, ``of_wide`` what ``wide`` does."""
    return (
        within(actions, of_wide)
        and not _unclear(narrow)
        and not _unclear(wide)
        and _conditions_covered(narrow, wide)
        and _covered(narrow, wide, "Resource", resource_covers, str)
        and _covered(narrow, wide, "Action", action_covers, str.lower)
        and _principals_covered(narrow, wide)
    )


def _unclear(clause: Clause) -> bool:
    """Something in it is not known, or is not written as the grammar wants it: nothing can be proved."""
    kept = clause.unclear
    if kept is None:
        kept = not clause.plain and (
            clause.raw.keys().isdisjoint(("Action", "NotAction"))
            or any(
                clause.opaque(name) or (name in clause.raw and not isinstance(clause.raw[name], str | list))
                for name in ("Action", "NotAction", "Resource", "NotResource")
            )
        )
        kept = kept or not (clause.well_conditioned or (_conditions_whole(clause) and not any(t.opaque for t in clause.tests)))
        clause.unclear = kept
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
