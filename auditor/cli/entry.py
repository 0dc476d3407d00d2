"""Where the command starts. ``--version`` is answered before anything is loaded: start-up is a feature."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from auditor import __version__

        sys.stdout.write(f"awsaudit {__version__}\n")
        return
    from auditor.cli.app import run

    sys.exit(run(sys.argv[1:]))
