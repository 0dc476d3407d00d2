"""Conditions: every operator, with its quantifier and ``IfExists``, three-valued.

Source: IAM User Guide, *IAM JSON policy elements: Condition operators* and *Single-valued vs. multivalued context keys*.

- Several values of one condition: one of them must match; with a negated operator none may.
- A key that the request does not have: no match; with a negated operator, ``IfExists`` or ``ForAllValues`` a match; never one with
  ``ForAnyValue`` (unless ``IfExists``).
- A key that is not known: the answer depends on it.
"""

from __future__ import annotations

import operator as compare
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from auditor.policy import arns, glob, values
from auditor.policy.arns import Parts
from auditor.policy.context import Context, folded
from auditor.policy.truth import Truth, either, every, negate
from auditor.policy.variables import Template, literal, resolve, template

Match: TypeAlias = Callable[[str], object]
Maker: TypeAlias = Callable[[Parts], Match]
"""Makes the test of one value of a policy, given in parts."""
Quantifier: TypeAlias = Literal["", "all", "any"]

_OPERATOR = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")
_QUANTIFIERS: Mapping[str | None, Quantifier] = {None: "", "ForAllValues": "all", "ForAnyValue": "any"}


def _never(_: str) -> bool:
    return False


def _always(_: str) -> bool:
    return True


def _string(parts: Parts) -> Match:
    return literal(parts).__eq__


def _caseless(parts: Parts) -> Match:
    wanted = literal(parts).lower()
    return lambda value: value.lower() == wanted


def _like(parts: Parts) -> Match:
    whole = [(quoted, text if quoted else glob.normal(text)) for quoted, text in parts]
    return re.compile(glob.expression(whole), re.DOTALL).match


def _ordered(read: Callable[[str], Decimal | None], test: Callable[[Decimal, Decimal], bool]) -> Maker:
    def make(parts: Parts) -> Match:
        wanted = read(literal(parts))
        if wanted is None:
            return _never

        def match(value: str) -> bool:
            found = read(value)
            return found is not None and test(found, wanted)

        return match

    return make


def _bool(parts: Parts) -> Match:
    wanted = literal(parts).lower()
    return (lambda value: value.lower() == wanted) if wanted in ("true", "false") else _never


def _binary(parts: Parts) -> Match:
    wanted = values.binary(literal(parts))
    return _never if wanted is None else lambda value: values.binary(value) == wanted


def _address(parts: Parts) -> Match:
    wanted = values.network(literal(parts))
    if wanted is None:
        return _never

    def match(value: str) -> bool:
        found = values.network(value)
        return found is not None and values.within(wanted, found)

    return match


