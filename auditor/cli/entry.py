"""Where the command starts. ``--version`` is answered before anything is loaded: start-up is a feature."""

from __future__ import annotations

import gc
import sys


def collect_less() -> None:
    """Look for cycles less often: a snapshot is a hundred thousand objects that stay, and looking at them again and again takes as long
    as judging them."""
    gc.set_threshold(200_000, 20, 100)


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from auditor import __version__

        sys.stdout.write(f"awsaudit {__version__}\n")
        return
    from auditor.cli.app import run

    collect_less()
    code = run(sys.argv[1:])
    gc.freeze()  # what is left goes with the process, so nobody need look for cycles in it
    sys.exit(code)
