"""What JSON data are, said so that type checkers know what is in them."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value in data: names of members and places in lists."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """A JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """A JSON array."""
    return isinstance(value, list)
