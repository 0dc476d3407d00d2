"""What is generated is current: the README's rule index and help, the report's schema, the verdicts on the golden account."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_generated_files_are_current() -> None:
    done = subprocess.run([sys.executable, str(ROOT / ".ci" / "docs.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_gate_calls_the_readme_test_command() -> None:
    readme, gate = (ROOT / "README.md").read_text("utf-8"), (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in readme
    assert "make test" in gate
