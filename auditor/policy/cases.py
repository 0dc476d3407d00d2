"""The cases of a key that is not known: what the conditions on it can say together.

Two conditions on one key depend on each other, which three values alone forget: what is allowed in one region and limited to another is
never allowed. The cases cover every value that the key can have (and that it is absent); some may be impossible, which makes answers
less definite and never wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

import msgspec

from auditor.policy import glob, values
from auditor.policy.arns import PARTS
from auditor.policy.conditions import Condition, Line, Test, absent, answered, made
from auditor.policy.context import Context
from auditor.policy.global_keys import global_key
from auditor.policy.variables import literal

TESTS = 48
"""Values that all conditions on one key may compare with, for its cases to be told."""
LENGTH = 1024
"""Characters of those of them that are patterns: each is compared with each, which takes the square of this many steps."""
CLASSES = 96
"""Classes of values of one key that are told apart."""
TOGETHER = 6
"""Classes of values of which several may come together, in a key that may have several."""

Case: TypeAlias = "Mapping[object, bool]"
"""What each of some conditions says."""


def of_key(conditions: Sequence[Condition], context: Context) -> Sequence[Case] | None:
    """The cases of the key that these conditions are all on; ``None`` when they cannot be told, or are too many.

    A condition whose own values are not known is in none of them.
    """
    found = [(one, line) for one in conditions if (line := one.line(context)) is not None]
    if not found:
        return None
    several = _may_be_several(conditions[0].key)
    answers = _answers(tuple(line for _, line in found), several=several)
    if answers is None:
        return None
    return [dict(zip((one for one, _ in found), said, strict=True)) for said in answers]


def _may_be_several(key: str) -> bool:
    """Requests may have several values of the key. Of keys of the services that is taken to be so."""
    known = global_key(key)
    return known is None or known.multivalued


@lru_cache(maxsize=8192)
def _answers(lines: tuple[Line, ...], *, several: bool) -> tuple[tuple[bool, ...], ...] | None:
    """What the conditions say, case by case. The most ordinary come first: another value than all that are written, then absent."""
    tests = tuple(dict.fromkeys(test for line in lines for test in line.tests))
    classes = _classes(tests)
    if classes is None:
        return None
    matched = list(dict.fromkeys(tuple(any(test in one for test in line.tests) for line in lines) for one in classes))
    several = several or any(line.quantifier for line in lines)
    if several and len(matched) > TOGETHER:
        return None
    together = range(1, len(matched) + 1 if several else 2)
    present = (_present(lines, some) for number in together for some in itertools.combinations(matched, number))
    ordinary = next(present)
    return tuple(dict.fromkeys((ordinary, tuple(absent(line) for line in lines), *present)))


def _present(lines: Sequence[Line], matched: Sequence[Sequence[bool]]) -> tuple[bool, ...]:
    """What the conditions say of values that match so."""
    return tuple(
        False in line.null if line.null is not None else answered(line, [one[place] for one in matched]) is True
        for place, line in enumerate(lines)
    )


def _classes(tests: Sequence[Test]) -> Iterable[frozenset[Test]] | None:
    """Sets of tests that one value may meet, and no others: every value meets exactly one of the sets."""
    if len(tests) > TESTS or sum(len(literal(one.parts)) for one in tests if _exact(one) is None) > LENGTH:
        return None
    found: list[frozenset[Test]] = [frozenset()]
    for place, one in enumerate(tests):
        before = tests[:place]
        apart = frozenset(other for other in before if _apart(one, other))
        within = frozenset(other for other in before if _within(other, one))
        around = frozenset(other for other in before if _within(one, other))
        always = one.operator == "StringLike" and _pattern(one) is not None and glob.covers(literal(one.parts), "*")
        more: list[frozenset[Test]] = []
        for met in found:
            can = not (met & apart) and around <= met
            if not (met & within or always):
                more.append(met)
            if can:
                more.append(met | {one})
        found = more
        if len(found) > CLASSES:
            return None
    return found


class _Span(msgspec.Struct, frozen=True):
    """Numbers from ``low`` to ``high``, each with -1 or 1 for a little less or more."""

    low: tuple[Decimal, int]
    high: tuple[Decimal, int]


_LEAST, _MOST = (Decimal("-Infinity"), 0), (Decimal("Infinity"), 0)


@lru_cache(maxsize=16384)
def _span(test: Test) -> _Span | None:
    """The numbers, or dates, that a test is met by."""
    read = values.number if test.operator.startswith("Numeric") else values.date
    wanted = read(literal(test.parts))
    if wanted is None:
        return None
    end = test.operator.removeprefix("Numeric").removeprefix("Date")
    if end == "Equals":
        return _Span((wanted, 0), (wanted, 0))
    if end.startswith("LessThan"):
        return _Span(_LEAST, (wanted, 0 if end.endswith("Equals") else -1))
    return _Span((wanted, 0 if end.endswith("Equals") else 1), _MOST)


def _family(test: Test) -> str:
    for name in ("Numeric", "Date"):
        if test.operator.startswith(name):
            return name
    return {"IpAddress": "IpAddress", "BinaryEquals": "Binary"}.get(test.operator, "text")


def _apart(one: Test, other: Test) -> bool:
    """No value meets both. ``False`` also where that cannot be told."""
    family = _family(one)
    if family != _family(other):
        return False
    if family in ("Numeric", "Date"):
        span, second = _span(one), _span(other)
        return span is None or second is None or span.high < second.low or second.high < span.low
    if family == "IpAddress":
        net, second_net = values.network(literal(one.parts)), values.network(literal(other.parts))
        return net is None or second_net is None or not (values.within(net, second_net) or values.within(second_net, net))
    if family == "Binary":
        return values.binary(literal(one.parts)) != values.binary(literal(other.parts))
    return _texts_apart(one, other)


def _texts_apart(one: Test, other: Test) -> bool:
    text, second = _exact(one), _exact(other)
    if text is not None:
        return not made(other)(text)
    if second is not None:
        return not made(one)(second)
    if _caseless(one) and _caseless(other):
        return literal(one.parts).lower() != literal(other.parts).lower()
    pattern, second_pattern = _pattern(one), _pattern(other)
    return pattern is not None and second_pattern is not None and not glob.overlap(pattern, second_pattern)


def _within(narrow: Test, wide: Test) -> bool:
    """What meets the first meets the second. ``False`` also where that cannot be told."""
    family = _family(narrow)
    if family != _family(wide):
        return False
    if family in ("Numeric", "Date"):
        span, around = _span(narrow), _span(wide)
        return span is not None and around is not None and around.low <= span.low and span.high <= around.high
    if family == "IpAddress":
        net, wide_net = values.network(literal(narrow.parts)), values.network(literal(wide.parts))
        return net is not None and wide_net is not None and values.within(wide_net, net)
    if family == "Binary":
        return values.binary(literal(narrow.parts)) == values.binary(literal(wide.parts))
    text = _exact(narrow)
    if text is not None:
        return bool(made(wide)(text))
    if _caseless(narrow):
        return _caseless(wide) and literal(narrow.parts).lower() == literal(wide.parts).lower()
    pattern, around_pattern = _pattern(narrow), _pattern(wide)
    return pattern is not None and around_pattern is not None and _pattern_within(narrow, pattern, wide, around_pattern)


def _pattern_within(narrow: Test, pattern: str, wide: Test, around: str) -> bool:
    if wide.operator == "StringLike":
        return glob.covers(around, pattern)
    # Wildcards of ARN operators stay within their part.
    pieces, wide_pieces = pattern.split(":", PARTS - 1), around.split(":", PARTS - 1)
    return (
        narrow.operator == "ArnLike" and len(pieces) == len(wide_pieces) == PARTS and all(map(glob.covers, wide_pieces, pieces))
    )


def _exact(test: Test) -> str | None:
    """The one text that a test can be met by."""
    if test.operator == "StringEquals":
        return literal(test.parts)
    if test.operator in ("StringLike", "ArnLike") and not any(_wild(text) for quoted, text in test.parts if not quoted):
        return literal(test.parts)
    return None


def _caseless(test: Test) -> bool:
    return test.operator in ("StringEqualsIgnoreCase", "Bool")


def _pattern(test: Test) -> str | None:
    """The pattern of a test; ``None`` where a wildcard in it is meant literally, or it is none."""
    if test.operator not in ("StringLike", "ArnLike") or any(quoted and _wild(text) for quoted, text in test.parts):
        return None
    return literal(test.parts)


def _wild(text: str) -> bool:
    return "*" in text or "?" in text
