"""The walk-through in CONTRIBUTING is a rule that works."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.engine import registry
from auditor.engine.cases import case_snapshot
from auditor.engine.evaluate import judge

ROOT = Path(__file__).parent.parent


def test_the_example_rule_keeps_its_own_promises(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found
    path = tmp_path / "s3" / "website_on.py"
    path.parent.mkdir()
    path.write_text(found.group(1), "utf-8")
    rule = registry.load(tmp_path)["s3-website-on"]
    verdicts = [(case.outcome, judge(case_snapshot(case), [rule])[0].verdict) for case in rule.cases()]
    assert len(verdicts) == 3
    assert all(expected is found for expected, found in verdicts)
