"""Why something is not known, or does not count, in a clause: for formats that have one field for it."""

from __future__ import annotations

from auditor.model.fact import Reason, Unknown
from auditor.model.verdict import Waived


def missing(unknown: Unknown) -> str:
    """A fact that a verdict lacks: the call, why it did not tell, and the action that would allow it."""
    said = f"{unknown.call}: {unknown.reason.value.replace('_', ' ')}"
    return f"{said}, {unknown.action} would allow it" if unknown.reason is Reason.DENIED and unknown.action else said


def waived(waiver: Waived) -> str:
    """Who answers for a waived failure, until when, and why."""
    return f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}"
