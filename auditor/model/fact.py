"""Facts: values that say whether they could be read.

A :data:`Fact` is either :class:`Known` (AWS answered) or :class:`Unknown` (it did not, and why). The type is what keeps the first
promise of awsaudit, never to guess: there is no way from a fact to its value that does not meet the unknown case.

Facts refuse to be used as booleans or formatted into text, because ``if bucket.acl:`` would read "unknown" as true.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar, Union, overload

import msgspec

T = TypeVar("T")
U = TypeVar("U")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
T_co = TypeVar("T_co", covariant=True)


class Reason(enum.Enum):
    """Why a fact is not known."""

    DENIED = "denied"
    """AWS refused the call; the IAM action of the fact resolves it."""
    THROTTLED = "throttled"
    """The call was throttled until the retry budget was spent; scan again."""
    UNSUPPORTED = "unsupported"
    """The service or operation is not offered there."""
    REGION_OFF = "region_off"
    """The region is not enabled for the account, or a policy closes it."""
    NO_DATA = "no_data"
    """AWS answered, but the answer does not hold the value (for example a metric that nobody publishes)."""
    NOT_COLLECTED = "not_collected"
    """Nothing asked for it: no selected rule reads it, or the scan was interrupted before."""
    GONE = "gone"
    """The resource was deleted while the scan ran."""
    ERROR = "error"
    """The network failed, or AWS answered with something else that could not be understood."""


class UnguardedFact(TypeError):
    """A fact was used as if it were its value. It is always a programming error: use :func:`need`."""


class _Guarded:
    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise UnguardedFact("a fact has no truth value; use need(), any_of() or all_of()")

    def __format__(self, spec: str) -> NoReturn:
        raise UnguardedFact("a fact cannot be formatted; use need() to take its value")


class Known(_Guarded, msgspec.Struct, Generic[T_co], frozen=True, array_like=True, tag="known"):
    """AWS answered: this is the value. ``None`` or an empty tuple mean known to be absent."""

    value: T_co

    def map(self, change: Callable[[T_co], U]) -> Known[U]:
        """The fact that ``change`` makes of the value."""
        return Known(change(self.value))


class Unknown(_Guarded, msgspec.Struct, frozen=True, array_like=True, tag="unknown"):
    """The value could not be read.

    ``call`` is the API operation that would tell (``s3.GetBucketAcl``), ``action`` the IAM action that allows it.
    """

    reason: Reason
    call: str
    action: str

    def map(self, change: Callable[[Any], object]) -> Unknown:  # noqa: ARG002  the twin of Known.map
        """An unknown stays unknown, whatever would be done with its value."""
        return self

    def because(self, reason: Reason) -> Unknown:
        """The same missing fact for another reason."""
        return Unknown(reason, self.call, self.action)


Fact: TypeAlias = Union[Known[T], Unknown]


class Missing(Exception):
    """Facts that a decision needs are unknown. Raised by :func:`need`, caught by the evaluator."""

    def __init__(self, unknowns: Iterable[Unknown]) -> None:
        self.unknowns: tuple[Unknown, ...] = tuple(dict.fromkeys(unknowns))
        super().__init__(", ".join(f"{u.call}: {u.reason.value}" for u in self.unknowns))


@overload
def need(fact: Fact[A], /) -> A: ...
@overload
def need(fact: Fact[A], second: Fact[B], /) -> tuple[A, B]: ...
@overload
def need(fact: Fact[A], second: Fact[B], third: Fact[C], /) -> tuple[A, B, C]: ...
@overload
def need(fact: Fact[A], second: Fact[B], third: Fact[C], fourth: Fact[D], /) -> tuple[A, B, C, D]: ...
@overload
def need(fact: Fact[A], second: Fact[B], third: Fact[C], fourth: Fact[D], fifth: Fact[E], /) -> tuple[A, B, C, D, E]: ...
def need(*facts: Fact[Any]) -> Any:
    """The values of all the facts: one value for one fact, else a tuple in the same order.

    Raises :class:`Missing` with every unknown among them, so that a report can list all that would resolve a verdict at once.
    """
    values = [fact.value for fact in facts if isinstance(fact, Known)]
    if len(values) < len(facts):
        raise Missing(fact for fact in facts if isinstance(fact, Unknown))
    return values[0] if len(values) == 1 else tuple(values)


def any_of(facts: Iterable[Fact[bool]]) -> bool:
    """Kleene's *or*: true as soon as one is known to be true, false when all are known to be false.

    Raises :class:`Missing` when the unknown ones would decide. ``any_of([])`` is false.
    """
    unknowns: list[Unknown] = []
    for fact in facts:
        if isinstance(fact, Unknown):
            unknowns.append(fact)
        elif fact.value:
            return True
    if unknowns:
        raise Missing(unknowns)
    return False


def all_of(facts: Iterable[Fact[bool]]) -> bool:
    """Kleene's *and*: false as soon as one is known to be false, true when all are known to be true.

    Raises :class:`Missing` when the unknown ones would decide. ``all_of([])`` is true.
    """
    return not any_of(fact.map(lambda value: not value) for fact in facts)
