"""Showing and delivering results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.config import Config
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Severity


def results(
    snapshot: Snapshot,
    config: Config,
    *,
    formats: Sequence[str],
    folder: Path | None,
    fail_on: Severity,
    strict: bool,
    quiet: bool,
    also: Sequence[Path] = (),
) -> int:
    """Judge, write the reports into ``folder``, print the terminal report, and return the exit code."""
    from auditor.pipeline import render, weigh
    from auditor.sinks.folder import deliver

    result = weigh(snapshot, config, fail_on=fail_on, strict=strict)
    written = deliver(folder, render(result.view, formats)) if folder else []
    if not quiet:
        from rich.console import Console

        from auditor.cli.text import print_report

        print_report(result.view, Console(highlight=False, soft_wrap=False), [str(path) for path in (*written, *also)])
    return int(result.exit)