OPERATORS: Mapping[str, tuple[Maker, bool]] = {
    "StringEquals": (_string, False),
    "StringNotEquals": (_string, True),
    "StringEqualsIgnoreCase": (_caseless, False),
    "StringNotEqualsIgnoreCase": (_caseless, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "NumericEquals": (_ordered(values.number, compare.eq), False),
    "NumericNotEquals": (_ordered(values.number, compare.eq), True),
    "NumericLessThan": (_ordered(values.number, compare.lt), False),
    "NumericLessThanEquals": (_ordered(values.number, compare.le), False),
    "NumericGreaterThan": (_ordered(values.number, compare.gt), False),
    "NumericGreaterThanEquals": (_ordered(values.number, compare.ge), False),
    "DateEquals": (_ordered(values.date, compare.eq), False),
    "DateNotEquals": (_ordered(values.date, compare.eq), True),
    "DateLessThan": (_ordered(values.date, compare.lt), False),
    "DateLessThanEquals": (_ordered(values.date, compare.le), False),
    "DateGreaterThan": (_ordered(values.date, compare.gt), False),
    "DateGreaterThanEquals": (_ordered(values.date, compare.ge), False),
    "Bool": (_bool, False),
    "BinaryEquals": (_binary, False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    "ArnEquals": (arns.arn_like, False),
    "ArnLike": (arns.arn_like, False),
    "ArnNotEquals": (arns.arn_like, True),
    "ArnNotLike": (arns.arn_like, True),
}
"""Every operator but ``Null``: what tests a value, and whether the operator is negated."""

_POSITIVE: Mapping[str, str] = {
    **{name: name.replace("Not", "") for name, (_, negated) in OPERATORS.items() if negated},
    "ArnEquals": "ArnLike",
    "ArnNotEquals": "ArnLike",
}
_SPELLINGS: Mapping[str, str] = {name.lower(): name for name in (*OPERATORS, "Null")}


@lru_cache(maxsize=1024)
def split_operator(text: str) -> tuple[Quantifier, str, bool] | None:
    """Quantifier, operator (in AWS's spelling) and whether ``IfExists`` is said; ``None`` when it is no operator.

    The case of the operator does not matter; that of the prefix and of ``IfExists`` is as AWS writes it.
    """
    found = _OPERATOR.fullmatch(text)
    name = _SPELLINGS.get(found.group(2).lower()) if found else None
    if found is None or name is None or (name == "Null" and found.group(3)):
        return None
    return _QUANTIFIERS[found.group(1)], name, found.group(3) is not None


@lru_cache(maxsize=16384)
def _made(operator: str, parts: Parts) -> Match:
    """The test of one value of a policy: the same values come again and again."""
    return OPERATORS[operator][0](parts)


def _may_match(operator: str, parts: Parts) -> Match:
    """Whether a value can match at all, where wildcards stand for what is not known: the characters around them must be there."""
    if operator.startswith(("String", "Arn")):
        wild = operator.endswith("Like") or operator.startswith("Arn")
        lower = tuple((quoted if wild else quoted or text != "*", text.lower()) for quoted, text in parts)
        test = _like(lower)
        return lambda value: test(value.lower())
    return _always


class Test(msgspec.Struct, frozen=True):
    """The comparison with one value of a policy, given in parts. ``operator`` is never a negated one, and ``ArnLike`` for ``ArnEquals``."""

    operator: str
    parts: Parts


class Line(msgspec.Struct, frozen=True):
    """A condition without its key, where all that it compares with is known. ``null``: what ``Null`` is compared with, else ``None``."""

    quantifier: Quantifier
    if_exists: bool = False
    negated: bool = False
    null: frozenset[bool] | None = None
    tests: tuple[Test, ...] = ()


def made(test: Test) -> Match:
    """What compares a value."""
    return _made(test.operator, test.parts)


def answered(line: Line | Condition, matched: Sequence[Truth]) -> Truth:
    """What follows from which of the request's values match."""
    if line.negated:
        matched = [negate(one) for one in matched]
        return either(matched) if line.quantifier == "any" else every(matched)
    return every(matched) if line.quantifier == "all" else either(matched)


def absent(line: Line | Condition) -> bool:
    """What follows when the request does not have the key."""
    if line.null is not None:
        return True in line.null
    if line.if_exists or line.quantifier == "all":
        return True
    return line.quantifier == "" and line.negated


class Condition:
    """One operator on one key, ready to be asked about requests."""

    __slots__ = ("_fixed", "_known", "_name", "_plain", "_templates", "if_exists", "key", "keys", "negated", "null", "quantifier")

    def __init__(self, operator: str, key: str, wanted: Sequence[str], *, variables: bool) -> None:
        """``variables``: the document's version knows policy variables. With an operator that nobody here knows, all depends on the key."""
        self.keys = frozenset({key})
        self.key = folded(key)
        parsed = split_operator(operator)
        self._known = parsed is not None
        if parsed is None:
            return
        quantifier, name, self.if_exists = parsed
        self.quantifier: Quantifier = quantifier
        self.null: frozenset[bool] | None = None
        self._fixed: tuple[Match, ...] = ()
        self._templates: tuple[Template, ...] = ()
        self._plain: list[str] = []
        if name == "Null":
            self.null = frozenset(one.lower() == "true" for one in wanted if one.lower() in ("true", "false"))
            return
        self._name, self.negated = name, OPERATORS[name][1]
        found = [(one, template(one) if variables else None) for one in wanted]
        self._templates = tuple(one for _, one in found if one is not None)
        self._plain = plain = [text for text, one in found if one is None]
        if name in ("StringEquals", "StringNotEquals") and len(plain) > 1:
            self._fixed = (frozenset(plain).__contains__,)
        else:
            self._fixed = tuple(_made(name, ((False, text),)) for text in plain)

    def holds(self, context: Context) -> Truth:
        """Whether the condition holds for a request."""
        if not self._known:
            return self.keys
        given = context.get(self.key)
        if given is None:
            return context.assumed.get(self, self.keys) if self._matters() else absent(self)
        if self.null is not None:
            return (not given) in self.null
        if not given:
            return absent(self)
        if not self._templates:
            if len(given) == 1:  # the usual case: quantifiers make no difference
                return self._matches(given[0]) is not self.negated
            return answered(self, [self._matches(value) for value in given])
        more: list[tuple[Match, frozenset[str]]] = []
        for one in self._templates:
            found = resolve(one, context)
            if found is None:
                continue
            if not found.unknown:
                more.append((_made(self._name, found.parts), found.unknown))
            else:
                more.append((_may_match(self._name, found.parts), found.unknown))
        return answered(
            self, [self._matches(value) or either((unknown or True) for test, unknown in more if test(value)) for value in given]
        )

    def line(self, context: Context) -> Line | None:
        """The condition without its key; ``None`` when what it compares with is not known."""
        if not self._known:
            return None
        if self.null is not None:
            return Line(self.quantifier, null=self.null)
        whole: list[Parts] = [((False, text),) for text in self._plain]
        for one in self._templates:
            found = resolve(one, context)
            if found is not None and found.unknown:
                return None
            if found is not None:
                whole.append(found.parts)
        name = _POSITIVE.get(self._name, self._name)
        return Line(self.quantifier, self.if_exists, self.negated, tests=tuple(Test(name, parts) for parts in whole))

    def _matches(self, value: str) -> bool:
        for test in self._fixed:  # noqa: SIM110  three times as fast as `any` over a generator
            if test(value):
                return True
        return False

    def _matters(self) -> bool:
        """What the key is makes a difference, as far as can be seen from the condition alone."""
        if self.null is not None:
            return len(self.null) == 1
        if self._fixed or self._templates:
            return True
        present = answered(self, [False])
        return present is not absent(self)
