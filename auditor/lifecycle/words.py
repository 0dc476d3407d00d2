"""Steps, sizes and objects in words."""

from __future__ import annotations

from auditor.lifecycle.days import Step, day_of
from auditor.lifecycle.subject import Action, Subject
from auditor.source.positions import shown

_UNITS = (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


def bytes_(size: int) -> str:
    """``128 KB``: bytes in the largest unit that they fill, in binary units as the S3 User Guide counts."""
    for unit, factor in _UNITS:
        if size >= factor:
            amount = f"{size / factor:,.1f}".removesuffix(".0")
            return f"{amount} {unit}"
    return f"{size} B"


def days(count: int) -> str:
    """``1 day``, ``30 days``."""
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def rules(names: tuple[str, ...]) -> str:
    """Rules by their names, for a message."""
    listed = ", ".join(shown(name) for name in names[:3]) + (" …" if len(names) > 3 else "")
    return f"{'rule' if len(names) == 1 else 'rules'} {listed}"


def object_(subject: Subject) -> str:
    """An object, for a message."""
    parts = [f"{shown(subject.key, 60)} of {bytes_(subject.size)}"]
    if subject.tags:
        parts.append("tagged " + ", ".join(shown(f"{key}={value}") for key, value in subject.tags.items()))
    return ", ".join(parts)


_DONE = {
    Action.DELETE: "deleted",
    Action.MARK: "marked as deleted",
    Action.REMOVE_MARKER: "freed of its delete marker",
}


def step(subject: Subject, one: Step) -> str:
    """What happens, on which day, by which rule."""
    _, action, storage_class, names = one
    what = f"moved to {storage_class}" if action is Action.TRANSITION else _DONE[action]
    return f"{what} on day {day_of(subject, one):,} by {rules(names)}"
