"""What a single pattern says."""

from __future__ import annotations


def wild(text: str) -> bool:
    """A wildcard is in it."""
    return "*" in text or "?" in text


def everything(pattern: str) -> bool:
    """It matches every text there is: stars only."""
    return pattern == "*" or (pattern[:1] == "*" and not pattern.strip("*"))


def head(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]
