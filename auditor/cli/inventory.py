"""Reading reports of storage for a command, with progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.cli.progress import showing
from auditor.inventory.files import Given, read

LABEL, PLACE = "Reports", "files"


def given(paths: Sequence[Path] | None, *, quiet: bool) -> Given:
    """What the reports say that a user names. Raises :class:`auditor.errors.InventoryError`."""
    if not paths:
        return Given()
    with showing(quiet) as progress:
        found = read(paths, lambda done, total: progress.step(LABEL, PLACE, done, total))
        progress.finished(LABEL, PLACE)
    return found
