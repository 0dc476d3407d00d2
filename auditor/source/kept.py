"""Properties that are made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """A property that is made once: as :class:`functools.cached_property`, which takes a lock before Python 3.12."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, owner: Any, kind: type[Any]) -> T:
        found = owner.__dict__[self._name] = self._make(owner)
        return found
