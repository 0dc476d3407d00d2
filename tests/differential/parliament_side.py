"""What Parliament finds: run by the interpreter of an environment that has it, on a file of documents; knows nothing of awsaudit.

Writes one JSON object: its figures, and its findings as ``[document, statement, question, subject, its id]`` (:mod:`.questions`). The
statement is -1 for what is said of the whole document.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

_OF_THE_FRAME = {
    "MALFORMED_JSON": "json",
    "NO_VERSION": "version",
    "INVALID_VERSION": "version",
    "OLD_VERSION": "old version",
    "DUPLICATE_SID": "sids",
    "INVALID_SID": "sid",
    "EXCEPTION": "crash",
}


class _Block(dict[str, Any]):
    """A block of conditions with one key, as Parliament goes through it; it also serves as the place of a finding."""

    def __init__(self, key: str, values: Any) -> None:
        super().__init__()
        self._one = (key, values)

    def __iter__(self) -> Any:
        return iter([self._one])


def _noted(statement: Any) -> None:
    """Have each finding on a condition remember the operator and the key it is about: it is asked about one key at a time."""
    check = statement._check_condition

    def noting(self: Any, operator: str, block: Any, actions: Any) -> None:
        for key, values in block:
            before = len(self.findings)
            try:
                check(self, operator, _Block(key, values), actions)
            finally:
                for finding in self.findings[before:]:
                    finding.about = (operator, key)

    statement._check_condition = noting


def _answers(document: int, statement: int, finding: Any) -> list[list[Any]]:
    issue, detail = finding.issue, finding.detail
    told = [document, statement]
    if issue in _OF_THE_FRAME:
        return [[*told, "syntax", _OF_THE_FRAME[issue], issue]]
    if issue == "MALFORMED":
        word = "effect" if "Effect" in str(detail) else "statement" if "element Statement" in str(detail) else "element"
        return [[*told, "syntax", word, issue]]
    if issue in ("UNKNOWN_ACTION", "UNKNOWN_PREFIX"):
        return [[*told, "action", finding.location.get("string", ""), issue]]
    if issue == "INVALID_ARN":
        return [[*told, "arn", str(finding.location.get("string", "")), issue]]
    if issue == "RESOURCE_MISMATCH":
        return [[*told, "resource", name, issue] for name in sorted({one["action"] for one in detail})]
    if issue == "UNKNOWN_CONDITION_FOR_ACTION":
        *_, key, _, _, action = str(detail).split(" ")
        return [[*told, "key", f"{key} {action}", issue]]
    if issue == "UNKNOWN_OPERATOR":
        operator, key = finding.about
        return [[*told, "operator", f"{operator} {key}", issue]]
    if issue in ("MISMATCHED_TYPE", "MISMATCHED_TYPE_BUT_USABLE", "MISMATCHED_TYPE_OPERATION_TO_NULL"):
        operator, key = finding.about
        word = str(detail).split(" ")[2] if detail else ""
        return [[*told, "operator", f"{operator} {key}", issue] if word == operator else [*told, "value", key, issue]]
    return []


def _analyze(analyze: Any, number: int, text: str, counts: dict[str, int]) -> list[list[Any]]:
    try:
        policy = analyze(text)
        findings = [(-1, one) for one in policy._findings]
        findings += [(place, one) for place, statement in enumerate(policy.statements) for one in statement.findings]
    except Exception as error:  # noqa: BLE001 - a crash is an answer, too
        counts["(crash)"] = counts.get("(crash)", 0) + 1
        return [[number, -1, "syntax", "crash", type(error).__name__]]
    found: list[list[Any]] = []
    for place, one in findings:
        counts[one.issue] = counts.get(one.issue, 0) + 1
        found += _answers(number, place, one)
    return found


def _peak() -> float:
    """The most memory that this process had, in MB. ``ru_maxrss`` would count what the process that started it had."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Read the documents, find, write."""
    documents = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    began = time.process_time()
    parliament = importlib.import_module("parliament")
    _noted(importlib.import_module("parliament.statement").Statement)
    counts: dict[str, int] = {}
    answers: list[list[Any]] = []
    spent = peak = 0.0
    for number, text in enumerate(documents["texts"], 1):
        answers += _analyze(parliament.analyze_policy_string, number - 1, text, counts)
        if number == documents["managed"]:
            spent, peak = time.process_time() - began, _peak()
    told = {
        "version": importlib.metadata.version("parliament"),
        "cpu_of_managed": spent,
        "peak_mb": peak,
        "counts": counts,
        "answers": answers,
    }
    Path(sys.argv[2]).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main()
