"""Make the sample report anew: the golden account's snapshot, and the pictures in README.md.

By hand, when the demo account or the look of the report changes: ``.venv/bin/python .ci/sample.py``, then ``make docs``. Needs chromium.
The snapshot is frozen in the repository: the verdicts on it are reviewed like code (``reports/sample/verdicts.tsv``).
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.cli.choose import configuration
from auditor.collect.quiet import Silent
from auditor.collect.run import Scan, Scope
from auditor.collect.wanted import everything
from auditor.demo.account import REGION, emulated_account
from auditor.engine import archive
from auditor.model.opt_in import OPT_INS
from auditor.model.verdict import Severity
from auditor.money.bundled import Bundled
from auditor.money.frozen import freeze
from auditor.pipeline import render, weigh
from auditor.selection import of_frameworks
from auditor.sinks.folder import deliver

SAMPLE = Path(__file__).resolve().parent.parent / "reports" / "sample"
TAKEN_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def main() -> int:
    """Write the snapshot and the pictures."""
    from playwright.sync_api import sync_playwright

    SAMPLE.mkdir(parents=True, exist_ok=True)
    partial = SAMPLE / f"sample{archive.JOURNAL_SUFFIX}"
    with emulated_account(now=TAKEN_AT) as connection:
        journal = archive.FileJournal(partial)
        scope = Scope(wanted=everything(OPT_INS), regions=(REGION,))
        taken = Scan(connection, scope, journal=journal, progress=Silent(), now=lambda: TAKEN_AT).run()
        # The bundled prices alone: what is in somebody's cache is not the sample's.
        snapshot = freeze(taken, Bundled())
        journal.close(keep=False)
    archive.write(snapshot, SAMPLE / archive.FILE)
    (SAMPLE / archive.FILE).chmod(0o644)
    chosen = of_frameworks(configuration(audience="auditor"), ["cis-aws-7.0"], everything=False)
    pictures = {"report.html": weigh(snapshot, configuration(), fail_on=Severity.HIGH, strict=False)}
    pictures["compliance-cis-aws-7.0.html"] = weigh(snapshot, chosen, fail_on=Severity.HIGH, strict=False)
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 800})
        for name, result in pictures.items():
            deliver(Path(folder), render(result.view, ["html"]))
            page.goto(Path(folder, name).as_uri())
            page.screenshot(path=SAMPLE / f"{name.split('-')[0].removesuffix('.html')}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
