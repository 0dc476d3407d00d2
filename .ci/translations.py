"""Compile the gettext catalogues of the reports: each ``.po`` under reports/locale to the ``.mo`` beside it.

``python .ci/translations.py`` writes them; ``--check`` fails when they are not current. polib compiles: the bytes depend on the texts
alone, where other compilers add their version or the time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "reports" / "locale"


def compiled(po: Path) -> bytes:
    """The binary catalogue of a text one. What is not translated, or marked as fuzzy, is left out."""
    return bytes(polib.pofile(str(po)).to_binary())


def generated() -> dict[Path, bytes]:
    """Every compiled catalogue with what it should hold."""
    return {po.with_suffix(".mo"): compiled(po) for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))}


def main() -> int:
    """Write or check. Returns the exit code."""
    stale = {path: content for path, content in generated().items() if not path.exists() or path.read_bytes() != content}
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `make docs`\n")
        return 1 if stale else 0
    for path, content in stale.items():
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
