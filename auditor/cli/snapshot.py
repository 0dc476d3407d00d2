"""Taking a snapshot for a command: with progress, a journal beside the result, and a clean Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.cli.progress import showing
from auditor.collect.run import Connected, Scan, Scope
from auditor.collect.wanted import Wanted
from auditor.engine import archive
from auditor.inventory import frozen
from auditor.inventory.files import Given
from auditor.model.price import Prices
from auditor.model.snapshot import Snapshot
from auditor.money.frozen import freeze


def take(
    connection: Connected,
    wanted: Wanted,
    regions: tuple[str, ...],
    folder: Path,
    *,
    prices: Prices,
    given: Given,
    quiet: bool,
    file: str = archive.FILE,
) -> tuple[Snapshot, Path]:
    """Scan, and write the snapshot with its prices and reports into a folder. If the scan is killed, its journal is left there, without
    either.

    Raises :class:`auditor.errors.OutputError` when the folder cannot be written.
    """
    path = folder / file
    journal = archive.FileJournal(_free(folder, path.name.removesuffix(".jsonl.gz")))
    done = False
    try:
        with showing(quiet) as progress:
            scan = Scan(connection, Scope(wanted=wanted, regions=regions), journal=journal, progress=progress)
            snapshot = frozen.freeze(freeze(scan.run(), prices), given)
        archive.write(snapshot, path)
        done = True
    finally:
        journal.close(keep=not done)
        if not done:
            sys.stderr.write(f"awsaudit: what was read is kept: `awsaudit check {journal.path}`\n")
    return snapshot, path


def _free(folder: Path, stem: str) -> Path:
    """A name for the journal that no earlier, killed scan has taken."""
    number = 1
    while (path := folder / f"{stem}-{number:03d}{archive.JOURNAL_SUFFIX}").exists():
        number += 1
    return path
