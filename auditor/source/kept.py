"""Properties that are made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """A property that is made once: as :class:`functools.cached_property`, which takes a lock before Python 3.12, and asks for the
    ``__dict__`` of its owner: from then on all attributes of it are slower to reach."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, owner: Any, kind: type[Any]) -> T:
        found = self._make(owner)
        setattr(owner, self._name, found)
        return found
